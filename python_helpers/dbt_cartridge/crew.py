"""Work side by side, in threads that do not keep the process alive after Ctrl-C."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


class Crew(Generic[Work, Result]):
    """Threads that grow with the work, and stay until they are dismissed."""

    def __init__(
        self,
        do: Callable[[Work], Result],
        within: Callable[[int], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """
        Args:
            do: one piece of work.
            within: what a thread, by its number, keeps open for as long as it stays.
        """
        self._do = do
        self._within = within
        self._todo: queue.SimpleQueue[tuple[int, Work] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Result] | BaseException] = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []

    def results(self, work: Iterable[Work], most: int) -> Generator[tuple[int, Result]]:
        """The results as they come, each with its piece's position, `most` side by side.

        `work` is read on the calling thread, while its first pieces are under way already. An
        exception of a thread is raised here; the crew is then to be dismissed.
        """
        pending = 0
        for position, piece in enumerate(work):
            if pending >= len(self.threads) < most:
                self._start()
            self._todo.put((position, piece))
            pending += 1
            while not self._done.empty():
                pending -= 1
                yield self._next()
        for _ in range(pending):
            yield self._next()

    def finished(self) -> Generator[tuple[int, Result]]:
        """What is done and was not taken yet, where nobody waits for more."""
        while not self._done.empty():
            found = self._done.get_nowait()
            if not isinstance(found, BaseException):
                yield found

    def dismiss(self) -> None:
        """Nothing more is begun, and each thread ends after what it does; the crew is spent."""
        try:
            while True:
                self._todo.get_nowait()
        except queue.Empty:
            for _ in self.threads:
                self._todo.put(None)

    def _start(self) -> None:
        thread = threading.Thread(
            target=contextvars.copy_context().run,
            args=(self._run, len(self.threads)),
            daemon=True,
        )
        self.threads.append(thread)
        thread.start()

    def _run(self, number: int) -> None:
        try:
            with self._within(number):
                while (item := self._todo.get()) is not None:
                    position, piece = item
                    self._done.put((position, self._do(piece)))
        except BaseException as error:  # handed to the thread that waits
            self._done.put(error)

    def _next(self) -> tuple[int, Result]:
        while True:
            try:
                # In slices: a wait without end cannot be interrupted everywhere.
                found = self._done.get(timeout=0.5)
            except queue.Empty:
                continue
            if isinstance(found, BaseException):
                try:
                    raise found
                finally:
                    del found  # else it would hold this frame, and all that called it
            return found
