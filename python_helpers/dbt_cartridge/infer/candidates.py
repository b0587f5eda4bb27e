"""Which columns might refer to which keys. A handful for each column, found through indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from dbt_cartridge.frozen import frozen
from dbt_cartridge.infer.column_words import LOAD_WORDS
from dbt_cartridge.infer.facts import SURROGATE_WORDS, ColumnFacts, Facts, TableFacts
from dbt_cartridge.infer.key_columns import (
    BARRED_ROLES,
    DATE_WORDS,
    LOAD_TOOL,
    ORDINAL_WORDS,
    TINY,
    VALID_WORDS,
    Meanings,
)
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.name_words import PERSON_ROLES
from dbt_cartridge.infer.names import Named, NameIndex, in_order, is_short_form, normal
from dbt_cartridge.infer.role_words import HISTORIES
from dbt_cartridge.words import singular

MAX_PER_COLUMN = 8
MAX_BY_VALUE = 3
MANY = 4
"""Tables with a second key of one name, from which on it tells none of them."""
ENOUGH_VALUES = 5
"""Distinct numbers from which their being found elsewhere can tell anything."""
SPARSE = 0.7
"""Share of the numbers from 0 to the highest key, up to which keys are more than a count."""
SEEN_AGAIN = 3
LONGEST_NAME = 40
"""Text of a few words can be what another table's rows are known by: `home` of clubs."""
_MET_BY_CHANCE = frozenset("phone fax mobile address street city first last label".split())
GENERIC_KEY_WORDS = frozenset("name type status description title value date".split())


@frozen
class Pair:
    """A foreign key that may be."""

    table: str
    columns: tuple[str, ...]
    ref_table: str
    ref_columns: tuple[str, ...]
    named: Named
    same_name: bool  # the columns are called alike, and by more than `id`
    ref_is_primary: bool

    @property
    def child(self) -> tuple[str, tuple[str, ...]]:
        return self.table, self.columns


@frozen
class Target:
    """A column that others may refer to."""

    column: ColumnFacts
    primary: bool
    rows: int | None
    telling: bool = False  # a second key whose name others may end in: `je_number`, `npi`


class Targets:
    """The single-column keys of all tables, by what a column that refers to them looks like."""

    def __init__(self, facts: Facts, keys: dict[str, TableKeys]) -> None:
        self.facts = facts
        self.of_table: dict[str, list[Target]] = {}
        self.by_words: dict[tuple[str, ...], list[Target]] = defaultdict(list)
        self.by_length: dict[tuple[str, int | None], list[Target]] = defaultdict(list)
        self.by_entity: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self.sparse: list[Target] = []  # whole numbers that do not merely count
        self.namesakes: dict[tuple[str, ...], list[ColumnFacts]] = defaultdict(list)
        self.known = known = _known_once(facts, keys)
        self._common: dict[tuple[str, ...], bool] = {}
        for table in facts.tables.values():
            for column in table.columns.values():
                if column.filled and column.has_key_word and column.stem:
                    self.namesakes[column.words].append(column)
            found = _targets(table.id, facts, keys[table.id], known)
            self.of_table[table.id] = found = [] if is_book(table) else found
            self.by_entity[normal(table.entity)].append(table.id)
            for target in found:
                if target.column.words not in ((), ("id",), ("key",), ("number",)):
                    self.by_words[target.column.words].append(target)
                if target.column.family in ("text", "uuid") and target.column.filled:
                    self.by_length[_shape(target.column)].append(target)
                if target.primary and density(target.column) <= SPARSE:
                    self.sparse.append(target)

    def says_nothing(self, words: tuple[str, ...], one: str, other: str) -> bool:
        """Is this what unrelated tables call their own keys, so that it tells no parent?

        `codigo` of clientes and of pedidos; not `customer_id`, which names one of its tables, and
        not the key that a family of tables shares (`email_event`, `email_event_click`).
        """
        if words not in self._common:
            self._common[words] = self._names_no_table(words)
        return self._common[words] and self._first_word(one) != self._first_word(other)

    def _names_no_table(self, words: tuple[str, ...]) -> bool:
        """Several tables call their keys so, and it is the name of none. Second keys as well where
        many have one: everybody has an `email`."""
        found = self.by_words.get(words, ())
        primary = [t.column for t in found if t.primary]
        keys = primary or [t.column for t in found]
        if len(keys) < (2 if primary else MANY):
            return False
        stem = "".join(normal(keys[0].stem))
        called = ["".join(normal(self.facts.tables[key.table].entity)) for key in keys]
        if any(stem == entity or is_short_form(stem, entity) for entity in called):
            return False
        # `lookup_id` is what lookup_values are known by, `film` pixar_films
        return not stem or 1 not in (
            sum(entity.startswith(stem) for entity in called),
            sum(entity.endswith(stem) for entity in called),
        )

    def _first_word(self, table: str) -> str:
        return singular(self.facts.tables[table].entity[0])


