"""Times that were never on a clock: 0001-01-01, 1970-01-01, 9999-12-31 stand for none."""

from __future__ import annotations

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.scan import Profile, TypeFamily

_DAYS = ("1971-01-01", "2200-01-01")
"""From the first on and before the second a time is one."""


def seen(profile: Profile | None) -> int:
    """How many of the frequent values are placeholders, one at least where the bounds are; 0 where
    they show none."""
    if profile is None or not (is_placeholder(profile.min) or is_placeholder(profile.max)):
        return 0
    return max(1, sum(v.count for v in profile.top_values if is_placeholder(v.value)))


def is_placeholder(text: str | None) -> bool:
    """By the text of a day in year, month, day: bounds of other forms are none."""
    day = (text or "").strip()[:10]
    if len(day) != len("2024-01-31") or not (day[:4].isdigit() and day[4] == "-"):
        return False
    return day < _DAYS[0] or day >= _DAYS[1]


def is_real(expression: str, type: TypeFamily) -> str:
    """SQL: whether a date or a timestamp is a time, where it is not NULL."""
    low, high = (sql.cast(sql.literal(day), type) for day in _DAYS)
    return f"{expression} >= {low} and {expression} < {high}"


def measured(expression: str, time: Attribute) -> str:
    """SQL: the time, to count from or to. What never comes is NULL: to 9999-12-31 are three million
    days. What was long ago may be a birth."""
    last = sql.cast(sql.literal(_DAYS[1]), time.type)
    far = time.profile is not None and is_placeholder(time.profile.max)
    return f"case when {expression} < {last} then {expression} end" if far else expression
