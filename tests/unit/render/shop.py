"""A small shop's design in which every kind of query, test, source and snapshot stands once."""

from __future__ import annotations

from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    CompositeRelationshipsTest,
    CompositeUniqueTest,
    Cte,
    DateSpine,
    Design,
    ExpressionTest,
    Freshness,
    Incremental,
    Input,
    Join,
    Latest,
    Model,
    ModelColumn,
    NotNullTest,
    Projection,
    Query,
    RangeTest,
    ReconcilesTest,
    RelationshipsTest,
    SameRowCountTest,
    Snapshot,
    Source,
    SourceColumn,
    SourceTable,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.scan import TypeFamily

ORDER_KEY = "Identifies the order that the row belongs to, across the shop's systems."


def column(
    name: str,
    description: str = "",
    type: TypeFamily = "text",
    *tests: Test,
    pii: str | None = None,
    data_type: str | None = None,
) -> ModelColumn:
    return ModelColumn(
        name=name, description=description, type=type, pii=pii, tests=tests, data_type=data_type
    )


def key(name: str, description: str = "", *more: Test) -> ModelColumn:
    tests = (UniqueTest(column=name), NotNullTest(column=name), *more)
    return column(name, description, "integer", *tests)


def shown(alias: str, *names: str) -> tuple[Projection, ...]:
    """Columns as they are; `ids:order_id` puts one into a group."""
    pairs = [name.split(":") if ":" in name else ["strings", name] for name in names]
    return tuple(
        Projection.model_validate(
            {"name": name, "expression": f'"{alias}"."{name}"', "group": group}
        )
        for group, name in pairs
    )


def _sources() -> tuple[Source, ...]:
    orders = SourceTable(
        name="orders",
        identifier="Orders",
        relation="raw.Orders",
        description="Orders as the till wrote them.\nEvery change is a row of its own.",
        columns=(
            SourceColumn(
                name="OrderId",
                native_type="INTEGER",
                description=ORDER_KEY,
                tests=(NotNullTest(column="OrderId"),),
            ),
            SourceColumn(name="order", native_type="VARCHAR", description="No"),
            SourceColumn(name="E-Mail", native_type="VARCHAR", pii="email"),
            SourceColumn(name="loaded_at", native_type="TIMESTAMP"),
        ),
        tests=(CompositeUniqueTest(columns=("OrderId", "loaded_at")),),
        freshness=Freshness(loaded_at='"loaded_at"', warn_after_hours=36, error_after_hours=72),
    )
    lines = SourceTable(
        name="order_lines",
        identifier="order_lines",
        relation="raw.order_lines",
        description="Lines {{ env_var('SECRET') }} of <b>orders</b> -- {% raw %}",
        columns=(
            SourceColumn(
                name="order_id",
                native_type="INTEGER",
                tests=(
                    RelationshipsTest(
                        column="order_id",
                        to_source=("shop", "orders"),
                        field="OrderId",
                        severity="warn",
                        evidence="99.9 % of 12,000 rows",
                    ),
                ),
            ),
        ),
    )
    old = SourceTable(
        name="old_orders", identifier="old_orders", relation="legacy.old_orders", existing=True
    )
    return (
        Source(name="shop", schema_name="raw", description="The shop.", tables=(orders, lines)),
        Source(name="legacy", schema_name="legacy", tables=(old,)),
    )


def _orders() -> Model:
    latest = Cte(
        name="latest",
        comment="Every change is a row: the last one is the order as it is now.",
        from_alias="source",
        latest=Latest(keys=('"source"."OrderId"',), order_by=('"source"."loaded_at"',)),
    )
    renamed = Cte(
        name="renamed",
        from_alias="latest",
        projections=(
            Projection(name="order_id", expression='"latest"."OrderId"', group="ids"),
            Projection(name="email", expression='nullif(trim("latest"."E-Mail"), \'\')'),
            Projection(name="order", expression='"latest"."order"'),
            Projection(
                name="order_total",
                expression='cast("latest"."total" as decimal(18, 2))',
                group="numerics",
            ),
            Projection(
                name="is_paid",
                expression="case when lower(trim(\"latest\".\"paid\")) in ('yes', 'true', 'y', "
                "'t') then true when lower(trim(\"latest\".\"paid\")) in ('no', 'false', 'n', "
                "'f') then false end",
                group="booleans",
                comment="Text in the till; only these {{ words }} were seen.",
            ),
            Projection(name="loaded_at", expression='"latest"."loaded_at"', group="timestamps"),
        ),
        where=('"latest"."deleted" is null or not "latest"."deleted"', '"latest"."OrderId" > 0'),
    )
    return Model(
        name="stg_shop__orders",
        layer="staging",
        folder="shop",
        description="Orders as they are now, cleaned, without those that were deleted in the till.",
        grain="One row per order.",
        entity="order",
        body=Query(
            inputs=(Input(alias="source", source=("shop", "orders")),), ctes=(latest, renamed)
        ),
        columns=(
            key("order_id", ORDER_KEY),
            column("email", "Where the receipt went.", pii="email", data_type="VARCHAR"),
            column("order", "Yes"),
            column(
                "order_total",
                "What was paid.",
                "decimal",
                RangeTest(column="order_total", min_value=0, max_value=99999.5),
            ),
            column(
                "is_paid",
                "",
                "boolean",
                AcceptedValuesTest(column="is_paid", values=("true", "false"), quote=False),
            ),
            column("loaded_at", "", "timestamp"),
        ),
        primary_key=("order_id",),
    )


