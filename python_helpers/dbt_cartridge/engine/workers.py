"""Threads that run statements, each on a connection of its own.

Even a single statement runs on one of them: most drivers are deaf to Ctrl-C while they wait, but
the thread that waits for a worker is not, and can cancel the statement in the warehouse.
"""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from typing import Any

from dbt_cartridge.engine.base import Reply

_GRACE_SECONDS = 10.0  # for the warehouse to end what was cancelled
_Result = tuple[int, "Reply | BaseException"]


class Workers:
    """A pool over dbt's adapter. It grows with what is asked, and keeps its connections open:
    a login can take longer than the statement."""

    def __init__(self, adapter: Any, run: Callable[[str], Reply]) -> None:
        """`run` answers a statement on the connection of the thread that it is called on."""
        self._adapter = adapter
        self._run = run
        self._todo: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self._done: queue.Queue[_Result] = queue.Queue()
        self._threads: list[threading.Thread] = []

    def ask(self, statements: Iterable[str], at_most: int) -> Generator[tuple[int, Reply]]:
        """The replies as they come, each with its statement's position, `at_most` side by side.

        `statements` is read on the calling thread, while the first of them run already. Whatever
        ends it early (Ctrl-C above all) cancels what still runs.
        """
        pending = 0
        try:
            for position, sql in enumerate(statements):
                if pending >= len(self._threads) < at_most:
                    self._start()
                self._todo.put((position, sql))
                pending += 1
                while not self._done.empty():
                    pending -= 1
                    yield _taken(self._done.get())
            for _ in range(pending):
                yield _taken(self._done.get())
        except BaseException:
            self._cancel()
            raise

    def close(self) -> None:
        """End the threads and close their connections."""
        self._dismiss()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self) -> None:
        thread = threading.Thread(
            target=contextvars.copy_context().run,
            args=(self._work, f"cartridge_{len(self._threads)}"),
            daemon=True,
        )
        self._threads.append(thread)
        thread.start()

    def _work(self, name: str) -> None:
        position = -1
        todo, done = self._todo, self._done
        try:
            with self._adapter.connection_named(name):
                while (item := todo.get()) is not None:
                    position, sql = item
                    done.put((position, self._run(sql)))
        except BaseException as error:  # handed to the thread that waits
            done.put((position, error))

    def _cancel(self) -> None:
        """End everything; a statement that the warehouse does not give up is left to it."""
        while not self._todo.empty():
            self._todo.get_nowait()
        self._dismiss()
        patience = time.monotonic() + _GRACE_SECONDS
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < patience:
            # More than once: what begins just after it is not cancelled by it.
            with suppress(Exception):
                self._adapter.cancel_open_connections()
            for thread in self._threads:
                thread.join(0.2)
        self._threads.clear()
        self._todo, self._done = queue.Queue(), queue.Queue()

    def _dismiss(self) -> None:
        for _ in self._threads:
            self._todo.put(None)


def _taken(result: _Result) -> tuple[int, Reply]:
    position, reply = result
    if isinstance(reply, BaseException):
        raise reply
    return position, reply
