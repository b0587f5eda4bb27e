"""What inference reads from a Scan, prepared once: words, value domains, uniqueness.

Everything here is a plain fact or a reading of a name. Nothing is decided.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from dbt_cartridge.documents.scan import Column, Profile, Relation, Scan
from dbt_cartridge.documents.written import WrittenJoin
from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer.role_words import MEASUREMENTS
from dbt_cartridge.words import Lexicon, without_end

KEY_WORDS = frozenset(
    "id identifier key number code sk pk fk hk bk nk uuid guid sid uid ref reference symbol".split()
)
"""Last words of columns that hold keys, abbreviations spelt out."""

SURROGATE_WORDS = frozenset("id identifier key sk pk hk uuid guid uid sid".split())
"""Of those, the ones that never stand for a business code."""

LEADING_KEY_WORDS = frozenset("id fk pk sk hk".split())
"""First words of columns that hold keys: `id_cliente`, `hk_customer`."""

APPROXIMATE = 0.8
"""Share of the values that an estimated count of distinct ones may fall short of."""

NEVER_KEY_TYPES = frozenset(
    "decimal float boolean json array struct binary interval geography time".split()
)


@dataclass(frozen=True, eq=False)
class ColumnFacts:
    """One column as inference sees it."""

    table: str
    column: Column
    words: tuple[str, ...]  # spelt out, without a prefix that every column of the table carries
    family: str  # `integer`, `text`, `uuid`, …; text that holds only digits counts as `integer`
    low: float | None = None  # of numbers
    high: float | None = None
    key_words: frozenset[str] = KEY_WORDS  # and what this schema itself calls its keys

    @cached_property
    def name(self) -> str:
        return self.column.name

    @cached_property
    def stem(self) -> tuple[str, ...]:
        """The words beside the key word: ("customer",) of `customer_id` and of `id_customer`.

        `id` has none.
        """
        end = len(self.words)
        while end and self.words[end - 1] in self.key_words:
            end -= 1
        return self.words[1:] if self._leads_with_key_word else self.words[:end]

    @cached_property
    def has_key_word(self) -> bool:
        return bool(self.words) and (self.words[-1] in self.key_words or self._leads_with_key_word)

    @property
    def _leads_with_key_word(self) -> bool:
        words = self.words
        if len(words) < 2 or words[-1] in self.key_words:
            return False
        return words[0] in LEADING_KEY_WORDS or words[0] in self.key_words - KEY_WORDS

    @property
    def is_generic(self) -> bool:
        """`id`, `code`, `key`: the name says nothing about which entity."""
        return not self.stem

    @property
    def rows(self) -> int | None:
        """Rows profiled."""
        return self.column.profile.rows if self.column.profile else None

    @cached_property
    def filled(self) -> int:
        """Profiled rows with a value. 0 where nothing is known."""
        profile = self.column.profile
        return profile.rows - profile.nulls if profile else 0

    @property
    def distinct(self) -> int | None:
        return self.column.profile.distinct if self.column.profile else None

    @property
    def most_distinct(self) -> int | None:
        """So many distinct values at most: what an estimate allows for."""
        profile = self.column.profile
        if profile is None or profile.distinct is None or not profile.approximate:
            return self.distinct
        return min(self.filled, math.ceil(profile.distinct / APPROXIMATE))

    @property
    def is_sampled(self) -> bool:
        """The profile saw a part of the rows."""
        profile = self.column.profile
        return profile is not None and profile.sampled

    @property
    def nullable(self) -> bool:
        """A null was seen, or none was seen but the catalogue allows one and nothing was read."""
        profile = self.column.profile
        return profile.nulls > 0 if profile else self.column.nullable

    @cached_property
    def unique(self) -> bool | None:
        """Unique and never null in every row. None: not known, a probe may tell."""
        profile = self.column.profile
        if profile is None or profile.distinct is None or not profile.rows:
            return None
        if profile.nulls:
            return False
        if profile.approximate:
            return None if profile.distinct >= APPROXIMATE * profile.rows else False
        if profile.sampled:
            return None if profile.distinct == profile.rows else False
        return profile.distinct == profile.rows

    @cached_property
    def domain(self) -> frozenset[str] | None:
        """All values, where the profile lists them all."""
        profile = self.column.profile
        if profile is None or profile.sampled or profile.distinct is None:
            return None
        values = frozenset(top.value for top in profile.top_values)
        return values if len(values) == profile.distinct and values else None

    @property
    def is_free_text(self) -> bool:
        """Long text, or text where many values hold blanks: names and descriptions, no codes."""
        profile = self.column.profile
        if self.family != "text" or profile is None or not self.filled:
            return False
        spaced = profile.patterns.spaced if profile.patterns else 0
        return (profile.mean_length or 0) > 60 or spaced > 0.2 * self.filled


@dataclass(frozen=True, eq=False)
class TableFacts:
    """One relation as inference sees it."""

    relation: Relation
    entity: tuple[str, ...]  # singular words: ("invoice", "line")
    columns: dict[str, ColumnFacts]

    @cached_property
    def id(self) -> str:
        return self.relation.id

    @cached_property
    def rows(self) -> int | None:
        if self.relation.rows is not None:
            return self.relation.rows
        return next((c.rows for c in self.columns.values() if c.rows is not None), None)

    @cached_property
    def has_data(self) -> bool:
        """Rows were profiled."""
        return any(c.rows for c in self.columns.values())


@dataclass(frozen=True)
class Facts:
    """All tables, and the words of the schema."""

    tables: dict[str, TableFacts]
    adapter: str
    lexicon: Lexicon
    joins: tuple[WrittenJoin, ...] = ()  # that people wrote

    def column(self, table: str, name: str) -> ColumnFacts:
        return self.tables[table].columns[name]


def lexicon_of(scan: Scan) -> Lexicon:
    """The words of all its tables and columns."""
    named = {r.name: [column.name for column in r.columns] for r in scan.relations if r.columns}
    return Lexicon.of(named)


def facts(scan: Scan) -> Facts:
    """Read names and profiles of the whole scan."""
    relations = [relation for relation in scan.relations if relation.columns]
    lexicon = lexicon_of(scan)
    words = {
        relation.id: lexicon.columns([column.name for column in relation.columns], relation.name)
        for relation in relations
    }
    entities = {relation.id: lexicon.entity(relation.name) for relation in relations}
    key_words = KEY_WORDS | _own_key_words(relations, words, frozenset(entities.values()))
    tables: dict[str, TableFacts] = {}
    for relation in relations:
        columns = {
            column.name: _column_facts(relation.id, column, own, key_words)
            for column, own in zip(relation.columns, words[relation.id], strict=True)
        }
        entity = entities[relation.id]
        tables[relation.id] = TableFacts(relation, entity, _by_what_is_measured(entity, columns))
    return Facts(tables, scan.adapter, lexicon, scan.joins)


def measured(entity: tuple[str, ...]) -> tuple[str, ...]:
    """The thing that a table of measurements measures: a campaign, of `campaign_daily_stats`. ()
    where it is no such table, or measures nothing that it names."""
    thing = without_end(entity, MEASUREMENTS)
    return thing if thing != entity else ()


def _by_what_is_measured(
    entity: tuple[str, ...], columns: dict[str, ColumnFacts]
) -> dict[str, ColumnFacts]:
    """An `id` that comes back in a table of measurements is that of what is measured, whose rows
    each have many."""
    thing = measured(entity)
    named = {column.words for column in columns.values()}
    return {
        name: replaced(column, words=(*thing, *column.words))
        if thing and column.words == ("id",) and column.unique is False
        and (*thing, "id") not in named
        else column
        for name, column in columns.items()
    }  # fmt: skip


def _own_key_words(
    relations: Sequence[Relation],
    words: Mapping[str, tuple[tuple[str, ...], ...]],
    entities: Set[tuple[str, ...]],
) -> frozenset[str]:
    """What this schema calls its keys: `codigo`, `Код`.

    A word that is the whole name of the first column of two tables or more, numbers each row in
    it, and begins or ends the name of a column elsewhere. The name of a table is none: the `label`
    of `label_tag` is a label.
    """
    first: Counter[str] = Counter()
    beside: set[str] = set()
    for relation in relations:
        own = words[relation.id]
        beside.update(word for name in own if len(name) > 1 for word in (name[0], name[-1]))
        profile = relation.columns[0].profile
        numbers = relation.columns[0].type == "integer" and profile is not None
        if profile and numbers and len(own[0]) == 1 and profile.rows == profile.distinct:
            first[own[0][0]] += 1
    return frozenset(
        word
        for word, tables in first.items()
        if tables > 1 and word in beside and (word,) not in entities
    )


def _column_facts(
    table: str, column: Column, own: tuple[str, ...], key_words: frozenset[str]
) -> ColumnFacts:
    profile = column.profile
    family = _held_as_text(profile) if column.type == "text" and profile else str(column.type)
    if column.type in ("decimal", "float") and _whole(column):
        family = "integer"
    low = high = None
    if profile and column.type in ("integer", "decimal", "float"):
        low, high = _number(profile.min), _number(profile.max)
    return ColumnFacts(table, column, own, family, low, high, key_words)


def _held_as_text(profile: Profile) -> str:
    """What every value of a text column looks like, as where all was loaded as text."""
    patterns = profile.patterns
    filled = profile.rows - profile.nulls - profile.blanks
    if patterns is None or filled <= 0:
        return "text"
    if patterns.integer == filled:
        return "text" if patterns.leading_zero else "integer"
    for family, count in (
        ("decimal", patterns.decimal),
        ("decimal", min(patterns.commas, max(patterns.comma, patterns.money))),  # 1.234,50
        ("date", max(patterns.date, patterns.month_first, patterns.day_first, patterns.year_first)),
        ("timestamp", patterns.timestamp + patterns.date),
        ("boolean", patterns.boolean),
    ):
        if count == filled:
            return family
    return "text"


def _whole(column: Column) -> bool:
    """A decimal or float column that holds whole numbers only, as a key with nulls often does."""
    profile = column.profile
    if profile is None or profile.rows == profile.nulls:
        return False
    native = column.native_type.replace(" ", "").lower()
    return profile.fractions == 0 and (column.type == "float" or native.endswith((",0)", "number")))


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
