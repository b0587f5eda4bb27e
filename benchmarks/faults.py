"""Faults to inject into the source data: what, where, and the statement that does it.

The truth about keys and references comes from a database's `gold.json`, not from what cartridge
believes: a key that it missed counts against it; only a database that nobody has labelled is
measured by what cartridge believes. Status and amount columns are told by name and
values, by rules of this file alone.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.support.warehouses import Warehouse, literal, quoted

Kind = Literal[
    "duplicate key", "null key", "orphan", "unknown status", "negative amount", "fan-out row",
    "truncated load",
]  # fmt: skip
STATUS = re.compile(r"status|state$|type|kind|priority|severity|tier|level|stage", re.IGNORECASE)
AMOUNT = re.compile(
    r"amount|amt|price|total|qty|quantity|cost|freight|fee|salary|balance|tax|units|discount",
    re.IGNORECASE,
)
NUMBER = re.compile(r"int|decimal|numeric|double|real|float", re.IGNORECASE)
TEXT = re.compile(r"char|text", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    kind: Kind
    table: str
    what: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    name: str
    type: str

    @property
    def quoted(self) -> str:
        return quoted(self.name)


@dataclass(frozen=True)
class Reference:
    child: str
    column: str
    parent: str
    key: str


class Source:
    """The raw tables of one database and what is known of them."""

    def __init__(self, warehouse: Warehouse, gold: Mapping[str, Any], schema: str = "raw") -> None:
        self.warehouse = warehouse
        self.schema = schema
        self.columns: dict[str, list[Column]] = {}
        for table, column, kind in warehouse.query(
            "select table_name, column_name, data_type from information_schema.columns "
            f"where table_schema = {literal(schema)} order by table_name, ordinal_position"
        ):
            self.columns.setdefault(table, []).append(Column(column, kind))
        self.keys: dict[str, list[str]] = {
            name: table["primary_key"]
            for name, table in gold["tables"].items()
            if table.get("primary_key") and table.get("pk_data_ok", True) and name in self.columns
        }
        self.references = [
            Reference(key["table"], key["columns"][0], key["ref_table"], key["ref_columns"][0])
            for key in gold["foreign_keys"] or ()
            if len(key["columns"]) == 1 and key.get("inclusion") == 1.0
        ]

    def name(self, table: str) -> str:
        return f"{quoted(self.schema)}.{quoted(table)}"

    def one(self, sql: str) -> Any:
        return self.warehouse.query(sql)[0][0]

    def rows(self, table: str) -> int:
        return int(self.one(f"select count(*) from {self.name(table)}"))

    def column(self, table: str, name: str) -> Column:
        return next(column for column in self.columns[table] if column.name == name)


def true_keys(folder: Path) -> Mapping[str, Any] | None:
    """The `gold.json` of a database, or None where nobody has labelled it."""
    gold = folder / "gold.json"
    return json.loads(gold.read_text("utf-8")) if gold.exists() else None


def believed_keys(schema: Path) -> Mapping[str, Any]:
    """What cartridge's own `schema.json` holds for proved, in the form of a `gold.json`."""
    found = json.loads(schema.read_text("utf-8"))
    name = {table["id"]: table["id"].split(".", 1)[1] for table in found["tables"]}
    keys = {table["id"]: table.get("primary_key") or {} for table in found["tables"]}
    return {
        "tables": {
            name[table]: {"primary_key": key.get("columns"), "pk_data_ok": key.get("proved", False)}
            for table, key in keys.items()
        },
        "foreign_keys": [
            {
                "table": name[key["table"]],
                "columns": key["columns"],
                "ref_table": name[key["ref_table"]],
                "ref_columns": key["ref_columns"],
                "inclusion": float(key.get("proved", False)),
            }
            for key in found.get("relationships", ())
            if key["ref_table"] in name
        ],
    }


def faults(source: Source, per_kind: int, seed: int = 0) -> list[Fault]:
    """At most `per_kind` faults of each kind, chosen at random but the same each time."""
    chosen: list[Fault] = []
    makers = (_duplicates, _null_keys, _orphans, _statuses, _amounts, _fan_outs, _truncations)
    by_kind: dict[str, list[Fault]] = {}
    for maker in makers:
        for fault in maker(source):
            by_kind.setdefault(fault.kind, []).append(fault)
    for kind in sorted(by_kind):
        found = by_kind[kind]
        random.Random(f"{seed}{kind}").shuffle(found)
        chosen += found[:per_kind]
    return chosen


def _duplicates(source: Source) -> Iterator[Fault]:
    """A row comes twice, to the last byte."""
    for table, key in source.keys.items():
        if source.rows(table):
            yield Fault("duplicate key", table, ", ".join(key), (_copied(source, table, {}),))


def _null_keys(source: Source) -> Iterator[Fault]:
    for table, key in source.keys.items():
        if source.rows(table):
            yield Fault("null key", table, key[0], (_copied(source, table, {key[0]: "null"}),))


