"""Whether the rows of one key are one thing, seen several times.

    judged(cases, ask)  ->  [(Case, Judgement)]

A key and a load time that are unique together prove nothing: so they are in the lines of a
document, and in the orders of three shops that were loaded one after the other. What tells:

- another column that splits the key (a parent's id, a shop, a tenant): then both are the key;
- whether the rows of a key agree in nearly all that they say, as versions of one thing do, and in
  all of their measures. Two readings of a sensor agree in where it stands, not in what it read;
- a feed's own mark of a change. Its rows may differ, since a change is what they tell.

Rows that agree in everything are copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge.documents.probe import Agreement, Answer, Probe, Question, Unique
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.documents.schema import ColumnMeaning, Evidence, Versions
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.probing import is_unique

_AGREES = 0.5
"""Share of keys, beyond chance, whose rows hold one value: a column that a version keeps."""
_NEARLY_ALL = 0.75
"""Share of columns that versions of one thing agree in."""
_MOST_SPLITS = 8
_MOST_COLUMNS = 48

_OF_THE_ROW = frozenset(
    "load_time updated_time deleted_time deleted_flag valid_from valid_to is_current technical"
    .split()
)  # fmt: skip
"""Roles of columns that change with each version, or with each load."""
_MAY_SPLIT = frozenset("attribute natural_key category key foreign_key type_discriminator".split())
_UNSORTED = frozenset(("json", "array", "struct", "geography", "binary", "other"))


@dataclass(frozen=True)
class Case:
    """Rows that may be versions or copies of one thing; `witness`: a feed's mark, in words."""

    draft: Draft
    versions: Versions
    witness: str

    @property
    def columns(self) -> list[ColumnMeaning]:
        """What the rows say, beside the key and what marks a load or a version."""
        beside = {*self.versions.entity_key, *self.versions.order_by}
        return [
            m for m in self.draft.meanings
            if m.name not in beside and not m.is_load_tool and m.role not in _OF_THE_ROW
            and self.draft.distinct(m.name) != 1
        ]  # fmt: skip

    @property
    def comparable(self) -> list[ColumnMeaning]:
        return [m for m in self.columns if self.draft.column(m.name).type not in _UNSORTED]

    def agreements(self) -> list[Agreement]:
        return [self._agreement(m.name) for m in self.comparable[:_MOST_COLUMNS]]

    def alone(self) -> Unique:
        return Unique(relation=self.draft.id, columns=self.versions.entity_key)

    def copies(self) -> list[Agreement]:
        """Every column, but for the load tool's."""
        own = [m.name for m in self.draft.meanings if not m.is_load_tool]
        return [self._agreement(name) for name in own if name not in self.versions.entity_key]

    def _agreement(self, name: str) -> Agreement:
        return Agreement(relation=self.draft.id, key=self.versions.entity_key, column=name)

    def splits(self) -> dict[str, Unique]:
        """Columns beside which the key may be unique, and the questions."""
        found = {
            m.name: Unique(relation=self.draft.id, columns=(*self.versions.entity_key, m.name))
            for m in self.comparable if m.role in _MAY_SPLIT and self._may_split(m.name)
        }  # fmt: skip
        return dict(list(found.items())[:_MOST_SPLITS])

    def _may_split(self, name: str) -> bool:
        column = self.draft.column(name)
        profile = column.profile
        if profile is None or profile.nulls or column.type not in ("text", "integer", "uuid"):
            return False
        keys = self.draft.distinct(self.versions.entity_key[0]) or 1
        return (profile.distinct or 0) * keys >= profile.rows


@dataclass(frozen=True)
class Judgement:
    """Versions with their class of evidence, or why every row is kept."""

    versions: Versions | None = None
    problem: Problem | None = None


