"""Sums respect currencies and units, and the ones that matter are not cut."""

from __future__ import annotations

from dbt_cartridge.documents.schema import Versions
from tests.unit.design.made import (
    column,
    columns,
    computed,
    customers,
    designed,
    expression,
    orders,
    table,
)

KEY = column("id", role="key")
DUE = {"additivity": "additive", "money": True, "unit_column": "currency"}


def payments(**currencies: int):
    return table(
        "payments", KEY, column("customer_id", role="foreign_key"),
        column("paid_at", "timestamp", "event_time"),
        column("amount", "decimal", "measure", meaning=DUE),
        column("currency", "text", "category", values=currencies, distinct=len(currencies)),
        role="fact", links={"customer_id": "customers.id"},
    )  # fmt: skip


def test_a_few_currencies_have_a_sum_each() -> None:
    model = designed(customers(), payments(EUR=60, USD=40)).by_name["dim_customers"]
    names = {c.name for c in model.columns}
    assert {"total_payment_amount_eur", "total_payment_amount_usd"} <= names
    assert "total_payment_amount" not in names


def test_many_currencies_are_not_summed_and_that_is_said() -> None:
    result = designed(customers(), payments(**{f"C{n:02}": 10 for n in range(10)}))
    assert not [c.name for c in result.by_name["dim_customers"].columns if "total" in c.name]
    summed = result.by_name["dim_customers"]
    assert "`amount` is not summed: `currency` names several currencies" in summed.description


def test_what_nobody_bought_adds_up_to_zero() -> None:
    result = designed(customers(), payments(EUR=60, USD=40))
    found = expression(result.by_name["dim_customers"], "total_payment_amount_eur")
    assert found.startswith("coalesce(")


def test_the_net_amount_the_profit_and_the_quantity_are_not_cut() -> None:
    additive = {"additivity": "additive"}
    many = [
        column(name, "decimal", "measure", meaning=additive)
        for name in ("coupon", "ext_tax", "handling", "extra_a", "extra_b", "net_paid",
                     "net_profit", "quantity")
    ]  # fmt: skip
    sales = table(
        "sales", KEY, column("customer_id", role="foreign_key"), *many, role="fact",
        links={"customer_id": "customers.id"},
    )  # fmt: skip
    names = {c.name for c in designed(customers(), sales).by_name["dim_customers"].columns}
    assert {"total_sale_net_paid", "total_sale_net_profit", "total_sale_quantity"} <= names


def test_a_planned_time_is_not_when_it_happened() -> None:
    loans = table(
        "loans", KEY, column("customer_id", role="foreign_key"),
        column("due_date", "date", "event_time"), column("lent_at", "timestamp", "event_time"),
        role="fact", links={"customer_id": "customers.id"},
    )  # fmt: skip
    names = {c.name for c in designed(customers(), loans).by_name["dim_customers"].columns}
    assert "first_loan_lent_at" in names
    assert not [name for name in names if "due" in name]


def test_what_was_captured_is_told_from_what_is_pending() -> None:
    paid = table(
        "payments", KEY, column("customer_id", role="foreign_key"),
        column("amount", "decimal", "measure", meaning={"additivity": "additive", "money": True}),
        column("state", "text", "status", values={"captured": 60, "pending": 40}),
        role="fact", links={"customer_id": "customers.id"},
    )  # fmt: skip
    model = designed(customers(), paid).by_name["dim_customers"]
    found = {c.name for c in model.columns}
    assert {"captured_payment_count", "captured_payment_amount", "total_payment_amount"} <= found
    assert "'captured'" in computed(model, "captured_payment_amount")


def test_a_line_says_in_which_currency_its_header_is_where_only_the_lines_have_amounts() -> None:
    invoices = table(
        "orders",
        column("id", role="key", distinct=100),
        column("customer_id", role="foreign_key", distinct=50),
        column("currency", "text", "category", distinct=3, values={"EUR": 40, "USD": 40, "JPY": 20},
               meaning={"tells_currency": True}),
        column("ordered_on", "date", "event_time", min="2024-01-03", max="2025-02-04"),
        role="fact", shape="transaction", links={"customer_id": "customers.id"},
    )  # fmt: skip
    lines = table(
        "order_lines",
        column("id", role="key", rows=300, distinct=300),
        column("order_id", role="foreign_key", rows=300, distinct=100),
        column("amount", "decimal", "measure", rows=300, min="1.00", max="9.00",
               meaning={"additivity": "additive", "money": True}),
        role="fact", shape="transaction", rows=300, links={"order_id": "orders.id"},
        entity="order_line",
    )  # fmt: skip
    result = designed(customers(), invoices, lines)
    fact = next(m for m in result.models if m.name == "fct_order_lines")
    amount = next(c for c in fact.columns if c.name == "amount")
    assert "currency" in columns(fact)
    assert amount.unit_by == "currency"
    totals = columns(next(m for m in result.models if m.name == "dim_customers"))
    assert not [name for name in totals if name == "total_order_line_amount"]


def test_the_versions_of_what_is_told_of_a_fact_are_not_summed() -> None:
    told = table(
        "order_costs",
        column("order_id", role="foreign_key", rows=300, distinct=100),
        column("loaded_at", "timestamp", "load_time", rows=300, distinct=300),
        column("cost", "decimal", "measure", rows=300, min="1.00", max="9.00",
               meaning={"additivity": "additive"}),
        role="fact", shape="transaction", rows=300, links={"order_id": "orders.id"},
        key=("order_id", "loaded_at"), entity="order_cost",
        versions=Versions(
            kind="slowly_changing", entity_key=("order_id",), order_by=("loaded_at",)
        ),
    )  # fmt: skip
    result = designed(customers(), orders(), told)
    fact = columns(next(m for m in result.models if m.name == "fct_orders"))
    assert "latest_cost" in fact
    assert not [name for name in fact if "cost" in name and name.startswith(("total", "average"))]


def test_what_was_assigned_to_somebody_is_told_in_one_word() -> None:
    staff = table("staff", KEY, column("email", "text", meaning={"pii": "email"}), entity="agent")
    tickets = table(
        "tickets", KEY, column("opened_by", role="foreign_key", nulls=1),
        column("assigned_to", role="foreign_key", nulls=1),
        column("opened_at", "timestamp", "event_time"),
        role="fact", shape="transaction",
        links={"opened_by": "staff.id", "assigned_to": "staff.id"}, complete=False,
    )  # fmt: skip
    shown = set(columns(designed(staff, tickets).by_name["dim_agents"]))
    assert "assigned_ticket_count" in shown
    assert any(name.startswith("opened_by") and name.endswith("ticket_count") for name in shown)
