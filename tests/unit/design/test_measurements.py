"""Histories and measurements of a thing: its id, its name, its measures, in its own words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.schema import Identity
from tests.unit.design.made import host
from tests.unit.infer.rows import Rows, World, edges, key

CAMPAIGNS, DAYS, DEVICES = range(101, 126), range(40), ("MOBILE", "DESKTOP")


def history() -> Rows:
    rows = [(c, version) for version in range(3) for c in CAMPAIGNS]
    return {
        "id": [c for c, _ in rows],
        "updated_at": [
            datetime(2023, 1, 1) + timedelta(days=30 * version, minutes=c) for c, version in rows
        ],
        "name": [f"Campaign {c}" for c, _ in rows],
        "status": ["PAUSED" if version == 2 and c % 4 == 0 else "ENABLED" for c, version in rows],
    }


def stats() -> Rows:
    rows = [(c, day, device) for day in DAYS for device in DEVICES for c in CAMPAIGNS]
    return {
        "id": [c for c, _, _ in rows],
        "date": [date(2023, 6, 1) + timedelta(days=day) for _, day, _ in rows],
        "device": [device for _, _, device in rows],
        "cost_micros": [1000 * (i * 7 % 37) for i in range(len(rows))],
        "clicks": [i * 13 % 41 for i in range(len(rows))],
        "impressions": [i * 17 % 401 for i in range(len(rows))],
        "_fivetran_synced": [datetime(2023, 9, 1)] * len(rows),
    }


WORLD = World({"campaign_history": history(), "campaign_stats": stats()})


@cache
def made() -> Design:
    schema = WORLD.infer()
    return design(schema, WORLD.scan, host(), Settings())


def names(model: str) -> list[str]:
    return [c.name for m in made().models if m.name == model for c in m.columns]


def test_the_id_of_measurements_leads_to_what_is_measured() -> None:
    schema = WORLD.infer()
    assert key(schema, "campaign_stats") == ("id", "date", "device")
    assert edges(schema) == {"campaign_stats(id)": "campaign_history(id)"}


def test_a_things_columns_are_not_named_after_the_table_that_keeps_its_history() -> None:
    assert names("dim_campaign_history")[:3] == ["campaign_id", "campaign_name", "campaign_status"]
    assert names("fct_campaign_statistics")[0] == "campaign_id"


def test_a_things_measures_are_summed_up_under_their_own_names() -> None:
    assert {"total_clicks", "total_cost_micros", "total_impressions"} <= {*names("dim_campaigns")}


def test_an_id_of_each_row_stays_that_of_the_row() -> None:
    rows = {"id": list(range(1, 101)), "name": [f"Sheet {i}" for i in range(100)]}
    schema = World({"expense_reports": rows}).infer()
    assert (schema.tables[0].subject, key(schema, "expense_reports")) == (
        "expense_report",
        ("id",),
    )


def test_what_came_to_a_state_is_summed_up() -> None:
    world = World(
        {
            "deals": {
                "deal_id": list(range(1, 61)),
                "account_id": [1 + i % 12 for i in range(60)],
                "stage_name": [("open", "won", "lost")[i % 3] for i in range(60)],
                "is_won": [i % 3 == 1 for i in range(60)],
                "amount": [100.0 + i for i in range(60)],
                "closed_on": [date(2024, 1, 1) + timedelta(days=i) for i in range(60)],
            },
            "accounts": {
                "account_id": list(range(1, 13)),
                "account_name": [f"Account {i}" for i in range(12)],
            },
        }
    )
    schema = world.infer()
    made = design(schema, world.scan, host(), Settings())
    held = {c.name for m in made.models if m.name == "dim_accounts" for c in m.columns}
    assert {"won_deal_amount", "lost_deal_amount", "open_deal_amount"} <= held


def test_a_product_that_stands_in_the_row_is_not_made_again() -> None:
    rows: dict[str, list[Any]] = {
        "line_id": list(range(1, 61)),
        "quantity": [1 + i % 5 for i in range(60)],
        "unit_price": [10.25 + i % 7 for i in range(60)],
        "total_price": [(1 + i % 5) * (10.25 + i % 7) for i in range(60)],
    }
    held = Identity(
        kind="product", table="raw.quote_lines", result="total_price",
        operands=("quantity", "unit_price"), considered=60, hits=60,
    )  # fmt: skip
    assert "line_amount" not in fact(rows, held)
    del rows["total_price"]
    assert "line_amount" in fact(rows)


def fact(rows: Rows, *held: Identity) -> set[str]:
    world = World({"quote_lines": rows})
    schema = world.infer().model_copy(update={"identities": held})
    models = design(schema, world.scan, host(), Settings()).models
    return {c.name for model in models if model.name.startswith("fct_") for c in model.columns}


def balances(*more: str) -> set[str]:
    """Columns of the accounts' mart. `more`: what tells the rows apart beside account and day."""
    pairs = [(a, day, b) for day in range(20) for a in range(1, 21) for b in more or ("",)]
    rows: dict[str, Any] = {
        "account_id": [a for a, _, _ in pairs],
        "as_of_date": [date(2024, 1, 1) + timedelta(days=day) for _, day, _ in pairs],
        "balance": [100.5 + (a * day) % 37 for a, day, _ in pairs],
    }
    if more:
        rows["currency_pocket"] = [b for _, _, b in pairs]
    world = World(
        {
            "accounts": {
                "account_id": list(range(1, 21)),
                "account_name": [f"Account {i}" for i in range(20)],
                "opened_on": [date(2020, 1, 1) + timedelta(days=i) for i in range(20)],
            },
            "account_balances": rows,
        }
    )
    made = design(world.infer(), world.scan, host(), Settings())
    return {c.name for m in made.models if m.name == "dim_accounts" for c in m.columns}


def test_what_stands_now_is_the_latest_of_what_is_read_each_day() -> None:
    assert "latest_balance" in balances()
    assert "latest_balance" not in balances("main", "savings")  # one pocket's is not the account's
