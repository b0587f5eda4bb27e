"""Databases with known answers, recorded once: their scans, and each answer that a probe gave.

    with recorded(folders) as databases:
        infer(databases[0].scan, databases[0].probe, Settings())

What was recorded lies in a folder of the user's cache, by the content of the tables and of the code
that reads a warehouse. Only what nobody asked before goes to one, through one dbt for all of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest import mock

import bench
from pydantic import TypeAdapter

import dbt_cartridge
from dbt_cartridge import operations
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.probe import Answer, Question
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.probe import prober
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan as read_scan
from tests.support import databases
from tests.support.warehouses import literal, quoted

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
SCHEMA = "raw"
Gold = Mapping[str, Any]
Work = Callable[["Engine"], Any]


class Asked(Frozen):
    """A question with its answer."""

    question: Question
    answer: Answer


_ASKED = TypeAdapter(list[Asked])


@dataclass
class Recorded:
    """One database. `statements` counts those that went to a warehouse in this process."""

    folder: Path
    warehouse: Warehouse
    _answers: dict[Question, Answer] = field(default_factory=dict[Question, Answer])
    _new: int = 0

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def gold(self) -> Gold:
        return json.loads((self.folder / "gold.json").read_text("utf-8"))

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        return json.loads((self.folder / "manifest.json").read_text("utf-8"))

    @property
    def group(self) -> str:
        return self.manifest.get("group", "others")

    @cached_property
    def scan(self) -> Scan:
        """Its Scan with a full profile."""
        file = self._file("scan")
        if not file.exists():
            found: Scan = self.warehouse.run(lambda engine: engine.scan(self.folder))
            _write(file, found.model_dump_json())
            return found
        return Scan.model_validate_json(file.read_text("utf-8"))

    def open(self) -> Recorded:
        """With the answers of earlier runs."""
        file = self._file("answers")
        if file.exists():
            known = _ASKED.validate_json(file.read_text("utf-8"))
            self._answers = {one.question: one.answer for one in known}
        return self

    def save(self) -> None:
        if self._new:
            known = [Asked(question=q, answer=a) for q, a in self._answers.items()]
            _write(self._file("answers"), _ASKED.dump_json(known).decode())
            self._new = 0

    def probe(self, questions: Sequence[Question]) -> list[Answer]:
        """A Probe: out of memory, and of the warehouse where it must."""
        new = [q for q in dict.fromkeys(questions) if q not in self._answers]
        if new:
            found = self.warehouse.run(lambda engine: engine.ask(self.folder, self.scan, new))
            self._answers.update(zip(new, found, strict=True))
            self._new += len(new)
        return [self._answers[question] for question in questions]

    @cached_property
    def _key(self) -> str:
        digest = hashlib.sha256(_code().encode())
        for name, file in sorted(databases.tables(self.folder).items()):
            digest.update(name.encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()[:24]

    def _file(self, what: str) -> Path:
        return CACHE / "cartridge-development" / "recorded" / f"{self.name}-{self._key}.{what}.json"


@contextmanager
def recorded(folders: Sequence[Path]) -> Iterator[list[Recorded]]:
    """The databases in these folders. What was newly asked is kept when they are let go."""
    warehouse = Warehouse()
    found = [Recorded(folder.resolve(), warehouse).open() for folder in folders]
    try:
        yield found
    finally:
        for one in found:
            one.save()
        warehouse.close()


# ---------------------------------------------------------------- the warehouse


class Engine:
    """Inside dbt: one DuckDB, which holds one database at a time."""

    def __init__(self, adapter: Any, sql: Any) -> None:
        self._adapter = adapter
        self._inner = operations.InProcess(adapter, sql)
        self._loaded: Path | None = None

    def scan(self, folder: Path) -> Scan:
        self._load(folder)
        return read_scan(self._inner, Settings(schemas=(SCHEMA,), profile="full"), Silent())

    def ask(self, folder: Path, scan: Scan, questions: Sequence[Question]) -> list[Answer]:
        self._load(folder)
        return list(prober(self._inner, scan)(questions))

    def close(self) -> None:
        self._inner.close()

    def _load(self, folder: Path) -> None:
        if self._loaded == folder:
            return
        statements = [f"drop schema if exists {SCHEMA} cascade", f"create schema {SCHEMA}"]
        statements += [
            f"create table {SCHEMA}.{quoted(name)} as select * from read_parquet({literal(file)})"
            for name, file in databases.tables(folder).items()
        ]
        for statement in statements:
            self._adapter.execute(statement)
        self._loaded = folder


class Warehouse:
    """A dbt in a thread of its own, begun when first needed; work is done there, one at a time."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[Work | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, work: Work) -> Any:
        """What `work` returns. Raises what it raises."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()
        self._orders.put(work)
        result, error = self._results.get()
        if error is not None:
            raise error
        return result

    def close(self) -> None:
        if self._thread is not None:
            self._orders.put(None)
            self._thread.join()

    def _serve(self) -> None:
        def operation(given: Any, version: Any, project_vars: Any, adapter: Any, sql: Any) -> str:
            engine = Engine(adapter, sql)
            while (work := self._orders.get()) is not None:
                try:
                    self._results.put((work(engine), None))
                except Exception as error:
                    self._results.put((None, error))
            engine.close()
            return ""

        try:
            with (
                bench.projects("duckdb") as make,
                mock.patch.object(operations, "generate", operation),
            ):
                host = make("recorded")
                host.dbt("--quiet", "run-operation", "cartridge_generate").must_succeed()
        except BaseException as error:
            self._results.put((None, error))


def _code() -> str:
    """A mark of all code that decides what a scan or an answer says."""
    home = Path(dbt_cartridge.__file__).parent
    macros = Path(bench.__file__).parents[1] / "macros"
    files = [
        *macros.rglob("*.sql"), *(home / "scan").rglob("*.py"), *(home / "engine").rglob("*.py"),
        home / "documents" / "scan.py", home / "documents" / "probe.py",
    ]  # fmt: skip
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(file)
