"""What does a run read of a warehouse of 500 tables and ten terabytes, and what does that cost?

    python benchmarks/cost.py [--tables 500] [--terabytes 10]

Nothing is asked of a warehouse: the tables are planted as in `scale.py`, their sizes fall as those
of real warehouses do (a few tables hold nearly all), and each statement that cartridge would send
is counted with the bytes that it reads: of a store by columns those of the columns that it names,
of a store by rows the whole table. `before` is a run without a limit and with a statement for each
test (`verify: dbt`, `max_bytes` and `verify_max_rows` unlimited); `after` is the default.

Exit code 0 only where the default reads no more than `max_bytes` in the profile and has at most 1.5
statements of proof for each model.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scale import Planted, planted

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.design import Design, RelationshipsTest
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.probe import Answer, Inclusion, Question
from dbt_cartridge.documents.scan import Relation, Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.engine.base import Reply, Request, Row
from dbt_cartridge.infer import infer
from dbt_cartridge.infer.probing import PER_STATEMENT
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan.profile import profiled, within
from dbt_cartridge.scan.rows import COUNTED_PATTERNS, FIRST_PATTERN, LATER, PATTERNS
from dbt_cartridge.verify.dependence import owned_tests, relations

TB = 10**12
BYTES_OF_A_ROW = 150
BILLED = frozenset({"bigquery"})
BY_ROWS = frozenset({"postgres", "mysql"})
LOOK_BACK, KEPT_DAYS = 3, 1_095  # an incremental fact reads three days of three years
NO_LIMIT = 10**18

# Dollars for a terabyte that is read. BigQuery's is its price on demand; where time is paid for,
# what the smallest size takes for a terabyte at the rate that stands behind it. A server of one's
# own takes no money for it.
PRICES: dict[str, tuple[float, str]] = {
    "bigquery": (6.25, "on demand, $6.25 a TB"),
    "snowflake": (2.1, "X-Small, $3 a credit, 0.4 GB/s"),
    "redshift": (1.6, "8 RPU, $0.36 an hour each, 0.5 GB/s"),
    "postgres": (0.0, "own server"),
    "mysql": (0.0, "own server"),
    "duckdb": (0.0, "own machine"),
}


@dataclass
class Step:
    statements: int = 0
    bytes: float = 0.0

    def __add__(self, other: Step) -> Step:
        return Step(self.statements + other.statements, self.bytes + other.bytes)


@dataclass
class Warehouse:
    """Counts what is asked of it, and answers a profile with the one that was planted."""

    adapter: str
    sizes: dict[str, Relation]  # by name, as large as they are here
    asked: Step = field(default_factory=Step)

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for at, request in enumerate(requests):
            self.asked += Step(1, sum(self._read(table) for table in request.body["tables"]))
            yield at, Reply(rows=tuple(self._rows(request)))

    def read(self, table: str, columns: int) -> float:
        relation = self.sizes[table]
        share = 1.0 if self.adapter in BY_ROWS else columns / len(relation.columns)
        return (relation.bytes or 0) * min(1.0, share)

    def _read(self, table: dict[str, Any]) -> float:
        relation = self.sizes[table["name"]]
        drawn = min(1.0, (table["sample"] or math.inf) / (relation.rows or 1))
        return self.read(table["name"], len(table["columns"])) * drawn

    def _rows(self, request: Request) -> Iterator[Row]:
        for table in request.body["tables"]:
            relation = self.sizes[table["name"]]
            for no, name, *_ in table["columns"]:
                seen = relation.by_name[name].profile
                assert seen is not None
                rows = relation.rows or 0
                many = rows if seen.distinct == seen.rows else seen.distinct or 0
                top = [[value.value, str(value.count)] for value in seen.top_values]
                cells = [str(table["no"]), str(no), str(rows), "0", str(many), "false"]
                ends: list[str | None] = [None] * (FIRST_PATTERN - len(cells))
                if request.verb == "measures":
                    yield (*cells, *ends, *[None] * len(COUNTED_PATTERNS))
                else:
                    counts = [None] * len(PATTERNS)
                    yield (*cells, *ends, *counts, json.dumps(top), *[None] * len(LATER))


def sized(made: Planted, terabytes: float) -> dict[str, Relation]:
    """The planted tables with sizes that fall by rank and are so many terabytes in all."""
    order = sorted(made.scan.relations, key=lambda r: -(r.rows or 0))
    weights = [1 / (rank + 1) ** 1.5 for rank in range(len(order))]
    of_all = terabytes * TB / sum(weights)
    return {
        relation.name: relation.model_copy(
            update={"bytes": int(weight * of_all), "rows": int(weight * of_all / BYTES_OF_A_ROW)}
        )
        for relation, weight in zip(order, weights, strict=True)
    }


def inferred(warehouse: Warehouse, made: Planted, scan: Scan) -> tuple[Step, Schema]:
    """Inference over the planted rows; its questions are counted as asked of the large ones."""
    found = Step()

    def probe(asked: Sequence[Question]) -> list[Answer]:
        nonlocal found
        read = 0.0
        for question in asked:
            columns = getattr(question, "columns", ("", ""))
            read += warehouse.read(question.relation.partition(".")[2], len(columns))
            if isinstance(question, Inclusion):
                read += warehouse.read(question.ref_relation.partition(".")[2], len(columns))
        found += Step(math.ceil(len(asked) / PER_STATEMENT), read)
        return made.probe(asked)

    schema = infer(scan, probe, Settings())
    return found, schema


def tables_of(made: Design) -> dict[str, list[str]]:
    """The names of the tables that each model reads, through whatever stands between."""
    return {
        model: [id.partition(".")[2] for id in sorted(ids)]
        for model, ids in relations(made).items()
    }


def proof(warehouse: Warehouse, made: Design, beyond: set[str], *, by_test: bool) -> Step:
    """A statement for each owner of tests; before, one for each test, of the columns it names."""
    read = tables_of(made)
    found = Step()
    for model in made.models:
        tables = read[model.name]
        if not by_test:
            whole = 0.0 if beyond & set(tables) else sum(warehouse.read(t, 15) for t in tables)
            found += Step(1, whole)
    for owner, test in owned_tests(made) if by_test else ():
        if owner in read:
            tables = read[owner]
            columns = 2 + isinstance(test, RelationshipsTest)
            found += Step(1, sum(warehouse.read(table, columns) for table in tables))
    return found


def nightly(warehouse: Warehouse, made: Design) -> Step:
    """What `dbt run` reads: tables are made of all that is below them, incremental facts of the
    last days where the warehouse has partitions to leave out."""
    read = tables_of(made)
    found = Step()
    for model in made.models:
        if model.layer != "marts":
            continue
        tables = read[model.name]
        some = LOOK_BACK / KEPT_DAYS if model.incremental else 1.0
        found += Step(1, some * sum(warehouse.read(table, 15) for table in tables))
    return found


def of_adapter(adapter: str, made: Planted, terabytes: float) -> tuple[list[Step], list[Step], int]:
    """The steps before and after, and how many models there are."""
    sizes = sized(made, terabytes)
    runs: list[list[Step]] = []
    models = 0
    for limited in (False, True):
        warehouse = Warehouse(adapter, sizes)
        options = Settings() if limited else Settings(max_bytes=NO_LIMIT, verify_max_rows=NO_LIMIT)
        asked, _ = within(list(sizes.values()), options, adapter in BILLED, Silent())
        profiled(warehouse, asked, options, Silent())  # type: ignore[arg-type]
        profile, warehouse.asked = warehouse.asked, Step()
        scan = made.scan.model_copy(update={"adapter": adapter})
        questions, schema = inferred(warehouse, made, scan)
        host = Host(project_name="shop", adapter=adapter, dbt_version="1.11.16")
        large = {
            r.name for r in asked if r.beyond or (r.rows or 0) > options.verify_max_rows
        }  # fmt: skip
        rows = tuple(
            relation.model_copy(update={"rows": sizes[relation.name].rows})
            for relation in scan.relations
        )
        designed = design(schema, scan.model_copy(update={"relations": rows}), host, options)
        models = len(designed.models)
        runs.append(
            [
                Step(5, 0.0), profile, questions,
                proof(warehouse, designed, large, by_test=not limited),
                nightly(warehouse, designed),
            ]
        )  # fmt: skip
    return runs[0], runs[1], models


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tables", type=int, default=500)
    parser.add_argument("--terabytes", type=float, default=10)
    chosen = parser.parse_args()
    made = planted(chosen.tables)
    names = ("catalogue", "profile", "questions", "proof", "nightly build")
    print("| warehouse | step | statements before | TB | $ | statements after | TB | $ |")
    print("|---|---|---|---|---|---|---|---|")
    good = True
    for adapter, (price, note) in PRICES.items():
        before, after, models = of_adapter(adapter, replace(made, asked=0), chosen.terabytes)
        for name, was, now in zip(names, before, after, strict=True):
            cells = " | ".join(
                f"{s.statements:,} | {s.bytes / TB:,.2f} | {s.bytes / TB * price:,.0f}"
                for s in (was, now)
            )
            print(f"| {adapter} ({note}) | {name} | {cells} |", flush=True)
        good = good and after[3].statements <= 1.5 * models
        good = good and (adapter not in BILLED or after[1].bytes <= TB * 1.05)
    print(f"cost: {chosen.tables} tables, {chosen.terabytes:g} TB, {len(PRICES)} warehouses")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
