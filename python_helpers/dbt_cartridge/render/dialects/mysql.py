"""MySQL, and MariaDB."""

from __future__ import annotations

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, is_true, keys_of, parsed


def _json(node: Node) -> Node:
    """`json_value`: `->>` is not MariaDB's, and `json_extract` gives a JSON null as 'null'.

    It reads text too: MariaDB has no `cast(x as json)`.
    """
    value: Node = node.this
    if isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb"):
        value = value.this
    keys = keys_of(node.expression)
    if keys is None:
        return node
    literal = exp.Literal.string("$" + "".join(f'."{key}"' for key in keys))
    return exp.Anonymous(this="json_value", expressions=[value, literal])


def _cast(node: Node) -> Node:
    """Fractions of a second stay, and `true` as text is true: `cast(… as signed)` makes it 0."""
    if str(node.to.this.value).startswith("TIMESTAMP"):
        return exp.cast(node.this, "datetime(6)", dialect="mysql")
    if node.to.is_type("boolean"):
        return is_true(node.this)
    return node


def _part(node: Node) -> Node:
    parts = {"doy": "dayofyear({})", "isodow": "weekday({}) + 1", "dow": "dayofweek({}) - 1"}
    text = parts.get(str(node.this.name).lower())
    return parsed(text, node.expression, "mysql") if text else node


def _trunc(node: Node) -> Node:
    """The first day, as a date. sqlglot counts from the year 0, which a strict MySQL refuses."""
    units = {
        "day": "date({})",
        "week": "date_sub(date({0}), interval weekday({0}) day)",
        "month": "date_sub(date({0}), interval dayofmonth({0}) - 1 day)",
        "quarter": "date_add(makedate(year({0}), 1), interval quarter({0}) - 1 quarter)",
        "year": "makedate(year({}), 1)",
    }
    text = units.get(str(node.args["unit"].name).lower().partition("(")[0])
    return parsed(text, node.this, "mysql") if text else node


MYSQL: Changes = {
    exp.JSONExtractScalar: _json,
    exp.Cast: _cast,
    exp.Extract: _part,
    exp.DateTrunc: _trunc,
    exp.TimestampTrunc: _trunc,
}
