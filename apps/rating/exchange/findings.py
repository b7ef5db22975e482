"""All that is wrong with an import, gathered to be told at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from .problems import ImportRefused, Problem


@dataclass(slots=True)
class Findings:
    """Problems in the order of their files and lines, whatever order they were found in."""

    _problems: list[Problem] = field(default_factory=list)
    _files: dict[str, int] = field(default_factory=dict)

    def report(self, problem: Problem) -> None:
        """Keep a problem."""
        self._files.setdefault(problem.file, len(self._files))
        self._problems.append(problem)

    def expect(self, files: Iterable[str]) -> None:
        """Say in which order files will be read: their problems are told in that order."""
        for file in files:
            self._files.setdefault(file, len(self._files))

    def hide_rows(self, files: Collection[str], keys: Collection[str]) -> bool:
        """Whether rows of these files could not be told by their keys: then nothing can be called missing."""
        return any(p.file in files and (p.column is None or p.column in keys) for p in self._problems)

    def mention(self, file: str) -> bool:
        """Whether a file has a problem."""
        return any(problem.file == file for problem in self._problems)

    def refuse(self) -> None:
        """Refuse the import if anything was found."""
        if self._problems:
            raise ImportRefused(self.in_order())

    def in_order(self) -> list[Problem]:
        """The problems by file and line; within a line as they were found."""
        return sorted(self._problems, key=lambda problem: (self._files[problem.file], problem.line or 0))
