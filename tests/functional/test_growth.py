"""What statements cost as tables grow: rows that pass through the plan, counted by the warehouse.

Not seconds, which the machine decides. Tables are never analysed, so that the planner knows as
little of them as it ever does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import duckdb
import pytest

from dbt_cartridge.documents.probe import (
    Agreement,
    Inclusion,
    Ordering,
    Product,
    Question,
    Total,
    Unique,
)
from dbt_cartridge.documents.scan import Column, Relation, Scan, TypeFamily
from dbt_cartridge.engine.questions import Statement, passes
from tests.support.macros import sql
from tests.support.warehouses import Postgres

SIZES = (4_000, 16_000)
MOST = 1.1  # exponent of the rows that are touched over the rows that are there

TABLES = {
    "orders": (
        ("order_id", "integer"), ("customer_id", "integer"), ("note", "text"),
        ("total", "decimal"), ("placed_at", "timestamp"), ("paid_at", "timestamp"),
        ("doc", "json"),
    ),
    "lines": (
        ("order_id", "integer"), ("line_no", "integer"), ("quantity", "integer"),
        ("price", "decimal"), ("amount", "decimal"),
    ),
}  # fmt: skip


def made(rows: int, series: str) -> list[str]:
    """Every value of half of the columns is there once: what grouping makes of it is largest."""
    at = "timestamp '2024-01-01' + i * interval '1 minute'"
    return [
        "create schema raw",
        f"create table raw.orders as select i as order_id, i % 1000 as customer_id,"
        f" 'note ' || i as note, cast(i % 90 as decimal(12, 2)) as total, {at} as placed_at,"
        f" {at} as paid_at, cast('{{\"a\": 1}}' as json) as doc from {series.format(n=rows)}",
        f"create table raw.lines as select i / 2 as order_id, i % 2 as line_no, i % 9 as quantity,"
        f" cast(i % 50 as decimal(12, 2)) as price, cast(i % 70 as decimal(12, 2)) as amount"
        f" from {series.format(n=2 * rows)}",
    ]


def tables(rows: int, database: str) -> list[dict[str, Any]]:
    return [
        {
            "no": no, "database": database, "schema": "raw", "name": name, "kind": "table",
            "rows": rows, "bytes": None, "sample": None, "filter": None,
            "columns": [[at, column, kind, kind] for at, (column, kind) in enumerate(columns)],
        }
        for no, (name, columns) in enumerate(TABLES.items())
    ]  # fmt: skip


def questions(database: str) -> list[Question]:
    def include(column: str, other: str) -> Inclusion:
        return Inclusion(
            relation="raw.lines", columns=(column,), ref_relation="raw.orders", ref_columns=(other,)
        )

    return [
        Unique(relation="raw.orders", columns=("order_id", "note")),
        Unique(relation="raw.lines", columns=("order_id", "line_no")),
        include("order_id", "order_id"),
        include("order_id", "note"),  # types apart: compared as text
        Ordering(relation="raw.orders", lower="placed_at", upper="paid_at"),
        Product(relation="raw.lines", result="amount", left="quantity", right="price"),
        Total(
            relation="raw.orders", key=("order_id",), total="total",
            child="raw.lines", child_key=("order_id",), amount="amount",
        ),
        Agreement(relation="raw.lines", key=("order_id",), column="price"),
    ]  # fmt: skip


def asked(adapter: str, rows: int, database: str) -> Iterator[tuple[str, str]]:
    """Every statement that reads rows, by what it is."""
    every = tables(rows, database)
    orders = every[0]
    measured = [[*column, ["unique", "forms"]] for column in orders["columns"]]
    documents = [column for column in orders["columns"] if column[2] == "json"]
    requests: Mapping[str, Mapping[str, Any]] = {
        "counts": {"tables": every},
        "profile": {"tables": every},
        "measures": {"tables": [orders | {"columns": measured}]},
        "json": {"tables": [orders | {"columns": documents}]},
    }
    for verb, body in requests.items():
        yield verb, sql(adapter, verb, body, database)
    scan = Scan(
        adapter=adapter,
        relations=tuple(
            Relation(
                schema_name="raw", name=name, database=database,
                columns=tuple(
                    Column(name=c, position=at, native_type=kind, type=cast("TypeFamily", kind))
                    for at, (c, kind) in enumerate(columns, 1)
                ),
            )
            for name, columns in TABLES.items()
        ),
    )  # fmt: skip
    needed, refused = passes(questions(database), scan)
    assert not refused
    for one in needed:
        statement = Statement(scan)
        statement.add(one)
        yield str(one.questions[0]), sql(adapter, "questions", statement.request(), database)


def grows(counts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Those that grow faster than the tables do, with how much faster."""
    small, large = counts
    times = SIZES[1] / SIZES[0]
    return {
        name: round(large[name] / count, 2)
        for name, count in small.items()
        if large[name] > count * times**MOST
    }


def test_on_postgres_no_statement_touches_more_rows_than_there_are(
    postgres_database: Postgres,
) -> None:
    counts: list[dict[str, float]] = []
    name = postgres_database.database
    for rows in SIZES:
        postgres_database.execute(
            "drop schema if exists raw cascade", *made(rows, "generate_series(1, {n}) as t(i)")
        )
        found: dict[str, float] = {}
        for what, statement in asked("postgres", rows, name):
            ((plan,),) = postgres_database.query(f"explain (analyze, format json) {statement}")
            read = json.loads(plan) if isinstance(plan, str) else plan
            found[what] = _touched(read[0]["Plan"])
        counts.append(found)
    assert grows(counts) == {}


def _touched(node: Mapping[str, Any]) -> float:
    """Rows that a node of PostgreSQL's plan looked at, in all its loops, with those below it."""
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    own += node.get("Rows Removed by Join Filter", 0)
    return own * node["Actual Loops"] + sum(map(_touched, node.get("Plans", ())))


def test_on_duckdb_no_statement_touches_more_rows_than_there_are() -> None:
    counts: list[dict[str, float]] = []
    for rows in SIZES:
        with duckdb.connect(":memory:") as connection:
            for statement in made(rows, "range(1, {n} + 1) as t(i)"):
                connection.execute(statement)
            connection.execute("set enable_profiling = 'json'")
            found: dict[str, float] = {}
            for what, statement in asked("duckdb", rows, "memory"):
                ((_, plan),) = connection.execute(f"explain analyze {statement}").fetchall()
                found[what] = _passed(json.loads(plan))
            counts.append(found)
    assert grows(counts) == {}


def _passed(node: Mapping[str, Any]) -> float:
    """Rows that came out of a node of DuckDB's plan, with those below it; of a join by nested loops
    the pairs that it looked at."""
    below = node.get("children", ())
    own = float(node.get("operator_cardinality", 0))
    name = str(node.get("operator_name"))
    if "NESTED_LOOP" in name or "NL_JOIN" in name:
        own = math.prod(float(child["operator_cardinality"]) for child in below)
    return own + sum(map(_passed, below))


@pytest.mark.parametrize("growing", [{"a": 17.0}, {"a": 4.0}])
def test_what_grows_faster_is_seen(growing: dict[str, float]) -> None:
    seen = grows([{"a": 1.0}, growing])
    assert seen == ({"a": 17.0} if growing["a"] > 5 else {})
