"""What people wrote about where a column leads: comments, index names, keys declared elsewhere.

Each is a witness and no more: the rows are asked all the same, and what they refute is none. What
was written is read for the table that it names, and is shown nowhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from dbt_cartridge.infer.candidates import Pair, compatible
from dbt_cartridge.infer.facts import ColumnFacts, Facts, TableFacts
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.names import Named, normal
from dbt_cartridge.words import raw_split

_LEADS = re.compile(
    r"""\b(?:references?|refers?\ to|foreign\ key\ (?:to|of|into)|fk\ (?:to|of)|fk:|links?\ to
    |points?\ to|joins?\ to)\s+(?:the\ )?(?:table\ )?
    ["'`\[]?(?P<first>\w+)["'`\]]?(?:\s*[.(]\s*["'`\[]?(?P<second>\w+)["'`\]]?)?
    (?:\s*[.(]\s*["'`\[]?(?P<third>\w+))?""",
    re.IGNORECASE | re.VERBOSE,
)
_MOST = 500
"""Characters of a comment that are read."""
_INDEX_WORDS = frozenset("fk fkey idx index ix key foreign ref".split())

Written = Mapping[Pair, tuple[str, ...]]


def written(facts: Facts, keys: Mapping[str, TableKeys]) -> Written:
    """The references that something written claims → who says so, in words."""
    tables = _by_name(facts)
    elsewhere = _declared_elsewhere(facts)
    found: dict[Pair, list[str]] = defaultdict(list)
    for table in facts.tables.values():
        for column in table.columns.values():
            for parent, key, says in (
                *_in_comment(table, column, tables),
                *_in_indexes(table, column, tables),
                *elsewhere.get(column.words, ()),
            ):
                pair = _pair(column, parent, key, facts, keys)
                if pair is not None and says not in found[pair]:
                    found[pair].append(says)
    return {pair: tuple(says) for pair, says in found.items() if says}


Claim = tuple[str, "str | None", str]
"""The parent, its column if that is said, and who says so."""
Tables = Mapping[tuple[str, ...], list[str]]


def _by_name(facts: Facts) -> Tables:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for table in facts.tables.values():
        for words in {normal(raw_split(table.relation.name)), normal(table.entity)}:
            found[words].append(table.id)
    return found


def _in_comment(table: TableFacts, column: ColumnFacts, tables: Tables) -> Iterator[Claim]:
    """`References customers.id`, `FK to crm.customers (id)`."""
    said = (column.column.comment or "")[:_MOST]
    for match in _LEADS.finditer(said):
        names = [match[part] for part in ("first", "second", "third") if match[part]]
        for at, name in enumerate(names[:2]):
            near = _of_its_schema(table, tables.get(normal(raw_split(name)), []))
            if len(near) == 1:
                key = names[at + 1] if at + 1 < len(names) else None
                yield near[0], key, "its comment names the table"
                break


def _in_indexes(table: TableFacts, column: ColumnFacts, tables: Tables) -> Iterator[Claim]:
    """`fk_orders_customers` over `cust`: as MySQL leaves an index for each foreign key."""
    own = normal(raw_split(table.relation.name))
    for index in table.relation.indexes:
        words = normal(raw_split(index.name))
        if index.columns != (column.name,) or not {"fk", "fkey"} & set(words):
            continue
        left = tuple(w for w in words if w not in _INDEX_WORDS and not w.isdigit())
        left = left[len(own) :] if left[: len(own)] == own else left
        near = _of_its_schema(table, tables.get(left, []))
        if len(near) == 1:
            yield near[0], None, "an index of it is named for the table"


def _of_its_schema(table: TableFacts, found: list[str]) -> list[str]:
    schema = f"{table.relation.schema_name}."
    return [one for one in found if one.startswith(schema)] or found


def _declared_elsewhere(facts: Facts) -> Mapping[tuple[str, ...], list[Claim]]:
    """Where columns of a name lead that the catalogue declares, if to one table all."""
    found: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    for table in facts.tables.values():
        for key in table.relation.foreign_keys:
            parent = f"{key.ref_schema}.{key.ref_table}"
            if len(key.columns) != 1 or len(key.ref_columns) != 1 or parent not in facts.tables:
                continue
            column = table.columns.get(key.columns[0])
            if column is not None and not column.is_generic:
                found[column.words].add((parent, key.ref_columns[0]))
    says = "a column of this name leads there by a declared key"
    return {
        words: [(*next(iter(parents)), says)]
        for words, parents in found.items()
        if len(parents) == 1
    }


def _pair(
    column: ColumnFacts,
    parent: str,
    said: str | None,
    facts: Facts,
    keys: Mapping[str, TableKeys],
) -> Pair | None:
    own = keys[parent]
    singles = [k.columns[0] for k in (own.primary, *own.others) if k and len(k.columns) == 1]
    name = next((n for n in singles if said and n.casefold() == said.casefold()), None)
    name = name or next(iter(singles), None)
    if name is None or (parent, name) == (column.table, column.name):
        return None
    target = facts.column(parent, name)
    if not compatible(column, target):
        return None
    same = target.words == column.words and not target.is_generic
    is_primary = own.primary is not None and own.primary.columns == (name,)
    named = Named(parent, "written")
    return Pair(column.table, (column.name,), parent, (name,), named, same, is_primary)
