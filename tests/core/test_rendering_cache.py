"""Rendered once: by this process, by any other, and again only by a new renderer."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString

from apps.core import rendering
from apps.core.models import Rendering
from apps.core.rendering.cached import MEMORY, forget_old_renderings, keep_rendered, rendered
from apps.core.rendering.memory import Memory

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    MEMORY.clear()
    yield
    MEMORY.clear()


class Kitchen:
    """Makes html and counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def part(self, key: str) -> Callable[[], SafeString]:
        def make() -> SafeString:
            self.made.append(key)
            return SafeString(f"<p>{key}</p>")

        return make

    def serve(self, *keys: str) -> dict[str, SafeString]:
        return rendered({key: self.part(key) for key in keys})


@pytest.mark.django_db(transaction=False)
def test_rendered_once_then_remembered_without_a_query(django_capture_on_commit_callbacks) -> None:
    kitchen = Kitchen()
    with django_capture_on_commit_callbacks(execute=True):
        first = kitchen.serve("output:a", "output:b")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = kitchen.serve("output:b", "output:a")
    assert first == again == {"output:a": "<p>output:a</p>", "output:b": "<p>output:b</p>"}
    assert list(again) == ["output:b", "output:a"]
    assert all(isinstance(html, SafeString) for html in (*first.values(), *again.values()))
    assert kitchen.made == ["output:a", "output:b"]
    assert len(queries) == 0


@pytest.mark.django_db
def test_another_process_reads_all_of_them_in_one_query(django_capture_on_commit_callbacks) -> None:
    kitchen = Kitchen()
    with django_capture_on_commit_callbacks(execute=True):
        kitchen.serve("output:a", "output:b")
    MEMORY.clear()  # as a process that has just begun
    with CaptureQueriesContext(connection) as queries:
        served = kitchen.serve("output:a", "output:b")
    assert len(queries) == 1
    assert kitchen.made == ["output:a", "output:b"]
    assert all(isinstance(html, SafeString) for html in served.values())
    with CaptureQueriesContext(connection) as queries:
        kitchen.serve("output:a")
    assert len(queries) == 0


@pytest.mark.django_db
def test_only_what_is_missing_is_made_and_stored_in_one_statement(django_capture_on_commit_callbacks) -> None:
    kitchen = Kitchen()
    with django_capture_on_commit_callbacks(execute=True):
        kitchen.serve("output:a")
    MEMORY.clear()
    with django_capture_on_commit_callbacks(execute=True), CaptureQueriesContext(connection) as reading:
        kitchen.serve("output:a", "output:b", "item:c")
    assert len(reading) == 1
    assert kitchen.made == ["output:a", "item:c", "output:b"]
    assert set(Rendering.objects.values_list("key", flat=True)) == {"output:a", "output:b", "item:c"}


@pytest.mark.django_db
def test_nothing_asked_is_nothing_done() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert rendered({}) == {}
    assert len(queries) == 0


