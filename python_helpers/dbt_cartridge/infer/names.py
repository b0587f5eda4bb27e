"""How well a column's words name a table. Looked up through indexes, never by all pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Literal

from dbt_cartridge.frozen import frozen
from dbt_cartridge.infer.facts import ColumnFacts, Facts, TableFacts
from dbt_cartridge.infer.name_words import (
    EXTERNAL_WORDS,
    GENERIC_HEADS,
    NOT_DONE_BY,
    OTHER_PEOPLE,
    PART_ROLES,
    PERSON_ENTITIES,
    PERSON_ROLES,
    PERSON_SELF,
    SELF_WORDS,
    SYNONYMS,
)
from dbt_cartridge.words import singular

ACTOR = "user"
"""Who is logged in, whatever else a schema calls people."""

_SYNONYMS = {word: group for group in SYNONYMS for word in group}

_COMMON = 4
"""Letters that two forms of a word begin with, at least."""
_SHORTEST_STEM = 6
"""Letters of a word in ASCII from which on its ending may be an inflection."""

Likeness = Literal[
    "entity",  # customer_id → customers
    "ending",  # billing_address_id → addresses
    "own_entity",  # equipment.type_id → equipment_types
    "begin",  # product_assembly_id → products; ship_via → shippers
    "tail",  # license_id → drivers_licenses
    "part",  # customer_id → customer_demographics; current_stage_id → job_stages
    "short",  # by another word: dept_no → departments; client_id → customers
    "key_name",  # flights.tailnum → planes.tailnum
    "key_ending",  # routes.dst_apid → airports.apid
    "table",  # l_artist_label.entity0 → artists
    "self",  # parent_id, reports_to
    "person",  # placed_by → users
    "written",  # a comment, an index or a declared key elsewhere says so
    "link",  # a load tool's own column, as its manual says
    "none",
    "declared",
]


@frozen
class Named:
    """A table that a column's words may mean."""

    table: str
    likeness: Likeness
    role: tuple[str, ...] = ()  # words left over: ("billing",)
    strength: float = 1.0  # of short forms and parts: how much of the name agrees
    conflict: bool = False  # both names have words that the other lacks


