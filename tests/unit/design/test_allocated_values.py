"""What is spread over lines, and what a product's parts cost, is right by value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from tests.unit.design.built import Built, lost
from tests.unit.design.made import Made, column, columns, designed, table

MONEY = {"additivity": "additive", "money": True}
OF_ONE = {"additivity": "non_additive", "money": True}
COUNTED = {"additivity": "additive"}
PLAIN = tuple(column(name) for name in "abcd")  # so much, and a table is worth a mart of its own


def orders(*more: Any) -> Made:
    return table(
        "orders", column("id", role="key"), column("ordered_on", "date", "event_time"),
        column("freight", "decimal", "measure", meaning=MONEY),
        column("total_tax", "decimal", "measure", meaning=MONEY),
        column("total_incl_tax", "decimal", "measure", meaning=MONEY), *more,
        role="fact", shape="transaction",
    )  # fmt: skip


def products(*more: Any) -> Made:
    return table("products", column("id", role="key"), column("name", "text", "name"), *PLAIN,
                 *more)  # fmt: skip


def lines(*more: Any, name: str = "order_lines") -> Made:
    return table(
        name, column("id", role="key"), column("order_id", role="foreign_key"),
        column("product_id", role="foreign_key"),
        column("quantity", "integer", "measure", meaning=COUNTED),
        column("unit_price", "decimal", "measure", meaning=OF_ONE), *more,
        role="fact", shape="transaction", entity=name.rstrip("s"),
        links={"order_id": "orders.id", "product_id": "products.id"},
    )  # fmt: skip


def parts(*more: Any, links: dict[str, str] | None = None) -> Made:
    return table(
        "parts", column("id", role="key"), column("product_id", role="foreign_key"),
        column("name", "text", "name"), column("cost", "decimal", "measure", meaning=MONEY), *more,
        links={"product_id": "products.id", **(links or {})},
    )  # fmt: skip


@cache
def shop() -> Built:
    """An order whose lines are worth 30 and 70, one whose lines are worth nothing, one without a
    freight, one whose line has no price, and one without lines."""
    two = Decimal(2)
    return Built(
        designed(orders(), products(), lines(), parts()),
        {
            "orders": (
                "id int, ordered_on date, freight decimal(9, 2), total_tax decimal(9, 2), "
                "total_incl_tax decimal(9, 2)",
                [(n, date(2024, 1, n), freight, two, 99)
                 for n, freight in enumerate((10, 8, None, 6, 5), 1)],
            ),
            "products": ("id int, name text, a int, b int, c int, d int",
                         [(n, f"p{n}", 0, 0, 0, 0) for n in (1, 2)]),
            "order_lines": (
                "id int, order_id int, product_id int, quantity int, unit_price decimal(9, 2)",
                [(1, 1, 1, 3, 10), (2, 1, 2, 2, 35), (3, 2, 1, 0, 5), (4, 2, 2, 1, 0),
                 (5, 3, 1, 1, 4), (6, 4, 1, 2, 3), (7, 4, 2, 1, None)],
            ),
            "parts": ("id int, product_id int, name text, cost decimal(9, 2)",
                      [(1, 1, "w", two), (2, 1, "x", 3), (3, None, "y", 9)]),
        },
    )  # fmt: skip


def test_what_was_charged_once_is_spread_over_the_lines_by_what_they_are_worth() -> None:
    """Where the lines are worth nothing together they share alike: all of it arrives."""
    query = "select allocated_freight, allocated_tax from fct_order_lines order by order_line_id"
    assert shop().rows(query) == [
        (3, 0.6), (7, 1.4), (4, 1), (4, 1), (None, 2), (6, 2), (0, 0),
    ]  # fmt: skip


def test_all_that_was_spread_is_what_the_orders_with_lines_hold() -> None:
    built = shop()
    query = "select sum(allocated_freight), sum(allocated_tax) from fct_order_lines"
    assert built.rows(query) == [(24, 8)]
    assert not lost(built, "fct_order_lines")


def test_what_is_spread_is_summed_for_a_product_and_not_for_its_order_again() -> None:
    made = shop().design.by_name
    query = "select total_order_line_allocated_freight from dim_products order by product_id"
    assert shop().rows(query) == [(13,), (11,)]
    assert not [name for name in columns(made["fct_orders"]) if "allocated" in name]


def test_an_amount_that_only_holds_a_tax_is_not_spread() -> None:
    assert "allocated_incl_tax" not in columns(shop().design.by_name["fct_order_lines"])


def test_what_the_lines_say_themselves_is_not_spread() -> None:
    tax = column("tax_amount", "decimal", "measure", meaning=MONEY)
    made = designed(orders(), products(), lines(tax)).by_name["fct_order_lines"]
    assert "allocated_freight" in columns(made)
    assert "allocated_tax" not in columns(made)


def test_of_several_kinds_of_lines_none_is_all_that_was_charged() -> None:
    made = designed(orders(), products(), lines(), lines(name="order_gifts"))
    shown = {name for model in made.models for name in columns(model)}
    assert not {name for name in shown if name.startswith("allocated_")}


def test_a_line_costs_what_the_parts_of_its_product_cost() -> None:
    query = (
        "select product_part_cost, cost_amount, profit_amount "
        "from fct_order_lines where order_id = 1 order by order_line_id"
    )
    assert shop().rows(query) == [(5, 15, 15), (None, None, None)]


SUPPLIERS = table("suppliers", column("id", role="key"), column("name", "text", "name"), *PLAIN)


@pytest.mark.parametrize(
    "more",
    [
        (column("bought_on", "date", "event_time"),),  # a purchase
        (column("from_quantity", "integer", "measure", meaning=COUNTED),),  # a list of prices
    ],
)
def test_costs_of_which_one_holds_are_not_added_up(more: tuple[Any, ...]) -> None:
    made = designed(orders(), products(), lines(), parts(*more))
    assert "cost_amount" not in columns(made.by_name["fct_order_lines"])


def test_what_several_suppliers_ask_is_not_added_up() -> None:
    offers = parts(column("supplier_id", role="foreign_key"), links={"supplier_id": "suppliers.id"})
    made = designed(orders(), products(), lines(), offers, SUPPLIERS)
    assert "cost_amount" not in columns(made.by_name["fct_order_lines"])


def test_a_cost_of_the_product_itself_comes_before_that_of_its_parts() -> None:
    own = column("standard_cost", "decimal", "measure", meaning=OF_ONE)
    made = designed(orders(), products(own), lines(), parts()).by_name["fct_order_lines"]
    assert "product_standard_cost" in columns(made)
    assert "product_part_cost" not in columns(made)
