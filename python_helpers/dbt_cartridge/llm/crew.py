"""Work side by side, in threads that do not keep the process alive after Ctrl-C."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


def side_by_side(
    work: Sequence[Work], do: Callable[[Work], Result], most: int, stop: Callable[[str], None]
) -> Iterator[Result]:
    """`do` of each piece, as they are done. An exception of `do` is raised here.

    On KeyboardInterrupt nothing more is begun: `stop` is called, and what is under way is left.
    """
    waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[bool, Result | BaseException]] = queue.SimpleQueue()
    for piece in work:
        waiting.put(piece)

    def run() -> None:
        while True:
            try:
                piece = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((True, do(piece)))
            except BaseException as error:
                done.put((False, error))

    for _ in range(min(most, len(work))):
        threading.Thread(target=run, daemon=True).start()
    try:
        for _ in work:
            yield _next(done)
    except BaseException:
        stop("interrupted")
        while not waiting.empty():
            try:
                waiting.get_nowait()
            except queue.Empty:
                break
        raise


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
