"""What does `cartridge_generate` cost beyond what cannot be saved?

    python benchmarks/overhead.py [--sizes 24,100,1000,5000] [--runs 3]

The floor, in the same run: `dbt parse` of the same project, plus the same catalogue and profile SQL
sent directly. The SQL is what a `cartridge_scan` of the same tables really sent, taken from dbt's
own log and replayed on one bare connection. Verification is off on both sides.

Targets are of wall time. On a machine that does other work too, look at processor seconds: they
are told beside it, for the same commands and the same replay.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import bench
from wide import make_tables

from tests.support.host import ENVIRONMENT, HostProject, program
from tests.support.warehouses import DuckDB

IMPORT_LIMIT_MS = 20.0
FACTORS = {24: 1.5, 1000: 2.0}
OWN_SECONDS, OWN_MEGABYTES, OWN_TABLES = 10.0, 500.0, 1000
EXPONENT = 1.1
# dbt's own imports are most of what a command costs: `import dbt_cartridge` comes on top of them.
IMPORT = (
    "import dbt.cli.main, time; t = time.perf_counter(); import dbt_cartridge; "
    "print((time.perf_counter() - t) * 1000)"
)


REPLAY = """
import json, resource, sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("set enable_progress_bar = false")  # it would go to standard output
statements = json.loads(open(sys.argv[2], encoding="utf-8").read())
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, began, busy = peak(), time.monotonic(), time.process_time()
for statement in statements:
    connection.execute(statement).fetchall()
print(json.dumps([time.monotonic() - began, time.process_time() - busy, peak() - before]))
"""


@dataclass(frozen=True)
class Replay:
    """What the same SQL costs, sent directly: by the clock, on the processor, in memory."""

    seconds: float
    processor: float
    megabytes: float


@dataclass(frozen=True)
class Size:
    """`generate`, `parse` and `sql` in seconds, `busy` and `busy_floor` in processor seconds;
    `peak` and `floor_peak` in megabytes."""

    tables: int
    generate: float
    parse: float
    sql: float
    busy: float
    busy_floor: float
    statements: int
    peak: float
    floor_peak: float

    @property
    def floor(self) -> float:
        return self.parse + self.sql

    @property
    def factor(self) -> float:
        return self.generate / self.floor

    @property
    def busy_factor(self) -> float:
        return self.busy / self.busy_floor

    @property
    def own(self) -> float:
        return max(0.0, self.generate - self.floor)


def measure(host: HostProject, tables: int, runs: int) -> Size:
    assert isinstance(host.warehouse, DuckDB)
    make_tables(host.warehouse, tables)
    _forget(host)
    sent = list(_sent(host))
    generated: list[bench.Timed] = []
    parsed: list[bench.Timed] = []
    sql: list[Replay] = []
    for _ in range(runs):
        _forget(host)
        parsed.append(bench.timed(host, [program("dbt"), "parse", "--no-partial-parse"]))
        sql.append(_replayed(host.warehouse.path, sent))
        _forget(host)
        generated.append(bench.generate(host, verify="none"))
        if generated[-1].code:
            raise SystemExit(f"{tables} tables: {bench.last_words(generated[-1].output)}")
    return Size(
        tables,
        generate=min(run.seconds for run in generated),
        parse=min(run.seconds for run in parsed),
        sql=min(one.seconds for one in sql),
        busy=min(run.processor for run in generated),
        busy_floor=min(run.processor for run in parsed) + min(one.processor for one in sql),
        statements=len(sent),
        peak=max(run.megabytes for run in generated),
        floor_peak=max(run.megabytes for run in parsed) + max(one.megabytes for one in sql),
    )


def _sent(host: HostProject) -> Iterator[str]:
    """The statements of a `cartridge_scan`, from dbt's log."""
    arguments = json.dumps({"schemas": ["raw"]})
    scanned = bench.timed(
        host,
        [program("dbt"), "--log-format-file", "json", "--log-level-file", "debug",
         "--log-file-max-bytes", "0", "--quiet",
         "run-operation", "cartridge_scan", "--args", arguments],
    )  # fmt: skip
    if scanned.code:
        raise SystemExit(f"cartridge_scan: {bench.last_words(scanned.output)}")
    for line in (host.root / "logs" / "dbt.log").read_text("utf-8").splitlines():
        event = json.loads(line)
        if event["info"]["name"] == "SQLQuery":
            yield event["data"]["sql"]