@pytest.mark.django_db
def test_another_renderer_never_serves_what_this_one_made(
    django_capture_on_commit_callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    kitchen = Kitchen()
    for version in (rendering.RENDERER_VERSION, rendering.RENDERER_VERSION + 1):
        monkeypatch.setattr(rendering, "RENDERER_VERSION", version)
        with django_capture_on_commit_callbacks(execute=True):
            kitchen.serve("output:a")
    assert kitchen.made == ["output:a", "output:a"]
    assert Rendering.objects.count() == 2
    assert forget_old_renderings() == 1
    assert list(Rendering.objects.values_list("version", flat=True)) == [rendering.RENDERER_VERSION]


@pytest.mark.django_db
def test_one_row_for_each_key_and_version() -> None:
    Rendering.objects.create(key="output:a", version=1, html="<p>")
    Rendering.objects.create(key="output:a", version=2, html="<p>")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rendering.objects.create(key="output:a", version=1, html="<b>")


def test_inside_a_transaction_it_is_stored_when_that_commits_and_not_when_it_fails(fresh_database: str) -> None:
    kitchen = Kitchen()
    with transaction.atomic():
        assert kitchen.serve("output:a") == {"output:a": "<p>output:a</p>"}
        assert not Rendering.objects.exists()
    assert Rendering.objects.count() == 1

    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        kitchen.serve("output:b")
        raise Undone
    assert Rendering.objects.count() == 1
    kitchen.serve("output:c")  # outside of any transaction: at once
    assert Rendering.objects.count() == 2


def test_two_who_render_the_same_texts_at_once_do_not_wait_or_fail(fresh_database: str) -> None:
    gate, served = threading.Barrier(2), []

    def work(keys: list[str]) -> None:
        kitchen = Kitchen()
        try:
            with transaction.atomic():
                gate.wait(10)
                MEMORY.clear()
                for key in keys:
                    served.append(kitchen.serve(key)[key])
                gate.wait(10)  # both have rendered everything, neither has committed
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(keys,)) for keys in (["o:1", "o:2"], ["o:2", "o:1"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(served) == ["<p>o:1</p>", "<p>o:1</p>", "<p>o:2</p>", "<p>o:2</p>"]
    assert Rendering.objects.count() == 2


def test_a_cache_that_cannot_be_written_fails_no_request(fresh_database: str, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_rendering ADD CONSTRAINT full CHECK (false)".replace("full", "is_full"))
    assert Kitchen().serve("output:a") == {"output:a": "<p>output:a</p>"}
    assert "on_commit" in caplog.text
    assert not Rendering.objects.exists()


def test_kept_is_what_the_database_has_whatever_this_process_remembers(fresh_database: str) -> None:
    kitchen = Kitchen()
    kitchen.serve("output:a", "output:b")
    Rendering.objects.filter(key="output:b").delete()
    keep_rendered({key: kitchen.part(key) for key in ("output:a", "output:b")})
    assert kitchen.made == ["output:a", "output:b", "output:b"]
    assert dict(Rendering.objects.values_list("key", "html")) == {
        "output:a": "<p>output:a</p>",
        "output:b": "<p>output:b</p>",
    }


def test_what_could_not_be_kept_is_an_error_for_who_asked_to_keep_it(fresh_database: str) -> None:
    kitchen = Kitchen()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_rendering ADD CONSTRAINT is_full CHECK (false)")
    with pytest.raises(IntegrityError):
        keep_rendered({"output:a": kitchen.part("output:a")})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_rendering DROP CONSTRAINT is_full")
    keep_rendered({"output:a": kitchen.part("output:a")})
    assert Rendering.objects.count() == 1


@pytest.mark.django_db
def test_keeping_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        keep_rendered({})
    assert len(queries) == 0


def test_memory_forgets_what_was_used_longest_ago_and_counts_its_bytes() -> None:
    memory = Memory(max_bytes=10_000)
    html = SafeString("x" * 1500)
    for key in "abcde":
        memory.put(key, 1, html)
        memory.get("a", 1)
    memory.put("f", 1, html)
    assert memory.get("a", 1) == html
    assert memory.get("b", 1) is None
    assert memory.get("f", 1) == html
    assert memory.get("f", 2) is None
    assert 0 < memory.n_bytes <= 10_000
    before = memory.n_bytes
    memory.put("f", 1, html)
    assert memory.n_bytes == before
    memory.put("huge", 1, SafeString("x" * 3000))
    assert memory.get("huge", 1) is None
    memory.clear()
    assert memory.n_bytes == 0


def test_memory_is_safe_among_threads() -> None:
    memory = Memory(max_bytes=20_000)

    def work(seed: int) -> None:
        for n in range(2000):
            key = str((n * seed) % 40)
            memory.put(key, 1, SafeString("x" * 500))
            memory.get(key, 1)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (3, 7, 11, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [html for n in range(40) if (html := memory.get(str(n), 1)) is not None]
    assert len(kept) * 849 <= memory.n_bytes + 849 * 40
    assert memory.n_bytes <= 20_000
