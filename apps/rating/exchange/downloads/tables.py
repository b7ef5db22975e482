"""The tables of a study that can be downloaded, in the order in which a page offers them."""

from .judged import JUDGMENTS, PAIRS, RATERS
from .material import ITEMS, OUTPUTS
from .showings import SHOWINGS

DOWNLOADS = {table.name: table for table in (JUDGMENTS, PAIRS, RATERS, SHOWINGS, ITEMS, OUTPUTS)}
