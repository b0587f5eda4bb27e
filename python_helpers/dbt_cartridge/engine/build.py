"""Runs the host's own dbt on a project folder, and reads what it left there.

The only place that starts dbt for verification. Results come from dbt's artifacts
(`run_results.json`, `manifest.json`); its log lines serve the progress display and, where dbt
stopped before it ran anything, the error message.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from dbt_cartridge.engine.base import DbtCommand, KeptRunner, plain
from dbt_cartridge.engine.nodes import Parsed, TestNode, parsed
from dbt_cartridge.engine.stopwatch import stopwatch
from dbt_cartridge.errors import EngineError

_LOG = logging.getLogger(__name__)
_GRACE_SECONDS = 10.0  # for dbt to cancel its queries after an interrupt

# Read by dbt v1 and v2 alike, and ignored where unknown, which a flag would not be.
_ENVIRONMENT = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "DBT_VERSION_CHECK": "false",
    "DBT_POPULATE_CACHE": "false",  # else dbt lists every schema of the project first
    "DBT_STORE_FAILURES": "false",
    "DBT_FAIL_FAST": "false",
    "DBT_DEFER": "false",
    "DBT_WRITE_JSON": "true",
    "DBT_PARTIAL_PARSE": "true",
    "DBT_LOG_FORMAT": "json",
    "DBT_LOG_LEVEL": "info",
    "DBT_LOG_LEVEL_FILE": "error",
    "DBT_USE_COLORS": "false",
    "DBT_QUIET": "false",
    "DBT_TARGET_PATH": "target",
    "DBT_LOG_PATH": "logs",
}
# Between commands it would keep its log open, in a folder that is to be removed.
_KEPT_ENVIRONMENT = {"DBT_LOG_LEVEL_FILE": "none"}
_QUERY_LOG = "query_log.sql"  # dbt v2's
_QUERY_ERROR = re.compile(
    r"^-- outcome: error\n(?:-- error vendor code: [^\n]*\n)?-- error message: (.*?)"
    r"^-- dialect: [^\n]*\n-- node_id: (\S+)$",
    re.DOTALL | re.MULTILINE,
)
_NOT_INHERITED = {
    "DBT_DEFER_STATE",
    "DBT_EMPTY",
    "DBT_PACKAGES_INSTALL_PATH",
    "DBT_PROJECT_DIR",
    "DBT_SAMPLE",
    "DBT_STATE",
    "DBT_WARN_ERROR",
    "DBT_WARN_ERROR_OPTIONS",
}


@dataclass(frozen=True)
class NodeResult:
    """One line of `run_results.json`. `failures` is 0 where dbt gives none."""

    unique_id: str
    status: str  # pass, warn, fail, error, skipped; unproved where nothing can be said
    failures: int = 0
    message: str = ""


@dataclass(frozen=True)
class Build:
    """What a dbt command did. `ran` is False where dbt stopped before it ran a node."""

    exit_code: int
    ran: bool
    results: Mapping[str, NodeResult]
    parsed: Parsed = field(default_factory=Parsed)
    errors: tuple[str, ...] = ()  # dbt's own words, where it stopped

    @property
    def error(self) -> str:
        return "\n".join(self.errors) or f"dbt ended with exit code {self.exit_code}"

    @property
    def tests(self) -> tuple[TestNode, ...]:
        return self.parsed.tests


def run_dbt(
    dbt: DbtCommand,
    command: Sequence[str],
    project: Path,
    timeout: float,
    on_test: Callable[[str], None] = lambda name: None,
) -> Build:
    """Run `dbt <command>` in `project` and read its artifacts.

    Args:
        command: the sub-command and its own options, such as `("test", "--select", "x")`.
        timeout: seconds after which dbt is interrupted.
        on_test: called with the name of each test as its result comes in.

    Raises:
        EngineError: dbt cannot be started, or took longer than `timeout`.
    """
    target = project / "target"
    for left in ("target/run_results.json", "target/manifest.json", f"logs/{_QUERY_LOG}"):
        (project / left).unlink(missing_ok=True)
    name = command[0]
    arguments, environment = _said(dbt, command, project)
    lines: list[str] = []

    def heard(line: str) -> None:
        lines.append(line)
        if tested := _tested(line):
            on_test(tested)

    began = time.monotonic()
    exit_code: int | None = None
    if dbt.kept is not None:
        told = {**environment, **_KEPT_ENVIRONMENT}
        exit_code = dbt.kept.run_in(project, arguments, told, heard, timeout)
    took = time.monotonic() - began
    if exit_code is None and took < timeout:
        lines.clear()
        exit_code = _run([*dbt.program, *arguments], project, environment, heard, timeout - took)
        took = time.monotonic() - began
    if exit_code is None:
        raise EngineError(
            f"dbt {name} took longer than {timeout:.0f} s and was stopped. Nothing was written. "
            "Raise `verify_max_seconds`, set `verify: sql`, or lower `verify_max_rows`."
        )
    _LOG.debug("dbt %s in %s: %d after %.1f s", " ".join(command), project, exit_code, took)
    artifact = _artifact(target / "run_results.json")
    results = {r.unique_id: r for r in _results(artifact or {}, project / "logs")}
    ran = artifact is not None and not _v2_stopped(results)
    return Build(
        exit_code=exit_code,
        ran=ran,
        results=results if ran else {},
        parsed=parsed(_artifact(target / "manifest.json") or {}),
        errors=() if ran and exit_code < 2 else _errors(lines),
    )


def parse_ahead(dbt: DbtCommand, kept: KeptRunner, project: Path) -> None:
    """Have dbt parse `project` while something else is done. What it has read stands in the target
    folder then, and a later command reads only what is new."""
    arguments, environment = _said(dbt, ("parse",), project)
    kept.ahead(project, arguments, {**environment, **_KEPT_ENVIRONMENT})


def _said(
    dbt: DbtCommand, command: Sequence[str], project: Path
) -> tuple[list[str], dict[str, str]]:
    """The arguments and the environment of a command."""
    arguments = [*command, *dbt.options, "--project-dir", str(project)]
    inherited = {k: v for k, v in os.environ.items() if k not in _NOT_INHERITED}
    return arguments, {**inherited, **_ENVIRONMENT, **dbt.environment}


def _run(
    argv: Sequence[str],
    project: Path,
    environment: Mapping[str, str],
    heard: Callable[[str], None],
    timeout: float,
) -> int | None:
    """The exit code of a dbt of its own; None where it was stopped after `timeout`."""
    with (
        _started(argv, project, environment) as process,
        stopwatch(timeout, lambda: _stop(process)) as late,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            heard(line)
        exit_code = process.wait()
    return None if late.is_set() else exit_code


@contextmanager
def _started(
    argv: Sequence[str], project: Path, environment: Mapping[str, str]
) -> Generator[subprocess.Popen[str]]:
    """The running dbt. However the block is left, Ctrl-C included, dbt has ended after it."""
    try:
        process = subprocess.Popen(
            argv, cwd=project, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise EngineError(
            f"dbt cannot be started as `{argv[0]}`: {error.strerror or error}. "
            "Install dbt beside cartridge, or name it with --dbt PATH."
        ) from error
    try:
        yield process
    finally:
        _stop(process)
        if process.stdout is not None:
            process.stdout.close()


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    # An interrupt first: dbt then cancels its queries in the warehouse.
    _signal(process, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_SECONDS)
        return
    _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()


def _signal(process: subprocess.Popen[str], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()


# ---------------------------------------------------------------- what dbt leaves behind


def _artifact(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _results(artifact: Mapping[str, Any], logs: Path) -> Iterator[NodeResult]:
    metadata: Mapping[str, Any] = artifact.get("metadata") or {}
    is_v2 = str(metadata.get("dbt_version")).startswith("2.")
    words = _v2_errors(logs / _QUERY_LOG) if is_v2 else {}
    for result in artifact.get("results") or ():
        read = NodeResult(
            unique_id=str(result.get("unique_id")),
            status=str(result.get("status")).casefold(),
            failures=int(result.get("failures") or 0),
            message=str(result.get("message") or ""),
        )
        yield _v2_result(read, words) if is_v2 else read


def _v2_stopped(results: Mapping[str, NodeResult]) -> bool:
    """Whether dbt stopped at a model that does not compile. v2 leaves results even then."""
    return any(r.message == "Compilation Error" for r in results.values())


def _v2_result(result: NodeResult, words: Mapping[str, str]) -> NodeResult:
    """dbt v2 calls a statement that failed a warning, or a failure, of its test."""
    statement_failed = result.message == "Error" or (result.status, result.failures) == ("warn", 0)
    if not statement_failed and result.unique_id not in words:
        return result
    why = words.get(result.unique_id) or "its SQL fails; dbt v2 does not say why"
    return NodeResult(result.unique_id, "error", 0, why)


def _v2_errors(path: Path) -> dict[str, str]:
    """Node → the warehouse's words on its statement, of dbt v2's log of statements.

    A statement stands there below a head of comments: its outcome, error and node among them.
    """
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return {}
    found = (match.groups() for match in _QUERY_ERROR.finditer(text))
    return {node: plain(words.strip()) for words, node in found}


# ---------------------------------------------------------------- what dbt says


def _event(line: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """(info, data) of a line of dbt's JSON log."""
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
        return event["info"], event.get("data") or {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _tested(line: str) -> str | None:
    if '"LogTestResult"' not in line or (event := _event(line)) is None:
        return None
    return str(event[1].get("name") or "")


def _errors(lines: Sequence[str]) -> tuple[str, ...]:
    """The errors of dbt's log; where it has none, the last lines of its output."""
    events = [event for line in lines if (event := _event(line)) is not None]
    errors = [plain(str(data.get("exc") or info.get("msg") or "")) for info, data in events
              if info.get("level") == "error"]  # fmt: skip
    if errors:
        return tuple(dict.fromkeys(error.strip() for error in errors if error.strip()))
    others = [line.strip() for line in lines if line.strip() and _event(line) is None]
    return tuple(others[-5:])
