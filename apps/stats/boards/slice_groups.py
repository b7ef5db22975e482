"""Competitors ranked together in a slice and in the rest: how far their strengths differ, and what to make of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.boards.half_fits import Halves
from apps.stats.intervals import two_sided_quantile
from apps.stats.uncertainty.covariance import Covariance


@dataclass(frozen=True, eq=False)
class SliceGroup:
    """The g members of a group; all strengths have mean zero over it.

    `covariance` [2g, 2g] has the slice first, then the rest; `slice_unbeaten` and `rest_unbeaten` say who was
    undefeated, and who winless, in each.
    """

    members: tuple[int, ...]
    slice_strengths: FloatArray
    rest_strengths: FloatArray
    covariance: Covariance
    slice_unbeaten: tuple[BoolArray, BoolArray]
    rest_unbeaten: tuple[BoolArray, BoolArray]

    @classmethod
    def of(cls, halves: Halves, members: tuple[int, ...]) -> "SliceGroup":
        chosen, g = list(members), len(members)
        n = halves.one.scored.n_competitors
        centring = np.eye(g) - 1 / g
        project = np.zeros((2 * g, 2 * n))
        project[:g, chosen] = project[g:, [n + member for member in members]] = centring
        whole = halves.covariance
        unbeaten = ((each[0][chosen], each[1][chosen]) for each in (halves.one.unbeaten, halves.other.unbeaten))
        return cls(
            members,
            centring @ halves.one.strengths[chosen],
            centring @ halves.other.strengths[chosen],
            Covariance(
                project @ whole.matrix @ project.T,
                tuple(project @ floor @ project.T for floor in whole.floors),
                whole.degrees_of_freedom,
                whole.clustering,
                whole.reason,
            ),
            *unbeaten,
        )

    @property
    def no_ends(self) -> tuple[BoolArray, BoolArray]:
        """Whose difference has no upper end, and whose no lower one. [g], [g]"""
        (undefeated, winless), (rest_undefeated, rest_winless) = self.slice_unbeaten, self.rest_unbeaten
        return undefeated | rest_winless, winless | rest_undefeated

    @property
    def differences(self) -> FloatArray:
        """How much stronger each is in the slice than in the rest. [g]"""
        return self.slice_strengths - self.rest_strengths

    @cached_property
    def difference_variances(self) -> FloatArray:
        """[g]"""
        places = np.arange(len(self.members))
        return self.covariance.difference_variances()[places, places + len(places)]

    @property
    def statistics(self) -> FloatArray:
        """The differences in standard errors. [g]"""
        return self.differences / np.sqrt(self.difference_variances)

    @cached_property
    def half_variances(self) -> tuple[FloatArray, FloatArray]:
        """The variances of the strengths in the slice, and in the rest. [g], [g]"""
        found = self.covariance.variances()
        return found[: len(self.members)], found[len(self.members) :]

    def shrunk(self, spread: float) -> tuple[FloatArray, FloatArray]:
        """The strengths in the slice, moved towards the rest's, and their mean squared errors. [g], [g]

        The mean of least squared error where true differences have this spread about zero: with spread 0 slice and
        rest are pooled, with a wide one the slice stands alone.
        """
        in_slice, in_rest = self.half_variances
        of_difference = self.difference_variances + spread**2
        # What the slice's error has in common with the difference's.
        common = (self.difference_variances + in_slice - in_rest) / 2
        share = np.clip(common / of_difference, 0.0, 1.0)
        errors = self._mixed_variances(share) + (share * spread) ** 2
        return self.slice_strengths - share * self.differences, errors

    def _mixed_variances(self, share: FloatArray) -> FloatArray:
        """The variance of (1 - share) times the slice's strength plus share times the rest's, floored. [g]"""
        g = len(self.members)
        mix = np.hstack([np.diag(1 - share), np.diag(share)])
        parts = (self.covariance.matrix, *self.covariance.floors)
        return np.asarray(np.maximum.reduce([np.diag(mix @ part @ mix.T) for part in parts])[:g])

    def margin(self, variances: FloatArray, confidence_level: float) -> FloatArray:
        """How far an interval reaches each side. [g]"""
        return two_sided_quantile(confidence_level, self.covariance.degrees_of_freedom) * np.sqrt(variances)