def _known_once(facts: Facts, keys: dict[str, TableKeys]) -> dict[str, set[str]]:
    """Name of a key of one column → the tables that have one row for each of its values."""
    found: dict[str, set[str]] = defaultdict(set)
    for table, own in keys.items():
        if own.primary is not None and len(own.primary.columns) == 1:
            found[own.primary.columns[0].casefold()].add(table)
    return found


def _targets(table: str, facts: Facts, keys: TableKeys, known: dict[str, set[str]]) -> list[Target]:
    columns = facts.tables[table].columns
    rows = facts.tables[table].rows
    primary = keys.primary.columns if keys.primary else ()
    found = [Target(columns[primary[0]], True, rows)] if len(primary) == 1 else []
    entity = columns[keys.entity[0]] if len(keys.entity) == 1 else None
    if entity and keys.entity != primary and not _stands_elsewhere(entity, facts, known):
        # Rows are versions: others may mean the entity, for which the latest row stands, where no
        # other table has it (the hub of a vault, the current rows of a temporal table).
        found.append(Target(entity, True, rows))
    for key in (*keys.others, *keys.doubted):
        column = columns[key.columns[0]]
        if (rows or 0) < TINY and not _is_own_name(column, facts):
            continue  # a few rows are unique by accident
        if column.family not in ("text", "integer", "uuid") or column.is_free_text:
            continue
        if column.has_key_word or not set(column.words) & GENERIC_KEY_WORDS:
            found.append(Target(column, False, rows, _is_telling(column, key in keys.others)))
    if len(primary) > 1:
        own = [
            columns[name] for name in primary
            if _is_own_id(columns[name], facts)
            and not _stands_elsewhere(columns[name], facts, known)
        ]  # fmt: skip
        found += [Target(column, False, rows) for column in own[:1]]
    return found


def _is_telling(column: ColumnFacts, believed: bool) -> bool:
    """A second key by whose name it can be known in other tables.

    Believed, and of more words than one; or a code in text: numbers meet by chance, names do so
    too.
    """
    if believed and len(column.words) > 1:
        return True
    said = set(column.words)
    return column.column.type == "text" and said.isdisjoint(GENERIC_KEY_WORDS | _MET_BY_CHANCE)


def _stands_elsewhere(column: ColumnFacts, facts: Facts, known: dict[str, set[str]]) -> bool:
    """Another table has one row for each value of this key of versions.

    A bare `id` is every table's: of those, only a table of the same entity is meant, as `account`
    beside `account_history`, and not `ticket` beside `ticket_form_history`.
    """
    others = known.get(column.name.casefold(), set()) - {column.table}
    if not column.is_generic:
        return bool(others)
    own = tuple(w for w in facts.tables[column.table].entity if w not in HISTORIES)
    return any(facts.tables[table].entity == own for table in others)


def is_book(table: TableFacts) -> bool:
    """A load tool's own table (`_dlt_loads`): it refers to nothing, and nothing to it."""
    return table.relation.name.lower().startswith(LOAD_TOOL)


def density(column: ColumnFacts) -> float:
    """Of the whole numbers from 0 to the highest, the share that the column holds.

    1.0 where that is not known: keys that count from 1 include each other whatever they mean.
    """
    if column.family != "integer" or column.high is None or column.low is None:
        return 1.0
    if column.low < 0 or not column.distinct:
        return 1.0
    return min(1.0, column.distinct / (column.high + 1))


def _is_own_id(column: ColumnFacts, facts: Facts) -> bool:
    """The entity's own id inside a key of several columns, as where versions are kept."""
    entity = facts.tables[column.table].entity
    return column.has_key_word and (not column.stem or column.stem in (entity, entity[:-1]))


def _shape(column: ColumnFacts) -> tuple[str, int | None]:
    profile = column.column.profile
    return column.family, profile.max_length if profile else None


