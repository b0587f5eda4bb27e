"""Statements side by side on threads that are kept, and what ends them."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from dbt_cartridge.engine.base import Reply
from dbt_cartridge.engine.workers import Workers


class Adapter:
    """Connections by name, and statements that run until they are cancelled."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.cancelled = threading.Event()
        self.refuses = False

    @contextmanager
    def connection_named(self, name: str) -> Generator[None]:
        if self.refuses:
            raise ConnectionError("no login")
        self.opened.append(name)
        yield
        self.closed.append(name)

    def cancel_open_connections(self) -> None:
        self.cancelled.set()

    def run(self, sql: str) -> Reply:
        if sql == "fails":
            raise ValueError(sql)
        if sql == "endless":
            assert self.cancelled.wait(20)
            return Reply(error="cancelled")
        if sql == "slow":
            time.sleep(0.05)
        return Reply(rows=((sql,),))


@pytest.fixture
def adapter() -> Adapter:
    return Adapter()


@pytest.fixture
def workers(adapter: Adapter) -> Workers:
    return Workers(adapter, adapter.run)


def test_every_statement_is_answered_at_its_position(workers: Workers, adapter: Adapter) -> None:
    asked = ["slow" if number % 3 else str(number) for number in range(20)]
    replies = dict(workers.ask(asked, at_most=4))
    assert [replies[position].rows[0][0] for position in range(20)] == asked
    assert 1 < len(adapter.opened) <= 4
    workers.close()
    assert sorted(adapter.closed) == sorted(adapter.opened)


def test_connections_are_kept_between_questions_and_opened_again_after_a_close(
    workers: Workers, adapter: Adapter
) -> None:
    for _ in range(3):
        assert list(workers.ask(["1"], at_most=4)) == [(0, Reply(rows=(("1",),)))]
    assert adapter.opened == ["cartridge_0"]
    workers.close()
    list(workers.ask(["1"], at_most=4))
    workers.close()
    assert adapter.closed == ["cartridge_0", "cartridge_0"]


def test_an_interrupt_cancels_what_runs(workers: Workers, adapter: Adapter) -> None:
    def statements() -> Iterator[str]:
        yield "endless"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(workers.ask(statements(), at_most=2))
    assert adapter.cancelled.is_set()
    assert adapter.closed == adapter.opened
    assert len(list(workers.ask(["1", "2"], at_most=2))) == 2  # nothing of before is left over


def test_whoever_stops_listening_cancels_what_runs(workers: Workers, adapter: Adapter) -> None:
    replies = workers.ask(["1", "endless"], at_most=2)
    assert next(replies) == (0, Reply(rows=(("1",),)))
    replies.close()
    assert adapter.cancelled.is_set()


def test_an_error_on_a_worker_is_raised_where_one_asks(workers: Workers, adapter: Adapter) -> None:
    with pytest.raises(ValueError, match="fails"):
        list(workers.ask(["1", "fails", "2"], at_most=1))
    adapter.refuses = True
    with pytest.raises(ConnectionError, match="no login"):
        list(workers.ask(["1"], at_most=3))
