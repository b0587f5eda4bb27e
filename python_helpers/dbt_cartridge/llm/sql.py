"""SQL expressions that a provider wrote: read by sqlglot, and let through node by node.

A list of what is allowed, by what functions are (`functions`). A list of what is forbidden was
beaten: dialects have functions that read files, call out, or run text as SQL, and new ones come
with each release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types

from dbt_cartridge import native
from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.errors import did_you_mean
from dbt_cartridge.llm.functions import (
    AGGREGATES,
    CLASSES,
    asks_elsewhere,
    is_plain_call,
    known,
    needs_two,
)

Node = Any
_MOST_NODES, _DEEPEST = 120, 24


_GRAMMAR = known(
    "Column Identifier Literal Boolean Null Paren Neg Not EQ NEQ GT GTE LT LTE Is In Between Like "
    "ILike SimilarTo Escape NullSafeEQ NullSafeNEQ Tuple Add Sub Mul Div IntDiv DPipe BitwiseAnd "
    "BitwiseOr BitwiseXor DataType DataTypeParam Var Interval IntervalSpan JSONPath JSONPathRoot "
    "JSONPathKey JSONPathSubscript Distinct Star Filter Where WithinGroup Order Ordered Window "
    "WindowSpec IgnoreNulls RespectNulls RawString Anonymous"
)
_ALLOWED = _GRAMMAR | CLASSES
_CALLS = AGGREGATES
_TYPES = frozenset(
    "TEXT VARCHAR CHAR NCHAR NVARCHAR INT BIGINT SMALLINT TINYINT MEDIUMINT UTINYINT USMALLINT "
    "UINT UBIGINT INT128 DECIMAL NUMERIC BIGDECIMAL DOUBLE FLOAT BOOLEAN DATE TIME TIMESTAMP "
    "TIMESTAMPTZ TIMESTAMPLTZ TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS DATETIME INTERVAL "
    "UUID DECFLOAT DATETIME2 SIGNED".split()
)
_OF_JSON = frozenset({"JSON", "JSONB", "VARIANT", "SUPER"})  # read from, never given out
_PARTS = frozenset(
    "year quarter month week day hour minute second millisecond microsecond nanosecond decade "
    "century millennium dow isodow doy epoch isoyear isoweek dayofweek dayofyear dayofmonth "
    "weekday weekiso weekofyear yearofweek yearofweekiso dayofweekiso dayofweek_iso week_iso date "
    "time both leading trailing".split()
)
_CLOCKS = frozenset({"now", "today", "tomorrow", "yesterday", "current_date", "current_timestamp"})
_AVERAGED = tuple(known("Median PercentileCont Quantile Trunc"))
_OF_ARGUMENT = (*_AVERAGED, *known("Mode ArgMax ArgMin PercentileDisc FirstValue LastValue"))
_RESULTS: dict[str, TypeFamily] = {
    "make_date": "date", "to_date": "date", "last_day": "date", "age": "interval",
    "date_part": "float", "make_timestamp": "timestamp", "to_timestamp": "timestamp",
    "strptime": "timestamp", "try_strptime": "timestamp", "strpos": "integer", "instr": "integer",
    "position": "integer", "date_diff": "integer", "datediff": "integer", "len": "integer",
    "starts_with": "boolean", "ends_with": "boolean", "regexp_matches": "boolean",
    "bool_and": "boolean", "bool_or": "boolean", "quantile_cont": "decimal",
}  # fmt: skip
_FAMILIES: tuple[tuple[TypeFamily, str], ...] = (
    ("integer", "BIGINT"), ("decimal", "DECIMAL(18, 4)"), ("float", "DOUBLE"), ("text", "TEXT"),
    ("boolean", "BOOLEAN"), ("date", "DATE"), ("timestamp", "TIMESTAMP"),
)  # fmt: skip


class NotAllowed(Exception):
    """What is wrong with an expression, in words for the provider. `alias`: one that is unknown."""

    def __init__(self, message: str, alias: str = "") -> None:
        super().__init__(message)
        self.alias = alias


@dataclass(frozen=True)
class Checked:
    """`expression` in the design's dialect: columns as `"alias"."column"`."""

    expression: str
    type: TypeFamily
    aggregates: bool  # holds an aggregate outside a window
    columns: frozenset[tuple[str, str]]
    windows: bool = False
    adds_up: bool | None = None  # of a number that is summed up or counted; None of others
    summed: frozenset[tuple[str, str]] = frozenset()  # columns that are added up as they are
    literal: str | None = None  # it is this text, in every row


