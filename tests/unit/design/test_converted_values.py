"""Amounts in one currency, by the rate in the row, are right by value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from dbt_cartridge.documents.design import ExpressionTest
from dbt_cartridge.documents.schema import Identity
from tests.unit.design.built import Built, lost
from tests.unit.design.made import Made, column, columns, designed, table

MONEY = {"additivity": "additive", "money": True, "unit_column": "currency"}
HOME = {"additivity": "additive", "money": True}
CURRENCIES = {f"X{letter}X": 10 for letter in "ABCDEFGHIJ"}  # too many for a column each
ROWS = [
    (1, 1, date(2024, 1, 1), "XAX", 100, 10, 2, 200),
    (2, 1, date(2024, 1, 2), "XBX", 50, 5, 4, 200),
    (3, 2, date(2024, 1, 3), "XAX", 30, None, None, None),
]


def shop(form: str, hits: int = 100) -> Built:
    """Invoices in many currencies with a total in the shop's own, and their lines."""
    customers = table("customers", column("id", role="key"), column("name", "text", "name"))
    invoices = table(
        "invoices", column("id", role="key"), column("customer_id", role="foreign_key"),
        column("issued_on", "date", "event_time"),
        column("currency", "text", values=CURRENCIES, meaning={"tells_currency": True}),
        column("amount", "decimal", "measure", meaning=MONEY),
        column("tax", "decimal", "measure", meaning=MONEY),
        column("exchange_rate", "decimal", "measure", meaning={"additivity": "non_additive"}),
        column("home_amount", "decimal", "measure", meaning=HOME),
        role="fact", shape="transaction", links={"customer_id": "customers.id"},
    )  # fmt: skip
    identity = Identity(
        kind="conversion", table="raw.invoices", result="home_amount",
        operands=("amount", "exchange_rate"), form=form,  # pyright: ignore[reportArgumentType]
        considered=100, hits=hits,
    )  # fmt: skip
    return Built(
        designed(customers, invoices, lines(), identities=(identity,)),
        {
            "customers": ("id int, name text", [(1, "a"), (2, "b")]),
            "invoices": (
                "id int, customer_id int, issued_on date, currency text, amount decimal(9, 2), "
                "tax decimal(9, 2), exchange_rate decimal(9, 4), home_amount decimal(9, 2)",
                ROWS,
            ),
            "invoice_lines": (
                "id int, invoice_id int, quantity int, unit_price decimal(9, 2)",
                [(1, 1, 2, 30), (2, 1, 1, 40), (3, 2, 5, 10), (4, 3, 3, 10)],
            ),
        },
    )  # fmt: skip


def lines(*more: Any) -> Made:
    return table(
        "invoice_lines", column("id", role="key"), column("invoice_id", role="foreign_key"),
        column("quantity", "integer", "measure", meaning={"additivity": "additive"}),
        column("unit_price", "decimal", "measure",
               meaning={"additivity": "non_additive", "money": True}), *more,
        role="fact", shape="transaction", entity="invoice_line",
        links={"invoice_id": "invoices.id"},
    )  # fmt: skip


@cache
def multiplied() -> Built:
    return shop("plain")


def test_amounts_of_the_row_are_in_one_currency_by_its_rate() -> None:
    query = "select converted_tax from fct_invoices order by invoice_id"
    assert multiplied().rows(query) == [(20,), (20,), (None,)]


def test_a_rate_by_which_the_rows_divide_is_divided_by() -> None:
    query = "select converted_tax from fct_invoices order by invoice_id"
    assert shop("quotient").rows(query) == [(5,), (1.25,), (None,)]


def test_lines_are_in_one_currency_by_the_rate_of_their_header() -> None:
    query = "select converted_amount from fct_invoice_lines order by invoice_line_id"
    assert multiplied().rows(query) == [(120,), (80,), (200,), (None,)]


def test_what_is_in_one_currency_is_summed_where_what_is_in_many_is_not() -> None:
    query = (
        "select total_invoice_converted_tax, total_invoice_home_amount from dim_customers "
        "order by customer_id"
    )
    assert multiplied().rows(query) == [(Decimal(40), Decimal(400)), (0, 0)]
    assert "total_invoice_tax" not in columns(multiplied().design.by_name["dim_customers"])
    assert not lost(multiplied(), "dim_customers")


@pytest.mark.parametrize("name", ["converted_amount", "converted_home_amount"])
def test_what_the_source_has_converted_is_not_converted_again(name: str) -> None:
    assert name not in columns(multiplied().design.by_name["fct_invoices"])


def test_a_conversion_that_does_not_hold_makes_nothing() -> None:
    made = shop("plain", hits=80).design
    assert not [n for m in made.models for n in columns(m) if n.startswith("converted_")]


def test_the_rate_itself_has_no_average() -> None:
    shown = columns(multiplied().design.by_name["dim_customers"])
    assert not [name for name in shown if "exchange_rate" in name]


@pytest.mark.parametrize(("form", "fail"), [("plain", 0), ("quotient", 2)])
def test_what_the_rate_makes_of_an_amount_is_tested_as_the_rows_have_it(
    form: str, fail: int
) -> None:
    built = shop(form)
    made = built.design.by_name["fct_invoices"].tests
    (claim,) = [
        test.expression for test in made
        if isinstance(test, ExpressionTest) and test.name.endswith("_adds_up")
    ]  # fmt: skip
    query = f"select count(*) from fct_invoices where not ({claim})"
    assert built.rows(query) == [(fail,)]


def test_what_has_no_rate_is_warned_of() -> None:
    made = multiplied().design.by_name["fct_invoices"].tests
    (claim,) = [
        test for test in made
        if isinstance(test, ExpressionTest) and test.name == "converted_tax_has_its_rate"
    ]  # fmt: skip
    query = f"select count(*) from fct_invoices where not ({claim.expression})"
    assert (claim.severity, multiplied().rows(query)) == ("warn", [(0,)])
