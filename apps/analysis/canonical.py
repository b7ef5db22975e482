"""One text for one result: what is hashed and stored must not depend on the machine or on the moment."""

import hashlib
import json
from typing import Any

DECIMALS = 9  # the last bits of a float differ with processor and thread count


def rounded(value: Any) -> Any:
    """The same structure with every float rounded to 9 decimals, and no negative zero."""
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, dict):
        return {str(key): rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return value


def canonical_json(value: Any) -> str:
    """The one JSON text of `value`: rounded, keys in order, no NaN."""
    return json.dumps(rounded(value), ensure_ascii=False, sort_keys=True, allow_nan=False, indent=1)


def sha256(text: str) -> str:
    """The hash of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
