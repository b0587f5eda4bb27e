"""Threads that run statements, each on a connection of its own.

Even a single statement runs on one of them: most drivers are deaf to Ctrl-C while they wait, but
the thread that waits for a worker is not, and can cancel the statement in the warehouse.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, suppress
from typing import Any

from dbt_cartridge.crew import Crew
from dbt_cartridge.engine.base import Reply

_GRACE_SECONDS = 10.0  # for the warehouse to end what was cancelled


class Workers:
    """A crew over dbt's adapter that keeps its connections open: a login can take longer than the
    statement."""

    def __init__(self, adapter: Any, run: Callable[[str], Reply]) -> None:
        """`run` answers a statement on the connection of the thread that it is called on."""
        self._adapter = adapter
        self._run = run
        self._crew = self._new_crew()

    def ask(self, statements: Iterable[str], at_most: int) -> Generator[tuple[int, Reply]]:
        """The replies as they come, each with its statement's position, `at_most` side by side.

        Whatever ends it early (Ctrl-C above all) cancels what still runs.
        """
        try:
            yield from self._crew.results(statements, at_most)
        except BaseException:
            self._cancel()
            raise

    def close(self) -> None:
        """End the threads and close their connections."""
        self._crew.dismiss()
        for thread in self._crew.threads:
            thread.join()
        self._crew = self._new_crew()

    def _new_crew(self) -> Crew[str, Reply]:
        def connected(number: int) -> AbstractContextManager[object]:
            return self._adapter.connection_named(f"cartridge_{number}")

        return Crew(self._run, connected)

    def _cancel(self) -> None:
        """End everything; a statement that the warehouse does not give up is left to it."""
        crew, self._crew = self._crew, self._new_crew()
        crew.dismiss()
        patience = time.monotonic() + _GRACE_SECONDS
        while any(thread.is_alive() for thread in crew.threads) and time.monotonic() < patience:
            # More than once: what begins just after it is not cancelled by it.
            with suppress(Exception):
                self._adapter.cancel_open_connections()
            for thread in crew.threads:
                thread.join(0.2)
