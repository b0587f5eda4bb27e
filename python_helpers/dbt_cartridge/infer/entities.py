"""What one row of each table is called, and many: valid identifiers, no two of a schema alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial

from dbt_cartridge.infer.column_words import words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.role_words import HISTORIES, LINES, MEASUREMENTS
from dbt_cartridge.words import (
    is_common,
    pluralised,
    raw_split,
    safe_name,
    singular,
    snake,
    speaks_english,
    without_end,
)

Names = tuple[str, str]  # entity, entities
_HEADS = words_of("header head hdr")
_TELLING = MEASUREMENTS | HISTORIES | words_of("version revision")


def entities(drafts: Sequence[Draft]) -> dict[str, Names]:
    """`invoice_line` and `invoice_lines`, by table id.

    Tables of one schema whose names would be alike keep what house prefixes left out
    (`stg_order`), then are called just as they are written (`customer` beside `customers`), then by
    a number; the order of the drafts decides who is numbered. Tables of two schemas may be called
    alike: what is made of them is told apart by the source's name.
    """
    by_schema: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_schema[draft.relation.schema_name].append(draft)
    names: dict[str, Names] = {}
    for own in by_schema.values():
        names |= _of_schema(own)
    return names


def subject(draft: Draft) -> str:
    """What the rows are states or measurements of: a campaign, of `campaign_history`, in which its
    `id` comes back, and of `campaign_stats`, which have a row for each day. "" where each row is a
    thing of its own."""
    thing = without_end(draft.entity, _TELLING)
    parts = draft.key_columns if len(draft.key_columns) > 1 else ()
    versions = draft.versions.entity_key if draft.versions else ()
    again = any(draft.by_name[name].words == ("id",) for name in (*parts, *versions))
    again = again or (bool(parts) and draft.entity[-1] in MEASUREMENTS)
    return snake(thing) if thing and thing != draft.entity and again else ""


def _of_schema(drafts: Sequence[Draft]) -> dict[str, Names]:
    names: dict[str, Names] = {}
    waiting = list(drafts)
    english = speaks_english(
        name for draft in drafts
        for name in (draft.relation.name, *(column.name for column in draft.relation.columns))
    )  # fmt: skip
    documents = {d.entity[:-1] for d in drafts if len(d.entity) > 1 and d.entity[-1] in LINES}
    short = partial(_short, documents=documents)
    for name in (short, _whole, _as_written):
        waiting = _take(waiting, partial(name, english=english), names)
    taken = {entity for pair in names.values() for entity in pair}
    for draft in waiting:
        entity, several = _whole(draft, english)
        number = 2
        while f"{entity}_{number}" in taken or f"{several}_{number}" in taken:
            number += 1
        names[draft.id] = (f"{entity}_{number}", f"{several}_{number}")
        taken.update(names[draft.id])
    return names


def _take(
    drafts: Sequence[Draft], name: Callable[[Draft], Names], names: dict[str, Names]
) -> list[Draft]:
    """Name those whose name nobody else wants or has; give back the others."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        for part in name(draft):
            wanted[part].add(draft.id)
    taken = {part for pair in names.values() for part in pair}
    left: list[Draft] = []
    for draft in drafts:
        parts = name(draft)
        if any(part in taken or len(wanted[part]) > 1 for part in parts):
            left.append(draft)
        else:
            names[draft.id] = parts
    return left


def _short(draft: Draft, english: bool, documents: Collection[tuple[str, ...]]) -> Names:
    """The head of a document that has lines is the document: `sales_order_header`, beside
    `sales_order_detail`, is the sales order."""
    stem = draft.entity[:-1]
    if draft.entity[-1] in _HEADS and stem in documents:
        return snake(stem), snake(_many(stem, stem[-1], draft, english))
    return snake(draft.entity), snake(_several(draft, english))


def _several(draft: Draft, english: bool) -> tuple[str, ...]:
    """The plural as the table's own name has it, where it has one: `pedidos`, of any language. An
    English one is made where the schema speaks English: no `kundens`."""
    words = raw_split(draft.relation.name)
    written = words[-1] if words else ""
    last = draft.entity[-1]
    if written != last and singular(written) == last:
        return (*draft.entity[:-1], written)
    return _many(draft.entity, last, draft, english)


def _whole(draft: Draft, english: bool) -> Names:
    words = raw_split(draft.relation.name)
    if not words:
        return _as_written(draft, english)
    one = (*words[:-1], singular(words[-1]))
    return snake(one), snake(_many(words, one[-1], draft, english))


def _many(words: tuple[str, ...], last: str, draft: Draft, english: bool) -> tuple[str, ...]:
    """An English plural, where the table speaks English or its last word, `last`, is English."""
    return pluralised(words) if (english and not draft.foreign) or is_common(last) else words


def _as_written(draft: Draft, english: bool) -> Names:
    name = safe_name(draft.relation.name)
    return name, name
