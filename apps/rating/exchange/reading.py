"""Byte streams that know how far they were read, and that keep a small file from unpacking without end."""

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from .problems import ImportRefused, Problem

MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_RATIO = 200
SMALL_BYTES = 64 * 1024**2  # below this size a high ratio harms nobody: repetitive tables do compress well
BUFFER_BYTES = 256 * 1024


@dataclass(slots=True)
class Budget:
    """How many bytes one import may unpack, counted over all its files."""

    unpacked: int = 0

    def spend(self, n_bytes: int, *, file: str) -> None:
        """Count unpacked bytes, and refuse when they are too many."""
        self.unpacked += n_bytes
        if self.unpacked > MAX_UNPACKED_BYTES:
            raise too_large(file)


@dataclass(slots=True)
class Meter:
    """How much of a stored file has been read, and what that unpacked to."""

    stored: int = 0
    unpacked: int = 0


class _Counted(io.RawIOBase):
    """A stream that tells somebody how many bytes were read from it."""

    def __init__(self, inner: BinaryIO, count: Callable[[int], None]) -> None:
        self._inner = inner
        self._count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override]
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        self._count(len(data))
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a source. `size` is what it takes where it lies; `is_packed` if reading it unpacks."""

    name: str
    size: int
    open_stored: Callable[[], BinaryIO]
    budget: Budget
    is_packed: bool = False
    meter: Meter = field(default_factory=Meter)

    def open(self) -> BinaryIO:
        """The bytes of the file, unpacked where it is a .gz."""
        self.meter.stored = self.meter.unpacked = 0
        stream: BinaryIO = io.BufferedReader(_Counted(self.open_stored(), self._advance), BUFFER_BYTES)
        if self.name.endswith(".gz"):
            stream = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
        if self.is_packed or self.name.endswith(".gz"):
            stream = io.BufferedReader(_Counted(stream, self._spend), BUFFER_BYTES)
        return stream

    @property
    def fraction_read(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return min(1.0, self.meter.stored / self.size) if self.size else 1.0

    def _advance(self, n_bytes: int) -> None:
        self.meter.stored += n_bytes

    def _spend(self, n_bytes: int) -> None:
        self.budget.spend(n_bytes, file=self.name)
        self.meter.unpacked += n_bytes
        check_ratio(self.name, stored=self.meter.stored, unpacked=self.meter.unpacked)


def check_ratio(name: str, *, stored: int, unpacked: int) -> None:
    """Refuse what unpacks to far more than real tables do."""
    if unpacked > SMALL_BYTES and unpacked > MAX_RATIO * max(stored, 1):
        expected = f"a file that unpacks to at most {MAX_RATIO} times its size (send it unpacked, or as Parquet)"
        raise ImportRefused([Problem(name, None, None, expected, f"{unpacked} bytes from {stored}")])


def too_large(name: str) -> ImportRefused:
    """The refusal of what unpacks to more than an import may hold."""
    limit = f"at most {MAX_UNPACKED_BYTES // 1024**3} GiB unpacked"
    return ImportRefused(
        [Problem(name, None, None, f"{limit} (import larger studies from an unpacked folder)", "more")]
    )
