"""Columns that look like references, whose table was not scanned. Said, never guessed at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.documents.schema import Relationship
from dbt_cartridge.infer.facts import ColumnFacts, Facts, TableFacts
from dbt_cartridge.infer.key_columns import Meanings
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.name_words import EXTERNAL_WORDS
from dbt_cartridge.infer.names import NameIndex
from dbt_cartridge.infer.polymorphic import TYPE_WORDS
from dbt_cartridge.words import snake

MOST = 10


def outside(
    facts: Facts,
    keys: dict[str, TableKeys],
    names: NameIndex,
    relationships: Sequence[Relationship],
    meanings: Meanings,
) -> tuple[Problem, ...]:
    """One note per entity that columns name and no scanned table holds, the most named first.

    Nothing of an entity that was scanned: its column may lead elsewhere, or its table have no key.
    Columns that say who did something (`created_by_id`) mean one table, whatever they are called.
    """
    leading = {(one.table, column) for one in relationships for column in one.columns}
    named: dict[tuple[str, ...], list[ColumnFacts]] = defaultdict(list)
    for table in facts.tables.values():
        primary = keys[table.id].primary
        own = set(primary.columns) if primary and len(primary.columns) == 1 else set[str]()
        for column in table.columns.values():
            meaning = meanings.get(table.id, {}).get(column.name)
            technical = meaning is not None and meaning.is_load_tool
            if column.name in own or technical or (table.id, column.name) in leading:
                continue
            if not _looks_like_reference(column) or _has_a_type(column, table):
                continue
            if not _is_scanned(column, names):
                named[("user",) if column.stem[-1] == "by" else column.stem].append(column)
    ranked = sorted(named.items(), key=lambda item: (-len(item[1]), item[0]))
    notes = [_note(stem, columns) for stem, columns in ranked[:MOST]]
    if len(ranked) > MOST:
        more = ", ".join(snake(stem) for stem, _ in ranked[MOST : MOST + 5])
        rest = len(ranked) - MOST
        notes.append(Problem(where="infer", what=f"{rest} more such entities: {more}, …"))
    return tuple(notes)


def _looks_like_reference(column: ColumnFacts) -> bool:
    """`warehouse_id` with repeated values. A column without values says nothing."""
    if not column.stem or column.words[-1] not in ("id", "key", "sk"):
        return False
    if column.stem[0] in EXTERNAL_WORDS or column.family not in ("integer", "text", "uuid"):
        return False
    return column.filled > 0 and column.unique is not True


def _has_a_type(column: ColumnFacts, table: TableFacts) -> bool:
    """`regarding_id` beside `regarding_type`, `object_id` beside `content_type_id`: it leads to
    several tables, and no table is called like it."""
    others = [other for other in table.columns.values() if other.name != column.name]
    types = [other for other in others if TYPE_WORDS & set(other.words)]
    if column.stem == ("object",) and any(t.stem == ("content", "type") for t in types):
        return True  # as Django writes it
    return any(t.words[:-1] == column.stem or t.stem[:-1] == column.stem for t in types)


def _is_scanned(column: ColumnFacts, names: NameIndex) -> bool:
    """A table of this name is there, its own among them."""
    return any(found.likeness in _SAME for found in names.named(column))


_SAME = ("entity", "own_entity", "ending", "self")


def _note(stem: tuple[str, ...], columns: list[ColumnFacts]) -> Problem:
    first = columns[0]
    entity = " ".join(stem)
    more = len(columns) - 1
    others = f", like {more} other column{'s' * (more > 1)}" if more else ""
    return Problem(
        where=f"{first.table}.{first.name}",
        what=f"looks like a reference to a table of {entity} records{others}; none was scanned",
        next="If such a table exists in another schema, add that schema to `schemas`.",
    )
