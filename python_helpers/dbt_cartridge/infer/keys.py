"""Primary keys: names propose, the profile and the probe dispose.

A candidate's score is a sum of points, each with its reason in words and a factor that databases
with known keys have taught (`key_weights`). The points are few, and no table's name is among them.
Uniqueness is asked for, never enough: a price that happens to be
unique is no key, and two rows prove nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from dbt_cartridge import law
from dbt_cartridge.documents.probe import Unique
from dbt_cartridge.documents.scan import DeclaredKey
from dbt_cartridge.documents.schema import Candidate, Evidence, Key
from dbt_cartridge.frozen import frozen
from dbt_cartridge.infer.column_words import CODE_WORDS, is_digest
from dbt_cartridge.infer.composites import FOUND, NUMBERED, TOLD_IN, Points, proposals, searched
from dbt_cartridge.infer.facts import SURROGATE_WORDS, ColumnFacts, Facts
from dbt_cartridge.infer.key_columns import TINY, KeyColumns, Meanings, alike
from dbt_cartridge.infer.key_weights import FACTORS
from dbt_cartridge.infer.names import NameIndex, normal
from dbt_cartridge.infer.pointing import pointers
from dbt_cartridge.infer.probing import Asker, is_unique
from dbt_cartridge.infer.role_words import HISTORIES
from dbt_cartridge.words import singular

UNIQUE = "unique and never null"
REFUTED = "not unique, or null"
VERSIONED = "the table keeps versions of one entity"
_PARTS = frozenset("line item position entry leg installment".split())
"""What something has several of, even if each has one so far: an order's items."""
_GLOBAL_IDS = (("uuid",), ("guid",))
_SECOND_IDS = (("uuid",), ("guid",), ("identifier",))
TOLD = ("a data dictionary calls it the key", 8.0)
MAX_PROBES = 12
"""Candidates asked about per table and round."""
NAMED = 3.0
"""Points of one reason from which a name, or what a table brings together, tells its key."""
ROUNDS = 3


@frozen
class Scored:
    """A key candidate and its points."""

    columns: tuple[str, ...]
    points: tuple[tuple[str, float], ...]  # why, how much
    unique: bool | None  # in the data; None: not known

    @property
    def score(self) -> float:
        """Its points, each as much as the databases with known keys have taught."""
        return sum(points for _, points in self.weighed)

    @property
    def weighed(self) -> Points:
        return [(why, points * FACTORS.get(why, 1.0)) for why, points in self.points]

    @property
    def but_for_its_rows(self) -> float:
        return sum(points for why, points in self.weighed if why != REFUTED)

    @property
    def is_meant(self) -> bool:
        """Its name, its place or other tables speak for it, beside its being unique today.

        A set of columns that was looked for because none is meant is unique by chance, for all
        that anyone knows.
        """
        meant = [
            points for why, points in self.points
            if points > 0 and why != FOUND and not why.startswith(UNIQUE)
        ]  # fmt: skip
        return sum(meant) >= 1


