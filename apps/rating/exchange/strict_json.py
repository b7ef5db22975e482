"""JSON as PostgreSQL can store it: finite numbers, each name once, no NUL, no half characters."""

import json
import math
from typing import Any

MAX_DEPTH = 64
_BLANKS = " \t\r\n"


class BadJson(ValueError):
    """The text is not such JSON. The message says what was found."""


def load_json(text: str) -> Any:
    """The value of a JSON text, or BadJson."""
    text = text.strip(_BLANKS)
    try:
        value, end = _DECODER.raw_decode(text)
        if end != len(text):
            raise json.JSONDecodeError("More than one value", text, end)
        return value
    except json.JSONDecodeError as error:
        raise BadJson(f"{error.msg} at line {error.lineno}, character {error.colno}") from None
    except RecursionError:
        raise BadJson(f"more than {MAX_DEPTH} levels of nesting") from None
    except BadJson:
        raise
    except ValueError:
        raise BadJson("a number with thousands of digits") from None


def depth_of(value: Any, *, limit: int = MAX_DEPTH) -> int:
    """How deeply a value is nested, counted no further than just over `limit`."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if limit <= 0:
        return 1
    return 1 + max((depth_of(one, limit=limit - 1) for one in inner), default=0)


def unstorable_in(value: Any) -> str | None:
    """What in a value no text column can hold, or None."""
    if isinstance(value, str):
        return _unstorable(value)
    if isinstance(value, dict):
        return unstorable_in([*value, *value.values()])
    if isinstance(value, list | tuple):
        return next(filter(None, map(unstorable_in, value)), None)
    return None


def _unstorable(text: str) -> str | None:
    if "\0" in text:
        return "a NUL character (U+0000)"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        if 0xDC80 <= code <= 0xDCFF:  # how undecodable bytes of a CSV file are carried this far
            return f"the byte 0x{code - 0xDC00:02X}, which is not UTF-8: save it again as UTF-8"
        return f"half of a surrogate pair (U+{code:04X})"
    return None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJson(f"the name {json.dumps(twice)} twice in one object")
    return whole


def _no_constant(word: str) -> Any:
    raise BadJson(f"{word}, which is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BadJson(f"the number {text[:40]}, which is too large")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=_no_constant, parse_float=_finite)
