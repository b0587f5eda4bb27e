"""What a table's check constraints say of one column: its domain, its bounds, that it is not null.

Only conditions that are wholly understood count: a check that joins columns, calls functions or
says `or` about several of them says nothing here. Expressions come from the catalogue and are
parsed, never pasted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.frozen import frozen, replaced

Node = Any  # sqlglot 26 and sqlglot 30 call the base of their trees by different names
_TURNED: dict[type[Any], type[Any]] = {
    exp.GTE: exp.LTE,
    exp.LTE: exp.GTE,
    exp.GT: exp.LT,
    exp.LT: exp.GT,
}


@frozen
class Declared:
    """Of one column. A bound is inclusive; a strict one of a whole number is not turned into one.

    `values` are texts as the database compares them, numbers as they are written.
    """

    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    not_null: bool = False


def declared(relation: Relation, adapter: str) -> dict[str, Declared]:
    """Per column of `relation`, what its check constraints demand. Columns without are left out."""
    found: dict[str, Declared] = {}
    by_name = {column.name.casefold(): column.name for column in relation.columns}
    for check in relation.checks:
        for condition in _conditions(check.expression, adapter):
            said = _said(condition)
            if said is None or said[0].casefold() not in by_name:
                continue
            name = by_name[said[0].casefold()]
            found[name] = _both(found.get(name, Declared()), said[1])
    return found


@lru_cache(maxsize=4096)
def _parsed(expression: str, adapter: str) -> Node | None:
    text = expression.strip()
    if text.upper().startswith("CHECK"):
        text = text[5:]
    try:
        return sqlglot.parse_one(text, read=adapter)
    except (SqlglotError, ValueError, RecursionError):
        return None  # a dialect's own syntax: nothing is known of it


def _conditions(expression: str, adapter: str) -> Iterator[Node]:
    """The parts of a check that all have to hold."""
    waiting = [_parsed(expression, adapter)]
    while waiting:
        each = waiting.pop()
        each = each.unnest() if each is not None else None
        if isinstance(each, exp.And):
            waiting += [each.right, each.left]
        elif each is not None:
            yield each


def _said(condition: Node) -> tuple[str, Declared] | None:
    """(column, what is demanded of it), where the condition is one of the known forms."""
    if isinstance(condition, exp.In):
        return _domain(condition.this, condition.expressions)
    if isinstance(condition, exp.EQ):
        right = condition.expression.unnest()
        if isinstance(right, exp.Any):  # PostgreSQL keeps `in (…)` as `= any (array[…])`
            array = _uncast(right.this)
            if isinstance(array, exp.Array):
                return _domain(condition.this, array.expressions)
        return _domain(condition.this, [right])
    if isinstance(condition, exp.Or):
        return _alternatives(condition)
    if isinstance(condition, exp.Between):
        column, low, high = (
            _column(condition.this), _number(condition.args["low"]), _number(condition.args["high"])
        )  # fmt: skip
        return (column, Declared(low=low, high=high)) if column else None
    if isinstance(condition, exp.Not) and isinstance(condition.this.unnest(), exp.Is):
        inner = condition.this.unnest()
        column = _column(inner.this)
        is_null = isinstance(inner.expression, exp.Null)
        return (column, Declared(not_null=True)) if column and is_null else None
    return _bound(condition)


def _bound(condition: Node) -> tuple[str, Declared] | None:
    kind: Any = condition.__class__
    if kind not in _TURNED:
        return None
    assert isinstance(condition, exp.Binary)
    column, value = _column(condition.left), _number(condition.right)
    if column is None:
        column, value, kind = _column(condition.right), _number(condition.left), _TURNED[kind]
    if column is None or value is None:
        return None
    if kind in (exp.GT, exp.GTE):
        return column, Declared(low=value)
    return column, Declared(high=value)


def _alternatives(condition: exp.Or) -> tuple[str, Declared] | None:
    """`state = 'a' or state = 'b'`."""
    parts = [_said(part.unnest()) for part in condition.flatten()]
    names = {part[0] for part in parts if part}
    if any(part is None or not part[1].values for part in parts) or len(names) != 1:
        return None
    values = tuple(value for part in parts if part for value in part[1].values)
    return names.pop(), Declared(values=values)


def _domain(subject: Node, values: Iterable[Node]) -> tuple[str, Declared] | None:
    column = _column(subject)
    texts = [_literal(value) for value in values]
    if column is None or not texts or any(text is None for text in texts):
        return None
    return column, Declared(values=tuple(text for text in texts if text is not None))


def _uncast(node: Node) -> Node:
    """Without brackets and casts, which PostgreSQL writes around everything."""
    node = node.unnest()
    while isinstance(node, exp.Cast):
        node = node.this.unnest()
    return node


def _column(node: Node) -> str | None:
    node = _uncast(node)
    return node.name if isinstance(node, exp.Column) else None


def _literal(node: Node) -> str | None:
    node = _uncast(node)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return f"-{node.this.name}"
    return node.name if isinstance(node, exp.Literal) else None


def _number(node: Node) -> float | None:
    text = _literal(node)
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _both(one: Declared, other: Declared) -> Declared:
    """Two checks on one column: both hold."""
    lows = [x for x in (one.low, other.low) if x is not None]
    highs = [x for x in (one.high, other.high) if x is not None]
    return replaced(
        one,
        values=tuple(v for v in one.values if v in other.values)
        if one.values and other.values
        else one.values or other.values,
        low=max(lows, default=None),
        high=min(highs, default=None),
        not_null=one.not_null or other.not_null,
    )
