"""Ours against other packages, on the same tables: what `make oracles` stored in `tests/oracles/values`.

Strengths, and models with ties, are held against theirs beside the other tests of those models.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from apps.stats.agreement import (
    bootstrap_alpha,
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
)
from apps.stats.boards.adjusted_p_values import benjamini_hochberg, holm
from apps.stats.errors import InvalidInput
from apps.stats.intervals import wilson
from apps.stats.models import fit_bradley_terry, fit_covariates
from apps.stats.pairwise import Outcome
from apps.stats.pairwise.exact import clopper_pearson
from apps.stats.planning import (
    detectable_share,
    half_width_of_score,
    judge_gain,
    judgments_for_score,
    judgments_to_detect,
)
from apps.stats.raters.dawid_skene import dawid_skene
from apps.stats.raters.gold import gold_accuracy
from apps.stats.uncertainty import clustered_covariance, independent_covariance, robust_covariance
from apps.stats.uncertainty.covariate_covariance import robust_covariate_covariance
from tests.stats.agreement.labels_for_tests import columns, confusion, fleiss_10x14
from tests.stats.comparisons_for_tests import DATA, golden_table, labels_of
from tests.stats.kinds import Kind, proves
from tests.stats.oracle_values import oracle_values, simulated_rows

STORED = sorted(path.stem for path in (DATA.parents[1] / "oracles" / "values").glob("*.json"))
AGREEMENT = oracle_values("agreement")
SHARES = oracle_values("shares")
SIZES = oracle_values("sizes")
SQUARES = {
    "cohen_1968": confusion([88, 14, 18], [10, 40, 10], [2, 6, 12]),
    "fleiss_cohen_everitt_1969": confusion([106, 10, 4], [22, 28, 10], [2, 12, 6]),
    "two_by_two": confusion([20, 5], [10, 15]),
}


def simulated_cells():
    """Unit, rater and label of every filled cell; labels 1 to 5."""
    table = np.genfromtxt(DATA / "simulated_labels.csv", delimiter=",", skip_header=1)
    unit, rater = np.nonzero(~np.isnan(table))
    return unit, rater, table[unit, rater].astype(np.int64)


def simulated_labels():
    unit, _, label = simulated_cells()
    return unit, label


def patients():
    """Patient, observer and label of Dawid & Skene 1979."""
    return np.genfromtxt(DATA / "dawid_skene_1979.csv", delimiter=",", skip_header=1, dtype=np.int64).T


def codings():
    unit, label = labels_of("codings")
    return unit, label + 1


LABELS = {"codings": codings, "simulated": simulated_labels, "gcl": lambda: labels_of("gcl")}


# Agreement


@proves(Kind.GOLDEN, krippendorff_alpha, bootstrap_alpha)
@pytest.mark.parametrize("table", ["codings", "simulated"])
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha(table, level):
    """evalica and krippendorff."""
    said = AGREEMENT["alpha"][table][level]
    drawn = bootstrap_alpha(*LABELS[table](), rng=np.random.default_rng(0), level=level, n_replicates=50)
    for found in (krippendorff_alpha(*LABELS[table](), level=level), drawn):
        assert found.value == pytest.approx(said["evalica"], abs=1e-11)
        assert found.value == pytest.approx(said["krippendorff"], abs=1e-11)


@proves(Kind.GOLDEN, krippendorff_alpha)
@pytest.mark.parametrize("table", ["codings", "simulated"])
@pytest.mark.parametrize(("level", "weights"), [("nominal", "identity"), ("interval", "quadratic")])
def test_the_standard_error_of_alpha(table, level, weights):
    """irrCAC's lacks the factor (n - 1) / n, n labels, that alpha has; ours also lets that factor vary."""
    said = AGREEMENT["coefficients"][table][weights]["irrCAC"]["krippendorff"]
    found = krippendorff_alpha(*LABELS[table](), level=level)
    assert found.value == pytest.approx(said["value"], abs=1e-11)
    n = found.n_values
    assert found.standard_error == pytest.approx(said["standard_error"] * (n - 1) / n, rel=2e-5)


