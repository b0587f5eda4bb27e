"""Which tables have the rows that they had on the last run: their facts need not be asked again."""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import Relation, Scan
from dbt_cartridge.engine.base import Engine, Request
from dbt_cartridge.version import helper_version

_PER_STATEMENT = 100


def marked(
    engine: Engine, relations: Sequence[Relation], settings: Settings
) -> tuple[Relation, ...]:
    """The relations with their marks, where the warehouse has one to give for all their tables."""
    owners = [number for number, relation in enumerate(relations) for _ in relation.tables]
    each = [table for relation in relations for table in relation.tables]
    tables = [
        {
            "no": number,
            "database": table.database,
            "schema": table.schema_name,
            "name": table.name,
            "kind": table.kind,
            "rows": table.rows,
            "sample": _sample(table, settings),
        }
        for number, table in enumerate(each)
    ]
    parts = [tables[at : at + _PER_STATEMENT] for at in range(0, len(tables), _PER_STATEMENT)]
    found: dict[int, str | None] = {}
    for _, reply in engine.ask([Request("marks", {"tables": part}) for part in parts]):
        found |= {int(row[0] or 0): row[1] for row in reply.rows}
    marks: dict[int, list[str | None]] = {}
    for number, owner in enumerate(owners):
        marks.setdefault(owner, []).append(found.get(number))
    return tuple(
        relation.model_copy(update={"mark": mark}) if (mark := _joined(marks[number])) else relation
        for number, relation in enumerate(relations)
    )


def _joined(marks: Sequence[str | None]) -> str | None:
    known = [mark for mark in marks if mark]
    return "|".join(known) if len(known) == len(marks) else None


def known_from(
    before: Scan | None, relations: Sequence[Relation], settings: Settings
) -> dict[str, Relation]:
    """Relations by id with the facts of the last run: same columns, same mark, same questions."""
    if (
        before is None
        or before.made_by != helper_version()
        or (before.profile, before.sample_rows) != (settings.profile, settings.sample_rows)
    ):
        return {}
    found: dict[str, Relation] = {}
    for relation in relations:
        was = before.by_id.get(relation.id)
        if was is None or was.beyond or relation.mark is None or was.mark != relation.mark:
            continue
        bare = tuple(column.model_copy(update={"profile": None}) for column in was.columns)
        same = (was.database, was.shards) == (relation.database, relation.shards)
        if same and bare == relation.columns:
            facts = {"columns": was.columns, "rows": was.rows, "rows_exact": was.rows_exact}
            found[relation.id] = relation.model_copy(update=facts)
    return found


def _sample(relation: Relation, settings: Settings) -> int | None:
    large = relation.rows is None or relation.rows > settings.sample_rows
    return settings.sample_rows if settings.profile == "sample" and large else None
