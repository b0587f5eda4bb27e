"""Any dbt, as a program: `dbt run-operation cartridge_probe` answers in JSON on standard output.

Jinja cannot catch an error, so one failing statement ends the call. What was printed before it
holds; the first request without a reply is the one that failed, and the rest is asked again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbt_cartridge.documents.host import Host
from dbt_cartridge.engine.base import DbtCommand, Reply, Request, Target, first_words
from dbt_cartridge.engine.host import built_relations, read_host, read_manifest
from dbt_cartridge.errors import EngineError, HostError
from dbt_cartridge.version import check_versions

_ARGUMENT_BYTES = 96_000  # Linux takes 128 KiB for one argument
_SECONDS = 3_600.0
_NOISE = re.compile(r"\x1b\[[0-9;]*m|^\d\d:\d\d:\d\d(?:\.\d+)?\s+")


@dataclass
class _Call:
    """What one run-operation printed."""

    target: Mapping[str, Any] | None = None
    replies: dict[int, Reply] = field(default_factory=dict[int, Reply])
    words: list[str] = field(default_factory=list[str])
    exit_code: int = 0

    @property
    def message(self) -> str:
        return "\n".join(self.words).strip() or f"dbt ended with exit code {self.exit_code}"


class CommandLineEngine:
    """Asks through whichever dbt is on the PATH, version 1 or 2."""

    def __init__(
        self,
        project_dir: Path,
        dbt: str | None = None,
        profiles_dir: Path | str | None = None,
        profile: str | None = None,
        target: str | None = None,
        timeout: float = _SECONDS,
    ) -> None:
        """`timeout`: seconds for one call of dbt."""
        self.project_dir = project_dir
        self.statements = 0
        self._timeout = timeout
        self._target: Target | None = None
        options: list[str] = []
        for flag, value in (
            ("--profiles-dir", profiles_dir and str(Path(profiles_dir).resolve())),
            ("--profile", profile),
            ("--target", target),
        ):
            options += [flag, str(value)] if value else []
        self.command = DbtCommand((_program(dbt),), tuple(options))

    @property
    def target(self) -> Target:
        if self._target is None:
            self._call([])
        assert self._target is not None
        return self._target

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        waiting = list(range(len(requests)))
        while waiting:
            group = _what_fits(requests, waiting)
            answered = self._call([requests[position] for position in group])
            yield from zip(group, answered, strict=False)
            self.statements += len(answered)
            waiting = waiting[len(answered) :]

    def estimate(self, requests: Sequence[Request]) -> int | None:
        """None: dbt offers macros no dry run."""
        return None

    def host(self, project_dir: Path) -> Host:
        target = self.target
        return read_host(project_dir, self._manifest(), target)

    def built(self) -> frozenset[tuple[str, str]]:
        return built_relations(self._manifest())

    @contextmanager
    def released(self) -> Generator[None]:
        """Nothing is held between two calls."""
        yield

    def _manifest(self) -> Mapping[str, Any]:
        """The manifest that the last call wrote."""
        return read_manifest(self.project_dir / "target")

    def _call(self, requests: Sequence[Request]) -> list[Reply]:
        """Replies to the first requests: all of them, or up to the first that failed."""
        arguments = ",".join(_argument(request) for request in requests)
        call = self._run(
            "run-operation", "cartridge_probe", "--args", f'{{"requests":[{arguments}]}}'
        )
        if call.target is None:
            raise self._why(call)
        check_versions(str(call.target["cartridge"]))
        self._target = _target(call.target)
        replies = [call.replies[i] for i in range(len(requests)) if i in call.replies]
        if len(replies) < len(requests):
            if call.exit_code == 0:
                raise EngineError(f"dbt gave no answer to a request and no error: {call.message}")
            replies.append(Reply(error=first_words(call.message)))
        return replies

    def _why(self, call: _Call) -> Exception:
        """dbt could not even start our macro: is it the project, or what lies behind it?"""
        message = call.message
        if "cartridge_probe" in message and "could not find a macro" in message:
            return HostError(
                "The dbt package cartridge is not installed in this project. Run `cartridge init` "
                "and `dbt deps`."
            )
        parsed = self._run("parse")
        if parsed.exit_code:
            return HostError(f"dbt cannot read the project {self.project_dir}:\n{parsed.message}")
        return EngineError(f"dbt cannot reach the warehouse:\n{message}")

    def _run(self, *command: str) -> _Call:
        argv = [*self.command.program, *command, "-q", *self.command.options]
        argv += ["--project-dir", str(self.project_dir)]
        environment = os.environ | {"DO_NOT_TRACK": "1", "DBT_TARGET_PATH": "target"}
        call = _Call()
        try:
            process = subprocess.Popen(
                argv, cwd=self.project_dir, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                errors="replace",
            )  # fmt: skip
        except OSError as error:
            raise EngineError(f"Cannot start {argv[0]}: {error.strerror or error}.") from error
        late = threading.Event()
        timer = threading.Timer(self._timeout, lambda: (late.set(), process.kill()))
        timer.start()
        assert process.stdout is not None
        try:
            for line in process.stdout:
                _read(line, call)
            call.exit_code = process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                process.terminate()
                process.wait()
            process.stdout.close()
        if late.is_set():
            raise EngineError(f"dbt did not answer within {self._timeout:.0f} s and was stopped.")
        return call


def _program(dbt: str | None) -> str:
    beside = str(Path(sys.executable).parent)  # cartridge run by its path, not from a shell's PATH
    found = shutil.which(dbt or "dbt") or (None if dbt else shutil.which("dbt", path=beside))
    if found is None:
        raise EngineError(
            f"There is no {dbt or 'dbt on the PATH'}. Install dbt with the adapter of your "
            "warehouse, or name the program with --dbt."
        )
    return found


def _argument(request: Request) -> str:
    """JSON that is YAML too, which dbt reads: YAML knows no surrogate pairs. ASCII only."""
    text = json.dumps([request.verb, request.body], separators=(",", ":"), ensure_ascii=False)
    return "".join(c if " " <= c <= "~" else f"\\U{ord(c):08x}" for c in text)


def _what_fits(requests: Sequence[Request], waiting: Sequence[int]) -> list[int]:
    """The first of the waiting requests that fit into one argument; at least one."""
    group: list[int] = []
    size = 0
    for position in waiting:
        size += len(_argument(requests[position])) + 1
        if group and size > _ARGUMENT_BYTES:
            break
        group.append(position)
    return group


def _read(line: str, call: _Call) -> None:
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


def _target(found: Mapping[str, Any]) -> Target:
    return Target(
        adapter=str(found["adapter"]),
        database=found["database"],
        schema=str(found["schema"]),
        threads=int(found["threads"] or 1),
        dbt_version=str(found["dbt_version"]),
    )
