"""A staging model whose cast fails on a row need not go, and all that reads it: the cast can."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp

from dbt_cartridge import native
from dbt_cartridge.documents.design import Model, ModelColumn, Projection, Query

_TYPES = (*exp.DataType.NUMERIC_TYPES, *exp.DataType.TEMPORAL_TYPES, exp.DataType.Type.BOOLEAN)


def without_casts(model: Model, error: str) -> tuple[Model, tuple[str, ...]] | None:
    """The model without the casts of columns that `error` names, or of all if it names none.

    With the names of the output columns that are now what they are in the warehouse. None where
    there is nothing to take away, or the model is not staging: what reads columns of other models
    counts on their types.
    """
    if model.layer != "staging" or not isinstance(model.body, Query):
        return None
    plain = {
        projection.name: uncast
        for cte in model.body.ctes
        for projection in cte.projections
        if (uncast := _uncast(projection.expression)) is not None
    }
    named = [name for name in plain if _names(error, plain[name])]
    chosen = {name: plain[name] for name in named or plain}
    if not chosen:
        return None
    return _with(model, model.body, chosen), tuple(chosen)


def _uncast(expression: str) -> str | None:
    """Without casts of columns to numbers, dates or booleans; None if there are none."""
    if native.is_native(expression):
        return None
    tree = sqlglot.parse_one(expression, read="duckdb")
    casts = [
        node
        for node in tree.find_all(exp.Cast)
        if node.to.this in _TYPES and node.find(exp.Column) is not None
    ]
    for node in reversed(casts):  # the innermost first
        if node is tree:
            tree = node.this
        else:
            node.replace(node.this)
    return tree.sql(dialect="duckdb") if casts else None


def _names(error: str, expression: str) -> bool:
    columns = sqlglot.parse_one(expression, read="duckdb").find_all(exp.Column)
    return any(re.search(rf"(?<!\w){re.escape(c.name)}(?!\w)", error) for c in columns)


def _with(model: Model, body: Query, expressions: dict[str, str]) -> Model:
    def projection(each: Projection) -> Projection:
        changes = {"expression": expressions.get(each.name), "group": "strings", "comment": None}
        return each.model_copy(update=changes) if each.name in expressions else each

    def column(each: ModelColumn) -> ModelColumn:
        changes = {"type": "text", "data_type": None}
        return each.model_copy(update=changes) if each.name in expressions else each

    ctes = tuple(
        cte.model_copy(update={"projections": tuple(projection(p) for p in cte.projections)})
        for cte in body.ctes
    )
    columns = tuple(column(each) for each in model.columns)
    return model.model_copy(
        update={"body": body.model_copy(update={"ctes": ctes}), "columns": columns}
    )
