"""The fit against printed figures, closed forms and a general optimiser."""

import numpy as np
import pytest
from scipy.optimize import minimize

from apps.stats.errors import DisconnectedComparisons, StatisticsError
from apps.stats.models import fit_bradley_terry, likelihood, penalised
from apps.stats.models.likelihood import contrast_variances, newton_ascent
from apps.stats.models.penalised import PenalisedLikelihoodAt, one_sided_bound
from apps.stats.pairwise import Outcome, PairwiseCounts, islands
from tests.stats.comparisons_for_tests import counts_of, golden_table
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import baseball
from tests.stats.oracle_values import oracle_values, simulated_rows


@proves(Kind.WORKED, fit_bradley_terry)
def test_four_players():
    """The worked example of the encyclopaedia's article on the model: scores with geometric mean one."""
    fit = fit_bradley_terry(counts_of(4, (0, 1, 2, 3), (0, 3, 1, 4), (1, 2, 5, 3), (2, 3, 1, 3)))
    np.testing.assert_allclose(np.exp(fit.strengths), [0.640, 1.043, 0.660, 2.270], atol=5e-4)


@proves(Kind.WORKED, fit_bradley_terry)
def test_baseball_as_agresti_printed_it():
    """Agresti (2002, Categorical Data Analysis, 10.6): against Baltimore, with the model's standard errors."""
    fit = fit_bradley_terry(baseball())
    against_last = fit.strengths[:-1] - fit.strengths[-1]
    np.testing.assert_allclose(against_last, [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839], atol=5e-5)
    errors = np.sqrt(contrast_variances(fit.likelihood.inverse_information)[:-1, -1])
    np.testing.assert_allclose(errors, [0.3433, 0.3396, 0.3367, 0.3359, 0.3339, 0.3319], atol=5e-5)


@proves(Kind.WORKED, fit_bradley_terry)
@pytest.mark.parametrize("name", ["food", "simple"])
def test_golden_tables(name):
    """evalica prints these to 1e-6 or so of the exact solution; ours is the exact one."""
    names, counts, golden = golden_table(name)
    fit = fit_bradley_terry(counts)
    np.testing.assert_allclose(fit.worths, [golden[each] for each in names], atol=2e-6)
    assert np.abs(fit.likelihood.gradient).max() < 1e-12


@proves(Kind.WORKED, fit_bradley_terry)
@pytest.mark.parametrize(("won", "lost"), [(3, 1), (1, 7), (1000, 999)])
def test_two_competitors_are_the_log_odds_apart(won, lost):
    fit = fit_bradley_terry(counts_of(2, (0, 1, won, lost)))
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(np.log(won / lost), abs=1e-12)
    assert fit.probabilities[0, 1] == pytest.approx(won / (won + lost), abs=1e-12)
    assert not fit.penalised


@proves(Kind.GOLDEN, fit_bradley_terry)
@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("food", lambda: golden_table("food")[1]),
        ("simple", lambda: golden_table("simple")[1]),
        ("baseball", baseball),
        ("simulated", lambda: simulated_rows().counts),
    ],
)
def test_four_packages_say_the_same(name, table):
    """choix, evalica, arena-rank and statsmodels, each by a road of its own, on tables with a finite top."""
    fit = fit_bradley_terry(table())
    said = oracle_values("strengths")[name]
    assert said.keys() == {"choix", "evalica", "arena-rank", "statsmodels"}
    for package in said.values():
        np.testing.assert_allclose(fit.strengths, package["strengths"], atol=1e-9)


@proves(Kind.GOLDEN, fit_bradley_terry)
def test_an_undefeated_competitor_stays_where_it_is():
    fit = fit_bradley_terry(counts_of(4, (0, 1, 4, 0), (1, 2, 3, 2, 1), (2, 3, 2, 1), (0, 3, 3, 0)))
    fields = ("strengths", "worths", "probabilities", "n_judgments", "penalised", "undefeated", "winless")
    check_golden("models/fit_bradley_terry", {name: getattr(fit, name) for name in fields})


