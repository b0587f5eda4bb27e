"""Is one shop understood alike at every size, and what does its profile cost as it grows?

    python benchmarks/large.py                10⁴, 10⁶, 10⁷ rows on DuckDB, to 10⁶ on PostgreSQL
    python benchmarks/large.py --largest      10⁸ on DuckDB as well
    python benchmarks/large.py --full         a whole default run at 10⁷ rows, in seconds

The shop has five tables; the rows of its order lines are counted. It is made in SQL, the same at
every size but for the number of rows: keys without a declaration, references with a few orphans,
a domain, codes and dates in text, a guest without an account. Keys, references, roles, staged types
and tests are compared with those of the smallest size, and what differs is named. Growth is that of
processor seconds, the server's too, of profile and questions together: what else runs on the
machine does not count.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import bench

from dbt_cartridge import operations
from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.engine.probe import prober
from dbt_cartridge.infer import infer
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan as read_scan
from tests.support.warehouses import Postgres

SIZES = {"duckdb": (10**4, 10**6, 10**7), "postgres": (10**4, 10**5, 10**6)}
LARGEST = 10**8
MOST_EXPONENT = 1.1
# `r(i, salt, n)`: a whole number from 0 to n - 1, the same on each run.
MIXED = {
    "duckdb": "cast(hash({i} * 7919 + {salt}) % {n} as bigint)",
    "postgres": "(abs(hashint8(({i}::bigint * 7919 + {salt}))::bigint) % {n})",
}
SERIES = {"duckdb": "range(1, {n} + 1) as t(i)", "postgres": "generate_series(1, {n}) as t(i)"}


@dataclass(frozen=True)
class Read:
    """One size, understood."""

    engine: str
    rows: int
    seconds: float  # of the profile, by the clock
    profile: float  # the same, on a processor
    questions: float  # of inference, on a processor
    cells: int
    megabytes: float
    said: dict[str, str]  # what was concluded, by what it is about


def main() -> int:
    options = _options()
    if options.full:
        return _full()
    exponents: dict[str, float] = {}
    agree = sizes = 0
    for engine in options.engines.split(","):
        rows = [*SIZES[engine], *([LARGEST] if options.largest and engine == "duckdb" else [])]
        with bench.projects(engine) as make:
            found = [_read(make, engine, size) for size in rows]
        for one in found:
            differs = _differences(found[0], one)
            agree += not differs
            sizes += 1
            print(
                f"{engine} {one.rows:>11,} rows: profile {one.seconds:.1f} s, {one.profile:.1f} "
                f"on a processor, {one.profile / one.cells * 1e6:.2f} per million cells, "
                f"questions {one.questions:.1f}, peak {one.megabytes:.0f} MB"
                + "".join(f"\n    {line}" for line in differs),
                flush=True,
            )
        exponents[engine] = _exponent(found)
    told = ", ".join(f"{engine} ^{value:.2f}" for engine, value in exponents.items())
    print(f"large: {agree} of {sizes} sizes agree, {told}")
    return int(agree < sizes or any(value > MOST_EXPONENT for value in exponents.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--engines", default="duckdb,postgres", help="comma-separated")
    parser.add_argument("--largest", action="store_true", help="10⁸ rows on DuckDB too")
    parser.add_argument("--full", action="store_true", help="a whole run at 10⁷ rows of 8 columns")
    return parser.parse_args()


# ---------------------------------------------------------------- the shop


def shop(engine: str, lines: int) -> Iterator[str]:
    """Statements that make the shop with so many order lines."""
    orders, customers, products = lines // 3, max(300, lines // 30), max(100, lines // 1000)

    def r(salt: int, n: int, i: str = "i") -> str:
        return MIXED[engine].format(i=i, salt=salt, n=n)

    def made(name: str, rows: int, columns: Sequence[str]) -> str:
        series = SERIES[engine].format(n=rows)
        return f"create table raw.{name} as select {', '.join(columns)} from {series}"

    def one_of(salt: int, *values: str) -> str:
        cases = " ".join(f"when {at} then '{v}'" for at, v in enumerate(values[:-1]))
        return f"case {r(salt, len(values))} {cases} else '{values[-1]}' end"

    day = f"date '2022-01-01' + cast({r(1, 900)} as integer)"
    yield "create schema raw"
    yield made("customers", customers, [
        "1000 + 3 * i as customer_id", "'Person ' || i as full_name",
        f"'c' || i || '@mail' || {r(2, 40)} || '.example' as email",
        f"{one_of(3, 'gold', 'silver', 'plain')} as tier",
        "timestamp '2020-01-01' + i * interval '1 minute' as created_at",
    ])  # fmt: skip
    yield made("products", products, [
        "'P-' || (100000 + i) as sku", "'Thing ' || i as product_name",
        f"cast(1 + {r(4, 9000)} / 100.0 as decimal(10, 2)) as list_price",
    ])  # fmt: skip
    yield made("orders", orders, [
        "i as order_id",
        f"case when {r(5, 50)} > 0 then 1000 + 3 * (1 + {r(6, customers)}) end as customer_id",
        f"{one_of(7, 'placed', 'paid', 'sent', 'returned')} as status",
        f"{day} as ordered_on",
        f"'0' || (1000 + {r(8, 90)}) as branch_code",
        f"'2024' || lpad(cast(1 + {r(9, 12)} as varchar), 2, '0') || '15' as booked",
        f"cast({r(10, 900000)} / 100.0 as decimal(12, 2)) as total",
        "timestamp '2022-01-01' + i * interval '1 second' as _loaded_at",
    ])  # fmt: skip
    yield made("order_lines", lines, [
        f"1 + (i - 1) / 3{'::bigint' if engine == 'postgres' else ''} as order_id"
        if engine == "postgres" else "1 + (i - 1) // 3 as order_id",
        "1 + (i - 1) % 3 as line_no",
        f"'P-' || (100000 + 1 + {r(11, products)}) as sku",
        f"1 + {r(12, 9)} as quantity",
        f"cast(1 + {r(13, 9000)} / 100.0 as decimal(10, 2)) as unit_price",
    ])  # fmt: skip
    yield made("visits", orders, [
        "'v' || i as visit_id",
        f"1000 + 3 * (1 + {r(14, customers)}) as customer_id",
        f"{one_of(15, 'view', 'search', 'cart')} as event_type",
        "timestamp '2023-01-01' + i * interval '7 second' as happened_at",
    ])  # fmt: skip


# ---------------------------------------------------------------- one size


def _read(make: bench.ProjectMaker, engine: str, lines: int) -> Read:
    host = make(f"{engine}_{lines}")
    host.warehouse.execute(*shop(engine, lines))
    seen: list[tuple[Scan, Schema, float, float, float]] = []
    spent = _processor(host.warehouse)

    def work(given: Any, version: Any, project_vars: Any, adapter: Any, sql: Any) -> str:
        running = operations.InProcess(adapter, sql)
        settings = Settings(schemas=("raw",))
        began, before = time.monotonic(), spent()
        scan = read_scan(running, settings, Silent())
        took, between = time.monotonic() - began, spent()
        schema = infer(scan, prober(running, scan), settings)
        seen.append((scan, schema, took, between - before, spent() - between))
        running.close()
        return ""

    with mock.patch.object(operations, "generate", work):
        host.dbt("--quiet", "run-operation", "cartridge_generate").must_succeed()
    scan, schema, seconds, profile, questions = seen[0]
    cells = sum((r.rows or 0) * len(r.columns) for r in scan.relations)
    bare = Host(project_name="shop", adapter=engine, dbt_version="1.11.16")
    made = design(schema, scan, bare, Settings(schemas=("raw",)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = dict(_said(schema, made))
    return Read(engine, lines, seconds, profile, questions, cells, peak, said)


def _processor(warehouse: object) -> Callable[[], float]:
    """Seconds on a processor so far: this process's, and those of a server that we have started."""
    server = warehouse.server.process.pid if isinstance(warehouse, Postgres) else None
    return lambda: time.process_time() + (_of_server(server) if server else 0.0)


