"""A limit of time for what only another thread can end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def stopwatch(seconds: float, stop: Callable[[], object]) -> Generator[threading.Event]:
    """Call `stop` after `seconds`, unless the block has ended by then. The event tells whether.

    Ctrl-C likes to come while a thread is being started, which is a wait: one that nobody cancelled
    would keep the program from ending for all its seconds.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        stop()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    try:
        timer.start()
        yield late
    finally:
        timer.cancel()