@dataclass(frozen=True)
class Scope:
    """What may be named: alias → column → its type. A bare name is looked for in `base` alone."""

    adapter: str  # sqlglot's name of the dialect in which the expression is written
    columns: Mapping[str, Mapping[str, TypeFamily]]
    base: str

    def check(self, text: str) -> Checked:
        """Raises NotAllowed."""
        tree = _one_expression(text, self.adapter)
        nodes = list(tree.walk())
        if len(nodes) > _MOST_NODES:
            raise NotAllowed("it is too long")
        for node in nodes:
            _require_allowed(node, self.adapter)
        _require_value(tree)
        found = self._bind(tree)
        _require_no_nested(tree)
        tree = _safe_division(tree)
        kind = self._type(tree)
        if kind == "date" and isinstance(tree, (exp.DateTrunc, exp.TimestampTrunc)):
            tree = exp.cast(tree, "date")  # PostgreSQL makes a timestamp of a day
        return Checked(
            _written(tree, self.adapter),
            kind,
            any(_outside_window(node) for node in tree.walk() if type(node) in _CALLS),
            frozenset(found),
            any(isinstance(node, exp.Window) for node in tree.walk()),
            _adds_up(tree),
            frozenset(_summed(tree)),
            tree.name if isinstance(tree, exp.Literal) and tree.is_string else None,
        )

    def made(self, text: str, wanted: TypeFamily) -> Checked:
        """The expression as a value of this type: a cast where it is of another.

        Raises NotAllowed.
        """
        checked = self.check(text)
        if checked.type == wanted:
            return checked
        tree = exp.cast(_one_expression(text, self.adapter), dict(_FAMILIES)[wanted])
        again = self.check(str(tree.sql(dialect=self.adapter, comments=False)))
        return replace(again, type=wanted)

    def _bind(self, tree: Node) -> set[tuple[str, str]]:
        """Every column known, qualified and quoted."""
        found: set[tuple[str, str]] = set()
        for column in list(tree.find_all(exp.Column)):
            if column.args.get("db") or column.args.get("catalog"):
                raise NotAllowed("a column has at most one alias before it")
            alias = column.table or self.base
            if alias not in self.columns:
                near = did_you_mean(alias[:60], self.columns)
                raise NotAllowed(f"there is no alias {alias[:60]}.{near}", alias)
            name = column.name
            if name not in self.columns[alias]:
                near = did_you_mean(name[:60], self.columns[alias])
                raise NotAllowed(f"{alias} has no column {name[:60]}.{near}")
            column.set("this", exp.to_identifier(name, quoted=True))
            column.set("table", exp.to_identifier(alias, quoted=True))
            found.add((alias, name))
        return found

    def _type(self, tree: Node) -> TypeFamily:
        """Of the value, as far as sqlglot can tell; text otherwise."""
        if isinstance(tree, (exp.DateTrunc, exp.TimestampTrunc)):
            inner = next(iter(tree.find_all(exp.Column)), None)
            return self.columns[inner.table][inner.name] if inner is not None else "date"
        if (known_kind := self._known_kind(tree.unnest())) is not None:
            return known_kind
        typed = dict(_FAMILIES)
        copy = exp.Paren(this=tree.copy())
        for column in list(copy.find_all(exp.Column)):
            family = self.columns[column.table][column.name]
            column.replace(exp.cast(exp.Null(), typed.get(family, "TEXT")))
        kind = annotate_types(copy).this.type
        if kind is None:
            return "text"
        if isinstance(tree, exp.Count | exp.CountIf):
            return "integer"
        for family, probe in (
            ("boolean", (exp.DataType.Type.BOOLEAN,)),
            ("integer", exp.DataType.INTEGER_TYPES),
            ("decimal", (exp.DataType.Type.DECIMAL,)),
            ("float", (exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)),
            ("date", (exp.DataType.Type.DATE,)),
            ("timestamp", (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ,
                           exp.DataType.Type.DATETIME)),
        ):  # fmt: skip
            if kind.this in probe:
                return family  # type: ignore[return-value]
        if isinstance(tree, exp.Div | exp.Avg | exp.Sum | exp.Round | exp.Mul):
            return "decimal"
        return "text"

    def _known_kind(self, node: Node) -> TypeFamily | None:
        """Where warehouses agree and sqlglot does not know, or knows another one's answer."""
        if isinstance(node, _OF_ARGUMENT):
            inner = next(iter(node.find_all(exp.Column)), None)
            family = self.columns[inner.table][inner.name] if inner is not None else "decimal"
            averaged = isinstance(node, _AVERAGED) and family == "integer"
            return "decimal" if averaged else family
        if isinstance(node, exp.Anonymous):
            return _RESULTS.get(str(node.this).lower())
        if isinstance(node, exp.WidthBucket):
            return "integer"
        if isinstance(node, exp.AtTimeZone | exp.ConvertTimezone):
            return "timestamp"
        if isinstance(node, exp.Sub | exp.Add):
            return self._of_times(node)
        return None

    def _of_times(self, node: Node) -> TypeFamily | None:
        left = self._type(node.this)
        if left not in ("date", "timestamp"):
            return None
        if isinstance(node.expression, exp.Interval):
            plain = self.adapter in ("mysql", "snowflake", "bigquery") and left == "date"
            return "date" if plain else "timestamp"
        right = self._type(node.expression)
        if right not in ("date", "timestamp"):
            return left
        days = left == right == "date" and self.adapter != "bigquery"
        return "integer" if days or self.adapter == "mysql" else "interval"


