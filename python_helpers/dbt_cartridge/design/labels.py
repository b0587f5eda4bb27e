"""What each table is called in the names of its models, and stays to be called.

A model's name is decided once, for one relation, and kept in the ledger. What a table is called
there stands in the name of its staging model, and the names of its marts follow from that: another
table, another option or a better idea of a later version changes none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from dbt_cartridge.design.naming import Names, host_names, in_names
from dbt_cartridge.documents.design import Source
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Schema, Table
from dbt_cartridge.words import MAX_NAME, safe_name, shortened, singular

_MARK = "__"  # between the source and the table, unless the host has it otherwise
_LEAST = 20  # letters that a label has, however long its source's name is


def labelled(
    schema: Schema, relations: Sequence[Relation], declared: Iterable[Source], host: Host
) -> Schema:
    """The schema with the names that its tables had on earlier runs, no two of a source alike.

    A new table takes no name that is or was another's.
    """
    source_of = _source_of(declared)
    kept = kept_staging(host)
    held: dict[str, dict[str, list[str]]] = {}
    for id, model in kept.items():
        names = held.setdefault(id.split(".", 1)[0], {})
        label = label_of(model, source_of.get(id, ""), host)
        names.setdefault(_without_table(label, schema.by_id.get(id)), []).append(id)
    shared = _shared_words(schema, relations)
    claimed = {name: Names(held=held.get(name, {})) for name in {r.schema_name for r in relations}}
    found: dict[str, Table] = {}
    for relation in sorted(relations, key=lambda relation: relation.id not in kept):
        table = schema.by_id[relation.id]
        room = _room(host, source_of[relation.id])
        otherwise = is_renamed(table, host)  # by what it is called now, never as the table is
        wishes = (table.entities,) if otherwise else (table.entities, relation.name)
        short = [_cut(safe_name(wish), shared[relation.schema_name], room) for wish in wishes]
        if relation.id in kept and not otherwise:
            known_as = label_of(kept[relation.id], source_of[relation.id], host)
            short.insert(0, _without_table(known_as, table))
        label = claimed[relation.schema_name].claim(*short, owner=relation.id)
        known = host.kept_entities.get(kept.get(relation.id, ""), "")
        found[relation.id] = _called(table, label, "" if otherwise else known)
    return schema.model_copy(update={"tables": tuple(found.get(t.id, t) for t in schema.tables)})


def staging_names(
    relations: Iterable[Relation],
    schema: Schema,
    declared: Iterable[Source],
    host: Host,
    names: Names,
) -> tuple[dict[str, str], dict[str, str]]:
    """(relations that the host stages itself, staging names of the others)."""
    source_of = _source_of(declared)
    kept = kept_staging(host)
    own = host_names(host)
    served: dict[str, str] = {}
    found: dict[str, str] = {}
    for relation in relations:
        name = None if is_renamed(schema.by_id[relation.id], host) else kept.get(relation.id)
        wishes: tuple[str, ...]
        if name is not None and name not in own:
            wishes = (name,)
        else:
            label, source = schema.by_id[relation.id].entities, source_of[relation.id]
            full = _named("{source}" + _MARK + "{table}", source, label, host)
            wishes = (_named(host.staging_label, source, label, host), full)
        if wishes[0] in names and wishes[0] in own:
            served[relation.id] = wishes[0]
        else:
            others = (*wishes[1:], f"{wishes[-1]}_{safe_name(relation.name)}")
            found[relation.id] = names.claim(wishes[0], *others, owner=relation.id)
    return served, found


def _named(pattern: str, source: str, label: str, host: Host) -> str:
    """The name of a staging model; its source's is cut where it is too long."""
    room = MAX_NAME - len(host.called("staging", pattern.format(source="", table=label)))
    return host.called(
        "staging", pattern.format(source=shortened(in_names(source), room), table=label)
    )


def is_renamed(table: Table, host: Host) -> bool:
    """People have decided what one row is called, and its models bear another name."""
    if not table.named:
        return False
    known = host.kept_entities.get(kept_staging(host).get(table.id, ""), "")
    return known not in ("", table.entity)


def kept_staging(host: Host) -> dict[str, str]:
    """Relation → the name of the staging model that an earlier run made of it.

    What a repeated record of the table became is staged too, under a longer name.
    """
    found: dict[str, str] = {}
    for model, relations in host.kept_names.items():
        layer = host.kept_layers.get(model)
        named_so = host.is_called("staging", model) and _MARK in model
        if len(relations) == 1 and (layer == "staging" or (layer is None and named_so)):
            known = found.setdefault(relations[0], model)
            found[relations[0]] = min(known, model, key=lambda name: (len(name), name))
    return found


def _source_of(declared: Iterable[Source]) -> dict[str, str]:
    return {table.relation: source.name for source in declared for table in source.tables}


def label_of(model: str, source: str, host: Host) -> str:
    label = host.label_of("staging", model)
    if _MARK in label:
        return label.rpartition(_MARK)[2]
    before = f"{source}_"
    told = "{source}" in host.staging_label and label.lower().startswith(before.lower())
    return label[len(before) :] if told else label


def _without_table(label: str, table: Table | None) -> str:
    """The label as it was wished for, where its model got the table's name behind it too, since
    one of the project's has the name that was wished for."""
    if table is None:
        return label
    name = table.id.partition(".")[2]
    for wish in (table.entities, name):
        if label == f"{safe_name(wish)}_{safe_name(name)}":
            return safe_name(wish)
    return label


def _room(host: Host, source: str) -> int:
    return max(_LEAST, MAX_NAME - len(host.called("staging", f"{source}{_MARK}")))


def _cut(name: str, shared: int, room: int) -> str:
    """`name` as it is where it fits; else without the words that all tables of its schema begin
    with, and then cut in a way that depends on nothing but itself."""
    if len(name) > room and shared:
        name = safe_name("_".join(name.split("_")[shared:]))
    return shortened(name, room)


def _shared_words(schema: Schema, relations: Iterable[Relation]) -> dict[str, int]:
    """Schema → how many words all of its tables' names begin with; each keeps one at least."""
    words: dict[str, list[list[str]]] = {}
    for relation in relations:
        name = safe_name(schema.by_id[relation.id].entities)
        words.setdefault(relation.schema_name, []).append(name.split("_"))
    return {name: _common(each) if len(each) > 1 else 0 for name, each in words.items()}


def _common(names: Sequence[Sequence[str]]) -> int:
    columns = zip(*(name[:-1] for name in names), strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def _called(table: Table, label: str, known: str) -> Table:
    """Args:
    known: what one row was called on the run before, which stands in names of columns.
    """
    if known:
        return table.model_copy(update={"entities": label, "entity": known})
    if label == table.entities:
        return table
    *before, last = label.split("_")
    entity = "_".join((*before, singular(last)))
    if label == safe_name(table.entities):
        entity = safe_name(table.entity)
    return table.model_copy(update={"entities": label, "entity": entity})
