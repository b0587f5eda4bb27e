"""A design's expressions (sqlglot's `duckdb` dialect, columns quoted) in the host's dialect."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import identifiers, portable

_COLUMN = re.compile(r'(?:"((?:[^"]|"")+)"\.)?"((?:[^"]|"")+)"\Z')
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?\Z")
# Strings and quoted names are left as they are; the rest is lower-cased.
_DOUBLED = re.compile(r"""('(?:[^']|'')*')|"((?:[^"]|"")*)"|`((?:[^`\\]|\\.)*)`""")
_BACKSLASH = re.compile(r"""('(?:[^'\\]|\\.|'')*')|"((?:[^"]|"")*)"|`((?:[^`\\]|\\.)*)`""", re.S)
_BACKSLASH_ADAPTERS = frozenset({"bigquery", "databricks", "mysql", "snowflake", "spark"})

_STATEMENTS = (exp.Query, exp.DDL, exp.Command, exp.Insert, exp.Update, exp.Delete, exp.Merge)


def sql(
    expression: str,
    adapter: str,
    *,
    drop: frozenset[str] = frozenset(),
    stored: frozenset[str] = frozenset(),
) -> str:
    """`expression` on one line, as SQL of `adapter`: lower case, quotes only where needed.

    Args:
        drop: aliases that are left out before their columns, being alone in scope.
        stored: aliases whose columns are the warehouse's own (a source's); "" for columns that
            are named without one.

    Raises:
        RenderError: it is not one expression.
    """
    column = _COLUMN.match(expression)
    if column is None:
        return _print(expression, adapter, drop, stored)
    alias, name = (part and part.replace('""', '"') for part in column.groups())
    written = identifiers.write(name, adapter, (alias or "") in stored)
    if alias is None or alias in drop:
        return written
    return f"{identifiers.write(alias, adapter)}.{written}"


def is_column(expression: str) -> bool:
    return _COLUMN.match(expression) is not None


def is_kind(expression: str, kind: type[Any]) -> bool:
    """Whether the outermost node of it is a `kind`."""
    return isinstance(_parse(expression), kind)


def is_simple(expression: str) -> bool:
    """A column, a literal or a cast: what sqlfluff wants before anything that is computed."""
    return bool(_COLUMN.match(expression)) or _is_simple(expression)


@lru_cache(maxsize=65536)
def _is_simple(expression: str) -> bool:
    tree = _parse(expression)
    return type(tree) is exp.Cast or isinstance(tree, (exp.Column, exp.Literal, exp.Null))


def columns(expression: str) -> list[tuple[str, str]]:
    """(alias, column) of every column in it, in order; the alias is "" where there is none."""
    column = _COLUMN.match(expression)
    if column is not None:
        alias, name = (part and part.replace('""', '"') for part in column.groups())
        return [(alias or "", name)]
    return [(found.table, found.name) for found in _parse(expression).find_all(exp.Column)]


def number(value: str) -> int | float | None:
    """`value` as a number, if it is written as one that YAML and SQL read alike."""
    if not _NUMBER.match(value):
        return None
    return float(value) if "." in value else int(value)


@lru_cache(maxsize=16384)
def _parse(expression: str) -> portable.Node:
    """Never to be changed: it is shared."""
    try:
        tree: portable.Node = sqlglot.parse_one(expression, read="duckdb")
    except SqlglotError as error:
        raise RenderError(
            f"The design holds an expression that is not SQL: {expression!r} ({error}). "
            "This is a fault of cartridge: report it with target/cartridge/design.json."
        ) from error
    if isinstance(tree, _STATEMENTS):
        raise RenderError(
            f"The design holds a statement where an expression belongs: {expression!r}. "
            "This is a fault of cartridge: report it with target/cartridge/design.json."
        )
    return tree


@lru_cache(maxsize=16384)
def _print(expression: str, adapter: str, drop: frozenset[str], stored: frozenset[str]) -> str:
    tree = portable.adapt(_parse(expression).copy(), adapter)
    for column in tree.find_all(exp.Column):
        name = column.this
        if isinstance(name, exp.Identifier):
            written = identifiers.write(name.name, adapter, column.table in stored)
            plain = written != identifiers.quoted(name.name, adapter)
            name.replace(exp.to_identifier(written if plain else name.name, quoted=not plain))
        if column.table in drop:
            column.set("table", None)
        elif column.table:
            alias = identifiers.needs_quotes(column.table, adapter)
            column.set("table", exp.to_identifier(column.table, quoted=alias))
    text = tree.sql(dialect=portable.dialect(adapter), comments=False)
    return _lower(text, adapter)


def _lower(text: str, adapter: str) -> str:
    pattern = _BACKSLASH if adapter in _BACKSLASH_ADAPTERS else _DOUBLED
    out: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        out += [text[end : match.start()].lower(), match.group()]
        end = match.end()
    out.append(text[end:].lower())
    return portable.polish("".join(out))
