"""What people wrote about where a column leads: comments, index names, keys declared elsewhere, a
data dictionary, and the joins of views, of the project's models and of past queries.

Each is a witness and no more: the rows are asked all the same, and what they refute is none. What
was written is read for the table that it names, and is shown nowhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from dbt_cartridge.documents.schema import Key
from dbt_cartridge.documents.written import Writer
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
    for pair, texts in _joined(facts, keys).items():
        found[pair] += texts
    return {pair: tuple(says) for pair, says in found.items() if says}


Claim = tuple[str, "str | None", str]
"""The parent, its column if that is said, and who says so."""
Tables = Mapping[tuple[str, ...], list[str]]


def _joined(facts: Facts, keys: Mapping[str, TableKeys]) -> dict[Pair, list[str]]:
    """References that joins tell: of the two sides the parent's is a key."""
    by: dict[Pair, dict[Writer, list[str]]] = defaultdict(lambda: defaultdict(list))
    for join in facts.joins:
        if join.table not in facts.tables or join.ref_table not in facts.tables:
            continue
        sides = [(join.table, join.columns, join.ref_table, join.ref_columns)]
        if join.by != "dictionary":
            sides.append((join.ref_table, join.ref_columns, join.table, join.columns))
        for table, columns, parent, key in sides:
            for pair in _pairs_of(table, columns, parent, key, facts, keys[parent]):
                if join.where not in by[pair][join.by]:
                    by[pair][join.by].append(join.where)
    return {pair: [_says(writer, of) for writer, of in each.items()] for pair, each in by.items()}


def _says(writer: Writer, where: list[str]) -> str:
    more = f", and so {'does' if len(where) == 2 else 'do'} {len(where) - 1} more"
    more = more if len(where) > 1 else ""
    if writer == "query":
        return "past queries join them so"
    if writer == "dictionary":
        return f"the data dictionary says so: {where[0]}"
    return f"{'the view' if writer == 'view' else 'your model'} {where[0]} joins them so{more}"


def _pairs_of(
    table: str,
    columns: tuple[str, ...],
    parent: str,
    said: tuple[str, ...],
    facts: Facts,
    own: TableKeys,
) -> Iterator[Pair]:
    """The reference by each key of the parent that lies in the columns that were joined."""
    primary = own.primary.columns if own.primary else ()
    singles = [key.columns for key in (*own.others, *own.doubted) if not _leads_on(key, own)]
    for key in dict.fromkeys((primary, own.entity, *singles)):
        by_key = dict(zip(said or key, columns, strict=False))  # with none said: the whole key
        if not key or len(key) > len(columns) or not set(key) <= by_key.keys():
            continue
        child = tuple(by_key[name] for name in key)
        if (table, set(child)) == (parent, set(key)) or not _can_be_compared(
            table, child, parent, key, facts
        ):
            continue
        first = facts.column(table, child[0]), facts.column(parent, key[0])
        same = len(key) == 1 and first[0].words == first[1].words and not first[1].is_generic
        yield Pair(table, child, parent, key, Named(parent, "written"), same, key == primary)
        if not said:
            return


def _leads_on(key: Key, own: TableKeys) -> bool:
    """A column that leads to a third table, of which this one has a row for each, for today."""
    return len(key.columns) == 1 and own.references.get(key.columns[0], 0.0) > 0.5


def _can_be_compared(
    table: str, columns: tuple[str, ...], parent: str, key: tuple[str, ...], facts: Facts
) -> bool:
    tables = facts.tables
    pairs = zip(columns, key, strict=True)
    return all(
        one in tables[table].columns
        and other in tables[parent].columns
        and compatible(facts.column(table, one), facts.column(parent, other))
        for one, other in pairs
    )


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
