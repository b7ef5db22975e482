"""Rankings ready to be shown: strengths with intervals, rank ranges, shares and counts."""

from apps.stats.boards.board import Board, BoardRow, fit_board, fit_islands

__all__ = ["Board", "BoardRow", "fit_board", "fit_islands"]
