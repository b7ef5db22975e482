"""Draws from the posterior of Dawid and Skene's model: how uncertain its confusion matrices are."""

import numpy as np

from apps.stats.arrays import FloatArray
from apps.stats.raters.label_table import LabelTable

_BEFORE = 200
_JEFFREYS = 0.5
_TINY = 1e-300


def confusion_draws(
    table: LabelTable, posterior: FloatArray, n_draws: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draws of prevalence and confusion, along the first axis of each.

    Gibbs: true labels given probabilities, then probabilities given true labels (Paun et al. 2018, Transactions of the
    ACL 6, compare such models), from the posterior of the true labels at the top of the likelihood. The likelihood
    does not know the true labels by name, so after each step they are named such that most units keep the name that
    they have at the top (Stephens 2000, Journal of the Royal Statistical Society B 62).
    """
    at_top = posterior
    n_labels = len(table.label)
    prevalences = np.empty((n_draws, n_labels))
    confusions = np.empty((n_draws, len(table.rater), n_labels, n_labels))
    for step in range(-_BEFORE, n_draws):
        # Units without a label say nothing of how common labels are.
        true = _named_as(at_top, _drawn_labels(posterior, rng) * table.labelled[:, None])
        prevalence, confusion = _dirichlet(true.sum(axis=0), rng), _dirichlet(table.confused(true), rng)
        joint = np.log(prevalence) + table.log_probabilities(np.log(confusion))
        scaled = np.exp(joint - joint.max(axis=1, keepdims=True))
        posterior = scaled / scaled.sum(axis=1, keepdims=True)
        if step >= 0:
            prevalences[step], confusions[step] = prevalence, confusion
    return prevalences, confusions


def _drawn_labels(posterior: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One true label a unit, as a 1 among zeros. [n_units, n_labels]"""
    place = (posterior.cumsum(axis=1)[:, :-1] <= rng.random((len(posterior), 1))).sum(axis=1)
    return np.asarray(np.eye(posterior.shape[1])[place])


def _named_as(at_top: FloatArray, true: FloatArray) -> FloatArray:
    """The columns of drawn labels in the order that agrees best with the posterior at the top."""
    from scipy.optimize import linear_sum_assignment

    _, order = linear_sum_assignment(at_top.T @ true, maximize=True)
    return true[:, order]


def _dirichlet(counts: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Probabilities along the last axis, given counts and a Jeffreys prior."""
    drawn = np.maximum(rng.standard_gamma(counts + _JEFFREYS), _TINY)
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True))
