"""Does every row and every amount of the raw tables arrive in the marts, or is it told why not?

    python benchmarks/conserve.py DIR… [--inject [--per-kind 4]]

Each database is generated with defaults on DuckDB and built. The design says which model and column
is which; every number is this file's own SQL, on the raw tables and on what was built. `--inject`
does it again over raw tables with orphans, late headers, NULL keys and duplicate parents in them.
Exit code 0 only where nothing differs without a reason that the run itself told.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import bench
import faults
from origins import Built

from dbt_cartridge.documents.design import Model
from dbt_cartridge.documents.schema import ColumnMeaning, Schema, Table
from tests.support import databases
from tests.support.host import HostProject
from tests.support.warehouses import quoted

FAULTS = ("orphan", "null key", "duplicate key", "fan-out row")
LATE = 50  # of so many headers one is missing
NEAR = 1e-9  # of a sum: what adding up floats in another order may change


@dataclass
class Found:
    database: str
    tables: int = 0
    whole_tables: int = 0
    measures: int = 0
    whole_measures: int = 0
    sums: int = 0  # columns of marts that were compared
    untraced: int = 0  # sums in marts of what no raw column holds
    told: list[str] = field(default_factory=list[str])
    unexplained: list[str] = field(default_factory=list[str])


# ---------------------------------------------------------------- what is held against what


def check(built: Built, database: str) -> Found:
    found = Found(database)
    lost = set(_aggregates(built, found))
    known = {part: table for table in built.schema.tables for part in built.parts(table.id)}
    for (name,) in built.host.warehouse.query(
        "select table_name from information_schema.tables where table_schema = 'raw' order by 1"
    ):
        found.tables += 1
        trouble = _rows(built, known.get(f"raw.{name}"), f"raw.{name}", found)
        found.whole_tables += not trouble
        found.unexplained += [f"{name}: {trouble}"] if trouble else []
    for table in built.schema.tables:
        for column in table.columns if table.role == "fact" else ():
            if column.role == "measure" and column.additivity == "additive":
                found.measures += 1
                trouble = _measure(built, table, column, found)
                found.whole_measures += not trouble and (table.id, column.name) not in lost
                found.unexplained += [f"{table.id}.{column.name}: {trouble}"] if trouble else []
    return found


def _rows(built: Built, table: Table | None, raw: str, found: Found) -> str:
    """What becomes of a raw table's rows that the run does not tell; else nothing."""
    why = next((left.why for left in built.design.left_out if left.what == raw), None)
    staged = built.staged.get(table.id) if table else None
    if table is None or staged is None:
        found.told += [f"{raw}: {why}"] if why else []
        return "" if why else "no staging, and no word of it"
    source, shown = built.count(built.raw(table.id)), built.count(built.name(staged.name))
    if source != shown:
        once, kept = built.count(built.once(table)), built.count(built.kept(table.id))
        verdict = built.verdicts.get(staged.name)
        said = verdict.left_out if verdict else None
        if shown != kept or said != source - shown:
            return f"{source} rows, {shown} in staging; by its own rules {kept}, told {said} fewer"
        found.told.append(f"{raw}: {source - once} of {source} rows stand again, "
                          f"{once - kept} removed")  # fmt: skip
    beyond = [m for m in built.design.models if m.layer != "staging" and table.id in m.based_on]
    if not beyond and why:
        found.told.append(f"{raw}: {why}")
    elif not beyond:
        return f"{source} rows in no model after staging"
    for mart in beyond:
        at_grain = mart.based_on[0] == table.id and mart.primary_key == staged.primary_key
        rows = built.count(built.name(mart.name)) if at_grain and mart.layer == "marts" else shown
        if rows != shown:
            return f"{shown} rows in staging, {rows} in {mart.name}"
    return ""


def _measure(built: Built, table: Table, column: ColumnMeaning, found: Found) -> str:
    """How the sum in a fact differs from that of its raw rows; nothing where it does not."""
    arrived = False
    for mart in built.design.models:
        if mart.layer != "marts" or table.id not in mart.based_on or _is_union(mart):
            continue
        base = mart.based_on[0]
        if base != table.id and not _is_merged(table, base, built.schema):
            continue
        for shown in mart.columns:
            origin = built.origins.of(mart, shown.name)
            number = shown.type in ("integer", "decimal", "float")
            if origin and number and (origin.table, origin.column) == (table.id, column.name):
                if origin.groups:
                    continue
                arrived = True
                raw, own = built.total(origin), built.shown(mart, shown.name)
                if _differ(raw, own):
                    return f"{raw:.15g} in raw rows, {own:.15g} in {mart.name}"
    return "" if arrived else "in no column of a mart at its grain"


def _is_union(mart: Model) -> bool:
    """Several tables' rows together: each arrives in a mart of its own besides."""
    return any(cte.union for cte in getattr(mart.body, "ctes", ()))


