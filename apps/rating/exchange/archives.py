"""Zip and tar archives, read where they lie: nothing is written to the disk, so no path can lead astray."""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from .problems import ImportRefused, Problem
from .reading import MAX_UNPACKED_BYTES, Budget, Entry, check_ratio, too_large

MAX_MEMBERS = 10_000
_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK"
# How the libraries say that bytes cannot be read; NotImplementedError is zipfile's for a compression it does not know.
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, EOFError, zlib.error, gzip.BadGzipFile)


@contextmanager
def open_archive(path: Path) -> Iterator[dict[str, Entry]]:
    """The files of an archive by their paths inside it."""
    magic = _first_bytes(path)
    try:
        if magic == _ZIP_MAGIC:
            with zipfile.ZipFile(path) as archive:
                yield _zip_entries(archive, path)
        else:
            mode = "r:gz" if magic == _GZIP_MAGIC else "r:"
            with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
                yield _tar_entries(archive, path)
    except _DAMAGE as error:
        raise refused(path.name, "a folder, or a whole .zip, .tar, .tar.gz or .tgz archive", str(error)) from None


def refused(file: str, expected: str, found: str) -> ImportRefused:
    """A refusal of a whole file."""
    return ImportRefused([Problem(file, None, None, expected, found)])


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(2)


def _check_path(archive: str, name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":":
        raise refused(archive, "paths that stay inside the archive", repr(name))


def _check_total(archive: Path, *, n_members: int, unpacked: int) -> None:
    if n_members > MAX_MEMBERS:
        raise refused(archive.name, f"at most {MAX_MEMBERS} files", f"at least {n_members}")
    if unpacked > MAX_UNPACKED_BYTES:
        raise too_large(archive.name)
    check_ratio(archive.name, stored=archive.stat().st_size, unpacked=unpacked)


def _zip_entries(archive: zipfile.ZipFile, path: Path) -> dict[str, Entry]:
    budget, entries = Budget(), {}
    members = archive.infolist()
    _check_total(path, n_members=len(members), unpacked=sum(member.file_size for member in members))
    for member in members:
        _check_path(path.name, member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise refused(path.name, "plain files", f"the link {member.filename!r}")
        if member.flag_bits & 1:
            raise refused(path.name, "an archive without a password", f"{member.filename!r} encrypted")
        if not member.is_dir():
            entries[member.filename] = _zip_entry(archive, member, budget)
    return entries


def _zip_entry(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> Entry:
    def open_stored() -> BinaryIO:
        return cast(BinaryIO, archive.open(member))

    name = PurePosixPath(member.filename).name
    return Entry(name, member.file_size, open_stored, budget, is_packed=True)


def _tar_entries(archive: tarfile.TarFile, path: Path) -> dict[str, Entry]:
    budget, entries, unpacked = Budget(), {}, 0
    for n_members, member in enumerate(archive, start=1):
        unpacked += member.size  # looked at header by header: the next one is reached by unpacking this one
        _check_total(path, n_members=n_members, unpacked=unpacked)
        _check_path(path.name, member.name)
        if not member.isfile() and not member.isdir():
            raise refused(path.name, "plain files", f"the link or device {member.name!r}")
        if member.isfile():
            entries[member.name] = _tar_entry(archive, member, budget)
    return entries


def _tar_entry(archive: tarfile.TarFile, member: tarfile.TarInfo, budget: Budget) -> Entry:
    def open_stored() -> BinaryIO:
        return cast(BinaryIO, archive.extractfile(member))

    return Entry(PurePosixPath(member.name).name, member.size, open_stored, budget, is_packed=True)
