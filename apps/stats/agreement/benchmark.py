"""The word that an agreement figure has earned, its uncertainty included."""

from dataclasses import dataclass
from enum import StrEnum

from scipy.special import ndtr

from apps.stats.agreement.words import LANDIS_KOCH
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level


class BenchmarkScale(StrEnum):
    """Whose words: conventions, none of them a law."""

    LANDIS_KOCH = "landis_koch"  # 1977, Biometrics 33
    FLEISS = "fleiss"  # 1981, Statistical Methods for Rates and Proportions
    ALTMAN = "altman"  # 1991, Practical Statistics for Medical Research
    KRIPPENDORFF = "krippendorff"  # 2004, Content Analysis


# Lower ends, best band first; the last band reaches down to -1.
_BANDS: dict[BenchmarkScale, tuple[tuple[float, str], ...]] = {
    BenchmarkScale.LANDIS_KOCH: LANDIS_KOCH,
    BenchmarkScale.FLEISS: ((0.75, "excellent"), (0.4, "fair to good"), (-1.0, "poor")),
    BenchmarkScale.ALTMAN: ((0.8, "very good"), (0.6, "good"), (0.4, "moderate"), (0.2, "fair"), (-1.0, "poor")),
    BenchmarkScale.KRIPPENDORFF: ((0.8, "reliable"), (0.667, "tentative conclusions only"), (-1.0, "not reliable")),
}
_NAMES = {
    BenchmarkScale.LANDIS_KOCH: "Landis and Koch",
    BenchmarkScale.FLEISS: "Fleiss",
    BenchmarkScale.ALTMAN: "Altman",
    BenchmarkScale.KRIPPENDORFF: "Krippendorff",
}
_WIDE = 1e6


@dataclass(frozen=True)
class Band:
    """One band of a scale: its word, its ends, how likely the true figure lies in it, and in it or above."""

    name: str
    low: float
    high: float
    probability: float
    cumulative: float


@dataclass(frozen=True)
class BenchmarkBand:
    """The best band that the true figure reaches with at least the confidence level: `name`, `low`, `high`.

    `probability` is that of this band or a better one; `bands` are all of the scale, the best first. `reading`
    says it in a sentence, with the band that the figure alone would have got.
    """

    name: str
    low: float
    high: float
    probability: float
    bands: tuple[Band, ...]
    scale: BenchmarkScale
    confidence_level: float
    reading: str


def benchmark_band(
    value: float,
    standard_error: float,
    scale: BenchmarkScale | str = BenchmarkScale.LANDIS_KOCH,
    *,
    confidence_level: float = 0.95,
) -> BenchmarkBand:
    """Gwet's benchmarking (2014, Handbook of Inter-Rater Reliability, chapter 6).

    `value` is kappa, alpha, AC1 or their kin, -1 to 1, `standard_error` its own, above 0. The true figure is
    taken to be normal around the value, cut off at -1 and 1; going down from the best band, the first is
    chosen at which the probabilities add up to `confidence_level`. Raises InvalidInput for numbers out of
    range; a figure without spread (standard error 0) is not certain, so read its interval instead.
    """
    check_confidence_level(confidence_level)
    if scale not in list(BenchmarkScale):
        raise InvalidInput(f"`scale` is {scale!r}; give one of {', '.join(BenchmarkScale)}.")
    if not -1 <= value <= 1:
        raise InvalidInput(f"`value` is {value}; give an agreement figure between -1 and 1.")
    if not 0 < standard_error < float("inf"):
        raise InvalidInput(
            f"`standard_error` is {standard_error}; give one above 0, or read the interval where no spread was seen."
        )
    known = BenchmarkScale(scale)
    bands = _bands(value, standard_error, known)
    chosen = next((band for band in bands if band.cumulative >= confidence_level), bands[-1])
    reading = _reading(value, bands, chosen, known)
    return BenchmarkBand(
        chosen.name, chosen.low, chosen.high, chosen.cumulative, bands, known, confidence_level, reading
    )


def _bands(value: float, standard_error: float, scale: BenchmarkScale) -> tuple[Band, ...]:
    # So wide a normal is level between -1 and 1; a wider one would leave nothing between them in double precision.
    spread = min(standard_error, _WIDE)

    def below(end: float) -> float:
        return float(ndtr((end - value) / spread))

    whole = below(1.0) - below(-1.0)
    highs = (1.0, *(low for low, _ in _BANDS[scale]))
    return tuple(
        Band(name, low, high, (below(high) - below(low)) / whole, (below(1.0) - below(low)) / whole)
        for (low, name), high in zip(_BANDS[scale], highs, strict=False)
    )


def _reading(value: float, bands: tuple[Band, ...], chosen: Band, scale: BenchmarkScale) -> str:
    alone = next(band for band in bands if value >= band.low)
    told = f"With probability {chosen.cumulative:.3f} the true figure is {chosen.low:g} or more"
    word = f"{told}: {chosen.name}, by the words of {_NAMES[scale]}."
    return word if alone == chosen else f"{word} The figure alone, {value:.3f}, would be called {alone.name}."