def pairs(
    facts: Facts, names: NameIndex, keys: dict[str, TableKeys], meanings: Meanings
) -> list[Pair]:
    """All candidates of one column each."""
    targets = Targets(facts, keys)
    out: list[Pair] = []
    for table in facts.tables.values():
        if is_book(table):
            continue
        known = meanings.get(table.id, {})
        primary = keys[table.id].primary
        own_key = set(primary.columns) if primary and len(primary.columns) == 1 else set[str]()
        for column in table.columns.values():
            meaning = known.get(column.name)
            if (
                meaning is not None
                and (meaning.role in BARRED_ROLES or meaning.is_load_tool)
                and (meaning.role != "measure" or not names.names_whole(column))
            ):
                continue
            if column.family not in ("integer", "text", "uuid", "date", "decimal", "float"):
                continue
            in_key = primary is not None and column.name in primary.columns
            if in_key and column.is_generic and column.name not in own_key:
                continue
            elsewhere = targets.known.get(column.name.casefold(), set()) - {table.id}
            if _is_own_name(column, facts) and column.name not in own_key and not elsewhere:
                continue
            likely = keys[table.id].references.get(column.name, 0.0)
            if column.name in own_key and _names_itself(column, facts, likely):
                out += _extensions(column, targets)
                continue
            out += _of_column(column, targets, names, column.name in own_key)
    return out


def _is_own_name(column: ColumnFacts, facts: Facts) -> bool:
    """`invoice_id` in invoices, be it the key or not."""
    entity = normal(facts.tables[column.table].entity)
    return column.has_key_word and bool(column.stem) and normal(column.stem) == entity


def _names_itself(column: ColumnFacts, facts: Facts, likely: float) -> bool:
    """`id`, `customer_id` in customers, `demo_sk` in customer_demographics."""
    if column.is_generic:
        return True
    stem, entity = normal(column.stem), normal(facts.tables[column.table].entity)
    if not column.has_key_word or len(stem) > len(entity):
        return False
    if stem == entity[: len(stem)] and likely < 0.9:
        return True  # `purchase_order_id` in purchase_order_headers
    return stem == entity or all(
        any(is_short_form(word, whole) for whole in entity) for word in stem
    )


def _extensions(column: ColumnFacts, targets: Targets) -> list[Pair]:
    """A key named after its own table can still be another table's, where that has the name."""
    own = targets.facts.tables[column.table].entity
    if column.is_generic:
        return _family(column, targets)
    if normal(column.stem) != normal(own):
        return []
    return [
        Pair(column.table, (column.name,), target.column.table, (target.column.name,),
             Named(target.column.table, "key_name"), True, True)
        for target in targets.by_words.get(column.words, [])[:10]
        if target.primary and target.column.table != column.table
        and compatible(column, target.column)
    ]  # fmt: skip


def _family(column: ColumnFacts, targets: Targets) -> list[Pair]:
    """`email_event_click.id` → `email_event.id`: the name of the one begins with the other's.

    Not where the numbers merely count, since they then count the table's own rows.
    """
    if column.family == "integer" and density(column) > SPARSE:
        return []
    own = normal(targets.facts.tables[column.table].entity)
    beginnings = [targets.by_entity.get(own[:end], []) for end in range(len(own) - 1, 0, -1)]
    above = next(filter(None, beginnings), list[str]())
    return [
        Pair(column.table, (column.name,), table, (target.column.name,), Named(table, "none"),
             False, True)
        for table in above
        for target in targets.of_table[table]
        if target.primary and target.column.words == column.words and table != column.table
        and compatible(column, target.column)
    ]  # fmt: skip


