"""Inference: what the facts of a Scan mean. Pure, but for the probe."""

from __future__ import annotations

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Probe
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema, Table
from dbt_cartridge.infer.columns import meanings
from dbt_cartridge.infer.facts import facts as read_facts
from dbt_cartridge.infer.keys import find_keys
from dbt_cartridge.infer.names import NameIndex
from dbt_cartridge.infer.probing import Asker
from dbt_cartridge.infer.relationships import find_relationships
from dbt_cartridge.words import plural, snake

__all__ = ["infer"]


def infer(scan: Scan, probe: Probe | None, settings: Settings) -> Schema:
    """Entities, keys, relationships, roles and column meanings of all relations with columns.

    Without a probe, what only the warehouse can tell stays unproved.
    """
    facts = read_facts(scan)
    names = NameIndex(facts)
    ask = Asker(probe, settings)
    known = {t.id: meanings(t.relation, facts.lexicon) for t in facts.tables.values()}
    by_name = {table: {m.name: m for m in group} for table, group in known.items()}
    keys = find_keys(facts, names, by_name, ask)
    relationships = find_relationships(facts, names, keys, by_name, ask)
    tables: list[Table] = []
    for table in facts.tables.values():
        found = keys[table.id]
        tables.append(
            Table(
                id=table.id,
                entity=snake(table.entity),
                entities=snake((*table.entity[:-1], plural(table.entity[-1]))),
                role="dimension",
                shape="plain",
                confidence=0.5,
                primary_key=found.primary,
                other_keys=found.others,
                doubted_keys=found.doubted,
                columns=known[table.id],
                candidates=found.candidates,
            )
        )
    return Schema(
        adapter=scan.adapter,
        tables=tuple(tables),
        relationships=relationships,
        unproved=ask.unproved,
    )
