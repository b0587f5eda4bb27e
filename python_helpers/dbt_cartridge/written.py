"""How the times in a column are written, where its type does not say it: proved by counting, in
every row that has a value. Shared, because inference reads a column by it and design casts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from dbt_cartridge.documents.scan import Column, Profile

Form = Literal[
    "iso", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d",
    "seconds", "milliseconds", "microseconds", "nanoseconds",
]  # fmt: skip
_EPOCHS: tuple[tuple[Form, int], ...] = (
    ("seconds", 1), ("milliseconds", 1_000), ("microseconds", 1_000_000),
    ("nanoseconds", 1_000_000_000),
)  # fmt: skip
EPOCHS: frozenset[Form] = frozenset(form for form, _ in _EPOCHS)
_SINCE, _UNTIL = 631_152_000, 4_102_444_800  # 1990 and 2100, in seconds since 1970
_FIRST_DAY, _LAST_DAY, _NEVER = 19000101, 21001231, 99991231
_NO_CHANCE = 12
"""So many different eight-digit numbers are not all days by chance: one in 27 is."""


@dataclass(frozen=True)
class WrittenTime:
    """`certain`: the form alone proves it. Else the column's name has to say time as well."""

    kind: Literal["date", "timestamp"]
    form: Form
    certain: bool = True


def written_time(column: Column) -> WrittenTime | None:
    """What every value of a column of text or whole numbers is, if that is a time."""
    profile = column.profile
    if profile is None or (filled := values(profile)) <= 0:
        return None
    if column.type == "integer":
        return _day_number(profile, filled, profile.zeros) or _epoch(profile)
    if column.type == "float":
        found = _epoch(profile)
        return found if found and found.form == "seconds" else None
    return _text(profile, filled) if column.type == "text" else None


def epoch_scale(form: Form) -> int:
    """How many of an epoch's units are a second."""
    return dict(_EPOCHS)[form]


def epoch_range(form: Form) -> tuple[int, int]:
    """The numbers that are a time of that form, both ends included; others are something else."""
    scale = epoch_scale(form)
    return _SINCE * scale, _UNTIL * scale


def values(profile: Profile) -> int:
    """How many rows hold a value that is not blank."""
    return profile.rows - profile.nulls - profile.blanks


def _text(profile: Profile, filled: int) -> WrittenTime | None:
    seen = profile.patterns
    if seen is None or filled == seen.zero_date:
        return None
    if seen.timestamp and seen.timestamp + seen.zero_date == filled:
        return WrittenTime("timestamp", "iso")
    if seen.date and seen.date + seen.zero_date == filled:
        return WrittenTime("date", "iso")
    if seen.timestamp and seen.date + seen.timestamp + seen.zero_date == filled:
        return WrittenTime("timestamp", "iso", certain=False)
    if seen.year_first == filled:
        return WrittenTime("date", "%Y/%m/%d")
    if (seen.month_first == filled) != (seen.day_first == filled):  # 01/02 is either
        if seen.month_first == filled:
            return WrittenTime("date", "%m/%d/%Y")
        if seen.dotted_day in (0, filled):
            return WrittenTime("date", "%d.%m.%Y" if seen.dotted_day else "%d/%m/%Y")
    if seen.dotted_day == filled:
        return WrittenTime("date", "%d.%m.%Y")
    if seen.integer == filled and profile.min_length == profile.max_length:
        # Digits of one length stand in the order of their numbers.
        return _day_number(profile, filled, seen.zero_date) or _epoch(profile)
    return None


def _day_number(profile: Profile, filled: int, without: int) -> WrittenTime | None:
    """Args:
    without: rows that hold 0 or `00000000`, which say that there is no day.
    """
    low, high = _whole(profile.min), _whole(profile.max)
    if profile.days + without != filled or not profile.days or low is None or high is None:
        return None
    if (not without and low < _FIRST_DAY) or (high > _LAST_DAY and high != _NEVER):
        return None
    return WrittenTime("date", "%Y%m%d", certain=(profile.distinct or 0) > _NO_CHANCE)


def _epoch(profile: Profile) -> WrittenTime | None:
    """Where 0 stands for no time, every other value has the digits of one."""
    low, high = _number(profile.min), _number(profile.max)
    if low is None or high is None or low == high:
        return None
    if low == 0 and profile.epochs + profile.zeros == values(profile):
        low = high
    for form, scale in _EPOCHS:
        if _SINCE * scale <= low and high <= _UNTIL * scale:
            return WrittenTime("timestamp", form, certain=False)
    return None


def _whole(text: str | None) -> int | None:
    number = _number(text)
    return int(number) if number is not None and number == int(number) else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and isfinite(number) else None
