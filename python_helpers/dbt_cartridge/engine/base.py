"""What every engine offers. Only this room knows which dbt is behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.written import WrittenJoin

Row = tuple["str | None", ...]


@dataclass(frozen=True)
class Request:
    """One statement: a verb of `macros/_cartridge_sql.sql` and what it is about."""

    verb: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """Rows of text as the verb describes them, or the warehouse's words on why there are none."""

    rows: tuple[Row, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class Target:
    """Where dbt's target points."""

    adapter: str
    database: str | None
    schema: str
    threads: int
    dbt_version: str


class KeptRunner(Protocol):
    """A dbt that has started already."""

    @property
    def runs_ahead(self) -> bool:
        """Whether it has nothing to do before what is generated is proved."""
        ...

    def run_in(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        seconds: float,
    ) -> int | None:
        """The exit code of a dbt command in the project `folder`, with nothing but `environment`;
        None where it did not come to an end. Afterwards it has let go of the warehouse."""
        ...

    def ahead(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Have it run a command that nobody waits for: the next command does, and `settle`."""
        ...

    def settle(self) -> None:
        """Wait for what runs ahead. Where that went wrong, the next command tells of it."""
        ...

    def stop(self) -> None:
        """End it, and what it runs."""
        ...


@dataclass(frozen=True)
class DbtCommand:
    """How to run the same dbt on the same profile in a subprocess.

    `kept`: one that runs already, where there is one.
    """

    program: tuple[str, ...]
    options: tuple[str, ...] = ()  # --profiles-dir, --profile, --target
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    kept: KeptRunner | None = field(default=None, compare=False)


class Engine(Protocol):
    @property
    def project_dir(self) -> Path:
        """The root of the host project."""
        ...

    @property
    def target(self) -> Target: ...

    @property
    def command(self) -> DbtCommand: ...

    @property
    def statements(self) -> int:
        """How many statements were sent so far."""
        ...

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        """Answer the requests, in any order, each with its position. One's failure is its own.

        Raises:
            EngineError: nothing can be asked at all.
            HostError: dbt cannot read the host project.
        """
        ...

    def estimate(self, requests: Sequence[Request]) -> int | None:
        """The bytes that the statements would read, by a dry run; None where none can be had."""
        ...

    def host(self, project_dir: Path) -> Host:
        """The host project as dbt sees it.

        Raises:
            HostError: dbt cannot read the host project.
        """
        ...

    def joins(self, host: Host) -> tuple[WrittenJoin, ...]:
        """What the host's models join that are not generated, of columns of its sources.

        Args:
            host: as it was read, with `generated` set.
        """
        ...

    def built(self) -> frozenset[tuple[str, str]]:
        """Schema and name, in lower case, of what the host's models and snapshots build."""
        ...

    def released(self) -> AbstractContextManager[None]:
        """Let go of the warehouse, so that a subprocess may open it (DuckDB locks its file)."""
        ...


def in_order(replies: Iterator[tuple[int, Reply]], count: int) -> list[Reply]:
    """The replies in the order of their requests."""
    found: list[Reply] = [Reply(error="not answered")] * count
    for position, reply in replies:
        found[position] = reply
    return found


# dbt v2: a rule with a heading in it, what kind of error it is, a backtrace of its own code, and
# the layers of the driver that an error came through.
_V2_LEFT_OUT = re.compile(r"=+ .* =+$|\[warning\]|\s+\d+: \S+$|\s+at \./\S+:\d+:\d+$")
_V2_KIND = re.compile(r"^\[error\]\s*(?:\[[^\]]*\(dbt\d+\)\]:\s*)?")
_V2_DRIVER = re.compile(
    r"^(?:(?:Internal|InvalidArguments|C Data interface error|Failed to \w+ query): |\[libpq\] "
    r"|Execution error \[\w+\]: |ERROR: +)+"
)


# Python's traceback of an error that dbt v1 has told already, to the error's name again.
_TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n?|\s*\n)*.*", re.MULTILINE
)


def plain(message: str) -> str:
    """dbt's message without what dbt puts around it: headings, warnings, codes, backtraces."""
    told = _TRACEBACK.sub("", message).strip()
    lines = (one for one in (told or message).splitlines() if not _V2_LEFT_OUT.match(one))
    return "\n".join(_V2_DRIVER.sub("", _V2_KIND.sub("", line)) for line in lines)


_HEADINGS = ("Runtime Error", "Database Error", "Compilation Error")
_EXCERPTS = ("LINE ", "^", "> in macro", "> called by", "compiled code at")
_LONGEST = 300


def first_words(message: str) -> str:
    """dbt's message in one line: without its headings, and without the SQL excerpt below it."""
    kept: list[str] = []
    for line in (line.strip() for line in plain(message).splitlines()):
        if line.startswith(_EXCERPTS):
            break
        if line.startswith("Encountered an error"):
            kept = []  # what dbt said before is not the reason
        elif line and not line.startswith(_HEADINGS):
            kept.append(line)
    text = " ".join(kept)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + " …"
