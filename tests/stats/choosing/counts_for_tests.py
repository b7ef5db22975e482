"""Counts for the tests of choosing: everybody level, random studies, and a study run round by round."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from apps.stats.choosing import DrawnPairs
from apps.stats.pairwise import Outcome, PairwiseCounts
from tests.stats.comparisons_for_tests import counts_of


def level(n_competitors: int, each: int) -> PairwiseCounts:
    """Every pair so often won by either side."""
    return counts_of(n_competitors, *((i, j, each, each) for i, j in combinations(range(n_competitors), 2)))


def both_bad(n_competitors: int, i: int, j: int, times: int) -> PairwiseCounts:
    return PairwiseCounts.from_arrays(n_competitors, [i], [j], [Outcome.BOTH_BAD], [times])


def nothing(n_competitors: int) -> PairwiseCounts:
    return PairwiseCounts(n_competitors, np.zeros((n_competitors, n_competitors, 4), dtype=np.int64))


def renumbered(counts: PairwiseCounts, order: np.ndarray) -> PairwiseCounts:
    """Competitor i becomes order[i]."""
    return counts.among(np.argsort(order))


def judged(draws: DrawnPairs, strengths: np.ndarray, rng: np.random.Generator) -> PairwiseCounts:
    """What comes of showing these pairs where Bradley-Terry holds."""
    gaps = strengths[draws.first] - strengths[draws.second]
    won = rng.random(len(gaps)) < 1 / (1 + np.exp(-gaps))
    outcome = np.where(won, Outcome.FIRST_WINS, Outcome.SECOND_WINS)
    return PairwiseCounts.from_arrays(len(strengths), draws.first, draws.second, outcome)


@st.composite
def studies(draw: st.DrawFn) -> PairwiseCounts:
    """Studies of 3 to 6 competitors, some pairs unjudged, all outcomes; the main body may be anything."""
    n = draw(st.integers(3, 6))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    counts = rng.poisson(draw(st.sampled_from([0.3, 2.0, 15.0])), (n, n, 4))
    counts[range(n), range(n)] = 0
    return PairwiseCounts(n, counts)
