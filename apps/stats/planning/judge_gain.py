"""What the labels of an LLM judge are worth beside those of people."""

from dataclasses import dataclass

from apps.stats.planning.checks import as_count, check_between
from apps.stats.planning.words import count


@dataclass(frozen=True)
class JudgeGain:
    """How many times more human labels the judge's labels are worth, used by prediction-powered inference.

    `gain` 1.33 with 300 human labels means intervals as narrow as 400 human labels alone would give:
    `n_effective`. `ceiling` is the gain with endless judge labels. `n_judge` None stands for endless ones.
    """

    gain: float
    ceiling: float
    n_effective: int
    correlation: float
    n_human: int
    n_judge: int | None
    reading: str


def judge_gain(correlation: float, n_human: int, *, n_judge: int | None = None) -> JudgeGain:
    """The gain of prediction-powered inference from a judge (Angelopoulos, Duchi & Zrnic 2023, PPI++).

    1 / (1 - r^2 N / (n + N)): `correlation` r is that of the judge's labels with people's on the same comparisons (for
    a board, of what both leave unexplained by the strengths), `n_human` n are labels of both, `n_judge` N further
    comparisons that only the judge labels (None: endless). The judge's biases are taken out, so only its correlation
    helps: below .3 hardly at all. Raises InvalidInput for a correlation of 1 or beyond, and for counts that are none.
    """
    check_between("correlation", correlation, -1.0, 1.0)
    n_human = as_count("n_human", n_human, at_least=1)
    explained = correlation**2
    ceiling = 1 / (1 - explained)
    gain = ceiling if n_judge is None else 1 / (1 - explained * _weight(n_human, n_judge))
    effective = round(n_human * gain)
    return JudgeGain(gain, ceiling, effective, correlation, n_human, n_judge, _reading(gain, ceiling, n_human, n_judge))


def _weight(n_human: int, n_judge: int) -> float:
    n_judge = as_count("n_judge", n_judge, at_least=0)
    return n_judge / (n_human + n_judge)


def _reading(gain: float, ceiling: float, n_human: int, n_judge: int | None) -> str:
    most = count(round(n_human * ceiling))
    if n_judge is None:
        return f"However many labels the judge gives, {count(n_human)} human labels become worth at most {most}."
    worth = count(round(n_human * gain))
    return (
        f"With {count(n_judge)} labels of the judge, {count(n_human)} human labels are worth about {worth}; endless "
        f"ones would make it {most}."
    )
