"""Time between two moments, and lists in one text, where sqlglot says them otherwise."""

from __future__ import annotations

from collections.abc import Callable

import sqlglot
from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Node


def seconds(text: str, adapter: str) -> Callable[[Node], Node]:
    """`date_diff('second', a, b)` as `text` says it of both, `{0}` the earlier; whole days stay."""

    def change(node: Node) -> Node:
        if str(node.args["unit"].name).lower() != "second":
            return node
        earlier, later = (each.sql(dialect=adapter) for each in (node.expression, node.this))
        return sqlglot.parse_one(text.format(earlier, later), read=adapter)

    return change


def listed(text: str, adapter: str) -> Callable[[Node], Node]:
    """`string_agg(distinct x, ', ' order by x)` as `text` says it of `x`.

    A NULL is in no list: nothing need be said of its place.
    """

    def change(node: Node) -> Node:
        inner = node.this.this if isinstance(node.this, exp.Order) else node.this
        if not isinstance(inner, exp.Distinct) or len(inner.expressions) != 1:
            return node
        value = inner.expressions[0].sql(dialect=adapter)
        return sqlglot.parse_one(text.format(value), read=adapter)

    return change
