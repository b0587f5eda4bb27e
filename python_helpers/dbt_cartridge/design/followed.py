"""Columns that the user renamed in a generated staging model: what is made from it follows."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from dbt_cartridge.design.own_staging import output_name, outputs, parsed
from dbt_cartridge.design.parts import Staged
from dbt_cartridge.documents.host import HostModel


def renamed(staged: Staged, model: HostModel, dialect: str) -> dict[str, str]:
    """Column of the table → the user's name for it, where it is not ours.

    A name of ours that is gone from the model was renamed if one new column of it is made from the
    same column of the table and from no other. What was taken away, and what is made from several,
    is not told apart here.
    """
    scope = parsed(model.sql, staged.relation, dialect) if model.sql else None
    if scope is None:
        return {}
    made_from: dict[str, set[str]] = {
        output_name(each): _columns(scope, each) for each in outputs(scope)
    }
    ours = {column.name for column in staged.model.columns}
    new = {name: columns for name, columns in made_from.items() if name not in ours}
    found: dict[str, str] = {}
    for column, name in staged.names.items():
        alone = [n for n, columns in new.items() if columns == {column.casefold()}]
        if name not in made_from and len(alone) == 1:
            found[column] = alone[0]
    return found


def _columns(scope: Scope, projection: exp.Expr) -> set[str]:
    """The columns of the table that the projection is made from, in lower case."""
    found: set[str] = set()
    for column in projection.find_all(exp.Column):
        below = scope.sources.get(column.table)
        if isinstance(below, exp.Table):
            found.add(column.name.casefold())
        elif isinstance(below, Scope) and isinstance(below.expression, exp.Select):
            for each in outputs(below):
                if each.alias_or_name.casefold() == column.name.casefold():
                    found |= _columns(below, each)
    return found
