"""A table's columns as parts of a key: which link, count, date, or take no part at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from dbt_cartridge.documents.schema import ColumnMeaning
from dbt_cartridge.infer.facts import NEVER_KEY_TYPES, ColumnFacts, TableFacts
from dbt_cartridge.infer.names import NameIndex, is_short_form, normal
from dbt_cartridge.words import singular

Meanings = dict[str, dict[str, ColumnMeaning]]

ORDINAL_WORDS = frozenset(
    "index line ln sequence seq ordinal ordering row item step part subscript offset lap".split()
)
DATE_WORDS = frozenset("date time day month year week quarter hour timestamp at on".split())
CHANGE_WORDS = frozenset("updated update modified created create changed last".split())
VALID_WORDS = frozenset(
    "from start valid effective begin since updated modified change changed update".split()
)
VERSION_WORDS = frozenset("updated update modified change changed valid effective".split())
"""Of the words above, those that tell of the row; a start may be that of what it tells."""
HISTORY_WORDS = frozenset("history hist version snapshot log audit archive backup".split())
SEGMENT_WORDS = frozenset(
    "device network platform placement os browser country region age gender segment channel "
    "language surface position slot".split()
)
"""What a report of advertising or traffic is split by."""
TOLD_IN = frozenset("language locale currency".split())
"""In what a thing of another table is told: once a language, though one alone is loaded today."""
FIELD_WORDS = frozenset("field attribute property parameter setting option name id".split())
"""What names a column of another table, where its values stand below each other."""
LINK_ATTRIBUTES = frozenset("role relationship type kind relation".split())
"""What tells several links between the same two apart."""
BARRED_ROLES = frozenset(
    "measure description flag json array load_time deleted_time deleted_flag is_current".split()
)
MOMENTS = frozenset(("event_time", "created_time", "updated_time", "valid_from", "valid_to"))
LIKELY = {
    "entity": 1.0,
    "ending": 0.8,
    "own_entity": 0.7,
    "short": 0.6,
    "person": 0.6,
    "part": 0.4,
}
"""How likely a column with a key word leads to a table that its name is like."""
TOLD = 0.9
"""Likelihood of a reference from which its name tells it."""
LOAD_TOOL = ("_fivetran_", "_airbyte_", "_sdc_", "_dlt_", "_etl_", "_stitch_")
LONGEST = 40
"""Mean characters of a text up to which it names something."""
TINY = 20  # rows below which being unique says little


class KeyColumns:
    """One table's columns, read once. Nothing here depends on what the warehouse answers."""

    def __init__(
        self,
        table: TableFacts,
        names: NameIndex,
        meanings: dict[str, ColumnMeaning],
        pointing: Mapping[str, float] | None = None,
    ) -> None:
        self._pointing = pointing or {}  # columns that hold the values of another table's
        self.table = table
        self.meanings = meanings
        self.all = list(table.columns.values())
        self.place = {column.name: at for at, column in enumerate(self.all)}
        self.rows = table.rows
        self.references = {c.name: self._reference(c, names) for c in self.all}
        entity = normal(table.entity)
        self._lists_another = any(
            names.entity_tables(entity[start:]) for start in range(1, len(entity))
        )

    @cached_property
    def parts(self) -> list[ColumnFacts]:
        """Columns that can be part of a key."""
        return [c for c in self.all if self._can_take_part(c)]

    @cached_property
    def links(self) -> list[ColumnFacts]:
        """Those that point at something: named as keys, or after another table."""
        return [c for c in self.parts if self.is_link(c)]

    @cached_property
    def ordinals(self) -> list[ColumnFacts]:
        """Those that count within an owner."""
        return [c for c in self.parts if self.is_ordinal(c)]

    @cached_property
    def dates(self) -> list[ColumnFacts]:
        return [c for c in self.parts if self.is_date(c)]

    def names_of(self, columns: tuple[ColumnFacts, ...]) -> tuple[str, ...]:
        """In the order of the table, each once."""
        return tuple(sorted({c.name for c in columns}, key=self.place.__getitem__))

    def is_barred(self, column: ColumnFacts) -> bool:
        meaning = self.meanings.get(column.name)
        if meaning is not None and meaning.role in BARRED_ROLES:
            # Whole numbers called like a table are its keys, whatever could be counted by the name.
            return meaning.role != "measure" or self.references[column.name] < TOLD
        return column.family in NEVER_KEY_TYPES

    @cached_property
    def _of_tools(self) -> frozenset[str]:
        return frozenset(
            name for name in self.place
            if name.lower().startswith(LOAD_TOOL)
            or ((meaning := self.meanings.get(name)) is not None and meaning.is_load_tool)
        )  # fmt: skip

    def is_load_tool(self, column: ColumnFacts) -> bool:
        return column.name in self._of_tools

    def can_lead(self, column: ColumnFacts) -> bool:
        """Part of a key by its place: any short text too, since names are keys of small tables."""
        profile = column.column.profile
        if self.is_barred(column) or self.is_load_tool(column) or (column.rows and column.nullable):
            return False
        if column.family == "timestamp" or self.is_moment(column):
            return False
        return column.family != "text" or ((profile and profile.mean_length) or 0) <= LONGEST

    def _can_take_part(self, column: ColumnFacts) -> bool:
        if self.is_barred(column) or (column.is_free_text and column.name not in self._pointing):
            return False
        if self.is_load_tool(column) and column.words[-1:] != ("id",):
            return False
        return not (column.rows and column.nullable)

    def is_link(self, column: ColumnFacts) -> bool:
        if column.family in ("date", "timestamp") or column.words[:1] == ("row",):
            return False
        return column.has_key_word or self.references[column.name] >= 0.5

    def is_ordinal(self, column: ColumnFacts) -> bool:
        if column.family != "integer" or column.words[-1:] == ("id",):
            return False
        words = [w for w in column.words if w not in ("number", "key")]
        return bool(words) and words[-1] in ORDINAL_WORDS and not self.references[column.name] > 0.6

    def is_date(self, column: ColumnFacts) -> bool:
        if column.family in ("date", "timestamp"):
            return True
        return bool(column.words) and column.words[-1] in ("date", "day", "month", "year")

    def is_moment(self, column: ColumnFacts) -> bool:
        """`event_timestamp`, or `visited` in seconds since 1970: a time, though it is held as a
        number or as text."""
        if column.has_key_word or column.family in ("date", "timestamp"):
            return False
        meaning = self.meanings.get(column.name)
        counted = meaning is not None and meaning.role in MOMENTS and not self.is_date(column)
        return counted or column.words[-1:] in (("timestamp",), ("datetime",))

    def is_own_key(self, column: ColumnFacts) -> bool:
        """`id`, or named after the table (less the word that makes it a history)."""
        if self.is_load_tool(column) or not column.has_key_word:
            return False
        stem = tuple(singular(word) for word in column.stem)
        entity = tuple(word for word in self.table.entity if word not in HISTORY_WORDS)
        if not stem or stem in (entity, self.table.entity):
            return True
        if self.references[column.name] > 0.5:
            return False
        whole = len(stem) == len(entity) and _begins(list(entity), stem)
        return whole or stem == entity[-len(stem) :]

    def is_named_after_table(self, column: ColumnFacts) -> bool:
        """`patient_identifier_id` of patient_identifiers: a key word is part of what it is."""
        return tuple(singular(word) for word in column.words[:-1]) == self.table.entity

    def is_initials(self, column: ColumnFacts) -> bool:
        """`cid` of coupons."""
        initials = "".join(word[:1] for word in self.table.entity)
        return column.name.lower() in (f"{initials}id", f"{initials}_id")

    @cached_property
    def unfolds_arrays(self) -> bool:
        """Made by a load tool from a nested array: no id of its own, or the id of what it lists.

        `charge_discount` lists discounts, if there is a table of them: its `id` is a discount's.
        """
        if not self.has_load_tool:
            return False
        own = [c for c in self.all if self.is_own_key(c) and c.is_generic]
        return not own or self._lists_another

    @cached_property
    def has_own_key(self) -> bool:
        """A column that is the row's own key by name, and that no row refutes."""
        return any(self.is_own_key(c) and c.unique is not False for c in self.all)

    @cached_property
    def told_in(self) -> dict[str, str]:
        """Another table's key that is unique here while one language is loaded → the language.

        `(product_id, lang)` of product_texts. Where the rows have an id of their own, that is it.
        """
        kinds = [c for c in self.parts if c.distinct == 1 and not TOLD_IN.isdisjoint(c.words)]
        if (self.rows or 0) < 2 or len(kinds) != 1 or any(self.is_own_key(c) for c in self.all):
            return {}
        return {c.name: kinds[0].name for c in self.links if c.unique and c is not kinds[0]}

    def owns(self, column: ColumnFacts) -> bool:
        stem = tuple(singular(w) for w in column.stem)
        return bool(stem) and _begins(list(self.table.entity), stem)

    def is_in_name(self, column: ColumnFacts) -> bool:
        stem = {singular(word) for word in column.stem}
        return bool(stem) and stem <= set(self.table.entity)

    def is_content(self, column: ColumnFacts) -> bool:
        """Neither the load tool's, nor a row's guid, nor a time of change."""
        if self.is_load_tool(column) or column.words[:1] == ("row",):
            return False
        return not (self.is_date(column) and set(column.words) & CHANGE_WORDS)

    def joins_two(self, group: tuple[ColumnFacts, ...]) -> bool:
        """The table's name is made of the names of the two: film_category."""
        entity = list(self.table.entity)
        first, second = (tuple(singular(w) for w in c.stem) for c in group)
        for a, b in ((first, second), (second, first)):
            if not a or not b:
                continue
            if _begins(entity, a) and _ends(entity, b):
                return len(entity) <= len(a) + len(b) + 1
        return False

    @cached_property
    def sides(self) -> frozenset[str]:
        """What the table brings together, where its name says so: the two columns of deal_company.

        That a deal has one company so far makes the deal no key of the pairs.
        """
        return frozenset(
            column.name
            for link in self.links if self.references[link.name] >= 0.5
            for other in self.parts
            if other is not link and not other.is_generic and self.joins_two((link, other))
            for column in (link, other)
        ) if not self.has_own_key else frozenset()  # fmt: skip

    @cached_property
    def fields(self) -> list[ColumnFacts]:
        """Those that name what a `value` beside them is the value of: `field_name`, `attribute`."""
        if not any(c.words[-1:] == ("value",) for c in self.all):
            return []
        return [c for c in self.parts if set(c.words) <= FIELD_WORDS and not self.is_own_key(c)]

    @cached_property
    def is_history(self) -> bool:
        return len(self.table.entity) > 1 and bool(set(self.table.entity) & HISTORY_WORDS)

    @cached_property
    def keeps_versions(self) -> bool:
        """Named a history, with a time from which a row holds, and its own key not unique; or with
        both ends of that time, and a key of its own that comes back (SQL Server's temporal tables).

        What a load tool calls a history has a row for each change, though none came so far.
        """
        if not self.is_history:
            roles = {m.role for m in self.meanings.values() if not m.is_load_tool}
            comes_back = any(self.is_own_key(c) and c.unique is False for c in self.all)
            return comes_back and roles >= {"valid_from", "valid_to"}
        for column in self.all if not self.has_load_tool else ():
            if self.is_own_key(column) and column.unique and (self.rows or 0) >= TINY:
                return False
        return any(
            self.is_date(c) and set(c.words) & VALID_WORDS and not self.is_load_tool(c)
            for c in self.all
        )

    @cached_property
    def has_load_tool(self) -> bool:
        return any(self.is_load_tool(c) for c in self.all)

    def _reference(self, column: ColumnFacts, names: NameIndex) -> float:
        """How likely the column's name is to be another table's."""
        stem = tuple(singular(word) for word in column.stem)
        if column.name in self._pointing:
            return self._pointing[column.name]
        if not stem or self.is_load_tool(column):
            return 0.0
        own = self.table.entity
        if column.has_key_word and (stem == own or "".join(stem) == "".join(own)):
            return 0.0
        if column.has_key_word and self.is_named_after_table(column):
            return 0.0
        best = 0.0
        for match in names.named(column):
            if match.table == self.table.id:
                if match.likeness == "self":
                    best = max(best, 0.9)
                continue
            value = LIKELY.get(match.likeness, 0.3) * match.strength
            best = max(best, value * self._told_by_name(column, match.likeness))
        return best

    def _told_by_name(self, column: ColumnFacts, likeness: str) -> float:
        """A whole number that bears a table's full name is a reference, key word or none."""
        if column.has_key_word:
            return 1.0
        numbers = column.family in ("integer", "uuid") and likeness in ("entity", "own_entity")
        return 0.9 if numbers else 0.5


def names_a_time(column: ColumnFacts) -> bool:
    """`sold_date_key`: leads to a calendar, and says when rather than what."""
    return bool(set(column.stem[-1:]) & DATE_WORDS)


def alike(short: str, whole: str) -> bool:
    return short == whole or is_short_form(short, whole)


def _begins(entity: list[str], stem: tuple[str, ...]) -> bool:
    return len(stem) <= len(entity) and all(map(_same, stem, entity))


def _ends(entity: list[str], stem: tuple[str, ...]) -> bool:
    return len(stem) <= len(entity) and all(map(_same, reversed(stem), reversed(entity)))


def _same(word: str, other: str) -> bool:
    """Equal, or one a short form of the other."""
    return alike(word, other) or alike(other, word)
