"""The scanner: what says which system it is, what only names one, and that no text takes it long."""

import json
import time
from collections import Counter
from gzip import open as unpacked
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.studies import identification_words
from apps.studies.identification import (
    MAX_EXCERPT,
    MAX_FINDINGS,
    Kind,
    find_self_identification,
    spoken_text,
    telling_words,
)

from .identification_sentences import ONLY_MENTIONS, SAYS_SO


def test_the_sentences_are_many_and_each_once() -> None:
    assert len(set(SAYS_SO)) == len(SAYS_SO) >= 60
    assert len(set(ONLY_MENTIONS)) == len(ONLY_MENTIONS) >= 60


@pytest.mark.parametrize("sentence", SAYS_SO)
@pytest.mark.parametrize("place", ["{}", "Well, that is hard.\n\n{} What else?", "* {}"])
def test_self_reference_is_found_wherever_it_stands(sentence: str, place: str) -> None:
    assert find_self_identification(place.format(sentence))


@pytest.mark.parametrize("sentence", ONLY_MENTIONS)
@pytest.mark.parametrize("place", ["{}", "Well, that is hard.\n\n{} What else?", "* {}"])
def test_mentions_are_not_self_reference(sentence: str, place: str) -> None:
    assert find_self_identification(place.format(sentence)) == []


@pytest.mark.parametrize(
    ("text", "kind", "named"),
    [
        ("Hm. I am ChatGPT.", Kind.NAME, "ChatGPT"),
        ("Hm. I was trained by Google.", Kind.MAKER, "Google"),
        ("Hm. I am an AI assistant made by Acme.", Kind.MAKER, "Acme"),
        ("Hm. I am Zebrix.", Kind.SYSTEM, "Zebrix"),
    ],
)
def test_a_finding_says_what_and_where(text: str, kind: Kind, named: str) -> None:
    (found,) = find_self_identification(text, frozenset({"zebrix"}))
    assert (found.kind, text[found.start : found.end]) == (kind, named)
    assert found.excerpt.startswith("I ")
    assert named in found.excerpt


def test_the_studys_own_names_count_as_proper_names_only() -> None:
    own = telling_words(["Zebrix-12k (v2)", "Acme Base", "gpt-4"])
    assert own == {"zebrix", "acme"}
    for text in ("I am Zebrix.", "As Zebrix, I decline.", "My name is Zebrix", "I am Acme's AI assistant."):
        assert [f.kind for f in find_self_identification(text, own)] == [Kind.SYSTEM], text
        assert find_self_identification(text) == []
    for text in ("I am zebrix of heart.", "The Zebrix is fast.", "I like Zebrix.", "I am Base.", "I am Acme's lawyer."):
        assert find_self_identification(text, own) == [], text


def test_ordinary_and_short_words_of_names_tell_nothing() -> None:
    assert telling_words(["candidate", "current", "baseline", "v3", "GPT 4", "new prompt", "ab"]) == set()


def test_only_the_systems_own_turns_are_read() -> None:
    turns = [{"role": "user", "content": "I am ChatGPT."}, {"role": "assistant", "content": "Hello!"}]
    assert spoken_text(None, turns) == "Hello!"
    turns.append({"role": "assistant", "content": "I am Vicuna."})
    (found,) = find_self_identification(spoken_text(None, turns))
    assert spoken_text(None, turns)[found.start : found.end] == "Vicuna"
    assert spoken_text("", None) == ""


def test_an_output_that_repeats_itself_has_a_bounded_number_of_findings() -> None:
    found = find_self_identification("I am ChatGPT. " * 1000)
    assert len(found) == MAX_FINDINGS
    assert [f.start for f in found] == sorted({f.start for f in found})


@given(st.lists(st.sampled_from([*SAYS_SO, *ONLY_MENTIONS, "I am ", "As ", " ", "\n", "a", "，", "Claude ", "'s"])))
def test_findings_lie_in_the_text_each_once(parts: list[str]) -> None:
    text = "".join(parts)
    found = find_self_identification(text, frozenset({"lyon"}))
    assert len({(f.start, f.kind) for f in found}) == len(found)
    for finding in found:
        assert 0 <= finding.start < finding.end <= len(text)
        assert 0 < len(finding.excerpt) <= MAX_EXCERPT
        assert "\n" not in finding.excerpt


HOSTILE = (
    "ChatGPT ", "I am ", "I am a an the ", "developed by ", "I am AI AI AI AI, created by ", "OpenAI, ", "a", " ", "-",
    "As Claude, ", "I am a large language model ", "我是", "我是一个大型语言模型由OpenAI", "claude'", "gpt-4.4", "İ",
    "As an AI developed by OpenAI ", "my creators, ", "I" + " " * 50, "GPT-4-", "von OpenAI ",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("repeated", HOSTILE)
def test_a_megabyte_of_anything_is_scanned_in_seconds(repeated: str) -> None:
    """Measured: below 0.6 s each. A pattern that backtracks takes hours."""
    text = repeated * (1_000_000 // len(repeated)) + "ChatGPT by OpenAI"
    started = time.perf_counter()
    find_self_identification(text, frozenset({"zebrix"}))
    assert time.perf_counter() - started < 10


def test_time_grows_with_the_text_and_not_faster() -> None:
    def seconds(n: int) -> float:
        text = "I am a large language model developed and trained by the team of " * n
        started = time.perf_counter()
        find_self_identification(text + "OpenAI")
        return time.perf_counter() - started

    seconds(100)
    assert min(seconds(20_000) for _ in range(3)) < 40 * min(seconds(1_000) for _ in range(3)) + 0.05


def test_the_words_are_written_as_they_are_looked_for() -> None:
    names = (*identification_words.STRONG_NAMES, *identification_words.PLAIN_NAMES, *identification_words.GUARDED_NAMES)
    assert all(name == name.lower() for name in names)
    assert len(set(names)) == len(names)
    assert set(names) >= identification_words.PERSONAL_NAMES
    assert all(word == word.lower() for word in identification_words.ORDINARY_WORDS)


@pytest.mark.real_data
def test_published_outputs_that_name_their_system(real_data: str) -> None:
    """Of 960 MT-Bench turns three say "created by Anthropic"; of 1,133 LLMFAO outputs none. Read one by one."""
    found = Counter[str]()
    for name, column in (("mtbench/answers", "model"), ("llmfao/results", "name")):
        with unpacked(Path(real_data) / f"{name}.jsonl.gz", "rt") as lines:
            rows = [json.loads(line) for line in lines]
        own = telling_words(row[column] for row in rows)
        for row in rows:
            for text in row.get("turns") or [row["result"]]:
                found[row[column]] += bool(find_self_identification(text, own))
    assert +found == {"claude-v1": 3}
