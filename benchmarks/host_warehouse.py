"""A public project's warehouse again, in DuckDB, from what the project says of its sources.

Columns are those of the sources' YAML and those that models select from a source, in whatever
dialect they are written. The rows are made up: plausible, and the same every time.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

ROWS = 40
# Two that the project cannot know: what a source's next table is to Cartridge.
NEW_TABLES = {
    "membership_plans": {"id": "bigint", "name": "varchar", "monthly_price": "decimal(10,2)"},
    "membership_payments": {
        "id": "bigint", "membership_plan_id": "bigint", "amount": "decimal(10,2)",
        "status": "varchar", "paid_at": "timestamp",
    },
}  # fmt: skip
_DIALECTS = ("snowflake", "bigquery", "trino", "duckdb")
_CALL = re.compile(r"""\b(source|ref)\(\s*['"]([^'"]+)['"]\s*(?:,\s*['"]([^'"]+)['"]\s*)?\)""")
_JINJA = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_WORD = re.compile(r"""['"]([A-Za-z_]\w*)['"]""")
_SILENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NAMES = (  # a column's type, where nobody says it
    (r"(^is|^has|^was)_|_(flag|bool)$", "boolean"),
    (r"(_at|_on|_time|_ts|timestamp|datetime|created|modified|updated)$", "timestamp"),
    (r"(^|_)(date|day|dt)$", "date"),
    (r"(^|_)id$|(^|_)(number|count|qty|quantity|year|age|rank|seq|position|num)$", "bigint"),
    (r"(amount|price|cost|total|rate|score|lat|lon|latitude|longitude|value|percent)$", "double"),
    (r"(paid|fee|tax)$", "double"),
)  # fmt: skip


@dataclass
class Table:
    """One relation of the warehouse."""

    database: str | None
    schema: str
    name: str
    columns: dict[str, str] = field(default_factory=dict[str, str])  # "" where nobody says a type
    keys: set[str] = field(default_factory=set[str])  # said to be unique

    @property
    def id(self) -> tuple[str, str, str]:
        return (self.database or "", self.schema, self.name)


Manifest = Mapping[str, Any]


def tables(manifest: Manifest) -> list[Table]:
    """Those of the project's own sources, in the manifest's order."""
    project = manifest["metadata"]["project_name"]
    found: dict[str, Table] = {}
    for id, source in manifest["sources"].items():
        # The warehouse's own catalogue is no schema that one can make tables in.
        if source["package_name"] == project and source["schema"].lower() != "information_schema":
            table = Table(source["database"], source["schema"], source["identifier"])
            for column in source["columns"].values():
                table.columns[column["name"]] = _native(column.get("data_type"))
            found[id] = table
    shown = dict(found)  # and what shows all columns of a table
    for node in _parents_first(manifest):
        depends = cast("list[str]", node.get("depends_on", {}).get("nodes", []))
        if node["resource_type"] == "test":
            _told_unique(node, depends, found)
        elif read := {id: shown[id] for id in depends if id in shown}:
            names = {_alias(*_called_by(id)): table for id, table in read.items()}
            scopes = _scopes(node.get("raw_code") or "")
            for name, column, type in _read(scopes):
                if name in names:
                    _add(names[name], column, type)
            whole = len(depends) == 1 and scopes and scopes[-1].expression.is_star
            if whole and (below := _table_of(scopes[-1], "")) in names:
                shown[node["unique_id"]] = names[below]
    unique = {table.id: table for table in found.values()}
    for table in unique.values():
        table.columns = table.columns or {"id": "bigint", "name": "varchar"}
    return list(unique.values())


def with_new(known: list[Table]) -> list[Table]:
    """The tables, and in each schema two that the project does not know."""
    places = dict.fromkeys((table.database, table.schema) for table in known)
    new = [
        Table(*place, name, dict(columns), {"id"})
        for place in places
        for name, columns in NEW_TABLES.items()
    ]
    return [*known, *new]


def databases(manifest: Manifest) -> set[str]:
    """All that a source, model, seed or snapshot lies in."""
    nodes = (*manifest["sources"].values(), *manifest["nodes"].values())
    return {str(node["database"]) for node in nodes if node.get("database")}


def make(found: list[Table], main: Path, attached: Mapping[str, Path]) -> None:
    """Write the tables, into `main` where they are of no attached database."""
    with duckdb.connect(str(main)) as connection:
        for name, path in attached.items():
            connection.execute(f"attach '{path}' as \"{name}\"")
        for table in found:
            prefix = f'"{table.database}".' if table.database in attached else ""
            where = f'{prefix}"{table.schema}"'
            connection.execute(f"create schema if not exists {where}")
            types = {name: type or _guessed(name) for name, type in table.columns.items()}
            columns = ", ".join(f'"{_quoted(name)}" {type}' for name, type in types.items())
            connection.execute(
                f'create or replace table {where}."{_quoted(table.name)}" ({columns})'
            )
            marks = ", ".join("?" for _ in types)
            connection.executemany(
                f'insert into {where}."{_quoted(table.name)}" values ({marks})',
                [
                    [_value(table, name, type, row) for name, type in types.items()]
                    for row in range(1, ROWS + 1)
                ],
            )


def _quoted(name: str) -> str:
    return name.replace('"', '""')


# ---------------------------------------------------------------- columns


