"""Columns that the user renamed in a generated staging model: what is made from it follows."""

from __future__ import annotations

from dbt_cartridge.design.lineage import (
    keeps_grain,
    made_from,
    output_name,
    outputs,
    parsed,
)
from dbt_cartridge.design.parts import Staged
from dbt_cartridge.documents.host import HostModel


def renamed(staged: Staged, model: HostModel, dialect: str) -> dict[str, str]:
    """Column of the table → the user's name for it, where it is not ours.

    A name of ours that is gone from the model was renamed if one new column of it is made from the
    same column of the table and from no other. What was taken away, and what is made from several,
    is not told apart here.
    """
    scope = parsed(model.sql, staged.relation.by_name, dialect) if model.sql else None
    if scope is None or not keeps_grain(scope):
        return {}
    sources: dict[str, set[str]] = {
        output_name(each): made_from(scope, each) for each in outputs(scope)
    }
    ours = {column.name for column in staged.model.columns}
    new = {name: columns for name, columns in sources.items() if name not in ours}
    found: dict[str, str] = {}
    for column, name in staged.names.items():
        alone = [n for n, columns in new.items() if columns == {column.casefold()}]
        if name not in sources and len(alone) == 1:
            found[column] = alone[0]
    return found
