"""Do strengths alone say how competitors fare against one another, or does some pair go its own way?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.boards.adjusted_p_values import benjamini_hochberg, holm, two_sided
from apps.stats.boards.pair_residuals import PairResiduals
from apps.stats.boards.spread import Spread, estimate_spread
from apps.stats.errors import EmptyInput
from apps.stats.intervals import check_confidence_level, two_sided_quantile
from apps.stats.models.bradley_terry import fit_bradley_terry
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.uncertainty.covariance import Covariance, clustered_as_known


@dataclass(frozen=True)
class PairFit:
    """One pair: what `first` earned from `second`, and what their strengths let expect.

    `observed` and `expected` are shares of 0..1, a tie being half; `excess` is their difference, and chance alone
    leaves it within `excess_low`..`excess_high` of where it is. `residual` is the excess in standard errors, from the
    deviance; `p_value` how often one so far from zero would come about if strengths said all, `p_holm` and
    `p_benjamini_hochberg` allow for all pairs that were looked at. From `excess_low` on all are None where nothing else
    checks the pair: no other comparisons join the two.
    """

    first: int
    second: int
    n: int
    observed: float
    expected: float
    excess: float
    excess_low: float | None
    excess_high: float | None
    residual: float | None
    p_value: float | None
    p_holm: float | None
    p_benjamini_hochberg: float | None


@dataclass(frozen=True)
class GoodnessOfFit:
    """How well one strength for each competitor describes the pairs.

    `pairs` are those that met, by their codes; `missed` those further off than chance explains (Holm). `p_value` is
    the smallest of Holm's: that of the whole model. `spread` is the standard deviation of what pairs add to the gap
    of their strengths, in log-odds, with its interval: 0 where strengths say all. These are None where no pair could be
    checked. `clustering` and `clustering_reason` say what was allowed to depend on each other.
    """

    pairs: tuple[PairFit, ...]
    missed: tuple[tuple[int, int], ...]
    n_checked: int
    p_value: float | None
    spread: float | None
    spread_low: float | None
    spread_high: float | None
    n_judgments: int
    confidence_level: float
    both_bad_as_tie: bool
    clustering: str
    clustering_reason: str
    penalised: bool
    reading: str


def goodness_of_fit(
    *,
    n_competitors: int,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    rater: npt.ArrayLike | None = None,
    item: npt.ArrayLike | None = None,
    count: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    both_bad_as_tie: bool = False,
) -> GoodnessOfFit:
    """Which pairs the board's strengths miss: what each earned, against what its strengths let expect.

    Comparisons as in `fit_board`. Residuals are standardised by what the fit leaves of their variance, two-way by
    rater and item as on the board (Cameron, Gelbach & Miller 2011, Journal of Business & Economic Statistics 29), and
    p values adjusted by Holm (1979, Scandinavian Journal of Statistics 6) and by Benjamini & Hochberg (1995, Journal of
    the Royal Statistical Society B 57). Raises InvalidInput, UnknownOutcome, EmptyInput, and DisconnectedComparisons
    where not everyone can be ranked against everyone.
    """
    check_confidence_level(confidence_level)
    rows = ComparisonRows.from_arrays(
        n_competitors=n_competitors,
        first=first,
        second=second,
        outcome=outcome,
        rater=rater,
        item=item,
        count=count,
    )
    scored = rows.scored(both_bad_as_tie=both_bad_as_tie)
    if not scored.n_judgments:
        raise EmptyInput("No judgment was decided or tied; collect some before checking a model of them.")
    found = PairResiduals(fit_bradley_terry(scored.counts, both_bad_as_tie=True), scored)
    return _result(found, confidence_level, both_bad_as_tie)


@dataclass(frozen=True, eq=False)
class _Tests:
    """Residuals in standard errors, and their tests; nan for a pair that nothing else checks. All [m]"""

    standard_error: FloatArray
    residual: FloatArray
    p_value: FloatArray
    holm: FloatArray
    benjamini_hochberg: FloatArray
    covariance: Covariance

    @classmethod
    def of(cls, found: PairResiduals) -> "_Tests":
        checked = found.left_over > 0
        covariance = _variances(found)
        error = np.sqrt(np.maximum.reduce([covariance.matrix, *covariance.floors]))[checked]
        residual = found.signed_roots[checked] * np.sqrt(found.weights[checked]) / error
        p_value = two_sided(residual, covariance.degrees_of_freedom)
        columns = {
            "standard_error": error,
            "residual": residual,
            "p_value": p_value,
            "holm": holm(p_value),
            "benjamini_hochberg": benjamini_hochberg(p_value),
        }
        whole = {name: _spread_out(column, checked) for name, column in columns.items()}
        return cls(**whole, covariance=covariance)


def _variances(found: PairResiduals) -> Covariance:
    """The variances of the residuals [m], in the place of whole matrices."""
    return clustered_as_known(
        found.scored, found.independent_variances, found.clustered_variances, found.least_variances
    )


def _spread_out(values: FloatArray, places: BoolArray) -> FloatArray:
    whole = np.full(len(places), np.nan)
    whole[places] = values
    return whole


def _result(found: PairResiduals, confidence_level: float, both_bad_as_tie: bool) -> GoodnessOfFit:
    tests = _Tests.of(found)
    beyond = np.flatnonzero(tests.holm < 1 - confidence_level)
    missed = tuple((int(found.ends[0][pair]), int(found.ends[1][pair])) for pair in beyond)
    n_checked = int((found.left_over > 0).sum())
    spread = _spread(found, tests, confidence_level) if n_checked else None
    return GoodnessOfFit(
        pairs=_pairs(found, tests, confidence_level),
        missed=missed,
        n_checked=n_checked,
        p_value=float(np.nanmin(tests.holm)) if n_checked else None,
        spread=spread.sd if spread else None,
        spread_low=spread.low if spread else None,
        spread_high=spread.high if spread else None,
        n_judgments=found.scored.n_judgments,
        confidence_level=confidence_level,
        both_bad_as_tie=both_bad_as_tie,
        clustering=tests.covariance.clustering.value,
        clustering_reason=tests.covariance.reason,
        penalised=found.fit.penalised,
        reading=_reading(missed, n_checked, found.n_pairs, spread, confidence_level),
    )


def _spread(found: PairResiduals, tests: _Tests, confidence_level: float) -> Spread:
    """Of what pairs add to their gaps: one step of Newton's from each residual, of which the fit has left a part."""
    checked = found.left_over > 0
    one_step = found.weights[checked] * np.sqrt(found.left_over[checked])
    return estimate_spread(
        found.residuals[checked] / one_step,
        (tests.standard_error[checked] / one_step) ** 2,
        degrees_of_freedom=float(found.left_over.sum()),
        confidence_level=confidence_level,
    )


