"""What an upload holds: its bytes laid out as a folder or an archive, and read as any import is."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from apps.core.errors import Refused
from apps.studies.services.uploads import safe_name, write_upload
from apps.studies.templates import template_named
from apps.studies.uploads import Upload

from .exchange.bundle import Bundle, read_bundle
from .exchange.contents import Progress
from .exchange.documents import study_document
from .exchange.flat import FLAT_ENDINGS
from .exchange.known import Known
from .exchange.sources import TABLE_NAMES, open_source
from .exchange.terms import STUDY_FILE

ARCHIVE_ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
OF_A_WHOLE_STUDY = {"study", *TABLE_NAMES} - {"gold"}
WRONG_ENDING = (
    "Touchstone reads .jsonl, .csv (also packed, .gz) and .parquet files, and .zip or .tar archives of one of "
    "them or in the exchange format; {name} is none of them, and nothing was kept. Export the rows as one of these."
)


def check_ending(name: str) -> None:
    """Refuse a file that no reader takes, by its name."""
    if not safe_name(name).lower().endswith(FLAT_ENDINGS + ARCHIVE_ENDINGS):
        raise Refused(WRONG_ENDING.format(name=name))


def check_gold_ending(name: str) -> None:
    """Refuse a file of gold that is none."""
    if not safe_name(name).lower().endswith(FLAT_ENDINGS):
        raise Refused(f"Gold comes as {', '.join(FLAT_ENDINGS)}; {name} is none of them, and nothing was kept.")


def is_archive(upload: Upload) -> bool:
    """Whether it is a whole folder, and not one file of rows."""
    return upload.name.lower().endswith(ARCHIVE_ENDINGS)


def bundle_of(upload: Upload, *, on_progress: Progress | None = None) -> Bundle:
    """Read and check an upload with its gold, or raise ImportRefused with all that is wrong.

    The bundle always has terms: those that came with the files, else those of the template.
    """
    terms = template_named(upload.template).terms
    known = Known(verdicts=terms.verdicts, criteria=terms.criteria)
    with tempfile.TemporaryDirectory(prefix="touchstone-") as folder:
        path = _laid_out(upload, Path(folder))
        bundle = read_bundle(path, _format_of(path), known=known, on_progress=on_progress)
    return bundle if bundle.study is not None else replace(bundle, study=terms)


def _format_of(path: Path) -> str:
    """The exchange format where one of its files is there; else one file of rows, packed or not, with its gold."""
    if path.is_dir():
        return "flat"
    with open_source(path) as source:
        names = {name.split(".", 1)[0] for name in source.entries}
    return "touchstone" if names & OF_A_WHOLE_STUDY else "flat"


def _laid_out(upload: Upload, folder: Path) -> Path:
    """The archive itself, or a folder with the file of rows, its terms and its gold."""
    if is_archive(upload):
        return write_upload(upload, folder / upload.name)
    write_upload(upload, folder / _name_of_rows(upload))
    terms = study_document(template_named(upload.template).terms)
    (folder / STUDY_FILE).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
    gold = gold_of(upload)
    if gold is not None:
        write_upload(gold, folder / f"gold{_ending(gold.name)}")
    return folder


def gold_of(upload: Upload) -> Upload | None:
    """The known answers that were sent beside it."""
    return Upload.objects.filter(gold_of=upload).first()


def _name_of_rows(upload: Upload) -> str:
    """Its own name, so that problems name what she sent; `gold` means something else in that folder."""
    ending = _ending(upload.name)
    stem = upload.name[: -len(ending)].replace(".", "_") or "rows"
    return ("rows" if stem == "gold" else stem) + ending


def _ending(name: str) -> str:
    return max((ending for ending in FLAT_ENDINGS if name.lower().endswith(ending)), key=len)


@contextmanager
def in_sentences() -> Iterator[None]:
    """What no reader foresaw ends in words, too: the file is at fault, and she can do something about it."""
    try:
        yield
    except Refused:
        raise
    except (ValueError, OSError, RecursionError, MemoryError) as error:
        raise Refused(
            f"The file could not be read ({type(error).__name__}). Export it again, as .jsonl if you can choose."
        ) from error
