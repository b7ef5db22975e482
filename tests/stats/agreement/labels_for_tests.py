"""Tables of labels as columns, and labels whose agreement is known."""

import csv

import numpy as np
from hypothesis import settings

from tests.stats.comparisons_for_tests import DATA

unhurried = settings(deadline=None, max_examples=50)

# Fleiss 1971, Psychological Bulletin 76: psychiatric diagnoses of 15 patients by six raters each, as in Gwet 2014
DIAGNOSES = np.array(
    [
        [0, 0, 0, 6, 0],
        [0, 3, 0, 0, 3],
        [0, 1, 4, 0, 1],
        [0, 0, 0, 0, 6],
        [0, 3, 0, 3, 0],
        [2, 0, 4, 0, 0],
        [0, 0, 4, 0, 2],
        [2, 0, 3, 1, 0],
        [2, 0, 0, 4, 0],
        [0, 0, 0, 0, 6],
        [1, 0, 0, 5, 0],
        [1, 1, 0, 4, 0],
        [0, 3, 3, 0, 0],
        [1, 0, 0, 5, 0],
        [0, 2, 0, 3, 1],
    ]
)


def columns(table):
    """Unit, label and count from a table of units by categories."""
    unit, label = np.indices(np.shape(table))
    return {"unit": unit.ravel(), "label": label.ravel(), "count": np.ravel(table)}


def fleiss_10x14():
    """Units by categories: ten subjects, fourteen raters each."""
    with (DATA / "fleiss_10x14.csv").open(encoding="utf-8") as file:
        return np.array([[int(cell) for cell in row[1:]] for row in list(csv.reader(file))[1:]])


def confusion(*rows):
    """Labels of both sides and their counts from a confusion table."""
    table = np.array(rows)
    first, second = np.indices(table.shape)
    return {"first": first.ravel(), "second": second.ravel(), "count": table.ravel()}


def simulated(rng, n_units, n_raters, *, knows, shares):
    """Labels [n_units, n_raters] whose kappa and alpha, at any level of measurement, are knows squared.

    Each rater gives the true label with probability `knows`, else one drawn by the shares, by which the truth
    was drawn too: two labels are the same draw with probability knows^2, and independent otherwise.
    """
    truth = rng.choice(len(shares), n_units, p=shares)
    guess = rng.choice(len(shares), (n_units, n_raters), p=shares)
    return np.where(rng.random((n_units, n_raters)) < knows, truth[:, None], guess)


def as_columns(labels):
    """Unit and label of a full table of units by raters."""
    return np.repeat(np.arange(labels.shape[0]), labels.shape[1]), labels.ravel()


def covers(found, truth):
    """Whether the interval holds the truth."""
    return found.low <= truth <= found.high


def numbers(found):
    """The figures of a result, nan for None."""
    figures = (found.value, found.low, found.high, found.standard_error)
    return [np.nan if each is None else each for each in figures]
