"""PostgreSQL, and what Redshift has of it."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, keys_of, parsed
from dbt_cartridge.render.dialects.spans import seconds
from dbt_cartridge.render.dialects.tolerant import Tolerance, called


def _round(node: Node) -> Node:
    """PostgreSQL rounds to decimals only what is numeric, not double precision."""
    inner = node.this
    if node.args.get("decimals") is None or (
        isinstance(inner, exp.Cast) and inner.to.is_type("decimal")
    ):
        return node
    return exp.Round(this=exp.cast(inner, "decimal"), decimals=node.args["decimals"])


def _json_text(node: Node) -> Node:
    """`cast(x as json) ->> 'key'` reads json, jsonb and text; sqlglot's function reads one."""
    keys = keys_of(node.expression)
    if keys is None:
        return node
    value: Node = node.this
    if not (isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb")):
        value = exp.cast(value, "json")
    *outer, last = map(exp.Literal.string, keys)
    for key in outer:
        value = exp.Paren(this=exp.JSONExtract(this=value, expression=key, only_json_types=True))
    return exp.JSONExtractScalar(this=value, expression=last, only_json_types=True)


def _name_of(part: str) -> Callable[[Node], Node]:
    def change(node: Node) -> Node:
        # FM: PostgreSQL else fills names up with blanks to nine characters.
        return exp.Anonymous(
            this="to_char", expressions=[node.this, exp.Literal.string(f"FM{part}")]
        )

    return change


def _extract(part: str) -> Callable[[Node], Node]:
    def change(node: Node) -> Node:
        return exp.Extract(this=exp.var(part), expression=node.this)

    return change


def _from_epoch(node: Node) -> Node:
    """Exact to the microsecond, and without the session's zone."""
    text = "timestamp '1970-01-01 00:00:00' + ({}) * interval '1 microsecond'"
    return parsed(text, node.this, "postgres")


SHARED: Changes = {
    exp.Dayname: _name_of("Day"),
    exp.Monthname: _name_of("Month"),
    exp.Quarter: _extract("quarter"),
    exp.Year: _extract("year"),
    exp.Month: _extract("month"),
    exp.Day: _extract("day"),
    exp.Week: _extract("week"),
    exp.DayOfYear: _extract("doy"),
    exp.DayOfWeek: _extract("dow"),
    exp.DayOfWeekIso: _extract("isodow"),
}
POSTGRES: Changes = {
    **SHARED,
    exp.Round: _round,
    exp.JSONExtractScalar: _json_text,
    exp.TryCast: Tolerance(forgiving=False, day=called("to_date")),
    exp.UnixToTime: _from_epoch,
    exp.DateDiff: seconds("extract(epoch from ({1} - {0}))", "postgres"),
}
