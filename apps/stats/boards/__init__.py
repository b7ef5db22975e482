"""Rankings ready to be shown: strengths with intervals, rank ranges, shares, counts; slices; how well it all fits."""

from apps.stats.boards.board import Board, fit_board, fit_islands
from apps.stats.boards.board_rows import BoardRow
from apps.stats.boards.goodness_of_fit import GoodnessOfFit, PairFit, goodness_of_fit
from apps.stats.boards.slice_rows import SliceRow
from apps.stats.boards.slices import ComparedSlice, SliceComparison, compare_slices

__all__ = [
    "Board",
    "BoardRow",
    "ComparedSlice",
    "GoodnessOfFit",
    "PairFit",
    "SliceComparison",
    "SliceRow",
    "compare_slices",
    "fit_board",
    "fit_islands",
    "goodness_of_fit",
]
