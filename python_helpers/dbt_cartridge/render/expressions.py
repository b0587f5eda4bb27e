"""A design's expressions (sqlglot's `duckdb` dialect, columns quoted) in the host's dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dbt_cartridge import native
from dbt_cartridge.adapters import dialect as sqlglot_dialect
from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import identifiers, portable
from dbt_cartridge.render.dialects import Node

_COLUMN = re.compile(r'(?:"((?:[^"]|"")+)"\.)?"((?:[^"]|"")+)"\Z')
_NAME = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")?""")
_NAME_BACKSLASH = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")?""", re.S)
_PLACE = re.compile(r'"§([0-9]+)§"')
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?\Z")
# Strings and quoted names of what sqlglot prints.
_DOUBLED = re.compile(r"""'(?:[^']|'')*'|["`]§(?P<place>[0-9]+)§["`]""")
_BACKSLASH = re.compile(r"""'(?:[^'\\]|\\.|'')*'|["`]§(?P<place>[0-9]+)§["`]""", re.S)


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
    dialect, _ = native.split(expression)
    if dialect not in ("", sqlglot_dialect(adapter)):
        raise _not_an_expression(expression)
    shape, names = _shape(expression)
    written = [_write(name, adapter, drop, stored) for name in names]
    if len(names) == 1 and shape == '"§0§"':
        return written[0]
    parts = _as_it_is(shape) if dialect else _print(shape, adapter)
    return "".join(part if isinstance(part, str) else written[part] for part in parts)


def _write(name: str, adapter: str, drop: frozenset[str], stored: frozenset[str]) -> str:
    """`"alias"."column"` as it is written there."""
    alias, column = _split(name)
    written = identifiers.write(column, adapter, (alias or "") in stored)
    if alias is None or alias in drop:
        return written
    return f"{identifiers.write(alias, adapter)}.{written}"


@lru_cache(maxsize=65536)
def _split(name: str) -> tuple[str | None, str]:
    match = _COLUMN.match(name)
    assert match is not None, name
    alias, column = match.groups()
    return alias and alias.replace('""', '"'), column.replace('""', '"')


@lru_cache(maxsize=65536)
def _shape(expression: str) -> tuple[str, tuple[str, ...]]:
    """`expression` with its names numbered, and the names: shapes are few, expressions many."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        found = match.group()
        return found if found[0] == "'" else f'"§{names.setdefault(found, len(names))}§"'

    dialect, _ = native.split(expression)
    shape = (_NAME_BACKSLASH if dialect in native.BACKSLASH else _NAME).sub(number, expression)
    return shape, tuple(names)


def is_column(expression: str) -> bool:
    return _COLUMN.match(expression) is not None


def is_kind(expression: str, kind: type[Any]) -> bool:
    """Whether the outermost node of it is a `kind`."""
    return isinstance(_parse(_shape(expression)[0]), kind)


def is_simple(expression: str) -> bool:
    """A column, a literal or a cast: what sqlfluff wants before anything that is computed."""
    return _is_simple(_shape(expression)[0])


@lru_cache(maxsize=4096)
def _is_simple(shape: str) -> bool:
    tree = _parse(shape)
    return type(tree) is exp.Cast or isinstance(tree, (exp.Column, exp.Literal, exp.Null))


def alias_of(column: str) -> str:
    """The alias of an expression that is a column; "" where it has none."""
    return _split(column)[0] or ""


def names(expression: str) -> list[tuple[str, str]]:
    """(alias, column) of every name in it that has an alias."""
    pairs = map(_split, _shape(expression)[1])
    return [(alias, column) for alias, column in pairs if alias is not None]


def columns(expression: str) -> set[str]:
    """The name of every column in it."""
    return {_split(name)[1] for name in _shape(expression)[1]}


def with_aliases(expression: str, renames: Mapping[str, str]) -> str:
    """`expression` with other aliases before its columns."""

    def renamed(match: re.Match[str]) -> str:
        found = match.group()
        if found[0] == "'":
            return found
        alias, column = _split(found)
        if alias is None or alias not in renames:
            return found
        quoted = column.replace('"', '""')
        return f'"{renames[alias]}"."{quoted}"'

    dialect, _ = native.split(expression)
    return (_NAME_BACKSLASH if dialect in native.BACKSLASH else _NAME).sub(renamed, expression)


def number(value: str) -> int | float | None:
    """`value` as a number, if it is written as one that YAML and SQL read alike."""
    if not _NUMBER.match(value):
        return None
    return float(value) if "." in value else int(value)


@lru_cache(maxsize=4096)
def _parse(shape: str) -> Node:
    """The one expression. Never to be changed: it is shared."""
    dialect, text = native.split(shape)
    if dialect:  # where a name in double quotes may be a string
        text = _PLACE.sub(r"n\1", text)
    try:
        trees: list[Node] = sqlglot.parse(f"select {text}", read=dialect or "duckdb")
    except SqlglotError as error:
        raise _not_an_expression(shape) from error
    select = trees[0]
    if len(trees) > 1 or not isinstance(select, exp.Select):
        raise _not_an_expression(shape)
    clauses = {name for name, value in select.args.items() if value}
    if clauses != {"expressions"} or len(select.expressions) != 1:
        raise _not_an_expression(shape)
    if isinstance(select.expressions[0], (exp.Alias, exp.Star)):
        raise _not_an_expression(shape)
    return select.expressions[0]


def _not_an_expression(shape: str) -> RenderError:
    return RenderError(
        f"The design holds what is not one SQL expression: {shape!r}. "
        "This is a fault of cartridge: report it with target/cartridge/design.json."
    )


@lru_cache(maxsize=4096)
def _print(shape: str, adapter: str) -> tuple[str | int, ...]:
    """Text in lower case, and the numbers of the names that stand between."""
    tree = portable.adapt(_parse(shape).copy(), adapter)
    text = portable.polish(tree.sql(dialect=sqlglot_dialect(adapter), comments=False))
    return _parts(text, _BACKSLASH if adapter in native.BACKSLASH else _DOUBLED)


@lru_cache(maxsize=4096)
def _as_it_is(shape: str) -> tuple[str | int, ...]:
    """What was written in the adapter's own SQL is printed, and not translated."""
    dialect, text = native.split(shape)
    return _parts(portable.polish(text), _BACKSLASH if dialect in native.BACKSLASH else _DOUBLED)


def _parts(text: str, pattern: re.Pattern[str]) -> tuple[str | int, ...]:
    parts: list[str | int] = []
    end = 0
    for match in pattern.finditer(text):
        place = match["place"]
        parts += [text[end : match.start()].lower(), match.group() if place is None else int(place)]
        end = match.end()
    parts.append(text[end:].lower())
    return tuple(part for part in parts if part != "")