class NameIndex:
    """Tables by their entity words."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._entity: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._glued: dict[str, list[str]] = defaultdict(list)
        self._begun: dict[tuple[int, str], list[str]] = defaultdict(list)
        self._last: dict[str, list[str]] = defaultdict(list)
        self._tails: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._word: dict[str, list[str]] = defaultdict(list)
        self._initial: dict[str, set[str]] = defaultdict(set)
        self._initialled: dict[str, list[str]] = defaultdict(list)
        self._normal = {table.id: normal(table.entity) for table in facts.tables.values()}
        for table in facts.tables.values():
            entity = self._normal[table.id]
            self._entity[entity].append(table.id)
            self._glued["".join(entity)].append(table.id)
            self._begun[len(entity), _plain(entity[0])[:_COMMON]].append(table.id)
            self._last[entity[-1]].append(table.id)
            for start in range(1, len(entity) - 1):
                self._tails[entity[start:]].append(table.id)
            if len(entity) == 2:
                self._initialled[entity[0][0] + entity[1][:3]].append(table.id)
            for word in set(entity):
                self._word[word].append(table.id)
                self._initial[word[:1]].add(word)
        self._long: dict[str, tuple[str, ...]] = {}

    def names_whole(self, column: ColumnFacts) -> bool:
        """A whole number called like a table, all of its name: `credit` beside credits, and
        `begin_area` beside areas, where a word of parts stands before it."""
        if column.family != "integer" or not column.stem:
            return False
        stem = normal(column.stem)
        one = column.stem[-1] == stem[-1]  # `home_games` counts games
        at = 1 if len(stem) > 1 and one and stem[0] in PART_ROLES else 0
        found = [*self._entity.get(stem, []), *self._entity.get(stem[at:], [])]
        return any(table != column.table for table in found)

    def within(self, table: str) -> list[tuple[str, ...]]:
        """The entities of other tables that its name holds, the longest at each place."""
        entity = self._normal[table]
        found: list[tuple[str, ...]] = []
        at = 0
        while at < len(entity):
            ends = range(len(entity), at, -1)
            whole = next((e for e in ends if e - at < len(entity) and entity[at:e] in self._entity),
                         None)  # fmt: skip
            if whole is None:
                at += 1
                continue
            found.append(entity[at:whole])
            at = whole
        return found

    def entity_tables(self, entity: tuple[str, ...]) -> list[str]:
        """Tables of exactly this entity."""
        return self._entity.get(entity, [])

    @cached_property
    def people(self) -> list[str]:
        """Tables that hold people; of customers, editors and the like, if there are no others.

        Not those that name another of them: they tell what a person is in some place.
        """
        found = [t for word in sorted(PERSON_ENTITIES) for t in self._last.get(word, [])]
        others = sorted(OTHER_PEOPLE | PERSON_ROLES)
        found = found or [t for word in others for t in self._last.get(word, [])]
        called = {self._normal[table]: table for table in found}
        first = [t for t in found if not self._names_one_of(t, called)]
        return first or found

    def _names_one_of(self, table: str, called: Mapping[tuple[str, ...], str]) -> bool:
        """A member with a `user_id` is a user in some part: who does something is the user."""
        return self._normal[table][-1] != ACTOR and any(
            column.has_key_word and called.get(normal(column.stem), table) != table
            for column in self._facts.tables[table].columns.values()
        )

    def named(self, column: ColumnFacts) -> list[Named]:
        """The tables that the column's words may mean, each once, by the strongest likeness."""
        found: dict[str, Named] = {}
        stem = normal(column.stem)
        own = self._facts.tables[column.table]
        if stem and stem[0] in EXTERNAL_WORDS:
            return []
        if not stem and column.words == ("id",):
            return self._by_own_name(own)
        if stem:
            for match in self._by_stem(stem, own):
                if _better(match, found.get(match.table)):
                    found[match.table] = match
            if not found and column.has_key_word and stem[-1].isascii():
                found = {t: Named(t, "short", strength=0.8) for t in self._inflected(stem)}
        for match in self._by_role(column, stem, own):
            if _better(match, found.get(match.table)):
                found[match.table] = match
        return list(found.values())

    def _by_own_name(self, own: TableFacts) -> list[Named]:
        """`id` in charge_discounts, where it is not the key: a discount's."""
        entity = self._normal[own.id]
        ends = [entity[start:] for start in range(1, len(entity))]
        return [Named(t, "own_entity", strength=0.9) for e in ends for t in self._entity.get(e, [])]

    def _by_stem(self, stem: tuple[str, ...], own: TableFacts) -> list[Named]:
        out = [Named(t, "entity") for t in self._entity.get(stem, [])]
        out += [Named(t, "entity", strength=0.95) for t in self._glued.get("".join(stem), [])]
        if not out and not stem[-1].isascii():
            out += [Named(t, "entity", strength=0.9) for t in self._inflected(stem)]
        for start in range(1, len(stem)):
            ending = stem[start:]
            share = len(ending) / len(stem)
            out += [Named(t, "ending", stem[:start], share) for t in self._entity.get(ending, [])]
        entity = self._normal[own.id]
        whole = entity + stem
        out += [Named(t, "own_entity") for t in self._entity.get(whole, [])]
        for start in range(1, len(entity)):
            joined = entity[:start] + stem
            if joined != entity:  # `item_id` of check_items is an item's, no check item's
                out += [Named(t, "own_entity", strength=0.8) for t in self._entity.get(joined, [])]
        if any(match.likeness == "entity" for match in out):
            return out  # another table's name in part says nothing beside the whole name of one
        for end in range(1, len(stem)):
            left = stem[end:]
            share = end / len(stem)
            out += [Named(t, "begin", left, share) for t in self._entity.get(stem[:end], [])]
        out += self._parts(stem)
        if not out or all(match.likeness in ("part", "begin") for match in out):
            out += self._shorts(stem)
        return out or self._same_thing(stem)

    def _same_thing(self, stem: tuple[str, ...]) -> list[Named]:
        """`client_id` for customers, `sold_to_client` too, where no table bears the word itself and
        one bears the other."""
        last, before = stem[-1], stem[:-1]
        others = _SYNONYMS.get(last, frozenset()) - {last}
        if last in self._word or not others:
            return []
        whole = [t for word in others for t in self._entity.get((*before, word), [])]
        plays = bool(before) and PART_ROLES.issuperset(before)
        part = [t for word in others for t in self._entity.get((word,), [])] if plays else []
        found = whole or part
        role = () if whole else before
        return [Named(found[0], "short", role, 1 / len(stem))] if len(found) == 1 else []

    def _inflected(self, stem: tuple[str, ...]) -> list[str]:
        """`клиента` of клиенты, `auftrags` of auftraege: words that differ in their last letters.

        English and Romance plurals are known to `singular`; the rest in ASCII is asked for last.
        """
        near = self._begun.get((len(stem), _plain(stem[0])[:_COMMON]), [])
        return [table for table in near if all(map(_inflects, stem, self._normal[table]))]

    def _parts(self, stem: tuple[str, ...]) -> list[Named]:
        """The stem's last words end, or its words begin, a longer entity."""
        whole = self._tails.get(stem, [])
        out = [Named(t, "tail", (), len(stem) / len(self._normal[t])) for t in whole[:10]]
        near = self._last.get(stem[-1], [])
        if len(near) <= 40 and not stem[-1].isdigit():
            shared = len(near) > 1 and stem[-1] in GENERIC_HEADS
            for table in near:
                entity = self._normal[table]
                common = _common_ending(stem, entity)
                if common == len(entity) or (common == 1 and shared):
                    continue
                left = stem[: len(stem) - common]
                share = common / len(entity)
                conflict = not PART_ROLES.issuperset(left)
                out.append(Named(table, "part" if conflict else "tail", left, share, conflict))
        begins = self._word.get(stem[0], [])
        if len(begins) <= 40:
            for table in begins:
                entity = self._normal[table]
                if entity[: len(stem)] == stem and len(entity) > len(stem):
                    out.append(Named(table, "part", (), 0.8 * len(stem) / len(entity)))
        return out

    def _shorts(self, stem: tuple[str, ...]) -> list[Named]:
        """`dept` for departments, `po` for purchase orders."""
        out: list[Named] = []
        for start in range(len(stem)):
            longer = [self.long_forms(word) for word in stem[start:]]
            if len(longer) == 1:
                for word in longer[0]:
                    if word == stem[-1]:
                        continue
                    for table in self._entity.get((word,), []):
                        out.append(Named(table, "short", stem[:start], 1 / (1 + start)))
                    for table in self._last.get(word, [])[:10]:
                        entity = self._normal[table]
                        if len(entity) > 1:
                            share = 1 / (len(entity) + start)
                            out.append(Named(table, "short", stem[:start], share))
            elif len(longer) == 2 and all(longer):
                pairs = [(a, b) for a in longer[0] for b in longer[1]]
                for pair in pairs[:20]:
                    for table in self._entity.get(pair, []):
                        out.append(Named(table, "short", stem[:start], 1 / (1 + start)))
        last = stem[-1]
        if len(last) >= 4:  # `hdemo` of household demographics
            for table in self._initialled.get(last[:4], []):
                if self._normal[table][1].startswith(last[1:]):
                    out.append(Named(table, "short", stem[:-1], 1 / len(stem)))
        # A word that is a table's whole name is short for no other: `post` is no postmeta.
        if len(stem) > 1 and (stem[0],) not in self._entity:
            for word in self.long_forms(stem[0]):
                for table in self._entity.get((word,), []):
                    out.append(Named(table, "begin", stem[1:], 0.4))
        return out

    def long_forms(self, word: str) -> tuple[str, ...]:
        """Entity words that `word` shortens, itself first if it is one."""
        if word not in self._long:
            known = (word,) if word in self._word else ()
            likely = sorted(
                other for other in self._initial.get(word[:1], ())
                if other != word and is_short_form(word, other)
            )  # fmt: skip
            self._long[word] = (*known, *likely[:5])
        return self._long[word]

    def _by_role(self, column: ColumnFacts, stem: tuple[str, ...], own: TableFacts) -> list[Named]:
        raw = column.stem or column.words
        out: list[Named] = []
        person = bool((PERSON_ENTITIES | OTHER_PEOPLE) & set(own.entity))
        names_itself = stem == self._normal[own.id]
        one = raw[-1:] == stem[-1:]  # `children` are counted
        leads = {raw[0], *(stem[-1:] if one else ())} & SELF_WORDS if raw else set[str]()
        if leads and (person or not leads <= PERSON_SELF):
            left = stem[1:] if stem and stem[0] in SELF_WORDS else ()
            if not left or left[-1] in own.entity or left[-1] in ("to", "by", "employee"):
                out.append(Named(own.id, "self", raw))
        ends_by = len(raw) > 1 and raw[-1] == "by" and raw[0] not in NOT_DONE_BY
        plays = bool(PERSON_ROLES.intersection((*raw[-1:], *raw[:1])))
        if raw and raw[-1].endswith("ed") and not column.has_key_word:
            plays = False  # `created` alone is a time
        if column.words[-1:] == ("uid",) and column.stem:
            plays = True  # `create_uid`: a user's id, whatever the user did
        if raw and not names_itself and (ends_by or plays):
            people = self.people[:12]
            if ends_by or raw[-1] == "creator":
                # Who wrote a row is who was logged in, be the rows of persons or of orders.
                people = [t for t in people if self._normal[t] == (ACTOR,)] or people
            if column.filled or any(self._normal[t][-1] in PERSON_ENTITIES for t in people):
                out += [Named(table, "person", raw) for table in people]
        return out


