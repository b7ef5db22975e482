"""The leaderboard of a study as one plain structure: systems, counts, agreement."""

from typing import Any

import numpy as np

from apps.stats.boards import Board, BoardRow, fit_islands

from .agreement import human_agreement, judge_agreement
from .comparisons import BoardInputs, ClusteredLabels
from .details import details_of
from .inputs import StudyInputs

CONFIDENCE_LEVEL = 0.95


def leaderboard_of(inputs: StudyInputs, *, inputs_sha256: str, seed: int, baseline: str | None) -> dict[str, Any]:
    """Everything a leaderboard says, ready to be frozen. Equal inputs and seed give an equal structure."""
    systems = inputs.systems()
    comparisons, labels = inputs.people(systems)
    boards = boards_of(comparisons.board_inputs(), seed)
    dispositions = inputs.dispositions()
    rows = [
        _system(systems[row.competitor], row, number, baseline)
        for number, board in enumerate(boards, start=1)
        for row in _in_rank_order(board, systems)
    ]
    return {
        "systems": rows,
        "n_islands": len([board for board in boards if len(board.rows) > 1]),
        "n_judgments": comparisons.n_judgments,
        "n_raters": comparisons.n_raters,
        "n_items": comparisons.n_items,
        "n_unblinded": comparisons.n_unblinded,
        "left_out": {name: n for name, n in dispositions.items() if name != "used"},
        "intervals": _interval_notes(boards),
        "inputs_sha256": inputs_sha256,
        "agreement": _agreement(inputs, labels, systems, boards),
        **details_of(
            inputs, comparisons, boards=boards, ranked=rows, baseline=baseline, level=CONFIDENCE_LEVEL, seed=seed
        ),
    }


def boards_of(rows: BoardInputs, seed: int) -> list[Board]:
    """A board for each island of systems that met, the largest first; none without judgments."""
    if not rows.n_judgments:
        return []
    boards = fit_islands(
        n_competitors=len(rows.systems),
        first=rows.first,
        second=rows.second,
        outcome=rows.outcome,
        count=rows.count,
        rater=rows.rater,
        item=rows.item,
        confidence_level=CONFIDENCE_LEVEL,
        rng=np.random.default_rng(seed),
    )
    return sorted(boards, key=lambda board: (-len(board.rows), board.competitors))


def _in_rank_order(board: Board, systems: tuple[str, ...]) -> list[BoardRow]:
    return sorted(board.rows, key=lambda row: (-round(row.strength or 0.0, 9), systems[row.competitor]))


def _system(name: str, row: BoardRow, island: int, baseline: str | None) -> dict[str, Any]:
    return {
        "system": name,
        "strength": row.strength,
        "low": row.low,
        "high": row.high,
        "rank_low": row.rank_low,
        "rank_high": row.rank_high,
        "n": row.n,
        "both_bad_share": row.both_bad_share,
        "both_bad_low": row.both_bad_low,
        "both_bad_high": row.both_bad_high,
        "win_share": row.win_share,
        "win_share_low": row.win_share_low,
        "win_share_high": row.win_share_high,
        "undefeated": row.undefeated,
        "winless": row.winless,
        "island": island,
        "baseline": name == baseline,
    }


def _interval_notes(boards: list[Board]) -> list[dict[str, Any]]:
    return [
        {
            "island": number,
            "confidence_level": board.confidence_level,
            "clustering": board.clustering,
            "reason": board.clustering_reason,
            "penalised": board.penalised,
        }
        for number, board in enumerate(boards, start=1)
    ]


def strengths_by_system(boards: list[Board]) -> dict[int, float]:
    """The strengths of the largest island: the only ones that can be compared with another board's."""
    if not boards:
        return {}
    return {row.competitor: row.strength for row in boards[0].rows if row.strength is not None}


def _agreement(
    inputs: StudyInputs, people: ClusteredLabels, systems: tuple[str, ...], boards: list[Board]
) -> dict[str, Any]:
    human_strengths = strengths_by_system(boards)
    judges = {}
    for judge_id, name in inputs.judges().items():
        judge_boards = boards_of(inputs.judge_comparisons(systems, judge_id), seed=0)
        judges[name] = judge_agreement(
            people, inputs.judge_labels(judge_id), human_strengths, strengths_by_system(judge_boards)
        )
    return {"human_human": human_agreement(people), "judge_human": judges}
