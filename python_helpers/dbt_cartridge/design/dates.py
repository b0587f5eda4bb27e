"""The date dimension: a row a day, over the days on which facts happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dbt_cartridge.design import checks
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.design import (
    ColumnGroup,
    DateSpine,
    Model,
    ModelColumn,
    Projection,
)
from dbt_cartridge.documents.scan import TypeFamily

KEY = "date_day"
# Beyond these years a date is a sentinel (`9999-12-31`), and a spine to it millions of rows. The
# templates of the spine bound it by the same years, since a sentinel may come with a later load.
MOST_INPUTS = 6
_EARLIEST, _LATEST = 1900, 2100
BOUNDED = "the calendar holds no day before 1900 or after 2100: such a day is a placeholder"
_DAY = '"days"."date_day"'
_COLUMNS: tuple[tuple[str, str, TypeFamily, ColumnGroup, str], ...] = (
    (KEY, _DAY, "date", "dates", "The day."),
    ("week_start_date", f"cast(date_trunc('week', {_DAY}) as date)", "date", "dates",
     "Monday of the week that the day is in."),
    ("month_start_date", f"cast(date_trunc('month', {_DAY}) as date)", "date", "dates",
     "First day of the month."),
    ("quarter_start_date", f"cast(date_trunc('quarter', {_DAY}) as date)", "date", "dates",
     "First day of the quarter."),
    ("year_start_date", f"cast(date_trunc('year', {_DAY}) as date)", "date", "dates",
     "First day of the year."),
    ("year_number", f"cast(extract(year from {_DAY}) as integer)", "integer", "numerics",
     "Calendar year, in four digits."),
    ("quarter_of_year", f"cast(extract(quarter from {_DAY}) as integer)", "integer", "numerics",
     "Quarter of the calendar year, 1 to 4."),
    ("month_of_year", f"cast(extract(month from {_DAY}) as integer)", "integer", "numerics",
     "Month of the year, 1 to 12."),
    ("day_of_month", f"cast(extract(day from {_DAY}) as integer)", "integer", "numerics",
     "Day of the month, 1 to 31."),
    ("day_of_year", f"cast(extract(doy from {_DAY}) as integer)", "integer", "numerics",
     "Day of the year, 1 to 366."),
    ("day_of_week", f"cast(extract(isodow from {_DAY}) as integer)", "integer", "numerics",
     "Day of the week: 1 is Monday, 7 is Sunday."),
    ("is_weekend", f"extract(isodow from {_DAY}) in (6, 7)", "boolean", "booleans",
     "True on Saturdays and Sundays."),
)  # fmt: skip


@dataclass(frozen=True)
class Dated:
    """A date column of a fact: what bounds the spine, and what the profile saw of it."""

    model: str  # the staging model
    attribute: Attribute


def is_sane(attribute: Attribute) -> bool:
    """Holds days that a calendar should have, as far as was seen, sentinels apart."""
    profile = attribute.profile
    if profile is None:
        return attribute.role in ("event_time", "created_time")
    seen = [year(text) for text in (profile.min, profile.max)]
    known = [y for y in seen if y is not None]
    return bool(known) and (
        any(_EARLIEST <= y <= _LATEST for y in known)
        or min(known) < _EARLIEST <= _LATEST < max(known)
    )


def year(text: str | None) -> int | None:
    """Of a day that is written `2021-12-31`, `12/31/2021` or `31.12.2021`."""
    ends = [part for part in ((text or "")[:4], (text or "")[-4:]) if len(part) == 4]
    return next((int(part) for part in ends if part.isdigit()), None)


Bounds = tuple[tuple[str, str], ...]


def bounds(dated: Sequence[Dated], before: Bounds, beside: Collection[str]) -> Bounds:
    """What bounds the calendar: columns of this run, and of models `beside` it.

    Args:
        before: of the calendar that stands. What stays keeps its order.
        beside: models that were generated and that this run is not about.
    """
    now = _bounds(dated)
    kept = [bound for bound in before if bound[0] in beside or bound in now]
    return (*kept, *(bound for bound in now if bound not in kept))


def spine(name: str, bounds: Bounds) -> Model | None:
    """The model, or None where no fact has a usable date."""
    if not bounds:
        return None
    by_column, _ = checks.key_tests((KEY,))
    return Model(
        name=name,
        layer="marts",
        folder="",
        description="The calendar: every day of the years in which the facts happened, to the end "
        "of this year. Days before 1900 and after 2100 are taken for placeholders.",
        grain="One row per day.",
        entity="date",
        body=DateSpine(
            bounds=bounds,
            projections=tuple(
                Projection(name=column, expression=expression, group=group)
                for column, expression, _, group, _ in _COLUMNS
            ),
        ),
        columns=tuple(
            ModelColumn(name=column, description=text, type=family,
                        tests=tuple(by_column.get(column, ())))
            for column, _, family, _, text in _COLUMNS
        ),
        materialized="table",
        primary_key=(KEY,),
    )  # fmt: skip


def _bounds(dated: Iterable[Dated]) -> Bounds:
    """Every column of at most six models: those with the first and the last day before others."""
    by_model: dict[str, list[Attribute]] = {}
    for one in dated:
        by_model.setdefault(one.model, []).append(one.attribute)
    if len(by_model) > MOST_INPUTS:
        first = sorted(by_model, key=lambda m: min(_text(a, "min") for a in by_model[m]))
        last = sorted(by_model, key=lambda m: max(_text(a, "max") for a in by_model[m]))
        turns = [m for pair in zip(first, reversed(last), strict=True) for m in pair]
        chosen = list(dict.fromkeys(turns))[:MOST_INPUTS]
        by_model = {m: by_model[m] for m in by_model if m in chosen}
    return tuple((m, a.name) for m, attributes in by_model.items() for a in attributes)


def _text(attribute: Attribute, which: str) -> str:
    profile = attribute.profile
    return (getattr(profile, which) or "") if profile else ""
