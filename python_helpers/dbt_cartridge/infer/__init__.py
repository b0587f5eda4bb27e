"""Inference: what the facts of a Scan mean. Pure, but for the probe.

names → column meanings → keys → versions → relationships → identities → rates → roles → Schema
"""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Probe, Unique
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import (
    ColumnMeaning,
    Evidence,
    Identity,
    Key,
    Rates,
    Relationship,
    Schema,
    Table,
    Versions,
)
from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer.columns import meanings, refined
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.entities import entities, subject
from dbt_cartridge.infer.exchange import converted_pairs, in_one_currency
from dbt_cartridge.infer.facts import Facts
from dbt_cartridge.infer.facts import facts as read_facts
from dbt_cartridge.infer.identities import identities
from dbt_cartridge.infer.keys import TableKeys, find_keys
from dbt_cartridge.infer.known import known
from dbt_cartridge.infer.levels import over_time
from dbt_cartridge.infer.names import NameIndex
from dbt_cartridge.infer.outside import outside
from dbt_cartridge.infer.per_unit import beside_a_price, of_anything, per_unit
from dbt_cartridge.infer.probing import Asker, is_unique
from dbt_cartridge.infer.rates import exchange_rates
from dbt_cartridge.infer.relationships import find_relationships
from dbt_cartridge.infer.roles import RoleFound, roles
from dbt_cartridge.infer.units import by_parents
from dbt_cartridge.infer.versions import find_versions, of_itself
from dbt_cartridge.infer.withheld import without_personal_values

__all__ = ["infer", "without_personal_values"]


def infer(scan: Scan, probe: Probe | None, settings: Settings) -> Schema:
    """Entities, keys, relationships, roles and column meanings of all relations with columns.

    Without a probe, what only the warehouse can tell stays unproved.
    """
    facts = read_facts(scan)
    names = NameIndex(facts)
    ask = Asker(probe, settings, known(facts))
    first = {t.id: meanings(t.relation, facts.lexicon) for t in facts.tables.values()}
    by_name = {table: {m.name: m for m in group} for table, group in first.items()}
    keys = find_keys(facts, names, by_name, ask)
    drafts = _drafts(facts, first, keys)
    nearly = {table: own.nearly for table, own in keys.items() if own.nearly}
    repeated = find_versions(drafts, ask, nearly)
    versions = repeated.versions
    keys = {d.id: _by_version(d, keys[d.id], versions.get(d.id), ask) for d in drafts}
    references = find_relationships(facts, names, keys, by_name, ask)
    relationships = references.joined
    keys = {table: _without_references(own, relationships, table) for table, own in keys.items()}
    drafts = [replaced(d, other_keys=keys[d.id].others) for d in drafts]
    drafts = _refined(drafts, keys, versions, relationships)
    formulas = identities(drafts, relationships, ask)
    proved: dict[str, list[Identity]] = {}
    for formula in formulas:
        proved.setdefault(formula.table, []).append(formula)
    drafts = [_corrected(d, proved.get(d.id, ())) for d in drafts]
    rates = exchange_rates(drafts, ask)
    drafts = by_parents([_by_rates(d, rates) for d in drafts], relationships)
    found = roles(drafts, relationships, ask)
    drafts = [
        replaced(d, meanings=beside_a_price(d)) if found[d.id].role == "dimension" else d
        for d in drafts
    ]
    drafts = over_time(drafts, {id: one.shape for id, one in found.items()}, ask)
    named = entities(drafts)
    return Schema(
        adapter=scan.adapter,
        tables=tuple(_table(d, keys[d.id], found[d.id], named[d.id]) for d in drafts),
        relationships=relationships,
        suggestions=references.suggested,
        identities=formulas,
        rates=rates,
        problems=(
            *repeated.problems,
            *outside(facts, keys, names, (*relationships, *references.suggested), by_name),
        ),
        unproved=ask.unproved,
    )


def _drafts(
    facts: Facts, first: dict[str, tuple[ColumnMeaning, ...]], keys: dict[str, TableKeys]
) -> list[Draft]:
    """What the later parts of inference know of each table before its relationships."""
    return [
        Draft(
            relation=table.relation,
            entity=table.entity,
            sense=facts.lexicon.meant(table.relation.name, table.entity),
            foreign=table.relation.name in facts.lexicon.languages,
            meanings=first[table.id],
            key=keys[table.id].primary,
            other_keys=keys[table.id].others,
        )
        for table in facts.tables.values()
    ]


