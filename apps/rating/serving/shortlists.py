"""Draws found by the last full search, kept in this process until they are used up.

Towards the end of a study most probes miss and a full search costs as much as the study is large; one search
serves up to a hundred tasks. A stale entry does no harm: whoever claims a draw checks it again.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from threading import Lock

MAX_LISTS = 1000

_lists: dict[tuple[int, int], deque[int]] = {}
_guard = Lock()


def put(study_id: int, rater_id: int, draw_ids: Sequence[int]) -> None:
    """Remember what is open to the rater; the oldest list is forgotten when there are too many."""
    with _guard:
        _lists.pop((study_id, rater_id), None)
        while len(_lists) >= MAX_LISTS:
            del _lists[next(iter(_lists))]
        _lists[study_id, rater_id] = deque(draw_ids)


def take(study_id: int, rater_id: int) -> Iterator[int]:
    """The remembered draws, each once."""
    while True:
        with _guard:
            held = _lists.get((study_id, rater_id))
            if not held:
                return
            draw_id = held.popleft()
        yield draw_id


def forget() -> None:
    """Forget all lists: for tests, whose databases use the same ids again."""
    with _guard:
        _lists.clear()
