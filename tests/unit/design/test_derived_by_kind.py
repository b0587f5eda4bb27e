"""Children of one kind, and of two conditions at once: by value, and proved a second time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from dbt_cartridge.documents.schema import Identity
from tests.unit.design.built import Built, lost
from tests.unit.design.made import column, columns, designed, table

MONEY = {"additivity": "additive", "money": True}
START = datetime(2024, 1, 1, 9, 30)
FILL = [column(name) for name in "abcde"]  # wide enough to stand alone as a dimension
STATES = ("captured", "failed", "captured", "failed", "captured", "captured")


@cache
def shop() -> Built:
    """Customers who pay, now and then in vain."""
    customers = table(
        "customers", column("id", role="key", distinct=3),
        column("email", "text", meaning={"pii": "email"}),
    )  # fmt: skip
    payments = table(
        "payments", column("id", role="key"),
        column("customer_id", role="foreign_key", distinct=3),
        column("paid_at", "timestamp", "event_time"),
        column("status", "text", "status", rows=40, values={"captured": 30, "failed": 10}),
        column("amount", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", links={"customer_id": "customers.id"},
    )  # fmt: skip
    return Built(
        designed(customers, payments),
        {
            "customers": ("id int, email text", [(1, "a"), (2, "b"), (3, "c")]),
            "payments": (
                "id int, customer_id int, paid_at timestamp, status text, amount decimal(10, 2)",
                [(n, 1 + n // 4, START + timedelta(days=n), state, Decimal(n))
                 for n, state in enumerate(STATES)],
            ),
        },
    )  # fmt: skip


def test_when_the_latest_of_each_state_was_is_told_of_what_is_somebodys_own() -> None:
    query = (
        "select latest_failed_payment_paid_at, latest_captured_payment_paid_at"
        " from dim_customers order by customer_id"
    )
    day = timedelta(days=1)
    assert shop().rows(query) == [
        (START + 3 * day, START + 2 * day), (None, START + 5 * day), (None, None),
    ]  # fmt: skip


@cache
def desk() -> Built:
    """Tickets of products: open or closed, with somebody who sees to them or not, urgent or not."""
    products = table("products", column("id", role="key", distinct=2),
                     column("name", "text", "name"), *FILL)  # fmt: skip
    people = table(
        "people", column("id", role="key"), column("email", "text", meaning={"pii": "email"}),
        entity="person", plural="people",
    )  # fmt: skip
    tickets = table(
        "tickets", column("id", role="key"), column("product_id", role="foreign_key", distinct=2),
        column("assignee_id", role="foreign_key", nulls=20),
        column("opened_at", "timestamp", "event_time"),
        column("closed_at", "timestamp", "event_time", nulls=50),
        column("is_urgent", "boolean", "flag"),
        role="fact", shape="transaction",
        links={"product_id": "products.id", "assignee_id": "people.id"}, complete=False,
    )  # fmt: skip
    rows = [
        (None, 1, False),
        (None, 1, True),
        (None, None, True),
        (START, 1, True),
        (None, 2, None),
    ]
    return Built(
        designed(products, people, tickets),
        {
            "products": ("id int, name text, a int, b int, c int, d int, e int",
                         [(n, f"p{n}", *[0] * 5) for n in (1, 2)]),
            "people": ("id int, email text", [(1, "a"), (2, "b")]),
            "tickets": (
                "id int, product_id int, assignee_id int, opened_at timestamp,"
                " closed_at timestamp, is_urgent boolean",
                [(n, 1, who, START, closed, hot) for n, (closed, who, hot) in enumerate(rows)],
            ),
        },
    )  # fmt: skip


def test_how_many_fulfil_two_conditions_at_once() -> None:
    query = (
        "select open_ticket_count, open_ticket_with_assignee_count, open_urgent_ticket_count"
        " from dim_products order by product_id"
    )
    assert desk().rows(query) == [(4, 3, 2), (0, 0, 0)]


def test_what_an_assignee_is_assigned_is_not_asked_for_an_assignee() -> None:
    found = columns(desk().design.by_name["dim_people"])
    assert "open_ticket_count" in found
    assert "open_ticket_with_assignee_count" not in found


@pytest.mark.parametrize(
    ("built", "model", "name", "wrong"),
    [
        (shop, "dim_customers", "latest_failed_payment_paid_at", "latest_captured_payment_paid_at"),
        (desk, "dim_products", "open_ticket_with_assignee_count", "open_ticket_count"),
    ],
)
def test_what_is_of_one_kind_alone_is_worked_out_a_second_time(
    built: object, model: str, name: str, wrong: str
) -> None:
    assert callable(built)
    made: Built = built()  # pyright: ignore[reportUnknownVariableType]
    assert not lost(made, model)
    kept = made.rows(f"select sql from duckdb_views() where view_name = '{model}'")[0][0]
    body = kept[kept.index(" AS ") + 4 :].rstrip(";")
    made.connection.execute(
        f"create or replace view {model} as select * replace ({wrong} as {name}) from ({body})"
    )
    try:
        assert f"`{name}`" in lost(made, model)
    finally:
        made.connection.execute(f"create or replace view {model} as {body}")


def test_a_things_share_of_a_flag_has_room_where_its_count_has() -> None:
    query = "select urgent_ticket_rate, urgent_ticket_count, ticket_count from dim_products"
    assert desk().rows(f"{query} order by product_id") == [(0.6, 3, 5), (None, 0, 0)]


def test_half_of_what_took_long_stands_beside_its_average_and_not_of_what_came_late() -> None:
    """With more beside it than there is room for what is asked now and then."""
    crowd = {f"k{n}": 20 for n in range(6)}
    products = table("products", column("id", role="key", distinct=2),
                     column("name", "text", "name"), *FILL)  # fmt: skip
    loans = table(
        "loans", column("id", role="key"), column("product_id", role="foreign_key", distinct=2),
        column("lent_on", "date", "event_time"), column("due_on", "date", "event_time"),
        column("returned_on", "date", "event_time", nulls=20),
        *(column(name, "text", "status", rows=120, values=crowd) for name in ("state", "phase")),
        role="fact", shape="transaction", links={"product_id": "products.id"},
    )  # fmt: skip
    order = Identity(kind="ordering", table="raw.loans", operands=("lent_on", "returned_on"),
                     considered=80, hits=80)  # fmt: skip
    found = columns(designed(products, loans, identities=(order,)).by_name["dim_products"])
    assert {"median_days_to_return", "average_days_late"} <= set(found)
    assert "median_days_late" not in found