def _is_merged(table: Table, into: str, schema: Schema) -> bool:
    """Its rows are more columns of another table's: one for one, by its own key."""
    key = table.primary_key.columns if table.primary_key else ()
    return any(
        one.table == table.id and one.ref_table == into and set(one.columns) == set(key)
        for one in schema.relationships
    )


def _aggregates(built: Built, found: Found) -> Iterator[tuple[str, str | None]]:
    """Hold each sum and count of the marts against raw rows; those that differ are given back."""
    for mart in built.design.models:
        for column in mart.columns if mart.layer == "marts" and mart.based_on else ():
            origin = built.origins.of(mart, column.name)
            if origin is None or not origin.groups:
                found.untraced += origin is None and column.name.startswith("total_")
                continue
            way = built.arriving(origin, mart.based_on[0])
            if way is None:
                found.untraced += 1
                continue
            found.sums += 1
            where, links = way
            raw, own, whole = (
                built.total(origin, where), built.shown(mart, column.name), built.total(origin)
            )  # fmt: skip
            untold = [
                f"{built.orphans(link)} without {link.ref_table}, told {link.orphans}"
                for link in links
                if _differ(raw, whole) and built.orphans(link) != (link.orphans or 0)
            ]
            if _differ(raw, own) or untold:
                said = untold or [f"{raw:.15g} in raw rows of {origin.table}, {own:.15g} shown"]
                found.unexplained.append(f"{mart.name}.{column.name}: {', '.join(said)}")
                yield origin.table, origin.column
            elif _differ(raw, whole):
                lost = f"{whole - raw:.15g} of {whole:.15g} belongs to nobody"
                found.told.append(f"{mart.name}.{column.name}: {lost}")


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > NEAR * (1 + abs(one))


# ---------------------------------------------------------------- runs


def run(host: HostProject, folder: Path, per_kind: int | None = None) -> Found:
    """Load, spoil if asked, generate, build, and hold one against the other."""
    databases.load(folder, host.warehouse)
    name = folder.name + (" (injected)" if per_kind else "")
    done = inject(host, folder, per_kind) if per_kind else ""
    ran = bench.generate(host)
    if not ran.code:
        ran = bench.timed(host, [host.program("dbt"), "build"])
    if ran.code:
        return Found(name, unexplained=[bench.last_words(ran.output)])
    found = check(Built(host), name)
    found.told = [done, *found.told] if done else found.told
    return found


def inject(host: HostProject, folder: Path, per_kind: int) -> str:
    gold = faults.true_keys(folder)
    if gold is None:
        raise FileNotFoundError(f"{folder}: no gold.json that tells its keys")
    source = faults.Source(host.warehouse, gold)
    chosen = [fault for fault in faults.faults(source, per_kind) if fault.kind in FAULTS]
    headers = sorted({(r.parent, r.key) for r in source.references if source.rows(r.parent) >= 10})
    random.Random(0).shuffle(headers)
    late = [
        f"delete from {source.name(table)} where {quoted(key)} in (select {quoted(key)} "
        f"from {source.name(table)} order by hash({quoted(key)}) "
        f"limit {max(1, source.rows(table) // LATE)})"
        for table, key in headers[:per_kind]
    ]
    host.warehouse.execute(*(s for fault in chosen for s in fault.statements), *late)
    return f"{len(chosen)} rows spoilt, {len(late)} tables with late headers"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--inject", action="store_true", help="once more, over spoilt raw tables")
    parser.add_argument("--per-kind", type=int, default=4, help="faults of each kind")
    parser.add_argument("--keep", type=Path, help="make the projects here, and leave them")
    parser.add_argument("--verbose", action="store_true", help="also what was told")
    chosen = parser.parse_args()
    runs: list[Found] = []
    with bench.projects("duckdb", chosen.keep) as make:
        for folder in bench.database_folders(chosen.folders):
            for per_kind in (None, chosen.per_kind) if chosen.inject else (None,):
                try:
                    found = run(make(folder.name + "_injected" * bool(per_kind)), folder, per_kind)
                except Exception as error:
                    # One database that cannot be loaded must not hide the others.
                    found = Found(folder.name, unexplained=[f"{type(error).__name__}: {error}"])
                runs.append(found)
                report(found, chosen.verbose)
    tables, measures = sum(r.tables for r in runs), sum(r.measures for r in runs)
    lost = sum(len(r.unexplained) for r in runs)
    print(
        f"conserve: {sum(r.whole_tables for r in runs)}/{tables} tables, "
        f"{sum(r.whole_measures for r in runs)}/{measures} measures, {lost} unexplained"
    )
    return 0 if runs and not lost else 1


def report(found: Found, verbose: bool) -> None:
    differs = "; ".join(found.unexplained) or "nothing differs unexplained"
    print(
        f"{found.database}: {found.whole_tables}/{found.tables} tables, "
        f"{found.whole_measures}/{found.measures} measures, {found.sums} sums in marts "
        f"({found.untraced} not traced), {len(found.told)} told: {differs}",
        flush=True,
    )
    for line in found.told if verbose else ():
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
