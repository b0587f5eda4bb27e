"""Calls of dbt as a program, and what they print."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbt_cartridge.engine.base import Reply, plain
from dbt_cartridge.engine.kept_dbt import KeptDbt, interpreter_of
from dbt_cartridge.engine.stopwatch import stopwatch
from dbt_cartridge.errors import EngineError

_LOG = logging.getLogger(__name__)
_LET_GO_SECONDS = 30.0
_LOGGED = 400  # characters of a command
_NOISE = re.compile(r"\x1b\[[0-9;]*m|^\d\d:\d\d:\d\d(?:\.\d+)?\s+")
_ABANDONED = "dbt was stopped before it had answered."
_LATE = "dbt did not answer within {:.0f} s and was stopped."


@dataclass
class Call:
    """What one run-operation printed."""

    target: Mapping[str, Any] | None = None
    replies: dict[int, Reply] = field(default_factory=dict[int, Reply])
    words: list[str] = field(default_factory=list[str])
    exit_code: int = 0

    @property
    def message(self) -> str:
        return plain("\n".join(self.words)).strip() or f"dbt ended with exit code {self.exit_code}"


class Caller:
    """Runs dbt commands in a project, from several threads at once if need be.

    A dbt v1 is kept running between calls where its Python can be told from its program; else, and
    with dbt v2, which starts in a moment, each call is a process of its own.
    """

    def __init__(
        self, program: str, options: Sequence[str], project_dir: Path, seconds: float
    ) -> None:
        """`seconds`: for one call."""
        self.program = program
        self._options = (*options, "--project-dir", str(project_dir))
        self._project_dir = project_dir
        self._seconds = seconds
        self._python = interpreter_of(program)
        self._idle: list[KeptDbt] = []
        self._running: dict[object, Callable[[], None]] = {}  # how to end each
        self._abandoned = False
        self._lock = threading.Lock()
        # dbt's own log of a call holds what was read: values of personal columns too.
        logs = tempfile.mkdtemp(prefix="cartridge-logs-")
        weakref.finalize(self, shutil.rmtree, logs, ignore_errors=True)
        self._environment = {
            "DO_NOT_TRACK": "1",
            "DBT_TARGET_PATH": "target",
            "DBT_LOG_PATH": logs,
        }

    @property
    def is_kept(self) -> bool:
        return self._python is not None

    def run(self, *command: str) -> Call:
        """Raises EngineError: dbt cannot be started, or did not answer in time."""
        arguments = (*command, "-q", *self._options)
        began = time.monotonic()
        kept = self._kept()
        call = self._in_process(arguments) if kept is None else self._by(kept, arguments)
        took = time.monotonic() - began
        what = " ".join(command)[:_LOGGED]
        _LOG.debug(
            "dbt %s: %d after %.1f s %s", what, call.exit_code, took, "".join(call.words[-1:])
        )
        return call

    @property
    def runs_ahead(self) -> bool:
        """No: it reads the warehouse meanwhile."""
        return False

    def ahead(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Nothing."""

    def settle(self) -> None:
        """Nothing runs ahead."""

    def run_in(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        seconds: float,
    ) -> int | None:
        """As `KeptDbt.run_in`; None too where no dbt can be kept."""
        if (kept := self._kept()) is None:
            return None
        try:
            with self._tracked(kept.abandon):
                code = kept.run_in(folder, arguments, environment, on_line, seconds)
        except BaseException:
            kept.abandon()
            kept.stop()
            raise
        if code is None:
            kept.stop()
            return None
        with self._lock:
            self._idle.append(kept)
        return code

    def let_go(self) -> None:
        """Let go of the warehouse: what is kept stays, but has closed what it had open there."""
        with self._lock:
            idle, self._idle = self._idle, []
        for kept in idle:
            if kept.let_go(_LET_GO_SECONDS):
                with self._lock:
                    self._idle.append(kept)
            else:
                kept.stop()

    def stop(self) -> None:
        """Let go of the warehouse: no dbt runs any more. The next call starts one."""
        with self._lock:
            while self._idle:
                self._idle.pop().stop()

    def abandon(self) -> None:
        """End what runs: nobody waits for it any more. Calls from now on are refused."""
        with self._lock:
            self._abandoned = True
            for end in self._running.values():
                end()
        self.stop()

    @contextmanager
    def _tracked(self, end: Callable[[], None]) -> Generator[None]:
        """While it runs, `abandon` calls `end`. Raises EngineError where it has."""
        key = object()
        with self._lock:
            self._running[key] = end
        try:
            yield
        finally:
            with self._lock:
                del self._running[key]
        if self._abandoned:
            raise EngineError(_ABANDONED)

    def _kept(self) -> KeptDbt | None:
        with self._lock:
            if self._abandoned:
                raise EngineError(_ABANDONED)
            if self._idle:
                return self._idle.pop()
        if self._python is None:
            return None
        try:
            kept = KeptDbt(self._python, self._project_dir, self._environment)
            kept.wait()
            return kept
        except EngineError:  # then as a program, which says what is wrong
            self._python = None
            return None

    def _by(self, kept: KeptDbt, arguments: Sequence[str]) -> Call:
        call = Call()
        began = time.monotonic()
        try:
            with self._tracked(kept.abandon):
                code = kept.run(arguments, lambda line: _read(line, call), self._seconds)
        except BaseException:
            kept.abandon()
            kept.stop()
            raise
        if code is None:
            kept.stop()
            if time.monotonic() - began >= self._seconds:
                raise EngineError(_LATE.format(self._seconds))
            self._python = None  # it ended: this dbt is not to be kept
            return self._in_process(arguments)
        call.exit_code = code
        with self._lock:
            self._idle.append(kept)
        return call

    def _in_process(self, arguments: Sequence[str]) -> Call:
        argv = [self.program, *arguments]
        call = Call()
        try:
            process = subprocess.Popen(
                argv, cwd=self._project_dir, env=os.environ | self._environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, encoding="utf-8", errors="replace",
            )  # fmt: skip
        except OSError as error:
            raise EngineError(f"Cannot start {argv[0]}: {error.strerror or error}.") from error
        assert process.stdout is not None
        try:
            with (
                stopwatch(self._seconds, process.kill) as late,
                self._tracked(process.terminate),
            ):
                for line in process.stdout:
                    _read(line, call)
                call.exit_code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
            process.stdout.close()
        if late.is_set():
            raise EngineError(_LATE.format(self._seconds))
        return call


def _read(line: str, call: Call) -> None:
    if line.startswith("{"):
        try:
            found: dict[str, Any] = json.loads(line)
        except ValueError:
            found = {}
        if "cartridge_reply" in found:
            rows = tuple(tuple(row) for row in found["rows"])
            call.replies[int(found["cartridge_reply"])] = Reply(rows=rows)
            return
        if "cartridge" in found:
            call.target = found
            return
    if text := _NOISE.sub("", _NOISE.sub("", line)).rstrip():
        call.words.append(text)
