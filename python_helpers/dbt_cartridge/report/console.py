"""How a run shows that it goes on: a live bar on a terminal, dbt-style lines elsewhere."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TextIO

from dbt_cartridge.progress import Progress, Silent
from dbt_cartridge.report.words import seconds, shown
from dbt_cartridge.voice import PLAIN, Voice

if TYPE_CHECKING:
    from rich.progress import TaskID

Say = Callable[[str], None]
"""Prints one line. dbt's own logger in process, so that its time stamp and log file are used."""

_EVERY = 5.0  # seconds between two lines of one phase


@contextmanager
def progress(
    say: Say | None = None, stream: TextIO | None = None, voice: Voice = PLAIN
) -> Generator[Progress]:
    """The progress display of one run.

    Args:
        say: where plain lines go; by default to `stream`, with the time before them as dbt does.
        stream: standard error if None: standard output carries results.
        voice: how much is shown, and in which form.
    """
    out = stream or sys.stderr
    if voice.json_log:
        yield Events(out, quiet=voice.quiet)
    elif voice.quiet:
        yield WarningsOnly(say or stamped(out))
    elif out.isatty() and not voice.debug:  # whose lines would run into a bar
        live = Live(out)
        try:
            yield live
        finally:
            live.close()
    else:
        yield Lines(say or stamped(out))


def log_to(stream: TextIO, voice: Voice) -> None:
    """What our own modules log goes to `stream`, in the form of all else."""
    logger = logging.getLogger("dbt_cartridge")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_AsEvents() if voice.json_log else _AsLines())
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.DEBUG if voice.debug else logging.WARNING)


class _AsLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{time.strftime('%H:%M:%S')}  {shown(record.getMessage())}"


class _AsEvents(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return event(record.levelname.lower(), "log", message=shown(record.getMessage()))


def event(level: str, name: str, **facts: object) -> str:
    """One line of `--log-format json`."""
    when = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return json.dumps({"time": when, "level": level, "event": name, **facts}, ensure_ascii=False)


def stamped(stream: TextIO) -> Say:
    """Lines as dbt prints them: `15:04:05  Scanning raw`."""

    def say(text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')}  {text}", file=stream, flush=True)

    return say


class WarningsOnly(Silent):
    """Nothing but what somebody has to know."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def warn(self, text: str) -> None:
        self._say(f"Warning: {shown(text)}")


class _Phase(Silent):
    """Where a phase stands, and when a word of it is due again. Nobody sits before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._label = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._last = 0.0

    def _begin(self, label: str, total: int | None) -> None:
        self._label, self._total, self._done = shown(label), total, 0
        self._began = self._last = time.monotonic()

    def _is_due(self, count: int) -> bool:
        """After `count` more. The lock is the caller's to hold."""
        self._done += count
        now = time.monotonic()
        if now - self._last < _EVERY:
            return False
        self._last = now
        return True


class Events(_Phase):
    """Each thing that happens as an object of JSON on a line of its own."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        super().__init__()

    def start(self, label: str, total: int | None = None) -> None:
        self._begin(label, total)
        self._tell("start", total=total)

    def advance(self, count: int = 1, what: str = "") -> None:
        with self._lock:
            if not self._is_due(count):
                return
        self._tell("advance", done=self._done, total=self._total, what=shown(what))

    def finish(self, result: str = "") -> None:
        took = round(time.monotonic() - self._began, 3)
        self._tell("finish", result=shown(result), seconds=took)

    def warn(self, text: str) -> None:
        self._write(event("warning", "warn", message=shown(text)))

    def _tell(self, name: str, **facts: object) -> None:
        if not self._quiet:
            self._write(event("info", name, phase=self._label, **facts))

    def _write(self, line: str) -> None:
        with self._lock:
            print(line, file=self._stream, flush=True)


class Lines(_Phase):
    """A line when a phase starts and ends, and one every few seconds between."""

    def __init__(self, say: Say) -> None:
        self._say = say
        super().__init__()

    def start(self, label: str, total: int | None = None) -> None:
        with self._lock:
            self._begin(label, total)
            self._say(f"{self._label} …")

    def advance(self, count: int = 1, what: str = "") -> None:
        with self._lock:
            if not self._is_due(count):
                return
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

    def agrees(self, question: str) -> bool:
        if not sys.stdin.isatty():
            return False
        self._clear()
        self._bar.stop()  # it would write over the question
        try:
            said = self._console.input(f"{shown(question)} [y/N] ")
        except EOFError:
            said = ""
        self._bar.start()
        return said.strip().lower() in ("y", "yes")

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
