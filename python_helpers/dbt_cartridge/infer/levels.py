"""Whether what is measured again each period adds up over the periods.

Clicks of a day are a flow: those of a month are their sum. A stock, a balance, a budget are levels:
they add up over places, and over time they are no sum of anything. Of a name that leaves it open
the table's own name decides; a flow that only ever rises is a running total, and a level as well.
So is what a counter shows, whenever it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from dbt_cartridge.documents.probe import Probe, Rise
from dbt_cartridge.documents.schema import ColumnMeaning, Evidence, Shape
from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer.column_words import FLOWS, STANDING
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.shapes import days_of
from dbt_cartridge.words import singular

_CHANGES = 20  # below which that all are upwards says nothing
_NEVER = 0.99  # a correction now and then makes no flow of a running total
_LARGE = 10_000_000  # rows: all of them in order cost more than the name may be wrong
_BESIDE = frozenset({"cost", "charge", "usage"})  # of what was used; of one piece in other tables
_COUNTERS = frozenset("reading register odometer mileage meter counter cumulative running".split())
"""What goes on counting: the next reading holds this one."""
_LEVELS = frozenset({"balance", "snapshot", "stock", "inventory"})


def over_time(drafts: Sequence[Draft], shapes: Mapping[str, Shape], ask: Probe) -> list[Draft]:
    """The drafts, the measures of those that are taken every period with what holds over time."""
    flows = {
        draft.id: [m for m in _measures(draft) if _flows(draft, m)]
        for draft in drafts
        if shapes[draft.id] == "periodic_snapshot"
    }
    asked = [
        rise
        for draft in drafts
        if (draft.rows or 0) <= _LARGE
        for rise in (_rises(draft, flows[draft.id]) if draft.id in flows else _read_again(draft))
    ]
    rising = {
        (question.relation, question.column)
        for question, answer in zip(asked, ask(asked), strict=True)
        if answer.considered >= _CHANGES and answer.hits >= _NEVER * answer.considered
    }
    levels = {
        draft.id: {m.name for m in _measures(draft)} - {m.name for m in flows[draft.id]}
        for draft in drafts
        if draft.id in flows
    }
    return [
        replaced(draft, meanings=_told(draft, levels.get(draft.id, ()), rising)) for draft in drafts
    ]


def _measures(draft: Draft) -> list[ColumnMeaning]:
    return [m for m in draft.meanings if m.role == "measure" and m.additivity == "additive"]


def _flows(draft: Draft, measure: ColumnMeaning) -> bool:
    """Whether the names say that it happens within the period."""
    said, of_table = _singular(measure.words), _singular(draft.sense)
    if said & STANDING:
        return False
    if said & FLOWS:
        return True
    if of_table & _LEVELS or draft.sense[-1:] == ("level",):
        return False
    if of_table & (FLOWS | _BESIDE):
        return True
    return bool(said & _BESIDE) and any(_singular(m.words) & FLOWS for m in _measures(draft))


def _singular(words: Iterable[str]) -> set[str]:
    return {singular(word) for word in words}


def _rises(draft: Draft, measures: Sequence[ColumnMeaning]) -> list[Rise]:
    days = days_of(draft)
    if not days:
        return []
    key = tuple(name for name in draft.key_columns if name not in days)
    return [Rise(relation=draft.id, key=key, order=days[0], column=m.name) for m in measures]


def _read_again(draft: Draft) -> list[Rise]:
    """Of one thing's counter, read at any time: `register_value` of a meter."""
    owners = [m.name for m in draft.meanings if m.role == "foreign_key"]
    times = [m.name for m in draft.meanings if m.role == "event_time"]
    if len(owners) != 1 or not times:
        return []
    return [
        Rise(relation=draft.id, key=(owners[0],), order=times[0], column=m.name)
        for m in _measures(draft)
        if _singular(m.words) & _COUNTERS
    ]


def _told(
    draft: Draft, levels: Collection[str], rising: set[tuple[str, str]]
) -> tuple[ColumnMeaning, ...]:
    told: list[ColumnMeaning] = []
    for meaning in draft.meanings:
        text = ""
        if (draft.id, meaning.name) in rising:
            text = "it never falls from one time to the next: a running total"
        elif meaning.name in levels:
            text = "taken every period: a level"
        if text:
            evidence = (*meaning.evidence, Evidence(text=text))
            update = {"additivity": "semi_additive", "evidence": evidence}
            meaning = meaning.model_copy(update=update)
        told.append(meaning)
    return tuple(told)
