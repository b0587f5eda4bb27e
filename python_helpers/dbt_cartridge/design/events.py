"""Which of a table's times says when it happened, and which of them are only planned."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dbt_cartridge.design.parts import Attribute

PLANNED = frozenset(
    """due required requested expected estimated planned scheduled promised target deadline expiry
    expires expiration renewal commit until""".split()
)
"""Of a time that is planned: what it names has not happened when the row is written."""
_LATER = frozenset(
    """end ended ends close closing closed resolved completed finished cancelled canceled last
    latest changed modified updated edited viewed""".split()
)
"""Of what comes after, or again and again: it dates a row only where nothing else does."""
_PERIODS = frozenset({"period", "service", "coverage", "accrual"})
"""What begins with a day without anything happening on it: a bill's period."""
_CHANGED = frozenset("changed modified updated edited".split())
_PLAIN = frozenset("at on date time timestamp datetime".split())
_FEW_WITHOUT = 0.05  # of the rows have no time


def is_planned(attribute: Attribute) -> bool:
    """`requested_ship_date` is; that something was requested, at `requested_at`, has happened."""
    said = attribute.words - _PLAIN
    return not PLANNED.isdisjoint(said) and said != frozenset({"requested"})


def is_of_period(words: Collection[str]) -> bool:
    """One end of what a row is about: the rent of a week is not paid when the week begins."""
    return not _PERIODS.isdisjoint(words)


def event_time(attributes: Sequence[Attribute]) -> Attribute | None:
    """When it happened, else when it was recorded; a time that nearly every row has before others.

    An invoice that is not paid yet has happened all the same.
    """
    times = [
        a for a in attributes
        if a.type in ("date", "timestamp") and not is_planned(a)
        and (a.origin is not None or a.role == "created_time")  # not the day made of a moment
    ]  # fmt: skip
    first = [
        a for a in times
        if not a.follows and not is_of_period(a.words)
        and (_LATER.isdisjoint(a.words) or _is_of_change(a))
    ]  # fmt: skip
    for among, filled in ((first, True), (first, False), (times, True)):
        for role in ("event_time", "created_time"):
            found = [a for a in among if a.role == role and (is_filled(a) or not filled)]
            if found:
                return found[0]
    return None


def _is_of_change(attribute: Attribute) -> bool:
    """A bare `updated_at` that is no stamp on the row, since it is part of its key: each row tells
    of a change."""
    return attribute.role == "event_time" and attribute.words <= _PLAIN | _CHANGED


def is_filled(attribute: Attribute) -> bool:
    """Nearly every row has it."""
    profile = attribute.profile
    few = profile is not None and profile.nulls <= _FEW_WITHOUT * profile.rows
    return attribute.required or few
