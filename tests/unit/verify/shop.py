"""A small design by hand: customers, orders, a fact and a date dimension over two raw tables."""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    Cte,
    DateSpine,
    Design,
    ExpressionTest,
    Incremental,
    Input,
    Join,
    Model,
    ModelColumn,
    NotNullTest,
    Projection,
    Query,
    RangeTest,
    RelationshipsTest,
    SameRowCountTest,
    Snapshot,
    Source,
    SourceColumn,
    SourceTable,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Column, Relation, Scan

TABLES = (
    "create schema if not exists raw",
    "create table raw.customers (id integer, name varchar(40))",
    "create table raw.orders (id integer, customer_id integer, ordered date, total varchar(20))",
    "insert into raw.customers values (1, 'Ada'), (2, 'Grace'), (3, 'Edsger')",
    "insert into raw.orders values (1, 1, date '2024-01-03', '10.50'), "
    "(2, 1, date '2024-02-01', '3'), (3, 2, date '2024-03-01', '7.25')",
)


def column(name: str, *tests: Test) -> ModelColumn:
    return ModelColumn(name=name, description=f"The {name}.", type="other", tests=tests)


def staging(table: str, projections: dict[str, str], *columns: ModelColumn) -> Model:
    """`stg_shop__<table>`; `projections`: output name → expression over `"source"`."""
    return Model(
        name=f"stg_shop__{table}",
        layer="staging",
        folder="shop",
        description=f"The {table}.",
        grain="One row per entity.",
        entity=table,
        body=Query(
            inputs=(Input(alias="source", source=("shop", table)),),
            ctes=(
                Cte(
                    name="renamed",
                    from_alias="source",
                    projections=tuple(
                        Projection(name=name, expression=expression)
                        for name, expression in projections.items()
                    ),
                ),
            ),
        ),
        columns=columns or tuple(column(name) for name in projections),
        primary_key=(next(iter(projections)),),
        based_on=(f"raw.{table}",),
    )


CUSTOMERS = staging(
    "customers",
    {"customer_id": '"source"."id"', "name": '"source"."name"'},
    column("customer_id", UniqueTest(column="customer_id"), NotNullTest(column="customer_id")),
    column("name", AcceptedValuesTest(column="name", values=("Ada", "Grace", "Edsger"))),
)
ORDERS = staging(
    "orders",
    {
        "order_id": '"source"."id"',
        "customer_id": '"source"."customer_id"',
        "order_date": '"source"."ordered"',
        "total": 'cast("source"."total" as decimal(18, 2))',
    },
    column("order_id", UniqueTest(column="order_id"), NotNullTest(column="order_id")),
    column(
        "customer_id",
        RelationshipsTest(column="customer_id", to="stg_shop__customers", field="customer_id"),
    ),
    column("order_date"),
    column("total", RangeTest(column="total", min_value=0)),
)


def fact(join: Join, *tests: Test) -> Model:
    """`fct_orders`: orders with their customers, incremental."""
    names = ("order_id", "customer_id", "order_date", "total")
    projections = [Projection(name=name, expression=f'"orders"."{name}"') for name in names]
    projections.append(Projection(name="name", expression='"customers"."name"'))
    return Model(
        name="fct_orders",
        layer="marts",
        folder="shop",
        description="The orders.",
        grain="One row per order.",
        entity="order",
        body=Query(
            inputs=(
                Input(alias="orders", model="stg_shop__orders"),
                Input(alias="customers", model="stg_shop__customers"),
            ),
            ctes=(
                Cte(
                    name="final",
                    from_alias="orders",
                    joins=(join,),
                    projections=tuple(projections),
                ),
            ),
        ),
        columns=tuple(column(name) for name in (*names, "name")),
        tests=tests or (SameRowCountTest(as_model="stg_shop__orders"),),
        materialized="incremental",
        incremental=Incremental(
            unique_key=("order_id",),
            watermark="order_date",
            input_alias="orders",
            input_column="order_date",
            why="many rows",
        ),
        primary_key=("order_id",),
        based_on=("raw.orders",),
    )


ON_CUSTOMER = ('"orders"."customer_id" = "customers"."customer_id"',)
FACT = fact(Join(kind="left", to="customers", on=ON_CUSTOMER))
DATES = Model(
    name="dim_dates",
    layer="marts",
    folder="shop",
    description="The days.",
    grain="One row per day.",
    entity="date",
    body=DateSpine(
        bounds=(("stg_shop__orders", "order_date"),),
        projections=(Projection(name="date_day", expression='"days"."date_day"', group="dates"),),
    ),
    columns=(column("date_day", UniqueTest(column="date_day")),),
    primary_key=("date_day",),
)
SNAPSHOT = Snapshot(
    name="customers_snapshot",
    model="stg_shop__customers",
    unique_key=("customer_id",),
    strategy="check",
    check_columns=("name",),
)


def source(*tests: Test) -> Source:
    """`tests` stand under `orders.id`."""
    return Source(
        name="shop",
        schema_name="raw",
        tables=(
            SourceTable(
                name="customers",
                identifier="customers",
                relation="raw.customers",
                columns=(SourceColumn(name="id", native_type="integer"),),
            ),
            SourceTable(
                name="orders",
                identifier="orders",
                relation="raw.orders",
                columns=(SourceColumn(name="id", native_type="integer", tests=tests),),
                tests=(ExpressionTest(expression='"id" > 0', name="id_is_positive"),),
            ),
        ),
    )


def design(
    models: Sequence[Model] = (CUSTOMERS, ORDERS, FACT, DATES),
    adapter: str = "duckdb",
    sources: Sequence[Source] | None = None,
    snapshots: Sequence[Snapshot] = (SNAPSHOT,),
) -> Design:
    return Design(
        adapter=adapter,
        sources=(source(UniqueTest(column="id")),) if sources is None else tuple(sources),
        models=tuple(models),
        snapshots=tuple(snapshots),
    )


def scan(adapter: str = "duckdb", orders: int = 3) -> Scan:
    """`orders`: how many rows the catalogue says that table has."""
    columns = (Column(name="id", position=1, native_type="integer", type="integer"),)
    return Scan(
        adapter=adapter,
        relations=(
            Relation(schema_name="raw", name="customers", rows=3, columns=columns),
            Relation(schema_name="raw", name="orders", rows=orders, columns=columns),
        ),
    )


def host(adapter: str = "duckdb") -> Host:
    return Host(project_name="shop", adapter=adapter, dbt_version="1.11.16")
