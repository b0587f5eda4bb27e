"""Questions about what comes before what: times of one event, and lowest beside highest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum

from dbt_cartridge.documents.probe import Ordering
from dbt_cartridge.documents.schema import ColumnMeaning
from dbt_cartridge.infer.column_words import words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.reading import read
from dbt_cartridge.words import is_participle

_MOST = 6
"""Questions per table."""
_DAY = len("2024-01-31")

_BEFORE = words_of("loss incident occurred occurrence accident injury onset")
"""What happens before anybody writes it down."""
_FIRST = words_of("""
    created create creation order ordered start started begin began from open opened request
    requested booking booked hire hired departure departed placed rental issue issued admission
    admitted pickup sale invoice transaction submitted launch received valid effective scheduled
    since registration enrolled birth founded purchase listed reported detected raised logged
    offered posted applied inception
""")
_THEN = words_of("ship shipped shipping dispatched approved paid payment confirmed due required "
                 "expected promised commit resolved processed activated sold accepted "
                 "notified")  # fmt: skip
_LAST = words_of("""
    end ended to until closed close completed completion finish finished delivered delivery
    receipt return returned discharge discharged arrival arrived updated modified cancelled
    canceled expiry expires expired expiration dropoff through termination terminated left death
    restored recovered repaired fixed settled credited answered refunded withdrawn reversed
    rejected declined
""")
_LEADING_ON = frozenset({"ship", "shipped", "dispatched", "approved", "sold"})
"""Of the second steps, those that a third one follows."""
_ACTS = re.compile(r"(?:tion|sion|ance|ence|ment|response|reply)\Z")
_PLAIN = words_of("date day time timestamp at on")
_AGAIN = words_of("last latest next previous current recent")
"""Of what happens again and again: it is no step on a row's way."""
_LIMITS = (("min", "max"), ("minimum", "maximum"), ("lowest", "highest"), ("low", "high"))
_SAME_SPAN = (("start", "end"), ("from", "to"), ("begin", "end"), ("started", "ended"),
              ("in", "out"), ("out", "in"), ("opened", "closed"),
              ("departure", "arrival"), ("pickup", "dropoff"), ("started", "finished"),
              ("start", "finish"), ("created", "updated"), ("create", "update"),
              ("open", "close"), ("begin", "finish"), ("since", "until"))  # fmt: skip
_TIMES = frozenset(("event_time", "created_time", "updated_time", "valid_from", "valid_to",
                    "deleted_time"))  # fmt: skip


def orderings(draft: Draft) -> list[Ordering]:
    """At most six questions: spans first, then the first step before the later ones."""
    times = [m for m in draft.meanings if m.role in _TIMES and not m.is_load_tool]
    measures = [m for m in draft.meanings if m.role == "measure"]
    asked: dict[Ordering, None] = {}
    for lower, upper in (*_spans(times), *_limits(measures), *_steps(draft, times)):
        if _may_hold(draft, lower, upper):
            mixed = draft.column(lower.name).type != draft.column(upper.name).type
            question = Ordering(relation=draft.id, lower=lower.name, upper=upper.name, by_day=mixed)
            asked[question] = None
    return list(asked)[:_MOST]


Pair = tuple[ColumnMeaning, ColumnMeaning]


def _spans(times: list[ColumnMeaning]) -> Iterator[Pair]:
    """`rental_start` and `rental_end`: the same words but for one."""
    yield from _paired(times, _SAME_SPAN)


def _limits(measures: list[ColumnMeaning]) -> Iterator[Pair]:
    """`min_salary` and `max_salary`."""
    yield from _paired(measures, _LIMITS)


def _paired(group: list[ColumnMeaning], pairs: tuple[tuple[str, str], ...]) -> Iterator[Pair]:
    by_words = {meaning.words: meaning for meaning in group}
    for words, lower in by_words.items():
        for first, last in pairs:
            if first in words:
                upper = by_words.get(tuple(last if word == first else word for word in words))
                if upper is not None:
                    yield lower, upper


def _steps(draft: Draft, times: list[ColumnMeaning]) -> Iterator[Pair]:
    """Order before shipment, shipment before delivery; due dates come after the first step."""
    if len(times) > 8:
        return
    spanned = {meaning.name for pair in _spans(times) for meaning in pair}
    stages = [(meaning, _stage(meaning, draft.sense or draft.entity)) for meaning in times]
    for lower, early in stages:
        for upper, late in stages:
            if early is None or late is None or lower.name == upper.name:
                continue
            if early >= late and not (
                early == late == _Stage.FIRST and _follows(draft, lower, upper)
            ):
                continue
            if upper.role == "updated_time" and lower.role != "created_time":
                continue  # a row may be touched at any time
            if lower.name in spanned and upper.name in spanned:
                continue
            if early == _Stage.THEN and not set(lower.words) & _LEADING_ON:
                continue
            yield lower, upper


class _Stage(IntEnum):
    BEFORE = 0
    FIRST = 1
    THEN = 2
    LAST = 3


def _follows(draft: Draft, lower: ColumnMeaning, upper: ColumnMeaning) -> bool:
    """Of two beginnings, the one that not every row has had comes later: who applied may be
    hired."""
    low, high = (draft.column(m.name).profile for m in (lower, upper))
    return low is not None and high is not None and not low.nulls and 0 < high.nulls < high.rows


def _stage(meaning: ColumnMeaning, entity: Sequence[str]) -> _Stage | None:
    said = set(meaning.words)
    if said - _PLAIN and said - _PLAIN <= set(entity):
        return _Stage.FIRST  # the `gift_date` of a gift
    if said & {"birth"}:
        return None
    if said & _LAST:
        return _Stage.LAST
    if {"check", "in"} <= said:
        return _Stage.THEN  # of a stay that was booked before
    if said & _THEN:
        return _Stage.THEN
    if said & _BEFORE:
        return _Stage.BEFORE
    if said & _FIRST:
        return _Stage.FIRST
    return _Stage.THEN if _is_step(meaning) else None


def _is_step(meaning: ColumnMeaning) -> bool:
    """Something that is done to what the row is about, whatever it is: `acknowledged_at`,
    `first_response_at`. That it comes after the first step is for the rows to say."""
    acts = any(is_participle(word) or _ACTS.search(word) for word in meaning.words)
    return meaning.role == "event_time" and acts and _AGAIN.isdisjoint(meaning.words)


def _may_hold(draft: Draft, lower: ColumnMeaning, upper: ColumnMeaning) -> bool:
    """Both of one type, or both times, and neither range begins or ends before the other's."""
    low, high = draft.column(lower.name), draft.column(upper.name)
    if low.type != high.type and not {low.type, high.type} <= {"date", "timestamp"}:
        return False
    if low.profile is None or high.profile is None:
        return False
    one, two = read(low), read(high)
    if one.kind in ("date", "timestamp"):
        if not one.filled or not two.filled or low.type == "text":
            return False
        # A later time that is often missing may end before the earlier one's last value does.
        first, last = low.profile.min or "", high.profile.min or ""
        return first[:_DAY] <= last[:_DAY] if low.type != high.type else first <= last
    if one.low is None or two.low is None or one.high is None or two.high is None:
        return False
    return one.low <= two.low and one.high <= two.high
