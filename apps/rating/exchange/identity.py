"""Which judgment is which: ids, raters and showings, so that reading a file again finds the same ones."""

import uuid
from dataclasses import dataclass, field
from functools import lru_cache

NAMESPACE = uuid.UUID("6f2d9c1e-5b3a-4c77-9d0e-8a41b7f0c2d5")
RATER_NAMESPACE = uuid.uuid5(NAMESPACE, "rater")
JUDGMENT_NAMESPACE = uuid.uuid5(NAMESPACE, "judgment")
_UUID_LENGTH = 36

Side = tuple[str, int]
TaskKey = tuple[str, Side, Side | None]


def comparison_key(item: str, a: Side, b: Side) -> TaskKey:
    """The natural key of a comparison: the same whichever output the file calls A."""
    return (item, a, b) if a < b else (item, b, a)


def rubric_key(item: str, output: Side) -> TaskKey:
    """The natural key of a rubric over one output."""
    return (item, output, None)


@lru_cache(maxsize=100_000)
def rater_uuid(name: str) -> uuid.UUID:
    """The uuid a rater's name is, or stands for."""
    return uuid_of(name, RATER_NAMESPACE)


def uuid_of(text: str, namespace: uuid.UUID) -> uuid.UUID:
    """The uuid that `text` is, written in the usual form, or else stands for in `namespace`."""
    if len(text) == _UUID_LENGTH and text[8] == text[13] == text[18] == text[23] == "-":
        try:
            return uuid.UUID(text)
        except ValueError:
            pass
    return uuid.uuid5(namespace, text)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a judgment is called, and which showing of its task to its rater it answers."""

    uuid: uuid.UUID
    showing: int
    is_new_showing: bool


@dataclass(slots=True)
class Identifier:
    """Names judgments in the order of the file.

    Without an id, a judgment's key is its task, its rater and how many judgments of that rater on that task
    stand above it: a rater who judged the same pair twice is counted twice. A revision that names no showing
    revises the rater's last one on that task.
    """

    _raters: dict[uuid.UUID, int] = field(default_factory=dict)
    _counts: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def identify(
        self,
        *,
        task: TaskKey,
        task_number: int,
        rater: str,
        given: str | None,
        showing: int | None,
        revision: int,
    ) -> Identity:
        """The identity of the next row. `task_number` is any number that only this task has."""
        person = rater_uuid(rater)
        pair = task_number << 32 | self._raters.setdefault(person, len(self._raters))
        n_rows, n_first, last = self._counts.get(pair, (0, 0, 0))
        if showing is None:
            showing = n_first if revision == 1 else last
        self._counts[pair] = (n_rows + 1, n_first + (revision == 1), showing)
        name = uuid_of(given, JUDGMENT_NAMESPACE) if given else derived_uuid(task, person, n_rows)
        return Identity(name, showing, self._is_new(pair, showing, revision))

    def has(self, *, task_number: int, rater: str, showing: int, revision: int) -> bool:
        """Whether a row of this showing and revision was seen."""
        pair = task_number << 32 | self._raters[rater_uuid(rater)]
        return _code(pair, showing, revision) in self._seen

    def _is_new(self, pair: int, showing: int, revision: int) -> bool:
        code = _code(pair, showing, revision)
        is_new = code not in self._seen
        self._seen.add(code)
        return is_new


def derived_uuid(task: TaskKey, rater: uuid.UUID, ordinal: int) -> uuid.UUID:
    """The uuid of a judgment whose file gives it no id."""
    return uuid.uuid5(JUDGMENT_NAMESPACE, repr((task, rater.hex, ordinal)))


def _code(pair: int, showing: int, revision: int) -> int:
    return (pair << 31 | showing) << 15 | revision