def _of_column(
    column: ColumnFacts, targets: Targets, names: NameIndex, is_own_key: bool
) -> list[Pair]:
    found: dict[tuple[str, str], Pair] = {}

    def add(target: Target, named: Named) -> None:
        key = target.column
        if (key.table, key.name) == (column.table, column.name):
            return
        if not compatible(column, key):
            return
        if not column.filled and any(
            not compatible(other, key) for other in targets.namesakes[column.words][:20]
        ):
            return  # the column is empty, but its namesakes hold values of another type
        same = key.words == column.words and not key.is_generic
        if same and targets.says_nothing(column.words, column.table, key.table):
            if named.likeness not in _PLAIN:
                return
            same = False
        pair = Pair(
            column.table, (column.name,), key.table, (key.name,), named, same, target.primary
        )
        found.setdefault((key.table, key.name), pair)

    for named in sorted(names.named(column), key=lambda n: -n.strength):
        if named.table == column.table and named.likeness in ("entity", "begin", "part", "short"):
            continue  # invoices.invoice_id beside invoices.id is another name of the row itself
        for target in targets.of_table.get(named.table, []):
            if (
                target.primary
                or target.column.words == column.words
                or not _has_primary(targets, named.table)
            ):
                add(target, named)
    for start in range(1, len(column.words)):
        for target in targets.by_words.get(column.words[start:], [])[:10]:
            if (target.primary or target.telling) and _tells(target.column, targets.facts):
                named = Named(target.column.table, "key_ending", column.words[:start])
                add(target, named)
    same_words = targets.by_words.get(column.words, [])
    if DATE_WORDS.issuperset(column.stem or column.words):
        same_words = []  # the year of one thing is not the year of another
    for target in same_words[:40]:
        if not targets.says_nothing(column.words, column.table, target.column.table):
            add(target, Named(target.column.table, "key_name"))
    named_for = {pair.named.likeness for pair in found.values()}
    if not is_own_key and not named_for & {"entity", "ending", "own_entity", "key_ending"}:
        for table in _of_its_table(column, targets, names):
            for target in targets.of_table.get(table, []):
                if target.primary:
                    add(target, Named(table, "table"))
    if not is_own_key and not any(pair.named.likeness in _PLAIN for pair in found.values()):
        for target in _by_value(column, targets):
            add(target, Named(target.column.table, "none"))
    return _handful(column, list(found.values()), targets)


def _tells(key: ColumnFacts, facts: Facts) -> bool:
    """A key's name that no other column bears by accident: `apid`, `lookup_id`; not `year`. Two
    letters are one where they stand for the table: `wh` of warehouses."""
    if DATE_WORDS.issuperset(key.stem or key.words) or GENERIC_KEY_WORDS & set(key.words):
        return False
    name, entity = "".join(key.words), "".join(facts.tables[key.table].entity)
    short = len(name) == 2 and name[0] == entity[0] and in_order(name, entity)
    return bool(key.stem) and (key.has_key_word or len(name) > 2 or short)


def _of_its_table(column: ColumnFacts, targets: Targets, names: NameIndex) -> list[str]:
    """The tables that a column means by the name of its own: `entity0`, `entity1` of
    `l_artist_label`, `new_id` of `area_redirect`.

    The name of an association says what it brings together, in the order of its columns. Asked of
    columns of whole numbers that nothing else explains; not of those that count the table's own
    rows, as `line_no` of `receipt_lines` does.
    """
    within = names.within(column.table)
    entity = normal(targets.facts.tables[column.table].entity)
    stem = normal(column.stem)
    counts = bool(stem) and stem == entity[-len(stem) :]
    if column.family != "integer" or not within or counts:
        return []
    alike = [
        other for other in targets.facts.tables[column.table].columns.values()
        if other.family == "integer" and _without_digits(other) == _without_digits(column)
    ]  # fmt: skip
    numbered = len(alike) > 1
    if not numbered and not (column.has_key_word and column.stem):
        return []
    if numbered and len(within) not in (1, len(alike)):
        return []
    at = alike.index(column) if numbered and len(within) > 1 else 0
    if not numbered and len(within) > 1:
        return []
    if not numbered and any(
        other.has_key_word and normal(other.stem) == within[0]
        for other in targets.facts.tables[column.table].columns.values()
    ):
        return []  # `order_id` of order_lines is the order's; what else stands there is not
    return names.entity_tables(within[at])


def _without_digits(column: ColumnFacts) -> tuple[str, ...]:
    return tuple(word for word in column.words if not word.isdigit() and len(word) > 1)


_PLAIN = ("entity", "ending", "own_entity", "key_name", "key_ending")
"""Likenesses beside which no parent is looked for by values alone."""


def _has_primary(targets: Targets, table: str) -> bool:
    return any(target.primary for target in targets.of_table.get(table, []))


def compatible(child: ColumnFacts, parent: ColumnFacts) -> bool:
    """The types can be compared. A column without a value may have any type.

    Not so where its name has no key word: `deposit` may be an amount as well.
    """
    if not (child.filled and parent.filled) and not child.has_key_word:
        return child.column.type == parent.column.type
    if not child.filled or not parent.filled:
        return parent.family not in ("timestamp", "json", "boolean")
    if child.family == parent.family or child.column.type == parent.column.type == "text":
        return True
    numbers = {"integer", "decimal", "float"}
    if {child.family, parent.family} <= numbers:
        return child.column.profile is not None and child.column.profile.fractions == 0
    return {child.family, parent.family} <= {"text", "uuid"}


