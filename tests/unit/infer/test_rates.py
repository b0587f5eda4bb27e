"""Rates of exchange in a table of their own: in which direction they are quoted, the rows say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dbt_cartridge.documents.probe import Exchange
from dbt_cartridge.documents.schema import Rates
from tests.unit.infer.rows import Rows, World, table

DAYS = 40
START = date(2024, 1, 1)
WORTH = {"USD": 1.0, "EUR": 1.08, "JPY": 0.0067, "GBP": 1.27}
"""Dollars for one."""


def day_of(number: int) -> date:
    return START + timedelta(days=number)


def worth(currency: str, number: int) -> float:
    """On a day; the dollar's is always 1."""
    return 1.0 if currency == "USD" else round(WORTH[currency] * (1 + number % 7 / 100), 6)


def quoted(divided: bool = False, weekends: bool = False) -> dict[str, list[Any]]:
    """What one costs in dollars; `divided`: what a dollar costs in each."""
    rows = [
        (currency, day_of(i), round(1 / worth(currency, i), 6) if divided else worth(currency, i))
        for currency in WORTH for i in range(DAYS) if weekends or day_of(i).weekday() < 5
    ]  # fmt: skip
    currencies, days, rates = (list(each) for each in zip(*rows, strict=True))
    return {"currency_code": currencies, "rate_date": days, "rate": rates}


def rate_of(currency: str, number: int) -> float:
    """That of the last day on which any was quoted."""
    while day_of(number).weekday() >= 5:
        number -= 1
    return worth(currency, number)


def sold(currencies: tuple[str, ...] = tuple(WORTH), **more: list[Any]) -> Rows:
    """Sales that are worth from 50 to 149 dollars each."""
    numbers = range(160)
    said = [currencies[i % len(currencies)] for i in numbers]
    times = [datetime(2024, 1, 1, 10) + timedelta(days=i * 7 % DAYS) for i in numbers]
    amounts = [
        round((50 + i * 13 % 100 + 0.25) / WORTH.get(c, 1.0), 2)
        for i, c in zip(numbers, said, strict=True)
    ]
    return {
        "order_id": list(numbers), "currency_code": said, "ordered_at": times,
        "total_amount": amounts, **more,
    }  # fmt: skip


def at_home(orders: Rows, rate: Callable[[str, int], float] = rate_of) -> list[float]:
    """The amounts in dollars."""
    return [
        round(amount * rate(currency, (at.date() - START).days), 2)
        for amount, currency, at in zip(
            orders["total_amount"], orders["currency_code"], orders["ordered_at"], strict=True
        )
    ]


def found(rates: Rows, orders: Rows, **others: Rows) -> tuple[Rates, ...]:
    return World({"exchange_rates": rates, "orders": orders, **others}).infer().rates


@pytest.mark.parametrize(("divided", "form"), [(False, "plain"), (True, "quotient")])
def test_an_amount_in_both_currencies_proves_the_direction(divided: bool, form: str) -> None:
    near = sold(("USD", "EUR", "GBP"))  # whose sizes tell nothing
    orders = {**near, "base_total_amount": at_home(near)}
    (rates,) = found(quoted(divided), orders)
    assert (rates.form, rates.home, rates.since) == (form, "USD", "rate_date")
    (each,) = rates.exchanged
    assert (each.at, each.foreign, each.home) == (
        "ordered_at", "total_amount", "base_total_amount",
    )  # fmt: skip
    assert "in 106 of 106 rows" in rates.evidence[0].text


def test_what_one_table_proves_holds_for_the_others() -> None:
    near = sold(("USD", "EUR", "GBP"))
    orders = {**near, "base_total_amount": at_home(near)}
    more = {**near, "invoice_id": near["order_id"]}
    del more["order_id"]
    (rates,) = found(quoted(), orders, invoices=more)
    assert rates.form == "plain"
    assert [(e.table, e.foreign) for e in rates.exchanged] == [
        ("raw.orders", "total_amount"), ("raw.invoices", None),
    ]  # fmt: skip


def test_what_is_converted_already_is_in_one_currency() -> None:
    orders = sold()
    orders = {**orders, "base_total_amount": at_home(orders)}
    schema = World({"exchange_rates": quoted(), "orders": orders}).infer()
    told = table(schema, "orders").by_name
    assert told["total_amount"].unit_column == "currency_code"
    assert told["base_total_amount"].unit_column is None


@pytest.mark.parametrize(("divided", "form"), [(False, "plain"), (True, "quotient")])
def test_the_size_of_amounts_far_from_par_tells_the_direction(divided: bool, form: str) -> None:
    (rates,) = found(quoted(divided), sold())
    assert (rates.form, rates.evidence_class) == (form, "structural")


def test_amounts_near_par_tell_no_direction_and_that_is_said() -> None:
    (rates,) = found(quoted(), sold(("USD", "EUR", "GBP")))
    assert rates.form is None
    assert "sizes do not tell" in rates.evidence[0].text


