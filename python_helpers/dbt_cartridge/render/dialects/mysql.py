"""MySQL, and MariaDB."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node, everywhere, is_true, keys_of, parsed
from dbt_cartridge.render.dialects.tolerant import Tolerance, called, form_of


def _json(node: Node) -> Node:
    """`json_extract`, unquoted: `json_value` gives 512 characters back, and `->>` is not MariaDB's.

    A JSON null would be 'null'. It reads text too: MariaDB has no `cast(x as json)`; what is no
    document has nothing in it.
    """
    value: Node = node.this
    if isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb"):
        value = value.this
    keys = keys_of(node.expression)
    if keys is None:
        return node
    literal = exp.Literal.string("$" + "".join(f'."{key}"' for key in keys))
    found = exp.Anonymous(this="json_extract", expressions=[value, literal])
    holds = exp.and_(
        exp.Anonymous(this="json_valid", expressions=[value.copy()]),
        exp.NEQ(
            this=exp.Anonymous(this="json_type", expressions=[found.copy()]),
            expression=exp.Literal.string("NULL"),
        ),
    )
    plain = exp.Anonymous(this="json_unquote", expressions=[found])
    return exp.Case(ifs=[exp.If(this=holds, true=plain)])


def _cast(node: Node) -> Node:
    """Fractions of a second stay, and `true` as text is true: `cast(… as signed)` makes it 0."""
    if str(node.to.this.value).startswith("TIMESTAMP"):
        return exp.cast(node.this, "datetime(6)", dialect="mysql")
    if node.to.is_type("boolean"):
        return is_true(node.this)
    return node


def _part(node: Node) -> Node:
    parts = {
        "doy": "dayofyear({})", "isodow": "weekday({}) + 1", "dow": "dayofweek({}) - 1",
        "week": "weekofyear({})",
    }  # fmt: skip
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


def _matches(value: Node, form: str) -> Node:
    """Not REGEXP_LIKE, which MariaDB lacks."""
    found = exp.Anonymous(this="regexp_instr", expressions=[value, exp.Literal.string(form)])
    return exp.GT(this=found, expression=exp.Literal.number(0))


def _regexp(node: Node) -> Node:
    return _matches(node.this, node.expression.name)


_TOLERANT = Tolerance(
    forgiving=False, day=called("str_to_date"), words=("%Y", "%m", "%d"), cast=_cast, holds=_matches
)


def _try_cast(node: Node) -> Node:
    return _at_utc(node) if node.to.is_type("timestamptz") else _TOLERANT(node)


def _at_utc(node: Node) -> Node:
    """A text with an offset as the clock in UTC showed it: DATETIME has no zone, and MariaDB reads
    no offset."""
    value = node.this.sql(dialect="mysql")
    form = str(form_of(node.to, strict=True))
    offset = "left(concat(replace(regexp_substr({0}, '[+-][0-9:]{{2,5}}$'), ':', ''), '00'), 5)"
    text = (
        "case when regexp_instr({0}, '(Z|UTC)$') > 0 then {1} else "
        f"convert_tz({{1}}, insert({offset}, 4, 0, ':'), '+00:00') end"
    )
    bare = f"cast(regexp_replace({value}, ' ?(Z|UTC|[+-][0-9:]{{2,5}})$', '') as datetime(6))"
    inner = sqlglot.parse_one(text.format(value, bare), read="mysql")
    return exp.Case(ifs=[exp.If(this=_matches(node.this.copy(), form), true=inner)])


def _at_zone(node: Node) -> Node:
    """What comes here is in UTC already."""
    return node.this


def _from_epoch(node: Node) -> Node:
    """FROM_UNIXTIME would show it in the session's zone."""
    text = "date_add(cast('1970-01-01' as datetime(6)), interval ({}) microsecond)"
    return parsed(text, node.this, "mysql")


MYSQL: Changes = {
    exp.JSONExtractScalar: _json,
    exp.Cast: _cast,
    exp.TryCast: _try_cast,
    exp.RegexpReplace: everywhere,
    exp.AtTimeZone: _at_zone,
    exp.RegexpLike: _regexp,
    exp.UnixToTime: _from_epoch,
    exp.Extract: _part,
    exp.DateTrunc: _trunc,
    exp.TimestampTrunc: _trunc,
}