@proves(Kind.GOLDEN, krippendorff_alpha)
def test_alpha_of_tags():
    found = krippendorff_alpha(*LABELS["gcl"]())
    for said in AGREEMENT["alpha"]["gcl"].values():
        assert found.value == pytest.approx(said, abs=1e-11)


@proves(Kind.GOLDEN, cohen_kappa)
@pytest.mark.parametrize("table", SQUARES)
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa(table, weights):
    """statsmodels, with the standard error of Fleiss, Cohen & Everitt, and scikit-learn."""
    said, found = AGREEMENT["kappa"][table][weights], cohen_kappa(**SQUARES[table], weights=weights)
    assert (found.value, found.standard_error) == pytest.approx(tuple(said["statsmodels"].values()), abs=1e-11)
    assert found.value == pytest.approx(said["scikit-learn"]["value"], abs=1e-11)


@proves(Kind.GOLDEN, cohen_kappa)
def test_kappa_with_weights_of_ones_own():
    """statsmodels, on Cohen's example."""
    said = AGREEMENT["kappa"]["cohen_1968"]["own"]["statsmodels"]
    found = cohen_kappa(**SQUARES["cohen_1968"], weights=[[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert (found.value, found.standard_error) == pytest.approx(tuple(said.values()), abs=1e-11)


def weights_of(name, q):
    """irrCAC's weights as disagreement weights; its ordinal ones count the pairs of categories between two."""
    between = np.abs(np.subtract.outer(range(q), range(q)))
    return {"identity": "none", "ordinal": between * (between + 1) / 2}.get(name, name)


@proves(Kind.GOLDEN, fleiss_kappa, gwet_ac, brennan_prediger)
@pytest.mark.parametrize("table", ["codings", "simulated"])
@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic", "ordinal"])
def test_coefficients(table, weights):
    """irrCAC. Its standard error, where some units have one label, is the published one."""
    said = AGREEMENT["coefficients"][table][weights]["irrCAC"]
    for name, measure in (("gwet", gwet_ac), ("bp", brennan_prediger), ("fleiss", fleiss_kappa)):
        found = measure(*LABELS[table](), weights=weights_of(weights, 5))
        assert found.value == pytest.approx(said[name]["value"], abs=1e-11)
        assert found.published_standard_error == pytest.approx(said[name]["standard_error"], abs=1e-11)


@proves(Kind.GOLDEN, fleiss_kappa)
def test_fleiss():
    """statsmodels."""
    said = AGREEMENT["fleiss"]["fleiss_10x14"]["statsmodels"]
    assert fleiss_kappa(**columns(fleiss_10x14())).value == pytest.approx(said, abs=1e-11)


# Raters and judges


@proves(Kind.GOLDEN, dawid_skene)
@pytest.mark.parametrize(("name", "cells"), [("dawid_skene_1979", patients), ("simulated", simulated_cells)])
def test_dawid_skene(name, cells):
    """crowd-kit, by expectation-maximisation too."""
    said = oracle_values("raters")[name]["crowd-kit"]
    found = dawid_skene(*cells(), rng=np.random.default_rng(0), n_draws=100)
    np.testing.assert_allclose(found.prevalence, said["shares"], atol=1e-8)
    np.testing.assert_allclose(found.confusion, said["confusion"], atol=1e-8)
    np.testing.assert_allclose(found.posterior, said["posterior"], atol=1e-7)


@proves(Kind.TWO_WAYS, judge_gain)
def test_the_gain_of_a_judge():
    """ppi-python, on 80 verdicts of people and 400 of a judge alone: its interval narrows as the formula says."""
    with (DATA / "simulated_judge.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    both = np.array([(float(row["human"]), float(row["judge"])) for row in table if row["human"]])
    said = {name: np.ptp(found["ppi-python"]["ends"]) for name, found in oracle_values("judges")["simulated"].items()}
    found = judge_gain(np.corrcoef(both.T)[0, 1], len(both), n_judge=len(table) - len(both))
    assert found.gain == pytest.approx((said["none"] / said["tuned"]) ** 2, rel=0.005)


# Sandwiches


def study(name):
    """The simulated comparisons, all or the decided ones, and their two covariates."""
    with (DATA / "simulated_comparisons.csv").open(encoding="utf-8") as file:
        table = [(float(row["length"]), float(row["lists"])) for row in csv.DictReader(file)]
    rows, covariates = simulated_rows(), np.array(table)
    decided = rows.outcome != Outcome.TIE
    return (rows, covariates) if name == "simulated" else (rows.where(decided), covariates[decided])


def against_last(matrix):
    """The covariance of all strengths but the last, against it, and of what follows them. [5 + k, 5 + k]"""
    size = len(matrix)
    contrasts = np.delete(np.eye(size), 5, axis=0)
    contrasts[:5, 5] = -1
    return contrasts @ matrix @ contrasts.T


def assert_sandwich(ours, theirs, factor=1.0):
    np.testing.assert_allclose(against_last(ours), factor * np.array(theirs), rtol=1e-7, atol=1e-9)


@proves(Kind.GOLDEN, independent_covariance, clustered_covariance, robust_covariance)
@pytest.mark.parametrize("name", ["simulated", "simulated_decided"])
def test_sandwiches_of_strengths(name):
    """statsmodels: independent, without the factor N / (N - k); by rater; by item; by both."""
    rows, _ = study(name)
    said, n = oracle_values("sandwiches")[name]["plain"]["statsmodels"], rows.n_judgments
    fit = fit_bradley_terry(rows.counts)
    np.testing.assert_allclose((fit.strengths - fit.strengths[-1])[:-1], said["coefficients"], atol=1e-9)
    assert_sandwich(independent_covariance(fit, rows.counts), said["independent"], n / (n - 5))
    assert_sandwich(clustered_covariance(fit, rows, rows.raters), said["rater"])
    assert_sandwich(clustered_covariance(fit, rows, rows.items), said["item"])
    assert_sandwich(robust_covariance(fit, rows).matrix, said["rater_and_item"])


@proves(Kind.GOLDEN, fit_covariates, robust_covariate_covariance)
@pytest.mark.parametrize("name", ["simulated", "simulated_decided"])
@pytest.mark.parametrize("shape", ["position", "covariates"])
def test_sandwiches_beside_covariates(name, shape):
    """statsmodels; the position is a covariate that is 1 throughout."""
    rows, covariates = study(name)
    covariates = covariates if shape == "covariates" else np.ones((len(covariates), 1))
    said, n = oracle_values("sandwiches")[name][shape]["statsmodels"], rows.n_judgments
    fit = fit_covariates(rows, covariates, names=["length", "lists"][: covariates.shape[1]])
    found = np.concatenate([(fit.strengths - fit.strengths[-1])[:-1], fit.coefficients])
    np.testing.assert_allclose(found, said["coefficients"], atol=1e-9)
    assert_sandwich(fit.joint_model_covariance, said["model"])
    assert_sandwich(fit.joint_covariance, said["independent"], n / (n - len(found)))
    joint = robust_covariate_covariance(fit).joint
    assert_sandwich(joint.matrix, said["rater_and_item"])
    for ours, theirs in zip(joint.floors[:2], ("rater", "item"), strict=True):
        assert_sandwich(ours, said[theirs])


@proves(Kind.GOLDEN, independent_covariance)
@pytest.mark.parametrize("name", ["food", "simple", "simulated"])
def test_independent_errors_of_strengths(name):
    """arena-rank, from its own information and variance of the score; without the factor N / (N - n + 1)."""
    counts = simulated_rows().counts if name == "simulated" else golden_table(name)[1]
    fit, n = fit_bradley_terry(counts), counts.n_scored(both_bad_as_tie=False)
    errors = np.sqrt(np.diag(independent_covariance(fit, counts)) * (n - fit.n_competitors + 1) / n)
    np.testing.assert_allclose(errors, oracle_values("strengths")[name]["arena-rank"]["standard_errors"], rtol=1e-7)


# Shares and p values


@pytest.mark.parametrize("said", SHARES["intervals"], ids=lambda said: f"{said['successes']}-of-{said['n']}")
def test_intervals_of_shares(said):
    """statsmodels: Wilson's, and Clopper and Pearson's."""
    trials = said["successes"], said["n"], said["confidence_level"]
    for ours, theirs in ((wilson, "wilson"), (clopper_pearson, "clopper_pearson")):
        found = ours(*trials)
        assert (found.low, found.high) == pytest.approx(said["statsmodels"][theirs], abs=1e-10)


@proves(Kind.GOLDEN, gold_accuracy)
@pytest.mark.parametrize("said", SHARES["intervals"], ids=lambda said: f"{said['successes']}-of-{said['n']}")
def test_intervals_of_gold_accuracy(said):
    """statsmodels' Jeffreys intervals, which do not reach 0 or 1 where no or every answer was right; ours do."""
    right, n = said["successes"], said["n"]
    found = gold_accuracy([7, 7], [1, 0], [right, n - right], confidence_level=said["confidence_level"]).alone
    low, high = said["statsmodels"]["jeffreys"]
    assert found.low[0] == pytest.approx(low if right else 0.0, abs=1e-10)
    assert found.high[0] == pytest.approx(high if right < n else 1.0, abs=1e-10)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_adjusted_p_values(adjust):
    """statsmodels."""
    said = SHARES["adjusted"]["statsmodels"][adjust.__name__]
    np.testing.assert_allclose(adjust(np.array(SHARES["p_values"])), said, atol=1e-11)


# How many judgments


@proves(Kind.GOLDEN, judgments_to_detect)
@pytest.mark.parametrize("said", SIZES["told_from_half"], ids=lambda said: f"{said['share']}-{said['power']}")
def test_judgments_that_tell_a_share_from_a_half(said):
    """statsmodels, rounded up."""
    found = judgments_to_detect(said["share"], power=said["power"])
    assert found.n_judgments == np.ceil(said["statsmodels"])


@proves(Kind.GOLDEN, detectable_share)
@pytest.mark.parametrize("said", SIZES["power"], ids=lambda said: f"{said['share']}-{said['n']}")
def test_the_share_that_so_many_judgments_show(said):
    """At the power that statsmodels gives a share, that share is what shows; below .5 ours refuses to plan."""
    n, power = said["n"], said["statsmodels"]
    if power < 0.5:
        with pytest.raises(InvalidInput, match=r"give a share from \.5"):
            detectable_share(n, power=power)
    elif power < 1:
        assert detectable_share(n, power=power).win_share == pytest.approx(said["share"], abs=1e-9)


@proves(Kind.GOLDEN, judgments_for_score, half_width_of_score)
@pytest.mark.parametrize("said", SIZES["half_width"], ids=lambda said: str(said["half_width"]))
def test_judgments_for_a_half_width(said):
    """statsmodels, rounded up; and back."""
    n = judgments_for_score(said["half_width"]).n_judgments
    assert n == np.ceil(said["statsmodels"])
    back = half_width_of_score(n).half_width
    assert back == pytest.approx(said["half_width"] * np.sqrt(said["statsmodels"] / n), rel=1e-9)


# The whole


def test_every_subject_is_held_against_something_of_ours():
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    unread = [subject for subject in STORED if f'oracle_values("{subject}")' not in tests]
    assert unread == []
