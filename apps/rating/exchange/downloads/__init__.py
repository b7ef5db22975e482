"""Tables of a study as files of rows: streamed, in the words of its systems, raters by uuid only."""

from .shape import Download, Field, Look
from .tables import DOWNLOADS

__all__ = ["DOWNLOADS", "Download", "Field", "Look"]
