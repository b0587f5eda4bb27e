"""What people wrote, put to inference as facts: joins by the tables' own names, and a dictionary's
descriptions where comments stand. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from dbt_cartridge.documents.scan import Column, Relation, Scan
from dbt_cartridge.documents.written import DictionaryEntry, WrittenJoin


def told(scan: Scan, joins: Iterable[WrittenJoin] = ()) -> Scan:
    """The facts with the joins of the host's models, and with what the dictionary says.

    The dictionary wins over a comment of the warehouse: it was named on purpose, and stands in the
    project, where it is reviewed. What it leaves out the warehouse still says.
    """
    named = _Names(scan)
    known = (*scan.joins, *(own for join in joins if (own := named.of(join)) is not None))
    by_table: dict[str, list[DictionaryEntry]] = defaultdict(list)
    for entry in scan.dictionary:
        by_table[entry.table].append(entry)
    if not by_table and known == scan.joins:
        return scan
    relations = tuple(
        _described(relation, by_table[relation.id]) if relation.id in by_table else relation
        for relation in scan.relations
    )
    return scan.model_copy(update={"joins": known, "relations": relations})


def _described(relation: Relation, entries: Iterable[DictionaryEntry]) -> Relation:
    of_columns: dict[str, list[DictionaryEntry]] = defaultdict(list)
    update: dict[str, Any] = {}
    for entry in entries:
        if entry.column is not None:
            of_columns[entry.column].append(entry)
        elif entry.description:
            update["comment"] = entry.description
    columns = [_column(column, of_columns.get(column.name, ())) for column in relation.columns]
    keys = {e.column for own in of_columns.values() for e in own if e.is_key}
    update["told_key"] = tuple(c.name for c in relation.columns if c.name in keys)
    return relation.model_copy(update={**update, "columns": tuple(columns)})


def _column(column: Column, entries: Iterable[DictionaryEntry]) -> Column:
    update: dict[str, Any] = {}
    for entry in entries:
        update |= {"comment": entry.description} if entry.description else {}
        update |= {"unit": entry.unit} if entry.unit else {}
    return column.model_copy(update=update) if update else column


class _Names:
    """Tables and columns as the scan calls them: a project may write them in another case."""

    def __init__(self, scan: Scan) -> None:
        self._relations = scan.by_id
        self._folded = _folded(self._relations)
        for relation in scan.relations:
            for table in relation.tables:
                self._folded.setdefault(table.id.casefold(), [relation.id])

    def of(self, join: WrittenJoin) -> WrittenJoin | None:
        """None where one of the tables, or a column, was not scanned."""
        table, ref_table = self._table(join.table), self._table(join.ref_table)
        if table is None or ref_table is None:
            return None
        columns = self._columns(table, join.columns)
        ref_columns = self._columns(ref_table, join.ref_columns)
        if None in columns or None in ref_columns:
            return None
        update = {
            "table": table.id, "columns": columns,
            "ref_table": ref_table.id, "ref_columns": ref_columns,
        }  # fmt: skip
        return join.model_copy(update=update)

    def _table(self, id: str) -> Relation | None:
        found = self._folded.get(id.casefold(), [])
        exact = [other for other in found if other == id] or found
        return self._relations[exact[0]] if len(exact) == 1 else None

    @staticmethod
    def _columns(table: Relation, names: Iterable[str]) -> tuple[str | None, ...]:
        own = {name.casefold(): name for name in table.by_name}
        return tuple(n if n in table.by_name else own.get(n.casefold()) for n in names)


def _folded(ids: Mapping[str, object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for id in ids:
        found[id.casefold()].append(id)
    return found