def _one_expression(text: str, dialect: str) -> Node:
    if not text.strip():
        raise NotAllowed("it is empty")
    if any(mark in text for mark in ("{{", "{%", "{#", "--", "/*", ";", "\0", "$$")):
        raise NotAllowed("no Jinja, no comments, no semicolons: one SQL expression")
    if text.count("(") > _DEEPEST:
        raise NotAllowed("it is too deep")
    try:
        trees: list[Any] = sqlglot.parse(f"select {text}", read=dialect)
    except (SqlglotError, RecursionError, ValueError):
        raise NotAllowed("it is not a SQL expression of this dialect") from None
    select = trees[0] if len(trees) == 1 else None
    if not isinstance(select, exp.Select):
        raise NotAllowed("it is not one SQL expression")
    clauses = {name for name, value in select.args.items() if value}
    if clauses != {"expressions"} or len(select.expressions) != 1:
        raise NotAllowed("one value, without from, where or alias")
    tree = select.expressions[0]
    if isinstance(tree, exp.Alias | exp.Star):
        raise NotAllowed("one value, without an alias")
    tree.pop()
    return tree


def _require_allowed(node: Node, dialect: str) -> None:
    if type(node) not in _ALLOWED:
        raise NotAllowed(f"{_said(node)} is not allowed")
    if isinstance(node, exp.Anonymous) and not is_plain_call(str(node.this), dialect):
        raise NotAllowed(f"{_said(node)} is not allowed")
    if asks_elsewhere(node) or needs_two(node):
        raise NotAllowed(f"{_said(node)} does not hang on its arguments alone")
    if isinstance(node, exp.DataType):
        _require_type(node)
    if isinstance(node, exp.Var) and not _is_part(node.name):
        raise NotAllowed(f"{node.name[:40]} is not allowed")
    if isinstance(node, exp.In) and (node.args.get("query") or node.args.get("unnest")):
        raise NotAllowed("in (…) takes values")
    if isinstance(node, exp.Identifier) and not isinstance(node.parent, exp.Column):
        raise NotAllowed(f"{node.name[:40]} is not allowed")
    if isinstance(node, exp.Literal):
        _require_literal(node)


def _require_type(node: Node) -> None:
    name = node.this if isinstance(node.this, str) else node.this.name
    if name in _OF_JSON and isinstance(node.parent, exp.Cast):
        return
    if name not in _TYPES:
        raise NotAllowed(f"the type {name.lower()[:40]} is not allowed")


