"""The outcome of a small run, with everything in it that a report has to show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.changes import Change, Changes
from dbt_cartridge.documents.design import (
    Cte,
    Design,
    Input,
    LeftOut,
    Model,
    ModelColumn,
    NotNullTest,
    Projection,
    Query,
    RelationshipsTest,
    Source,
    SourceColumn,
    SourceTable,
    UniqueTest,
)
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Column, Problem, Profile, Relation, Scan, ValueCount
from dbt_cartridge.documents.schema import (
    Candidate,
    ColumnMeaning,
    Evidence,
    Key,
    Relationship,
    Schema,
    Table,
)
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict, Verdicts
from dbt_cartridge.pipeline import Outcome

SECRET = "ann@example.org"  # a value of the data: it must be in no report


def outcome(**changes: Any) -> Outcome:
    return replace(_OUTCOME, **changes)


def _relation(name: str, rows: int, *columns: str) -> Relation:
    profile = Profile(
        rows=rows, nulls=0, min=SECRET, top_values=(ValueCount(value=SECRET, count=1),)
    )
    return Relation(
        schema_name="raw",
        name=name,
        rows=rows,
        columns=tuple(
            Column(name=c, position=n, native_type="INTEGER", type="integer", profile=profile)
            for n, c in enumerate(columns, 1)
        ),
    )


def _table(name: str, role: Any, shape: Any, *columns: ColumnMeaning, **more: Any) -> Table:
    return Table(
        id=f"raw.{name}",
        entity=name.rstrip("s"),
        entities=name,
        role=role,
        shape=shape,
        confidence=0.9,
        columns=columns,
        primary_key=Key(columns=("id",), proved=True, evidence=(Evidence(text="never null"),)),
        **more,
    )


SCAN = Scan(
    adapter="duckdb",
    schemas=("raw",),
    statements=7,
    relations=(
        _relation("customers", 100, "id", "email"),
        _relation("orders", 1200, "id", "customer_id", "agent_id"),
    ),
    problems=(Problem(where="raw.broken", what="The view fails.", next="Mend it."),),
)
SCHEMA = Schema(
    adapter="duckdb",
    tables=(
        _table(
            "customers", "dimension", "plain",
            ColumnMeaning(name="id", words=("id",), role="key"),
            ColumnMeaning(name="email", words=("email",), pii="email",
                          evidence=(Evidence(text="98 % look like an address"),)),
            doubted_keys=(Key(columns=("email",)),),
        ),
        _table(
            "orders", "fact", "transaction",
            ColumnMeaning(name="id", words=("id",), role="key"),
            ColumnMeaning(name="customer_id", words=("customer", "id"), role="foreign_key"),
        ),
    ),
    relationships=(
        Relationship(
            table="raw.orders", columns=("customer_id",), ref_table="raw.customers",
            ref_columns=("id",), rows=1200, orphans=3, confidence=0.91,
            evidence=(Evidence(text="99.8 % are found"),),
            candidates=(Candidate(text="staff(id)", score=0.2, why="fewer are found"),),
        ),
        Relationship(table="raw.orders", columns=("agent_id",), ref_table="raw.customers",
                     ref_columns=("id",), proved=True),
    ),
    problems=(Problem(where="raw.broken", what="The view fails.", next="Mend it."),),
    unproved=2,
)  # fmt: skip
_BODY = Query(
    inputs=(Input(alias="source", source=("raw", "orders")),),
    ctes=(
        Cte(
            name="renamed",
            from_alias="source",
            projections=(Projection(name="order_id", expression='"source"."id"', group="ids"),),
        ),
    ),
)
DESIGN = Design(
    adapter="duckdb",
    sources=(
        Source(
            name="raw",
            schema_name="raw",
            tables=(
                SourceTable(
                    name="orders",
                    identifier="orders",
                    relation="raw.orders",
                    columns=(
                        SourceColumn(
                            name="id", native_type="INTEGER", tests=(UniqueTest(column="id"),)
                        ),
                    ),
                ),
            ),
        ),
    ),
    models=(
        Model(
            name="stg_raw__orders",
            layer="staging",
            folder="raw",
            description="Orders.",
            grain="One row per order.",
            entity="order",
            body=_BODY,
            columns=(
                ModelColumn(
                    name="order_id",
                    description="Identifies an order.",
                    type="integer",
                    tests=(UniqueTest(column="order_id"), NotNullTest(column="order_id")),
                ),
                ModelColumn(
                    name="customer_id",
                    description="",
                    type="integer",
                    tests=(
                        RelationshipsTest(
                            column="customer_id",
                            to="stg_raw__customers",
                            field="customer_id",
                            severity="warn",
                            evidence="3 of 1,200 rows",
                        ),
                    ),
                ),
            ),
        ),
    ),
    left_out=(LeftOut(what="raw.orders_bak", why="A backup of raw.orders."),),
)
VERDICTS = Verdicts(
    level="data",
    models=(ModelVerdict(model="stg_raw__orders", status="pass"),),
    tests=(
        TestVerdict(owner="stg_raw__orders", test=UniqueTest(column="order_id"), status="pass"),
        TestVerdict(
            owner="stg_raw__orders",
            test=UniqueTest(column="customer_id"),
            status="fail",
            failures=9,
        ),
    ),
)
CHANGES = Changes(
    changes=(
        Change(path="models/a.sql", action="create", diff="--- /dev/null\n+++ b/a\n+select 1\n"),
        Change(path="models/b.sql", action="unchanged"),
        Change(path="models/c.sql", action="clash", why="Cartridge did not write this file."),
    ),
    applied=True,
)
_OUTCOME = Outcome(
    settings=Settings(schemas=("raw",)),
    host=Host(project_name="shop", adapter="duckdb", dbt_version="1.11.16"),
    scan=SCAN,
    schema=SCHEMA,
    design=DESIGN,
    files=Files(),
    verdicts=VERDICTS,
    changes=CHANGES,
    seconds={"scan": 1.5, "write": 0.1},
)
