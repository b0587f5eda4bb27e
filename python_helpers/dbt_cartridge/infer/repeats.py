"""Why an id repeats: it was loaded again, or it counts within something else.

That (id, load time) is different in every row shows neither: a shop that is loaded in a batch of
its own has each of its ids once per batch too. What tells the two apart is in the other columns.
Versions of one thing agree in most of what they say; rows of different things that only share a
number do not, and beside some column (the shop, the tenant, the parent) the number is unique.

    settle(draft, id, moments, marks, ask)  ->  Repeats
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.documents.evidence import EvidenceClass
from dbt_cartridge.documents.probe import Dependency, Probe, Unique
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.documents.schema import ColumnMeaning, Evidence
from dbt_cartridge.infer.column_words import KEY_WORDS
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.probing import is_unique

_MOST_COMPARED = 8
"""Columns that are compared: those with the most distinct values say most."""
_MOST_OWNERS = 6
_AGREES = 0.8
"""Share of an id's groups in which a column holds one value, from which it is the thing's own."""
_MOST_OF_THEM = 0.5
"""Share of the compared columns that are the thing's own, from which rows are versions of it."""
_ROWS_PER_OWNER = 2
_NO_OWNERS = frozenset(
    """measure event_time created_time updated_time load_time deleted_time deleted_flag valid_from
    valid_to is_current json array description name technical flag""".split()
)
_CHANGING = frozenset(
    """load_time updated_time deleted_time deleted_flag technical valid_from valid_to
    is_current""".split()
)
"""What differs between versions by its nature, and so tells nothing."""


@dataclass(frozen=True)
class Repeats:
    """What was found of an id that repeats.

    `owner`: the column beside which the id is unique, where the id counts within it.
    """

    evidence_class: EvidenceClass
    owner: str | None
    evidence: tuple[Evidence, ...]


def settle(
    draft: Draft, key: str, moments: Sequence[str], marks: Sequence[ColumnMeaning], ask: Probe
) -> Repeats:
    """Structural where the rows of one id are versions of one thing, observed where they are not.

    Args:
        moments: the columns that order the loads.
        marks: change operations and deletion marks: a change feed's own columns say that rows are
            its changes, unless the other columns say that they are not.
    """
    compared = _compared(draft, {key, *moments})
    owners = _owners(draft, {key, *moments})
    questions = [
        *(Dependency(relation=draft.id, determinant=(key,), dependent=(c,)) for c in compared),
        *(Unique(relation=draft.id, columns=(o, key)) for o in owners),
    ]
    answers = list(ask(questions)) if questions else []
    agreeing = [
        a.share for a in answers[: len(compared)] if a.status == "answered" and a.considered
    ]
    own = sum(share >= _AGREES for share in agreeing)
    owner = next(
        (o for o, a in zip(owners, answers[len(compared) :], strict=True) if is_unique(a)), None
    )
    fed = [m for m in marks if m.is_load_tool]
    same = bool(agreeing) and own >= _MOST_OF_THEM * len(agreeing)
    if same or (fed and owner is None):
        evidence: list[Evidence] = []
        if agreeing:
            text = f"of {len(agreeing)} other columns so many are the same in all rows of a {key}"
            evidence.append(Evidence(text=text, value=own))
        evidence += [Evidence(text=f"{m.name} is the mark of a change feed") for m in fed[:1]]
        return Repeats("structural", None, tuple(evidence))
    text = f"of {len(agreeing)} other columns so few are the same in all rows of a {key}"
    return Repeats("observed", owner, (Evidence(text=text, value=own),))


def _compared(draft: Draft, without: set[str]) -> list[str]:
    """Columns in which versions of one thing would agree, those with the most values first."""
    found = [
        (draft.column(m.name).profile, m.name)
        for m in draft.meanings
        if m.name not in without and not m.is_load_tool and m.role not in _CHANGING
    ]
    told = [(p.distinct or 0, name) for p, name in found if p and (p.distinct or 0) > 1]
    told.sort(key=lambda pair: -pair[0])
    return [name for _, name in told[:_MOST_COMPARED]]


def _owners(draft: Draft, without: set[str]) -> list[str]:
    """Columns that an id may count within: each value with several rows. Those of the fewest
    values first, since a column of many values makes any pair unique by chance."""
    found: list[tuple[int, bool, int, str]] = []
    for at, meaning in enumerate(draft.meanings):
        column = draft.column(meaning.name)
        profile = column.profile
        if meaning.name in without or meaning.is_load_tool or meaning.role in _NO_OWNERS:
            continue
        if column.type not in ("text", "integer", "uuid") or profile is None or profile.nulls:
            continue
        distinct = profile.distinct or 0
        if distinct > 1 and distinct * _ROWS_PER_OWNER <= profile.rows:
            found.append((distinct, not _names_a_key(meaning.words), at, meaning.name))
    return [name for *_, name in sorted(found)[:_MOST_OWNERS]]


def _names_a_key(words: Iterable[str]) -> bool:
    return not KEY_WORDS.isdisjoint(words)


def repeating(found: Mapping[str, tuple[str, Repeats]]) -> Iterator[Problem]:
    """What is told of ids that repeat and were not reduced to one row each."""
    for table, (key, repeats) in found.items():
        if repeats.owner:
            what = f"counts within {repeats.owner}: both together are the key"
        else:
            what = "repeats, and rows that share it differ in most other columns"
        yield Problem(
            where=f"{table}.{key}",
            what=f"{what}; every row is kept",
            next="If they are later loads of the same rows, reduce them in the staging model.",
        )
