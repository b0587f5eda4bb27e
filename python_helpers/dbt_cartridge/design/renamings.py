"""Entities that people gave another name after their models stood.

A name stays, but for one who decides otherwise: then models, files, references and keys follow. As
long as people's own code reads what would get other names, the renaming waits: a project that stops
running is no better for the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from dbt_cartridge.design.labels import is_renamed, kept_staging, label_of
from dbt_cartridge.documents.decisions import FILE
from dbt_cartridge.documents.design import LeftOut
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.schema import Schema, Table
from dbt_cartridge.stems import swapped, with_stems

Words = tuple[str, ...]


def awaited(schema: Schema, host: Host) -> tuple[Schema, tuple[LeftOut, ...]]:
    """The schema without the renamings that wait, and why they do."""
    waiting = {
        table.id: reader
        for table in schema.tables
        if is_renamed(table, host) and (reader := _reader(table.id, host))
    }
    told = tuple(
        LeftOut(
            what=f"{id} as {schema.by_id[id].entity}",
            why=f"{FILE} renames it, and {reader} reads {model}: its names stay. Switch that file "
            "off (`enabled: false`, or outside of the project), run again, give it the new names.",
        )
        for id, (model, reader) in waiting.items()
    )
    return as_before(schema, host, waiting), told


def as_before(schema: Schema, host: Host, only: Iterable[str] | None = None) -> Schema:
    """The schema with the names that stand, of the renamed tables or of those in `only`."""
    chosen = None if only is None else set(only)
    kept = kept_staging(host)

    def old(table: Table) -> Table:
        if not is_renamed(table, host) or (chosen is not None and table.id not in chosen):
            return table
        return table.model_copy(update={"entity": host.kept_entities[kept[table.id]]})

    before = schema.model_copy(update={"tables": tuple(old(t) for t in schema.tables)})
    return with_stems(schema, before)


def renamed(
    schema: Schema, host: Host, sources: Mapping[str, str], names: Iterable[str]
) -> dict[str, str]:
    """Model or snapshot → what it was called before.

    Args:
        schema: with the labels of its tables.
        sources: table → its source.
        names: of all that is designed.
    """
    made = list(names)
    pairs = list(_pairs(schema, host, sources))
    found: dict[str, str] = {}
    for name in made:
        old = "_".join(reduce(lambda words, pair: swapped(words, *pair), pairs, _split(name)))
        if old != name and old in host.kept_names and old not in made:
            found[name] = old
    return {new: old for new, old in found.items() if new not in host.kept_names}


def said_before(schema: Schema, host: Host, sources: Mapping[str, str]) -> dict[str, str]:
    """What renamed entities were called before → what they are called: several rows, then one.

    Args:
        sources: table → its source.
    """
    pairs = ((old, new) for new, old in _pairs(schema, host, sources) if new != old)
    return {"_".join(old): "_".join(new) for old, new in pairs}


def _pairs(schema: Schema, host: Host, sources: Mapping[str, str]) -> Iterator[tuple[Words, Words]]:
    """(new words, old words), those of several rows before those of one."""
    kept = kept_staging(host)
    for table in schema.tables:
        if is_renamed(table, host):
            label = label_of(kept[table.id], sources.get(table.id, ""), host)
            yield _split(table.entities), _split(label)
            yield _split(table.entity), _split(host.kept_entities[kept[table.id]])


def _split(name: str) -> Words:
    return tuple(name.split("_"))


def _reader(id: str, host: Host) -> tuple[str, str] | None:
    """(model, file of the user's own that reads it) of what is made of the table, or of that."""
    ours = [model for model in host.models if model.generated]
    names = {model.name for model in ours if id in model.relations}
    while more := {m.name for m in ours if names.intersection(m.reads)} - names:
        names |= more
    return next(
        ((name, host.readers[name][0]) for name in sorted(names & host.readers.keys())), None
    )
