"""The date dimension: a row a day, over the days on which facts happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dbt_cartridge.config import Settings
from dbt_cartridge.design import checks
from dbt_cartridge.design.enrich import Wide
from dbt_cartridge.design.parts import Attribute, Offer, model_columns
from dbt_cartridge.documents.design import (
    ColumnGroup,
    DateSpine,
    Model,
    ModelColumn,
    Projection,
)
from dbt_cartridge.documents.scan import TypeFamily

KEY = "date_day"
# Beyond these days a date is a sentinel (`9999-12-31`), and a spine to it millions of rows. The
# spine is bounded by them in its SQL, since a sentinel may come with a later load.
EARLIEST, LATEST = "1900-01-01", "2100-12-31"
_YEARS = int(EARLIEST[:4]), int(LATEST[:4])
BOUNDED = "the calendar holds no day before {} or after {}: such a day is a placeholder".format(
    *_YEARS
)
_DAY = '"days"."date_day"'
_YEAR, _QUARTER, _MONTH = (f"extract({part} from {_DAY})" for part in ("year", "quarter", "month"))
# A week belongs to the year in which its Thursday is: ISO 8601.
_THURSDAY = f"date_trunc('week', {_DAY}) + interval 3 day"

Column = tuple[str, str, TypeFamily, ColumnGroup, str]
"""Name, expression, type, group, description."""

_COLUMNS: tuple[Column, ...] = (
    (KEY, _DAY, "date", "dates", "The day that the row is about."),
    ("week_start_date", f"cast(date_trunc('week', {_DAY}) as date)", "date", "dates",
     "Monday of the week that the day is in."),
    ("month_start_date", f"cast(date_trunc('month', {_DAY}) as date)", "date", "dates",
     "First day of the month."),
    ("month_end_date", f"cast(last_day({_DAY}) as date)", "date", "dates",
     "Last day of the month."),
    ("quarter_start_date", f"cast(date_trunc('quarter', {_DAY}) as date)", "date", "dates",
     "First day of the quarter."),
    ("year_start_date", f"cast(date_trunc('year', {_DAY}) as date)", "date", "dates",
     "First day of the year."),
    ("year_number", f"cast({_YEAR} as integer)", "integer", "numerics",
     "Calendar year, in four digits."),
    ("quarter_of_year", f"cast({_QUARTER} as integer)", "integer", "numerics",
     "Quarter of the calendar year, 1 to 4."),
    ("month_of_year", f"cast({_MONTH} as integer)", "integer", "numerics",
     "Month of the year, 1 to 12."),
    ("iso_year_number", f"cast(extract(year from {_THURSDAY}) as integer)", "integer", "numerics",
     "Year to which the ISO week belongs; around New Year it is not always the calendar year."),
    ("iso_week_of_year", f"cast(extract(week from {_DAY}) as integer)", "integer", "numerics",
     "ISO week, 1 to 53: it begins on Monday, and the first one holds January 4th."),
    ("day_of_month", f"cast(extract(day from {_DAY}) as integer)", "integer", "numerics",
     "Day of the month, 1 to 31."),
    ("day_of_year", f"cast(extract(doy from {_DAY}) as integer)", "integer", "numerics",
     "Day of the year, 1 to 366."),
    ("day_of_week", f"cast(extract(isodow from {_DAY}) as integer)", "integer", "numerics",
     "Day of the week: 1 is Monday, 7 is Sunday."),
    ("calendar_month", f"cast({_YEAR} as varchar) || '-' || "
     f"lpad(cast({_MONTH} as varchar), 2, '0')", "text", "strings",
     "Year and month, such as 2024-03: sorts as it reads."),
    ("calendar_quarter", f"cast({_YEAR} as varchar) || '-Q' || cast({_QUARTER} as varchar)",
     "text", "strings", "Year and quarter, such as 2024-Q1."),
    ("month_name", f"monthname({_DAY})", "text", "strings", "January to December."),
    ("day_name", f"dayname({_DAY})", "text", "strings", "Monday to Sunday."),
    ("is_weekend", f"extract(isodow from {_DAY}) in (6, 7)", "boolean", "booleans",
     "True on Saturdays and Sundays."),
)  # fmt: skip
_CURRENT: tuple[tuple[str, str, str], ...] = (
    ("day", KEY, "True for today."),
    ("week", "week_start_date", "True in the week that today is in."),
    ("month", "month_start_date", "True in the month that today is in."),
    ("quarter", "quarter_start_date", "True in the quarter that today is in."),
    ("year", "year_start_date", "True in the year that today is in."),
)
"""What is compared with today. Of a view: in a table it would be the day of its last build."""


def _fiscal(first_month: int) -> tuple[Column, ...]:
    """Of a fiscal year that begins in another month than January."""
    if first_month == 1:
        return ()
    month = f"mod(cast({_MONTH} as integer) + {12 - first_month}, 12)"
    begins = f"the fiscal year, which begins in month {first_month}"
    return (
        ("fiscal_year_number", f"cast({_YEAR} as integer) + "
         f"case when {_MONTH} >= {first_month} then 1 else 0 end", "integer", "numerics",
         f"Fiscal year, by the calendar year in which it ends; it begins in month {first_month}."),
        ("fiscal_quarter_of_year", f"cast(floor({month} / 3.0) as integer) + 1", "integer",
         "numerics", f"Quarter of {begins}, 1 to 4."),
        ("fiscal_month_of_year", f"{month} + 1", "integer", "numerics",
         f"Month of {begins}, 1 to 12."),
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
        any(_YEARS[0] <= y <= _YEARS[1] for y in known)
        or min(known) < _YEARS[0] < _YEARS[1] < max(known)
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
        beside: models on tables that this run is not about, generated or the user's own.
    """
    now = _bounds(dated)
    kept = [bound for bound in before if bound[0] in beside or bound in now]
    return (*kept, *(bound for bound in now if bound not in kept))


