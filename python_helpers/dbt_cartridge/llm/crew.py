"""Work side by side, in threads that do not keep the process alive after Ctrl-C."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


def side_by_side(
    work: Iterable[Work], do: Callable[[Work], Result], most: int, stop: Callable[[str], None]
) -> Iterator[Result]:
    """`do` of each piece, as they are done. An exception of `do` is raised here.

    `work` is read on the calling thread, while its first pieces are under way already. On
    KeyboardInterrupt nothing more is begun: `stop` is called, and what is under way is left.
    """
    waiting: queue.SimpleQueue[tuple[Work] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[bool, Result | BaseException]] = queue.SimpleQueue()

    def run() -> None:
        while (piece := waiting.get()) is not None:
            try:
                done.put((True, do(*piece)))
            except BaseException as error:
                done.put((False, error))

    threads = pending = 0
    try:
        for piece in work:
            if pending >= threads < most:
                threading.Thread(target=run, daemon=True).start()
                threads += 1
            waiting.put((piece,))
            pending += 1
            while not done.empty():
                pending -= 1
                yield _next(done)
        for _ in range(pending):
            yield _next(done)
    except BaseException:
        stop("interrupted")
        while not waiting.empty():
            try:
                waiting.get_nowait()
            except queue.Empty:
                break
        raise
    finally:
        for _ in range(threads):
            waiting.put(None)


def _next(done: queue.SimpleQueue[tuple[bool, Result | BaseException]]) -> Result:
    while True:
        try:
            # In slices: a wait without end cannot be interrupted everywhere.
            succeeded, result = done.get(timeout=0.5)
        except queue.Empty:
            continue
        if succeeded:
            return result  # type: ignore[return-value]
        raise result  # type: ignore[misc]
