"""What this process rendered or read lately, so that the next showing costs neither rendering nor a query."""

import sys
from collections import OrderedDict
from threading import Lock

from django.utils.safestring import SafeString

_OVERHEAD = 300  # bytes of an entry besides its html: key, tuple, links


class Memory:
    """The most recently used texts, up to a number of bytes. Safe to use from many threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._kept: OrderedDict[tuple[str, int], SafeString] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, version: int) -> SafeString | None:
        """What is kept under this key and version, or None."""
        with self._lock:
            html = self._kept.get((key, version))
            if html is not None:
                self._kept.move_to_end((key, version))
            return html

    def put(self, key: str, version: int, html: SafeString) -> None:
        """Keep it; what was used longest ago makes room. What would fill a quarter of the room is not kept."""
        size = _size(html)
        if size > self._max_bytes // 4:
            return
        with self._lock:
            if (earlier := self._kept.pop((key, version), None)) is not None:
                self._n_bytes -= _size(earlier)
            self._kept[key, version] = html
            self._n_bytes += size
            while self._n_bytes > self._max_bytes:
                self._n_bytes -= _size(self._kept.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._n_bytes = 0

    @property
    def n_bytes(self) -> int:
        """How much is kept."""
        return self._n_bytes


def _size(html: SafeString) -> int:
    return sys.getsizeof(html) + _OVERHEAD
