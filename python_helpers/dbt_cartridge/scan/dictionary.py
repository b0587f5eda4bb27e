"""A data dictionary of the user's: CSV or YAML, a line for each table or column.

    schema,table,column,description,key,references,unit
    raw,orders,customer_id,Who bought,,customers.id,

    tables:
      raw.orders:
        description: One row per order
        columns:
          customer_id: {description: Who bought, references: customers.id}

Columns of a CSV may stand in any order and be called as dictionaries call them.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dbt_cartridge.documents.scan import Problem, Relation
from dbt_cartridge.documents.written import DictionaryEntry, WrittenJoin
from dbt_cartridge.errors import ConfigError, did_you_mean

_MOST_BYTES = 20_000_000
_LONGEST = 2_000
"""Characters of a description that are kept."""
_SHOWN = 5
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "schema": ("schema_name", "table_schema", "owner", "dataset"),
    "table": ("table_name", "entity", "relation", "object"),
    "column": ("column_name", "field", "field_name", "attribute", "name"),
    "description": ("comment", "definition", "meaning", "business_description", "remarks"),
    "key": ("primary_key", "pk", "is_key", "is_primary_key", "key_type"),
    "references": ("reference", "foreign_key", "fk", "refers_to", "ref", "fk_to", "parent"),
    "unit": ("units", "unit_of_measure", "currency"),
}
"""What is read → what dictionaries call it too."""
_YES = frozenset("yes y true t 1 x pk primary primary_key pri p".split())
_NO = frozenset("no n false f 0 - fk foreign foreign_key mul uni".split())
_REFERENCE = re.compile(
    r"""^(?P<table>[^()\s]+(?:\s[^()\s]+)*?)\s*(?:\(\s*(?P<columns>[^()]+?)\s*\))?$"""
)


@dataclass(frozen=True)
class Dictionary:
    entries: tuple[DictionaryEntry, ...] = ()
    joins: tuple[WrittenJoin, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Line:
    """What one line says, as it says it."""

    number: int
    said: dict[str, str] = field(default_factory=dict[str, str])

    def __getitem__(self, name: str) -> str:
        return self.said.get(name, "")


def read_dictionary(project_dir: Path, name: str, relations: Sequence[Relation]) -> Dictionary:
    """What the file says of the relations; of others it may say what it likes.

    Raises:
        ConfigError: it is not there, cannot be read, or holds what it cannot: each with its line.
    """
    path = project_dir / name
    lines = list(_yaml(path, name) if path.suffix in (".yml", ".yaml") else _csv(path, name))
    read = _Reading(name, relations)
    for line in lines:
        read.take(line)
    if read.faults:
        raise ConfigError("\n".join(read.faults))
    return Dictionary(tuple(read.entries), tuple(read.joins), tuple(read.problems()))


def _text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(
                f"{name} has more than {_MOST_BYTES:,} bytes: no data dictionary does."
            )
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"The data dictionary {name} cannot be read ({error.strerror or error}). Option "
            "`dictionary` names a CSV or YAML file from the project's root."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8 ({error.reason}). Save it as UTF-8.") from error


def _csv(path: Path, name: str) -> Iterator[_Line]:
    text = _text(path, name)
    head = text.partition("\n")[0]
    mark = max(",;\t|", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        names = [_field(cell) for cell in next(reader, list[str]())]
        if "table" not in names:
            raise ConfigError(
                f"{name}, line 1: no column says the table. The first line names the columns: "
                f"{', '.join(_FIELDS)}."
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                said = {n: c.strip() for n, c in zip(names, cells, strict=False) if n}
                yield _Line(reader.line_num, said)
    except csv.Error as error:
        raise ConfigError(f"{name}, line {reader.line_num}: no valid CSV: {error}.") from error


def _field(cell: str) -> str:
    """What a column of the CSV holds; "" for what is not read."""
    told = re.sub(r"\W+", "_", cell.strip().casefold()).strip("_")
    return next((name for name, also in _FIELDS.items() if told == name or told in also), "")


def _yaml(path: Path, name: str) -> Iterator[_Line]:
    yaml: Any = YAML(typ="rt", pure=True)
    try:
        loaded: Any = yaml.load(_text(path, name))
    except YAMLError as error:
        raise ConfigError(f"{name} is no valid YAML: {error}") from error
    whole = cast("Mapping[str, Any]", loaded if isinstance(loaded, Mapping) else {})
    tables = whole.get("tables")
    if not isinstance(tables, Mapping):
        raise ConfigError(f"{name}, line 1: `tables:` is missing, and below it `schema.table:`.")
    for table, said in cast("Mapping[Any, Any]", tables).items():
        at = _line_of(tables, table)
        own = _mapping(said, name, at)
        columns = _mapping(own.get("columns"), name, at)
        yield _Line(at, {"table": str(table), **_said(own, name, at, ("columns",))})
        for column, about in columns.items():
            its = _line_of(columns, column)
            told = {"description": about} if isinstance(about, str) else _mapping(about, name, its)
            yield _Line(its, {"table": str(table), "column": str(column), **_said(told, name, its)})


def _line_of(node: Any, key: Any) -> int:
    try:
        return int(node.lc.key(key)[0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _mapping(value: Any, name: str, line: int) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ConfigError(
            f"{name}, line {line}: {str(value)[:40]!r} stands where a mapping belongs."
        )
    return cast("Mapping[Any, Any]", value)


def _said(
    own: Mapping[Any, Any], name: str, line: int, beside: tuple[str, ...] = ()
) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in own.items():
        if str(key) in beside:
            continue
        if (read := _field(str(key))) in ("", "table", "column", "schema"):
            near = did_you_mean(str(key), [*_FIELDS][3:])
            raise ConfigError(f"{name}, line {line}: a dictionary says no '{key}'.{near}")
        listed = cast("list[Any]", value) if isinstance(value, list) else [value]
        found[read] = ", ".join(str(each) for each in listed if each is not None)
    return found


class _Reading:
    """The lines as entries about relations that are there."""

    def __init__(self, name: str, relations: Sequence[Relation]) -> None:
        self._name = name
        self._ids = _by_name(relations)
        self._relations = {relation.id: relation for relation in relations}
        self._schemas = {relation.schema_name.casefold() for relation in relations}
        self._unknown: list[str] = []
        self.entries: list[DictionaryEntry] = []
        self.joins: list[WrittenJoin] = []
        self.faults: list[str] = []

    def take(self, line: _Line) -> None:
        where = f"{self._name}, line {line.number}"
        if not line["table"]:
            self.faults.append(f"{where}: no table is named.")
            return
        table = self._table(f"{line['schema']}.{line['table']}".lstrip("."))
        if table is None:
            self._miss(line)
            return
        column = self._column(table, line["column"]) if line["column"] else None
        if line["column"] and column is None:
            self._unknown.append(f"{table}.{line['column']}")
            return
        columns = self._columns(table, line["key"]) if not column else ()
        key = line["key"].casefold().replace(" ", "_")
        if key and not columns and (column is None or key not in _YES | _NO):
            self.faults.append(
                f"{where}: '{line['key']}' says no key: write yes or no for a column, or the names "
                "of its columns for a table."
            )
        for name in columns:
            self._add(DictionaryEntry(table=table, column=name, is_key=True, where=where))
        entry = DictionaryEntry(
            table=table,
            column=column,
            description=line["description"][:_LONGEST],
            is_key=column is not None and key in _YES,
            unit=(line["unit"][:40] or None) if column else None,
            where=where,
        )
        self._add(entry)
        if column and line["references"].strip(" -"):
            self._reference(table, column, line["references"], where)

    def _add(self, entry: DictionaryEntry) -> None:
        if entry.description or entry.is_key or entry.unit:
            self.entries.append(entry)

    def _reference(self, table: str, column: str, said: str, where: str) -> None:
        found = _REFERENCE.match(said.strip().strip("\"'`"))
        named = re.sub(r"[\"'`\[\]]", "", found["table"]) if found else ""
        parent, key = self._table(named), re.sub(r"[\"'`]", "", (found and found["columns"]) or "")
        if parent is None and not key and "." in named:
            named, _, key = named.rpartition(".")
            parent = self._table(named)
        if parent is None:
            if not found:
                self.faults.append(
                    f"{where}: '{said[:60]}' is no reference: write table.column or table (column)."
                )
            else:
                self._unknown.append(said[:60])
            return
        target = self._column(parent, key) if key else None
        if key and target is None:
            self._unknown.append(f"{parent}.{key}")
            return
        self.joins.append(
            WrittenJoin(
                table=table,
                columns=(column,),
                ref_table=parent,
                ref_columns=(target,) if target else (),
                by="dictionary",
                where=where,
            )
        )

    def _table(self, name: str) -> str | None:
        """By `schema.table`, by the name alone if one schema has it, whatever database is said."""
        parts = [part.strip() for part in name.split(".")]
        for known in (".".join(parts[-2:]), name):
            found = self._ids.get(known.casefold(), [])
            exact = [id for id in found if id.endswith(known)]
            if len(chosen := exact or found) == 1:
                return chosen[0]
        return None

    def _column(self, table: str, name: str) -> str | None:
        own = self._relations[table].by_name
        return name if name in own else {c.casefold(): c for c in own}.get(name.casefold())

    def _columns(self, table: str, said: str) -> tuple[str, ...]:
        """The columns of a table's key; none where one of them is not there."""
        names = [self._column(table, part.strip()) for part in said.split(",") if part.strip()]
        return tuple(name for name in names if name) if None not in names else ()

    def _miss(self, line: _Line) -> None:
        """A table that is not there: said if it should be, in a schema that was read."""
        schema = (line["schema"] or line["table"].rpartition(".")[0]).casefold()
        if schema in self._schemas:
            self._unknown.append(f"{schema}.{line['table'].rpartition('.')[2]}")

    def problems(self) -> Iterator[Problem]:
        if names := list(dict.fromkeys(self._unknown)):
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            yield Problem(
                where=self._name,
                what=f"names what is not there: {', '.join(names[:_SHOWN])}{more}",
                next="correct the dictionary, or look whether the tables changed",
            )


def _by_name(relations: Iterable[Relation]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for relation in relations:
        for name in (relation.id, relation.name):
            found[name.casefold()].append(relation.id)
    return found
