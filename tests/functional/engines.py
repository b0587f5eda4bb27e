"""Both engines on a host project, and the scan through each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, TypeVar

import pytest

from dbt_cartridge import operations
from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.base import Reply, Request, Target
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.engine.in_process import InProcess
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.support.host import HostProject
from tests.support.stand_in import PROGRAMS

T = TypeVar("T")

_DOORS = {
    "command_line": ("cartridge", "generate", "--schemas", "raw"),
    "in_process": ("dbt", "run-operation", "cartridge_generate", "--args", "{schemas: [raw]}"),
}


def front_doors(slow: str) -> pytest.MarkDecorator:
    """Both ways to generate, as `command`; by the one called `slow` not in every run."""
    given = [
        pytest.param(words, id=name, marks=pytest.mark.slow if name == slow else ())
        for name, words in _DOORS.items()
    ]
    return pytest.mark.parametrize("command", given)


def command_line(host: HostProject) -> CommandLineEngine:
    return CommandLineEngine(host.root, dbt=host.program("dbt"), profiles_dir=host.root)


def in_process(host: HostProject, patch: pytest.MonkeyPatch, work: Callable[[InProcess], T]) -> T:
    """What `work` gives for the engine that the macro opens, inside dbt's run-operation."""
    found: list[T] = []

    def instead(options: Any, version: Any, project_vars: Any, adapter: Any, sql: Any) -> str:
        with closing(InProcess(adapter, sql)) as engine:
            found.append(work(engine))
        return ""

    patch.setattr(operations, "generate", instead)
    host.operation("cartridge_generate").must_succeed()
    return found[0]


def scanned(host: HostProject, patch: pytest.MonkeyPatch, **options: Any) -> Scan:
    """The scan of schema `raw`, in process."""
    chosen = settings({"schemas": "raw", **options}, environment={})
    return in_process(host, patch, lambda engine: scan(engine, chosen, Silent()))


def scanned_by_command_line(host: HostProject, **options: Any) -> Scan:
    chosen = settings({"schemas": "raw", **options}, environment={})
    return scan(command_line(host), chosen, Silent())


class Remote:
    """The in-process engine of another environment, through one dbt process that stays."""

    def __init__(self, host: HostProject) -> None:
        self.project_dir = host.root
        self.statements = 0
        with (host.root / "engine.log").open("w") as log:
            self._process = subprocess.Popen(
                [host.program("python"), PROGRAMS / "engine_server.py", host.root],
                cwd=host.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        target, built = self._line()
        self.target = Target(**target)
        self._built = frozenset((schema, name) for schema, name in built)

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        assert self._process.stdin is not None
        print(
            json.dumps([[r.verb, r.body] for r in requests]), file=self._process.stdin, flush=True
        )
        self.statements += len(requests)
        for position, (rows, error) in enumerate(self._line()):
            yield position, Reply(tuple(tuple(row) for row in rows), error)

    def estimate(self, requests: Sequence[Request]) -> int | None:
        assert self._process.stdin is not None
        asked = [["estimate", [r.verb, r.body]] for r in requests]
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        (estimate,) = self._line()
        return estimate

    def built(self) -> frozenset[tuple[str, str]]:
        return self._built

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self.project_dir / "engine.log").read_text("utf-8")[-3000:]
        return json.loads(line)


def scanned_by(engine: Any, **options: Any) -> Scan:
    return scan(engine, settings({"schemas": "raw", **options}, environment={}), Silent())
