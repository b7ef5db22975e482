"""The word that an agreement figure has earned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import truncnorm

from apps.stats.agreement import BenchmarkScale, benchmark_band
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import unhurried
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


@proves(Kind.WORKED, benchmark_band)
@pytest.mark.parametrize(
    ("scale", "printed", "name"),
    [
        ("altman", [0.18168, 0.67511, 0.96356, 0.99912, 1.0], "moderate"),
        ("landis_koch", [0.18168, 0.67511, 0.96356, 0.99912, 1.0, 1.0], "moderate"),
        ("fleiss", [0.28699, 0.96356, 1.0], "fair to good"),
    ],
)
def test_printed_probabilities(scale, printed, name):
    """A coefficient of .67 with standard error .15, by the method of Gwet 2014, chapter 6."""
    found = benchmark_band(0.67, 0.15, scale)
    assert [band.cumulative for band in found.bands] == pytest.approx(printed, abs=1e-5)
    assert (found.name, found.low, found.scale) == (name, 0.4, scale)
    assert found.probability == pytest.approx(0.96356, abs=5e-6)


def test_the_reading_tells_what_the_figure_alone_would_be_called():
    found = benchmark_band(0.67, 0.15)
    assert "0.4 or more: moderate, by the words of Landis and Koch" in found.reading
    assert found.reading.endswith("The figure alone, 0.670, would be called substantial.")
    assert "alone" not in benchmark_band(0.67, 0.01).reading
    assert benchmark_band(0.9, 0.02, "krippendorff").name == "reliable"


@proves(Kind.GOLDEN, benchmark_band)
def test_a_band_as_stored():
    check_golden("agreement/benchmark_band", benchmark_band(0.77544, 0.14295, BenchmarkScale.KRIPPENDORFF))


@proves(Kind.TWO_WAYS, benchmark_band)
@pytest.mark.parametrize("scale", list(BenchmarkScale))
def test_probabilities_are_those_of_the_truncated_normal(scale):
    value, error = 0.52, 0.3
    true = truncnorm((-1 - value) / error, (1 - value) / error, loc=value, scale=error)
    for band in benchmark_band(value, error, scale).bands:
        assert band.probability == pytest.approx(true.cdf(band.high) - true.cdf(band.low))
        assert band.cumulative == pytest.approx(true.sf(band.low))


@proves(Kind.PROPERTY, benchmark_band)
@unhurried
@given(st.floats(-1, 1), st.floats(0.001, 2), st.sampled_from(list(BenchmarkScale)), st.floats(0.5, 0.99))
def test_bands_fill_the_scale_and_certainty_costs(value, error, scale, confidence_level):
    found = benchmark_band(value, error, scale, confidence_level=confidence_level)
    assert sum(band.probability for band in found.bands) == pytest.approx(1)
    assert [band.low for band in found.bands] == sorted((band.low for band in found.bands), reverse=True)
    assert found.bands[0].high == 1 and found.bands[-1].low == -1
    assert found.probability >= confidence_level or found.low == -1
    surer = benchmark_band(value, error, scale, confidence_level=(1 + confidence_level) / 2)
    assert surer.low <= found.low
    better = benchmark_band(min(value + 0.1, 1.0), error, scale, confidence_level=confidence_level)
    assert better.low >= found.low


@proves(Kind.RECOVERY, benchmark_band)
def test_a_band_is_seldom_too_good():
    """Figures scatter around a true .59: at most about one in twenty is given a band above the true one."""
    rng = np.random.default_rng(51)
    given_bands = [benchmark_band(value, 0.08).low for value in np.clip(rng.normal(0.59, 0.08, 3000), -1, 1)]
    too_good = np.mean([low >= 0.6 for low in given_bands])
    alone = np.mean(np.clip(rng.normal(0.59, 0.08, 3000), -1, 1) >= 0.6)
    assert too_good <= 0.05
    assert alone > 0.4


@proves(Kind.DEGENERATE, benchmark_band)
def test_numbers_out_of_range_are_refused():
    with pytest.raises(InvalidInput, match=r"`value` is 1.4; give an agreement figure between -1 and 1"):
        benchmark_band(1.4, 0.1)
    with pytest.raises(InvalidInput, match="`value` is nan"):
        benchmark_band(float("nan"), 0.1)
    for error in (0.0, -0.1, float("inf"), float("nan")):
        with pytest.raises(InvalidInput, match="give one above 0, or read the interval"):
            benchmark_band(0.5, error)
    with pytest.raises(InvalidInput, match="`scale` is 'cohen'; give one of landis_koch, fleiss, altman, krippendorff"):
        benchmark_band(0.5, 0.1, "cohen")
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        benchmark_band(0.5, 0.1, confidence_level=95)


@proves(Kind.DEGENERATE, benchmark_band)
@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_the_ends_of_the_scale_have_bands(value):
    found = benchmark_band(value, 0.01)
    assert (found.name, found.probability) == (("almost perfect" if value > 0 else "poor"), pytest.approx(1.0))


@proves(Kind.DEGENERATE, benchmark_band)
def test_a_figure_that_says_nothing_leaves_every_band_its_width():
    """Over a normal without end all of -1..1 is alike: of its 2 the band above .8 has .2."""
    found = benchmark_band(0.5, 1e300)
    assert found.bands[0].probability == pytest.approx(0.1)
    assert found.probability == pytest.approx(1.0)
