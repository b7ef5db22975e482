"""Rows of material, and hashes that are the same in any database."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.studies.material import ItemRow, OutputRow, canonical_json

ITEM = ItemRow(
    external_id="q1",
    messages=({"role": "user", "content": "Grüezi 🙂"},),
    slices={"locale": "de", "intent": "refund"},
    metadata={"n": 1.5, "list": [1, None, True]},
)


def test_the_hash_of_an_item_is_a_stored_fact():
    """Databases hold these hashes: a change here makes every known item a new one."""
    assert ITEM.content_hash() == "4c56887a2b7bfe16653bbeeebb203292216c03a87e3437c379283e6754a3f17b"
    assert (
        OutputRow(item="q1", system="s", text="").content_hash()
        == "70f8a9446c416db0a5d9d1fbac4b711b4e5b0ae431582fda06f34673481dd28f"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"external_id": "q2", "group": "q1"},
        {"group": "g"},
        {"messages": ({"role": "user", "content": "Gruezi"},)},
        {"context": "Bern"},
        {"reference": "Hoi"},
        {"slices": {"locale": "de"}},
        {"metadata": {}},
    ],
)
def test_every_field_of_an_item_counts(change):
    assert replace(ITEM, **change).content_hash() != ITEM.content_hash()


def test_where_an_item_was_read_does_not_count():
    elsewhere = replace(ITEM, file="items.csv", line=9)
    assert elsewhere == ITEM
    assert elsewhere.content_hash() == ITEM.content_hash()


def test_an_item_without_a_group_is_its_own():
    assert ITEM.group == "q1"


def test_the_order_of_names_does_not_count():
    turned = replace(ITEM, slices=dict(reversed(ITEM.slices.items())))
    assert turned.content_hash() == ITEM.content_hash()


@pytest.mark.parametrize(
    ("written", "given_back"),
    [(1.0, 1), (-0.0, 0), (1e300, 10**300), (1e22, 10**22), (12345678.0, 12345678), (0.5, 0.5)],
)
def test_numbers_hash_as_a_database_gives_them_back(written, given_back):
    """jsonb stores decimals: whole floats come back as whole numbers."""
    assert canonical_json({"x": [written]}) == canonical_json({"x": [given_back]})


def test_large_integers_stay_apart():
    assert canonical_json(2**60 + 1) != canonical_json(2**60)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_canonical_json_is_json_of_the_same_value(value):
    assert json.loads(canonical_json(value)) == value


def test_an_output_is_hashed_by_what_a_rater_sees():
    plain = OutputRow(item="q1", system="s", text="hello")
    costly = OutputRow(item="q2", system="t", sample=4, text="hello", cost_usd=Decimal(1), latency_ms=3, tokens=1)
    talk = OutputRow(item="q1", system="s", messages=({"role": "assistant", "content": "hello"},))
    assert plain.content_hash() == costly.content_hash()
    assert plain.content_hash() != talk.content_hash()


@pytest.mark.parametrize("both", [{}, {"text": "", "messages": ({"role": "assistant", "content": ""},)}])
def test_an_output_says_exactly_one_thing(both):
    with pytest.raises(ValueError, match="either a text or messages"):
        OutputRow(item="q1", system="s", **both)
