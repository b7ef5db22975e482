"""Files for a new study, and a person who sends them."""

import io
import json
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.studies.models import Upload

NEW = "/studies/lab/new/"
GOOD = [
    {"item": "a", "system": "one", "prompt": "What is it?", "output": "This.", "slices": {"topic": "x"}},
    {"item": "a", "system": "two", "prompt": "What is it?", "output": "That."},
    {"item": "b", "system": "one", "prompt": "And now?", "output": "As Claude, I cannot say."},
    {"item": "b", "system": "two", "prompt": "And now?", "output": ""},
]


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def send(client: Client, name: str, data: bytes, template: str = "compare") -> Any:
    return client.post(f"{NEW}file", {"template": template, "file": SimpleUploadedFile(name, data)}, follow=True)


def text_of(reply: Any) -> str:
    return str(reply.content.decode())


def upload_of(client: Client, rows: list[dict[str, Any]] = GOOD) -> tuple[Upload, str]:
    """A file that was sent and read, and the address of its pages."""
    send(client, "rows.jsonl", jsonl(rows))
    upload = Upload.objects.get(gold_of=None)
    return upload, f"{NEW}{upload.public_id}/"


def wanted(**more: Any) -> dict[str, Any]:
    return {
        "name": "Refund answers",
        "question": "Which is better?",
        "guideline": "Read both.",
        "replication": "2",
        "overlap_share": "0",
        "gold_share": "0",
        "retest_share": "4",
        "plan_method": "balanced",
        "baseline": "one",
        "price_per_judgment": "0.35",
        "currency": "EUR",
        "then": "open",
        **more,
    }


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()
