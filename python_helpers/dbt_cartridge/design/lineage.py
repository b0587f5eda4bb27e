"""SQL that the user wrote, as far as it is to be known here: which column is made from which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from dbt_cartridge.host_sql import without_jinja

_TABLE = "cartridge_source"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# One row out for one row in is no longer sure where one of these stands, or an aggregate: a group
# without one leaves out copies, as `distinct` does.
_OTHER_GRAIN = (exp.Join, exp.SetOperation, exp.Unnest, exp.Lateral, exp.Limit)


def outputs(scope: Scope) -> list[exp.Expr]:
    return cast("exp.Select", scope.expression).selects


def output_name(projection: exp.Expr) -> str:
    name = projection.alias_or_name
    return name.lower() if _PLAIN.match(name) else name


def made_from(scope: Scope, projection: exp.Expr) -> set[str]:
    """The columns of the table that an output is made from, in lower case."""
    found: set[str] = set()
    for column in projection.find_all(exp.Column):
        below = scope.sources.get(column.table)
        if isinstance(below, exp.Table) and below.name.casefold() == _TABLE:
            found.add(column.name.casefold())
        elif isinstance(below, Scope) and isinstance(below.expression, exp.Select):
            for each in outputs(below):
                if each.alias_or_name.casefold() == column.name.casefold():
                    found |= made_from(below, each)
    return found


def columns_of(scope: Scope, output: exp.Expr) -> set[str]:
    """The names, in lower case, of what an output is made from in whatever the statement reads."""
    found: set[str] = set()
    for column in output.find_all(exp.Column):
        below = scope.sources.get(column.table)
        if not isinstance(below, Scope) or not isinstance(below.expression, exp.Select):
            found.add(column.name.casefold())
            continue
        inner = [o for o in outputs(below) if o.alias_or_name.casefold() == column.name.casefold()]
        found |= columns_of(below, inner[0]) if inner else {column.name.casefold()}
    return found


def keeps_grain(scope: Scope) -> bool:
    """Whether it selects the table's rows one for one; what it filters or deduplicates aside."""
    tree = scope.expression
    aggregates = (each for each in tree.find_all(exp.AggFunc) if not _is_windowed(each))
    return isinstance(tree, exp.Select) and not tree.find(*_OTHER_GRAIN) and not any(aggregates)


def filters(scope: Scope) -> bool:
    """Whether rows may be left out on the way."""
    return scope.expression.find(exp.Where, exp.Qualify, exp.Distinct) is not None


def _is_windowed(function: exp.Expr) -> bool:
    above = function.parent
    while isinstance(above, (exp.IgnoreNulls, exp.RespectNulls, exp.Filter)):
        above = above.parent
    return isinstance(above, exp.Window)


def parsed(text: str, columns: Iterable[str], dialect: str) -> Scope | None:
    """The statement of a model that reads one thing, its columns qualified; None where it is no SQL
    that is known here.

    Args:
        columns: of what it reads.
    """
    plain = without_jinja(text, lambda kind, names: _TABLE)
    if plain is None:
        return None
    try:
        tree = sqlglot.parse_one(plain, read=dialect)
        known: dict[str, object] = {_TABLE: its} if (its := dict.fromkeys(columns, "text")) else {}
        tree = qualify(
            tree, dialect=dialect, schema=known,
            validate_qualify_columns=False, quote_identifiers=False,
        )  # fmt: skip
        return build_scope(tree)
    except (SqlglotError, ValueError):
        return None


def origin(scope: Scope, projection: exp.Expr) -> str | None:
    column = projection.unalias()
    if not isinstance(column, exp.Column):
        return None
    below = scope.sources.get(column.table)
    if isinstance(below, exp.Table):
        return column.name if below.name.casefold() == _TABLE else None
    if not isinstance(below, Scope) or not isinstance(below.expression, exp.Select):
        return None
    wanted = column.name.casefold()
    for each in below.expression.selects:
        if each.alias_or_name.casefold() == wanted:
            return origin(below, each)
    return None
