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
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.written import WrittenJoin
from dbt_cartridge.engine.base import DbtCommand, Reply, Request, Target, first_words
from dbt_cartridge.engine.calls import Call, Caller
from dbt_cartridge.engine.cures import cure
from dbt_cartridge.engine.host import built_relations, read_host, read_manifest
from dbt_cartridge.engine.written import model_joins
from dbt_cartridge.errors import EngineError, HostError
from dbt_cartridge.version import check_versions

_ARGUMENT_BYTES = 96_000  # Linux takes 128 KiB for one argument
_LONGEST_ARGUMENT = 128_000
_TOO_LONG = "the statement is too long for a command line, and this dbt takes it in no other way"
_SECONDS = 3_600.0
_LOCKED = frozenset({"duckdb"})  # its file is open in one process alone
_FOR_ONE_MORE = 8  # statements that are worth another running dbt v1
# Partial parsing in dbt v2 (2.0.0-alpha.4) forgets `--empty`, and rows would be read.
V2_ENVIRONMENT = {"DBT_PARTIAL_PARSE": "false"}
_NO_MACRO = re.compile(
    r"could not find a macro with the name .?cartridge_probe"  # dbt v1
    r"|Template not found for macro .?cartridge_probe"  # dbt v2
)


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
        statement_seconds: int | None = None,
    ) -> None:
        """`timeout`: seconds for one call of dbt; `statement_seconds`: for one statement, where the
        warehouse can be told."""
        self.project_dir = project_dir
        self.statements = 0
        self._timeout = timeout
        self._limit = f',"seconds":{statement_seconds}' if statement_seconds else ""
        self._profiles_dir = Path(profiles_dir) if profiles_dir else None
        self._target: Target | None = None
        options: list[str] = []
        for flag, value in (
            ("--profiles-dir", profiles_dir and str(Path(profiles_dir).resolve())),
            ("--profile", profile),
            ("--target", target),
        ):
            options += [flag, str(value)] if value else []
        self._options = tuple(options)
        self._caller = Caller(_program(dbt), options, project_dir, timeout)

    @property
    def command(self) -> DbtCommand:
        environment = V2_ENVIRONMENT if self._is_v2 else {}
        kept = self._caller if self._caller.is_kept else None
        return DbtCommand((self._caller.program,), self._options, environment, kept)

    @property
    def target(self) -> Target:
        if self._target is None:
            self._call([])
        assert self._target is not None
        return self._target

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        """Several calls side by side, as many as the target has threads."""
        waiting = list(range(len(requests)))
        if not self._caller.is_kept:
            long = {p for p in waiting if len(_argument(requests[p])) > _LONGEST_ARGUMENT}
            yield from ((position, Reply(error=_TOO_LONG)) for position in sorted(long))
            waiting = [position for position in waiting if position not in long]
        while waiting:
            groups = _groups(requests, waiting, self._calls_at_once(len(waiting)))
            with ThreadPoolExecutor(len(groups)) as pool:
                asked = [[requests[position] for position in group] for group in groups]
                left: list[int] = []
                try:
                    for group, replies in zip(groups, pool.map(self._call, asked), strict=True):
                        self.statements += len(replies)
                        yield from zip(group, replies, strict=False)
                        left += group[len(replies) :]
                except (KeyboardInterrupt, GeneratorExit):
                    self._caller.abandon()  # else the pool would wait for what still runs
                    raise
            waiting = left + waiting[sum(map(len, groups)) :]

    def estimate(self, requests: Sequence[Request]) -> int | None:
        """None: dbt offers macros no dry run."""
        return None

    def host(self, project_dir: Path) -> Host:
        target = self.target
        return read_host(project_dir, self._manifest(), target)

    def joins(self, host: Host) -> tuple[WrittenJoin, ...]:
        return model_joins(self._manifest(), host)

    def built(self) -> frozenset[tuple[str, str]]:
        return built_relations(self._manifest())

    def operate(self, macro: str, arguments: Mapping[str, Any]) -> int:
        """Run a macro for what it prints, which goes to our own standard output; its exit code."""
        self._caller.stop()  # it would keep DuckDB's file
        argv = [*self.command.program, "run-operation", macro, "--args", json.dumps(arguments)]
        argv += ["-q", *self.command.options, "--project-dir", str(self.project_dir)]
        environment = os.environ | {"DO_NOT_TRACK": "1", "DBT_TARGET_PATH": "target"}
        try:
            done = subprocess.run(
                argv, cwd=self.project_dir, env=environment, stdin=subprocess.DEVNULL,
                timeout=self._timeout, check=False,
            )  # fmt: skip
        except OSError as error:
            raise EngineError(f"Cannot start {argv[0]}: {error.strerror or error}.") from error
        return done.returncode

    @contextmanager
    def released(self) -> Generator[None]:
        self._caller.let_go()
        yield

    def _manifest(self) -> Mapping[str, Any]:
        """The manifest that the last call wrote."""
        return read_manifest(self.project_dir / "target")

    @property
    def _is_v2(self) -> bool:
        return self._target is not None and self._target.dbt_version.startswith("2.")

    def _calls_at_once(self, count: int) -> int:
        """One more dbt v1 costs seconds and memory: not for a few statements."""
        if self.target.adapter in _LOCKED:
            return 1
        each = _FOR_ONE_MORE if self._caller.is_kept else 1
        return max(1, min(self.target.threads, count // each))

    def _call(self, requests: Sequence[Request]) -> list[Reply]:
        """Replies to the first requests: all of them, or up to the first that failed."""
        arguments = ",".join(_argument(request) for request in requests)
        call = self._caller.run(
            "run-operation",
            "cartridge_probe",
            "--args",
            f'{{"requests":[{arguments}]{self._limit}}}',
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

    def _why(self, call: Call) -> Exception:
        """dbt could not even start our macro: is it the project, or what lies behind it?"""
        message = call.message
        if _NO_MACRO.search(message):
            words = "The dbt package cartridge is not installed in this project."
            return HostError(words, cure(words, self.project_dir))
        parsed = self._caller.run("parse")
        if parsed.exit_code:
            words = f"dbt cannot read the project {self.project_dir}:\n{parsed.message}"
            return HostError(words, cure(words, self.project_dir, self._profiles_dir))
        to_do = cure(message, self.project_dir, self._profiles_dir)
        return EngineError(f"dbt cannot reach the warehouse:\n{message}", to_do)


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


def _groups(requests: Sequence[Request], waiting: Sequence[int], most: int) -> list[list[int]]:
    """What the next calls are about: the waiting requests in their order, as many as fit."""
    share = -(-len(waiting) // most)
    groups: list[list[int]] = []
    while waiting and len(groups) < most:
        groups.append(_what_fits(requests, waiting[:share]))
        waiting = waiting[len(groups[-1]) :]
    return groups


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


def _target(found: Mapping[str, Any]) -> Target:
    return Target(
        adapter=str(found["adapter"]),
        database=found["database"],
        schema=str(found["schema"]),
        threads=int(found["threads"] or 1),
        dbt_version=str(found["dbt_version"]),
    )