def _replayed(path: Path, statements: Sequence[str]) -> Replay:
    """In a process of its own, which tells what the statements alone cost."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(statements, file)
        file.flush()
        command = [sys.executable, "-c", REPLAY, str(path), file.name]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Replay(*json.loads(said.splitlines()[-1]))


def _forget(host: HostProject) -> None:
    """The project as it was before cartridge: what an earlier run made must not help."""
    for name in ("models", "macros", "snapshots", "tests", "target", "logs", ".cartridge"):
        shutil.rmtree(host.root / name, ignore_errors=True)
    (host.root / "models").mkdir()


def import_milliseconds(runs: int = 9) -> float:
    """What the plugin adds to any other dbt command: the median of fresh processes."""
    command = [sys.executable, "-c", IMPORT]
    environment = {**os.environ, **ENVIRONMENT}
    took = [
        float(
            subprocess.run(
                command, env=environment, capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(runs)
    ]
    return statistics.median(took)


def exponent(
    sizes: Sequence[Size], cost: Callable[[Size], float] = lambda size: size.generate
) -> float | None:
    """The slope of log time over log tables, by least squares, from 100 tables on."""
    points = [(math.log(s.tables), math.log(cost(s))) for s in sizes if s.tables >= 100]
    if len(points) < 2:
        return None
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def report(sizes: Sequence[Size], imported: float) -> int:
    header = ["tables", "generate s", "floor s", "parse s", "SQL s", "statements", "factor",
              "own s", "CPU s", "CPU floor s", "CPU factor", "peak MB", "floor MB"]  # fmt: skip
    print(
        bench.table(
            header,
            [
                [s.tables, f"{s.generate:.1f}", f"{s.floor:.1f}", f"{s.parse:.1f}", f"{s.sql:.1f}",
                 s.statements, f"{s.factor:.2f}", f"{s.own:.1f}", f"{s.busy:.1f}",
                 f"{s.busy_floor:.1f}", f"{s.busy_factor:.2f}", f"{s.peak:.0f}",
                 f"{s.floor_peak:.0f}"]
                for s in sizes
            ],
        )
    )  # fmt: skip
    misses: list[str] = []
    for size in sizes:
        limit = FACTORS.get(size.tables)
        if limit and size.factor > limit:
            misses.append(f"{size.tables} tables: factor {size.factor:.2f}, at most {limit}")
        if size.tables == OWN_TABLES and size.own > OWN_SECONDS:
            misses.append(f"own time {size.own:.1f} s, at most {OWN_SECONDS:.0f}")
        if size.tables == OWN_TABLES and size.peak - size.floor_peak > OWN_MEGABYTES:
            misses.append(f"own memory {size.peak - size.floor_peak:.0f} MB, at most 500")
    grown = exponent(sizes)
    if grown is not None:
        busy = exponent(sizes, lambda size: size.busy)
        print(f"time grows as tables^{grown:.2f}, processor time as tables^{busy:.2f}")
        if grown > EXPONENT:
            misses.append(f"time grows as tables^{grown:.2f}, at most {EXPONENT}")
    print(f"importing the plugin costs another dbt command {imported:.1f} ms")
    if imported > IMPORT_LIMIT_MS:
        misses.append(f"import {imported:.1f} ms, at most {IMPORT_LIMIT_MS:.0f}")
    for miss in misses:
        print(f"missed: {miss}")
    print(f"overhead: {len(misses)} targets missed")
    return 1 if misses else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="24,100,1000,5000")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the best one counts")
    chosen = parser.parse_args()
    sizes: list[Size] = []
    with bench.projects("duckdb") as make:
        for tables in (int(word) for word in chosen.sizes.split(",")):
            print(f"{tables} tables …", file=sys.stderr, flush=True)
            sizes.append(measure(make(f"tables_{tables}"), tables, chosen.runs))
    return report(sizes, import_milliseconds())


if __name__ == "__main__":
    sys.exit(main())
