"""What a fact knows through what it refers to is right by value: against SQL on the raw rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest

from dbt_cartridge.design.derive.derivation import ROOM, Derivation, Rank, within
from dbt_cartridge.design.parts import Attribute
from tests.unit.design.built import Built
from tests.unit.design.made import column, columns, designed, table

MONEY = {"additivity": "additive", "money": True}
OF_ONE = {"additivity": "non_additive", "money": True}
PLAIN = tuple(column(name) for name in "abcd")  # so much, and a table is worth a mart of its own


@cache
def shop() -> Built:
    """Orders of customers, their lines with a discount, products with a kind and a cost; copies of
    products that are lent, by whom, is kept on the loan alone."""
    customers = table("customers", column("id", role="key", distinct=4),
                      column("email", "text", meaning={"pii": "email"}))  # fmt: skip
    products = table(
        "products", column("id", role="key", distinct=3), column("title", "text", "name"),
        column("kind", "text", "type_discriminator", rows=20, values={"book": 14, "game": 6}),
        column("unit_cost", "decimal", "measure", meaning=OF_ONE), *PLAIN,
    )  # fmt: skip
    orders = table(
        "orders", column("id", role="key", distinct=9, rows=9),
        column("customer_id", role="foreign_key", distinct=3, rows=9),
        column("ordered_on", "date", "event_time", min="2024-01-01", max="2024-01-09"),
        column("status", "text", "status", rows=40, values={"open": 10, "done": 30}),
        role="fact", shape="transaction", rows=9, links={"customer_id": "customers.id"},
    )  # fmt: skip
    lines = table(
        "order_lines", column("id", role="key", distinct=18, rows=18),
        column("order_id", role="foreign_key", distinct=9, rows=18),
        column("product_id", role="foreign_key", distinct=3, rows=18),
        column("quantity", "integer", "measure", meaning={"additivity": "additive"}),
        column("unit_price", "decimal", "measure", meaning=OF_ONE),
        column("discount", "decimal", "measure", min="0", max="0.25",
               meaning={"additivity": "non_additive"}),
        role="fact", shape="transaction", rows=18, entity="order_line",
        links={"order_id": "orders.id", "product_id": "products.id"},
    )  # fmt: skip
    copies = table("copies", column("id", role="key", distinct=5), *PLAIN,
                   column("product_id", role="foreign_key", distinct=3), entity="copy",
                   plural="copies", links={"product_id": "products.id"})  # fmt: skip
    loans = table(
        "loans", column("id", role="key", distinct=8, rows=8),
        column("copy_id", role="foreign_key", distinct=5, rows=8),
        column("lent_on", "date", "event_time", min="2024-01-01", max="2024-01-09"),
        column("fee", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", rows=8, links={"copy_id": "copies.id"},
    )  # fmt: skip
    start = date(2024, 1, 1)
    zeros = (0, 0, 0, 0)
    return Built(
        designed(customers, products, orders, lines, copies, loans),
        {
            "customers": ("id int, email text", [(n, f"{n}@x.example") for n in range(4)]),
            "products": (
                "id int, title text, kind text, unit_cost decimal(9, 2), "
                "a int, b int, c int, d int",
                [(n, f"t{n}", ("book", "game")[n % 2], Decimal("1.5") * n, *zeros)
                 for n in range(3)],
            ),
            "orders": ("id int, customer_id int, ordered_on date, status text",
                       [(n, n % 3, start + timedelta(days=n), ("open", "done")[n % 2])
                        for n in range(9)]),
            "order_lines": (
                "id int, order_id int, product_id int, quantity int, unit_price decimal(9, 2), "
                "discount decimal(9, 2)",
                [(n, n // 2, n % 3, 1 + n % 4, Decimal("2.25") + n, Decimal("0.25") * (n % 2))
                 for n in range(18)],
            ),
            "copies": ("id int, a int, b int, c int, d int, product_id int",
                       [(n, *zeros, n % 3) for n in range(5)]),
            "loans": ("id int, copy_id int, lent_on date, fee decimal(9, 2)",
                      [(n, n % 4, start + timedelta(days=n), Decimal("0.5") * n)
                       for n in range(8)]),
        },
    )  # fmt: skip


NET = "l.quantity * l.unit_price * (1 - l.discount)"
COST = "l.quantity * p.unit_cost"
OF_A_LINE = {
    "line_amount": NET,
    "gross_amount": "l.quantity * l.unit_price",
    "discount_amount": "l.quantity * l.unit_price * l.discount",
    "cost_amount": COST,
    "profit_amount": f"{NET} - {COST}",
    "margin_rate": f"cast({NET} - {COST} as double) / nullif({NET}, 0)",
    "product_kind": "p.kind",
    "order_status": "o.status",
}


@pytest.mark.parametrize("name", OF_A_LINE)
def test_a_line_knows_what_it_is_worth_and_of_what_kind_it_is(name: str) -> None:
    assert shop().same(
        f"select order_line_id, {name} from fct_order_lines order by 1",
        f"select l.id, {OF_A_LINE[name]} from raw.order_lines l join raw.products p on "
        "p.id = l.product_id join raw.orders o on o.id = l.order_id order by 1",
    )


OF_AN_ORDER = {
    "total_order_line_amount": f"sum({NET})",
    "total_order_line_profit_amount": f"sum({NET} - {COST})",
    "order_line_margin_rate": f"cast(sum({NET} - {COST}) as double) / nullif(sum({NET}), 0)",
    "book_order_line_count": "count(*) filter (p.kind = 'book')",
    "game_order_line_amount": f"coalesce(sum({NET}) filter (p.kind = 'game'), 0)",
}


@pytest.mark.parametrize("name", OF_AN_ORDER)
def test_the_lines_are_summed_up_by_what_they_know(name: str) -> None:
    assert shop().same(
        f"select order_id, {name} from fct_orders order by 1",
        f"select l.order_id, {OF_AN_ORDER[name]} from raw.order_lines l join raw.products p on "
        "p.id = l.product_id group by 1 order by 1",
    )


def test_an_average_order_is_worth_what_its_lines_add_up_to() -> None:
    assert shop().same(
        "select customer_id, average_order_amount from dim_customers where order_count > 0 "
        "order by 1",
        f"select customer_id, round(avg(worth), 4) from (select o.customer_id, sum({NET}) as worth "
        "from raw.orders o join raw.order_lines l on l.order_id = o.id group by o.id, 1) "
        "group by 1 order by 1",
    )


def test_different_products_are_counted_over_all_lines_of_a_customer() -> None:
    assert shop().same(
        "select customer_id, distinct_product_count from dim_customers where order_count > 0 "
        "order by 1",
        "select o.customer_id, count(distinct l.product_id) from raw.orders o "
        "join raw.order_lines l on l.order_id = o.id group by 1 order by 1",
    )


def test_a_fact_is_counted_where_its_key_leads_through_another_table() -> None:
    assert shop().same(
        "select product_id, loan_count, total_loan_fee from dim_products order by 1",
        "select p.id, count(l.id), coalesce(sum(l.fee), 0) from raw.products p "
        "left join raw.copies c on c.product_id = p.id left join raw.loans l on l.copy_id = c.id "
        "group by 1 order by 1",
    )


def test_what_two_ways_lead_to_is_known_by_neither() -> None:
    """Both the shelf and the box stand in a room: neither is the room of the loan."""
    rooms = table("rooms", column("id", role="key"), *PLAIN)
    places = [
        table(name, column("id", role="key"), *PLAIN, column("room_id", role="foreign_key"),
              links={"room_id": "rooms.id"}, entity=name[:-1])
        for name in ("shelfs", "boxes")
    ]  # fmt: skip
    loans = table(
        "loans", column("id", role="key"), column("shelf_id", role="foreign_key"),
        column("box_id", role="foreign_key"), column("lent_on", "date", "event_time"),
        role="fact", links={"shelf_id": "shelfs.id", "box_id": "boxes.id"},
    )  # fmt: skip
    assert "room_id" not in columns(designed(rooms, *places, loans).by_name["fct_loans"])


def test_the_values_of_one_status_stand_together_or_not_at_all() -> None:
    made = Attribute(name="x", type="integer", group="numerics", description="")
    few = [
        Derivation("by_value", made.renamed(f"a{n}", ""), "1", Rank.SOMETIMES, together="a")
        for n in range(ROOM[Rank.SOMETIMES] + 1)
    ]
    one = [Derivation("counts", made.renamed("b", ""), "1", Rank.SOMETIMES)]
    (kept, beside), left = within([few, one])
    assert (kept, beside, left) == ([], one, few)


def test_an_amount_in_each_of_a_few_currencies_takes_the_room_of_one() -> None:
    made = Attribute(name="x", type="integer", group="numerics", description="")
    units = [
        Derivation("amounts", made.renamed(f"a{n}", ""), "1", Rank.SOMETIMES, together="a",
                   one_of_units=True)
        for n in range(ROOM[Rank.SOMETIMES] + 1)
    ]  # fmt: skip
    assert within([units]) == ([units], [])


def test_what_a_bridge_brings_together_is_counted_by_kind() -> None:
    tags = table("tags", column("id", role="key"), column("label", "text", "name"), *PLAIN)
    tasks = table(
        "tasks", column("id", role="key"), column("title", "text", "name"), *PLAIN,
        column("state", "text", "status", values={"open": 50, "done": 50}),
    )  # fmt: skip
    tagged = table(
        "task_tags", column("task_id", role="foreign_key"), column("tag_id", role="foreign_key"),
        role="bridge", key=("task_id", "tag_id"),
        links={"task_id": "tasks.id", "tag_id": "tags.id"},
    )  # fmt: skip
    built = Built(
        designed(tags, tasks, tagged),
        {
            "tags": ("id int, label text, a int, b int, c int, d int",
                     [(n, f"t{n}", 0, 0, 0, 0) for n in range(3)]),
            "tasks": ("id int, title text, a int, b int, c int, d int, state text",
                      [(n, f"w{n}", 0, 0, 0, 0, ("open", "done")[n % 2]) for n in range(5)]),
            "task_tags": ("task_id int, tag_id int", [(n, n // 3) for n in range(5)]),
        },
    )  # fmt: skip
    assert built.rows(
        "select tag_id, task_count, open_task_count, done_task_count from dim_tags order by 1"
    ) == [(0, 3, 2, 1), (1, 2, 1, 1), (2, 0, 0, 0)]