@lru_cache(maxsize=100_000)
def is_short_form(short: str, whole: str) -> bool:
    """`cust` of customer, `dept` of department: a beginning, or letters in order, ends alike."""
    if len(short) < 3 or len(short) >= len(whole) or short[0] != whole[0]:
        return False
    if whole.startswith(short):
        return len(whole) - len(short) <= 9
    if short[-1] != whole[-1]:
        return False
    return len(short) <= 5 and len(whole) >= 6 and in_order(short, whole)


def in_order(short: str, whole: str) -> bool:
    """The letters of the one stand in the other, one after the other."""
    letters = iter(whole)
    return all(letter in letters for letter in short)


_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})


def _plain(word: str) -> str:
    """Without umlauts, in either way of writing them: a plural brings them."""
    for spelt in ("ae", "oe", "ue"):
        word = word.replace(spelt, spelt[0])
    return word.translate(_UMLAUTS)


def _inflects(one: str, other: str) -> bool:
    one, other = _plain(one), _plain(other)
    if one.isascii() and len(one) < _SHORTEST_STEM:
        return one == other
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    return common >= _COMMON and max(len(one), len(other)) - common <= 2


_ORDER: dict[str, int] = {
    name: rank
    for rank, name in enumerate(
        (
            "entity",
            "own_entity",
            "ending",
            "tail",
            "key_name",
            "key_ending",
            "self",
            "short",
            "begin",
            "part",
            "person",
            "table",
            "none",
        )
    )
}


def _better(new: Named, old: Named | None) -> bool:
    if old is None:
        return True
    return (_ORDER[new.likeness], -new.strength) < (_ORDER[old.likeness], -old.strength)


def normal(words: tuple[str, ...]) -> tuple[str, ...]:
    """Each word in the singular: how names are compared."""
    return tuple(singular(word) for word in words)


def _common_ending(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    count = 0
    while count < min(len(a), len(b)) and a[-1 - count] == b[-1 - count]:
        count += 1
    return count
