"""A dbt v1 that is kept running between calls: its imports cost more than what we ask of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dbt_cartridge.engine.stopwatch import stopwatch
from dbt_cartridge.errors import EngineError

_SERVER = Path(__file__).with_name("dbt_server.py")
_START_SECONDS = 120.0
_CANCEL_SECONDS = 8.0  # what dbt_server.py takes for it, and a little
# A script that pip or uv made; a long path stands in a line for the shell.
_INTERPRETER = re.compile(r"\A#!\s*(/\S*python[\d.]*)\s*$", re.MULTILINE)
_INTERPRETER_OF_SHELL = re.compile(r"\A#!/bin/sh\n'''exec' \"?(/[^\"\n]*python[\d.]*)\"? ")
_ENTRY_POINT = "from dbt.cli.main import cli"


def interpreter_of(program: str) -> str | None:
    """The Python that runs `program`, if it is nothing but dbt v1's entry point."""
    try:
        text = Path(program).read_bytes()[:4_096].decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = _INTERPRETER.match(text) or _INTERPRETER_OF_SHELL.match(text)
    if found is None or _ENTRY_POINT not in text:
        return None
    return found[1] if Path(found[1]).exists() else None


class KeptDbt:
    """One dbt, for one call at a time."""

    def __init__(self, python: str, folder: Path, environment: Mapping[str, str]) -> None:
        """Start it, and do not wait for it. Raises EngineError where there is no such Python."""
        self._python, self._is_ready = python, False
        self._ahead = 0  # commands whose end nobody has read yet
        try:
            self._process = subprocess.Popen(
                [python, str(_SERVER)], cwd=folder, env={**os.environ, **environment},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, encoding="utf-8", errors="replace", bufsize=1,
            )  # fmt: skip
        except OSError as error:
            raise EngineError(f"Cannot start {python}: {error.strerror or error}.") from error
        self._end = weakref.finalize(self, _stop, self._process)

    def wait(self) -> None:
        """Until it takes commands. Raises EngineError where its Python cannot run dbt."""
        if self._is_ready:
            return
        words: list[str] = []
        if self._read("cartridge_ready", words.append, _START_SECONDS) is None:
            self.stop()
            raise EngineError(f"{self._python} cannot run dbt: {''.join(words[-3:])}")
        self._is_ready = True

    def run(
        self, arguments: Sequence[str], on_line: Callable[[str], None], seconds: float
    ) -> int | None:
        """The exit code of a dbt command; None if dbt ended, or was ended after `seconds`."""
        return self._send(list(arguments), on_line, seconds)

    def run_in(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        seconds: float,
    ) -> int | None:
        """As `run`, in another project, with nothing but `environment`."""
        return self._send(_elsewhere(folder, arguments, environment), on_line, seconds)

    def ahead(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """As `run_in`, and do not wait for it, nor until it takes commands."""
        if self._written(_elsewhere(folder, arguments, environment)):
            self._ahead += 1

    def settle(self, seconds: float) -> bool:
        """Wait for what runs ahead. False if dbt ended, or was ended after `seconds`."""
        while self._ahead:
            self._ahead -= 1
            if self._read("cartridge_done", lambda line: None, seconds) is None:
                return False
        return True

    def let_go(self, seconds: float) -> bool:
        """Whether it has closed what it still had open in the warehouse (DuckDB's file)."""
        return self._send(None, lambda line: None, seconds) == 0

    def _send(self, message: object, on_line: Callable[[str], None], seconds: float) -> int | None:
        if not self.settle(seconds) or not self._written(message):
            return None
        return self._read("cartridge_done", on_line, seconds)

    def _written(self, message: object) -> bool:
        """False where it has ended, or was abandoned."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
        except (OSError, ValueError):
            return False
        return True

    def end(self) -> None:
        """Have it come to its end, and do not wait for that: `stop` does."""
        assert self._process.stdin is not None
        if self._is_ready:
            with suppress(OSError):
                self._process.stdin.close()

    def stop(self) -> None:
        """Let go of the warehouse. A second time does nothing."""
        if not self._is_ready:  # it has nothing to end yet, and hears nothing
            self._process.kill()
        self._end()

    def abandon(self) -> None:
        """End it, whatever it is doing; `run` then gives None. What runs in the warehouse is
        cancelled there first."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        timer = threading.Timer(_CANCEL_SECONDS, self._process.kill)
        timer.daemon = True
        timer.start()

    def _read(self, until: str, on_line: Callable[[str], None], seconds: float) -> int | None:
        assert self._process.stdout is not None
        with stopwatch(seconds, self._process.kill):
            for line in self._process.stdout:
                if line.startswith(f'{{"{until}"'):
                    return int(json.loads(line)[until])
                on_line(line)
        return None


def _elsewhere(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> dict[str, object]:
    return {
        "folder": str(folder), "arguments": list(arguments), "environment": dict(environment),
    }  # fmt: skip


def _stop(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.close()  # dbt then comes to its end
        process.wait(10)
    except (OSError, subprocess.TimeoutExpired):
        process.kill()
        process.wait()
    process.stdout.close()
