"""BigQuery."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, everywhere, without_json_cast
from dbt_cartridge.render.dialects.tolerant import Tolerance


def _trunc(node: Node) -> Node:
    """DATE_TRUNC takes every type that has a date; weeks begin on Mondays in ISOWEEK alone."""
    unit = str(node.text("unit") or node.text("zone")).lower()
    part = exp.var("isoweek" if unit.startswith("week") else unit)
    return exp.Anonymous(this="date_trunc", expressions=[node.this, part])


def _extract(node: Node) -> Node:
    """DAYOFWEEK counts from Sunday, 1, and WEEK begins on it; ISODOW and DOY do not exist."""
    own = {"doy": "dayofyear", "week": "isoweek"}.get(node.this.name.lower())
    if own:
        return exp.Extract(this=exp.var(own), expression=node.expression)
    if node.this.name.lower() == "isodow":
        return exp.DayOfWeekIso(this=node.expression)
    return node


def _name(format: str) -> Callable[[Node], Node]:
    def change(node: Node) -> Node:
        return exp.Anonymous(
            this="format_date", expressions=[exp.Literal.string(format), node.this]
        )

    return change


def _cast(node: Node) -> Node:
    """Text with an offset is a TIMESTAMP; DATETIME takes none."""
    if node.to.is_type("timestamp", "timestampntz"):
        node.set("to", exp.DataType.build("timestamptz"))
    elif node.to.is_type("decimal"):
        node.set("to", exp.DataType.build("decimal"))  # takes no precision in a cast
    return node


def _json(node: Node) -> Node:
    """JSON_VALUE reads JSON and text. JSON_EXTRACT_SCALAR is its older name."""
    node = without_json_cast(node)
    path = exp.Literal.string(node.expression.sql(dialect="bigquery").strip("'"))
    return exp.Anonymous(this="json_value", expressions=[node.this, path])


def _day(value: Node, format: Node) -> Node:
    return exp.Dot(
        this=exp.to_identifier("safe"),
        expression=exp.Anonymous(this="parse_date", expressions=[format, value]),
    )


def _at_zone(node: Node) -> Node:
    """A TIMESTAMP is a moment, and shown in UTC."""
    return node.this


BIGQUERY: Changes = {
    exp.DateTrunc: _trunc,
    exp.TimestampTrunc: _trunc,
    exp.Extract: _extract,
    exp.Monthname: _name("%B"),
    exp.Dayname: _name("%A"),
    exp.Cast: _cast,
    exp.TryCast: Tolerance(forgiving=True, day=_day, words=("%Y", "%m", "%d"), cast=_cast),
    exp.RegexpReplace: everywhere,
    exp.AtTimeZone: _at_zone,
    exp.JSONExtractScalar: _json,
}
