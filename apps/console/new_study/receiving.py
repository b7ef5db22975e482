"""Taking a file from a request: counted while it comes in, and let go as soon as it is too large."""

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from apps.core.errors import Refused
from apps.studies.services.uploads import TOO_LARGE
from apps.studies.uploads import MAX_UPLOAD_BYTES, PART_BYTES

SAMPLES: Path = settings.BASE_DIR / "fixtures" / "samples"
View = Callable[..., HttpResponse]


class StopsAtLimit(FileUploadHandler):
    """Stands before Django's own handlers, and ends the reading when the files of a request are too large."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.n_bytes = 0

    @property
    def is_over(self) -> bool:
        """Whether more came in than is kept."""
        return self.n_bytes > MAX_UPLOAD_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count; the rest of what is too large is read from the line, and thrown away."""
        self.n_bytes += len(raw_data)
        if self.is_over:
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one keep the file."""


def receives_file(view: View) -> View:
    """A view that is given a file: the limit is set before anything reads the request, also the check of its token."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers.insert(0, StopsAtLimit(request))
        return protected(request, *args, **kwargs)

    return guarded


def sent_file(request: HttpRequest) -> UploadedFile:
    """The file of the request, or a refusal in words."""
    guard = next(handler for handler in request.upload_handlers if isinstance(handler, StopsAtLimit))
    sent = request.FILES.get("file")
    if guard.is_over:
        raise Refused(TOO_LARGE)
    if not isinstance(sent, UploadedFile) or not sent.name:
        raise Refused("No file came with it. Choose one, or take a sample.")
    return sent


def parts_of(sent: UploadedFile) -> Iterator[bytes]:
    """Its bytes, a part at a time."""
    return iter(sent.chunks(PART_BYTES))


def sample_parts(name: str) -> Iterator[bytes]:
    """The bytes of one of our samples."""
    with (SAMPLES / name).open("rb") as stream:
        while data := stream.read(PART_BYTES):
            yield data
