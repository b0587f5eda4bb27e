"""The calendar: every day of the facts, named and counted as people and ISO 8601 do."""

from __future__ import annotations

import calendar as known
import re
from datetime import date, timedelta

import duckdb
import pytest

from dbt_cartridge.documents.design import DateSpine
from dbt_cartridge.documents.host import HostModel, HostSource
from dbt_cartridge.documents.style import Style
from dbt_cartridge.render import expressions, queries
from dbt_cartridge.render.dialects import CHANGES
from tests.unit.design.made import claims, column, customers, designed, host, orders, table

FIRST = date(2019, 12, 25)


def test_every_day_of_a_fact_is_in_the_date_dimension() -> None:
    result = designed(customers(), orders())
    assert result.by_name["dim_dates"].primary_key == ("date_day",)
    assert "dim_dates" in [t.to for t in claims(result.by_name["fct_orders"], "relationships")]


def test_a_date_beyond_all_calendars_makes_no_endless_spine() -> None:
    until = column("valid_until", "date", min="2020-01-01", max="9999-12-31")
    result = designed(customers(), orders(until))
    sql = "\n".join(
        cte.body for cte in queries.body(result.by_name["int_dates"], "duckdb", Style())[0]
    )
    assert "between date '1900-01-01' and date '2100-12-31'" in sql
    never = column("valid_until", "date", min="9999-12-31", max="9999-12-31")
    result = designed(customers(), orders(never))
    bounds = result.by_name["int_dates"].body.bounds
    assert bounds == (("stg_raw__orders", "ordered_date"),)


@pytest.mark.parametrize("adapter", [*CHANGES, "trino"])
def test_the_bounds_of_a_calendar_stand_in_one_place(adapter: str) -> None:
    model = designed(customers(), orders()).by_name["int_dates"]
    assert isinstance(model.body, DateSpine)
    changed = {"earliest": "1970-01-01", "latest": "2049-12-31", "years_ahead": 3}
    moved = model.model_copy(update={"body": model.body.model_copy(update=changed)})
    for each, days in (
        (model, ("1900-01-01", "2100-12-31")),
        (moved, ("1970-01-01", "2049-12-31")),
    ):
        sql = "\n".join(cte.body for cte in queries.body(each, adapter, Style())[0])
        assert re.findall(r"\d{4}-\d\d-\d\d", sql) == list(days)


def test_a_calendar_reads_every_date_of_every_fact() -> None:
    facts = [
        table(f"event{n}s", column("id", role="key"),
              *[column(f"day{i}", "date", "event_time", min="2020-01-01", max="2021-01-01")
                for i in range(2)], role="fact")
        for n in range(9)
    ]  # fmt: skip
    bounds = designed(*facts).by_name["int_dates"].body.bounds
    assert len(bounds) == 18


def test_what_is_compared_with_today_stands_in_a_view() -> None:
    result = designed(customers(), orders())
    calendar, days = result.by_name["dim_dates"], result.by_name["int_dates"]
    assert (calendar.materialized, days.materialized) == ("view", "table")
    told = {c.name for c in calendar.columns} - {c.name for c in days.columns}
    assert told == {f"is_current_{part}" for part in ("day", "week", "month", "quarter", "year")}


def test_fiscal_columns_come_with_a_fiscal_year_of_its_own() -> None:
    plain, fiscal = (
        {c.name for c in designed(customers(), orders(), **options)
         .by_name["dim_dates"].columns}
        for options in ({}, {"fiscal_year_start": 4})
    )  # fmt: skip
    assert fiscal - plain == {
        "fiscal_year_number", "fiscal_quarter_of_year", "fiscal_month_of_year",
    }  # fmt: skip


def test_a_calendar_that_held_its_days_itself_keeps_its_name() -> None:
    before = HostModel(name="dim_days", path="models/marts/dim_days.sql", package="shop",
                       generated=True, bounds=(("stg_raw__orders", "ordered_date"),))  # fmt: skip
    stands = host().model_copy(update={"models": (before,)})
    result = designed(customers(), orders(), to=stands)
    assert {"dim_days", "int_dates"} <= set(result.by_name)
    assert "dim_dates" not in result.by_name


def test_a_calendar_goes_on_to_span_what_other_runs_and_the_user_stage_elsewhere() -> None:
    bounds = (("stg_crm__calls", "called_at"), ("base_visits", "seen_at"))
    days = HostModel(name="int_dates", path="models/intermediate/int_dates.sql", package="shop",
                     generated=True, bounds=bounds)  # fmt: skip
    calls = HostModel(name="stg_crm__calls", path="models/staging/stg_crm__calls.sql",
                      package="shop", generated=True, relations=("crm.calls",))  # fmt: skip
    visits = HostModel(name="base_visits", path="models/base_visits.sql", package="shop",
                       source=("web", "visits"), sql="select 1")  # fmt: skip
    web = HostSource(name="web", schema_name="web", path="m.yml", tables=("visits",))
    stands = host().model_copy(update={"models": (days, calls, visits), "sources": (web,)})

    body = designed(customers(), orders(), to=stands).by_name["int_dates"].body

    assert isinstance(body, DateSpine)
    assert body.bounds == (*bounds, ("stg_raw__orders", "ordered_date"))


def said(day: date, start: int) -> dict[str, object]:
    """What is true of a day, by Python's own calendar."""
    iso = day.isocalendar()
    month = (day.month - start) % 12 + 1
    return {
        "date_day": day,
        "week_start_date": day - timedelta(days=day.weekday()),
        "month_start_date": day.replace(day=1),
        "month_end_date": day.replace(day=known.monthrange(day.year, day.month)[1]),
        "quarter_start_date": date(day.year, 3 * ((day.month - 1) // 3) + 1, 1),
        "year_start_date": date(day.year, 1, 1),
        "year_number": day.year,
        "quarter_of_year": (day.month + 2) // 3,
        "month_of_year": day.month,
        "iso_year_number": iso.year,
        "iso_week_of_year": iso.week,
        "day_of_month": day.day,
        "day_of_year": day.timetuple().tm_yday,
        "day_of_week": day.isoweekday(),
        "calendar_month": f"{day:%Y-%m}",
        "calendar_quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "month_name": known.month_name[day.month],
        "day_name": known.day_name[day.weekday()],
        "is_weekend": day.weekday() >= 5,
        "fiscal_year_number": day.year + (day.month >= start),
        "fiscal_quarter_of_year": (month + 2) // 3,
        "fiscal_month_of_year": month,
    }


@pytest.mark.parametrize("start", [2, 7, 12])
def test_every_column_says_what_is_true_of_the_day(start: int) -> None:
    spine = designed(customers(), orders(), fiscal_year_start=start).by_name["int_dates"].body
    assert isinstance(spine, DateSpine)
    made = [
        f"{expressions.sql(each.expression, 'duckdb', drop=frozenset({'days'}))} as {each.name}"
        for each in spine.projections
    ]
    days = f"select unnest(generate_series(date '{FIRST}', date '2021-01-10', interval 1 day))"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {', '.join(made)} from (select cast(day as date) as date_day "
            f"from ({days} as day))"
        )
        names = [each[0] for each in found.description or ()]
        rows = found.fetchall()
    assert len(rows) == 383
    for at, row in enumerate(rows):
        assert dict(zip(names, row, strict=True)) == said(FIRST + timedelta(days=at), start)
