"""Exact fits to many resampled tables of half-wins at once."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.models.bradley_terry import BradleyTerryFit
from apps.stats.models.likelihood import newton_ascent
from apps.stats.models.penalised import penalised_ascent

_SMALLEST_STEP = 1e-11
_LARGEST_STEP = 3.0
_MOST_STEPS = 60
# So many numbers are held in one array at a time (16 MB).
_MOST_NUMBERS = 2_000_000


@dataclass(frozen=True, eq=False)
class Refits:
    """Strengths of the replicates in which everybody was connected, and how many needed special care.

    `strengths` [n_usable, n]; `n_penalised` of them have no finite maximum and were fitted with Firth's
    penalty; `n_disconnected` more fell into groups that never met and have no strengths.
    """

    strengths: FloatArray
    n_penalised: int
    n_disconnected: int


def replicates_at_once(n_replicates: int, n_numbers: int) -> list[int]:
    """How many replicates to work on at a time, each of which needs so many numbers; they sum to n_replicates."""
    at_once = max(1, _MOST_NUMBERS // max(n_numbers, 1))
    return [min(at_once, n_replicates - begun) for begun in range(0, n_replicates, at_once)]


def refitted(fit: BradleyTerryFit, tables: Iterable[FloatArray]) -> Refits:
    """Fits to tables of half-wins [n_replicates, n, n], some replicates at a time, each begun at the full fit."""
    parts = [_refitted(fit, half_wins) for half_wins in tables]
    return Refits(
        np.concatenate([part.strengths for part in parts]),
        sum(part.n_penalised for part in parts),
        sum(part.n_disconnected for part in parts),
    )


def _refitted(fit: BradleyTerryFit, half_wins: FloatArray) -> Refits:
    strengths = np.zeros(half_wins.shape[:2])
    bounded = strongly_connected(half_wins > 0)
    strengths[bounded] = _tops(fit, half_wins[bounded])
    disconnected = np.zeros(len(half_wins), dtype=bool)
    for replicate in np.flatnonzero(~bounded):
        n_islands, _ = connected_components(half_wins[replicate], directed=True, connection="weak")
        disconnected[replicate] = n_islands > 1
        if n_islands == 1:
            strengths[replicate] = penalised_ascent(half_wins[replicate]).strengths
    n_disconnected = int(disconnected.sum())
    return Refits(strengths[~disconnected], int((~bounded).sum()) - n_disconnected, n_disconnected)


def strongly_connected(beat: BoolArray) -> BoolArray:
    """In which replicates everybody beat everybody, directly or through others: a finite fit exists. [n_replicates]

    `beat` [n_replicates, n, n]: who beat or tied whom.
    """
    arrows = beat.astype(np.float32)
    return _all_reached(arrows) & _all_reached(arrows.transpose(0, 2, 1))


def _all_reached(arrows: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> BoolArray:
    """Whether the arrows lead from the first competitor to all others. [n_replicates]"""
    reached = np.zeros((len(arrows), 1, arrows.shape[1]), dtype=np.float32)
    reached[:, :, 0] = 1
    while True:
        farther = np.minimum(reached + reached @ arrows, 1)
        if (farther == reached).all():
            return np.asarray(reached.all(axis=(1, 2)))
        reached = farther


def _tops(fit: BradleyTerryFit, half_wins: FloatArray) -> FloatArray:
    """The tops of the likelihoods. [n_replicates, n]

    Newton's method with the information of the full fit in place of each replicate's own: a step then costs no
    solving, and replicates are alike enough for few steps. Those that it does not bring home go the long way.
    """
    strengths = np.tile(fit.strengths, (len(half_wins), 1))
    if fit.n_competitors == 1:
        return strengths
    met, earned = half_wins + half_wins.transpose(0, 2, 1), half_wins.sum(axis=2)
    inverse = fit.likelihood.inverse_information
    going = np.arange(len(half_wins))
    for _ in range(_MOST_STEPS):
        step = _gradient(strengths[going], met[going], earned[going]) @ inverse
        longest = np.abs(step).max(axis=1, initial=0.0)
        strengths[going] += step * np.minimum(1.0, _LARGEST_STEP / np.maximum(longest, _LARGEST_STEP))[:, None]
        going = going[longest > _SMALLEST_STEP]
        if not len(going):
            break
    for replicate in going:
        strengths[replicate] = newton_ascent(half_wins[replicate], fit.strengths).strengths
    return strengths


def _gradient(strengths: FloatArray, met: FloatArray, earned: FloatArray) -> FloatArray:
    """What each competitor earned beyond what was expected. [n_replicates, n], rows sum to zero"""
    worths = np.exp(strengths)
    shares = worths[:, :, None] + worths[:, None, :]
    np.divide(met, shares, out=shares)
    return np.asarray(earned - worths * shares.sum(axis=2))