def _order_lines() -> Model:
    names = ("ids:order_id", "ids:line_number", "status", "numerics:quantity", "numerics:price")
    projections = (
        *shown("source", *names),
        Projection(name="created_at", expression='"source"."created_at"', group="timestamps"),
    )
    older = tuple(
        each.model_copy(update={"expression": each.expression.replace("source", "old")})
        for each in projections
    )
    return Model(
        name="stg_shop__order_lines",
        layer="staging",
        folder="shop",
        description="Lines of orders, those of the old till with them.",
        grain="One row per order and line number.",
        entity="order line",
        body=Query(
            inputs=(
                Input(alias="source", source=("shop", "order_lines")),
                Input(alias="old", source=("legacy", "old_orders")),
            ),
            ctes=(
                Cte(name="older", from_alias="old", projections=older),
                Cte(name="renamed", from_alias="source", projections=projections, union=("older",)),
            ),
        ),
        columns=(
            column("order_id", ORDER_KEY, "integer"),
            column("line_number", "", "integer"),
            column(
                "status",
                "",
                "text",
                AcceptedValuesTest(column="status", values=("sent", "it's here", "yes", "10")),
            ),
        ),
        tests=(CompositeUniqueTest(columns=("order_id", "line_number")),),
        primary_key=("order_id", "line_number"),
    )


def _enriched() -> Model:
    lines = ("ids:order_id", "ids:line_number", "numerics:quantity", "numerics:price")
    return Model(
        name="int_order_lines_enriched",
        layer="intermediate",
        folder="shop",
        description="",
        grain="One row per order and line number.",
        entity="order line",
        materialized="ephemeral",
        body=Query(
            inputs=(
                Input(alias="lines", model="stg_shop__order_lines"),
                Input(alias="orders", model="stg_shop__orders"),
                Input(alias="first_lines", model="stg_shop__order_lines"),
            ),
            ctes=(
                Cte(
                    name="final",
                    from_alias="lines",
                    joins=(
                        Join(
                            kind="inner",
                            to="orders",
                            on=('"orders"."order_id" = "lines"."order_id"',),
                        ),
                        Join(
                            kind="left",
                            to="first_lines",
                            on=(
                                '"lines"."order_id" = "first_lines"."order_id"',
                                '"first_lines"."line_number" = 1',
                            ),
                        ),
                    ),
                    projections=(
                        *shown("lines", *lines),
                        Projection(
                            name="line_amount",
                            expression='"lines"."quantity" * "lines"."price"',
                            group="numerics",
                        ),
                        Projection(
                            name="share_of_first_line",
                            expression='round("lines"."quantity" * "lines"."price" / '
                            'nullif("first_lines"."quantity" * "first_lines"."price", 0), 4)',
                            group="numerics",
                        ),
                        Projection(
                            name="created_at", expression='"lines"."created_at"', group="timestamps"
                        ),
                        Projection(
                            name="ordered_date",
                            expression='cast("orders"."loaded_at" as date)',
                            group="dates",
                        ),
                    ),
                ),
            ),
        ),
        columns=(
            column("order_id", ORDER_KEY, "integer"),
            column("line_amount", "Money.", "decimal"),
        ),
        tests=(SameRowCountTest(as_model="stg_shop__order_lines"),),
    )


