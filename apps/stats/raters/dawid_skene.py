"""Who confuses which labels, and what the true labels probably are, when nobody knows the truth."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.raters.label_draws import confusion_draws
from apps.stats.raters.label_table import LabelTable

_SETTLED = 1e-9
# So small a probability is as good as none, and has a logarithm.
_TINY = 1e-300
# Fewer labels than this, expected, on a true label: nothing is known of how the rater treats it.
_NONE_SEEN = 1e-6

_NOTHING_SHARED = (
    "This rater shares no unit with another, so nothing says which labels are right; give the rater units that others "
    "label too."
)


@dataclass(frozen=True, eq=False)
class DawidSkene:
    """Confusion matrices of raters, shares of the true labels, and the true label of every unit.

    `unit` [n_units], `rater` [n_raters] and `label` [n_labels] hold the codes, ascending. Probabilities:

    - `prevalence` [n_labels]: how common each label is as the true one, with ends.
    - `confusion` [n_raters, n_labels, n_labels]: that a rater gives a label (last axis) to a unit of a true label
      (middle axis), with ends; nan for a true label that the rater never seems to have met.
    - `posterior` [n_units, n_labels]: that a label is the true one of a unit.

    `n` [n_raters] counts the labels used; a rater who shares no unit has 0, and nan for numbers. The ends are
    those of the posterior, from `n_draws` draws. `log_likelihood` is that of the labels in their order (without
    multinomial coefficients), after `n_steps` steps; `converged` says whether they had settled. `reading` speaks
    of the whole, `readings` of each rater.
    """

    unit: IntArray
    rater: IntArray
    label: IntArray
    prevalence: FloatArray
    prevalence_low: FloatArray
    prevalence_high: FloatArray
    confusion: FloatArray
    confusion_low: FloatArray
    confusion_high: FloatArray
    posterior: FloatArray
    n: IntArray
    log_likelihood: float
    n_steps: int
    converged: bool
    n_draws: int
    confidence_level: float
    reading: str
    readings: tuple[str, ...]


def dawid_skene(
    unit: npt.ArrayLike,
    rater: npt.ArrayLike,
    label: npt.ArrayLike,
    count: npt.ArrayLike | None = None,
    *,
    rng: np.random.Generator,
    n_draws: int = 1000,
    max_steps: int = 10_000,
    confidence_level: float = 0.95,
) -> DawidSkene:
    """Maximum likelihood for raters with a confusion matrix each, who err independently given the true label.

    `unit`, `rater` and `label` are integer codes, one row a label or, by `count`, several equal ones; cells may be
    missing, and a rater may label a unit more than once. Expectation-maximisation (Dawid & Skene 1979, Applied
    Statistics 28) from the shares of each unit's labels, until no posterior moves by more than 1e-9 or `max_steps` is
    reached: a local top, the one nearest to the majority. The estimates are those of the likelihood; the ends are of
    a Gibbs sampler with a Jeffreys prior on every distribution, started there, and reach to the estimate where that is
    beyond (a share of 0, say). Raises InvalidInput for columns that do not match, fewer than two labels, and where no
    unit has three raters.
    """
    check_confidence_level(confidence_level)
    if n_draws < 100 or max_steps < 1:
        raise InvalidInput("Give n_draws of 100 or more and max_steps of 1 or more.")
    table = LabelTable.of(unit, rater, label, count)
    top = _climb(table, max_steps)
    prevalences, confusions = confusion_draws(table, top.posterior, n_draws, rng)
    confusion = _shown_confusion(table, top.posterior)
    prevalence_low, prevalence_high = _ends(top.prevalence, prevalences, confidence_level)
    confusion_low, confusion_high = _ends(confusion, confusions, confidence_level)
    return DawidSkene(
        unit=table.unit,
        rater=table.rater,
        label=table.label,
        prevalence=top.prevalence,
        prevalence_low=prevalence_low,
        prevalence_high=prevalence_high,
        confusion=confusion,
        confusion_low=confusion_low,
        confusion_high=confusion_high,
        posterior=top.posterior,
        n=table.n_given,
        log_likelihood=top.log_likelihood,
        n_steps=top.n_steps,
        converged=top.converged,
        n_draws=n_draws,
        confidence_level=confidence_level,
        reading=_reading(table, top),
        readings=tuple(
            _rater_reading(table.label, *each)
            for each in zip(table.n_given.tolist(), confusion, confusion_low, confusion_high, strict=True)
        ),
    )


@dataclass(frozen=True, eq=False)
class _Top:
    """Where expectation-maximisation ended."""

    prevalence: FloatArray
    posterior: FloatArray
    log_likelihood: float
    n_steps: int
    converged: bool


def _climb(table: LabelTable, max_steps: int) -> _Top:
    here = _Top(np.empty(0), table.shares, -np.inf, 0, converged=False)
    while here.n_steps < max_steps and not here.converged:
        here = _step(table, here)
    return here


def _step(table: LabelTable, here: _Top) -> _Top:
    """Probabilities from the true labels as they seem, and these from the probabilities."""
    prevalence = here.posterior[table.labelled].mean(axis=0)
    confusion = _shares_of(table.confused(here.posterior))
    joint = np.log(np.maximum(prevalence, _TINY)) + table.log_probabilities(np.log(np.maximum(confusion, _TINY)))
    highest = joint.max(axis=1, keepdims=True)
    scaled = np.exp(joint - highest)
    total = scaled.sum(axis=1, keepdims=True)
    posterior = scaled / total
    settled = bool(np.abs(posterior - here.posterior).max() <= _SETTLED)
    return _Top(prevalence, posterior, float((highest + np.log(total)).sum()), here.n_steps + 1, settled)


def _shares_of(confused: FloatArray) -> FloatArray:
    """Each row as shares of its sum; alike where it is empty, which then does not matter."""
    met = confused.sum(axis=2, keepdims=True)
    return np.asarray(np.where(met > 0, confused, 1.0) / np.where(met > 0, met, confused.shape[2]))


def _shown_confusion(table: LabelTable, posterior: FloatArray) -> FloatArray:
    """The confusion matrices, nan where a rater met no unit of a true label."""
    confused = table.confused(posterior)
    met = confused.sum(axis=2, keepdims=True)
    return np.asarray(np.divide(confused, met, out=np.full(confused.shape, np.nan), where=met > _NONE_SEEN))


def _ends(estimate: FloatArray, draws: FloatArray, confidence_level: float) -> tuple[FloatArray, FloatArray]:
    """The central interval of the draws, reaching to the estimate; nan where there is none."""
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return np.minimum(low, estimate), np.maximum(high, estimate)


def _reading(table: LabelTable, top: _Top) -> str:
    settled = "settled" if top.converged else "had NOT settled (raise max_steps)"
    return (
        f"{table.n_given.sum()} labels of {len(table.unit)} units by {(table.n_given > 0).sum()} raters; the estimates "
        f"{settled} after {top.n_steps} steps. They hold if raters err independently once the true label is given: "
        "mistakes that raters share pass for the truth."
    )


def _rater_reading(label: IntArray, n: int, confusion: FloatArray, low: FloatArray, high: FloatArray) -> str:
    if not n:
        return _NOTHING_SHARED
    wrong = np.nan_to_num(confusion * (1 - np.eye(len(label))))
    worst = np.unravel_index(int(wrong.argmax()), wrong.shape)
    told = f"Over {n} labels this rater"
    if wrong[worst] < 0.005:
        return f"{told} shows no confusion."
    true, given = label[list(worst)]
    return (
        f"{told} errs most often by saying {given} where {true} is true: in {100 * wrong[worst]:.0f} % of such "
        f"units ({100 * low[worst]:.0f} to {100 * high[worst]:.0f} %)."
    )