def _handful(column: ColumnFacts, found: list[Pair], targets: Targets) -> list[Pair]:
    if len(found) <= MAX_PER_COLUMN:
        return found
    rank = {"entity": 0, "own_entity": 1, "ending": 1, "key_name": 2, "key_ending": 2, "self": 2}

    def order(pair: Pair) -> tuple[float, ...]:
        rows = targets.facts.tables[pair.ref_table].rows or 0
        holds = fits(column, targets.facts.column(pair.ref_table, pair.ref_columns[0]))
        return (holds is False, rank.get(pair.named.likeness, 3), -pair.named.strength, rows)

    return sorted(found, key=order)[:MAX_PER_COLUMN]


def fits(child: ColumnFacts, parent: ColumnFacts) -> bool | None:
    """Could the child's values be among the parent's, by bounds and counts? None: not known."""
    if not child.filled or not parent.filled or parent.is_sampled:
        return None
    if child.low is not None and parent.low is not None:
        return child.low >= parent.low and (child.high or 0) <= (parent.high or 0)
    mine, theirs = child.column.profile, parent.column.profile
    if child.domain is not None and parent.domain is not None:
        return child.domain <= parent.domain
    if mine and theirs and None not in (mine.min, mine.max, theirs.min, theirs.max):
        return bool(str(mine.min) >= str(theirs.min) and str(mine.max) <= str(theirs.max))
    return None


def _near_shapes(column: ColumnFacts) -> list[tuple[str, int | None]]:
    family, longest = _shape(column)
    return [(family, (longest or 0) + more) for more in range(3)]


def _by_value(column: ColumnFacts, targets: Targets) -> list[Target]:
    """Keys among which the column's values may be, whatever it is called."""
    if column.family == "integer":
        return _by_number(column, targets) if _calls_for_a_parent(column) else []
    return _by_code(column, targets) if _is_code(column) else []


def _is_code(column: ColumnFacts) -> bool:
    """Free text refers to nothing, but names of a few things that come again and again may, and
    who played a part."""
    profile = column.column.profile
    if profile is None or column.family not in ("text", "uuid"):
        return False
    again = _plays_a_part(column) or (column.distinct or 0) * SEEN_AGAIN <= column.filled
    if column.is_free_text and not (again and (profile.max_length or 0) <= LONGEST_NAME):
        return False
    return (column.distinct or 0) >= 3 and (profile.max_length or 0) >= 2


def _by_code(column: ColumnFacts, targets: Targets) -> list[Target]:
    near = [
        target
        for shape in _near_shapes(column)
        for target in targets.by_length.get(shape, [])[:200]
        if (target.column.table, target.column.name) != (column.table, column.name)
        and target.primary
        and (target.rows or 0) >= TINY
        and (
            (
                (column.distinct or 0) <= (target.column.distinct or 0)
                and fits(column, target.column) is not False
            )
            or _ids_of_one_form(column, target.column)
        )
    ]
    return sorted(near, key=lambda t: (not t.primary, t.rows or 0))[:MAX_BY_VALUE]


def _ids_of_one_form(child: ColumnFacts, parent: ColumnFacts) -> bool:
    """Long codes of one length, whose ranges meet: some of the child's may be the parent's."""
    mine, theirs = child.column.profile, parent.column.profile
    if mine is None or theirs is None or not child.has_key_word:
        return False
    lengths = {mine.min_length, mine.max_length, theirs.min_length, theirs.max_length}
    if len(lengths) > 1 or (mine.max_length or 0) < 8:
        return False
    if None in (mine.min, mine.max, theirs.min, theirs.max):
        return False
    return str(mine.min) <= str(theirs.max) and str(theirs.min) <= str(mine.max)


def _calls_for_a_parent(column: ColumnFacts) -> bool:
    """A number that its name calls a key, or a part that somebody plays."""
    named = column.has_key_word and column.stem and column.words[-1] in SURROGATE_WORDS
    return bool(named or _plays_a_part(column)) and (column.distinct or 0) >= ENOUGH_VALUES


def _plays_a_part(column: ColumnFacts) -> bool:
    return not PERSON_ROLES.isdisjoint(column.words[-1:])


