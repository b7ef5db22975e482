"""Fields of competitors whose pairs are to be chosen, and whole studies in which they are."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import expit

from apps.stats.choosing import next_pairs
from apps.stats.models.likelihood import newton_ascent
from apps.stats.pairwise import Outcome, PairwiseCounts
from tests.stats.choosing.counts_for_tests import nothing
from tests.stats.comparisons_for_tests import counts_of


def level_field(n_competitors, wins=12, losses=8):
    """Everybody met everybody equally often; the lower number won a little more."""
    return counts_of(n_competitors, *[(i, j, wins, losses) for i, j in combinations(range(n_competitors), 2)])


def allowed_pairs(n_competitors, *pairs):
    """A table of candidates in which these pairs may be drawn."""
    table = np.zeros((n_competitors, n_competitors), dtype=bool)
    for i, j in pairs:
        table[i, j] = table[j, i] = True
    return table


def as_table(policy, n_competitors, values=None):
    """The probabilities (or other values) of pairs as a symmetric table, zero where a pair may not be drawn."""
    table = np.zeros((n_competitors, n_competitors))
    i, j = policy.pairs.T
    table[i, j] = table[j, i] = policy.probability if values is None else values
    return table


def true_strengths(gaps):
    """What fitting strengths to all pairs, judged equally often without end, would show."""
    return newton_ascent(expit(gaps) * (1 - np.eye(len(gaps))), np.zeros(len(gaps))).strengths


@dataclass(frozen=True)
class Log:
    """A study judged round by round: its columns, one row a judgment, and the counts at the end."""

    first: np.ndarray
    second: np.ndarray
    outcome: np.ndarray
    probability: np.ndarray
    counts: PairwiseCounts


def chosen_study(gaps, n_rounds, n, rng, *, counts=None, hopeless=None, **settings):
    """`n_rounds` rounds of `n` judgments as `next_pairs` draws them; i beats j with probability expit(gaps[i, j]).

    `counts` were judged before. The judgments of the pair `hopeless` all end both-bad.
    """
    n_competitors = len(gaps)
    counts, columns = counts or nothing(n_competitors), []
    for _ in range(n_rounds):
        draws = next_pairs(counts, n, rng=rng, **settings).draws
        first_wins = rng.random(n) < expit(gaps[draws.first, draws.second])
        outcome = np.where(first_wins, Outcome.FIRST_WINS, Outcome.SECOND_WINS)
        if hopeless:
            outcome[np.isin(draws.first, hopeless) & np.isin(draws.second, hopeless)] = Outcome.BOTH_BAD
        counts += PairwiseCounts.from_arrays(n_competitors, draws.first, draws.second, outcome)
        columns.append((draws.first, draws.second, outcome, draws.probability))
    return Log(*(np.concatenate(parts) for parts in zip(*columns, strict=True)), counts)
