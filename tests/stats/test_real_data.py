"""Published studies: what their authors printed, from the judgments themselves."""

import csv
import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kendalltau

from apps.stats.agreement import (
    gwet_ac,
    krippendorff_alpha,
    pairs_between_units,
    pairs_within_units,
    percent_agreement,
    rank_correlation,
)
from apps.stats.models import fit_bradley_terry, fit_davidson, fit_rao_kupper
from apps.stats.pairwise import ComparisonRows, Outcome, PairwiseCounts
from apps.stats.uncertainty import clustered_covariance, independent_covariance, robust_covariance

pytestmark = pytest.mark.real_data

DECISIVE = [Outcome.FIRST_WINS, Outcome.SECOND_WINS]


def coded(values):
    return np.unique(np.array(values), return_inverse=True)[1].astype(np.int64)


# LLMFAO (Ustalov 2023): 124 people, 59 models, 13 prompts


def llmfao(folder, name):
    with gzip.open(Path(folder) / "llmfao" / name, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def oriented(judgments):
    """Each comparison with its two systems in the order of Python strings: names, codes, outcomes."""
    names = sorted({row[side] for row in judgments for side in ("left", "right")})
    code = {name: place for place, name in enumerate(names)}
    ends = {"left": Outcome.FIRST_WINS, "right": Outcome.SECOND_WINS, "tie": Outcome.TIE}
    mirrored = {Outcome.FIRST_WINS: Outcome.SECOND_WINS, Outcome.SECOND_WINS: Outcome.FIRST_WINS}
    table = []
    for row in judgments:
        left, right, outcome = code[row["left"]], code[row["right"]], ends[row["winner"]]
        swapped = left > right
        pair = (right, left) if swapped else (left, right)
        table.append((*pair, mirrored.get(outcome, outcome) if swapped else outcome))
    return names, np.array(table)


@pytest.fixture(scope="module")
def real_data_folder():
    folder = os.environ.get("TOUCHSTONE_REAL_DATA", "")
    if not folder:
        pytest.skip("TOUCHSTONE_REAL_DATA is unset: the published judgments were not read in this run.")
    return folder


@pytest.fixture(scope="module")
def people(real_data_folder):
    return llmfao(real_data_folder, "crowd-comparisons.csv.gz")


@pytest.fixture(scope="module")
def rows(people):
    names, table = oriented(people)
    return ComparisonRows.from_arrays(
        n_competitors=len(names),
        first=table[:, 0],
        second=table[:, 1],
        outcome=table[:, 2],
        rater=coded([row["worker"] for row in people]),
        item=coded([row["prompt"] for row in people]),
    )


def test_llmfao_scores(people, rows):
    """The notebook prints .041215 (stopped a little early), .029233 and .028852."""
    names, _ = oriented(people)
    worths = fit_bradley_terry(rows.counts).worths
    best = np.argsort(-worths)[:3]
    assert [names[one] for one in best] == ["GPT 4", "Platypus-2 Instruct (70B)", "command"]
    np.testing.assert_allclose(worths[best], [0.041218, 0.029233, 0.028852], atol=5e-7)
    assert (rows.n_judgments, rows.raters.n, rows.n_competitors, rows.items.n) == (8931, 124, 59, 13)


def test_llmfao_standard_errors(rows):
    """Against independent judgments the median one is 1.12 by rater, 1.59 by item and 1.59 two-way."""
    fit = fit_bradley_terry(rows.counts)
    independent = np.diag(independent_covariance(fit, rows.counts))
    two_way = robust_covariance(fit, rows)

    def ratio(covariance):
        return np.median(np.sqrt(np.diag(covariance) / independent))

    assert ratio(clustered_covariance(fit, rows, rows.raters)) == pytest.approx(1.12, abs=0.005)
    assert ratio(clustered_covariance(fit, rows, rows.items)) == pytest.approx(1.59, abs=0.005)
    assert ratio(two_way.matrix) == pytest.approx(1.59, abs=0.005)
    # Floored at its parts, as the board shows it, the typical one is a little larger.
    assert np.median(np.sqrt(two_way.variances() / independent)) == pytest.approx(1.614, abs=0.005)


def test_llmfao_alpha(people):
    """.290 with systems in the order of Python strings; alpha moves in the third decimal with that order."""
    _, table = oriented(people)
    task = coded([f"{row['prompt']}/{a}/{b}" for row, (a, b, _) in zip(people, table, strict=True)])
    found = krippendorff_alpha(task, table[:, 2])
    assert found.value == pytest.approx(0.290, abs=5e-4)
    assert found.standard_error == pytest.approx(0.010, abs=5e-4)


def test_llmfao_gwet(people):
    """AC1 .296: no category is so common that chance is counted twice, so it is near alpha."""
    _, table = oriented(people)
    task = coded([f"{row['prompt']}/{a}/{b}" for row, (a, b, _) in zip(people, table, strict=True)])
    assert gwet_ac(task, table[:, 2]).value == pytest.approx(0.296, abs=5e-4)


def test_llmfao_ties(rows):
    """Davidson's nu is 1.4797. His strengths rank as half-wins do (tau 1.000), Rao and Kupper's not quite (.950)."""
    half_wins, davidson = fit_bradley_terry(rows.counts).strengths, fit_davidson(rows.counts)
    assert davidson.tie_width == pytest.approx(1.4797, abs=5e-5)
    assert kendalltau(half_wins, davidson.strengths).statistic == pytest.approx(1.0, abs=5e-4)
    rao_kupper = fit_rao_kupper(rows.counts).strengths
    assert kendalltau(half_wins, rao_kupper).statistic == pytest.approx(0.950, abs=5e-4)


@pytest.mark.parametrize(
    ("file", "printed"),
    [("gpt4-crowd-comparisons.csv.gz", 0.730918), ("gpt3-crowd-comparisons.csv.gz", 0.716610)],
)
def test_llmfao_rank_correlations(real_data_folder, people, file, printed):
    judge_names, judged = oriented(llmfao(real_data_folder, file))
    names, table = oriented(people)
    assert judge_names == names

    def strengths(some):
        return fit_bradley_terry(PairwiseCounts.from_arrays(len(names), *some.T)).strengths

    assert rank_correlation(strengths(table), strengths(judged)) == pytest.approx(printed, abs=5e-7)


# MT-Bench (Zheng et al. 2023), table 5: pairs of votes on one question, pair of models and turn


def mtbench(folder, name, *, experts_only):
    """Turn, unit (question, pair, turn) and verdict of every vote, the two models in the order of their names."""
    with gzip.open(Path(folder) / "mtbench" / name, "rt", encoding="utf-8") as file:
        votes = [json.loads(line) for line in file]
    rows = []
    for vote in votes:
        if experts_only and not vote["judge"].startswith("expert"):
            continue
        one, other = sorted((vote["model_a"], vote["model_b"]))
        winner = vote.get(vote["winner"])
        verdict = Outcome.TIE if winner is None else DECISIVE[winner != one]
        rows.append((vote["turn"], f"{vote['question_id']}/{one}/{other}/{vote['turn']}", verdict))
    turn, unit, verdict = zip(*rows, strict=True)
    return np.array(turn), np.array(unit), np.array(verdict)


@pytest.fixture(scope="module")
def votes(real_data_folder):
    turns, units, verdicts = mtbench(real_data_folder, "human.jsonl.gz", experts_only=True)
    judge_turns, judge_units, judge_verdicts = mtbench(real_data_folder, "gpt4_pair.jsonl.gz", experts_only=False)
    codes = coded(np.concatenate([units, judge_units]))
    people = (turns, codes[: len(units)], verdicts)
    return people, (judge_turns, codes[len(units) :], judge_verdicts)


@pytest.mark.parametrize(
    ("turn", "judge", "percent", "n_pairs", "percent_decisive", "n_decisive"),
    [
        (1, True, 66, 1343, 85, 859),
        (2, True, 66, 1325, 85, 864),
        (1, False, 63, 721, 81, 479),
        (2, False, 67, 707, 82, 474),
    ],
)
def test_mtbench_table_5(votes, turn, judge, percent, n_pairs, percent_decisive, n_decisive):
    (turns, units, verdicts), (judge_turns, judge_units, judge_verdicts) = votes
    units, verdicts = units[turns == turn], verdicts[turns == turn]
    if judge:
        now = judge_turns == turn
        pairs = pairs_between_units(judge_units[now], judge_verdicts[now], units, verdicts)
    else:
        pairs = pairs_within_units(units, verdicts)
    for some, expected, n in ((pairs, percent, n_pairs), (pairs.only(DECISIVE), percent_decisive, n_decisive)):
        found = percent_agreement(some.first, some.second, some.unit)
        assert (round(found.percent), found.n_pairs) == (expected, n)
        assert found.low < found.percent < found.high


# SQuALITY (Wang et al. 2022): 300 summaries, each rated 1 to 100 by three of four people


@pytest.mark.parametrize(("criterion", "alpha"), [("correctness", 0.459), ("selection", 0.781), ("overall", 0.798)])
def test_squality_alpha_of_ratings(real_data_folder, criterion, alpha):
    with gzip.open(Path(real_data_folder) / "squality" / "all-responses.jsonl.gz", "rt", encoding="utf-8") as file:
        passages = [json.loads(line) for line in file]
    summaries = [
        summary for passage in passages for systems in passage["questions"].values() for summary in systems.values()
    ]
    ratings = [
        (unit, review[f"{criterion}-rating"]) for unit, each in enumerate(summaries) for review in each["reviews"]
    ]
    unit, rating = np.array(ratings).T
    found = krippendorff_alpha(unit, rating, level="interval")
    assert found.value == pytest.approx(alpha, abs=5e-4)
    assert found.low < alpha < found.high
