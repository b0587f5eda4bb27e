"""Does what cartridge generates build clean the first time, on databases nobody tuned it to?

    python benchmarks/first_run.py DIR… [--adapter postgres] [--engine command_line|v2]

Each DIR is one database: `tables/*.parquet` and a `manifest.json`. For each, a fresh project is
made, generated with default options, rid of the cartridge package, and built by `dbt build`.
Exit code 0 only where every database built clean: models were made, nothing failed, nothing broke.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import bench

from tests.support import databases, kinds
from tests.support.host import HostProject


@dataclass(frozen=True)
class FirstRun:
    database: str
    tables: int = 0
    models: int = 0
    tests: int = 0
    passed: int = 0
    failed: int = 0
    warned: int = 0
    seconds: float = 0.0
    trouble: str = ""

    @property
    def clean(self) -> bool:
        return self.models > 0 and self.failed == 0 and not self.trouble


def first_run(folder: Path, host: HostProject, engine: bench.Engine) -> FirstRun:
    tables = len(databases.load(folder, host.warehouse))
    began = time.monotonic()
    generated = bench.generate(host, engine)
    if generated.code:
        return FirstRun(
            folder.name, tables, seconds=time.monotonic() - began,
            trouble=f"generate: {bench.last_words(generated.output)}",
        )  # fmt: skip
    bench.without_cartridge(host)
    built = bench.timed(host, [bench.dbt(engine, host), "build"])
    nodes = bench.results(host)
    tests = [node for node in nodes if node.is_test]
    broken = [node for node in nodes if node.status in bench.BAD]
    trouble = f"{broken[0].name}: {bench.last_words(broken[0].message)}" if broken else ""
    if built.code and not broken:
        trouble = f"build: {bench.last_words(built.output)}"
    return FirstRun(
        folder.name,
        tables,
        models=sum(node.unique_id.startswith("model.") for node in nodes),
        tests=len(tests),
        passed=sum(node.status == "pass" for node in tests),
        failed=sum(node.status in bench.BAD for node in tests),
        warned=sum(node.status == "warn" for node in tests),
        seconds=time.monotonic() - began,
        trouble=trouble,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--adapter", choices=sorted(kinds.KINDS), default="duckdb")
    parser.add_argument("--engine", choices=get_args(bench.Engine), default="in_process")
    parser.add_argument("--jobs", type=int, default=1, help="databases at a time")
    parser.add_argument("--keep", type=Path, help="make the projects here, and leave them")
    chosen = parser.parse_args()
    folders = bench.database_folders(chosen.folders)
    with bench.projects(chosen.adapter, chosen.keep) as make:

        def run(folder: Path) -> FirstRun:
            try:
                done = first_run(folder, make(folder.name), chosen.engine)
            except Exception as error:
                # One database that cannot be loaded must not hide the others.
                done = FirstRun(folder.name, trouble=f"{type(error).__name__}: {error}".strip())
            verdict = "clean" if done.clean else done.trouble or "not clean"
            print(f"{done.database}: {done.seconds:.0f} s, {verdict}", file=sys.stderr, flush=True)
            return done

        with ThreadPoolExecutor(chosen.jobs) as pool:
            rows = list(pool.map(run, folders))
    return report(rows)


def report(rows: list[FirstRun]) -> int:
    header = ["database", "tables", "models", "tests", "passed", "failed", "warned", "seconds"]
    print(
        bench.table(
            header,
            [
                [r.database, r.tables, r.models, r.tests, r.passed, r.failed, r.warned,
                 f"{r.seconds:.1f}"]
                for r in rows
            ],
        )
    )  # fmt: skip
    for row in rows:
        if row.trouble:
            print(f"{row.database}: {row.trouble}")
    clean = sum(row.clean for row in rows)
    print(
        f"first-run: {clean}/{len(rows)} databases built clean, "
        f"{sum(row.tests for row in rows)} tests, {sum(row.failed for row in rows)} failed"
    )
    return 0 if rows and clean == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