def _corrected(draft: Draft, formulas: Sequence[Identity]) -> Draft:
    """With what the table's own formulas tell of its columns."""
    draft = replaced(draft, meanings=per_unit(draft, formulas))
    draft = replaced(draft, meanings=of_anything(draft))
    return replaced(draft, meanings=in_one_currency(draft, converted_pairs(formulas)))


def _by_rates(draft: Draft, rates: Sequence[Rates]) -> Draft:
    """With what the rates of another table tell of its amounts."""
    pairs = [
        (each.foreign, each.home)
        for one in rates for each in one.exchanged
        if each.table == draft.id and each.foreign and each.home and one.form
    ]  # fmt: skip
    return replaced(draft, meanings=in_one_currency(draft, pairs)) if pairs else draft


def _by_version(draft: Draft, own: TableKeys, versions: Versions | None, ask: Asker) -> TableKeys:
    """Keys of a table that keeps versions: others mean its entity, a row is one load of it."""
    if versions is None:
        return own
    if of_itself(draft, versions):
        own = replaced(own, entity=versions.entity_key)
    columns = versions.entity_key + versions.order_by
    if versions.kind == "duplicates":
        return replaced(own, primary=_once(versions), others=(), doubted=())
    dated_by_load = any(draft.by_name[c].role == "load_time" for c in versions.order_by)
    # A version is told by its entity and its time, whatever else tells it apart today: a status.
    # Not so where the rest leads to another table: it brings the two together.
    more = set(own.primary.columns) - set(versions.entity_key) if own.primary else set[str]()
    chance = own.primary is None or (
        set(versions.entity_key) < set(own.primary.columns)
        and not any(own.references.get(name, 0.0) > 0.5 for name in more)
    )
    if not (dated_by_load or chance) and versions.kind != "loads":
        return own
    if own.primary and own.primary.proved and set(own.primary.columns) < set(versions.entity_key):
        return own  # what is unique by less needs no more
    alone = own.primary is not None and own.primary.columns == versions.entity_key
    if own.primary and own.primary.kind == "surrogate" and own.primary.proved and not alone:
        return own  # each row has an id of its own beside that of the entity
    if own.primary and set(own.primary.columns) >= set(columns):
        return own
    answer = ask([Unique(relation=draft.id, columns=columns)])[0]
    unique = is_unique(answer)
    if unique is False and own.primary is not None and own.primary.proved:
        return own
    key = Key(
        columns=columns,
        kind="composite",
        proved=unique is True,
        confidence=0.95 if unique else 0.7,
        evidence=(Evidence(text="the entity's key and the load that brought the row"),),
    )
    return replaced(own, primary=key)


def _without_references(
    own: TableKeys, relationships: Sequence[Relationship], table: str
) -> TableKeys:
    """A column that leads to another table tells its rows apart as long as nothing there is led to
    twice: so far is not for good."""
    leads = {r.columns for r in relationships if r.table == table and r.ref_table != table}
    lost = [key for key in own.others if key.columns in leads and not key.declared]
    if not lost:
        return own
    kept = tuple(key for key in own.others if key not in lost)
    return replaced(own, others=kept, doubted=(*own.doubted, *lost))


def _once(versions: Versions) -> Key:
    """The key of rows of which one each is kept."""
    return Key(
        columns=versions.entity_key,
        kind="surrogate",
        proved=True,
        evidence_class=versions.evidence_class,
        confidence=0.95,
        evidence=versions.evidence,
    )


def _refined(
    drafts: list[Draft],
    keys: dict[str, TableKeys],
    versions: dict[str, Versions],
    relationships: tuple[Relationship, ...],
) -> list[Draft]:
    """The drafts again, now that keys, versions and relationships are known."""
    leaving: dict[str, list[Relationship]] = {}
    for one in relationships:
        leaving.setdefault(one.table, []).append(one)
    out: list[Draft] = []
    for draft in drafts:
        own, kept = keys[draft.id], versions.get(draft.id)
        versioned = kept is not None and kept.kind != "duplicates"
        known = refined(
            draft.meanings, own.primary, own.others, leaving.get(draft.id, ()), versioned
        )
        out.append(replaced(draft, key=own.primary, meanings=known, versions=kept))
    return out


def _table(draft: Draft, keys: TableKeys, found: RoleFound, named: tuple[str, str]) -> Table:
    return Table(
        id=draft.id,
        entity=named[0],
        entities=named[1],
        tells_of=subject(draft),
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
