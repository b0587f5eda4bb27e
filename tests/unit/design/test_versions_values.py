"""What belongs to an entity with versions, by value: summed up for what holds now, or for each
version where others hold its key."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

from dbt_cartridge.documents.schema import Versions
from tests.unit.design.built import Built
from tests.unit.design.made import column, columns, designed, table

MONEY = {"additivity": "additive", "money": True}
START = datetime(2024, 1, 1)
TOOL = {"is_load_tool": True}


@cache
def subscriptions() -> Built:
    """Versions as a load tool marks them: by a start, an end and a flag of its own."""
    versions = Versions(
        kind="slowly_changing", entity_key=("id",), order_by=("_fivetran_start",),
        valid_from="_fivetran_start", valid_to="_fivetran_end", is_current="_fivetran_active",
    )  # fmt: skip
    held = table(
        "subscriptions", column("id", role="key", distinct=2),
        column("plan", "text", "category"),
        column("_fivetran_start", "timestamp", "valid_from", meaning=TOOL),
        column("_fivetran_end", "timestamp", "valid_to", meaning=TOOL),
        column("_fivetran_active", "boolean", "is_current", meaning=TOOL),
        key=("id", "_fivetran_start"), versions=versions,
    )  # fmt: skip
    invoices = table(
        "invoices", column("id", role="key"),
        column("subscription_id", role="foreign_key", distinct=2),
        column("created_at", "timestamp", "event_time"),
        column("amount", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", links={"subscription_id": "subscriptions.id"},
    )  # fmt: skip
    day = timedelta(days=1)
    return Built(
        designed(held, invoices),
        {
            "subscriptions": (
                "id int, plan text, _fivetran_start timestamp, _fivetran_end timestamp,"
                " _fivetran_active boolean",
                [(1, "basic", START, START + day, False), (1, "gold", START + day, None, True),
                 (2, "basic", START, None, True)],
            ),
            "invoices": ("id int, subscription_id int, created_at timestamp, amount decimal(10, 2)",
                         [(n, 1, START + n * day, Decimal(10)) for n in range(3)]),
        },
    )  # fmt: skip


def test_what_belongs_to_an_entity_with_versions_is_summed_up_once_for_what_holds_now() -> None:
    query = (
        "select subscription_id, plan, invoice_count, total_invoice_amount, valid_from"
        " from dim_subscriptions order by subscription_id"
    )
    assert subscriptions().rows(query) == [
        (1, "gold", 3, Decimal(30), START + timedelta(days=1)),
        (2, "basic", 0, Decimal(0), START),
    ]


def test_the_marks_of_a_load_tool_say_in_marts_for_when_a_version_holds() -> None:
    query = "select plan, valid_to, is_current from dim_subscriptions_history order by 1, 2"
    assert subscriptions().rows(query) == [
        ("basic", START + timedelta(days=1), False), ("basic", None, True), ("gold", None, True),
    ]  # fmt: skip


@cache
def customers() -> Built:
    """Orders that hold the key of the version of their customer that held."""
    versions = Versions(
        kind="slowly_changing", entity_key=("customer_id",), order_by=("began",),
        valid_from="began",
    )  # fmt: skip
    people = table(
        "customers", column("row_id", role="key", distinct=3),
        column("customer_id", role="natural_key"),
        column("email", "text", meaning={"pii": "email"}),
        column("began", "date", "valid_from"), key="row_id", versions=versions,
    )  # fmt: skip
    orders = table(
        "orders", column("id", role="key"), column("row_id", role="foreign_key", distinct=3),
        column("ordered_at", "timestamp", "event_time"),
        column("amount", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", links={"row_id": "customers.row_id"},
    )  # fmt: skip
    return Built(
        designed(people, orders),
        {
            "customers": ("row_id int, customer_id int, email text, began date",
                          [(1, 7, "a", START.date()), (2, 7, "a", START.date() + timedelta(days=9)),
                           (3, 8, "b", START.date())]),
            "orders": ("id int, row_id int, ordered_at timestamp, amount decimal(10, 2)",
                       [(1, 1, START, Decimal(5)), (2, 2, START, Decimal(6)),
                        (3, 2, START, Decimal(7))]),
        },
    )  # fmt: skip


def test_where_others_hold_the_key_of_a_version_each_has_what_happened_while_it_held() -> None:
    query = "select row_id, order_count, total_order_amount from dim_customers order by row_id"
    assert customers().rows(query) == [(1, 1, Decimal(5)), (2, 2, Decimal(13)), (3, 0, Decimal(0))]


def test_what_refers_to_a_version_is_not_numbered_for_the_entity() -> None:
    """The next version would begin with the first again."""
    assert "is_first_order" not in columns(customers().design.by_name["fct_orders"])
    described = customers().design.by_name["dim_customers"]
    (count,) = [c for c in described.columns if c.name == "order_count"]
    assert count.description == "How many orders the customer version has."
