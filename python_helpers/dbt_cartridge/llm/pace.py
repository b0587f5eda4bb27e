"""How fast a provider may be asked: fewer at a time when it is overloaded, pauses when it says so.

Backoff is exponential with full jitter (Brooker, "Exponential Backoff and Jitter", AWS 2015).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

TRIES = 5  # of one request, the first included
_FIRST, _LONGEST = 0.5, 30.0  # seconds
# A provider that answers so many requests in a row with a fault is down.
_DOWN = 12


class Stopped(Exception):
    """Nothing more is to be asked: the user interrupted, or the provider is down."""


class Pace:
    """A gate that all requests of a run go through."""

    def __init__(self, most: int, wait: Callable[[float], None] | None = None) -> None:
        self._most = float(most)
        self._allowed = float(most)
        self._running = 0
        self._faults = 0
        self._not_before = 0.0
        self._stopped = ""
        self.failed = ""  # why the provider is of no use, where it is not the user who stopped
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._wait = wait

    def enter(self) -> None:
        """Wait for a free place, and until the provider wants to be asked. Raises Stopped."""
        with self._changed:
            while True:
                if self._stopped:
                    raise Stopped(self._stopped)
                pause = self._not_before - time.monotonic()
                if pause <= 0 and self._running < int(self._allowed):
                    self._running += 1
                    return
                self._changed.wait(min(max(pause, 0.01), 1.0) if pause > 0 else 1.0)

    def leave(self, *, fault: bool, overload: bool = False, after: float | None = None) -> None:
        """A request is over. `after`: seconds for which all of them wait."""
        with self._changed:
            self._running -= 1
            if overload:
                self._allowed = max(1.0, self._allowed / 2)
                if after:
                    self._not_before = max(self._not_before, time.monotonic() + after)
            elif not fault:
                self._allowed = min(self._most, self._allowed + 0.5)
            self._faults = self._faults + 1 if fault else 0
            if self._faults >= max(_DOWN, 2 * int(self._most)):
                self.failed = self.failed or "the provider does not answer"
                self._stop(self.failed)
            # One for the place that is free, and one for that which may be new.
            self._changed.notify(2)

    def stop(self, why: str) -> None:
        with self._changed:
            self._stop(why)

    @property
    def stopped(self) -> str:
        return self._stopped

    def back_off(self, tries: int, after: float | None) -> None:
        """Sleep before the next try, at least as long as the provider asks for."""
        pause = random.uniform(0, min(_LONGEST, _FIRST * 2**tries))
        pause = max(pause, after or 0.0)
        if self._wait is not None:
            self._wait(pause)
            return
        self._ended.wait(pause)

    def _stop(self, why: str) -> None:
        self._stopped = self._stopped or why
        self._ended.set()
        self._changed.notify_all()
