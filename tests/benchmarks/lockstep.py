"""Many simulated studies of one size, run side by side: arrays hold a study a row, so that hundreds take seconds.

The rule is the one that ships, `next_pairs` round by round, in arithmetic of its own because fitting study by study
would take half an hour; `largest_deviation` says how far its probabilities are from those of `pair_probabilities`.
"""

import numpy as np
from scipy.special import expit

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.choosing import pair_probabilities
from apps.stats.choosing.scores import wrong_order
from apps.stats.choosing.start import PER_COMPETITOR, PER_PAIR
from apps.stats.models.likelihood import newton_ascent
from apps.stats.models.penalised import penalised_ascent
from apps.stats.pairwise import PairwiseCounts
from apps.stats.pairwise.connectivity import is_separated, unbounded

_MOST_STEPS = 60
_SETTLED = 1e-9


class Studies:
    """Studies in which nothing ties and competitor i beats j with probability expit(gaps[study, i, j])."""

    def __init__(self, gaps: FloatArray, rng: np.random.Generator) -> None:
        self.rng = rng
        self.n_studies, self.n = gaps.shape[:2]
        self.one, self.other = np.triu_indices(self.n, 1)
        self.n_pairs = len(self.one)
        self.chances = expit(gaps)[:, self.one, self.other]
        self.won = np.zeros(gaps.shape)
        self.strengths = np.zeros(gaps.shape[:2])
        self.n_judged = 0
        # Strongly connected results stay so.
        self.separated = np.ones(self.n_studies, dtype=bool)

    @property
    def shown(self) -> FloatArray:
        """How often each pair met. [n_studies, n_pairs]"""
        met = self.won + np.swapaxes(self.won, 1, 2)
        return met[:, self.one, self.other]

    def uniform(self, n: int) -> IntArray:
        """Rows of pairs, all equally likely. [n_studies, n]"""
        return self.rng.integers(0, self.n_pairs, (self.n_studies, n))

    def balanced(self, n: int) -> IntArray:
        """Rows of pairs as `balanced_pairs` draws them. [n_studies, n]"""
        shown, rows = self.shown, np.arange(self.n_studies)
        seen = (self.won + np.swapaxes(self.won, 1, 2)).sum(axis=2)
        # Showings of the pair decide, then those of its competitors, then the coin.
        much = 2.0 * (2 * self.n_judged + 2 * n + 1)
        chosen = np.empty((self.n_studies, n), dtype=np.int64)
        for draw in range(n):
            ties = seen[:, self.one] + seen[:, self.other] + self.rng.random(shown.shape)
            least = np.argmin(shown * much + ties, axis=1)
            chosen[:, draw] = least
            shown[rows, least] += 1
            seen[rows, self.one[least]] += 1
            seen[rows, self.other[least]] += 1
        return chosen

    def chosen(self, n: int, floor: float) -> tuple[IntArray, FloatArray]:
        """Rows of pairs as `next_pairs` draws them, and the probability of each. [n_studies, n] twice"""
        starting = ~self.started()
        probability = self.probabilities(floor, starting)
        bounds = np.cumsum(probability, axis=1)
        at = self.rng.random((self.n_studies, n)) * bounds[:, -1:]
        rows = (bounds[:, None, :] <= at[:, :, None]).sum(axis=2)
        if starting.any():
            rows[starting] = self.balanced(n)[starting]
        return rows, np.take_along_axis(probability, rows, axis=1)

    def started(self) -> BoolArray:
        """Which studies have done with balanced draws. [n_studies]"""
        fewest_of_pair = self.shown.min(axis=1)
        fewest_shown = (self.won + np.swapaxes(self.won, 1, 2)).sum(axis=2).min(axis=1)
        return ~self.separated & (fewest_of_pair >= PER_PAIR) | (fewest_shown >= PER_COMPETITOR)

    def probabilities(self, floor: float, starting: BoolArray) -> FloatArray:
        """The probability of each pair; even where a study is starting. [n_studies, n_pairs]"""
        found = np.full((self.n_studies, self.n_pairs), 1 / self.n_pairs)
        going = ~starting
        scores = _scores(self.won[going], self.strengths[going], self.separated[going])[:, self.one, self.other]
        found[going] = floor / self.n_pairs + (1 - floor) * scores / scores.sum(axis=1, keepdims=True)
        return found

    def judge(self, rows: IntArray) -> BoolArray:
        """Judge these pairs and fit strengths anew; whether the pair's first competitor won. [n_studies, n]"""
        won = self.rng.random(rows.shape) < np.take_along_axis(self.chances, rows, axis=1)
        winner = np.where(won, self.one[rows], self.other[rows])
        loser = np.where(won, self.other[rows], self.one[rows])
        place = (np.arange(self.n_studies)[:, None] * self.n + winner) * self.n + loser
        self.won += np.bincount(place.ravel(), minlength=self.won.size).reshape(self.won.shape)
        self.n_judged += rows.shape[1]
        self._fit()
        return won

    def counts(self, study: int) -> PairwiseCounts:
        counts = np.zeros((self.n, self.n, 4), dtype=np.int64)
        counts[:, :, 0] = self.won[study]
        return PairwiseCounts(self.n, counts)

    def _fit(self) -> None:
        """From the strengths of the round before; Firth's where somebody is undefeated."""
        for study in np.flatnonzero(self.separated):
            self.separated[study] = is_separated(self.won[study])
        # Before the start can be over nobody asks for strengths, and islands would have none.
        wanted = ~self.separated | (self.n_judged >= PER_COMPETITOR * self.n // 2)
        self.strengths[wanted] = _top(self.won[wanted], self.strengths[wanted], self.separated[wanted])


def kendall_taus(strengths: FloatArray, truth: FloatArray) -> FloatArray:
    """Kendall's tau of each study, over the pairs that truly differ. [n_studies]"""
    one, other = np.triu_indices(truth.shape[1], 1)
    true_order = np.sign(truth[:, one] - truth[:, other])
    found_order = np.sign(strengths[:, one] - strengths[:, other])
    return np.asarray((true_order * found_order).sum(axis=1) / np.abs(true_order).sum(axis=1))


def largest_deviation(studies: Studies, floor: float, n_checked: int = 5) -> float:
    """How far the probabilities of some studies are from those the package gives, relatively."""
    found = studies.probabilities(floor, np.zeros(studies.n_studies, dtype=bool))[:n_checked]
    package = [pair_probabilities(studies.counts(study), floor=floor).probability for study in range(n_checked)]
    return float(np.abs(found / np.array(package) - 1).max())


def _laplacians(weights: FloatArray) -> FloatArray:
    found = -weights
    diagonal = np.arange(weights.shape[1])
    found[:, diagonal, diagonal] += weights.sum(axis=2)
    return found


def _differences(covariance: FloatArray) -> FloatArray:
    diagonal = np.diagonal(covariance, axis1=1, axis2=2)
    return diagonal[:, :, None] + diagonal[:, None, :] - 2 * covariance


def _shares_and_weights(won: FloatArray, strengths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The expected shares, and the weights N p (1 - p)."""
    share = expit(strengths[:, :, None] - strengths[:, None, :])
    return share, (won + np.swapaxes(won, 1, 2)) * share * (1 - share)


def _fill(weights: FloatArray) -> FloatArray:
    """What fills the null space of the weights' Laplacian. [n_studies, 1, 1]"""
    return np.asarray(weights.sum(axis=(1, 2))[:, None, None] / weights.shape[1] ** 2)


def _inverse(weights: FloatArray) -> FloatArray:
    """The pseudo-inverse of the Laplacian."""
    fill = _fill(weights)
    return np.asarray(np.linalg.inv(_laplacians(weights) + fill) - 1 / (fill * weights.shape[1] ** 2))


def _top(won: FloatArray, start: FloatArray, penalised: BoolArray) -> FloatArray:
    """The top of each likelihood by Newton steps, of Firth's where `penalised`. [n_studies, n]"""
    strengths, open_ones = start.copy(), np.arange(len(start))
    for _ in range(_MOST_STEPS):
        if not len(open_ones):
            return strengths
        step = _newton_step(won[open_ones], strengths[open_ones], penalised[open_ones])
        length = np.abs(step).max(axis=1)
        strengths[open_ones] += step * np.minimum(1, 2 / np.maximum(length, 1e-300))[:, None]
        open_ones = open_ones[length > _SETTLED]
    for study in open_ones:
        top = penalised_ascent(won[study]) if penalised[study] else newton_ascent(won[study], np.zeros(won.shape[1]))
        strengths[study] = top.strengths
    return strengths


def _newton_step(won: FloatArray, strengths: FloatArray, penalised: BoolArray) -> FloatArray:
    share, weights = _shares_and_weights(won, strengths)
    if penalised.any():
        firths = weights[penalised]
        won = won.copy()
        won[penalised] += firths * _differences(_inverse(firths)) / 2
        weights = (won + np.swapaxes(won, 1, 2)) * share * (1 - share)
    surplus = won * (1 - share)
    gradient = (surplus - np.swapaxes(surplus, 1, 2)).sum(axis=2)
    return np.asarray(np.linalg.solve(_laplacians(weights) + _fill(weights), gradient[:, :, None])[:, :, 0])


def _scores(won: FloatArray, strengths: FloatArray, penalised: BoolArray) -> FloatArray:
    """`pair_scores` with the covariance that `pair_probabilities` takes. [n_studies, n, n]"""
    n = won.shape[1]
    share, weights = _shares_and_weights(won, strengths)
    bread = _inverse(weights)
    meat = won * (1 - share) ** 2
    n_judged = won.sum(axis=(1, 2))[:, None, None]
    sandwich = bread @ _laplacians(meat + np.swapaxes(meat, 1, 2)) @ bread * n_judged / (n_judged - n + 1)
    leverages = weights * _differences(bread)
    least = bread @ _laplacians(leverages * share * (1 - share)) @ bread
    variances = np.maximum(_differences(sandwich), _differences(least))
    for study in np.flatnonzero(penalised):
        inflation = _inflation(won[study], np.diag(sandwich[study]), np.diag(least[study]))
        variances[study] = np.maximum(variances[study], _differences(bread[study : study + 1])[0] * inflation)
    gaps = np.abs(strengths[:, :, None] - strengths[:, None, :])
    return np.asarray(wrong_order(gaps, variances) * share * (1 - share) * variances)


def _inflation(won: FloatArray, independent: FloatArray, least: FloatArray) -> float:
    """`design_effect`: how much the floor widens a typical variance."""
    ordinary = ~np.logical_or(*unbounded(won)) & (independent > 0)
    if not ordinary.any():
        return 1.0
    return max(1.0, float(np.median(np.maximum(least, independent)[ordinary] / independent[ordinary])))
