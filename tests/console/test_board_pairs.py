"""A board's pairs, their page and their file; and the way from every number to the outputs behind it."""

import html
import json
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from apps.analysis.filters import Filters
from apps.console.board.links import Reading
from apps.console.board.pairs import MOST_CELLS, columns_of
from tests.console.boards_for_tests import everything, frozen
from tests.studies_for_tests import SYSTEMS, Lab

from .test_board_page import address, analyst, board_of, page

pytestmark = pytest.mark.slow

__all__ = ["analyst"]  # the fixture


def test_the_matrix_says_who_is_ahead_in_signs_and_not_in_colour_alone(lab: Lab, analyst: Client) -> None:
    pairs = everything()["pairs"]
    pairs[0] |= {"first_share": 0.8, "low": 0.6, "high": 0.92}
    text = page(analyst, address(board_of(lab, pairs=pairs)))
    assert "<b>80</b> ▲" in text and "<b>20</b> ▽" in text
    assert "60–92" in text and "8–40" in text


def test_pairs_that_never_met_have_no_share(lab: Lab, analyst: Client) -> None:
    pairs = everything()["pairs"]
    nothing = {"n": 0, "n_first": 0, "n_second": 0, "n_tie": 0, "n_both_bad": 0}
    pairs[0] |= {**nothing, "first_share": None, "low": None, "high": None}
    pairs[1] |= {"first_share": None, "low": None, "high": None}
    analysis = board_of(lab, pairs=pairs)
    assert '<td class="nothing">–</td>' in page(analyst, address(analysis))
    listed = page(analyst, address(analysis, "/pairs?system=system-00")).partition("Everyone against everyone")[0]
    assert '<th scope="row">system-01</th>' not in listed
    assert '<th scope="row">system-02</th>' in listed


def test_the_list_of_a_system_is_seen_from_its_side(lab: Lab, analyst: Client) -> None:
    text = page(analyst, address(board_of(lab), "/pairs?system=system-01"))
    assert '<h1 class="part-title">Pair by pair</h1>' in text and '<nav class="parts' not in text
    row = re.search(r'<tr><th scope="row">system-00</th>(.*?)</tr>', text)
    assert row and re.findall(r"<td>(?:<a[^>]*>)?(\d+)<", row[1]) == ["2", "5", "2", "1", "10"]
    assert "33 %" in row[1] and "12 % … 65 %" in row[1]


def test_cells_lead_to_the_outputs(lab: Lab, analyst: Client) -> None:
    room = reverse("console:reading", args=["lab", "trial"])
    assert "first=system-00&amp;second=system-01" in page(analyst, address(board_of(lab)))
    pair = {"first": SYSTEMS[0], "second": SYSTEMS[1]}
    assert analyst.get(f"{room}?{urlencode(pair)}").status_code == 200
    assert analyst.get(f"{room}?{urlencode({'first': SYSTEMS[0], 'slice.topic': 'odd'})}").status_code == 200


def test_every_number_leads_to_the_outputs_behind_it(lab: Lab, analyst: Client) -> None:
    """Every address of the reading room that a board and its parts point to is one that the room takes."""
    names = dict(zip(("system-00", "system-01", "system-02"), SYSTEMS, strict=True))
    text = json.dumps(everything() | {"slices": [], "agreement": None})
    for invented, real in names.items():
        text = text.replace(invented, real)
    result = json.loads(text)
    del result["agreement"], result["slices"]
    room = reverse("console:reading", args=["lab", "trial"])
    found = set()
    for part in ("", "/pairs"):
        page_of_it = page(analyst, address(frozen(lab.study, **result), part))
        found |= set(re.findall(rf'href="({room}[^"]*)"', page_of_it))
    for url in found:
        assert analyst.get(html.unescape(url)).status_code == 200, url
    wanted = {f"{room}?first={SYSTEMS[0]}", f"{room}?first={SYSTEMS[0]}&amp;both_bad=1", room}
    wanted |= {f"{room}?first={SYSTEMS[0]}&amp;second={SYSTEMS[1]}", f"{room}?disagree=1"}
    assert wanted <= found


def test_outputs_are_read_in_the_part_of_the_study_that_the_board_looks_at(lab: Lab, analyst: Client) -> None:
    look = Filters(slices=(("topic", "odd"),))
    text = page(analyst, address(frozen(lab.study, filters=look, **everything())))
    room = reverse("console:reading", args=["lab", "trial"])
    links = re.findall(rf'href="{re.escape(room)}([^"]+)"', text)
    in_slices = [link for link in links if "slice.topic=topic-" in link]
    assert links and all("slice.topic=" in link for link in links)
    assert in_slices and all(link.count("slice.topic=") == 1 for link in in_slices), "the cell's own slice"


def test_names_travel_in_addresses() -> None:
    reading = Reading("/read", (("a b", "c&d"),))
    assert reading.to(("locale", "de"), first="x=y") == "/read?slice.a+b=c%26d&slice.locale=de&first=x%3Dy"
    assert Reading("/read").to() == "/read"
    assert reading.left_out("rule:from_a_later_release", for_this_look=False) is None
    assert reading.left_out("rule:self_identified", for_this_look=True) is None


def test_a_matrix_that_is_too_wide_comes_in_parts(lab: Lab, analyst: Client) -> None:
    analysis = frozen(lab.study, **everything(100, prefix="mistral-7b-instruct"))
    asked = "/pairs?system=mistral-7b-instruct-07&part="
    first, last = (page(analyst, address(analysis, f"{asked}{part}")) for part in ("1", "4"))
    for text in (first, last):
        assert len(text.encode()) < 200_000
        assert "mistral-7b-instruct-07 against each other system" in text
    columns = [len(re.findall(r'<th scope="col"><span>mistral', text)) for text in (first, last)]
    assert columns == [25, 25], "of a hundred, in four"
    assert "part=2#all-pairs" in first and 'aria-current="true" aria-label="1–25: mistral-7b-instruct-00 to' in first
    assert '<input type="hidden" name="part" value="4">' in last
    for bad in ("0", "5", "x", "²", "-1"):
        assert analyst.get(address(analysis, f"/pairs?part={bad}")).status_code == 404


@pytest.mark.parametrize("n_systems", [1, 2, 59, 60, 100, 1000])
def test_parts_hold_every_column_once(n_systems: int) -> None:
    parts = columns_of(n_systems)
    assert [place for part in parts for place in part] == list(range(n_systems))
    assert all(len(part) * n_systems <= MOST_CELLS + n_systems for part in parts)


def test_all_pairs_are_a_file(lab: Lab, analyst: Client) -> None:
    analysis = frozen(lab.study, **everything(prefix="=1+1"))
    reply = analyst.get(address(analysis, "/pairs.csv"))
    assert reply["Content-Type"] == "text/csv; charset=utf-8" and "attachment" in reply["Content-Disposition"]
    lines = reply.content.decode().splitlines()
    assert lines[0] == "first,second,n,n_first,n_second,n_tie,n_both_bad,first_share,low,high"
    assert len(lines) == 4 and lines[1].endswith("10,5,2,2,1,0.6666,0.35,0.88")
    assert not any(line.startswith("=") for line in lines), "no formulas"
    assert address(analysis, "/pairs.csv") in page(analyst, address(analysis, "/pairs"))
