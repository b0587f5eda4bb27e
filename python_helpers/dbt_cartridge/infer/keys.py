"""Primary keys: names propose, the profile and the probe dispose.

A candidate's score is a sum of points, each with its reason in words. The points are few, and no
table's name is among them. Uniqueness is asked for, never enough: a price that happens to be
unique is no key, and two rows prove nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations

from dbt_cartridge.documents.probe import Unique
from dbt_cartridge.documents.scan import DeclaredKey
from dbt_cartridge.documents.schema import Candidate, ColumnMeaning, Evidence, Key
from dbt_cartridge.infer.facts import (
    NEVER_KEY_TYPES,
    SURROGATE_WORDS,
    ColumnFacts,
    Facts,
    TableFacts,
)
from dbt_cartridge.infer.names import NameIndex, is_short_form
from dbt_cartridge.infer.probing import Asker, is_unique
from dbt_cartridge.words import singular

Meanings = dict[str, dict[str, ColumnMeaning]]

ORDINAL_WORDS = frozenset(
    "index line sequence seq position ordinal ordering rank row item step part subscript "
    "offset".split()
)
DATE_WORDS = frozenset("date time day month year week quarter hour timestamp at on".split())
CHANGE_WORDS = frozenset("updated update modified created create changed last".split())
VALID_WORDS = frozenset(
    "from start valid effective begin since updated modified change changed update".split()
)
HISTORY_WORDS = frozenset("history hist version snapshot log audit archive backup".split())
SEGMENT_WORDS = frozenset(
    "device network platform placement os browser country region age gender segment channel "
    "language surface position slot".split()
)
"""What a report of advertising or traffic is split by."""
LINK_ATTRIBUTES = frozenset("role relationship type kind relation".split())
"""What tells several links between the same two apart."""
BARRED_ROLES = frozenset(
    "measure description flag json array load_time deleted_time deleted_flag is_current".split()
)
LOAD_TOOL = ("_fivetran_", "_airbyte_", "_sdc_", "_dlt_", "_etl_", "_stitch_")
MAX_PROBES = 12  # composite candidates asked per table and round
TINY = 20  # rows below which being unique says little


@dataclass(frozen=True)
class Scored:
    """A key candidate and its points."""

    columns: tuple[str, ...]
    points: tuple[tuple[str, float], ...]  # why, how much
    unique: bool | None  # in the data; None: not known

    @property
    def score(self) -> float:
        return sum(points for _, points in self.points)


@dataclass(frozen=True)
class TableKeys:
    """What was concluded for one table."""

    primary: Key | None = None
    others: tuple[Key, ...] = ()
    doubted: tuple[Key, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    references: dict[str, float] = field(default_factory=dict[str, float])  # column → likelihood
    entity: tuple[str, ...] = ()  # what others refer to, where rows are versions of one entity


def find_keys(
    facts: Facts, names: NameIndex, meanings: Meanings, ask: Asker
) -> dict[str, TableKeys]:
    """The keys of every table, by table id."""
    shared = _shared_names(facts)
    drafts = {
        table.id: _Draft(table, facts, names, meanings.get(table.id, {}), shared)
        for table in facts.tables.values()
    }
    for _ in range(3):
        questions = {
            draft.table.id: [Unique(relation=draft.table.id, columns=c) for c in draft.to_ask()]
            for draft in drafts.values()
        }
        flat = [question for group in questions.values() for question in group]
        if not flat:
            break
        answers = dict(zip(flat, ask(flat)))
        for table_id, group in questions.items():
            for question in group:
                drafts[table_id].learn(question.columns, is_unique(answers[question]))
    return {table_id: draft.result() for table_id, draft in drafts.items()}


def _shared_names(facts: Facts) -> dict[tuple[str, ...], int]:
    """In how many tables a column of these words stands."""
    counts: dict[tuple[str, ...], int] = {}
    for table in facts.tables.values():
        for words in {column.words for column in table.columns.values()}:
            counts[words] = counts.get(words, 0) + 1
    return counts


class _Draft:
    """The candidates of one table while answers come in."""

    def __init__(
        self,
        table: TableFacts,
        facts: Facts,
        names: NameIndex,
        meanings: dict[str, ColumnMeaning],
        shared: dict[tuple[str, ...], int],
    ) -> None:
        self.table = table
        self._facts = facts
        self._names = names
        self._meanings = meanings
        self._shared = shared
        self._columns = list(table.columns.values())
        self._answers: dict[frozenset[str], bool | None] = {}
        self._asked: set[frozenset[str]] = set()
        self._rows = table.rows
        self.references = {c.name: self._reference(c) for c in self._columns}

    # ---------------------------------------------------------------- asking

    def to_ask(self) -> list[tuple[str, ...]]:
        """The next candidates whose uniqueness would decide something."""
        if not self.table.has_data:
            return []
        ranked = self._ranked()
        declared = [k.columns for k in self._declared() if not k.enforced]
        wanted = [c for c in declared if frozenset(c) not in self._asked]
        for candidate in ranked[:MAX_PROBES]:
            if candidate.unique is True:
                break
            if candidate.unique is None and frozenset(candidate.columns) not in self._asked:
                wanted.append(candidate.columns)
        self._asked.update(frozenset(columns) for columns in wanted)
        return wanted

    def _declared(self) -> list[DeclaredKey]:
        relation = self.table.relation
        primary = [relation.primary_key] if relation.primary_key else []
        return [*primary, *relation.unique_keys]

    def learn(self, columns: tuple[str, ...], unique: bool | None) -> None:
        self._answers[frozenset(columns)] = unique

    # ---------------------------------------------------------------- results

    def result(self) -> TableKeys:
        declared = self.table.relation.primary_key
        ranked = [c for c in self._ranked() if c.unique is not False]
        chosen = next((c for c in ranked if c.score > 0), None)
        if declared is not None and self._known(declared.columns) is not False:
            chosen = Scored(declared.columns, (("declared in the catalogue", 9.0),), None)
        shown = tuple(
            Candidate(text=f"({', '.join(c.columns)})", score=round(c.score, 2), why=_why(c))
            for c in self._ranked()[:6]
        )
        others = self._declared_others(chosen)
        doubted: list[Key] = []
        taken = {frozenset(key.columns) for key in others}
        for candidate in ranked:
            if candidate is chosen or candidate.unique is not True or len(candidate.columns) > 1:
                continue
            if frozenset(candidate.columns) in taken or (
                chosen is not None and candidate.columns == chosen.columns
            ):
                continue
            believed = candidate.score > 2.5 and (self._rows or 0) >= TINY
            (others if believed else doubted).append(self._key(candidate))
        primary = self._key(chosen) if chosen else None
        return TableKeys(primary, tuple(others), tuple(doubted[:6]), shown, self.references)

    def _declared_others(self, chosen: Scored | None) -> list[Key]:
        """Unique keys of the catalogue whose columns are never null."""
        found: list[Key] = []
        for key in self.table.relation.unique_keys:
            columns = [self.table.columns[name] for name in key.columns]
            if chosen is not None and set(chosen.columns) == set(key.columns):
                continue
            if any(column.nullable for column in columns) or self._known(key.columns) is False:
                continue
            found.append(self._key(Scored(key.columns, (("declared unique", 6.0),), None)))
        return found

    def _key(self, candidate: Scored) -> Key:
        columns = candidate.columns
        said = [key for key in self._declared() if set(key.columns) == set(columns)]
        is_declared = bool(said)
        known = self._known(columns)
        sampled = any(self._is_sampled(name) for name in columns)
        by_data = known is True and not (sampled and frozenset(columns) not in self._answers)
        proved = by_data or any(key.enforced for key in said)
        kind = "composite" if len(columns) > 1 else "surrogate"
        if len(columns) == 1:
            words = self.table.columns[columns[0]].words
            if not words or words[-1] not in SURROGATE_WORDS:
                kind = "natural"
        evidence = [Evidence(text=text, value=round(value, 2)) for text, value in candidate.points]
        if proved and self._rows:
            evidence.append(Evidence(text="unique and never null, rows", value=self._rows))
        confidence = 1.0 if is_declared and proved else 1 / (1 + math.exp(-candidate.score / 1.5))
        return Key(
            columns=columns,
            kind=kind,
            declared=is_declared,
            proved=proved,
            confidence=round(confidence, 3),
            evidence=tuple(evidence),
        )

    def _is_sampled(self, name: str) -> bool:
        profile = self.table.columns[name].column.profile
        return profile is not None and profile.sampled

    # ---------------------------------------------------------------- scoring

    def _ranked(self) -> list[Scored]:
        singles = [s for s in (self._single(c) for c in self._columns) if s is not None]
        found: dict[frozenset[str], Scored] = {frozenset(s.columns): s for s in singles}
        for columns, points in self._composites():
            key = frozenset(columns)
            if len(key) < max(2, len(columns)):
                continue
            scored = self._composite(columns, points)
            if key not in found or scored.score > found[key].score:
                found[key] = scored
        order = {c.name: at for at, c in enumerate(self._columns)}
        return sorted(
            found.values(),
            key=lambda s: (s.unique is False, -round(s.score, 6), [order[c] for c in s.columns]),
        )

    def _known(self, columns: tuple[str, ...]) -> bool | None:
        """Unique? By the answers, by the profile, or because a part of it is."""
        answer = self._answers.get(frozenset(columns))
        if answer is not None:
            return answer
        facts = [self.table.columns[name] for name in columns]
        if any(c.rows and c.nullable for c in facts):
            return False
        if any(c.unique for c in facts):
            return True
        for size in range(2, len(columns)):
            for part in combinations(columns, size):
                if self._answers.get(frozenset(part)):
                    return True
        if len(columns) == 1:
            return facts[0].unique
        if self._rows and all(c.distinct for c in facts):
            if math.prod(c.distinct or 1 for c in facts) < self._rows:
                return False
        return None

    def _single(self, column: ColumnFacts) -> Scored | None:
        if self._is_barred(column):
            return None
        points = [*self._name_points(column), *self._place_points(column)]
        if column.family in ("date", "timestamp"):
            points.append(("a time is rarely a key", -4.0))
        if column.is_free_text:
            points.append(("free text", -3.0))
        if self._keeps_versions() and column.has_key_word:
            points.append(("the table keeps versions of one entity", -2.5))
        reference = self.references[column.name]
        if reference:
            points.append(("its name is that of another table", -3.0 * reference))
        unique = self._known((column.name,))
        if reference and unique:
            weight = 1.5 * reference * min(1.0, (self._rows or 0) / TINY)
            points.append(("but each of its values stands once: an extension", weight))
        points += self._data_points(unique, 1)
        return Scored((column.name,), tuple(points), unique)

    def _is_barred(self, column: ColumnFacts) -> bool:
        meaning = self._meanings.get(column.name)
        if meaning is not None and meaning.role in BARRED_ROLES:
            return True
        return column.family in NEVER_KEY_TYPES

    def _is_load_tool(self, column: ColumnFacts) -> bool:
        meaning = self._meanings.get(column.name)
        if meaning is not None and meaning.is_load_tool:
            return True
        return column.name.lower().startswith(LOAD_TOOL)

    def _name_points(self, column: ColumnFacts) -> list[tuple[str, float]]:
        words, stem = column.words, tuple(singular(word) for word in column.stem)
        entity = self.table.entity
        if self._is_load_tool(column):
            dated = any(c.words == ("date",) for c in self._columns)
            return [("made by the load tool", -5.0 if words[-1:] != ("id",) or dated else 0.5)]
        if words and words[0] == "row" and words[-1] in ("guid", "uuid"):
            return [("identifies rows for replication", -3.0)]
        if not stem and words and words[-1] in SURROGATE_WORDS:
            return [("named as a key", 5.0)]
        if column.has_key_word and stem:
            weak = 0.0 if words[-1] in SURROGATE_WORDS else -0.5
            if stem == entity or "".join(stem) == "".join(entity):
                return [("named after the table", 5.0 + weak)]
            if stem in (entity[-len(stem) :], entity[: len(stem)]):
                return [("named after a part of the table's name", 3.0 + weak)]
            if len(stem) == len(entity) and all(map(_alike, stem, entity)):
                return [("a short form of the table's name", 4.0 + weak)]
            if len(stem) == 1 and (_alike(stem[0], entity[-1]) or _alike(stem[0], entity[0])):
                return [("a short form of the table's name", 3.5 + weak)]
            return [("a key by its last word", 1.0 + weak)]
        if not stem and words:
            return [("named as a code", 2.0)]
        if stem == entity:
            return [("named as the table", 0.8)]
        if stem[: len(entity)] == entity:
            return [("its name begins with the table's", 0.3)]
        if words and words[-1] in ("sku", "isbn", "ssn", "token", "slug", "iso", "iata", "vin"):
            return [("a natural key by its name", 1.5)]
        return [("nothing in its name says key", -1.0)]

    def _place_points(self, column: ColumnFacts) -> list[tuple[str, float]]:
        place = self._columns.index(column)
        points = [("first column", 1.0)] if place == 0 else []
        if place == 0 and len(self._columns) > 2 and self._is_load_tool(self._columns[1]):
            points.append(("stands before the load tool's columns", 2.0))
        shared = self._shared.get(column.words, 1)
        if shared > 1 and column.stem and (column.unique or not self.references[column.name]):
            if not column.is_free_text and column.family in ("text", "integer", "uuid"):
                points.append(("other tables have a column of this name", 0.8))
        return points

    def _data_points(self, unique: bool | None, size: int) -> list[tuple[str, float]]:
        if unique is None or not self._rows:
            return []
        if not unique:
            return [("not unique, or null", -20.0)]
        weight = min(2.5, math.log10(self._rows + 1))
        return [("unique and never null", weight if size == 1 else min(2.0, weight))]

    def _reference(self, column: ColumnFacts) -> float:
        """How likely the column's name is to be another table's."""
        stem = tuple(singular(word) for word in column.stem)
        if not stem or self._is_load_tool(column):
            return 0.0
        own = self.table.entity
        if column.has_key_word and (stem == own or "".join(stem) == "".join(own)):
            return 0.0
        best = 0.0
        for match in self._names.named(column):
            if match.table == self.table.id:
                if match.likeness == "self":
                    best = max(best, 0.9)
                continue
            by_name = {"entity": 1.0, "own_entity": 0.7, "ending": 0.8, "short": 0.6, "part": 0.4}
            value = by_name.get(match.likeness, 0.3) * match.strength
            best = max(best, value if column.has_key_word else 0.5 * value)
        return best

    # ---------------------------------------------------------------- composites

    def _composites(self) -> list[tuple[tuple[str, ...], list[tuple[str, float]]]]:
        parts = [c for c in self._columns if self._can_take_part(c)]
        links = [c for c in parts if self._is_link(c)]
        ordinals = [c for c in parts if self._is_ordinal(c)]
        out = self._lines(ordinals, [c for c in links if c not in ordinals])
        out += self._bridges([c for c in links if c not in ordinals])
        out += self._dated([c for c in parts if self._is_date(c)], links)
        out += self._reported(parts, links) + self._marked_off()
        if self.table.has_data and not any(c.unique for c in parts if not self._is_date(c)):
            out += self._searched(parts)
        return out

    def _lines(
        self, ordinals: list[ColumnFacts], links: list[ColumnFacts]
    ) -> list[tuple[tuple[str, ...], list[tuple[str, float]]]]:
        """An owner and a number within it: (order_id, line_number)."""
        out: list[tuple[tuple[str, ...], list[tuple[str, float]]]] = []
        owners = [c for c in links if not self._is_own_key(c)]
        for ordinal in ordinals:
            named = [c for c in owners if c.stem and ordinal.words[: len(c.stem)] == c.stem]
            owning = [c for c in owners if self._owns(c)]
            ranked = list({c.name: c for c in (*named, *owning, *owners)}.values())
            for at, owner in enumerate(ranked[:4]):
                why = [("its owner and its number in it", 4.5 - 0.6 * at)]
                if owner in named or owner in owning:
                    why.append(("the owner is in the name", 1.0))
                if ordinal.words == ("index",) and owner in owning and self._has_load_tool():
                    # Fivetran keys the items of a nested array by parent and index.
                    why.append(("an array's items, as the load tool unfolds them", 3.0))
                out.append((_ordered(owner, ordinal), why))
        return out

    def _dated(
        self, dates: list[ColumnFacts], links: list[ColumnFacts]
    ) -> list[tuple[tuple[str, ...], list[tuple[str, float]]]]:
        """What it is about, and when: (employee_id, start_date)."""
        versions = self._keeps_versions()
        about = [c for c in links if versions or self.references[c.name] or not c.is_generic]
        about = [c for c in about if versions or not self._is_own_key(c)]
        about.sort(key=lambda c: not (versions and self._is_own_key(c)))
        out: list[tuple[tuple[str, ...], list[tuple[str, float]]]] = []
        first = self._columns[:2]
        nested = versions and len(first) == 2 and first[1].is_generic and first[0] in about
        for date in dates[:5]:
            words = set(date.words)
            points = 2.6 + 0.7 * bool(words & VALID_WORDS)
            points -= 0.5 * (not words & DATE_WORDS)
            points -= 3.0 * bool(words & CHANGE_WORDS and not self._is_history())
            points -= 1.5 * bool(words & {"to", "end", "until", "created", "due", "submitted"})
            if versions and words & VALID_WORDS or self._is_history() and "created" not in words:
                points += 2.0
            for size in (1, 2):
                for group in combinations(about[:5], size):
                    lost = 0.4 * (size - 1) + 0.3 * sum(about.index(link) for link in group)
                    if not versions:
                        lost += 1.5 * sum(not self.references[link.name] for link in group)
                    why = [("what it is about, and when", points - lost)]
                    if size == 2 and nested and set(group) == set(first):
                        why.append(("its id stands below its owner's", 1.5))
                    if size == 2 and all(self._is_in_name(c) for c in group):
                        why.append(("the table is named after both", 1.2))
                    out.append((_ordered(*group, date), why))
        return out

    def _reported(
        self, parts: list[ColumnFacts], links: list[ColumnFacts]
    ) -> list[tuple[tuple[str, ...], list[tuple[str, float]]]]:
        """A report by day: what it is about, the date, and the segments that split it."""
        date = next((c for c in parts if c.words in (("date",), ("day",), ("date", "day"))), None)
        measures = sum(c.family in ("integer", "decimal", "float") for c in self._columns)
        if date is None or measures < 4 or not self._has_load_tool():
            return []
        segments = [c for c in parts if c.family == "text" and set(c.words) & SEGMENT_WORDS
                    and c not in links]  # fmt: skip
        about = [c for c in links if self._is_own_key(c) and not self._is_load_tool(c)]
        natural = [c for c in links if not self._is_load_tool(c)]
        about = about or (natural if len(natural) == 1 else [])
        out: list[tuple[tuple[str, ...], list[tuple[str, float]]]] = []
        if about:
            why = [("a report: what it is about, its date and its segments", 6.0)]
            out.append((_ordered(about[0], date, *segments[:3]), why))
        row_hash = [c for c in parts if self._is_load_tool(c) and c.words[-1:] == ("id",)]
        out += [(_ordered(c, date), [("the load tool's id and the date", 4.6)]) for c in row_hash]
        return out

    def _marked_off(self) -> list[tuple[tuple[str, ...], list[tuple[str, float]]]]:
        """The columns before the load tool's mark: Fivetran writes keys, then its own columns."""
        first = next((at for at, c in enumerate(self._columns) if self._is_load_tool(c)), 0)
        group = self._columns[:first]
        if not 1 < len(group) <= 4 or len(self._columns) <= first + 1:
            return []
        if any(c.family in NEVER_KEY_TYPES or c.is_free_text for c in group):
            return []
        if not all(self._is_link(c) or self._is_ordinal(c) or self._is_date(c)
                   or c.family == "text" for c in group):  # fmt: skip
            return []
        if group[0].is_generic and any(self.references[c.name] for c in group[1:]):
            return []
        points = 5.5 if (self._rows or 0) < TINY else 3.0
        return [(_ordered(*group), [("stands before the load tool's columns", points)])]

    def _is_in_name(self, column: ColumnFacts) -> bool:
        stem = {singular(word) for word in column.stem}
        return bool(stem) and stem <= set(self.table.entity)

    def _is_history(self) -> bool:
        return bool(set(self.table.entity) & HISTORY_WORDS)

    def _keeps_versions(self) -> bool:
        """Named a history, with a time from which a row holds, and its own key not unique."""
        if not self._is_history():
            return False
        for column in self._columns:
            if self._is_own_key(column) and column.unique and (self._rows or 0) >= TINY:
                return False
        return any(
            self._is_date(c) and set(c.words) & VALID_WORDS and not self._is_load_tool(c)
            for c in self._columns
        )

    def _is_own_key(self, column: ColumnFacts) -> bool:
        """`id`, or named after the table (less the word that makes it a history)."""
        stem = tuple(singular(word) for word in column.stem)
        entity = tuple(word for word in self.table.entity if word not in HISTORY_WORDS)
        return column.has_key_word and (not stem or stem in (entity, self.table.entity))

    def _has_load_tool(self) -> bool:
        return any(self._is_load_tool(c) for c in self._columns)

    def _bridges(
        self, links: list[ColumnFacts]
    ) -> list[tuple[tuple[str, ...], list[tuple[str, float]]]]:
        """Links to other tables, together: (film_id, category_id)."""
        out: list[tuple[tuple[str, ...], list[tuple[str, float]]]] = []
        links = [c for c in links if not self._is_own_key(c)]
        rest = [c for c in self._columns if c not in links and self._is_content(c)]
        for size in (2, 3, 4):
            for group in combinations(links[:7], size):
                points = 3.2 - 0.5 * (size - 2) - 0.25 * sum(links.index(c) for c in group)
                points -= 0.1 * min(20, max(0, len(rest) - 2)) + 1.5 * self._is_history()
                points -= 1.2 * sum(_names_a_time(c) for c in group)
                why = [("links to other tables, together", points)]
                foreign = sum(not self.references[c.name] for c in group)
                why.append(("not all of them lead to a table here", -1.0 * foreign))
                if size == 2 and self._joins_two(group):
                    more = not rest and len(links) > 2
                    why.append(("the table is named after both", 1.0 if more else 3.5))
                if size == len(links):
                    why.append(("all its links", 0.6))
                    if not rest:
                        why.append(("and nothing but links", 2.5))
                    elif self._columns[:size] == list(group) and self._only_measures(rest):
                        why.append(("first its links, then nothing but measures", 2.5))
                out.append((tuple(c.name for c in group), why))
                if len(rest) == 1 and set(rest[0].words) <= LINK_ATTRIBUTES and size == len(links):
                    told = [*why, ("told apart by their kind", 0.5)]
                    out.append((_ordered(*group, rest[0]), told))
        return out

    def _only_measures(self, columns: list[ColumnFacts]) -> bool:
        found = [self._meanings.get(c.name) for c in columns]
        return all(m is not None and m.role == "measure" for m in found)

    def _is_content(self, column: ColumnFacts) -> bool:
        """Neither the load tool's, nor a row's guid, nor a time of change."""
        if self._is_load_tool(column) or column.words[:1] == ("row",):
            return False
        return not (self._is_date(column) and set(column.words) & CHANGE_WORDS)

    def _joins_two(self, group: tuple[ColumnFacts, ...]) -> bool:
        """The table's name is made of the names of the two: film_category."""
        entity = list(self.table.entity)
        first, second = (tuple(singular(w) for w in c.stem) for c in group)
        for a, b in ((first, second), (second, first)):
            if not a or not b:
                continue
            if _begins(entity, a) and _ends(entity, b):
                return len(entity) <= len(a) + len(b) + 1
        return False

    def _searched(
        self, parts: list[ColumnFacts]
    ) -> list[tuple[tuple[str, ...], list[tuple[str, float]]]]:
        """Combinations that could be unique, by the distinct counts of their columns."""
        ranked = sorted(parts, key=self._part_points, reverse=True)[:7]
        out: list[tuple[tuple[str, ...], list[tuple[str, float]]]] = []
        for size in (2, 3, 4):
            for group in combinations(ranked, size):
                if self._known(tuple(c.name for c in group)) is False:
                    continue
                points = sum(self._part_points(c) for c in group) / size - 1.2 * (size - 2)
                names = sorted(group, key=self._columns.index)
                out.append((tuple(c.name for c in names), [("found in the data", points - 1.0)]))
        return out

    def _part_points(self, column: ColumnFacts) -> float:
        points = 2.0 * self._is_link(column) + 1.5 * self._is_ordinal(column)
        points += 1.0 * self._is_date(column) + 0.8 * column.has_key_word
        points -= 0.15 * min(6, self._columns.index(column)) + 1.5 * _names_a_time(column)
        return points

    def _can_take_part(self, column: ColumnFacts) -> bool:
        if self._is_barred(column) or column.is_free_text:
            return False
        if self._is_load_tool(column) and column.words[-1:] != ("id",):
            return False
        return not (column.rows and column.nullable)

    def _is_link(self, column: ColumnFacts) -> bool:
        if column.family in ("date", "timestamp") or column.words[:1] == ("row",):
            return False
        return column.has_key_word or self.references[column.name] >= 0.5

    def _is_ordinal(self, column: ColumnFacts) -> bool:
        if column.family != "integer" or not column.words:
            return False
        words = [w for w in column.words if w not in ("number", "id", "key")]
        return bool(words) and words[-1] in ORDINAL_WORDS and not self.references[column.name] > 0.6

    def _is_date(self, column: ColumnFacts) -> bool:
        if column.family in ("date", "timestamp"):
            return True
        return bool(column.words) and column.words[-1] in ("date", "day", "month", "year")

    def _owns(self, column: ColumnFacts) -> bool:
        stem = tuple(singular(w) for w in column.stem)
        return bool(stem) and _begins(list(self.table.entity), stem)

    def _composite(self, columns: tuple[str, ...], points: list[tuple[str, float]]) -> Scored:
        order = [c.name for c in self._columns]
        columns = tuple(sorted(columns, key=order.index))
        unique = self._known(columns)
        points = [*points, *self._data_points(unique, len(columns))]
        if order[: len(columns)] == list(columns):
            points.append(("first columns", 0.8))
        if unique and any(self.table.columns[c].unique for c in columns) and (self._rows or 0) > 2:
            weight = min(1.0, math.log10(self._rows or 1) / 2.5)
            if any("nothing but" in text for text, _ in points):
                weight *= 0.3
            points.append(("one of its columns is unique already", -3.5 * weight))
        return Scored(columns, tuple(points), unique)


def _names_a_time(column: ColumnFacts) -> bool:
    """`sold_date_key`: leads to a calendar, and says when rather than what."""
    return bool(set(column.stem[-1:]) & DATE_WORDS)


def _why(candidate: Scored) -> str:
    return "; ".join(f"{text} {points:+.1f}" for text, points in candidate.points)


def _ordered(*columns: ColumnFacts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.name for column in columns))


def _alike(short: str, whole: str) -> bool:
    return short == whole or is_short_form(short, whole)


def _begins(entity: list[str], stem: tuple[str, ...]) -> bool:
    return len(stem) <= len(entity) and all(_alike(e, s) or _alike(s, e)
                                            for s, e in zip(stem, entity))  # fmt: skip


def _ends(entity: list[str], stem: tuple[str, ...]) -> bool:
    return len(stem) <= len(entity) and all(_alike(e, s) or _alike(s, e)
                                            for s, e in zip(reversed(stem), reversed(entity)))  # fmt: skip


