"""`make oracles`: computes every value anew and says which changed.

Run by the interpreter of this folder's own environment. A subject's values stand in `values/SUBJECT.json` with
the releases that gave them. Where a value differs by more than a millionth of itself, the file is written anew,
the difference is printed, and the exit status is 1: the change has to be meant.
"""

import importlib
import json
import math
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "values"
SUBJECTS = ("agreement", "judges", "raters", "sandwiches", "shares", "sizes", "strengths", "ties")
_DIGITS = 12
_RELATIVE = 1e-6
# Below this a number is zero and rounding: posteriors, covariances, strengths in the middle.
_ABSOLUTE = 1e-9
_MOST_SHOWN = 8


def main() -> int:
    changes = {subject: _recomputed(subject) for subject in SUBJECTS}
    changed = {subject: lines for subject, lines in changes.items() if lines}
    for subject, lines in changed.items():
        _say(f"{subject}: {len(lines)} changed")
        for line in lines[:_MOST_SHOWN]:
            _say(f"  {line}")
        if len(lines) > _MOST_SHOWN:
            _say(f"  and {len(lines) - _MOST_SHOWN} more")
    unchanged = [subject for subject in SUBJECTS if subject not in changed]
    _say(f"Unchanged: {', '.join(unchanged) or 'none'}.")
    if changed:
        _say("Values were written anew in tests/oracles/values: read the difference before committing it.")
    return 1 if changed else 0


def _recomputed(subject: str) -> list[str]:
    """The changes of one subject, its file written anew where there are any."""
    module = importlib.import_module(f"tests.oracles.{subject}")
    packages = {name: version(name) for name in module.PACKAGES}
    found = {"packages": packages, "values": _plain(module.values())}
    path = FOLDER / f"{subject}.json"
    stored = json.loads(path.read_text()) if path.exists() else {}
    lines = _differences(_leaves(stored), _leaves(found))
    if lines:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n")
    return lines


def _plain(value: Any) -> Any:
    """As JSON has it: arrays as lists, numbers to 12 digits."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return _rounded(value) if isinstance(value, float) else value


def _rounded(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("An oracle gave a number that is missing or infinite: nothing can be held against it.")
    return float(f"{value:.{_DIGITS}g}")


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every number and text by where it stands."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        return {path: value}
    return {name: leaf for key, each in parts for name, leaf in _leaves(each, f"{path}/{key}").items()}


def _differences(stored: dict[str, Any], found: dict[str, Any]) -> list[str]:
    lines = [f"{path}: gone (was {stored[path]})" for path in stored if path not in found]
    for path, value in found.items():
        if path not in stored:
            lines.append(f"{path}: new, {value}")
        elif not _same(stored[path], value):
            lines.append(f"{path}: {stored[path]} became {value}")
    return lines


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return bool(one == other)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