def _of_server(postmaster: int) -> float:
    """Those of its children, and of those that have ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, _, rest = stat.read_text().partition(" (")
            of = rest.rpartition(") ")[2].split()
            if int(of[1]) == postmaster:
                ticks += int(of[11]) + int(of[12])
            elif int(pid) == postmaster:
                ticks += sum(map(int, of[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _said(schema: Schema, made: Design) -> Iterator[tuple[str, str]]:
    """What was concluded of the shop, in words that can be compared."""
    for table in schema.tables:
        yield f"key of {table.id}", str(table.primary_key and table.primary_key.columns)
        yield f"role of {table.id}", f"{table.role}, {table.shape}"
    for r in schema.relationships:
        yield f"reference {r.table}{r.columns}", f"{r.ref_table}{r.ref_columns}"
    for model in made.models:
        for column in model.columns:
            yield f"type of {model.name}.{column.name}", str(column.type)
        tests = [*model.tests, *(test for c in model.columns for test in c.tests)]
        kinds = sorted(f"{test.kind} {test.severity}" for test in tests)
        yield f"tests of {model.name}", ", ".join(kinds)


def _differences(one: Read, other: Read) -> list[str]:
    names = sorted(one.said.keys() | other.said.keys())
    return [
        f"{name}: {other.said.get(name, 'none')}, and {one.said.get(name, 'none')} at "
        f"{one.rows:,} rows"
        for name in names
        if one.said.get(name) != other.said.get(name)
    ]


def _exponent(found: Sequence[Read]) -> float:
    """Of the time over the cells, between the two largest sizes: below them, what a statement costs
    at all weighs more than its rows."""
    last, before = found[-1], found[-2]
    times = (last.profile + last.questions) / (before.profile + before.questions)
    return math.log(times) / math.log(last.cells / before.cells)


def _full() -> int:
    rows = 10**7
    with bench.projects("duckdb") as make:
        host = make("full")
        columns = [
            "i as order_id", f"{MIXED['duckdb'].format(i='i', salt=1, n=500000)} as customer_id",
            "'s' || i % 5 as status", "date '2022-01-01' + cast(i % 900 as integer) as ordered_on",
            "i % 100 / 100.0 as discount", "'P-' || i % 3000 as sku", "1 + i % 9 as quantity",
            "cast(i % 90000 / 100.0 as decimal(12, 2)) as total",
        ]  # fmt: skip
        host.warehouse.execute(
            "create schema raw",
            f"create table raw.orders as select {', '.join(columns)} from range({rows}) as t(i)",
        )
        ran = bench.generate(host)
    print(
        f"full: {rows:,} rows of {len(columns)} columns in {ran.seconds:.0f} s, "
        f"{ran.processor:.0f} on a processor, peak {ran.megabytes:.0f} MB, exit {ran.code}"
    )
    return ran.code


if __name__ == "__main__":
    sys.exit(main())