def judged(cases: Sequence[Case], ask: Probe) -> Iterator[tuple[Case, Judgement]]:
    """Each case with what the warehouse says of it. All questions go out in one batch."""
    questions: list[Question] = []
    for case in cases:
        if case.versions.kind == "duplicates":
            questions += [case.alone(), *case.copies()]
        else:
            questions += [*case.splits().values(), *case.agreements()]
    answers = dict(zip(questions, ask(questions), strict=True)) if questions else {}
    for case in cases:
        if case.versions.kind == "duplicates":
            yield case, _copies(case, answers)
        else:
            yield case, _loads(case, answers)


Answers = dict[Question, Answer]


def _copies(case: Case, answers: Answers) -> Judgement:
    """Rows that stand several times word for word: one of each is kept.

    Of a key most of whose rows are too many, each may well count: a ping, a vote.
    """
    once = answers[case.alone()]
    asked = [answers[question] for question in case.copies()]
    unsorted = any(c.type in _UNSORTED for c in case.draft.relation.columns)
    if not asked or unsorted or any(a.status != "answered" or a.sampled for a in (once, *asked)):
        return Judgement()
    repeated, surplus = asked[0].considered, once.considered - once.hits
    counted = once.considered == once.rows and repeated <= surplus <= once.hits
    if not repeated or not counted or any(a.hits != a.considered for a in asked):
        return Judgement()
    text = f"{repeated} rows stand several times, the same in every column; rows too many"
    evidence = Evidence(text=text, value=surplus)
    return Judgement(
        case.versions.model_copy(update={"evidence_class": "structural", "evidence": (evidence,)})
    )


def _loads(case: Case, answers: Answers) -> Judgement:
    """Versions of one thing, if nothing splits the key and the rows agree."""
    split = next((n for n, q in case.splits().items() if is_unique(answers[q])), None)
    seen = {q.column: answers[q] for q in case.agreements() if answers[q].status == "answered"}
    kept = [m for m in case.comparable if m.name in seen and _agrees(case, m.name, seen[m.name])]
    measures = [m for m in case.comparable if m.role == "measure" and m.name in seen]
    share = len(kept) / len(seen) if seen else 0.0
    alike = bool(kept) and share >= _NEARLY_ALL and all(m in kept for m in measures)
    # Where a feed says that its rows are changes, what differs is what changed: a status splits it.
    changes = bool(case.witness) and (split is None or share >= _AGREES)
    if changes or (alike and split is None):
        why = case.witness or "the rows of a key agree in nearly all columns"
        evidence = (*case.versions.evidence, Evidence(text=why, value=round(share, 2)))
        return Judgement(
            case.versions.model_copy(update={"evidence_class": "structural", "evidence": evidence})
        )
    told = split is not None and case.draft.key is not None and case.draft.key.proved
    return Judgement(problem=None if told else _kept(case, split, len(kept), len(seen)))


def _agrees(case: Case, name: str, answer: Answer) -> bool:
    """More keys hold one value than would by chance, where a few values are common."""
    if not answer.considered:
        return False
    chance = _chance(case.draft, name)
    return answer.share >= chance + _AGREES * (1 - chance)


def _chance(draft: Draft, name: str) -> float:
    """How likely two rows hold the same value, by the shares of the most frequent ones."""
    profile = draft.column(name).profile
    if profile is None or not profile.rows:
        return 0.0
    return min(1.0, sum((value.count / profile.rows) ** 2 for value in profile.top_values))


def _kept(case: Case, split: str | None, agreeing: int, asked: int) -> Problem:
    key, moment = case.versions.entity_key[0], " and ".join(case.versions.order_by)
    if split:
        why = f"{split} tells its rows apart"
    elif asked:
        why = f"rows of one {key} agree in {agreeing} of {asked} columns"
    else:
        why = "nothing says that rows of one key are the same thing"
    return Problem(
        where=f"{case.draft.id}.{key}",
        what=f"comes back with another {moment}, but {why}; every row is kept",
        next="If only the last row of each is true, say so in a model of your own above staging.",
    )