@dataclass(frozen=True)
class TableKeys:
    """What was concluded for one table."""

    primary: Key | None = None
    others: tuple[Key, ...] = ()
    doubted: tuple[Key, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    references: dict[str, float] = field(default_factory=dict[str, float])  # column → likelihood
    entity: tuple[str, ...] = ()  # what others refer to, where rows are versions of one entity
    nearly: tuple[str, ...] = ()  # what names and places make the key, and some rows contradict


def find_keys(
    facts: Facts, names: NameIndex, meanings: Meanings, ask: Asker
) -> dict[str, TableKeys]:
    """The keys of every table, by table id."""
    shared = _shared_names(facts)
    drafts = {
        table.id: KeyDraft(KeyColumns(table, names, meanings.get(table.id, {})), shared)
        for table in facts.tables.values()
    }
    _settle(drafts, ask)
    weak = [table for table, draft in drafts.items() if draft.is_weak]
    for table, found in pointers(facts, weak, ask).items():
        own = KeyColumns(facts.tables[table], names, meanings.get(table, {}), found.pointing)
        drafts[table] = drafts[table].again(own, found.referred)
    _settle(drafts, ask)
    return {table_id: draft.result() for table_id, draft in drafts.items()}


def _settle(drafts: Mapping[str, KeyDraft], ask: Asker) -> None:
    """Ask until no answer would decide anything more."""
    for _ in range(ROUNDS):
        questions = {
            draft.table.id: [Unique(relation=draft.table.id, columns=c) for c in draft.to_ask()]
            for draft in drafts.values()
        }
        flat = [question for group in questions.values() for question in group]
        if not flat:
            break
        answers = dict(zip(flat, ask(flat), strict=True))
        for table_id, group in questions.items():
            for question in group:
                drafts[table_id].learn(question.columns, is_unique(answers[question]))


def _shared_names(facts: Facts) -> dict[tuple[str, ...], int]:
    """In how many tables a column of these words stands."""
    counts: dict[tuple[str, ...], int] = {}
    for table in facts.tables.values():
        for words in {column.words for column in table.columns.values()}:
            counts[words] = counts.get(words, 0) + 1
    return counts


class KeyDraft:
    """The candidates of one table while answers come in."""

    def __init__(
        self,
        own: KeyColumns,
        shared: dict[tuple[str, ...], int],
        referred: Mapping[str, int] | None = None,
    ) -> None:
        self.table = own.table
        self._referred = referred or {}
        self._own = own
        self._shared = shared
        self._rows = own.rows
        self._answers: dict[frozenset[str], bool | None] = {}
        self._asked: set[frozenset[str]] = set()
        self._told = set(own.table.relation.told_key)
        self._singles = [
            (c, self._standing_points(c))
            for c in own.all
            if not own.is_barred(c) or {c.name} == self._told
        ]
        self._composites = [*proposals(own), *searched(own)]
        if len(self._told) > 1:
            self._composites.append((own.table.relation.told_key, []))
        self._ranking: list[Scored] | None = None

    def again(self, own: KeyColumns, referred: Mapping[str, int]) -> KeyDraft:
        """The same table, now that it is known which values lie where."""
        draft = KeyDraft(own, self._shared, referred)
        draft._answers, draft._asked = self._answers, self._asked
        return draft

    @property
    def is_weak(self) -> bool:
        """No candidate whose name makes it the key."""
        if not self.table.has_data:
            return False
        best = self.ranked()[:1]
        return not (best and best[0].unique and any(p >= NAMED for _, p in best[0].points))

    # ---------------------------------------------------------------- asking

    def to_ask(self) -> list[tuple[str, ...]]:
        """The next candidates whose uniqueness would decide something."""
        if not self.table.has_data:
            return []
        ranked = self.ranked()
        declared = [k.columns for k in self._declared() if not k.enforced]
        wanted = [c for c in declared if frozenset(c) not in self._asked]
        for candidate in ranked[:MAX_PROBES]:
            if candidate.unique is True:
                break
            if candidate.unique is None and frozenset(candidate.columns) not in self._asked:
                wanted.append(candidate.columns)
        wanted += self._parts_of(ranked[:1])
        self._asked.update(frozenset(columns) for columns in wanted)
        return wanted

    def _parts_of(self, chosen: list[Scored]) -> list[tuple[str, ...]]:
        """The smaller sets in what would be the key: a key has no column too many."""
        return [
            part
            for candidate in chosen
            if candidate.unique
            for size in range(2, len(candidate.columns))
            for part in combinations(candidate.columns, size)
            if frozenset(part) not in self._asked
        ]

    def _declared(self) -> list[DeclaredKey]:
        relation = self.table.relation
        primary = [relation.primary_key] if relation.primary_key else []
        return [*primary, *relation.unique_keys]

    def learn(self, columns: tuple[str, ...], unique: bool | None) -> None:
        self._answers[frozenset(columns)] = unique
        self._ranking = None

    # ---------------------------------------------------------------- results

    def result(self) -> TableKeys:
        declared = self.table.relation.primary_key
        ranked = [c for c in self.ranked() if c.unique is not False]
        chosen = next((c for c in ranked if c.score > 0), None)
        if chosen is not None and (row := self._of_the_row(chosen, ranked)) is not None:
            chosen = row
        if declared is not None and self._known(declared.columns) is not False:
            chosen = Scored(declared.columns, (("declared in the catalogue", 9.0),), None)
        shown = tuple(
            Candidate(text=f"({', '.join(c.columns)})", score=round(c.score, 2), why=_why(c))
            for c in self.ranked()[:6]
        )
        others = self._declared_others(chosen)
        doubted: list[Key] = []
        taken = {frozenset(key.columns) for key in others}
        for candidate in ranked:
            if candidate is chosen or candidate.unique is not True or len(candidate.columns) != 1:
                continue
            if frozenset(candidate.columns) in taken or (
                chosen is not None and candidate.columns == chosen.columns
            ):
                continue
            believed = candidate.score > 2.5 and (self._rows or 0) >= TINY
            tells_apart = self._tells_apart(self.table.columns[candidate.columns[0]])
            (others if believed and tells_apart else doubted).append(self._key(candidate))
        primary = self._key(chosen) if chosen else None
        nearly = () if primary else self._nearly()
        return TableKeys(
            primary, tuple(others), tuple(doubted[:6]), shown, self._own.references, nearly=nearly
        )

    def _of_the_row(self, chosen: Scored, ranked: Sequence[Scored]) -> Scored | None:
        """The id of a history's rows, `hist_id`, where the key of a version would hold it too."""
        return next(
            (
                one
                for one in ranked
                if len(one.columns) == 1 < len(chosen.columns) and one.unique is True
                and one.columns[0] in chosen.columns
                and (stem := self.table.columns[one.columns[0]].stem) and set(stem) <= HISTORIES
            ),
            None,
        )  # fmt: skip

    def _tells_apart(self, column: ColumnFacts) -> bool:
        """Whether something beside the rows says that no two things share a value.

        Its name is that of an id, a code or an address for mail, or other tables refer to it by it.
        Names, titles and phones differ until the next one comes, and what leads to another table
        was so far led to once.
        """
        if self._own.references[column.name] >= 0.5:
            return False
        if column.name in self._referred or column.has_key_word:
            return True
        meaning = self._own.meanings.get(column.name)
        pii = meaning.pii if meaning else None
        coded = not CODE_WORDS.isdisjoint(column.words[-1:])
        return pii == "email" or (coded and pii in (None, "national_id"))

    def _nearly(self) -> tuple[str, ...]:
        """What would be the key, were it not for rows that hold it twice.

        Only what tells a thing apart by its meaning: the table's own id, or a number within its
        owner. Two rows of one product in one order may both be meant.
        """
        refuted = [c for c in self.ranked() if c.unique is False and self._identifies(c)]
        best = max(refuted, key=lambda c: c.but_for_its_rows, default=None)
        return best.columns if best else ()

    def _identifies(self, candidate: Scored) -> bool:
        if len(candidate.columns) == 1:
            column = self.table.columns[candidate.columns[0]]
            return self._own.is_own_key(column) or normal(column.words) == normal(self.table.entity)
        return any(why == NUMBERED for why, _ in candidate.points)

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
        proved = known is True or any(key.enforced for key in said)
        kind = "composite" if len(columns) > 1 else "surrogate"
        if len(columns) == 1:
            words = self.table.columns[columns[0]].words
            if not words or words[-1] not in SURROGATE_WORDS:
                kind = "natural"
        evidence = [Evidence(text=text, value=round(value, 2)) for text, value in candidate.weighed]
        if proved and self._rows:
            evidence.append(Evidence(text="unique and never null, rows", value=self._rows))
        confidence = 1.0 if is_declared and proved else 1 / (1 + math.exp(-candidate.score / 1.5))
        return Key(
            columns=columns,
            kind=kind,
            declared=is_declared,
            proved=proved,
            evidence_class=law.key_class(
                declared=is_declared, unique=True if proved else known, meant=candidate.is_meant
            ),
            confidence=round(confidence, 3),
            evidence=tuple(evidence),
        )

    # ---------------------------------------------------------------- scoring

    def ranked(self) -> list[Scored]:
        """All candidates by what is known now, the best first, the refuted last."""
        if self._ranking is None:
            found: dict[frozenset[str], Scored] = {}
            for scored in [self._single(*one) for one in self._singles] + [
                self._composite(*one) for one in self._composites if len(one[0]) > 1
            ]:
                key = frozenset(scored.columns)
                if key not in found or scored.score > found[key].score:
                    found[key] = scored
            place = self._own.place
            self._ranking = sorted(
                found.values(),
                key=lambda s: (
                    s.unique is False, -round(s.score, 6), [place[c] for c in s.columns]
                ),
            )  # fmt: skip
        return self._ranking

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
        counts = [c.most_distinct or 0 for c in facts]
        too_few = all(counts) and math.prod(counts) < (facts[0].rows or 0)
        return False if too_few else None

    def _standing_points(self, column: ColumnFacts) -> Points:
        """What speaks for a column whatever its rows."""
        points = [*self._name_points(column), *self._place_points(column)]
        if column.family in ("date", "timestamp") or self._own.is_moment(column):
            points.append(("a time is rarely a key", -4.0))
        if is_digest(column.words):
            points.append(("a digest of what the row tells", -6.0))
        if self._is_quantity(column):
            points.append(("a number among others", -2.0))
        referred = self._referred.get(column.name, 0)
        if referred:
            weight = 1.7 + 0.8 * min(referred, 6)
            points.append(("columns of other tables hold its values", weight))
        if self._own.keeps_versions and column.has_key_word:
            points.append((VERSIONED, -2.5))
        if {column.name} == self._told:
            points.append(TOLD)
        reference = self._own.references[column.name]
        if reference:
            points.append(("its name is that of another table", -3.0 * reference))
        if reference >= 0.5 and column.name in self._own.sides:
            points.append(("one side of what the table brings together", -4.0))
        return points

    def _single(self, column: ColumnFacts, standing: Points) -> Scored:
        unique = self._known((column.name,))
        points = [*standing, *self._data_points(unique, 1)]
        if column.name in self._own.told_in:
            points.append(("unique while one language is loaded", -6.0))
        return Scored((column.name,), tuple(points), unique)

    def _name_points(self, column: ColumnFacts) -> Points:
        words, stem = column.words, tuple(singular(word) for word in column.stem)
        entity = self.table.entity
        if self._own.is_load_tool(column):
            dated = any(c.words == ("date",) for c in self._own.all)
            return [("made by the load tool", -5.0 if words[-1:] != ("id",) or dated else 0.5)]
        if words and words[0] == "row" and words[-1] in ("guid", "uuid"):
            return [("identifies rows for replication", -3.0)]
        if self._is_second_id(column):
            return [("a global id beside the row's own key", 1.0)]
        if not stem and words and words[-1] in SURROGATE_WORDS:
            return [("named as a key", 5.0)]
        if column.has_key_word and self._own.is_named_after_table(column):
            return [("named after the table", 5.0 - 0.5 * (words[-1] not in SURROGATE_WORDS))]
        if self._own.place[column.name] == 0 and self._own.is_initials(column):
            return [("the initials of the table's name, and id", 4.0)]
        if column.has_key_word and stem:
            weak = 0.0 if words[-1] in SURROGATE_WORDS else -0.5
            if stem == entity or "".join(stem) == "".join(entity):
                return [("named after the table", 5.0 + weak)]
            if (
                stem == entity[: len(stem)]
                and entity[-1] in _PARTS
                and stem != entity[-len(stem) :]
            ):
                return [("names the whole that the table has parts of", -2.0)]
            if stem in (entity[-len(stem) :], entity[: len(stem)]):
                return [("named after a part of the table's name", 3.0 + weak)]
            if len(stem) == len(entity) and all(map(alike, stem, entity)):
                return [("a short form of the table's name", 4.0 + weak)]
            if len(stem) == 1 and (alike(stem[0], entity[-1]) or alike(stem[0], entity[0])):
                return [("a short form of the table's name", 3.5 + weak)]
            return [("a key by its last word", 1.0 + weak)]
        if not stem and words:
            return [("named as a code", 2.0)]
        if stem[: len(entity)] == entity:
            return []
        return [("nothing in its name says key", -1.0)]

    def _is_second_id(self, column: ColumnFacts) -> bool:
        """A bare `uuid` or `identifier`, where the first column numbers the rows already, and
        `booking_uuid` beside a `booking_id`."""
        if column.words[-1:] in _GLOBAL_IDS and any(
            other.unique and other.stem == column.stem and other is not column
            and other.words[-1] in SURROGATE_WORDS and other.words[-1:] not in _GLOBAL_IDS
            for other in self._own.all if other.words
        ):  # fmt: skip
            return True
        first = self._own.all[0]
        if column is first or column.words not in _SECOND_IDS:
            return False
        keyable = first.family in ("integer", "text") and not first.is_free_text
        return keyable and first.unique is not False and not self._own.is_load_tool(first)

    def _is_quantity(self, column: ColumnFacts) -> bool:
        """A whole number that neither its name nor its place makes a key.

        Digits in text, all of one length, are a code.
        """
        profile = column.column.profile
        if column.column.type == "text" and profile and profile.min_length == profile.max_length:
            return False
        if column.family != "integer" or column.has_key_word or self._own.place[column.name] == 0:
            return False
        return not self._own.references[column.name]

    def _place_points(self, column: ColumnFacts) -> Points:
        place = self._own.place[column.name]
        points = [(self._so_far("first column"), 1.0)] if place == 0 else []
        if place == 0 and len(self._own.all) > 2 and self._own.is_load_tool(self._own.all[1]):
            points.append(("stands before the load tool's columns", 2.0))
        shared = self._shared.get(column.words, 1)
        own_word = column.stem and (column.unique or not self._own.references[column.name])
        named = not column.is_free_text or column.name in self._referred
        keyable = named and column.family in ("text", "integer", "uuid")
        if shared > 1 and own_word and keyable:
            weight = 0.5 + 0.3 * min(shared - 1, 5)
            points.append(("other tables have a column of this name", weight))
        return points

    def _data_points(self, unique: bool | None, size: int) -> Points:
        if unique is None or not self._rows:
            return []
        if not unique:
            return [(REFUTED, -20.0)]
        weight = min(2.5, math.log10(self._rows + 1))
        return [(self._so_far(UNIQUE), weight if size == 1 else min(2.0, weight))]

    def _so_far(self, why: str) -> str:
        """In a history each entity may have one version, so far: what is seen of it tells less."""
        return f"{why}, in a history" if self._own.keeps_versions else why

    def _is_whole_key(self, name: str) -> bool:
        """Named as this table's key, in its first place, and nobody else's."""
        column = self.table.columns[name]
        if self._own.is_load_tool(column):
            return False
        if self._own.place[name] or not column.has_key_word or self._own.references[name] > 0.5:
            return False
        if self._own.is_history:
            return False  # today there may be one version of each
        return self._own.is_own_key(column) or self._own.references[name] < 0.3

    def _has_smaller(self, columns: tuple[str, ...]) -> bool:
        """The warehouse said that a part of these columns is unique, and not by chance.

        Few rows, versions and links to tables are often unique in less than their key, today.
        """
        if (self._rows or 0) < TINY or self._own.is_history:
            return False
        if all(
            self._own.references[c] or self._own.is_date(self.table.columns[c]) for c in columns
        ):
            return False
        return any(
            self._answers.get(frozenset(part))
            for size in range(2, len(columns))
            for part in combinations(columns, size)
        )

    def _facts(self, columns: tuple[str, ...]) -> list[ColumnFacts]:
        return [self.table.columns[name] for name in columns]

    def _composite(self, columns: tuple[str, ...], points: Points) -> Scored:
        unique = self._known(columns)
        points = [*points, *self._data_points(unique, len(columns))]
        if self._told == set(columns):
            points.append(TOLD)
        if all(self._own.place[name] < len(columns) for name in columns):
            points.append((self._so_far("first columns"), 0.8))
        if self._own.keeps_versions and not any(self._own.is_date(c) for c in self._facts(columns)):
            points.append((VERSIONED, -2.5))
        if any(text == TOLD_IN for text, _ in points):
            return Scored(columns, tuple(points), unique)
        alone = any(self.table.columns[c].unique for c in set(columns) - self._own.sides)
        if unique and alone and (self._rows or 0) > 2:
            weight = min(1.0, math.log10(self._rows or 1) / 2.5)
            if any("nothing but" in text for text, _ in points):
                weight *= 0.3
            points.append(("one of its columns is unique already", -3.5 * weight))
        elif self._has_smaller(columns):
            points.append(("some of its columns are unique already", -3.5))
        named = self._facts(columns)
        pair = len(columns) == 2 and self._own.joins_two(tuple(named))
        if not pair and any(c.unique and self._is_whole_key(c.name) for c in named):
            points.append(("one of its columns is the table's key", -6.0))
        return Scored(columns, tuple(points), unique)


def _why(candidate: Scored) -> str:
    return "; ".join(f"{text} {points:+.1f}" for text, points in candidate.weighed)
