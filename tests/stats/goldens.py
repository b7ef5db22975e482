"""Stored results: a change of a number is seen, and has to be meant.

Goldens are JSON in `tests/stats/golden/`, numbers rounded to 9 significant digits. After a change that is
meant, `TOUCHSTONE_WRITE_GOLDENS=1 pytest tests/stats` writes them anew, and the difference is reviewed.
"""

import dataclasses
import json
import math
import os
from enum import Enum
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parent / "golden"
_DIGITS = 9


def check_golden(name: str, result: object, *, rel: float = 1e-7) -> None:
    """Compare a result (dataclass, array, number, mapping) with the one stored under `name`."""
    path = FOLDER / f"{name}.json"
    plain = _plain(result)
    if os.environ.get("TOUCHSTONE_WRITE_GOLDENS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    stored = json.loads(path.read_text())
    assert _shape(plain) == _shape(stored)
    assert _numbers(plain) == pytest.approx(_numbers(stored), rel=rel, abs=1e-10, nan_ok=True)


def _plain(value: object) -> object:
    """The value as JSON: dataclasses and mappings as objects, arrays as lists, numbers rounded."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else str(value)
    return value


def _shape(plain: object) -> object:
    """The structure and the texts, without the numbers."""
    if isinstance(plain, dict):
        return {key: _shape(each) for key, each in plain.items()}
    if isinstance(plain, list):
        return [_shape(each) for each in plain]
    return "number" if isinstance(plain, int | float) and not isinstance(plain, bool) else plain


def _numbers(plain: object) -> list[float]:
    if isinstance(plain, dict):
        return [number for each in plain.values() for number in _numbers(each)]
    if isinstance(plain, list):
        return [number for each in plain for number in _numbers(each)]
    return [float(plain)] if isinstance(plain, int | float) and not isinstance(plain, bool) else []