def test_a_tie_is_half_a_win():
    ties = fit_bradley_terry(counts_of(3, (0, 1, 2, 1, 4), (1, 2, 3, 3)))
    wins = fit_bradley_terry(counts_of(3, (0, 1, 4, 3), (1, 2, 3, 3)))
    np.testing.assert_allclose(ties.strengths, wins.strengths, atol=1e-12)


def test_both_bad_counts_only_where_it_is_to_count_as_a_tie():
    counts = counts_of(2, (0, 1, 3, 1, 0, 4))
    assert np.ptp(fit_bradley_terry(counts).strengths) == pytest.approx(np.log(3), abs=1e-12)
    as_tie = fit_bradley_terry(counts, both_bad_as_tie=True)
    assert np.ptp(as_tie.strengths) == pytest.approx(np.log(5 / 3), abs=1e-12)
    assert (fit_bradley_terry(counts).n_judgments, as_tie.n_judgments) == (4, 8)


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_one_competitor_alone_has_strength_zero():
    assert fit_bradley_terry(counts_of(1)).strengths.tolist() == [0.0]


def test_lopsided_counts_stay_exact():
    fit = fit_bradley_terry(counts_of(3, (0, 1, 2_000_000, 1), (1, 2, 1_000_000, 1)))
    np.testing.assert_allclose(np.diff(fit.strengths), [-np.log(2e6), -np.log(1e6)], atol=1e-9)


def test_a_weak_link_beside_strong_ones_stays_exact():
    fit = fit_bradley_terry(counts_of(4, (0, 1, 10**15, 10**15 - 7), (1, 2, 3, 1), (2, 3, 10**15 - 9, 10**15)))
    assert fit.strengths[1] - fit.strengths[2] == pytest.approx(np.log(3), abs=1e-9)


@proves(Kind.TWO_WAYS, fit_bradley_terry)
def test_newton_finds_the_same_top_from_afar():
    """Where choix's iteration does not settle the fit starts elsewhere: the start must not matter."""
    counts = counts_of(5, (0, 1, 9, 1), (1, 2, 2, 8), (2, 3, 5, 5, 3), (3, 4, 1, 30), (4, 0, 2, 2))
    fit = fit_bradley_terry(counts)
    far = newton_ascent(counts.half_wins(), np.array([20.0, -20.0, 9.0, 0.0, -9.0]))
    np.testing.assert_allclose(far.strengths, fit.strengths, atol=1e-10)


def test_a_failing_choix_is_replaced_by_newton(monkeypatch):
    import choix

    def fails(*_args, **_kwargs):
        raise RuntimeError("Did not converge after 100 iterations")

    counts = counts_of(3, (0, 1, 3, 1), (1, 2, 2, 2), (2, 0, 1, 4))
    settled = fit_bradley_terry(counts).strengths
    monkeypatch.setattr(choix, "ilsr_pairwise_dense", fails)
    np.testing.assert_allclose(fit_bradley_terry(counts).strengths, settled, atol=1e-12)


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_islands_are_named():
    counts = counts_of(5, (0, 3, 2, 1), (1, 4, 0, 0, 6))
    assert islands(counts) == ((0, 3), (1, 4), (2,))
    with pytest.raises(DisconnectedComparisons, match=r"3 groups.*\{0, 3\}; \{1, 4\}; \{2\}") as refused:
        fit_bradley_terry(counts)
    assert refused.value.islands == ((0, 3), (1, 4), (2,))


def test_both_bad_joins_no_islands_unless_it_is_a_tie():
    counts = PairwiseCounts.from_arrays(2, [0], [1], [Outcome.BOTH_BAD], [9])
    assert islands(counts) == ((0,), (1,))
    assert islands(counts, both_bad_as_tie=True) == ((0, 1),)


# Where somebody never lost or never won


@proves(Kind.WORKED, fit_bradley_terry)
def test_two_to_nothing_is_the_log_of_five():
    """Firth's estimate of two competitors is ln((w + 1/2) / (l + 1/2))."""
    fit = fit_bradley_terry(counts_of(2, (0, 1, 2, 0)))
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(np.log(5), abs=1e-9)
    assert fit.penalised
    assert fit.undefeated.tolist() == [True, False]
    assert fit.winless.tolist() == [False, True]


