"""Sources and staging for the same 100 tables on PostgreSQL: cartridge, dbt-codegen, dbt-coves.

    python benchmarks/peers.py --codegen CHECKOUT --dbt-utils CHECKOUT [--coves VENV/bin/dbt-coves]

The checkouts are clones of dbt-labs/dbt-codegen and of dbt-labs/dbt-utils, which it needs.
dbt-codegen prints one staging model a call, which is how its README has it used; its calls are all
made, none is extrapolated. dbt-coves is installed by the user in an environment of its own, beside
dbt-postgres. Cartridge makes sources and staging, without profile and verification, which the
others do not have; and once everything that it makes, with both.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bench
from wide import make_tables

from tests.support.host import HostProject, program

TARGET = 10.0


@dataclass(frozen=True)
class Contender:
    name: str
    calls: int
    seconds: float


def cartridge(host: HostProject, tables: int) -> Contender:
    del tables
    run = _checked(
        bench.generate(host, layers=["sources", "staging"], profile="none", verify="none")
    )
    return Contender("cartridge, sources and staging", 1, run.seconds)


def cartridge_proved(host: HostProject, tables: int) -> Contender:
    del tables
    run = _checked(bench.generate(host))
    return Contender("cartridge, all layers, profiled and proved", 1, run.seconds)


def codegen(host: HostProject, tables: int, checkout: Path, dbt_utils: Path) -> Contender:
    """One call for the sources, then one per table for its staging model."""
    bench.without_cartridge(host)
    bench.with_packages(host, codegen=checkout, dbt_utils=dbt_utils)
    arguments = '{"schema_name": "raw", "generate_columns": true}'
    command = [program("dbt"), "--quiet", "run-operation"]
    source = _checked(bench.timed(host, [*command, "generate_source", "--args", arguments]))
    host.write("models/sources.yml", source.output)
    seconds = source.seconds
    for number in range(tables):
        name = f"entity_{number:04}"
        arguments = f'{{"source_name": "raw", "table_name": "{name}"}}'
        made = bench.timed(host, [*command, "generate_base_model", "--args", arguments])
        host.write(f"models/staging/stg_raw__{name}.sql", _checked(made).output)
        seconds += made.seconds
    return Contender("dbt-codegen, one call per table", 1 + tables, seconds)


def coves(host: HostProject, tables: int, command: Path) -> Contender:
    del tables
    bench.without_cartridge(host)
    database = str(host.warehouse.output("analytics")["dbname"])
    words = [
        str(command), "generate", "sources", "--database", database, "--schemas", "raw",
        "--update-strategy", "recreate", "--flatten-json-fields", "no", "--no-prompt",
        "--overwrite-staging-models", "--project-dir", str(host.root),
        "--profiles-dir", str(host.root),
    ]  # fmt: skip
    os.environ["PATH"] = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    run = _checked(bench.timed(host, words))
    made = len(list((host.root / "models").rglob("*.sql")))
    return Contender(f"dbt-coves, {made} staging models", 1, run.seconds)


def _checked(run: bench.Timed) -> bench.Timed:
    if run.code:
        raise SystemExit(f"peers: {bench.last_words(run.output, 5)}")
    return run


def report(rows: list[Contender]) -> int:
    ours = rows[0].seconds
    print(
        bench.table(
            ["who", "dbt calls", "seconds", "times cartridge"],
            [[r.name, r.calls, f"{r.seconds:.1f}", f"{r.seconds / ours:.1f}"] for r in rows],
        )
    )
    per_table = [row for row in rows if row.calls > 1]
    factor = min((row.seconds / ours for row in per_table), default=0.0)
    print(f"peers: cartridge is {factor:.1f} times as fast as one call per table (target {TARGET})")
    return 0 if factor >= TARGET else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--codegen", type=Path, default=os.environ.get("CARTRIDGE_DBT_CODEGEN"))
    parser.add_argument("--dbt-utils", type=Path, default=os.environ.get("CARTRIDGE_DBT_UTILS"))
    parser.add_argument("--coves", type=Path, default=os.environ.get("CARTRIDGE_DBT_COVES"))
    parser.add_argument("--tables", type=int, default=100)
    chosen = parser.parse_args()
    if chosen.codegen is None or chosen.dbt_utils is None:
        parser.error("--codegen and --dbt-utils: the paths of their clones")
    checkouts = chosen.codegen.resolve(), chosen.dbt_utils.resolve()
    contenders: list[tuple[str, Callable[[HostProject, int], Contender]]] = [
        ("cartridge", cartridge),
        ("proved", cartridge_proved),
        ("codegen", lambda host, n: codegen(host, n, *checkouts)),
    ]
    if chosen.coves:
        contenders.append(("coves", lambda host, n: coves(host, n, chosen.coves.absolute())))
    rows: list[Contender] = []
    with bench.projects("postgres") as make:
        for name, contender in contenders:
            print(f"{name} …", file=sys.stderr, flush=True)
            host = make(name)
            make_tables(host.warehouse, chosen.tables)
            rows.append(contender(host, chosen.tables))
    return report(rows)


if __name__ == "__main__":
    sys.exit(main())