def _pairs(found: PairResiduals, tests: _Tests, confidence_level: float) -> tuple[PairFit, ...]:
    excess = found.observed - found.expected
    margin = two_sided_quantile(confidence_level, tests.covariance.degrees_of_freedom) * tests.standard_error / found.n
    whole = zip(*(each.tolist() for each in (*found.ends, found.n.astype(int))), strict=True)
    shares = np.column_stack([found.observed, found.expected, excess]).tolist()
    tested = np.column_stack(
        [excess - margin, excess + margin, tests.residual, tests.p_value, tests.holm, tests.benjamini_hochberg]
    )
    checks = [[None if np.isnan(each) else each for each in row] for row in tested.tolist()]
    return tuple(PairFit(*ends, *share, *check) for ends, share, check in zip(whole, shares, checks, strict=True))


def _reading(
    missed: tuple[tuple[int, int], ...], n_checked: int, n_pairs: int, spread: Spread | None, confidence_level: float
) -> str:
    if spread is None:
        return (
            "No pair can be checked: each two competitors are joined by their own comparisons alone. Compare more "
            "pairs to see whether strengths describe them."
        )
    level, kept = f"{100 * (1 - confidence_level):g} %", f"{100 * confidence_level:g} %"
    named = ": " + ", ".join(f"{one} with {other}" for one, other in missed) if missed else ""
    begun = (
        f"The strengths miss {len(missed) or 'none'} of {n_checked} pairs by more than chance explains (Holm, "
        f"{level}){named}."
    )
    unchecked = f" {n_pairs - n_checked} more cannot be checked by any other." if n_checked < n_pairs else ""
    return (
        f"{begun}{unchecked} Beyond chance, pairs stray from their strengths by about {spread.sd:.2f} log-odds ({kept} "
        f"interval: {spread.low:.2f} to {spread.high:.2f})."
    )
