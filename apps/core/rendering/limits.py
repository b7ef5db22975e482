"""What one text may cost. The limits come before the clock: the same text looks the same on every machine.

The numbers hold any text under two seconds of one core, with room: `tests/core/test_rendering_limits.py`.
"""

import time
from dataclasses import dataclass, field

MARKDOWN_CHARACTERS = 200_000  # fifty thousand tokens, half a second; longer texts are shown as written
BLOCK_DEPTH = 40  # twenty lists inside one another
TOKEN_DEPTH = 100  # with emphasis; a browser flattens what lies 512 deep
ADDRESS_CHARACTERS = 200_000  # of all links together: one long address may be referred to very often
CODE_CHARACTERS = 50_000  # of one block, to be highlighted
ALL_CODE_CHARACTERS = 80_000
FORMULA_CHARACTERS = 4_000
ALL_FORMULA_CHARACTERS = 100_000
FORMULA_DEPTH = 60
_SECONDS = 0.9
_LOOKS_PER_CLOCK = 4


class TooMuch(Exception):
    """The text is nested too deeply, or takes too long."""


@dataclass(slots=True)
class Budget:
    """What is left for one text. The clock counts this thread's own time, so a busy machine changes nothing."""

    code: int = ALL_CODE_CHARACTERS
    formulas: int = ALL_FORMULA_CHARACTERS
    _until: float = field(default_factory=lambda: time.thread_time() + _SECONDS)
    _looks: int = 0

    def check(self) -> None:
        """Called wherever a parser may go round and round; raises TooMuch when the time is over."""
        self._looks += 1
        if self._looks % _LOOKS_PER_CLOCK == 0 and time.thread_time() > self._until:
            raise TooMuch

    def takes_code(self, code: str) -> bool:
        """Whether this block may be highlighted; counts it if so."""
        if len(code) > min(self.code, CODE_CHARACTERS):
            return False
        self.code -= len(code)
        return True

    def takes_formula(self, tex: str) -> bool:
        """Whether this formula may be converted; counts it if so."""
        if len(tex) > min(self.formulas, FORMULA_CHARACTERS):
            return False
        self.formulas -= len(tex)
        return True
