"""What sqlglot does not yet carry from DuckDB's SQL into another warehouse's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

Node = Any  # sqlglot 26 and sqlglot 30 call the base of their trees by different names

_UNIT = re.compile(
    r"\b(date_trunc|date_diff|datediff|date_add|dateadd|date_part)\('([A-Z]+)'", re.IGNORECASE
)
# `NOT x IN (…)`, where x is a name or simple calls around one.
_NOT = re.compile(r"""\bNOT ((?:[A-Z_]+\()*["`]§[0-9]+§["`]\)*) (IS|IN|LIKE|ILIKE|BETWEEN)\b""")
_FILTER = re.compile(r"\bfilter\(where\b", re.IGNORECASE)


def dialect(adapter: str) -> str:
    """sqlglot's name for the adapter's dialect; PostgreSQL's for one that it does not know."""
    known = {"athena", "bigquery", "clickhouse", "databricks", "duckdb", "fabric", "mysql"}
    known |= {"postgres", "redshift", "snowflake", "spark", "trino"}
    names = {"sqlserver": "tsql", "synapse": "tsql"}
    return names.get(adapter, adapter if adapter in known else "postgres")


def has_qualify(adapter: str) -> bool:
    return adapter in {"bigquery", "databricks", "duckdb", "snowflake"}


def nulls_last(adapter: str) -> bool:
    """Whether `order by … desc nulls last` can be said. MySQL puts NULLs last unasked."""
    return adapter not in {"mysql", "fabric", "sqlserver", "synapse"}


def adapt(tree: Node, adapter: str) -> Node:
    """`tree` with functions that `adapter` has. Takes the tree over."""
    changes = _CHANGES.get(adapter, {})
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
    keys = _keys(node.expression)
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


def _redshift_json(node: Node) -> Node:
    """A path of a SUPER value, or of text that holds JSON, as text; NULL where text holds none.

    Through JSON_SERIALIZE: navigation would fold the path's case.
    """
    keys = _keys(node.expression)
    if keys is None:
        return node
    value: Node = node.this
    if isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb"):
        value = value.this
    else:
        value = exp.Anonymous(this="json_serialize", expressions=[value])
    arguments = [value, *map(exp.Literal.string, keys), exp.true()]
    return exp.Anonymous(this="json_extract_path_text", expressions=arguments)


def _redshift_part(node: Node) -> Node:
    """Redshift knows Sunday as 0, and no ISO day of the week."""
    if str(node.this.name).lower() != "isodow":
        return node
    text = "mod(cast(extract(dow from {}) as integer) + 6, 7) + 1"
    return _parsed(text, node.expression, "redshift")


def _redshift_cast(node: Node) -> Node:
    """Text is not cast to a boolean there."""
    return _is_true(node.this) if node.to.is_type("boolean") else node


def _is_true(text: Node) -> Node:
    yes = [exp.Literal.string(word) for word in ("true", "t", "1")]
    return exp.Paren(this=exp.In(this=exp.Lower(this=text), expressions=yes))


def _keys(path: Node) -> list[str] | None:
    """The keys of a path that holds nothing else."""
    if not isinstance(path, exp.JSONPath):
        return None
    keys = [part for part in path.expressions if not isinstance(part, exp.JSONPathRoot)]
    whole = keys and all(isinstance(key, exp.JSONPathKey) for key in keys)
    return [str(key.this) for key in keys] if whole else None


def _mysql_json(node: Node) -> Node:
    """`json_value`: `->>` is not MariaDB's, and `json_extract` gives a JSON null as 'null'.

    It reads text too: MariaDB has no `cast(x as json)`.
    """
    value: Node = node.this
    if isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb"):
        value = value.this
    keys = _keys(node.expression)
    if keys is None:
        return node
    literal = exp.Literal.string("$" + "".join(f'."{key}"' for key in keys))
    return exp.Anonymous(this="json_value", expressions=[value, literal])


def _mysql_cast(node: Node) -> Node:
    """Fractions of a second stay, and `true` as text is true: `cast(… as signed)` makes it 0."""
    if str(node.to.this.value).startswith("TIMESTAMP"):
        return exp.cast(node.this, "datetime(6)", dialect="mysql")
    if node.to.is_type("boolean"):
        return _is_true(node.this)
    return node


def _mysql_part(node: Node) -> Node:
    parts = {"doy": "dayofyear({})", "isodow": "weekday({}) + 1", "dow": "dayofweek({}) - 1"}
    text = parts.get(str(node.this.name).lower())
    return _parsed(text, node.expression, "mysql") if text else node


def _mysql_trunc(node: Node) -> Node:
    """The first day, as a date. sqlglot counts from the year 0, which a strict MySQL refuses."""
    units = {
        "day": "date({})",
        "week": "date_sub(date({0}), interval weekday({0}) day)",
        "month": "date_sub(date({0}), interval dayofmonth({0}) - 1 day)",
        "quarter": "date_add(makedate(year({0}), 1), interval quarter({0}) - 1 quarter)",
        "year": "makedate(year({}), 1)",
    }
    text = units.get(str(node.args["unit"].name).lower().partition("(")[0])
    return _parsed(text, node.this, "mysql") if text else node


def _parsed(text: str, value: Node, adapter: str) -> Node:
    """`text` in the adapter's dialect with `value` at its `{}`."""
    return sqlglot.parse_one(text.format(value.sql(dialect=adapter)), read=adapter)


_Changes = dict[type[Any], Callable[[Node], Node]]
_BOTH: _Changes = {
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
_MYSQL: _Changes = {
    exp.JSONExtractScalar: _mysql_json,
    exp.Cast: _mysql_cast,
    exp.Extract: _mysql_part,
    exp.DateTrunc: _mysql_trunc,
    exp.TimestampTrunc: _mysql_trunc,
}


# ---------------------------------------------------------------- Snowflake


def _snowflake_extract(node: Node) -> Node:
    """`isodow` is no date part of Snowflake's: docs.snowflake.com, functions-date-time."""
    if node.this.name.lower() == "isodow":
        return exp.Anonymous(this="dayofweekiso", expressions=[node.expression])
    return node


def _snowflake_month(node: Node) -> Node:
    """MONTHNAME gives three letters: docs.snowflake.com, functions/monthname."""
    return exp.Anonymous(this="to_char", expressions=[node.this, exp.Literal.string("MMMM")])


def _snowflake_day(node: Node) -> Node:
    """DAYNAME gives three letters, and no format gives more: functions/dayname."""
    names = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
    day = exp.Anonymous(this="dayofweekiso", expressions=[node.this])
    pairs = [(exp.Literal.number(i), exp.Literal.string(n)) for i, n in enumerate(names, 1)]
    return exp.Anonymous(
        this="decode", expressions=[day, *(word for pair in pairs for word in pair)]
    )


def _without_json_cast(node: Node) -> Node:
    """JSON functions of warehouses read their JSON type and text, and text is not cast to it."""
    value: Node = node.this
    if isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb"):
        node.set("this", value.this)
    return node


# ---------------------------------------------------------------- BigQuery


def _bigquery_trunc(node: Node) -> Node:
    """DATE_TRUNC takes every type that has a date; weeks begin on Mondays in ISOWEEK alone."""
    unit = str(node.text("unit") or node.text("zone")).lower()
    part = exp.var("isoweek" if unit.startswith("week") else unit)
    return exp.Anonymous(this="date_trunc", expressions=[node.this, part])


def _bigquery_extract(node: Node) -> Node:
    """DAYOFWEEK counts from Sunday, 1; ISODOW and DOY do not exist."""
    if node.this.name.lower() == "doy":
        return exp.Extract(this=exp.var("dayofyear"), expression=node.expression)
    if node.this.name.lower() == "isodow":
        return exp.DayOfWeekIso(this=node.expression)
    return node


def _bigquery_name(format: str) -> Callable[[Node], Node]:
    def change(node: Node) -> Node:
        return exp.Anonymous(
            this="format_date", expressions=[exp.Literal.string(format), node.this]
        )

    return change


def _bigquery_cast(node: Node) -> Node:
    """Text with an offset is a TIMESTAMP; DATETIME takes none."""
    if node.to.is_type("timestamp", "timestampntz"):
        node.set("to", exp.DataType.build("timestamptz"))
    return node


def _bigquery_json(node: Node) -> Node:
    """JSON_VALUE reads JSON and text. JSON_EXTRACT_SCALAR is its older name."""
    node = _without_json_cast(node)
    path = exp.Literal.string(node.expression.sql(dialect="bigquery").strip("'"))
    return exp.Anonymous(this="json_value", expressions=[node.this, path])


_SNOWFLAKE: _Changes = {
    exp.Extract: _snowflake_extract,
    exp.Monthname: _snowflake_month,
    exp.Dayname: _snowflake_day,
    exp.JSONExtractScalar: _without_json_cast,
}
_BIGQUERY: _Changes = {
    exp.DateTrunc: _bigquery_trunc,
    exp.TimestampTrunc: _bigquery_trunc,
    exp.Extract: _bigquery_extract,
    exp.Monthname: _bigquery_name("%B"),
    exp.Dayname: _bigquery_name("%A"),
    exp.Cast: _bigquery_cast,
    exp.JSONExtractScalar: _bigquery_json,
}
_CHANGES: dict[str, _Changes] = {
    "mysql": _MYSQL,
    "bigquery": _BIGQUERY,
    "snowflake": _SNOWFLAKE,
    "postgres": {**_BOTH, exp.Round: _round, exp.JSONExtractScalar: _json_text},
    "redshift": {
        **_BOTH,
        exp.JSONExtractScalar: _redshift_json,
        exp.Extract: _redshift_part,
        exp.Cast: _redshift_cast,
    },
}
