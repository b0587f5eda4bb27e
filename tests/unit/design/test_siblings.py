"""Facts of one shape under several channels are one fact more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.report.arrivals import arrivals
from tests.unit.design.built import Built
from tests.unit.design.made import claims, column, columns, designed, host, names, table

MONEY = {"additivity": "additive", "money": True}
FILL = [column(name) for name in "abcde"]  # wide enough to stand alone as a dimension
ITEMS = table("items", column("id", role="key"), column("name", "text", "name"), *FILL)


def sales(channel: str, *more: Any, head: str = "sales") -> Any:
    return table(
        f"{channel}_{head}", column("number", role="key"),
        column("item_id", role="foreign_key", distinct=2),
        column("sold_on", "date", "event_time"),
        column("quantity", role="measure", meaning={"additivity": "additive"}),
        column("paid", "decimal", "measure", meaning=MONEY), *more,
        role="fact", shape="transaction", key="number", links={"item_id": "items.id"},
    )  # fmt: skip


def shop(*made: Any) -> Design:
    return designed(ITEMS, *made)


def test_what_is_sold_in_several_channels_is_one_fact_with_the_channel() -> None:
    day = date(2024, 1, 1)
    kinds = "number int, item_id int, sold_on date, quantity int, paid decimal(10, 2)"
    nought = "id int, name text, a int, b int, c int, d int, e int"
    built = Built(
        shop(sales("store"), sales("web", column("page", "text"))),
        {
            "items": (nought, [(1, "i", 0, 0, 0, 0, 0)]),
            "store_sales": (kinds, [(1, 1, day, 2, Decimal(3)), (2, 1, day, 1, Decimal(2))]),
            "web_sales": (f"{kinds}, page text", [(1, 1, day, 5, Decimal(9), "p")]),
        },
    )
    query = (
        "select channel, count(*), sum(quantity), sum(paid) from fct_sales group by 1 order by 1"
    )
    assert built.rows(query) == [("store", 2, 3, Decimal(5)), ("web", 1, 5, Decimal(9))]
    made = next(model for model in built.design.models if model.name == "fct_sales")
    assert made.primary_key[0] == "channel"
    assert "page" not in columns(made)
    assert not [name for name in columns(made) if "previous" in name or name.endswith("_number_2")]
    assert claims(made, "relationships")


def test_what_is_bought_and_what_is_sold_are_not_added_up() -> None:
    assert "fct_orders" not in names(shop(sales("purchase", head="orders"),
                                          sales("sales", head="orders")), "marts")  # fmt: skip


def test_facts_of_two_shapes_stay_two() -> None:
    others = [column(f"x{n}") for n in range(9)]
    assert "fct_sales" not in names(
        shop(sales("store", *others), table(
            "web_sales", column("id", role="key"), column("sold_on", "date", "event_time"),
            *[column(f"y{n}") for n in range(9)], role="fact", shape="event",
        )), "marts",
    )  # fmt: skip


def test_the_fact_of_all_channels_keeps_its_name_in_the_next_run() -> None:
    made = shop(sales("store"), sales("web"))
    kept = {model.name: model.based_on for model in made.models if model.layer == "marts"}
    again = designed(ITEMS, sales("store"), sales("web"), to=host(kept_names=kept))
    assert names(again, "marts") == names(made, "marts")


def test_what_arrived_of_a_table_is_not_read_from_the_fact_of_all_channels() -> None:
    nothing = Verdicts(level="none")
    found = {a.table: a for a in arrivals(shop(sales("store"), sales("web")), nothing)}
    assert [mart.model for mart in found["raw.store_sales"].marts] == ["fct_store_sales"]
