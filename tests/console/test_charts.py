"""Plots: drawn on the server, in the colours of the pages, at addresses that stay."""

import itertools
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.analysis.models import Analysis
from apps.console.charts import history, scatter, strengths
from apps.console.charts.drawing import svg_of, warm_up
from apps.console.charts.look import NARROW, Look, room_of, shortened
from apps.console.charts.plots import PLOTS
from tests.console.boards_for_tests import everything, frozen
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

STUDY = "/studies/lab/trial/"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def analysis(lab: Lab, client: Client) -> Analysis:
    judge_everything(lab)
    client.force_login(lab.analyst)
    return frozen(lab.study, **everything())


def plot(client: Client, analysis: Analysis, name: str) -> Any:
    return client.get(f"{STUDY}analyses/{analysis.public_id}/plots/{name}")


def tree(svg: bytes) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - we drew it


def texts(svg: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in tree(svg).iter(f"{SVG}text")]


def data_of(part: Any) -> Iterator[dict[str, Any]]:
    """Every row of data in a specification."""
    for rows in part["datasets"].values():
        yield from rows


@pytest.mark.parametrize("name", list(PLOTS))
def test_every_plot_is_drawn_as_svg_and_png(analysis: Analysis, client: Client, name: str) -> None:
    reply = plot(client, analysis, f"{name}.svg")
    assert (reply.status_code, reply["Content-Type"]) == (200, "image/svg+xml")
    assert any("system-00" in text for text in texts(reply.content))
    reply = plot(client, analysis, f"{name}.png")
    assert (reply.status_code, reply["Content-Type"]) == (200, "image/png")
    assert reply.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", list(PLOTS))
def test_a_plot_has_the_size_that_its_page_keeps_free(analysis: Analysis, client: Client, name: str) -> None:
    for narrow in (False, True):
        svg = tree(plot(client, analysis, f"{name}.svg{'?narrow=1' if narrow else ''}").content)
        wanted = PLOTS[name]
        size = wanted.size(wanted.shown(analysis), Look(narrow=narrow))
        assert (float(svg.attrib["width"]), float(svg.attrib["height"])) == size
        assert not narrow or size[0] == NARROW


def test_themes_are_the_tokens_of_the_style_sheet(analysis: Analysis, client: Client) -> None:
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    ink = re.search(r"--ink: light-dark\((#\w+), (#\w+)\)", tokens)
    sheet = re.search(r"--sheet: light-dark\((#\w+), (#\w+)\)", tokens)
    assert ink and sheet
    for number, query in ((1, ""), (2, "?theme=dark")):
        svg = plot(client, analysis, f"strengths.svg{query}").content.decode()
        assert ink[number] in svg and f'fill="{sheet[number]}"' in svg
        assert ink[3 - number] not in svg


def test_a_plot_needs_no_style_no_script_and_nothing_from_elsewhere(analysis: Analysis, client: Client) -> None:
    for name in PLOTS:
        reply = plot(client, analysis, f"{name}.svg")
        text = reply.content.decode()
        assert "style" not in text and "<script" not in text and "href" not in text
        assert "default-src 'none'" in reply["Content-Security-Policy"]


def test_what_never_changes_is_kept_for_a_year_and_by_one_person_only(analysis: Analysis, client: Client) -> None:
    kept = plot(client, analysis, "strengths.svg")
    assert "immutable" in kept["Cache-Control"] and "private" in kept["Cache-Control"]
    assert "max-age=31536000" in kept["Cache-Control"]
    assert "Cookie" in kept["Vary"]
    changing = plot(client, analysis, "history.svg")["Cache-Control"]
    assert "immutable" not in changing and "private" in changing


def test_downloads_are_named(analysis: Analysis, client: Client) -> None:
    reply = plot(client, analysis, "cost.png?download=1")
    assert reply["Content-Disposition"] == 'attachment; filename="trial-cost.png"'
    assert "Content-Disposition" not in plot(client, analysis, "cost.png")


def test_strangers_get_no_plot_and_drawing_is_remembered_as_seeing(
    analysis: Analysis, lab: Lab, client: Client
) -> None:
    from apps.rating.models import ResultsOpening

    before = ResultsOpening.objects.count()
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert plot(client, analysis, "strengths.svg").status_code == 404
    client.logout()
    assert plot(client, analysis, "strengths.svg").status_code == 302
    client.force_login(lab.manager)
    plot(client, analysis, "strengths.svg")
    assert ResultsOpening.objects.count() == before + 1


def test_every_picture_on_a_page_has_words_both_themes_and_its_files(analysis: Analysis, client: Client) -> None:
    text = client.get(f"{STUDY}analyses/{analysis.public_id}").content.decode()
    pictures = re.findall(r"<picture>.*?</figure>", text, re.DOTALL)
    assert len(pictures) == 4
    for picture in pictures:
        assert re.search(r'alt="[^"]{40,}"', picture)
        assert "theme=dark" in picture and "narrow=1" in picture
        for url in re.findall(r'(?:srcset|src|href)="([^"]+)"', picture):
            assert client.get(url.replace("&amp;", "&")).status_code == 200, url


