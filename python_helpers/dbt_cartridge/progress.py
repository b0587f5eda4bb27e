"""How a step tells that it goes on. Steps call it; only `report` shows it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def start(self, label: str, total: int | None = None) -> None:
        """A new phase of the run: `label` in words, `total` units if known."""
        ...

    def advance(self, count: int = 1, what: str = "") -> None:
        """`count` more units of the present phase are done; `what` names the last one."""
        ...

    def finish(self, result: str = "") -> None:
        """The present phase is over; `result` is its one-line outcome."""
        ...

    def warn(self, text: str) -> None: ...

    def agrees(self, question: str) -> bool:
        """Whether the person at the terminal says yes; False where nobody sits there."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, label: str, total: int | None = None) -> None: ...
    def advance(self, count: int = 1, what: str = "") -> None: ...
    def finish(self, result: str = "") -> None: ...
    def warn(self, text: str) -> None: ...

    def agrees(self, question: str) -> bool:
        return False
