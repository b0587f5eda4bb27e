"""What is measured again each period: a flow adds up over the periods, a level does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dbt_cartridge.documents.schema import Additivity
from tests.unit.infer.rows import Rows, World, table

DAYS = 30
PLACES = (1, 2, 3)


def series(**measures: list[int]) -> Rows:
    """Each place on each day; a measure's values one after the other, over and over."""
    places = [place for place in PLACES for _ in range(DAYS)]
    days = [date(2024, 1, 1) + timedelta(days=day) for _ in PLACES for day in range(DAYS)]
    told = {name: [v[i % len(v)] for i in range(len(days))] for name, v in measures.items()}
    return {"campaign_id": places, "day": days, **told}


def additivity(name: str, column: str, rows: Rows) -> Additivity | None:
    world = World({"campaigns": {"id": list(PLACES), "name": ["a", "b", "c"]}, name: rows})
    found = table(world.infer(), name)
    assert found.shape == "periodic_snapshot"
    return found.by_name[column].additivity


UP_AND_DOWN = [7, 3, 9, 4, 12, 5, 8]
UPWARDS = [10 + 3 * day for day in range(DAYS)]


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        ("campaign_reports", "clicks", "additive"),
        ("campaign_level_reports", "spend", "additive"),
        ("expenses_by_day", "amount", "additive"),
        ("ad_usage", "cost", "additive"),
        ("stock_days", "units_sold", "additive"),
        ("campaign_days", "budget_amount", "semi_additive"),
        ("stock_days", "quantity", "semi_additive"),
        ("balance_days", "amount", "semi_additive"),
        ("campaign_reports", "unique_clicks", "non_additive"),
    ],
)
def test_names_tell_flows_from_levels(name: str, column: str, expected: Additivity) -> None:
    rows = series(**{column: UP_AND_DOWN, "opening_balance": UP_AND_DOWN})
    assert additivity(name, column, rows) == expected


def test_what_only_ever_rises_is_a_running_total_whatever_its_name() -> None:
    assert additivity("campaign_reports", "clicks", series(clicks=UPWARDS)) == "semi_additive"


def test_a_cost_is_that_of_the_period_beside_what_was_done_in_it() -> None:
    alone = series(cost=UP_AND_DOWN)
    assert additivity("campaign_days", "cost", alone) == "semi_additive"
    assert additivity("campaign_days", "cost", series(cost=UP_AND_DOWN, clicks=UP_AND_DOWN)) == (
        "additive"
    )


@pytest.mark.parametrize(
    ("values", "expected"), [(UPWARDS, "semi_additive"), (UP_AND_DOWN, "additive")]
)
def test_what_a_counter_shows_whenever_it_is_read_is_a_running_total(
    values: list[int], expected: Additivity
) -> None:
    rows = series(register_total=values)
    read = {"read_id": list(range(len(rows["day"]))), "meter_id": rows["campaign_id"],
            "read_on": rows["day"], "register_total": rows["register_total"]}  # fmt: skip
    world = World({"meters": {"id": list(PLACES), "name": ["a", "b", "c"]}, "meter_reads": read})
    found = table(world.infer(), "meter_reads")
    assert found.shape != "periodic_snapshot"
    assert found.by_name["register_total"].additivity == expected
