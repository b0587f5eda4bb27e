"""What a dialect has, and how its SQL is printed."""

from __future__ import annotations

import re

from dbt_cartridge.documents.design import READ_DAYS
from dbt_cartridge.render.dialects import CHANGES, Node

_UNIT = re.compile(
    r"\b(date_trunc|date_diff|datediff|date_add|dateadd|date_part)\('([A-Z]+)'", re.IGNORECASE
)
# `NOT x IN (…)`, where x is a name or simple calls around one.
_NOT = re.compile(r"""\bNOT ((?:[A-Z_]+\()*["`]§[0-9]+§["`]\)*) (IS|IN|LIKE|ILIKE|BETWEEN)\b""")
_FILTER = re.compile(r"\bfilter\(where\b", re.IGNORECASE)


def has_qualify(adapter: str) -> bool:
    return adapter in {"bigquery", "databricks", "duckdb", "snowflake"}


def fetches(adapter: str) -> bool:
    """Whether what another server holds is read into a CTE of its own first.

    DuckDB's extensions hand sums and counts over a plain select to the server they read from, and
    1.5's MySQL extension then ends even `select count(*)` with an internal error, after which the
    database answers nothing any more. Columns that nobody reads, and filters, still go there.
    """
    return adapter == "duckdb"


def nulls_last(adapter: str) -> bool:
    """Whether `order by … desc nulls last` can be said. MySQL puts NULLs last unasked."""
    return adapter not in {"mysql", "fabric", "sqlserver", "synapse"}


def days(count: str, adapter: str) -> str:
    """What follows `interval` for so many days; `count` is a number, or Jinja that gives one."""
    return f"{count} day" if adapter in {"bigquery", "mysql"} else f"'{count} days'"


def first_read(native: str) -> str:
    """From where on a column is read that BigQuery demands a bound on: a var says how many days.

    Nothing becomes a timestamp or a datetime by itself there.
    """
    kind = native.lower()
    if kind == "int64":
        return str(-(2**63))
    day = f"date_sub(current_date(), interval {{{{ var('partition_days', {READ_DAYS}) }}}} day)"
    return day if kind == "date" else f"cast({day} as {kind})"


def adapt(tree: Node, adapter: str) -> Node:
    """`tree` with functions that `adapter` has. Takes the tree over."""
    changes = CHANGES.get(adapter, {})
    # Innermost first, so that what a change wraps has been changed already.
    for node in reversed(list(tree.find_all(*changes))) if changes else ():
        if type(node) not in changes:  # a subclass: TRY_CAST is a kind of CAST
            continue
        changed = changes[type(node)](node)
        if changed is not node:
            if node is tree:
                tree = changed
            else:
                node.replace(changed)
    return tree


def polish(sql: str) -> str:
    """What sqlglot prints in its own way: `date_trunc('DAY'`, `filter(where`, `not x is null`."""
    sql = _NOT.sub(lambda m: f"{m[1]} IS NOT" if m[2] == "IS" else f"{m[1]} NOT {m[2]}", sql)
    sql = _UNIT.sub(lambda match: f"{match[1]}('{match[2].lower()}'", sql)
    return _FILTER.sub("filter (where", sql)
