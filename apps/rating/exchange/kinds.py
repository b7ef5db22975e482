"""The kinds of value a column can hold: how each is read from JSON or from a cell, and what it must be."""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .problems import shown
from .strict_json import MAX_DEPTH, BadJson, depth_of, load_json, unstorable_in

MAX_INTEGER = 2**31 - 1
MAX_SMALL_INTEGER = 2**15 - 1
COST_STEP = Decimal("0.00000001")
MAX_COST = Decimal(1_000_000) - COST_STEP


class Unfit(ValueError):
    """A value is not what its column expects. The message says what was found."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`parse` takes a typed value (from JSON or Parquet), `from_cell` makes one of a CSV cell."""

    expected: str
    parse: Callable[[Any], Any]
    from_cell: Callable[[str], Any] = str


def _identifier(value: Any) -> str:
    if type(value) is int:
        value = str(value)
    if type(value) is not str or not value:
        raise Unfit(shown(value))
    if value != value.strip():
        raise Unfit(f"{shown(value)}, with a blank at one end")
    return sys.intern(value)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Unfit(shown(value))
    return value


def _text_or_nothing(value: Any) -> str | None:
    return _text(value) or None


def _number(value: Any) -> float:
    if type(value) is not float and type(value) is not int:
        raise Unfit(shown(value))
    if not math.isfinite(value):
        raise Unfit(str(value))
    return float(value)


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or not low <= value <= high:
            raise Unfit(shown(value))
        return value

    return parse


def _within(allowed: Callable[[float], bool]) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        number = _number(value)
        if not allowed(number):
            raise Unfit(shown(value))
        return number

    return parse


def _cost(value: Any) -> Decimal:
    if type(value) not in (int, float, Decimal):
        raise Unfit(shown(value))
    cost = Decimal(repr(value)) if type(value) is float else Decimal(value)
    if not cost.is_finite() or not 0 <= cost <= MAX_COST:
        raise Unfit(str(value))
    return cost.quantize(COST_STEP)


def _yes_no(value: Any) -> bool:
    if type(value) is not bool:
        raise Unfit(shown(value))
    return value


