"""Where a study is read from: a folder or an archive, and which of its files are which table."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from .archives import open_archive, refused
from .columns import TABLES
from .problems import Problem, Report
from .reading import Budget, Entry
from .terms import STUDY_FILE

TABLE_NAMES = tuple(table.name for table in TABLES)
_TABLE_FILE = re.compile(r"(?P<table>.+)\.(?:jsonl|csv|parquet|jsonl\.gz|csv\.gz)")
ENDINGS = ".jsonl, .jsonl.gz, .csv, .csv.gz or .parquet"


@dataclass(frozen=True, slots=True)
class Source:
    """A folder or archive: its name, and its files by name."""

    name: str
    entries: dict[str, Entry]

    def find(self, *names: str) -> Entry | None:
        """The first of these files that is there."""
        return next((self.entries[name] for name in names if name in self.entries), None)


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a folder, or a .zip, .tar, .tar.gz or .tgz, for as long as it is being read."""
    if path.is_dir():
        yield Source(path.name, _folder_entries(path))
    elif path.is_file():
        with open_archive(path) as members:
            yield Source(path.name, _of_one_folder(members, path))
    else:
        raise refused(str(path), "a folder or an archive", "nothing there")


def _folder_entries(folder: Path) -> dict[str, Entry]:
    budget = Budget()
    files = sorted(file for file in folder.iterdir() if file.is_file() and not _is_litter(file.name))
    return {file.name: Entry(file.name, file.stat().st_size, partial(_open_bytes, file), budget) for file in files}


def _open_bytes(file: Path) -> BinaryIO:
    return file.open("rb")


def _of_one_folder(members: dict[str, Entry], path: Path) -> dict[str, Entry]:
    """The files at the top of an archive, or of the single folder it holds."""
    paths = {PurePosixPath(name): entry for name, entry in members.items() if not _is_litter(name)}
    tops = {file.parent for file in paths if _is_ours(file.name)}
    if len(tops) > 1:
        folders = ", ".join(sorted(str(top) for top in tops))
        raise refused(path.name, "all tables in one folder of the archive", f"tables in {folders}")
    top = next(iter(tops), PurePosixPath("."))
    if len(top.parts) > 1:
        raise refused(path.name, "the tables at the top of the archive or in its one folder", f"them in {top}")
    return {file.name: entry for file, entry in paths.items() if file.parent == top}


def _is_litter(name: str) -> bool:
    # macOS and Windows leave files of their own in folders and archives
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1] == "Thumbs.db"


def _is_ours(name: str) -> bool:
    return name == STUDY_FILE or _TABLE_FILE.fullmatch(name) is not None


def tables_of(source: Source, report: Report) -> dict[str, Entry]:
    """The files of the tables by table; two files of one table and unknown tables are reported."""
    found: dict[str, Entry] = {}
    for name, entry in source.entries.items():
        match = _TABLE_FILE.fullmatch(name)
        table = match["table"] if match else None
        if table is None:
            _report_misspelt_study(name, report)
        elif table not in TABLE_NAMES:
            report(_unknown_table(name, table))
        elif table in found:
            both = f"{found[table].name} and {name}"
            report(Problem(name, None, None, f"one file of the table {table}", f"both {both}; remove one"))
        else:
            found[table] = entry
    return found


def _unknown_table(name: str, table: str) -> Problem:
    near = get_close_matches(table, TABLE_NAMES, 1, 0.7)
    hint = f"; did you mean {near[0]}?" if near else "; rename or remove it"
    return Problem(name, None, None, f"a table of {', '.join(TABLE_NAMES)}", f"{table!r}{hint}")


def _report_misspelt_study(name: str, report: Report) -> None:
    if name != STUDY_FILE and get_close_matches(name, [STUDY_FILE], 1, 0.8):
        report(Problem(name, None, None, STUDY_FILE, f"{name!r}; rename or remove it"))
