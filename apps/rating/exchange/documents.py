"""Rows as the documented format writes them: what is absent or a default is left out."""

import json
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Any

from apps.studies.material import ItemRow, OutputRow, StudyFile, SystemRow

from .rows import GoldRow, JudgmentRow

Document = dict[str, Any]
_USUAL = StudyFile()


def study_document(study: StudyFile) -> Document:
    """study.json."""
    return _given(
        name=study.name,
        question=study.question,
        guideline=study.guideline,
        verdicts=list(study.verdicts),
        criteria=[criterion.as_dict() for criterion in study.criteria],
        baseline=study.baseline,
    ) | {
        "verdicts": list(study.verdicts),  # no verdicts is something else than all of them
        **{name: _number(value) for name, value in study.work().items() if value != getattr(_USUAL, name)},
    }


def item_document(row: ItemRow) -> Document:
    """A row of items. One user message is a prompt."""
    alone = row.messages[0] if len(row.messages) == 1 else None
    is_prompt = alone is not None and alone["role"] == "user" and bool(alone["content"])
    return _given(
        item=row.external_id,
        group=None if row.group == row.external_id else row.group,
        prompt=alone["content"] if alone is not None and is_prompt else None,
        messages=None if is_prompt else list(row.messages),
        context=row.context,
        reference=row.reference,
        slices=row.slices,
        metadata=row.metadata,
    )


def system_document(row: SystemRow) -> Document:
    """A row of systems."""
    return _given(system=row.name, family=row.family, version=row.version, settings=row.settings)


def output_document(row: OutputRow) -> Document:
    """A row of outputs."""
    said = {"text": row.text} if row.messages is None else {"messages": list(row.messages)}
    measured = {
        "latency_ms": row.latency_ms,
        "cost_usd": None if row.cost_usd is None else float(row.cost_usd),
        "tokens": row.tokens,
    }
    return (
        _given(item=row.item, system=row.system)
        | said
        | _given(sample=row.sample or None)
        | {name: value for name, value in measured.items() if value is not None}
    )


def gold_document(row: GoldRow) -> Document:
    """A row of gold."""
    return _given(item=row.item, **_answer(row), rationale=row.rationale, use=row.use)


def judgment_document(row: JudgmentRow) -> Document:
    """A row of judgments, with everything that a second reading needs to find the same one."""
    plain = _given(
        item=row.item,
        rater=row.rater,
        rater_group=row.rater_group,
        kind=row.kind,
        **_answer(row),
        left=row.left,
        first_seen=row.first_seen,
        judged_at=row.judged_at and row.judged_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        comment=row.comment,
        judgment=str(row.uuid),
        purpose=row.purpose,
        disposition=row.disposition,
        flags=list(row.flags),
        unparsed=row.unparsed or None,
        metadata=row.metadata,
    )
    numbers = {
        "shown_ms": row.shown_ms,
        "confidence": row.confidence,
        "showing": row.showing,
        "revision": row.revision,
        "p_pair": row.p_pair,
        "p_item": row.p_item,
    }
    return plain | {name: value for name, value in numbers.items() if value is not None}


def write_jsonl(path: Path, documents: Iterable[Document]) -> int:
    """Write rows, a line each; how many there were."""
    n_rows = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for document in documents:
            stream.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
            n_rows += 1
    return n_rows


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _answer(row: GoldRow | JudgmentRow) -> Document:
    return {
        "output_a": row.output_a,
        "output_b": row.output_b,
        "sample_a": row.sample_a or None,
        "sample_b": row.sample_b or None,
        "verdict": row.verdict,
        "output": row.output,
        "sample": row.sample or None,
        "criteria": row.criteria,
    }


def _given(**values: Any) -> Document:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
