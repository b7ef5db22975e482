"""How far strengths would move with other judgments, other raters, other items.

Sandwich covariances V = H+ B H+ of the strengths, H+ the inverse information and B the meat: the variance of
the score. Needed even for independent judgments: a tie varies less than a win and a loss, so the inverse
information alone is too wide. Judgments of one rater, or on one item, share what is peculiar to them; the
two-way cluster-robust meat allows for both (Cameron, Gelbach & Miller 2011, Journal of Business & Economic
Statistics 29). Every meat carries the factor G/(G-1) (N-1)/(N-n+1), which with one judgment a cluster is
HC1's N/(N-n+1).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from apps.stats.arrays import FloatArray, same_length
from apps.stats.errors import EmptyInput, InvalidInput, TooFewClusters
from apps.stats.models.bradley_terry import BradleyTerryFit
from apps.stats.models.likelihood import contrast_variances, laplacian
from apps.stats.models.same_judgments import require_same_judgments
from apps.stats.pairwise.cluster_products import cluster_products
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.counts import PairwiseCounts
from apps.stats.pairwise.rows import ComparisonRows


class Clustering(StrEnum):
    """What was taken to be drawn independently of one another."""

    RATER_AND_ITEM = "rater_and_item"
    RATER = "rater"
    ITEM = "item"
    INDEPENDENT = "independent"


_REASONS = {
    Clustering.RATER_AND_ITEM: "Judgments that share a rater or an item are allowed to depend on each other.",
    Clustering.RATER: "All judgments are on one item: the intervals say nothing about other items.",
    Clustering.ITEM: "All judgments are by one rater: the intervals say nothing about other raters.",
    Clustering.INDEPENDENT: "All judgments are by one rater on one item: the intervals speak of these two.",
}
_UNKNOWN = {
    Clustering.RATER: "Items were not given: the intervals allow for raters only, and may be too narrow.",
    Clustering.ITEM: "Raters were not given: the intervals allow for items only, and may be too narrow.",
    Clustering.INDEPENDENT: "Judgments are taken as independent: who judged them, or on what, was not given.",
}


@dataclass(frozen=True, eq=False)
class Covariance:
    """The covariance of strengths, and the covariances below which no variance may fall.

    `matrix` [n, n] has rows that sum to zero. A two-way matrix may come out smaller than one of its parts by
    accident, so every variance is floored at the larger of them: `floors`. `degrees_of_freedom` is for the t
    quantile; `clustering` and `reason` say which judgments were allowed to depend on each other and why.
    """

    matrix: FloatArray
    floors: tuple[FloatArray, ...]
    degrees_of_freedom: int
    clustering: Clustering
    reason: str

    @property
    def _all(self) -> tuple[FloatArray, ...]:
        return (self.matrix, *self.floors)

    def variances(self) -> FloatArray:
        """The variance of each strength, floored. [n]"""
        return np.asarray(np.maximum.reduce([np.diag(each) for each in self._all]))

    def difference_variances(self) -> FloatArray:
        """The variance of each difference of two strengths, floored. [n, n]"""
        return np.asarray(np.maximum.reduce([contrast_variances(each) for each in self._all]))


def independent_covariance(fit: BradleyTerryFit, counts: PairwiseCounts) -> FloatArray:
    """The sandwich for independent judgments (White 1982; HC1), from counts alone. [n, n]

    Weighted judgments count with their weight in the fit and with its square here.
    """
    win_share, squares = fit.probabilities, counts.of_squares()
    won = squares.wins() * win_share.T**2
    tied = squares.ties(both_bad_as_tie=fit.both_bad_as_tie) * (0.5 - win_share) ** 2
    n_scored = float(counts.n_scored(both_bad_as_tie=fit.both_bad_as_tie))
    meat = laplacian(won + won.T + tied) * n_scored / max(n_scored - fit.n_competitors + 1, 1.0)
    return _sandwich(fit, meat)


def clustered_covariance(fit: BradleyTerryFit, rows: ComparisonRows, clusters: Clusters) -> FloatArray:
    """The sandwich with clusters of judgments drawn independently. [n, n]

    `clusters` says which of the scored rows (those that entered the fit) hang together: `rows.raters`,
    `rows.items`, or `Clusters.of` any codes. Raises TooFewClusters below two, InvalidInput for rows that are not
    those of an unweighted fit and for clusters that are not parallel to them.
    """
    require_same_judgments(fit, rows)
    if rows.n_judgments != fit.n_judgments:
        raise InvalidInput("`rows` hold judgments that ended both-bad, which the fit left out; give rows.scored(...).")
    same_length(rows=rows.first, clusters=clusters.code)
    return _clustered_sandwich(fit, rows, residuals(fit, rows), clusters)


def residuals(fit: BradleyTerryFit, rows: ComparisonRows) -> FloatArray:
    """What the first competitor of each row earned beyond what was expected, over all its judgments. [n_rows]"""
    return np.asarray((rows.earned - fit.probabilities[rows.first, rows.second]) * rows.count)


def _clustered_sandwich(
    fit: BradleyTerryFit, rows: ComparisonRows, residual: FloatArray, clusters: Clusters
) -> FloatArray:
    if clusters.n < 2:
        raise TooFewClusters(
            f"A cluster-robust variance needs at least 2 clusters and there is {clusters.n}; cluster by "
            "something else, or treat the judgments as independent."
        )
    products = cluster_products(rows, residual, -residual, clusters)
    n_scored = float(rows.n_judgments)
    small_sample = (n_scored - 1) / max(n_scored - fit.n_competitors + 1, 1.0)
    return _sandwich(fit, products * (clusters.n / (clusters.n - 1) * small_sample))


def one_judgment_covariance(fit: BradleyTerryFit) -> FloatArray:
    """The least that could be unknown: as if each degree of freedom had one more judgment, a coin's.

    Ten ties out of ten have no variance at all, yet they do not make a strength certain. This floor stands
    for the decided judgment that ten more might bring; with many judgments it is far below the sandwich.
    """
    here = fit.likelihood
    return _sandwich(fit, laplacian(here.leverages * here.probabilities * here.probabilities.T))


def robust_covariance(fit: BradleyTerryFit, rows: ComparisonRows) -> Covariance:
    """The covariance the board uses: clustered by rater and item as far as there are several of each.

    With one rater it clusters by item, with one item by rater, with one of both it takes judgments as
    independent, and says so. Every variance is floored at the one-way variances, the independent one, and
    the least that could be unknown; a penalised fit also at the model's own, because residuals of someone who
    never lost hardly vary. Raises EmptyInput where no judgment was decided or tied, InvalidInput where the rows
    are not those of an unweighted fit.
    """
    scored = rows.scored(both_bad_as_tie=fit.both_bad_as_tie)
    if not scored.n_judgments:
        raise EmptyInput("No judgment was decided or tied; collect some before asking for intervals.")
    require_same_judgments(fit, scored)
    residual, independent = residuals(fit, scored), independent_covariance(fit, scored.counts)
    covariance = clustered_as_known(
        scored,
        independent,
        lambda clusters: _clustered_sandwich(fit, scored, residual, clusters),
        one_judgment_covariance(fit),
    )
    return _floored_by_model(fit, covariance, independent) if fit.penalised else covariance


def clustered_as_known(
    scored: ComparisonRows, independent: FloatArray, by: Callable[[Clusters], FloatArray], least: FloatArray
) -> Covariance:
    """By rater plus by item minus by both, or what of it the rows allow; floored at its parts and at the others.

    `by` gives the one-way covariance of any clusters, `independent` the one without, `least` the least that could
    be unknown.
    """
    clustering = _clustering(scored)
    parts: tuple[FloatArray, ...] = ()
    if clustering is Clustering.RATER_AND_ITEM:
        parts = by(scored.raters), by(scored.items)
        matrix = parts[0] + parts[1] - by(scored.cells)
    elif clustering is Clustering.INDEPENDENT:
        matrix = independent
    else:
        matrix = by(scored.raters if clustering is Clustering.RATER else scored.items)
    freedom = _degrees_of_freedom(scored, clustering)
    return Covariance(matrix, (*parts, independent, least), freedom, clustering, _reason(scored, clustering))


def design_effect(fit: BradleyTerryFit, covariance: Covariance, independent: FloatArray) -> float:
    """By how much clustering widens a typical variance: the median ratio to the independent one, at least 1.

    Over competitors that were both beaten and beating; 1 where there are none, for then nothing shows it.
    """
    ordinary = ~(fit.undefeated | fit.winless) & (np.diag(independent) > 0)
    if not ordinary.any():
        return 1.0
    ratios = covariance.variances()[ordinary] / np.diag(independent)[ordinary]
    return max(1.0, float(np.median(ratios)))


def _floored_by_model(fit: BradleyTerryFit, covariance: Covariance, independent: FloatArray) -> Covariance:
    model = fit.likelihood.inverse_information * design_effect(fit, covariance, independent)
    return replace(covariance, floors=(*covariance.floors, model))


def _clustering(scored: ComparisonRows) -> Clustering:
    several_raters, several_items = scored.raters.n > 1, scored.items.n > 1
    if several_raters and several_items:
        return Clustering.RATER_AND_ITEM
    if several_raters:
        return Clustering.RATER
    return Clustering.ITEM if several_items else Clustering.INDEPENDENT


def _reason(scored: ComparisonRows, clustering: Clustering) -> str:
    known = scored.rater is not None and scored.item is not None
    return _REASONS[clustering] if known else _UNKNOWN[clustering]


def _degrees_of_freedom(scored: ComparisonRows, clustering: Clustering) -> int:
    n_raters, n_items = scored.raters.n, scored.items.n
    fewest = {
        Clustering.RATER_AND_ITEM: min(n_raters, n_items),
        Clustering.RATER: n_raters,
        Clustering.ITEM: n_items,
        Clustering.INDEPENDENT: scored.n_judgments,
    }[clustering]
    return max(fewest - 1, 1)


def _sandwich(fit: BradleyTerryFit, meat: FloatArray) -> FloatArray:
    bread = fit.likelihood.inverse_information
    covariance: FloatArray = bread @ meat @ bread
    return (covariance + covariance.T) / 2