def _timestamp(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if type(value) is str else value
        if type(moment) is not datetime:
            raise Unfit(shown(value))
        if moment.tzinfo is None:
            raise Unfit(f"{shown(value)}, which names no time zone")
        return moment.astimezone(UTC)
    except OverflowError:
        raise Unfit(shown(value)) from None
    except ValueError as error:
        raise error if isinstance(error, Unfit) else Unfit(shown(value)) from None


def _object(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise Unfit(shown(value))
    if depth_of(value) > MAX_DEPTH:
        raise Unfit(f"more than {MAX_DEPTH} levels of nesting")
    return value


def _slices(value: Any) -> dict[str, str]:
    if type(value) is not dict:
        raise Unfit(shown(value))
    return {_slice_key(key): _slice_value(inner) for key, inner in value.items()}


def _slice_key(key: str) -> str:
    if not key.strip() or key != key.strip() or "=" in key:
        raise Unfit(f"the name {shown(key)}")
    return sys.intern(key)


def _slice_value(value: Any) -> str:
    if type(value) is bool or type(value) is int:
        value = str(value).lower()
    if type(value) is not str or not value:
        raise Unfit(f"the value {shown(value)}")
    return sys.intern(value)


def _answers(value: Any) -> dict[str, int | str]:
    if type(value) is not dict or not value:
        raise Unfit(shown(value))
    for answer in value.values():
        if type(answer) not in (int, str):
            raise Unfit(f"the answer {shown(answer)}")
    return value


ROLES = ("system", "developer", "user", "assistant", "tool")


def _messages(value: Any) -> tuple[dict[str, str], ...]:
    if type(value) is not list or not value:
        raise Unfit(shown(value))
    for message in value:
        _check_message(message)
    return tuple(value)


def _check_message(message: Any) -> None:
    if type(message) is not dict or set(message) != {"role", "content"}:
        raise Unfit(f"the message {shown(message)}")
    if message["role"] not in ROLES:
        raise Unfit(f"the role {shown(message['role'])}")
    if type(message["content"]) is not str:
        raise Unfit(f"the content {shown(message['content'])}")


def _words(max_length: int) -> Callable[[Any], tuple[str, ...]]:
    def parse(value: Any) -> tuple[str, ...]:
        if type(value) is not list:
            raise Unfit(shown(value))
        for word in value:
            if type(word) is not str or not 0 < len(word) <= max_length:
                raise Unfit(f"the entry {shown(word)}")
        return tuple(map(sys.intern, value))

    return parse


def _cell_to_number(cell: str) -> Any:
    # float() would also read "1_000" and " 1 "; a cell that holds those is more likely a mistake.
    if "_" in cell or cell != cell.strip():
        raise Unfit(shown(cell))
    try:
        return int(cell) if cell.lstrip("-").isdecimal() else float(cell)
    except ValueError:
        raise Unfit(shown(cell)) from None


def _cell_to_decimal(cell: str) -> Decimal:
    try:
        return Decimal(cell)
    except InvalidOperation:
        raise Unfit(shown(cell)) from None


def _cell_to_yes_no(cell: str) -> bool:
    word = cell.lower()
    if word not in ("true", "false"):
        raise Unfit(shown(cell))
    return word == "true"


def cell_to_json(cell: str) -> Any:
    """The value of a cell that holds JSON text."""
    try:
        value = load_json(cell)
    except BadJson as error:
        raise Unfit(f"{shown(cell)} ({error})") from None
    unstorable = unstorable_in(value) if "\\u" in cell else None
    if unstorable is not None:
        raise Unfit(f"{unstorable} in {shown(cell)}")
    return value


def choice(*words: str) -> Kind:
    """One of a few words, spelled exactly so."""
    known = {word: sys.intern(word) for word in words}

    def parse(value: Any) -> str:
        if type(value) is not str or value not in known:
            raise Unfit(shown(value))
        return known[value]

    listed = f"{', '.join(words[:-1])} or {words[-1]}"
    return Kind(listed, parse)


def whole(low: int, high: int = MAX_INTEGER) -> Kind:
    """A whole number within bounds that the database can hold."""
    return Kind(f"a whole number from {low} to {high}", _whole(low, high), _cell_to_number)


def words(max_length: int) -> Kind:
    """A list of short texts."""
    return Kind(f"a list of texts of 1 to {max_length} characters", _words(max_length), cell_to_json)


IDENTIFIER = Kind("a text (or a whole number) with no blank at its ends", _identifier)
TEXT = Kind("a text", _text_or_nothing)
ANSWER_TEXT = Kind("a text, which may be empty", _text)
SHARE = Kind("a number from 0 to 1", _within(lambda x: 0 <= x <= 1), _cell_to_number)
CHANCE = Kind("a number above 0, at most 1", _within(lambda x: 0 < x <= 1), _cell_to_number)
DURATION = Kind("a number of at least 0", _within(lambda x: x >= 0), _cell_to_number)
COST = Kind("an amount from 0 to just below 1000000 (kept to 8 decimals)", _cost, _cell_to_decimal)
YES_NO = Kind("true or false", _yes_no, _cell_to_yes_no)
TIMESTAMP = Kind("an ISO 8601 time with its zone, such as 2025-03-01T09:30:00Z", _timestamp)
OBJECT = Kind("a JSON object", _object, cell_to_json)
SLICES = Kind(
    'an object of texts, such as {"locale": "de"}; a name has no \'=\' and no blank at its ends',
    _slices,
    cell_to_json,
)
ANSWERS = Kind('an object of answers by criterion key, such as {"tone": 3}', _answers, cell_to_json)
MESSAGES = Kind(
    "a list of messages, each with the texts role (" + ", ".join(ROLES) + ") and content, and nothing else",
    _messages,
    cell_to_json,
)