def _orphans(source: Source) -> Iterator[Fault]:
    for reference in source.references:
        column = source.column(reference.child, reference.column)
        unseen = _unseen(source, reference.parent, reference.key, column)
        if unseen and source.one(
            f"select count({column.quoted}) from {source.name(reference.child)}"
        ):
            yield Fault(
                "orphan",
                reference.child,
                f"{reference.column} → {reference.parent}",
                (_changed(source, reference.child, column, unseen),),
            )


def _statuses(source: Source) -> Iterator[Fault]:
    """Text of a few values, each often: names like `status`, `type` or `priority`."""
    linked = {(r.child, r.column) for r in source.references}
    for table, column in _named(source, STATUS, TEXT):
        if (table, column.name) in linked or column.name in source.keys.get(table, ()):
            continue
        rows, distinct = source.warehouse.query(
            f"select count({column.quoted}), count(distinct {column.quoted}) "
            f"from {source.name(table)}"
        )[0]
        if rows >= 50 and 2 <= distinct <= 8:
            statement = _changed(source, table, column, "'zz_unknown'")
            yield Fault("unknown status", table, column.name, (statement,))


def _amounts(source: Source) -> Iterator[Fault]:
    linked = {(r.child, r.column) for r in source.references}
    for table, column in _named(source, AMOUNT, NUMBER):
        if (table, column.name) in linked or column.name in source.keys.get(table, ()):
            continue
        low, high = source.warehouse.query(
            f"select min({column.quoted}), max({column.quoted}) from {source.name(table)}"
        )[0]
        if low is not None and low >= 0 and high > 0 and source.rows(table) >= 20:
            statement = _changed(source, table, column, "-1")
            yield Fault("negative amount", table, column.name, (statement,))


def _fan_outs(source: Source) -> Iterator[Fault]:
    """A parent comes again, same key but other attributes: a join would multiply its children."""
    for table, key in source.keys.items():
        fed = [r for r in source.references if r.parent == table and [r.key] == key]
        other = next(
            (c for c in source.columns[table] if c.name not in key and TEXT.search(c.type)), None
        )
        if fed and other and source.rows(fed[0].child):
            used = (
                f"{quoted(key[0])} in (select {quoted(fed[0].column)} "
                f"from {source.name(fed[0].child)})"
            )
            statement = _copied(source, table, {other.name: "'zz_other'"}, used)
            yield Fault("fan-out row", table, key[0], (statement,))


def _truncations(source: Source) -> Iterator[Fault]:
    """The load stopped half-way, whether other rows refer to those that are missing or not."""
    for table, key in source.keys.items():
        rows = source.rows(table)
        if rows < 10:
            continue
        order = ", ".join(quoted(column) for column in key)
        half = source.one(
            f"select {quoted(key[0])}::varchar from {source.name(table)} order by {order} "
            f"limit 1 offset {rows // 2}"
        )
        lost = f"{quoted(key[0])} > (select {quoted(key[0])} from {source.name(table)} where " + (
            f"{quoted(key[0])}::varchar = {literal(str(half))} limit 1)"
        )
        statement = f"delete from {source.name(table)} where {lost}"
        yield Fault("truncated load", table, f"{rows} rows", (statement,))


def _named(
    source: Source, words: re.Pattern[str], kind: re.Pattern[str]
) -> Iterator[tuple[str, Column]]:
    for table, columns in source.columns.items():
        for column in columns:
            if words.search(column.name) and kind.search(column.type):
                yield table, column


def _copied(source: Source, table: str, other: dict[str, str], where: str = "true") -> str:
    """Insert one row of the table again, with other values in some columns."""
    values = ", ".join(other.get(c.name, c.quoted) for c in source.columns[table])
    order = ", ".join(quoted(column) for column in source.keys[table])
    return (
        f"insert into {source.name(table)} select {values} from {source.name(table)} "
        f"where {where} order by {order} limit 1"
    )


def _changed(source: Source, table: str, column: Column, value: str) -> str:
    """Set one value in the last row that has one."""
    key = source.keys.get(table) or [column.name]
    tuple_of_key = ", ".join(quoted(name) for name in key)
    return (
        f"update {source.name(table)} set {column.quoted} = {value} where ({tuple_of_key}) in "
        f"(select {tuple_of_key} from {source.name(table)} where {column.quoted} is not null "
        f"order by {', '.join(quoted(name) + ' desc' for name in key)} limit 1)"
    )


def _unseen(source: Source, parent: str, key: str, column: Column) -> str | None:
    """A value that the parent does not have, in the child's type."""
    if TEXT.search(column.type):
        return "'zz_unseen'"
    if NUMBER.search(column.type):
        top = source.one(f"select max({quoted(key)}) from {source.name(parent)}")
        return str(int(top or 0) + 7)
    return None
