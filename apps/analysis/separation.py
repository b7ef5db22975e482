"""Which systems can be told apart, and how many more judgments the others would need."""

from typing import Any

import numpy as np

from apps.stats.choosing import PairSeparation, remaining_judgments
from apps.stats.models import BradleyTerryFit, fit_bradley_terry
from apps.stats.pairwise import ComparisonRows, islands
from apps.stats.uncertainty import Covariance, robust_covariance

NEIGHBOURS, BASELINE = "neighbours", "baseline"


def separation_of(
    rows: ComparisonRows,
    systems: tuple[str, ...],
    baseline: str | None,
    confidence_level: float,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Neighbours in rank order, then every system against the baseline, on each island of systems that met.

    Neighbours were picked out by the results, so all pairs are allowed for at once; a system against the baseline was
    chosen beforehand and stands by itself.
    """
    found = []
    groups = [group for group in islands(rows.counts) if len(group) > 1]
    for members in sorted(groups, key=lambda group: (-len(group), group)):
        island = _Island(rows.scored(both_bad_as_tie=False).among(members), [systems[one] for one in members])
        found += island.neighbours(confidence_level, rng)
        if baseline in island.names:
            found += island.against(baseline, confidence_level, rng)
    return found


class _Island:
    """The systems of one island with their strengths and covariance."""

    def __init__(self, rows: ComparisonRows, names: list[str]) -> None:
        self.names = names
        self._n_judgments = rows.n_judgments
        self._fit: BradleyTerryFit = fit_bradley_terry(rows.counts)
        self._covariance: Covariance = robust_covariance(self._fit, rows)
        # Equals but for rounding stand in system order, as on the board.
        self._strengths = np.round(self._fit.strengths, 9)

    def neighbours(self, confidence_level: float, rng: np.random.Generator) -> list[dict[str, Any]]:
        remaining = self._remaining(confidence_level, rng, None)
        return [self._row(pair, pair.stronger, pair.weaker, NEIGHBOURS) for pair in remaining]

    def against(self, baseline: str, confidence_level: float, rng: np.random.Generator) -> list[dict[str, Any]]:
        place = self.names.index(baseline)
        order = np.argsort(-self._strengths, kind="stable").tolist()
        return [
            self._row(self._remaining(confidence_level, rng, (one, place))[0], one, place, BASELINE)
            for one in order
            if one != place
        ]

    def _remaining(
        self, confidence_level: float, rng: np.random.Generator, pair: tuple[int, int] | None
    ) -> tuple[PairSeparation, ...]:
        return remaining_judgments(
            self._strengths,
            self._covariance,
            self._n_judgments,
            rng=rng,
            pair=pair,
            confidence_level=confidence_level,
        ).pairs

    def _row(self, pair: PairSeparation, first: int, second: int, kind: str) -> dict[str, Any]:
        """The pair as seen from `first`; an end is open where one of the two never lost, or never won."""
        undefeated, winless = self._fit.undefeated, self._fit.winless
        # An end that is open leaves open whether the stronger one is ahead, whatever the standard error says.
        ahead = not (winless[pair.stronger] or undefeated[pair.weaker])
        turned = first != pair.stronger
        low, high = (-pair.high, -pair.low) if turned else (pair.low, pair.high)
        return {
            "kind": kind,
            "first": self.names[first],
            "second": self.names[second],
            "difference": -pair.gap if turned else pair.gap,
            "low": None if winless[first] or undefeated[second] else low,
            "high": None if undefeated[first] or winless[second] else high,
            "separable": pair.separated and ahead,
            "n_more": pair.n_remaining if ahead else None,
        }
