"""How much of what goes wrong in the data do the generated tests catch?

    python benchmarks/test_power.py DIR… [--per-kind 4] [--adapter postgres]

For each database: generate on clean data, build, then inject one fault after the other into the
source, rebuild, and see whether a generated test now fails or warns that did not before. Each DIR
holds `tables/*.parquet`, `manifest.json` and, best, `gold.json` (the true keys).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bench
from faults import Fault, Source, believed_keys, faults, true_keys

from tests.support import databases
from tests.support.host import HostProject
from tests.support.warehouses import quoted

KEPT = "cartridge_bench_clean"


@dataclass(frozen=True)
class Outcome:
    database: str
    fault: Fault
    caught_by: str = ""  # the first test that tells
    as_warning: bool = False


@dataclass(frozen=True)
class Power:
    outcomes: tuple[Outcome, ...] = ()
    false_alarms: tuple[str, ...] = ()
    trouble: str = ""


def measure(folder: Path, host: HostProject, per_kind: int) -> Power:
    databases.load(folder, host.warehouse)
    generated = bench.generate(host)
    if generated.code:
        return Power(trouble=f"{folder.name}: generate: {bench.last_words(generated.output)}")
    clean = _rebuilt(host)
    alarms = tuple(f"{folder.name}: {n.name}" for n in clean if n.status in bench.BAD)
    keys = true_keys(folder)
    if keys is None:
        print(f"{folder.name}: no gold.json, measured by the keys it believes", file=sys.stderr)
        keys = believed_keys(host.root / "target" / "cartridge" / "schema.json")
    source = Source(host.warehouse, keys)
    outcomes: list[Outcome] = []
    before = ""
    for fault in faults(source, per_kind):
        outcomes.append(_tried(folder.name, host, source, fault, clean, before))
        before = fault.table
        told = outcomes[-1].caught_by or "MISSED"
        print(
            f"  {fault.kind} in {fault.table} ({fault.what}): {told}", file=sys.stderr, flush=True
        )
    again = _rebuilt(host)
    alarms += tuple(f"{folder.name}, restored: {n.name}" for n in again if n.status in bench.BAD)
    return Power(tuple(outcomes), tuple(dict.fromkeys(alarms)))


def _tried(
    database: str,
    host: HostProject,
    source: Source,
    fault: Fault,
    clean: Sequence[bench.Node],
    before: str,
) -> Outcome:
    """One fault: inject, rebuild, look, put the table back.

    Args:
        before: the table of the fault before: what stands on it is still built on that fault.
    """
    raw, kept = source.name(fault.table), f"{quoted(KEPT)}.{quoted(fault.table)}"
    host.warehouse.execute(
        f"create schema if not exists {quoted(KEPT)}",
        f"drop table if exists {kept}",
        f"create table {kept} as select * from {raw}",
        *fault.statements,
    )
    known = {node.unique_id: node.failures for node in clean if node.is_test}
    told = [
        node
        for node in _rebuilt(host, fault.table, before)
        if node.is_test
        and node.status in ("fail", "warn")
        and node.failures > known.get(node.unique_id, 0)
    ]
    host.warehouse.execute(f"delete from {raw}", f"insert into {raw} select * from {kept}")
    told.sort(key=lambda node: node.status)
    return Outcome(
        database,
        fault,
        caught_by=told[0].name if told else "",
        as_warning=bool(told) and told[0].status == "warn",
    )


def _rebuilt(host: HostProject, *tables: str) -> list[bench.Node]:
    """Models, then tests: a failing test must not hide the others behind it.

    Of `tables` and all that stands on them, or of everything.
    """
    chosen = [f"{name}+" for table in tables if table for name in _sources(host, table)]
    selection = ["--select", *dict.fromkeys(chosen)] if chosen else []
    (host.root / "target" / "run_results.json").unlink(missing_ok=True)
    host.dbt("--quiet", "run", *selection)
    broken = [node for node in bench.results(host) if node.status in bench.BAD]
    host.dbt("--quiet", "test", *selection)
    return broken + bench.results(host)


def _sources(host: HostProject, table: str) -> list[str]:
    """How dbt calls a raw table: `source:raw.orders`."""
    manifest = json.loads((host.root / "target" / "manifest.json").read_text("utf-8"))
    return [
        f"source:{each['source_name']}.{each['name']}"
        for each in manifest["sources"].values()
        if each["identifier"] == table
    ]


def report(powers: Sequence[Power]) -> int:
    outcomes = [outcome for power in powers for outcome in power.outcomes]
    rows: list[list[object]] = []
    for kind in sorted({o.fault.kind for o in outcomes}):
        of_kind = [o for o in outcomes if o.fault.kind == kind]
        caught = [o for o in of_kind if o.caught_by]
        warned = sum(o.as_warning for o in caught)
        rows.append([kind, len(of_kind), len(caught), warned, f"{len(caught) / len(of_kind):.0%}"])
    print(bench.table(["kind of fault", "injected", "caught", "of these, warned", "share"], rows))
    for outcome in outcomes:
        if not outcome.caught_by:
            fault = outcome.fault
            print(f"missed: {outcome.database}: {fault.kind} in {fault.table} ({fault.what})")
    alarms = [alarm for power in powers for alarm in power.false_alarms]
    for line in [*alarms, *(power.trouble for power in powers if power.trouble)]:
        print(line)
    caught = sum(bool(o.caught_by) for o in outcomes)
    share = caught / len(outcomes) if outcomes else 0.0
    print(
        f"test-power: {caught}/{len(outcomes)} faults caught ({share:.1%}), "
        f"{len(alarms)} false alarms on clean data"
    )
    broken = any(power.trouble for power in powers)
    return 0 if share >= 0.9 and not alarms and not broken else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--adapter", choices=["duckdb", "postgres"], default="duckdb")
    parser.add_argument("--per-kind", type=int, default=4, help="faults of a kind per database")
    parser.add_argument("--keep", type=Path, help="make the projects here, and leave them")
    chosen = parser.parse_args()
    powers: list[Power] = []
    with bench.projects(chosen.adapter, chosen.keep) as make:
        for folder in bench.database_folders(chosen.folders):
            print(f"{folder.name} …", file=sys.stderr, flush=True)
            powers.append(measure(folder, make(folder.name), chosen.per_kind))
    return report(powers)


if __name__ == "__main__":
    sys.exit(main())
