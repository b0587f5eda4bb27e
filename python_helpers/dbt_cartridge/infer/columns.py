"""What each column of a table is for.

    meanings(relation, lexicon)          before keys are known: names, types and profile
    refined(meanings, key, …)            afterwards: keys, foreign keys, discriminators

Who decides, and why, is in `judges`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import (
    ColumnMeaning,
    ColumnRole,
    Evidence,
    Key,
    Pii,
    Relationship,
)
from dbt_cartridge.infer.column_words import PERSON_TABLES
from dbt_cartridge.infer.judges import Look, judged, look
from dbt_cartridge.infer.personal import personal
from dbt_cartridge.infer.units import with_units
from dbt_cartridge.words import Lexicon, column_prefix, raw_split

_PARTS_OF_A_NAME: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("first",): ("first", "name"), ("middle",): ("middle", "name"), ("last",): ("last", "name"),
    ("f", "name"): ("first", "name"), ("m", "name"): ("middle", "name"),
    ("l", "name"): ("last", "name"),
}  # fmt: skip
"""What the columns of a person's name are called where nobody needs to be told."""

_OF_CHANGE = frozenset("updated changed modified edited at on date time timestamp".split())
"""Words of a time of change that names nothing else: `invoice_updated_at` is the invoice's."""


def meanings(relation: Relation, lexicon: Lexicon) -> tuple[ColumnMeaning, ...]:
    """One meaning per column, in order. Keys are not known yet: ids are `attribute`s."""
    found = tuple(map(_meaning, looks(relation, lexicon)))
    return with_units(found, relation)


def looks(relation: Relation, lexicon: Lexicon) -> Iterator[Look]:
    """The columns as the judges see them, in English."""
    names = [column.name for column in relation.columns]
    entity = lexicon.meant(relation.name, lexicon.entity(relation.name))
    foreign = relation.name in lexicon.languages
    written = len(column_prefix(names))
    told = lexicon.columns(names, relation.name)
    both = {("first",), ("last",)} <= set(told) or {("f", "name"), ("l", "name")} <= set(told)
    in_parts = both and entity[-1] in PERSON_TABLES
    for column, words in zip(relation.columns, told, strict=True):
        if in_parts and column.type == "text":
            words = _PARTS_OF_A_NAME.get(words, words)
        spelt = raw_split(column.name[written:]) if foreign else ()
        yield look(column, lexicon.meant(relation.name, words), entity, spelt)


def refined(
    first: Sequence[ColumnMeaning],
    primary_key: Key | None = None,
    other_keys: Sequence[Key] = (),
    outgoing: Iterable[Relationship] = (),
    versioned: bool = False,
) -> tuple[ColumnMeaning, ...]:
    """The same columns once keys and relationships are known.

    A key column is `key`, unless the key is composed of foreign keys and times: those keep their
    roles. Without versions, `is_current` is a flag like others, and a time of change that is part
    of the key is not a change of the row: it is what the row tells of.
    """
    leads: dict[str, Relationship] = {}
    discriminators: set[str] = set()
    for relationship in outgoing:
        leads.update(dict.fromkeys(relationship.columns, relationship))
        if relationship.where_column:
            discriminators.add(relationship.where_column)
    natural = {
        key.columns[0] for key in other_keys if len(key.columns) == 1 and key.kind == "natural"
    }
    keyed = set(primary_key.columns) if primary_key else set[str]()
    single = len(keyed) == 1
    return tuple(
        _refine(meaning, leads, discriminators, natural, keyed, single, versioned)
        for meaning in first
    )


def _refine(
    meaning: ColumnMeaning,
    leads: dict[str, Relationship],
    discriminators: set[str],
    natural: set[str],
    keyed: set[str],
    single: bool,
    versioned: bool,
) -> ColumnMeaning:
    role: ColumnRole = meaning.role
    text = ""
    name = meaning.name
    if name in keyed and (single or name not in leads):
        if single or role in ("attribute", "natural_key", "measure", "name", "technical"):
            role, text = "key", "part of the primary key" if not single else "the primary key"
        elif role == "updated_time" and not versioned and set(meaning.words) <= _OF_CHANGE:
            role, text = "event_time", "part of the key: when the change came that the row tells of"
    elif name in leads:
        target = leads[name]
        role, text = "foreign_key", f"leads to {target.ref_table}"
    elif name in discriminators:
        role, text = "type_discriminator", "says to which table the id beside it leads"
    elif name in natural:
        role, text = "natural_key", "unique in every row beside the primary key"
    elif role == "is_current" and not versioned:
        role, text = "flag", "the table keeps one row per entity"
    if role == meaning.role:
        return meaning
    evidence = (Evidence(text=text), *meaning.evidence)
    if role in ("key", "foreign_key"):
        return meaning.model_copy(
            update={"role": role, "evidence": evidence, "additivity": None, "unit": None}
        )
    return meaning.model_copy(update={"role": role, "evidence": evidence})


def pii_of(seen: Look) -> tuple[Pii, Evidence] | None:
    """What kind of personal data the column holds, and why."""
    if seen.load_tool:
        return None
    return personal(seen.column, seen.words, seen.entity, seen.spelt)


def _meaning(seen: Look) -> ColumnMeaning:
    opinion = judged(seen)
    evidence = [Evidence(text=opinion.why, value=opinion.value)] if opinion.why else []
    pii = pii_of(seen)
    if pii:
        evidence.append(pii[1])
    counted = opinion.measure
    unit = counted.unit if counted else None
    return ColumnMeaning(
        name=seen.column.name,
        words=seen.words or seen.raw or ("column",),
        spelt=seen.spelt,
        role="attribute" if pii and opinion.role in ("measure", "natural_key") else opinion.role,
        additivity=counted.additivity if counted and not pii else None,
        unit=unit if not pii else None,
        money=bool(counted and counted.money and not pii),
        pii=pii[0] if pii else None,
        is_load_tool=seen.load_tool,
        evidence=tuple(evidence),
    )
