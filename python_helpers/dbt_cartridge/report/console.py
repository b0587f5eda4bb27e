"""How a run shows that it goes on: a live bar on a terminal, dbt-style lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from dbt_cartridge.progress import Progress
from dbt_cartridge.report.words import seconds, shown

if TYPE_CHECKING:
    from rich.progress import TaskID

Say = Callable[[str], None]
"""Prints one line. dbt's own logger in process, so that its time stamp and log file are used."""

_EVERY = 5.0  # seconds between two lines of one phase


@contextmanager
def progress(say: Say | None = None, stream: TextIO | None = None) -> Generator[Progress]:
    """The progress display of one run.

    Args:
        say: where plain lines go; by default to `stream`, with the time before them as dbt does.
        stream: standard error if None: standard output carries results.
    """
    out = stream or sys.stderr
    if out.isatty():
        live = Live(out)
        try:
            yield live
        finally:
            live.close()
    else:
        yield Lines(say or stamped(out))


def stamped(stream: TextIO) -> Say:
    """Lines as dbt prints them: `15:04:05  Scanning raw`."""

    def say(text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')}  {text}", file=stream, flush=True)

    return say


class Lines:
    """A line when a phase starts and ends, and one every few seconds between."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._label = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._last = 0.0

    def start(self, label: str, total: int | None = None) -> None:
        with self._lock:
            self._label, self._total, self._done = shown(label), total, 0
            self._began = self._last = time.monotonic()
            self._say(f"{self._label} …")

    def advance(self, count: int = 1, what: str = "") -> None:
        with self._lock:
            self._done += count
            now = time.monotonic()
            if now - self._last < _EVERY:
                return
            self._last = now
            of = f" of {self._total:,}" if self._total else ""
            last = f" ({shown(what)})" if what else ""
            self._say(f"{self._label} … {self._done:,}{of}{last}")

    def finish(self, result: str = "") -> None:
        with self._lock:
            took = seconds(time.monotonic() - self._began)
            self._say(f"{self._label}: {shown(result) or 'done'} [{took}]")

    def warn(self, text: str) -> None:
        with self._lock:
            self._say(f"Warning: {shown(text)}")


class Live:
    """A bar with count, rate and time left; a line stays for each phase that is over."""

    def __init__(self, stream: TextIO) -> None:
        # Loading rich takes a tenth of a second, which only a terminal has to pay.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[done]}", style="green", markup=False),
            TextColumn("{task.fields[rate]}", style="dim", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[what]}", style="dim", markup=False),
            console=self._console,
            transient=True,
        )
        self._bar.start()
        self._task: TaskID | None = None
        self._label = ""
        self._began = 0.0

    def start(self, label: str, total: int | None = None) -> None:
        self._clear()
        self._label, self._began = shown(label), time.monotonic()
        self._task = self._bar.add_task(self._label, total=total, what="", rate="", done="")

    def advance(self, count: int = 1, what: str = "") -> None:
        if self._task is None:
            return
        self._bar.update(self._task, advance=count, what=shown(what)[:40])
        task = next(t for t in self._bar.tasks if t.id == self._task)
        of = f" of {task.total:,.0f}" if task.total else ""
        speed = task.speed or 0.0
        rate = f"{speed:,.0f}/s" if speed >= 1 else f"{speed:.1f}/s" if speed else ""
        self._bar.update(self._task, done=f"{task.completed:,.0f}{of}", rate=rate)

    def finish(self, result: str = "") -> None:
        self._clear()
        took = seconds(time.monotonic() - self._began)
        self._print("✓ ", "green", f"{self._label}: {shown(result) or 'done'}", f" {took}")

    def warn(self, text: str) -> None:
        self._print("! ", "yellow", shown(text))

    def close(self) -> None:
        self._clear()
        self._bar.stop()

    def _clear(self) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._bar.refresh()
            self._task = None

    def _print(self, mark: str, style: str, text: str, dim: str = "") -> None:
        from rich.text import Text

        self._console.print(Text.assemble((mark, style), text, (dim, "dim")), soft_wrap=True)
