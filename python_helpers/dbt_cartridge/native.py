"""Expressions in a warehouse's own SQL, beside those in the design's dialect.

A design's expressions are DuckDB's SQL, which render carries into the warehouse's. What somebody
wrote in the warehouse's own dialect is not taken there and back: `numeric` has another scale in
each, `dow` another name. It stands as it was written, behind a mark: `/*postgres*/ …`. Its columns
are `"alias"."column"` all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlglot
from sqlglot import exp

_NAME = re.compile(r"""'(?:[^'\\]|\\.|'')*'|(?:"[^"]+"\.)?"([^"]+)\"""", re.DOTALL)
_MARK = re.compile(r"/\*([a-z]+)\*/ ")
BACKSLASH = frozenset({"bigquery", "databricks", "mysql", "snowflake", "spark"})
"""Dialects whose strings know `\\'`."""


def marked(dialect: str, sql: str) -> str:
    return f"/*{dialect}*/ {sql}"


def split(expression: str) -> tuple[str, str]:
    """(dialect, SQL); "" for an expression in the design's own dialect."""
    found = _MARK.match(expression)
    return (found[1], expression[found.end() :]) if found else ("", expression)


def is_native(expression: str) -> bool:
    return _MARK.match(expression) is not None


def parsed(expression: str) -> Any:
    """The tree of an expression over one relation, its columns named without an alias."""
    dialect, text = split(expression)
    if not dialect:
        return sqlglot.parse_one(text, read="duckdb")
    names: list[str] = []

    def place(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        names.append(match[1])
        return f"n{len(names) - 1}_"

    tree: Any = sqlglot.parse_one(_NAME.sub(place, text), read=dialect)
    for column in list(tree.find_all(exp.Column)):
        column.set("this", exp.to_identifier(names[int(column.name[1:-1])], quoted=True))
    return tree


Name = tuple[str, str]
_PAIR = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"((?:[^"]|"")+)"\."((?:[^"]|"")+)\"""", re.DOTALL)
_PLAIN = re.compile(r"""'(?:[^']|'')*'|"((?:[^"]|"")+)"\."((?:[^"]|"")+)\"""", re.DOTALL)


def moved(expression: str, places: Mapping[Name, Name]) -> str:
    """`expression` with other names for its `"alias"."column"`s; texts stay as they are."""
    dialect, _ = split(expression)

    def place(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        own = (match[1].replace('""', '"'), match[2].replace('""', '"'))
        return quoted(*places[own]) if own in places else match[0]

    return (_PAIR if dialect in BACKSLASH else _PLAIN).sub(place, expression)


def quoted(alias: str, column: str) -> str:
    parts = (part.replace('"', '""') for part in (alias, column))
    return ".".join(f'"{part}"' for part in parts)


def plain_names(expression: str) -> list[str]:
    """Columns that it names without an alias, or with one."""
    return [match[1] for match in _NAME.finditer(expression) if match[1]]