def models(days: str, calendar: str, bounds: Bounds, settings: Settings) -> tuple[Model, Model]:
    """The days as a table, and the calendar: a view on them that knows what day it is.

    Args:
        days, calendar: their names.
        bounds: one at least.
    """
    columns = (*_COLUMNS, *_fiscal(settings.fiscal_year_start))
    ahead = settings.calendar_years_ahead
    year = "this year" if not ahead else f"the year {ahead} after this one"
    spine = Model(
        name=days,
        layer="intermediate",
        folder="",
        description="Every day of the years in which the facts happened, to the end of "
        f"{year}. Days before {_YEARS[0]} and after {_YEARS[1]} are taken for placeholders.",
        grain="One row per day.",
        entity="date",
        body=DateSpine(
            bounds=bounds,
            earliest=EARLIEST,
            latest=LATEST,
            years_ahead=ahead,
            projections=tuple(
                Projection(name=column, expression=expression, group=group)
                for column, expression, _, group, _ in columns
            ),
        ),
        columns=tuple(
            ModelColumn(name=column, description=text, type=family)
            for column, _, family, _, text in columns
        ),
        materialized="table",
        primary_key=(KEY,),
    )
    return spine, _calendar(calendar, spine, columns)


def _calendar(name: str, spine: Model, columns: Sequence[Column]) -> Model:
    by_column, _ = checks.key_tests((KEY,))
    offer = Offer(
        spine.name,
        tuple(
            Attribute(name=column, type=family, group=group, description=text)
            for column, _, family, group, text in columns
        ),
        (KEY,),
    )
    wide = Wide.of(offer, "dates")
    for part, start, text in _CURRENT:
        today = "current_date" if part == "day" else f"date_trunc('{part}', current_date)"
        flag = Attribute(
            name=f"is_current_{part}", type="boolean", group="booleans", description=text
        )
        wide.take(flag, f"{wide.expressions[start]} = cast({today} as date)", flag.name)
    query, attributes = wide.query()
    return Model(
        name=name,
        layer="marts",
        folder="",
        description=f"The calendar. {spine.description}",
        grain=spine.grain,
        entity=spine.entity,
        body=query,
        columns=model_columns(attributes, by_column),
        materialized="view",
        primary_key=(KEY,),
    )


def _bounds(dated: Iterable[Dated]) -> Bounds:
    """Every column, those of one model together."""
    by_model: dict[str, list[Attribute]] = {}
    for one in dated:
        by_model.setdefault(one.model, []).append(one.attribute)
    return tuple((m, a.name) for m, attributes in by_model.items() for a in attributes)