def _fact() -> Model:
    names = (
        "ids:order_id", "ids:line_number", "numerics:quantity", "numerics:line_amount",
        "dates:ordered_date", "timestamps:created_at",
    )  # fmt: skip
    return Model(
        name="fct_order_lines",
        layer="marts",
        folder="",
        description="What was sold.",
        grain="One row per order and line number.",
        entity="order line",
        body=Query(
            inputs=(Input(alias="lines", model="int_order_lines_enriched"),),
            ctes=(Cte(name="final", from_alias="lines", projections=shown("lines", *names)),),
        ),
        columns=(
            column(
                "order_id",
                ORDER_KEY,
                "integer",
                RelationshipsTest(column="order_id", to="stg_shop__orders", field="order_id"),
            ),
            column("line_number", "", "integer"),
            column(
                "quantity",
                "",
                "integer",
                RangeTest(
                    column="quantity",
                    min_value=0,
                    severity="warn",
                    where='"quantity" is not null',
                    evidence="11,988 of 12,000 rows (99.9 %)",
                ),
            ),
            column("line_amount", "Quantity times price.", "decimal"),
            column(
                "ordered_date",
                "",
                "date",
                RelationshipsTest(column="ordered_date", to="dim_dates", field="date_day"),
            ),
            column("created_at", "", "timestamp"),
        ),
        tests=(
            CompositeUniqueTest(columns=("order_id", "line_number")),
            CompositeRelationshipsTest(
                columns=("order_id", "line_number"),
                to="stg_shop__order_lines",
                fields=("order_id", "line_number"),
            ),
            ExpressionTest(
                expression='"line_amount" >= 0 or "quantity" < 0', name="line amount not negative"
            ),
            ReconcilesTest(
                key="order_id",
                expression='"line_amount"',
                to="stg_shop__orders",
                to_key="order_id",
                field="order_total",
            ),
        ),
        materialized="incremental",
        incremental=Incremental(
            unique_key=("order_id", "line_number"),
            watermark="created_at",
            input_alias="lines",
            input_column="created_at",
            why="Twelve million lines, and a line is never changed after its time of creation: "
            "only new ones are read.",
        ),
        primary_key=("order_id", "line_number"),
    )


def _orders_by_email() -> Model:
    return Model(
        name="dim_customers",
        layer="marts",
        folder="",
        description="",
        grain="One row per e-mail address.",
        entity="customer",
        materialized="table",
        body=Query(
            inputs=(Input(alias="orders", model="stg_shop__orders"),),
            ctes=(
                Cte(
                    name="final",
                    from_alias="orders",
                    projections=(
                        *shown("orders", "email"),
                        Projection(name="order_count", expression="count(*)", group="numerics"),
                        Projection(
                            name="total_order_amount",
                            expression='sum("orders"."order_total")',
                            group="numerics",
                        ),
                    ),
                    where=('"orders"."email" is not null',),
                    group_by=('"orders"."email"',),
                ),
            ),
        ),
        columns=(key("email", "Where the receipts went."), column("order_count", "", "integer")),
    )


def _dates() -> Model:
    day = '"days"."date_day"'
    return Model(
        name="dim_dates",
        layer="marts",
        folder="",
        description="The calendar.",
        grain="One row per day.",
        entity="date",
        materialized="table",
        body=DateSpine(
            bounds=(("stg_shop__orders", "loaded_at"), ("stg_shop__order_lines", "created_at")),
            projections=(
                Projection(name="date_day", expression=day, group="dates"),
                Projection(
                    name="year_number",
                    expression=f"cast(extract(year from {day}) as integer)",
                    group="numerics",
                ),
                Projection(name="month_name", expression=f"monthname({day})"),
                Projection(
                    name="is_weekend",
                    expression=f"extract(isodow from {day}) in (6, 7)",
                    group="booleans",
                ),
            ),
        ),
        columns=(key("date_day", "The day."), column("month_name", "January to December.")),
    )


def shop(adapter: str = "duckdb") -> Design:
    return Design(
        adapter=adapter,
        sources=_sources(),
        models=(
            _orders(), _order_lines(), _enriched(), _dates(), _fact(), _orders_by_email(),
        ),
        snapshots=(
            Snapshot(
                name="orders_snapshot",
                model="stg_shop__orders",
                unique_key=("order_id",),
                strategy="timestamp",
                updated_at="loaded_at",
                description="Every version of an order that was seen, so that a total can be "
                "looked up as it was on a day in the past.",
            ),
            Snapshot(
                name="order_lines_snapshot",
                model="stg_shop__order_lines",
                unique_key=("order_id", "line_number"),
                strategy="check",
                check_columns=("status", "price"),
            ),
        ),
    )  # fmt: skip
