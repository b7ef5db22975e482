"""Raters without eyes: they answer as fast as the server lets them. Raw sockets, so that they cost little."""

import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

HOST = "127.0.0.1"
CSRF = "b" * 32  # a token and the cookie it must match: the check itself is Django's
PATH = "/rate/bench/bench/"
_TASK = re.compile(rb'data-task="([0-9a-f-]{36})"')
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


@dataclass
class Tally:
    """What one rater did."""

    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Rater:
    """One browser: a connection that stays open, a cookie, the task on screen and the one behind it."""

    def __init__(self, port: int, session: str) -> None:
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = (
            f"Host: {HOST}:{port}\r\nCookie: sessionid={session}; csrftoken={CSRF}; tz=Europe/Berlin\r\n"
            f"X-CSRFToken: {CSRF}\r\nX-Desk: 1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        )
        self._screen = self._task(self._ask("GET", PATH))
        self._behind = self._task(self._ask("POST", f"{PATH}next", f"painted={self._screen}"))

    def answer(self) -> None:
        """A key press: the task behind is painted, the answer goes out, the reply brings the next one."""
        body = f"assignment={self._screen}&submission={uuid4()}&choice=left&shown_ms=2000&painted={self._behind}"
        self._screen, self._behind = self._behind, self._task(self._ask("POST", f"{PATH}answer", body))

    def close(self) -> None:
        self._socket.close()

    def _task(self, page: bytes) -> str:
        found = _TASK.search(page)
        if found is None:
            raise RuntimeError(f"no task in: {page[:300]!r}")
        return found.group(1).decode()

    def _ask(self, method: str, path: str, body: str = "") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\n{self._headers}Content-Length: {len(body)}\r\n\r\n{body}"
        self._socket.sendall(head.encode())
        got = self._socket.recv(65536)
        while b"\r\n\r\n" not in got:
            got += self._socket.recv(65536)
        headers, _, page = got.partition(b"\r\n\r\n")
        if b" 200 " not in headers[:20]:
            raise RuntimeError(f"{path}: {headers[:80]!r} {page[:300]!r}")
        length = _LENGTH.search(headers)
        if length is None:
            raise RuntimeError("the reply has no length")
        wanted, parts, n = int(length.group(1)), [page], len(page)
        while n < wanted:
            parts.append(self._socket.recv(65536))
            n += len(parts[-1])
        return b"".join(parts)


def rate(port: int, sessions: Sequence[str], seconds: float) -> tuple[list[Tally], float]:
    """All raters at once for `seconds`; what each did, and how long it took in truth."""
    raters = [Rater(port, session) for session in sessions]
    tallies = [Tally() for _ in raters]
    start = time.perf_counter()
    threads = [
        threading.Thread(target=_work, args=(rater, tally, start + seconds))
        for rater, tally in zip(raters, tallies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    for rater in raters:
        rater.close()
    return tallies, took


def _work(rater: Rater, tally: Tally, until: float) -> None:
    try:
        while (begun := time.perf_counter()) < until:
            rater.answer()
            tally.latencies.append(time.perf_counter() - begun)
    except Exception as error:  # a rater who fails is told of in the table
        tally.errors.append(str(error))
