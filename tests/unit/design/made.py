"""Small schemas by hand: what a test says of a table, and nothing else."""

from __future__ import annotations

from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.design import Design, Model, Query, Test
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.documents.scan import (
    Check,
    Column,
    Profile,
    Relation,
    Scan,
    TextPatterns,
    ValueCount,
)
from dbt_cartridge.documents.schema import (
    ColumnMeaning,
    Identity,
    Key,
    Rates,
    Relationship,
    Schema,
    Table,
    Versions,
)
from dbt_cartridge.words import split

NATIVE = {
    "integer": "BIGINT", "text": "VARCHAR", "decimal": "DECIMAL(10,2)", "date": "DATE",
    "timestamp": "TIMESTAMP", "boolean": "BOOLEAN", "json": "JSON", "float": "DOUBLE",
}  # fmt: skip


class Made:
    """A table with its facts and its meaning."""

    def __init__(self, relation: Relation, table: Table, links: list[Relationship]) -> None:
        self.relation, self.table, self.links = relation, table, links


def column(name: str, kind: str = "integer", role: str = "attribute", **facts: Any) -> Any:
    """A column and its meaning. `facts` are of the profile, but for `meaning` and `column`."""
    rows = facts.pop("rows", 100)
    meaning = facts.pop("meaning", {})
    of_column = facts.pop("column", {})
    patterns = facts.pop("patterns", None)
    values = facts.pop("values", {})
    profile = Profile(
        rows=rows,
        nulls=facts.pop("nulls", 0),
        patterns=TextPatterns(**patterns) if patterns is not None else None,
        top_values=tuple(ValueCount(value=v, count=n) for v, n in values.items()),
        **facts,
    )
    return (
        {"name": name, "type": kind, "native_type": NATIVE[kind], "profile": profile, **of_column},
        dict(name=name, words=split(name), role=role, **meaning),
    )


def table(
    name: str,
    *columns: Any,
    role: str = "dimension",
    shape: str = "plain",
    key: tuple[str, ...] | str | None = "id",
    links: dict[str, str] | None = None,
    rows: int = 100,
    entity: str | None = None,
    plural: str | None = None,
    comment: str | None = None,
    versions: Versions | None = None,
    complete: bool = True,
    orphans: int = 0,
    schema: str = "raw",
    checks: tuple[str, ...] = (),
    **link: Any,
) -> Made:
    """`links` maps a column to `parent.key`; they are proved unless `orphans` says otherwise."""
    keys = (key,) if isinstance(key, str) else key
    entity = entity or name.rstrip("s")
    relation = Relation(
        schema_name=schema,
        name=name,
        rows=rows,
        rows_exact=True,
        comment=comment,
        checks=tuple(Check(expression=each) for each in checks),
        columns=tuple(Column(position=i, **c) for i, (c, _) in enumerate(columns, 1)),
    )
    return Made(
        relation,
        Table.model_validate(
            dict(  # noqa: C408
                id=relation.id, entity=entity, entities=plural or f"{entity}s", role=role,
                shape=shape, confidence=1.0, versions=versions,
                primary_key=Key(columns=keys, proved=True, evidence_class="structural")
                if keys else None,
                columns=tuple(ColumnMeaning.model_validate(m) for _, m in columns),
            )
        ),
        [
            Relationship(
                table=relation.id, columns=(child,),
                ref_table=f"{schema}.{to.split('.')[0]}", ref_columns=(to.split(".")[1],),
                proved=complete and not orphans, optional=not complete, rows=rows,
                orphans=orphans, **{"evidence_class": "structural", **link},
            )
            for child, to in (links or {}).items()
        ],
    )  # fmt: skip


def host(**other: Any) -> Host:
    return Host(project_name="shop", adapter="duckdb", dbt_version="1.11.16", **other)


def own_model(name: str) -> HostModel:
    return HostModel(name=name, path=f"models/{name}.sql", package="shop")


def designed(
    *made: Made,
    identities: tuple[Identity, ...] = (),
    rates: tuple[Rates, ...] = (),
    to: Host | None = None,
    **options: Any,
) -> Design:
    scan = Scan(adapter="duckdb", relations=tuple(m.relation for m in made))
    schema = Schema(
        adapter="duckdb",
        tables=tuple(m.table for m in made),
        relationships=tuple(link for m in made for link in m.links),
        identities=identities,
        rates=rates,
    )
    return design(schema, scan, to or host(), Settings(**options))


def names(result: Design, layer: str) -> list[str]:
    return [model.name for model in result.models if model.layer == layer]


def columns(model: Model) -> list[str]:
    return [column.name for column in model.columns]


def expression(model: Model, name: str) -> str:
    """How a column of the last CTE is made."""
    assert isinstance(model.body, Query)
    return next(p.expression for p in model.body.ctes[-1].projections if p.name == name)


def computed(model: Model, name: str) -> str:
    """How a column is computed, in the first CTE that makes it."""
    assert isinstance(model.body, Query)
    found = [p.expression for cte in model.body.ctes for p in cte.projections if p.name == name]
    return found[0]


def claims(model: Model, kind: str) -> list[Test]:
    return [test for test in model.all_tests if test.kind == kind]


def parents(model: Model) -> set[str]:
    """The models that a model reads."""
    if isinstance(model.body, Query):
        return {i.model for i in model.body.inputs if i.model}
    return {name for name, _ in model.body.bounds}


# ---------------------------------------------------------------- a shop


def customers(**other: Any) -> Made:
    return table(
        "customers",
        column("id", role="key", distinct=100),
        column("name", "text", "name"),
        column("email", "text", meaning={"pii": "email"}),
        **other,
    )


def orders(*more: Any, **other: Any) -> Made:
    return table(
        "orders",
        column("id", role="key", distinct=100),
        column("customer_id", role="foreign_key", distinct=50),
        column("ordered_on", "date", "event_time", min="2024-01-03", max="2025-02-04"),
        column("total", "decimal", "measure", min="1.00", max="9.00",
               meaning={"additivity": "additive"}),
        *more,
        role="fact", shape="transaction", links={"customer_id": "customers.id"}, **other,
    )  # fmt: skip


def order_lines(**other: Any) -> Made:
    return table(
        "order_lines",
        column("id", role="key", rows=300, distinct=300),
        column("order_id", role="foreign_key", rows=300, distinct=100),
        column("quantity", "integer", "measure", rows=300, min="1", max="5",
               meaning={"additivity": "additive"}),
        column("unit_price", "decimal", "measure", rows=300, min="1.00", max="9.00",
               meaning={"additivity": "non_additive"}),
        role="fact", shape="transaction", rows=300, links={"order_id": "orders.id"},
        entity="order_line", **other,
    )  # fmt: skip


TOTAL = Identity(
    kind="total", table="raw.orders", result="total", child="raw.order_lines", key=("id",),
    child_key=("order_id",), amount="unit_price", factor="quantity", considered=100, hits=100,
)  # fmt: skip