@proves(Kind.TWO_WAYS, fit_bradley_terry)
def test_the_penalised_fit_is_the_top_of_the_penalised_likelihood():
    counts = counts_of(4, (0, 1, 4, 0), (1, 2, 3, 2, 1), (2, 3, 2, 1), (0, 3, 3, 0))
    fit = fit_bradley_terry(counts)

    def fall(free):
        strengths = np.append(free, -free.sum())
        return -PenalisedLikelihoodAt(counts.half_wins(), strengths).penalised_value

    found = minimize(fall, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(fit.strengths[:3], found.x, atol=1e-5)


def test_leverages_are_one_for_each_degree_of_freedom():
    fit = fit_bradley_terry(counts_of(4, (0, 1, 4, 0), (1, 2, 3, 2, 1), (2, 3, 2, 1), (0, 3, 3, 0)))
    assert fit.likelihood.leverages.sum() / 2 == pytest.approx(3)


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_the_main_body_is_not_winless_because_one_beats_it():
    counts = counts_of(4, (0, 1, 4, 0), (1, 2, 3, 2), (2, 3, 2, 1), (3, 1, 1, 1))
    fit = fit_bradley_terry(counts)
    assert fit.undefeated.tolist() == [True, False, False, False]
    assert not fit.winless.any()


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_a_group_nobody_outside_ever_beat_is_undefeated_together():
    counts = counts_of(4, (0, 1, 2, 2), (2, 3, 2, 2), (0, 2, 3, 0), (1, 3, 3, 0))
    fit = fit_bradley_terry(counts)
    assert fit.undefeated.tolist() == [True, True, False, False]
    assert fit.winless.tolist() == [False, False, True, True]


@pytest.mark.parametrize("won", [1, 5, 40])
def test_the_one_sided_bound_of_two_competitors_solves_its_equation(won):
    """(w + 1/2) ln p + (1/2) ln(1 - p) at the bound lies q^2 / 2 below its value at the estimate."""
    top = fit_bradley_terry(counts_of(2, (0, 1, won, 0))).likelihood
    assert isinstance(top, PenalisedLikelihoodAt)
    quantile = 1.6448536269514722

    def profile(strength):
        return -(won + 0.5) * np.logaddexp(0, -2 * strength) - 0.5 * np.logaddexp(0, 2 * strength)

    low = one_sided_bound(top, 0, upwards=False, quantile=quantile, design_effect=1.0)
    high = one_sided_bound(top, 1, upwards=True, quantile=quantile, design_effect=1.0)
    assert profile(top.strengths[0]) - profile(low) == pytest.approx(quantile**2 / 2, abs=1e-8)
    assert low < top.strengths[0]
    assert high == pytest.approx(-low, abs=1e-8)


def test_a_bound_beyond_all_meaning_is_open():
    top = fit_bradley_terry(counts_of(2, (0, 1, 1, 0))).likelihood
    assert one_sided_bound(top, 0, upwards=False, quantile=6.3, design_effect=40.0) is None


def test_a_design_effect_widens_the_bound():
    top = fit_bradley_terry(counts_of(3, (0, 1, 9, 0), (1, 2, 4, 4))).likelihood
    narrow, wide = (
        one_sided_bound(top, 0, upwards=False, quantile=1.645, design_effect=effect) for effect in (1.0, 2.0)
    )
    assert wide < narrow


@proves(Kind.DEGENERATE, fit_bradley_terry)
@pytest.mark.parametrize("outcomes", [(5, 1), (5, 0)])
def test_a_fit_that_does_not_settle_is_refused(monkeypatch, outcomes):
    monkeypatch.setattr(likelihood, "_MOST_STEPS", 0)
    monkeypatch.setattr(penalised, "_MOST_STEPS", 0)
    with pytest.raises(StatisticsError, match="did not settle"):
        fit_bradley_terry(counts_of(2, (0, 1, *outcomes)))


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_the_strength_of_one_alone_has_no_variance():
    assert fit_bradley_terry(PairwiseCounts.from_arrays(1, [], [], [])).likelihood.inverse_information == [[0.0]]