def _by_number(column: ColumnFacts, targets: Targets) -> list[Target]:
    """Keys with gaps, or that begin high, between which the usual values lie: one table's only.

    Keys that count from 1 hold each other's values by accident, and so do two tables' that count
    from the same number: where several fit, none is taken.
    """
    near = [
        target
        for target in targets.sparse[:200]
        if target.column.table != column.table and _lies_between(column, target.column)
    ]
    return near if len({target.column.table for target in near}) == 1 else []


def _lies_between(child: ColumnFacts, parent: ColumnFacts) -> bool:
    """The child's most frequent values, and no smaller ones, lie in the parent's range."""
    profile = child.column.profile
    if profile is None or child.low is None or parent.low is None or parent.high is None:
        return False
    usual = [float(top.value) for top in profile.top_values if _is_number(top.value)]
    inside = sum(parent.low <= value <= parent.high for value in usual)
    known = child.distinct is not None and child.distinct <= 1.1 * (parent.distinct or 0)
    covers = (child.distinct or 0) >= 0.3 * (parent.distinct or 0)
    return known and covers and len(usual) >= 3 and inside >= 0.9 * len(usual)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def tables_by_words(facts: Facts) -> Mapping[tuple[str, ...], list[str]]:
    """The words of a column's name → the tables that have such a column; none for any other."""
    having: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for table in facts.tables.values():
        for words in {column.words for column in table.columns.values()}:
            having[words].append(table.id)
    return having


def composite_parents(
    facts: Facts, keys: dict[str, TableKeys]
) -> Iterator[tuple[TableFacts, list[ColumnFacts]]]:
    """The tables whose key has several columns, and these."""
    for parent in facts.tables.values():
        primary = keys[parent.id].primary
        if primary is not None and len(primary.columns) > 1:
            yield parent, [parent.columns[name] for name in primary.columns]


def composite_pairs(facts: Facts, keys: dict[str, TableKeys]) -> list[Pair]:
    """Candidates of several columns: all the columns of a composite key, named alike."""
    having = tables_by_words(facts)
    out: list[Pair] = []
    for parent, columns in composite_parents(facts, keys):
        if any(not column.words or _is_bare_ordinal(column) for column in columns):
            continue
        moments = [c for c in columns if c.family in ("date", "timestamp")]
        if moments and (
            keys[parent.id].entity
            or any(set(c.words) & (VALID_WORDS | LOAD_WORDS) for c in moments)
        ):
            continue  # when a version began, or was loaded, is nobody's reference
        rarest = min((having[column.words] for column in columns), key=len)
        if len(rarest) > 60:
            continue
        for table in rarest:
            child = _matching(facts, table, columns)
            if table == parent.id or child is None:
                continue
            own = keys[table].primary
            if own is not None and set(own.columns) == {c.name for c in child}:
                # Each check has one tender so far: the number is the check's all the same.
                named_so = any(c.stem and _is_own_id(c, facts) for c in columns)
                links = keys[table].references
                if not named_so and all(links.get(c.name, 0) > 0.5 for c in child):
                    continue  # two bridges between the same tables: neither is a parent
                rows, all_of_it = facts.tables[table].rows or 0, parent.rows or 0
                if rows > all_of_it or (rows == all_of_it and not named_so):
                    continue
            entity = facts.tables[table].entity
            more = own is not None and {c.name for c in child} < set(own.columns)
            if entity[-len(parent.entity) :] == parent.entity and not more:
                continue  # a variant of the same table; ticket_tags has a ticket in its key too
            named = Named(parent.id, "key_name")
            out.append(
                Pair(table, tuple(c.name for c in child), parent.id,
                     tuple(c.name for c in columns), named, True, True)
            )  # fmt: skip
    return out


def _matching(facts: Facts, table: str, columns: list[ColumnFacts]) -> list[ColumnFacts] | None:
    by_words = {column.words: column for column in facts.tables[table].columns.values()}
    found = [by_words.get(column.words) for column in columns]
    whole = [column for column in found if column is not None]
    if len(whole) < len(columns) or len({c.name for c in whole}) < len(columns):
        return None
    if all(column.is_generic for column in whole):
        return None
    ok = all(a.family == b.family or compatible(a, b) for a, b in zip(whole, columns, strict=True))
    return whole if ok else None


def _is_bare_ordinal(column: ColumnFacts) -> bool:
    """`index`, `line_number`: the same name means another row in every table."""
    words = [word for word in column.words if word not in ("number", "id")]
    return len(words) <= 1 and set(words) <= ORDINAL_WORDS | GENERIC_KEY_WORDS
