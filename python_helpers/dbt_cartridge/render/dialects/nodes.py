"""What the dialects share: reading paths and writing nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

Node = Any  # sqlglot 26 and sqlglot 30 call the base of their trees by different names
Changes = dict[type[Any], Callable[[Node], Node]]
"""By the kind of a node: what becomes of it."""


def keys_of(path: Node) -> list[str] | None:
    """The keys of a path that holds nothing else."""
    if not isinstance(path, exp.JSONPath):
        return None
    keys = [part for part in path.expressions if not isinstance(part, exp.JSONPathRoot)]
    whole = keys and all(isinstance(key, exp.JSONPathKey) for key in keys)
    return [str(key.this) for key in keys] if whole else None


def is_true(text: Node) -> Node:
    yes = [exp.Literal.string(word) for word in ("true", "t", "1")]
    return exp.Paren(this=exp.In(this=exp.Lower(this=text), expressions=yes))


def everywhere(node: Node) -> Node:
    """`regexp_replace` replaces all there is without being told, and `'g'` is no argument."""
    node.set("modifiers", None)
    return node


def without_json_cast(node: Node) -> Node:
    """JSON functions of warehouses read their JSON type and text, and text is not cast to it."""
    value: Node = node.this
    if isinstance(value, exp.Cast) and value.to.is_type("json", "jsonb"):
        node.set("this", value.this)
    return node


def parsed(text: str, value: Node, adapter: str) -> Node:
    """`text` in the adapter's dialect with `value` at its `{}`."""
    return sqlglot.parse_one(text.format(value.sql(dialect=adapter)), read=adapter)
