"""Inference: what the facts of a Scan mean. Pure, but for the probe.

    names → column meanings → keys → relationships → roles → Schema
"""

from __future__ import annotations

from dataclasses import replace

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Probe
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import ColumnMeaning, Relationship, Schema, Table
from dbt_cartridge.infer.columns import meanings, refined
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.facts import Facts
from dbt_cartridge.infer.facts import facts as read_facts
from dbt_cartridge.infer.keys import TableKeys, find_keys
from dbt_cartridge.infer.names import NameIndex
from dbt_cartridge.infer.probing import Asker
from dbt_cartridge.infer.relationships import find_relationships
from dbt_cartridge.infer.roles import RoleFound, roles
from dbt_cartridge.words import pluralised, snake

__all__ = ["infer"]


def infer(scan: Scan, probe: Probe | None, settings: Settings) -> Schema:
    """Entities, keys, relationships, roles and column meanings of all relations with columns.

    Without a probe, what only the warehouse can tell stays unproved.
    """
    facts = read_facts(scan)
    names = NameIndex(facts)
    ask = Asker(probe, settings)
    first = {t.id: meanings(t.relation, facts.lexicon) for t in facts.tables.values()}
    by_name = {table: {m.name: m for m in group} for table, group in first.items()}
    keys = find_keys(facts, names, by_name, ask)
    relationships = find_relationships(facts, names, keys, by_name, ask)
    drafts = _drafts(facts, first, keys, relationships)
    found = roles(drafts, relationships)
    return Schema(
        adapter=scan.adapter,
        tables=tuple(_table(draft, keys[draft.id], found[draft.id]) for draft in drafts),
        relationships=relationships,
        problems=scan.problems,
        unproved=ask.unproved,
    )


def _drafts(
    facts: Facts,
    first: dict[str, tuple[ColumnMeaning, ...]],
    keys: dict[str, TableKeys],
    relationships: tuple[Relationship, ...],
) -> list[Draft]:
    """What the later parts of inference know of each table."""
    leaving: dict[str, list[Relationship]] = {}
    for one in relationships:
        leaving.setdefault(one.table, []).append(one)
    out: list[Draft] = []
    for table in facts.tables.values():
        own = keys[table.id]
        draft = Draft(
            relation=table.relation,
            entity=table.entity,
            meanings=first[table.id],
            key=own.primary,
            other_keys=own.others,
        )
        known = refined(
            draft.meanings,
            draft.key,
            draft.other_keys,
            leaving.get(table.id, ()),
            draft.versions is not None,
        )
        out.append(replace(draft, meanings=known))
    return out


def _table(draft: Draft, keys: TableKeys, found: RoleFound) -> Table:
    return Table(
        id=draft.id,
        entity=snake(draft.entity),
        entities=snake(pluralised(draft.entity)),
        role=found.role,
        shape=found.shape,
        confidence=found.confidence,
        primary_key=draft.key,
        other_keys=draft.other_keys,
        doubted_keys=keys.doubted,
        versions=draft.versions,
        columns=draft.meanings,
        evidence=found.evidence,
        candidates=(*keys.candidates, *found.candidates),
    )
