"""Snowflake."""

from __future__ import annotations

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, everywhere, parsed, without_json_cast
from dbt_cartridge.render.dialects.tolerant import Tolerance, called


def _extract(node: Node) -> Node:
    """`isodow` is no date part of Snowflake's, and `week` is what the session says it is:
    docs.snowflake.com, functions-date-time."""
    own = {"isodow": "dayofweekiso", "week": "weekiso"}.get(node.this.name.lower())
    return exp.Anonymous(this=own, expressions=[node.expression]) if own else node


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


def _cast(node: Node) -> Node:
    """TIMESTAMP alone is what the session says it is: docs.snowflake.com, data-types-datetime."""
    if node.to.is_type("timestamp", "timestampntz"):
        node.set("to", exp.DataType.build("timestamp_ntz", dialect="snowflake"))
    return node


def _at_zone(node: Node) -> Node:
    """CONVERT_TIMEZONE leaves a zone on what has one."""
    moment = exp.Anonymous(this="convert_timezone", expressions=[node.args["zone"], node.this])
    return parsed("cast({} as timestamp_ntz)", moment, "snowflake")


def _from_epoch(node: Node) -> Node:
    return exp.Anonymous(this="to_timestamp_ntz", expressions=[node.this, exp.Literal.number(6)])


SNOWFLAKE: Changes = {
    exp.Extract: _extract,
    exp.Monthname: _month,
    exp.Dayname: _day,
    exp.JSONExtractScalar: without_json_cast,
    exp.TryCast: Tolerance(forgiving=True, day=called("try_to_date"), cast=_cast),
    exp.RegexpReplace: everywhere,
    exp.AtTimeZone: _at_zone,
    exp.UnixToTime: _from_epoch,
}
