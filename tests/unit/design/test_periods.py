"""What is made on request: facts by period, and histories day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.unit.design.built import Built
from tests.unit.design.made import column, designed, names, table

MONEY = {"additivity": "additive", "money": True}
START = datetime(2024, 1, 30, 12)


def orders(**options: Any) -> Built:
    stores = table("stores", column("id", role="key"), column("name", "text", "name"),
                   *[column(each) for each in "abcd"], rows=2)  # fmt: skip
    sold = table(
        "orders", column("id", role="key"), column("store_id", role="foreign_key", distinct=2),
        column("customer_id", role="foreign_key"),
        column("ordered_at", "timestamp", "event_time", min="2024-01-30", max="2024-02-03"),
        column("state", "text", "status", values={"paid": 60, "open": 40}),
        column("total", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction",
        links={"store_id": "stores.id", "customer_id": "customers.id"},
    )  # fmt: skip
    customers = table("customers", column("id", role="key", distinct=2),
                      column("email", "text", meaning={"pii": "email"}))  # fmt: skip
    rows = [
        (n, 1 + n % 2, 1 + n % 3, START + timedelta(days=n), "paid" if n % 2 else "open",
         Decimal(n)) for n in range(5)
    ]  # fmt: skip
    return Built(
        designed(stores, customers, sold, **options),
        {
            "stores": ("id int, name text, a int, b int, c int, d int",
                       [(n, "s", 0, 0, 0, 0) for n in (1, 2)]),
            "customers": ("id int, email text", [(n, "a") for n in (1, 2, 3)]),
            "orders": ("id int, store_id int, customer_id int, ordered_at timestamp, state text, "
                       "total decimal(10, 2)", rows),
        },
    )  # fmt: skip


def test_a_fact_by_month_and_store_adds_up_to_the_fact() -> None:
    assert orders(periods=("month", "day")).same(
        "select store_id, month_start_date, order_count, total_order_amount, paid_order_count, "
        "distinct_customer_count from fct_orders_by_month order by 1, 2",
        "select store_id, cast(date_trunc('month', ordered_at) as date), count(*), sum(total), "
        "count(*) filter (state = 'paid'), count(distinct customer_id) from raw.orders "
        "group by 1, 2 order by 1, 2",
    )


def test_the_proof_asks_whether_a_period_lost_anything() -> None:
    made = orders(periods=("day",)).design.by_name["fct_orders_by_day"]
    assert made.primary_key == ("ordered_date", "store_id")
    assert {each.column for each in made.conserved} >= {"order_count", "total_order_amount"}


def test_no_period_is_made_unless_it_is_asked_for() -> None:
    assert [n for n in names(orders().design, "marts") if "_by_" in n] == []


def test_a_history_stands_day_by_day_as_it_was_at_each_days_end() -> None:
    tickets = table("tickets", column("id", role="key"), column("title", "text", "name"))
    changes = table(
        "ticket_changes", column("id", role="key"), column("ticket_id", role="foreign_key"),
        column("changed_at", "timestamp", "event_time", min="2024-01-30", max="2024-02-01"),
        column("state", "text", "status"), role="fact", shape="event",
        links={"ticket_id": "tickets.id"}, entity="ticket_change",
    )  # fmt: skip
    hours = timedelta(hours=1)
    built = Built(
        designed(tickets, changes, daily_states=True),
        {
            "tickets": ("id int, title text", [(1, "a")]),
            "ticket_changes": (
                "id int, ticket_id int, changed_at timestamp, state text",
                [(1, 1, START, "new"), (2, 1, START + 2 * hours, "open"),
                 (3, 1, START + 47 * hours, "shut")],
            ),
        },
    )  # fmt: skip
    query = "select date_day, state from fct_ticket_changes_daily order by 1 limit 4"
    assert built.rows(query) == [
        (date(2024, 1, 30), "open"), (date(2024, 1, 31), "open"),
        (date(2024, 2, 1), "shut"), (date(2024, 2, 2), "shut"),
    ]  # fmt: skip
    assert built.rows(
        "select count(*), count(distinct (date_day, ticket_id)) from fct_ticket_changes_daily"
    ) == [(337, 337)]