def _is_part(name: str) -> bool:
    lowered = name.lower()
    return lowered in _PARTS or lowered.removesuffix("s") in _PARTS


def _require_literal(node: Node) -> None:
    """`'now'::timestamp` is a clock, `'now' = status` a text."""
    text = node.name
    if "§" in text:
        raise NotAllowed("§ is not allowed")
    if node.is_string and text.strip().lower() in _CLOCKS and not isinstance(
        node.parent, exp.EQ | exp.NEQ | exp.In | exp.If | exp.Case | exp.Coalesce | exp.Like
    ):  # fmt: skip
        raise NotAllowed(f"'{text.strip()}' is the time of the run")


def _require_value(tree: Node) -> None:
    """One plain value: JSON is read from, and not given out by a cast."""
    inner = tree.unnest()
    if isinstance(inner, exp.Cast) and inner.to.this.name in _OF_JSON:
        raise NotAllowed(f"the type {inner.to.this.name.lower()} is not allowed")


def _written(tree: Node, dialect: str) -> str:
    """In the design's own dialect, or as it was written in the warehouse's: see `native`."""
    if dialect == "duckdb" or isinstance(tree, exp.Column):
        return str(tree.sql(dialect="duckdb", comments=False))
    tree = tree.copy()
    places: list[str] = []
    for column in list(tree.find_all(exp.Column)):
        table, name = (part.replace('"', '""') for part in (column.table, column.name))
        places.append(f'"{table}"."{name}"')
        place = exp.Column(this=exp.to_identifier(f"§{len(places) - 1}§", quoted=True))
        if column is tree:
            tree = place
        else:
            column.replace(place)
    text = str(tree.sql(dialect=dialect, comments=False))
    for number, name in enumerate(places):
        for quote in '"`':
            text = text.replace(f"{quote}§{number}§{quote}", name)
    return native.marked(dialect, text)


def _said(node: Node) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {str(node.this)[:40]}"
    names: list[str] = node.sql_names() if isinstance(node, exp.Func) else []
    return f"the function {names[0].lower()}" if names else type(node).__name__.lower()


def _require_no_nested(tree: Node) -> None:
    for node in tree.walk():
        if type(node) in _CALLS and _outside_window(node):
            inside = node.parent
            while inside is not None:
                if type(inside) in _CALLS and _outside_window(inside):
                    raise NotAllowed("an aggregate cannot stand in an aggregate")
                inside = inside.parent


def _adds_up(tree: Node) -> bool | None:
    """Whether what is summed up here may be summed up again."""
    inner = tree.unnest()
    while isinstance(inner, exp.Coalesce | exp.Round | exp.Cast | exp.Filter):
        inner = inner.this.unnest()
    if isinstance(inner, exp.Sum | exp.CountIf):
        return True
    if isinstance(inner, exp.Count):
        return not isinstance(inner.this, exp.Distinct)
    return False if any(type(node) in _CALLS for node in tree.walk()) else None


def _summed(tree: Node) -> set[tuple[str, str]]:
    """Columns that a `sum` takes as they stand."""
    plain = (node.this.unnest() for node in tree.find_all(exp.Sum))
    return {(each.table, each.name) for each in plain if isinstance(each, exp.Column)}


def _outside_window(node: Node) -> bool:
    parent = node.parent
    if isinstance(parent, exp.Filter):
        parent = parent.parent
    return not isinstance(parent, exp.Window)


def _safe_division(tree: Node) -> Node:
    """A row with a zero divisor gives NULL, not an error, in every warehouse."""
    for node in reversed(list(tree.find_all(exp.Div, exp.IntDiv, exp.Mod))):
        divisor = node.expression
        inner = divisor.unnest()
        number = isinstance(inner, exp.Literal) and inner.is_number and float(inner.name) != 0
        rows = isinstance(inner, exp.Count) and isinstance(inner.this, exp.Star)
        if not number and not rows and not isinstance(inner, exp.Nullif):
            safe = exp.Nullif(this=inner.copy(), expression=exp.Literal.number(0))
            node.set("expression", safe)
    return tree