# What is drawn ---------------------------------------------------------------------------------------------


def test_hostile_names_stay_names() -> None:
    svg = svg_of(strengths.strengths_chart(everything(prefix="<script>&\"'"), Look()))
    assert b"<script" not in svg
    assert any("<script>&" in text for text in texts(svg))


def test_open_ends_are_drawn_to_the_edge() -> None:
    result = everything()
    result["systems"][0]["high"] = None
    drawn = strengths.strengths_chart(result, Look())
    rows = {row["label"][-9:]: row for row in data_of(drawn) if "label" in row}
    assert rows["system-00"]["open_high"] and not rows["system-01"]["open_high"]
    assert rows["system-00"]["high"] > max(row["strength"] for row in result["systems"])


def test_only_systems_of_one_scale_are_drawn() -> None:
    result = everything(4)
    result["systems"][2]["island"] = 2
    result["systems"][3]["strength"] = None
    assert [row["system"] for row in strengths.rows_of(result)] == ["system-00", "system-01"]
    assert [point["system"] for point in scatter.points_of(result, scatter.COST)] == ["system-00", "system-01"]


def test_unknown_costs_are_left_out_and_none_at_all_draws_nothing(lab: Lab, client: Client) -> None:
    result = everything()
    result["spending"][0]["mean_cost"] = None
    assert len(scatter.points_of(result, scatter.COST)) == 2
    assert len(scatter.points_of(result, scatter.LATENCY)) == 3
    assert scatter.points_of(everything() | {"spending": None}, scatter.COST) == []
    for row in result["spending"]:
        row["mean_cost"] = None
    judge_everything(lab)
    client.force_login(lab.analyst)
    text = client.get(f"{STUDY}analyses/{frozen(lab.study, **result).public_id}").content.decode()
    assert "plots/cost.svg" not in text and "plots/latency.svg" in text


def test_on_full_plots_only_the_front_and_the_baseline_are_named() -> None:
    drawn = scatter.scatter_chart(everything(30, baseline=3), scatter.LATENCY, Look())
    named = {row["name"] for row in data_of(drawn)} - {""}
    assert named == {"system-00", "system-03"}


def test_names_at_the_ends_of_lines_do_not_cover_one_another() -> None:
    rows = [{"system": f"s{n}", "n": 9, "moment": 0, "strength": 0.001 * n, "low": -1.0, "high": 1.0} for n in range(6)]
    placed = [row["y"] for row in history._placed(rows, 200)]
    gaps = [after - before for before, after in itertools.pairwise(placed)]
    assert min(gaps) > 2.0 * history.LABEL_ROOM / history.HEIGHT * 0.99
    assert history._placed([], 200) == []


def test_names_have_their_room_and_long_ones_are_cut_to_it() -> None:
    assert shortened("short", 100) == "short"
    for name in ("a-very-long-name-of-a-system" * 3, "LLAMA-2-70B-CHAT" * 4, "模型" * 30):
        cut = shortened(name, 150)
        assert cut.endswith("…") and 130 < room_of(cut) <= 150
        assert name.startswith(cut[:-1])


@pytest.mark.parametrize("narrow", [False, True])
def test_no_name_is_drawn_over_the_edge(narrow: bool) -> None:
    """However wide the letters are: the words end beside the axis, and begin inside the picture."""
    for prefix in ("W" * 60, "iiii", "模型" * 30, "llama-2-70b-chat-hf"):
        specification = strengths.strengths_chart(everything(prefix=prefix), Look(narrow=narrow))
        labels = [row["label"] for row in data_of(specification) if "label" in row]
        assert len(labels) == 3 and len(set(labels)) >= 1
        assert max(map(room_of, labels)) <= specification["padding"]["left"] - strengths.BESIDE + 1
        assert specification["width"] > 100, "the lines have room too"


def test_systems_whose_names_are_cut_alike_keep_lines_of_their_own() -> None:
    svg = svg_of(strengths.strengths_chart(everything(prefix="a-name-that-is-much-too-long-to-be-drawn" * 3), Look()))
    drawn = [text for text in tree(svg).iter(f"{SVG}text") if "…" in "".join(text.itertext())]
    assert len({text.attrib["transform"] for text in drawn}) == 3


def test_many_systems_are_drawn_in_a_fraction_of_a_second() -> None:
    """Measuring words is what takes long: a hundred names with their ranks took most of a second of the processor."""
    warm_up().join()
    result = everything(100)
    took = min(_seconds(lambda: svg_of(strengths.strengths_chart(result, Look()))) for _ in range(3))
    assert took < 0.6


def _seconds(draw: Callable[[], object]) -> float:
    """Of the processor: other work on this machine does not count."""
    began = time.process_time()
    draw()
    return time.process_time() - began


def test_the_web_server_draws_before_anybody_asks() -> None:
    """In a process of its own, as the server loads it: what is imported by then need not be imported in a request."""
    code = (
        "import apps.config.wsgi, sys, threading\n"
        "[one.join() for one in threading.enumerate() if one.name == 'warming up plots']\n"
        "assert {'altair', 'vl_convert'} <= sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=settings.BASE_DIR)
