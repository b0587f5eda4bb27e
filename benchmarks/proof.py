"""What does the proof cost in one pass per model, against `dbt test` on the same copy?

    python benchmarks/proof.py DIR… [--adapter postgres]

Each DIR is one database: `tables/*.parquet` and a `manifest.json`. For each, what the rules design
is put into one copy of an empty project, with everything in it that will be refuted. dbt parses it,
which either way needs; then the first round is run twice: by `dbt test`, and as cartridge does it
(`dbt compile`, then its own statements). Both by a dbt that has started. Then the two are held
against each other, test by test: status and failures. dbt's statements alone are `dbt test` less
`dbt compile` of the same tests.

Bytes are what the statements name: each relation's bytes, as often as a statement names it (where
the catalogue tells no bytes, eight for each cell). Exit code 0 only where no verdict differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench
import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.build import Build, run_dbt
from dbt_cartridge.pipeline import generate
from dbt_cartridge.progress import Silent
from dbt_cartridge.verify import proof
from dbt_cartridge.verify.commands import commands
from dbt_cartridge.verify.host_copy import make_copy
from dbt_cartridge.verify.running import run_commands, run_tests
from dbt_cartridge.verify.workshop import SECONDS, Ran
from tests.functional.engines import in_process
from tests.support import databases, kinds
from tests.support.host import HostProject


@dataclass(frozen=True)
class Proved:
    """One database, in seconds. `parse`: what both need first. `compiled`: by dbt, all tests."""

    name: str
    models: int
    tests: int
    statements: int
    parse: float
    ours: float
    asked: float
    by_dbt: float
    compiled: float
    bytes_ours: int
    bytes_dbt: int
    differ: tuple[str, ...]


class _Recording:
    """The engine, with the SQL that it is given and the time it takes."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.sent: list[str] = []
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def ask(self, requests: Any) -> Any:
        self.sent += [request.body["sql"] for request in requests]
        began = time.monotonic()
        yield from list(self.engine.ask(requests))
        self.seconds += time.monotonic() - began


def proved(name: str, engine: Engine, project: Path) -> Proved:
    chosen = settings({"schemas": ["raw"], "verify": "none", "dry_run": True}, environment={})
    made = generate(engine, chosen, project, Silent())
    design, files, scan = made.design, made.files, made.scan
    asked = chosen.model_copy(update={"verify": "data"})
    recording: Any = _Recording(engine)
    with proof.workshop(project, scan, made.host, recording, asked, Silent()) as shop:
        make_copy(project, made.host, design, proof.in_copy(shop, design, files), shop.folder)
        with engine.released():
            run_dbt(engine.command, ("--version",), shop.folder, SECONDS)
            starts = time.monotonic()
            run_dbt(engine.command, ("parse",), shop.folder, SECONDS)
        began = time.monotonic()
        by_dbt = run_commands(shop, commands(shop, design, {}, None))
        between = time.monotonic()
        ours = run_tests(shop, design, {}, None, files)
        ended = time.monotonic()
        with engine.released():
            # By dbt as it is: a kept dbt compiles in a shorter way where `compile` comes first.
            everything = ("--no-use-colors", "compile", "--select", "resource_type:test")
            compiling = time.monotonic()
            compiled = run_dbt(engine.command, everything, shop.folder, SECONDS)
            compiled_in = time.monotonic() - compiling
    return Proved(
        name,
        models=len(design.models),
        tests=len(by_dbt.results),
        statements=len(recording.sent),
        parse=began - starts,
        ours=ended - between,
        asked=recording.seconds,
        by_dbt=between - began,
        compiled=compiled_in,
        bytes_ours=_bytes(recording.sent, scan, compiled),
        bytes_dbt=_bytes(_of_dbt(compiled), scan, compiled),
        differ=tuple(_differences(by_dbt, ours)),
    )


def _of_dbt(compiled: Build) -> list[str]:
    return [node.compiled.whole for node in compiled.tests if node.compiled]


def _bytes(statements: Iterable[str], scan: Scan, compiled: Build) -> int:
    sizes: dict[str, int] = {}
    for unique_id, sql in compiled.parsed.sources.items():
        table = unique_id.rpartition(".")[2]
        for relation in scan.relations:
            if relation.name == table or sql.endswith(f'"{relation.name}"'):
                cells = 8 * (relation.rows or 0) * len(relation.columns)
                sizes[sql] = relation.bytes or cells
    return sum(text.count(sql) * size for text in statements for sql, size in sizes.items())


def _differences(by_dbt: Ran, ours: Ran) -> Iterable[str]:
    for unique_id in sorted(by_dbt.results.keys() | ours.results.keys()):
        theirs, mine = by_dbt.results.get(unique_id), ours.results.get(unique_id)
        told = [each and (each.status, each.failures) for each in (theirs, mine)]
        if told[0] != told[1]:
            words = mine.message if mine and mine.message else theirs.message if theirs else ""
            yield f"{unique_id}: dbt {told[0]}, in one pass {told[1]} {words[:200]}"


def measure(folder: Path, host: HostProject) -> Proved:
    databases.load(folder, host.warehouse)

    def work(engine: Any) -> Proved:
        with closing(engine):
            return proved(folder.name, engine, host.root)

    with pytest.MonkeyPatch.context() as patch:
        return in_process(host, patch, work)


def report(found: list[Proved]) -> int:
    header = ["database", "models", "tests", "statements", "parse s", "dbt test s", "of it compile",
              "one pass s", "of it SQL", "faster", "fewer bytes", "differ"]  # fmt: skip
    rows = [
        [p.name, p.models, p.tests, p.statements, f"{p.parse:.1f}", f"{p.by_dbt:.1f}",
         f"{p.compiled:.1f}", f"{p.ours:.1f}", f"{p.asked:.1f}", f"{p.by_dbt / p.ours:.1f}",
         f"{p.bytes_dbt / max(1, p.bytes_ours):.1f}", len(p.differ)]
        for p in found
    ]  # fmt: skip
    print(bench.table(header, rows))
    for each in found:
        for line in each.differ:
            print(f"{each.name}: {line}")
    differ = sum(len(each.differ) for each in found)
    parse, by_dbt, ours = (
        sum(getattr(p, name) for p in found) for name in ("parse", "by_dbt", "ours")
    )
    alone = sum(p.by_dbt - p.compiled for p in found) / max(0.001, sum(p.asked for p in found))
    fewer = sum(p.bytes_dbt for p in found) / max(1, sum(p.bytes_ours for p in found))
    print(
        f"proof: {sum(p.statements for p in found):,} statements for "
        f"{sum(p.models for p in found):,} models and {sum(p.tests for p in found):,} tests, "
        f"{by_dbt / max(0.001, ours):.1f} times faster ({(parse + by_dbt) / (parse + ours):.1f} "
        f"with dbt's parse, {alone:.1f} the statements alone), {fewer:.1f} times fewer bytes, "
        f"{differ} verdicts differ"
    )
    return 1 if differ else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--adapter", choices=("duckdb", "postgres"), default="duckdb")
    chosen = parser.parse_args()
    found: list[Proved] = []
    with bench.projects(chosen.adapter) as make:
        assert chosen.adapter in kinds.KINDS
        for folder in chosen.folders:
            print(f"{folder.name} …", file=sys.stderr, flush=True)
            found.append(measure(folder, make(folder.name)))
    return report(found)


if __name__ == "__main__":
    sys.exit(main())
