"""Questions about what comes before what: times of one event, and lowest beside highest."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.documents.probe import Ordering
from dbt_cartridge.documents.schema import ColumnMeaning
from dbt_cartridge.infer.column_words import words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.reading import read

_MOST = 6
"""Questions per table."""
_DAY = len("2024-01-31")

_FIRST = words_of("""
    created create creation order ordered start started begin began from open opened request
    requested booking booked hire hired departure departed placed rental issue issued admission
    admitted pickup sale invoice transaction submitted launch received valid effective scheduled
    since registration enrolled birth founded purchase listed reported detected raised logged
    offered posted applied inception loss incident occurred accident
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
    for lower, upper in (*_spans(times), *_limits(measures), *_steps(times)):
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


def _steps(times: list[ColumnMeaning]) -> Iterator[Pair]:
    """Order before shipment, shipment before delivery; due dates come after the first step."""
    if len(times) > 8:
        return
    spanned = {meaning.name for pair in _spans(times) for meaning in pair}
    stages = [(meaning, _stage(meaning)) for meaning in times]
    for lower, early in stages:
        for upper, late in stages:
            if early is None or late is None or early >= late:
                continue
            if upper.role == "updated_time" and lower.role != "created_time":
                continue  # a row may be touched at any time
            if lower.name in spanned and upper.name in spanned:
                continue
            if early == 1 and not set(lower.words) & _LEADING_ON:
                continue
            yield lower, upper


def _stage(meaning: ColumnMeaning) -> int | None:
    said = set(meaning.words)
    if said & {"birth"}:
        return None
    if said & _LAST:
        return 2
    if {"check", "in"} <= said:
        return 1  # of a stay that was booked before
    if said & _THEN:
        return 1
    return 0 if said & _FIRST else None


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
