"""Two published studies, imported by the command, give their published figures."""

import json
from io import StringIO
from math import exp
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.core.models import AuditEvent

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

# Zheng et al. 2023, table 5: percent and number of pairs, with ties and between decisive verdicts.
TABLE_5 = {
    ("1", "judge"): (66, 1343, 85, 859),
    ("2", "judge"): (66, 1325, 85, 864),
    ("1", "human"): (63, 721, 81, 479),
    ("2", "human"): (67, 707, 82, 474),
}


def command(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def board(*words: str) -> dict[str, Any]:
    return json.loads(command("run_analysis", *words, "--json"))


def test_mt_bench(db: None, real_data: str) -> None:
    command("import_study", f"{real_data}/mtbench", "--study", "mtbench", "--format", "mtbench")
    whole = board("mtbench")
    assert (whole["n_judgments"], whole["n_raters"], len(whole["systems"])) == (3355, 65, 6)
    for turn in ("1", "2"):
        agreement = board("mtbench", "--slice", f"turn={turn}", "--rater-group", "expert")["agreement"]
        for who, found in (("human", agreement["human_human"]), ("judge", agreement["judge_human"]["gpt4_pair"])):
            figures = (round(found["percent"]), found["n_pairs"], round(found["percent_decisive"]))
            assert (*figures, found["n_pairs_decisive"]) == TABLE_5[turn, who]


def test_llmfao_and_its_round_trip(db: None, real_data: str, tmp_path: Path) -> None:
    words = ("import_study", f"{real_data}/llmfao", "--study", "llmfao", "--format", "llmfao", "--workspace", "here")
    command(*words)
    n_events = AuditEvent.objects.count()
    assert "nothing changed" in command(*words)
    assert AuditEvent.objects.count() == n_events
    result = board("llmfao")
    assert (result["n_judgments"], result["n_raters"], result["n_items"]) == (8931, 124, 13)
    odds = {row["system"]: exp(row["strength"]) for row in result["systems"]}
    first = [(name, round(value / sum(odds.values()), 6)) for name, value in list(odds.items())[:3]]
    assert first == [("GPT 4", 0.041218), ("Platypus-2 Instruct (70B)", 0.029233), ("command", 0.028852)]
    judges = result["agreement"]["judge_human"]
    assert round(judges["gpt4"]["rank_correlation"], 4) == 0.7309
    assert round(judges["gpt3"]["rank_correlation"], 4) == 0.7166
    assert round(result["agreement"]["human_human"]["alpha"], 3) == 0.290
    command("export_study", "llmfao", "--out", str(tmp_path / "out"))
    command("import_study", str(tmp_path / "out"), "--study", "elsewhere", "--workspace", "there")
    assert board("elsewhere") == result
