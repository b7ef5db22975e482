"""Small readers of published data sets, each yielding the documented format."""

from collections.abc import Callable

from apps.rating.exchange.contents import Contents
from apps.rating.exchange.problems import Report
from apps.rating.exchange.sources import Source

from .llmfao import open_llmfao
from .mtbench import open_mtbench

READERS: dict[str, Callable[[Source, Report], Contents]] = {"mtbench": open_mtbench, "llmfao": open_llmfao}
