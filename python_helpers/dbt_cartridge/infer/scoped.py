"""References into a table whose own number starts again in each tenant, shop or document.

`(org_id, opened_by)` → org_members(org_id, member_no); `(shop, order_number)` → orders(shop, no).
What the number starts again in stands in both tables under one name; what bears the number in the
child is named after the parent, or says the part that it plays. Neither column is a reference
without the other, so both are asked about together.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.infer.candidates import (
    Pair,
    compatible,
    composite_parents,
    fits,
    tables_by_words,
)
from dbt_cartridge.infer.facts import ColumnFacts, Facts, TableFacts
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.names import Named, NameIndex

_SAYS = ("entity", "ending", "own_entity", "tail", "begin", "short", "self", "person")
"""Likenesses by which a name can mean the parent; the pair of values has to prove it."""
_MOST_TABLES = 60


def scoped_pairs(facts: Facts, names: NameIndex, keys: dict[str, TableKeys]) -> list[Pair]:
    """Candidates of several columns, all but one of them called as in the parent's key."""
    having = tables_by_words(facts)
    out: list[Pair] = []
    for parent, whole in composite_parents(facts, keys):
        if any(column.family in ("date", "timestamp") for column in whole):
            continue  # versions and reports: what happened when is nobody's reference
        leads = keys[parent.id].references
        for number in whole:
            scope = [column for column in whole if column is not number]
            if leads.get(number.name, 0.0) > 0.5 or any(not column.words for column in scope):
                continue
            near = min((having[column.words] for column in scope), key=len)
            if len(near) <= _MOST_TABLES:
                for child in near:
                    out += _of_child(
                        facts.tables[child],
                        parent,
                        number,
                        scope,
                        names,
                        tuple(column.name for column in whole),
                    )
    return out


def _of_child(
    child: TableFacts,
    parent: TableFacts,
    number: ColumnFacts,
    scope: list[ColumnFacts],
    names: NameIndex,
    key: tuple[str, ...],
) -> Iterator[Pair]:
    by_words = {column.words: column for column in child.columns.values()}
    beside = {column.name: by_words.get(column.words) for column in scope}
    if any(c is None or not compatible(c, parent.columns[n]) for n, c in beside.items()):
        return
    taken = {column.name for column in beside.values() if column is not None}
    for column in child.columns.values():
        if column.name in taken or column.words == number.words or not column.filled:
            continue
        named = _named(column, parent, names)
        if named is None or (named.likeness == "self") != (child.id == parent.id):
            continue
        if not compatible(column, number) or fits(column, number) is False:
            continue
        columns = {number.name: column.name} | {n: c.name for n, c in beside.items() if c}
        yield Pair(
            child.id, tuple(columns[name] for name in key), parent.id, key, named, False, True
        )


def _named(column: ColumnFacts, parent: TableFacts, names: NameIndex) -> Named | None:
    found = [n for n in names.named(column) if n.table == parent.id and n.likeness in _SAYS]
    return found[0] if found else None
