"""The bootstrap: judgments drawn anew, and strengths fitted anew, many times."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.pairwise.counts import PairwiseCounts
from apps.stats.pairwise.ranks import competition_ranks
from apps.stats.uncertainty.refits import Refits, refitted, replicates_at_once
from apps.stats.uncertainty.resampling import drawn_singly, resampled_counts

_FEW_CLUSTERS = 30


@dataclass(frozen=True, eq=False)
class BootstrapStrengths:
    """Strengths fitted to resampled judgments, and what they say about the strengths fitted to the real ones.

    `strengths` [n_usable, n] holds the replicates, `estimates` [n] the fit to the judgments as they are,
    `standard_errors` [n] the replicates' standard deviations, `low` and `high` [n] their percentiles at the
    confidence level (minus or plus infinity where no data bound a strength: winless, undefeated). `rank_low` and
    `rank_high` [n] are percentiles of ranks: a description, not a confidence set. Of `n_replicates`, `n_penalised`
    had no finite fit and got Firth's; `n_disconnected` fell into groups that never met and could not be used.
    `n_drawn` judgments (or raters, or items) were drawn each time from as many, which hold `n_judgments`. `reading`
    says how far to trust it.
    """

    strengths: FloatArray
    estimates: FloatArray
    standard_errors: FloatArray
    low: FloatArray
    high: FloatArray
    rank_low: IntArray
    rank_high: IntArray
    n_drawn: int
    n_judgments: int
    n_replicates: int
    n_penalised: int
    n_disconnected: int
    confidence_level: float
    reading: str


def bootstrap_strengths(
    counts: PairwiseCounts,
    *,
    rng: np.random.Generator,
    n_replicates: int = 1000,
    both_bad_as_tie: bool = False,
    confidence_level: float = 0.95,
) -> BootstrapStrengths:
    """The multinomial bootstrap: as many independent judgments drawn anew from the counts, with exact refits.

    Efron (1979, Annals of Statistics 7). It treats judgments as independent, as `independent_covariance` does,
    and agrees with it; where raters or items differ both are too narrow (see `bootstrap_clusters` and
    `robust_covariance`). Worth its cost where judgments are few and strengths are not normal. Both-bad is
    left out unless it counts as a tie. Equal bits for an equal `rng`. Raises DisconnectedComparisons where not
    everyone can be ranked, InvalidInput for weighted counts or fewer than two replicates, EmptyInput where fewer
    than two replicates were connected.
    """
    check_replicates(n_replicates, confidence_level)
    if counts.weights is not None:
        raise InvalidInput(
            "bootstrap_strengths resamples judgments that weigh 1, and these carry weights; use "
            "independent_covariance, or resample the rows yourself."
        )
    fit = fit_bradley_terry(counts, both_bad_as_tie=both_bad_as_tie)
    refits = refitted(fit, _tables(counts, both_bad_as_tie, rng, n_replicates))
    n_judgments = counts.n_scored(both_bad_as_tie=both_bad_as_tie)
    return summarised(fit, refits, Drawn("judgments", n_judgments, n_judgments), n_replicates, confidence_level)


def check_replicates(n_replicates: int, confidence_level: float) -> None:
    """Refuse fewer than two replicates, and 95 where .95 is meant."""
    check_confidence_level(confidence_level)
    if n_replicates < 2:
        raise InvalidInput(f"n_replicates is {n_replicates}; give 2 or more, usually 1000.")


def _tables(
    counts: PairwiseCounts, both_bad_as_tie: bool, rng: np.random.Generator, n_replicates: int
) -> Iterator[FloatArray]:
    """Half-wins of resampled judgments, some replicates at a time. [n_at_once, n, n]"""
    n = counts.n_competitors
    wins = counts.wins().astype(np.int64).ravel()
    ties = np.triu(counts.ties(both_bad_as_tie=both_bad_as_tie)).astype(np.int64)
    won, tied = np.flatnonzero(wins), np.flatnonzero(ties)
    mirrored = tied % n * n + tied // n
    cells = np.concatenate([wins[won], ties.ravel()[tied]])
    for at_once in replicates_at_once(n_replicates, max(n * n, drawn_singly(int(cells.sum())))):
        drawn = resampled_counts(cells, rng, at_once)
        table = np.zeros((at_once, n * n))
        table[:, won] = drawn[:, : len(won)]
        halves = drawn[:, len(won) :] / 2
        table[:, tied] += halves
        table[:, mirrored] += halves
        yield table.reshape(at_once, n, n)


@dataclass(frozen=True)
class Drawn:
    """What was drawn anew: judgments, raters or items, how many of them, and how many judgments they hold."""

    what: str
    n: int
    n_judgments: int


def summarised(
    fit: BradleyTerryFit, refits: Refits, drawn: Drawn, n_replicates: int, confidence_level: float
) -> BootstrapStrengths:
    """What the replicates say, in numbers and in words."""
    strengths = refits.strengths
    if len(strengths) < 2:
        raise EmptyInput(
            f"Of {n_replicates} resampled sets of judgments {refits.n_disconnected} fell into groups of competitors "
            "that never met; collect more comparisons before bootstrapping."
        )
    ends = np.array([(1 - confidence_level) / 2, (1 + confidence_level) / 2])
    low, high = np.quantile(strengths, ends, axis=0)
    rank_low, rank_high = _rank_percentiles(strengths, ends)
    return BootstrapStrengths(
        strengths=strengths,
        estimates=fit.strengths,
        standard_errors=strengths.std(axis=0, ddof=1),
        low=np.where(fit.winless, -np.inf, low),
        high=np.where(fit.undefeated, np.inf, high),
        rank_low=rank_low,
        rank_high=rank_high,
        n_drawn=drawn.n,
        n_judgments=drawn.n_judgments,
        n_replicates=n_replicates,
        n_penalised=refits.n_penalised,
        n_disconnected=refits.n_disconnected,
        confidence_level=confidence_level,
        reading=_reading(fit, refits, drawn, n_replicates),
    )


def _rank_percentiles(strengths: FloatArray, ends: FloatArray) -> tuple[IntArray, IntArray]:
    ranks = np.array([competition_ranks(replicate) for replicate in strengths])
    low = np.quantile(ranks, ends[0], axis=0, method="lower")
    high = np.quantile(ranks, ends[1], axis=0, method="higher")
    return low.astype(np.int64), high.astype(np.int64)


def _reading(fit: BradleyTerryFit, refits: Refits, drawn: Drawn, n_replicates: int) -> str:
    text = (
        f"{drawn.n} {drawn.what} were drawn anew {n_replicates} times. The standard error says how far a strength "
        "moves from one time to the next; the ranks only describe that, and leave out the true rank of equals too "
        "often."
    )
    if drawn.what != "judgments" and drawn.n < _FEW_CLUSTERS:
        text += f" With so few {drawn.what} the intervals are somewhat too narrow: prefer robust_covariance."
    if refits.n_penalised:
        text += (
            f" {refits.n_penalised} times somebody never lost or never won: the estimate is then Firth's, finite by "
            "convention rather than by the data."
        )
    if refits.n_disconnected:
        text += (
            f" {refits.n_disconnected} times some competitors never met the others: these were left out, so the true "
            "uncertainty is larger than shown."
        )
    if (fit.undefeated | fit.winless).any():
        text += " Somebody is undefeated or winless even with all judgments: the end that no data bound is left open."
    return text