def test_sizes_that_fit_in_no_direction_tell_none() -> None:
    orders = dict(sold())
    orders["total_amount"] = [
        amount * 7 if currency == "JPY" else amount
        for amount, currency in zip(orders["total_amount"], orders["currency_code"], strict=True)
    ]
    (rates,) = found(quoted(), orders)
    assert rates.form is None


@pytest.mark.parametrize("others", [("EUR",), ("EUR", "JPY")])
def test_sizes_that_fit_in_both_directions_tell_none(others: tuple[str, ...]) -> None:
    """Of a currency that is worth one and a half, and five, in turn, even though a second tells."""
    rows = quoted()
    rows["rate"] = [
        (1.5, 5.0)[at % 2] if currency == "EUR" else rate
        for at, (currency, rate) in enumerate(
            zip(rows["currency_code"], rows["rate"], strict=True)
        )
    ]  # fmt: skip
    orders = dict(sold(("USD", *others)))
    paid = {"USD": 100.0, "EUR": 80.0, "JPY": 15000.0}
    orders["total_amount"] = [paid[c] for c in orders["currency_code"]]
    (rates,) = found(rows, orders)
    assert rates.form is None


def test_amounts_that_fit_in_both_directions_prove_none() -> None:
    """Of rates so near par that a cent is more."""
    rows = {name: values[:] for name, values in quoted().items()}
    rows["rate"] = [1.0 if c == "USD" else 1.0001 for c in rows["currency_code"]]
    orders = sold(("USD", "EUR"))
    orders = {**orders, "total_amount": [5.25, 6.5] * 80, "base_total_amount": [5.25, 6.5] * 80}
    (rates,) = found(rows, orders)
    assert rates.form is None


def test_amounts_in_both_currencies_that_fit_in_no_direction_refute_it() -> None:
    orders = sold()
    booked = at_home(orders, lambda currency, number: WORTH[currency] * 1.5)
    (rates,) = found(quoted(), {**orders, "base_total_amount": booked})
    assert rates.form is None
    assert "neither way" in rates.evidence[0].text


def test_a_table_that_is_refuted_is_not_converted_by_what_another_proves() -> None:
    orders = sold()
    booked = at_home(orders, lambda currency, number: WORTH[currency] * 1.5)
    invoices = {**orders, "invoice_id": orders["order_id"], "base_total_amount": at_home(orders)}
    del invoices["order_id"]
    (rates,) = found(quoted(), {**orders, "base_total_amount": booked}, invoices=invoices)
    assert rates.form == "plain"
    assert [e.table for e in rates.exchanged] == ["raw.invoices"]


def test_rates_from_one_currency_to_the_others_lead_home() -> None:
    rows = quoted(divided=True)
    kept = [i for i, c in enumerate(rows["currency_code"]) if c != "USD"]
    between = {
        "from_currency": ["USD"] * len(kept),
        "to_currency": [rows["currency_code"][i] for i in kept],
        "valid_on": [rows["rate_date"][i] for i in kept],
        "rate": [rows["rate"][i] for i in kept],
    }
    (rates,) = found(between, sold())
    assert (rates.currency, rates.base, rates.home) == ("to_currency", "from_currency", "USD")
    assert rates.form == "quotient"


def test_rates_bought_and_sold_are_none_of_a_currency_and_a_day() -> None:
    one, other = quoted(), quoted()
    both = {name: [*values, *other[name]] for name, values in one.items()}
    both["rate_type"] = ["buy"] * len(one["rate"]) + ["sell"] * len(one["rate"])
    assert found(both, sold()) == ()


def test_two_rates_of_a_day_say_of_no_amount_which_it_is_converted_by() -> None:
    rows = quoted()
    both = {
        "currency_code": rows["currency_code"], "rate_date": rows["rate_date"],
        "average_rate": rows["rate"], "closing_rate": list(rows["rate"]),
    }  # fmt: skip
    (rates,) = found(both, sold())
    assert rates.form is None
    orders = sold()
    both["closing_rate"] = [r if r == 1 else r * 1.05 for r in rows["rate"]]
    (rates,) = found(both, {**orders, "base_total_amount": at_home(orders)})
    assert (rates.rate, rates.form) == ("average_rate", "plain")


def test_currencies_that_are_spelt_otherwise_are_not_converted() -> None:
    orders = dict(sold())
    orders["currency_code"] = [c.lower() for c in orders["currency_code"]]
    assert found(quoted(), orders) == ()


def test_without_a_currency_at_par_it_is_not_known_what_the_rates_lead_to() -> None:
    rows = quoted()
    kept = [i for i, c in enumerate(rows["currency_code"]) if c != "USD"]
    (rates,) = found(
        {name: [values[i] for i in kept] for name, values in rows.items()},
        sold(("JPY", "EUR", "GBP")),
    )
    assert (rates.form, rates.home) == (None, "")


def test_nothing_is_asked_where_no_table_holds_rates() -> None:
    world = World({"orders": sold()})
    assert world.infer().rates == ()
    assert not [q for q in world.asked if isinstance(q, Exchange)]


def test_without_a_warehouse_to_ask_nothing_is_converted() -> None:
    world = World({"exchange_rates": quoted(), "orders": sold()})
    assert world.infer(probed=False).rates == ()
