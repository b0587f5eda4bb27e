"""SQL expressions that a provider wrote: read by sqlglot, and let through node by node.

A list of what is allowed. A list of what is forbidden was beaten: dialects have functions that
read files, call out, or run text as SQL, and new ones come with each release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types

from dbt_cartridge.documents.scan import TypeFamily

Node = Any
_MOST_NODES, _DEEPEST = 120, 24


def _known(*names: str) -> frozenset[type[Any]]:
    """sqlglot's classes of these names; those that this version does not have are left out."""
    return frozenset(kind for name in names if (kind := getattr(exp, name, None)) is not None)


_PLAIN = _known(
    "Column", "Identifier", "Literal", "Boolean", "Null", "Paren", "Neg", "Not", "And", "Or",
    "EQ", "NEQ", "GT", "GTE", "LT", "LTE", "Is", "In", "Between", "Like", "Case", "If", "Tuple",
    "Add", "Sub", "Mul", "Div", "IntDiv", "Mod", "DPipe", "Coalesce", "Nullif", "Cast", "TryCast",
    "DataType", "DataTypeParam", "Round", "Abs", "Ceil", "Floor", "Sqrt", "Ln", "Power",
    "Greatest", "Least", "Lower", "Upper", "Trim", "Length", "Substring", "Concat",
    "DateTrunc", "TimestampTrunc", "DateDiff", "TimestampDiff", "Extract", "Year", "Month", "Day",
    "Quarter", "Week", "DayOfWeek", "Var", "Interval", "IntervalSpan", "SafeDivide",
)  # fmt: skip
_AGGREGATES = _known("Sum", "Avg", "Min", "Max", "Count", "CountIf", "Distinct", "Star", "Filter",
                     "Where", "Stddev", "Median")  # fmt: skip
_WINDOWS = _known("Window", "WindowSpec", "Order", "Ordered", "RowNumber", "Rank", "DenseRank",
                  "Lag", "Lead")  # fmt: skip
_CALLS = _known("Sum", "Avg", "Min", "Max", "Count", "CountIf", "Stddev", "Median")
_TYPES = frozenset(
    "TEXT VARCHAR CHAR NVARCHAR INT BIGINT SMALLINT DECIMAL NUMERIC DOUBLE FLOAT BOOLEAN DATE "
    "TIMESTAMP TIMESTAMPTZ DATETIME BIGDECIMAL".split()
)
_PARTS = frozenset("year quarter month week day hour minute second dow isodow doy epoch".split())
_FAMILIES: tuple[tuple[TypeFamily, str], ...] = (
    ("integer", "BIGINT"), ("decimal", "DECIMAL(18, 4)"), ("float", "DOUBLE"), ("text", "TEXT"),
    ("boolean", "BOOLEAN"), ("date", "DATE"), ("timestamp", "TIMESTAMP"),
)  # fmt: skip


class NotAllowed(Exception):
    """What is wrong with an expression, in words for the provider."""


@dataclass(frozen=True)
class Checked:
    """`expression` in the design's dialect: columns as `"alias"."column"`."""

    expression: str
    type: TypeFamily
    aggregates: bool  # holds an aggregate outside a window
    columns: frozenset[tuple[str, str]]


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
            _require_allowed(node)
        found = self._bind(tree)
        _require_no_nested(tree)
        tree = _safe_division(tree)
        kind = self._type(tree)
        if kind == "date" and isinstance(tree, (exp.DateTrunc, exp.TimestampTrunc)):
            tree = exp.cast(tree, "date")  # PostgreSQL makes a timestamp of a day
        return Checked(
            tree.sql(dialect="duckdb", comments=False),
            kind,
            any(_outside_window(node) for node in tree.walk() if type(node) in _CALLS),
            frozenset(found),
        )

    def _bind(self, tree: Node) -> set[tuple[str, str]]:
        """Every column known, qualified and quoted."""
        found: set[tuple[str, str]] = set()
        for column in list(tree.find_all(exp.Column)):
            if column.args.get("db") or column.args.get("catalog"):
                raise NotAllowed("a column has at most one alias before it")
            alias = column.table or self.base
            if alias not in self.columns:
                raise NotAllowed(f"there is no alias {alias[:60]}")
            name = column.name
            if name not in self.columns[alias]:
                raise NotAllowed(f"{alias} has no column {name[:60]}")
            column.set("this", exp.to_identifier(name, quoted=True))
            column.set("table", exp.to_identifier(alias, quoted=True))
            found.add((alias, name))
        return found

    def _type(self, tree: Node) -> TypeFamily:
        """Of the value, as far as sqlglot can tell; text otherwise."""
        if isinstance(tree, (exp.DateTrunc, exp.TimestampTrunc)):
            inner = next(iter(tree.find_all(exp.Column)), None)
            return self.columns[inner.table][inner.name] if inner is not None else "date"
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


def _require_allowed(node: Node) -> None:
    if type(node) not in _PLAIN | _AGGREGATES | _WINDOWS:
        raise NotAllowed(f"{_said(node)} is not allowed")
    if isinstance(node, exp.DataType) and node.this.name not in _TYPES:
        raise NotAllowed(f"the type {node.this.name.lower()} is not allowed")
    if isinstance(node, exp.Var) and node.name.lower() not in _PARTS | {"days", "months", "years"}:
        raise NotAllowed(f"{node.name[:40]} is not allowed")
    if isinstance(node, exp.In) and (node.args.get("query") or node.args.get("unnest")):
        raise NotAllowed("in (…) takes values")
    if isinstance(node, exp.Identifier) and not isinstance(node.parent, exp.Column):
        raise NotAllowed(f"{node.name[:40]} is not allowed")


def _said(node: Node) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {str(node.this)[:40]}"
    return type(node).__name__.lower()


def _require_no_nested(tree: Node) -> None:
    for node in tree.walk():
        if type(node) in _CALLS and _outside_window(node):
            inside = node.parent
            while inside is not None:
                if type(inside) in _CALLS and _outside_window(inside):
                    raise NotAllowed("an aggregate cannot stand in an aggregate")
                inside = inside.parent


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