def _told_unique(node: Mapping[str, Any], depends: list[str], found: dict[str, Table]) -> None:
    generic = node.get("test_metadata") or {}
    column = str(node.get("column_name") or "").strip('"`')
    if generic.get("name") == "unique" and column and len(depends) == 1 and depends[0] in found:
        _add(found[depends[0]], column, "")
        found[depends[0]].keys.add(column.casefold())


def _add(table: Table, column: str, type: str) -> None:
    """A column is one whatever the case that it is written in."""
    known = {name.casefold(): name for name in table.columns}
    name = known.get(column.casefold(), column)
    table.columns[name] = table.columns.get(name) or type


def _alias(*names: str) -> str:
    return re.sub(r"\W", "_", "__".join(names)).lower()


def _parents_first(manifest: Manifest) -> list[Mapping[str, Any]]:
    nodes = manifest["nodes"]
    order: dict[str, Mapping[str, Any]] = {}
    waiting = list(nodes)[::-1]
    while waiting:
        id = waiting[-1]
        parents = nodes[id].get("depends_on", {}).get("nodes", [])
        above = [p for p in parents if p in nodes and p not in order and p not in waiting[-50:]]
        if above:
            waiting += above
            continue
        order.setdefault(waiting.pop(), nodes[id])
    return list(order.values())


def _called_by(id: str) -> list[str]:
    """What `source()` or `ref()` is called with."""
    return id.split(".")[2:] if id.startswith("source.") else id.split(".")[2:3]


def _scopes(text: str) -> list[Scope]:
    """The statement's scopes, its own last; none where no dialect can read it."""
    plain = _JINJA.sub(_called, _SILENT.sub(" ", text))
    for dialect in _DIALECTS:
        try:
            return traverse_scope(sqlglot.parse_one(plain, read=dialect))
        except (SqlglotError, ValueError, RecursionError):
            continue
    return []


def _read(scopes: Iterable[Scope]) -> Iterator[tuple[str, str, str]]:
    """(relation, column, type or "") of what is read."""
    for scope in scopes:
        for column in scope.columns:
            if column.name and column.name != "*":
                yield _table_of(scope, column.table), column.name, _cast(column)


def _called(match: re.Match[str]) -> str:
    call = _CALL.search(match.group())
    if call is None:  # a macro reads what its arguments name, if they name columns
        return f"jinja({', '.join(_WORD.findall(match.group()))})"
    return _alias(*(part for part in call.groups()[1:] if part))


def _table_of(scope: Scope, alias: str) -> str:
    """The relation that a column of `alias` is of, through whatever selects every column."""
    sources = scope.sources
    its = sources.get(alias) if alias else next(iter(sources.values()), None)
    if not alias and len(sources) != 1:
        return ""
    if isinstance(its, exp.Table):
        return its.name.lower()
    if isinstance(its, Scope) and isinstance(its.expression, exp.Select) and its.expression.is_star:
        return _table_of(its, "")
    return ""


def _cast(column: exp.Column) -> str:
    parent = column.parent
    if isinstance(parent, (exp.Cast, exp.TryCast)):
        return _native(parent.args["to"].sql("duckdb"))
    return "boolean" if isinstance(parent, (exp.Where, exp.And, exp.Not)) else ""


def _native(type: str | None) -> str:
    """A type of whatever warehouse in DuckDB's words, or ""."""
    for dialect in _DIALECTS if type else ():
        try:
            said = sqlglot.parse_one(f"cast(x as {type})", read=dialect).args["to"].sql("duckdb")
            duckdb.execute(f"select cast(null as {said})")
        except (SqlglotError, KeyError, duckdb.Error):
            continue
        other = {"TIMESTAMPTZ": "timestamp", "VARIANT": "json"}.get(str(said).upper())
        return other or str(said)
    return ""


def _guessed(name: str) -> str:
    for pattern, type in _NAMES:
        if re.search(pattern, name.lower()):
            return type
    return "varchar"


# ---------------------------------------------------------------- rows


def _value(table: Table, column: str, type: str, row: int) -> object:
    """Keys count; what is called for another thing points at one of its rows; the rest is words."""
    name, kind = column.casefold(), type.casefold()
    chance = zlib.crc32(f"{table.name}.{name}.{row}".encode())
    is_key = name in table.keys or name in ("id", f"{_singular(table.name)}_id", "uuid")
    number = row if is_key else chance % ROWS + 1
    if kind.endswith("]") or kind.startswith(("struct", "map", "union")):
        return None
    if kind.startswith("timestamp"):
        return datetime(2025, 1, 1) + timedelta(minutes=chance % 500_000)
    if kind == "date":
        return date(2025, 1, 1) + timedelta(days=chance % 365)
    if kind.startswith(("bool",)):
        return chance % 2 == 0
    if kind.startswith(("decimal", "numeric", "double", "float", "real")):
        return number if is_key else round(chance % 90_000 / 1000, 2)
    if "int" in kind:
        return number
    if not kind.startswith(("varchar", "text", "string", "char")):
        return None  # nested, binary
    if name.endswith(("_id", "_key")) or is_key:
        return f"{number:04d}"
    if _guessed(name) != "varchar":  # text that models cast
        guessed = _guessed(name)
        return str(_value(table, column, guessed, row))
    return f"{name.replace('_', ' ')} {chance % 7}"


def _singular(name: str) -> str:
    last = name.casefold().rpartition("__")[2]
    return last[:-1] if last.endswith("s") else last
