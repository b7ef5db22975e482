"""The sandwich of a model with a parameter for ties, from the scores of single judgments: slow, and by another road."""

import numpy as np

GAMES = ((0, 1, 4, 2, 3), (1, 2, 3, 1, 1), (2, 0, 2, 2, 0))  # i, j, wins of i, wins of j, ties
_STEP = 1e-6


def sandwich_by_judgments(top, bread, log_probability):
    """Scores are differences of `log_probability(parameters, i, j, kind)`; 18 judgments of three competitors."""
    meat = np.zeros((4, 4))
    for i, j, *results in GAMES:
        for kind, times in enumerate(results):
            steps = _STEP * np.eye(4)
            ends = [[log_probability(top + sign * step, i, j, kind) for step in steps] for sign in (1, -1)]
            score = np.subtract(*ends) / (2 * _STEP)
            meat += times * np.outer(score, score)
    return bread @ meat @ bread * 18 / (18 - 3)
