"""Snowflake."""

from __future__ import annotations

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, without_json_cast


def _extract(node: Node) -> Node:
    """`isodow` is no date part of Snowflake's: docs.snowflake.com, functions-date-time."""
    if node.this.name.lower() == "isodow":
        return exp.Anonymous(this="dayofweekiso", expressions=[node.expression])
    return node


def _month(node: Node) -> Node:
    """MONTHNAME gives three letters: docs.snowflake.com, functions/monthname."""
    return exp.Anonymous(this="to_char", expressions=[node.this, exp.Literal.string("MMMM")])


def _day(node: Node) -> Node:
    """DAYNAME gives three letters, and no format gives more: functions/dayname."""
    names = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
    day = exp.Anonymous(this="dayofweekiso", expressions=[node.this])
    pairs = [(exp.Literal.number(i), exp.Literal.string(n)) for i, n in enumerate(names, 1)]
    return exp.Anonymous(
        this="decode", expressions=[day, *(word for pair in pairs for word in pair)]
    )


SNOWFLAKE: Changes = {
    exp.Extract: _extract,
    exp.Monthname: _month,
    exp.Dayname: _day,
    exp.JSONExtractScalar: without_json_cast,
}
