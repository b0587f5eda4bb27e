"""Amounts in one currency, by the rate of their day in a table of rates, are right by value."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import ExpressionTest, Query
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.schema import Exchanged, Rates
from dbt_cartridge.render import render
from tests.unit.design.built import Built, lost
from tests.unit.design.made import Made, column, columns, designed, parents, table

MONEY = {"additivity": "additive", "money": True, "unit_column": "currency"}
PRICE = {"additivity": "non_additive", "money": True}
CURRENCIES = {"EUR": 40, "JPY": 30, "USD": 30}
ORDERS = [
    (1, 1, datetime(2024, 1, 5, 23), "EUR", Decimal(100), Decimal(10)),  # a Friday
    (2, 1, datetime(2024, 1, 7, 9), "EUR", Decimal(100), None),  # its Sunday: Friday's rate
    (3, 1, datetime(2024, 1, 8, 9), "EUR", Decimal(100), Decimal(10)),
    (4, 1, datetime(2024, 1, 9, 9), "EUR", Decimal(100), Decimal(10)),  # quoted 0: Monday's holds
    (5, 2, datetime(2024, 1, 3, 9), "EUR", Decimal(100), Decimal(10)),  # before the first rate
    (6, 2, datetime(2024, 1, 8, 9), "XXX", Decimal(100), Decimal(10)),  # a new currency
    (7, 2, datetime(2024, 1, 8, 9), None, Decimal(100), Decimal(10)),
    (8, 2, None, "EUR", Decimal(100), Decimal(10)),
    (9, 2, datetime(2024, 1, 8, 9), "USD", Decimal(100), Decimal(10)),
]
QUOTED = [
    ("USD", date(2024, 1, 4), 1), ("EUR", date(2024, 1, 4), 2), ("EUR", date(2024, 1, 5), 4),
    ("EUR", date(2024, 1, 8), 5), ("EUR", date(2024, 1, 9), 0), ("EUR", date(2024, 1, 10), None),
    ("EUR", None, 9), (None, date(2024, 1, 5), 9),
]  # fmt: skip
EXPECTED = [(400,), (400,), (500,), (500,), (None,), (None,), (None,), (None,), (100,)]


def orders() -> Made:
    return table(
        "orders", column("id", role="key"), column("customer_id", role="foreign_key"),
        column("ordered_at", "timestamp", "event_time"),
        column("currency", "text", values=CURRENCIES, meaning={"tells_currency": True}),
        column("amount", "decimal", "measure", meaning=MONEY),
        column("tax", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", links={"customer_id": "customers.id"},
    )  # fmt: skip


def quotes(*before: Any) -> Made:
    return table(
        "fx_rates", *before, column("code", "text"), column("valid_on", "date", "event_time"),
        column("rate", "decimal", "measure", meaning={"additivity": "non_additive"}),
        role="fact", shape="transaction", key=("code", "valid_on"),
    )  # fmt: skip


def told(**update: Any) -> Rates:
    rates = Rates(
        table="raw.fx_rates", currency="code", since="valid_on", rate="rate", home="USD",
        form="plain", exchanged=(Exchanged(table="raw.orders", currency="currency"),),
    )  # fmt: skip
    return rates.model_copy(update=update)


def shop(rates: Rates, *more: Made, quoted: Any = None, **options: Any) -> Built:
    customers = table("customers", column("id", role="key"), column("name", "text", "name"))
    money = "amount decimal(18, 2), tax decimal(18, 2)"
    between = "base text, code text, valid_on date, rate decimal(18, 8)"
    tables: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
        "customers": ("id int, name text", [(1, "a"), (2, "b")]),
        "orders": (f"id int, customer_id int, ordered_at timestamp, currency text, {money}",
                   ORDERS),
        "fx_rates": (between, quoted) if rates.base
        else ("code text, valid_on date, rate decimal(18, 8)", quoted or QUOTED),
        "order_lines": ("id int, order_id int, quantity int, unit_price decimal(9, 2)",
                        [(1, 2, 2, 30), (2, 2, 1, 40), (3, 5, 5, 20)]),
    }  # fmt: skip
    before = [column("base", "text")] if rates.base else []
    made = (customers, orders(), quotes(*before), *more)
    names = {each.relation.name for each in made}
    kept = {name: rows for name, rows in tables.items() if name in names}
    return Built(designed(*made, rates=(rates,), **options), kept)


@cache
def multiplied() -> Built:
    return shop(told())


def test_an_amount_is_converted_by_the_last_rate_of_its_currency_until_its_day() -> None:
    query = "select converted_amount from fct_orders order by order_id"
    assert multiplied().rows(query) == EXPECTED


def test_every_amount_of_the_row_is_converted_and_no_row_is_lost_or_doubled() -> None:
    query = "select count(*), sum(amount), sum(converted_tax) from fct_orders"
    assert multiplied().rows(query) == [(9, 900, 40 + 50 + 50 + 10)]


def test_a_rate_by_which_the_rows_divide_is_divided_by() -> None:
    query = "select converted_amount from fct_orders where order_id < 5 order by order_id"
    assert shop(told(form="quotient")).rows(query) == [(25,), (25,), (20,), (20,)]


@pytest.mark.parametrize(
    "adapter", ["duckdb", "postgres", "redshift", "snowflake", "bigquery", "mysql"]
)
def test_every_warehouse_is_asked_for_the_rate_as_of_the_day(adapter: str) -> None:
    to = Host(project_name="shop", adapter=adapter, dbt_version="1.11.16")
    made = designed(orders(), quotes(), rates=(told(),), to=to)
    files = {each.path: each.text for each in render(made, to, Settings()).files}
    text = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", files["models/marts/fct_orders.sql"])
    query = sqlglot.parse_one(text[text.index("with") :], dialect=adapter)
    (join,) = [j for j in query.find_all(exp.Join) if j.side == "LEFT"]
    since, until = join.args["on"].find(exp.GTE), join.args["on"].find(exp.LT)
    assert since is not None
    assert until is not None
    assert (since.expression.name, until.expression.name) == ("since_date", "until_date")
    assert query.find(exp.Lead) is not None


def test_two_rates_of_one_day_double_no_row() -> None:
    twice = shop(told(), quoted=[*QUOTED, ("EUR", date(2024, 1, 8), 5)])
    query = "select converted_amount from fct_orders order by order_id"
    assert twice.rows(query) == EXPECTED


def test_an_amount_of_many_digits_stops_no_build() -> None:
    built = shop(told())
    built.connection.execute(
        "insert into raw.orders values (10, 2, '2024-01-08 09:00:00', 'EUR', 9000000000000, 1)"
    )
    query = "select converted_amount from fct_orders where order_id = 10"
    assert built.rows(query) == [(45_000_000_000_000,)]


def test_rates_between_two_currencies_are_those_of_the_home_one() -> None:
    rows = [("USD", *row) for row in QUOTED if row[0] != "USD"]
    rows.append(("GBP", "EUR", date(2024, 1, 6), Decimal(7)))  # tomorrow, of another base
    built = shop(told(base="base"), quoted=rows)
    query = "select converted_amount from fct_orders order by order_id"
    assert built.rows(query) == EXPECTED


def test_what_is_in_one_currency_is_summed_and_not_each_currency_beside_it() -> None:
    shown = columns(multiplied().design.by_name["dim_customers"])
    assert not [name for name in shown if name.endswith(("_eur", "_jpy", "_usd"))]
    query = (
        "select total_order_converted_amount, total_order_converted_tax from dim_customers "
        "order by customer_id"
    )
    assert multiplied().rows(query) == [(1800, 140), (100, 10)]
    assert not lost(multiplied(), "dim_customers")
    assert not lost(multiplied(), "fct_orders")


def test_an_amount_without_a_rate_is_warned_of() -> None:
    made = multiplied().design.by_name["fct_orders"].tests
    claims = {t.name: t for t in made if isinstance(t, ExpressionTest)}
    claim = claims["converted_amount_has_its_rate"]
    query = f"select order_id from fct_orders where not ({claim.expression}) order by 1"
    assert (claim.severity, multiplied().rows(query)) == ("warn", [(5,), (6,), (7,), (8,)])
    taxed = claims["converted_tax_has_its_rate"].expression  # the second order has no tax
    assert (2,) not in multiplied().rows(f"select order_id from fct_orders where not ({taxed})")


def test_the_columns_say_by_which_rate_and_how_that_was_proved() -> None:
    evidence = ({"text": "as large in 2 currencies", "value": None},)
    made = shop(Rates.model_validate(told().model_dump() | {"evidence": evidence}))
    model = made.design.by_name["fct_orders"]
    (said,) = [c for c in model.columns if c.name == "converted_amount"]
    assert said.description == (
        "`amount` times the last `rate` of its currency in fx rates at or before its day, empty "
        "where there is none: in USD (as large in 2 currencies)."
    )
    assert said.unit == "USD"


def test_lines_are_converted_by_the_currency_and_the_day_of_their_header() -> None:
    lines = table(
        "order_lines", column("id", role="key"), column("order_id", role="foreign_key"),
        column("quantity", "integer", "measure", meaning={"additivity": "additive"}),
        column("unit_price", "decimal", "measure", meaning=PRICE),
        role="fact", shape="transaction", entity="order_line", links={"order_id": "orders.id"},
    )  # fmt: skip
    built = shop(told(), lines)
    query = "select converted_amount from fct_order_lines order by order_line_id"
    assert built.rows(query) == [(240,), (160,), (None,)]
    shown = columns(built.design.by_name["dim_customers"])
    assert "total_order_line_converted_amount" in shown
    assert not [name for name in shown if name.endswith(("_eur", "_jpy", "_usd"))]
    assert "converted_amount_has_its_rate" in {
        t.name for t in built.design.by_name["fct_order_lines"].tests
        if isinstance(t, ExpressionTest)
    }  # fmt: skip
    assert not lost(built, "dim_customers")


def test_the_day_that_was_proved_is_the_one_whose_rate_is_taken() -> None:
    paid = column("paid_on", "date", "event_time")
    made = orders()
    customers = table("customers", column("id", role="key"), column("name", "text", "name"))
    more = table(
        "payments", column("id", role="key"), column("booked_on", "date", "event_time"), paid,
        column("currency", "text", values=CURRENCIES, meaning={"tells_currency": True}),
        column("amount", "decimal", "measure", meaning=MONEY), role="fact", shape="transaction",
    )  # fmt: skip
    exchanged = Exchanged(table="raw.payments", currency="currency", at="paid_on")
    result = designed(
        customers, made, quotes(), more, rates=(told(exchanged=(exchanged,)),)
    ).by_name["fct_payments"]
    assert isinstance(result.body, Query)
    (join,) = result.body.ctes[-1].joins
    assert [text for text in join.on if "paid_on" in text or "paid_date" in text]
    assert not [text for text in join.on if "booked" in text]


def test_what_the_source_has_converted_is_not_converted_again() -> None:
    home = {"additivity": "additive", "money": True}
    more = table(
        "payments", column("id", role="key"), column("paid_on", "date", "event_time"),
        column("customer_id", role="foreign_key"),
        column("currency", "text", values=CURRENCIES, meaning={"tells_currency": True}),
        column("amount", "decimal", "measure", meaning=MONEY),
        column("fee", "decimal", "measure", meaning=MONEY),
        column("base_amount", "decimal", "measure", meaning=home),
        role="fact", shape="transaction", links={"customer_id": "customers.id"},
    )  # fmt: skip
    customers = table("customers", column("id", role="key"), column("name", "text", "name"))
    exchanged = Exchanged(
        table="raw.payments", currency="currency", at="paid_on", foreign="amount",
        home="base_amount",
    )  # fmt: skip
    made = designed(customers, more, quotes(), rates=(told(exchanged=(exchanged,)),))
    shown = columns(made.by_name["fct_payments"])
    assert [name for name in shown if name.startswith("converted_")] == ["converted_fee"]
    summed = columns(made.by_name["dim_customers"])
    assert "total_payment_base_amount" in summed
    assert not [name for name in summed if name.endswith(("_eur", "_jpy", "_usd"))]


def test_rates_whose_direction_is_not_told_convert_nothing_and_that_is_said() -> None:
    made = shop(told(form=None)).design
    assert not [n for m in made.models for n in columns(m) if n.startswith("converted_")]
    assert "total_order_amount_eur" in columns(made.by_name["dim_customers"])
    (said,) = [each for each in made.left_out if "one currency" in each.what]
    assert "multiply or to divide by raw.fx_rates.rate is not told" in said.why


def monthly() -> Made:
    return table(
        "monthly_rates", column("code", "text"), column("valid_on", "date", "event_time"),
        column("rate", "decimal", "measure", meaning={"additivity": "non_additive"}),
        role="fact", shape="transaction", key=("code", "valid_on"),
    )  # fmt: skip


def test_of_two_tables_of_rates_the_one_by_which_amounts_were_converted_is_used() -> None:
    other = told(table="raw.monthly_rates")
    made = designed(orders(), quotes(), monthly(), rates=(told(), other))
    assert "converted_amount" not in columns(made.by_name["fct_orders"])
    assert [e for e in made.left_out if "do not tell which" in e.why]
    proved = Exchanged(table="raw.invoices", currency="currency", foreign="a", home="b")
    other = told(table="raw.monthly_rates", exchanged=(*other.exchanged, proved))
    made = designed(orders(), quotes(), monthly(), rates=(told(), other))
    assert "converted_amount" in columns(made.by_name["fct_orders"])
    assert "stg_raw__monthly_rates" in parents(made.by_name["fct_orders"])


def test_rows_that_are_only_added_are_not_converted_and_that_is_said() -> None:
    update = column("updated_at", "timestamp", "updated_time")
    grown = table(
        "orders", column("id", role="key", column={"nullable": False}),
        column("ordered_at", "timestamp", "event_time"), update,
        column("currency", "text", values=CURRENCIES, meaning={"tells_currency": True}),
        column("amount", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", rows=5_000_000,
    )  # fmt: skip
    made = designed(grown, quotes(), rates=(told(),))
    model = made.by_name["fct_orders"]
    assert model.materialized == "incremental"
    assert "converted_amount" not in columns(model)
    assert [each for each in made.left_out if each.what == "converted amounts of fct_orders"]
