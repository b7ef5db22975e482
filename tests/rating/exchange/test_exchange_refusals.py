"""Every bad row is told with its file, line and column, what was expected and what was found."""

import pytest

from apps.rating.exchange.columns import TABLES
from apps.rating.exchange.problems import Problem

MISSING = object()

# table, row (from 0), what is changed in it, the column it is told at, words of the sentence
BAD_ROWS = [
    ("systems", 1, {"system": "plain"}, "system", "each system once"),
    ("systems", 1, {"system": None}, "system", "found nothing"),
    ("systems", 1, {"settings": [1]}, "settings", "a JSON object"),
    ("items", 1, {"item": "q1"}, "item", "stands in items.jsonl, line 1 already"),
    ("items", 1, {"prompt": "p"}, "prompt", "either prompt or messages; found both"),
    ("items", 0, {"prompt": None}, "prompt", "either prompt or messages; found neither"),
    ("items", 0, {"prompt": ""}, "prompt", "found neither"),
    ("items", 0, {"prompt": 3}, "prompt", "a text; found 3"),
    ("items", 1, {"messages": []}, "messages", "a list of messages"),
    ("items", 1, {"messages": [{"role": "user"}]}, "messages", "the message"),
    ("items", 1, {"messages": [{"role": "User", "content": ""}]}, "messages", 'the role "User"'),
    ("items", 1, {"messages": [{"role": "user", "content": []}]}, "messages", "the content []"),
    ("items", 0, {"slices": ["refund"]}, "slices", "an object of texts"),
    ("items", 0, {"slices": {"a=b": "c"}}, "slices", 'the name "a=b"'),
    ("items", 0, {"slices": {"a": None}}, "slices", "the value null"),
    ("items", 0, {"item": " q1"}, "item", "with a blank at one end"),
    ("items", 0, {"item": True}, "item", "found true"),
    ("items", 0, {"promt": "p"}, "promt", 'did you mean "prompt"?'),
    ("outputs", 0, {"item": "q9"}, "item", 'an item of the items table; found "q9"'),
    ("outputs", 5, {"system": "nobody"}, "system", 'a system of the systems table'),
    ("outputs", 2, {"sample": 0}, "system", "each output (item, system, sample) once"),
    ("outputs", 0, {"text": None}, "text", "either text or messages; found neither"),
    ("outputs", 4, {"text": ""}, "text", "either text or messages; found both"),
    ("outputs", 0, {"latency_ms": -1}, "latency_ms", "at least 0; found -1"),
    ("outputs", 0, {"cost_usd": 1000000}, "cost_usd", "an amount"),
    ("outputs", 0, {"cost_usd": "1"}, "cost_usd", 'found "1"'),
    ("outputs", 0, {"tokens": 1.5}, "tokens", "a whole number from 0 to 2147483647; found 1.5"),
    ("outputs", 0, {"tokens": 2**31}, "tokens", "found 2147483648"),
    ("gold", 0, {"output_b": "plain"}, "output_b", "another system than output_a"),
    ("gold", 0, {"verdict": None}, "verdict", "verdicts (A, B, TIE, BOTH_BAD); found nothing"),
    ("gold", 0, {"use": "test"}, "use", 'training or hidden; found "test"'),
    ("gold", 1, {"criteria": {"tone": 2}}, "criteria", "for tone one of 1, 3; found 2"),
    ("gold", 1, {"criteria": {"wit": 1}}, "criteria", "the study's criteria (tone); found \"wit\""),
    ("gold", 1, {"criteria": {}}, "criteria", "an object of answers"),
    ("gold", 1, {"criteria": None}, "criteria", "the answers of a rubric; found nothing"),
    ("gold", 1, {"output": "curt", "verdict": "A"}, "verdict", "the row names one output to rate"),
    ("judgments", 0, {"rater": None}, "rater", "who judged"),
    ("judgments", 0, {"kind": "person"}, "kind", 'human or judge; found "person"'),
    ("judgments", 1, {"kind": "judge"}, "kind", 'human again, as in earlier rows of rater "ada"'),
    ("judgments", 1, {"rater_group": "expert"}, "rater_group", "a rater belongs to one group"),
    ("judgments", 0, {"output_a": None}, "output_a", "found nothing"),
    ("judgments", 0, {"output_a": "nobody", "left": None}, "output_a", 'for item "q1"; found "nobody"'),
    ("judgments", 1, {"sample_a": 2}, "output_a", "which has none with sample 2"),
    ("judgments", 0, {"output_a": "chatty"}, "output_b", "another system than output_a"),
    ("judgments", 0, {"left": "curt"}, "left", '"plain" or "chatty"; found "curt"'),
    ("judgments", 0, {"first_seen": "top"}, "first_seen", 'left or right; found "top"'),
    ("judgments", 3, {"first_seen": "left"}, "first_seen", "the row names one output to rate"),
    ("judgments", 0, {"verdict": "C"}, "verdict", 'A, B, TIE or BOTH_BAD; found "C"'),
    ("judgments", 0, {"verdict": None}, "verdict", "found nothing"),
    ("judgments", 0, {"criteria": {"tone": 1}}, "criteria", "the row names no output to rate"),
    ("judgments", 0, {"unparsed": True, "verdict": None}, "unparsed", "raters of kind judge"),
    ("judgments", 4, {"unparsed": None}, "verdict", "found nothing"),
    ("judgments", 4, {"verdict": "A"}, "verdict", "because unparsed is true"),
    ("judgments", 0, {"judged_at": "2025-03-01T10:30:00"}, "judged_at", "names no time zone"),
    ("judgments", 0, {"judged_at": "yesterday"}, "judged_at", "an ISO 8601 time with its zone"),
    ("judgments", 0, {"judged_at": 1700000000}, "judged_at", "found 1700000000"),
    ("judgments", 0, {"judged_at": "0001-01-01T00:00:00+14:00"}, "judged_at", "an ISO 8601 time"),
    ("judgments", 0, {"shown_ms": "4200"}, "shown_ms", 'found "4200"'),
    ("judgments", 0, {"confidence": 1.01}, "confidence", "a number from 0 to 1; found 1.01"),
    ("judgments", 0, {"p_pair": 0}, "p_pair", "a number above 0, at most 1; found 0"),
    ("judgments", 0, {"p_item": 1.5}, "p_item", "found 1.5"),
    ("judgments", 0, {"revision": 0}, "revision", "a whole number from 1 to 32767; found 0"),
    ("judgments", 3, {"revision": 2}, "revision", "revision 1 of the same task, rater and showing"),
    ("judgments", 2, {"showing": 0}, "showing", "showing 0, revision 1 again"),
    ("judgments", 0, {"purpose": "fun"}, "purpose", "base, overlap"),
    ("judgments", 0, {"disposition": "lost"}, "disposition", "or rule:NAME"),
    ("judgments", 0, {"flags": "identified"}, "flags", "a list of texts"),
    ("judgments", 0, {"flags": ["x" * 41]}, "flags", "1 to 40 characters"),
    ("judgments", 0, {"unparsed": "no"}, "unparsed", "true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "change", "column", "words"), BAD_ROWS)
def test_a_bad_row_is_told(files, table, row, change, column, words):
    files.tables[table][row].update(change)
    problem = files.only_problem()
    assert (problem.file, problem.line, problem.column) == (f"{table}.jsonl", row + 1, column)
    assert words in problem.sentence()


BAD_CELLS = [
    ("outputs", 0, {"latency_ms": "fast"}, "latency_ms", 'found "fast"'),
    ("outputs", 0, {"latency_ms": "1_000"}, "latency_ms", 'found "1_000"'),
    ("outputs", 0, {"latency_ms": "nan"}, "latency_ms", "found nan"),
    ("outputs", 0, {"cost_usd": "12 cents"}, "cost_usd", 'found "12 cents"'),
    ("outputs", 0, {"cost_usd": "Infinity"}, "cost_usd", "found Infinity"),
    ("items", 0, {"slices": "intent=refund"}, "slices", "an object of texts"),
    ("items", 0, {"metadata": '{"a": NaN}'}, "metadata", "NaN, which is not JSON"),
    ("judgments", 4, {"unparsed": "yes"}, "unparsed", 'true or false; found "yes"'),
]


@pytest.mark.parametrize(("table", "row", "change", "column", "words"), BAD_CELLS)
def test_a_bad_cell_is_told(files, table, row, change, column, words):
    files.tables[table][row].update(change)
    problem = files.only_problem("csv")
    assert (problem.file, problem.line, problem.column) == (f"{table}.csv", row + 2, column)
    assert words in problem.sentence()


def test_a_csv_number_may_be_spelled_as_spreadsheets_do(files):
    files.tables["judgments"][0]["shown_ms"] = "4200.0"
    files.tables["judgments"][4]["unparsed"] = "TRUE"
    bundle = files.read("csv")
    assert bundle.judgments[0].shown_ms == 4200
    assert bundle.judgments[4].unparsed is True


def test_in_parquet_the_line_is_called_a_row(files):
    files.tables["judgments"][0]["confidence"] = 2.0
    problem = files.only_problem("parquet")
    assert problem.sentence() == (
        "judgments.parquet, row 1, column confidence: expected a number from 0 to 1; found 2.0."
    )
    files.tables["judgments"][0] |= {"confidence": 1.0, "metadata": "{"}
    assert "a JSON object" in files.only_problem("parquet").sentence()


def test_all_problems_are_told_in_the_order_of_files_and_lines(files):
    files.study["verdicts"] = ["A"]
    files.tables["judgments"][3]["criteria"] = {"tone": "loud"}
    files.tables["judgments"][0] |= {"confidence": 2, "shown_ms": -1}
    files.tables["items"][1]["slices"] = 1
    problems = files.problems()
    assert [(p.file, p.line, p.column) for p in problems] == [
        ("study.json", None, "verdicts"),
        ("items.jsonl", 2, "slices"),
        ("judgments.jsonl", 1, "shown_ms"),
        ("judgments.jsonl", 1, "confidence"),
    ], "answers are not held against a study.json that could not be read"


def test_one_bad_row_does_not_accuse_the_rows_that_refer_to_it(files):
    files.tables["items"][0]["item"] = None
    files.tables["outputs"][3]["system"] = ["curt"]
    assert len(files.problems()) == 2


def test_a_bad_first_revision_does_not_accuse_the_second(files):
    files.tables["judgments"][0] |= {"showing": 0, "verdict": "C"}
    files.tables["judgments"].append({**files.tables["judgments"][0], "verdict": "B", "revision": 2})
    assert files.only_problem().line == 1


def about_comparison(files) -> None:
    files.study["criteria"].append(
        {"key": "gap", "about": "comparison", "question": "By how much?", "anchors": ["a little", "much"]}
    )


def test_criteria_about_a_comparison_are_answered_beside_its_verdict(files):
    about_comparison(files)
    files.tables["judgments"][0]["criteria"] = {"gap": "much"}
    assert files.read().judgments[0].criteria == {"gap": "much"}


@pytest.mark.parametrize(
    ("table", "row", "criteria", "words"),
    [
        ("judgments", 0, {"tone": 1}, 'the study\'s criteria (gap); found "tone"'),
        ("judgments", 0, {"gap": "vast"}, "for gap one of a little, much"),
        ("judgments", 3, {"gap": "much"}, 'the study\'s criteria (tone); found "gap"'),
        ("gold", 0, {"gap": "much"}, "the row names no output to rate"),
    ],
)
def test_an_answer_to_another_kind_of_criterion_is_told(files, table, row, criteria, words):
    about_comparison(files)
    files.tables[table][row]["criteria"] = criteria
    assert words in files.only_problem().sentence()


def test_an_unknown_column_is_told_once_a_file(files):
    for row in files.tables["judgments"]:
        row["winner"] = "A"
    problem = files.only_problem()
    assert (problem.line, problem.column) == (1, "winner")


def test_known_answers_are_one_a_task(files):
    files.tables["gold"].append({"item": "q1", "output_a": "curt", "output_b": "plain", "verdict": "TIE"})
    assert "one known answer for each task" in files.only_problem().sentence()


def test_an_id_is_used_once(files):
    files.tables["judgments"][0]["judgment"] = "first"
    files.tables["judgments"][3]["judgment"] = "first"
    problem = files.only_problem()
    assert (problem.line, problem.column) == (4, "judgment")


BAD_STUDIES = [
    ({"name": ""}, "name", "a text of 1 to 200 characters"),
    ({"verdicts": ["A", "TIE"]}, "verdicts", "a list of A, B"),
    ({"verdicts": ["A", "B", "B"]}, "verdicts", "a list of A, B"),
    ({"verdicts": [], "criteria": []}, "verdicts", "verdicts, or criteria, or both"),
    ({"criteria": {}}, "criteria", "a list of criteria"),
    ({"criteria": [{"key": "tone"}]}, "criteria", "the criterion"),
    ({"criteria": [{"key": "to ne", "question": "?", "anchors": ["a"]}]}, "criteria", 'the key "to ne"'),
    ({"criteria": [{"key": "tone", "question": "", "anchors": ["a"]}]}, "criteria", "the question"),
    ({"criteria": [{"key": "tone", "question": "?", "anchors": []}]}, "criteria", "the anchors []"),
    ({"criteria": [{"key": "tone", "question": "?", "anchors": [3]}]}, "criteria", "the anchor 3"),
    ({"criteria": [{"key": "tone", "question": "?", "anchors": ["a", "a"]}]}, "criteria", "of one value"),
    ({"criteria": [{"key": "k", "question": "?", "anchors": ["a"]}] * 2}, "criteria", 'the key "k" twice'),
    ({"criteria": [{"key": "k", "question": "?", "anchors": ["a"], "about": "it"}]}, "criteria", 'about "it"'),
    (
        {"criteria": [{"key": "k", "question": "?", "anchors": ["a"], "about": "comparison"}], "verdicts": []},
        "verdicts",
        "verdicts, since a criterion is about a comparison; found none",
    ),
    ({"replication": 0}, "replication", "a whole number from 1 to 32767; found 0"),
    ({"overlap_share": 1.5}, "overlap_share", "a number from 0 to 1; found 1.5"),
    ({"gold_share": 1}, "gold_share", "a number from 0 to just below 1; found 1"),
    ({"retest_share": "0.1"}, "retest_share", 'a number from 0 to just below 1; found "0.1"'),
    ({"gold_share": 0.7, "retest_share": 0.5}, "retest_share", "at most what gold_share leaves (0.3); found 0.5"),
    ({"lease_minutes": 99999}, "lease_minutes", "a whole number from 1 to 32767"),
    ({"shows_slices": "yes"}, "shows_slices", "true or false"),
    ({"plan_method": "clever"}, "plan_method", 'balanced or adaptive; found "clever"'),
    ({"plan_method": "adaptive", "verdicts": []}, "plan_method", "balanced, since nothing is compared"),
    ({"round_size": 0}, "round_size", "a whole number from 1"),
    ({"uniform_floor": 0}, "uniform_floor", "a number above 0, at most 1; found 0"),
    ({"slice_quotas": {"locale": 5}}, "slice_quotas", 'found the slice "locale"'),
    ({"slice_quotas": {"=de": 5}}, "slice_quotas", 'found the slice "=de"'),
    ({"slice_quotas": {"locale=de": 0}}, "slice_quotas", 'found 0 for "locale=de"'),
    ({"slice_quotas": ["locale=de"]}, "slice_quotas", "an object of whole numbers from 1 by slice"),
    ({"qualification_pass": 80}, "qualification_pass", "a number from 0 to 1; found 80"),
    ({"price_per_judgment": -1}, "price_per_judgment", "an amount from 0 to just below 1000000"),
    ({"price_per_judgment": 0.00001}, "price_per_judgment", "with 4 decimals at most; found 1e-05"),
    ({"currency": "euro"}, "currency", 'three capital letters, such as EUR; found "euro"'),
    ({"baseline": "nobody"}, "baseline", 'a system of this study; found "nobody"'),
    ({"qestion": "?"}, "qestion", 'did you mean "question"?'),
    ({"guideline": "a\0b"}, None, "a NUL character"),
]


@pytest.mark.parametrize(("change", "column", "words"), BAD_STUDIES)
def test_a_bad_study_is_told(files, change, column, words):
    del files.tables["gold"]
    del files.tables["judgments"]
    files.study |= change
    problem = files.only_problem()
    assert (problem.file, problem.line, problem.column) == ("study.json", None, column)
    assert words in problem.sentence()


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"[]", "a JSON object; found []"), (b"{", "found"), (b'"\xff"', "the byte 0xFF"), (b"", "found")],
)
def test_a_broken_study_json_is_told(files, data, words):
    (files.write() / "study.json").write_bytes(data)
    files.study = None
    problem = files.only_problem()
    assert problem.file == "study.json"
    assert words in problem.sentence()


def test_an_empty_study_needs_items_and_outputs(files):
    files.tables = {"judgments": files.tables["judgments"][:1]}
    assert [problem.expected.split(" (")[0] for problem in files.problems()] == [
        "a table items",
        "a table outputs",
    ]


def test_sentences_survive_what_cannot_be_printed():
    problem = Problem("items.jsonl", 3, None, "a text", "\\ud800")
    assert problem.sentence() == "items.jsonl, line 3: expected a text; found \\ud800."


def test_every_column_says_what_it_is_and_what_it_expects():
    columns = [column for table in TABLES for column in table.columns]
    assert all(column.meaning and column.kind.expected for column in columns)
