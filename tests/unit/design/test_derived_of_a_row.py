"""What a row comes to beside its own columns, by value: net, gross, balances, planned days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dbt_cartridge.documents.schema import Identity
from tests.unit.design.built import Built
from tests.unit.design.made import Made, column, columns, designed, table

START = datetime(2024, 1, 1, 9, 30)


def money(name: str, low: str = "1", high: str = "90", **meaning: Any) -> Any:
    return column(
        name, "decimal", "measure", min=low, max=high,
        meaning={"additivity": "additive", "money": True, **meaning},
    )  # fmt: skip


def bills(*amounts: Any) -> Made:
    return table(
        "bills", column("id", role="key"), column("billed_at", "timestamp", "event_time"), *amounts,
        role="fact", shape="transaction",
    )  # fmt: skip


def worth(first: str, second: str, made: str) -> list[Any]:
    rows = [(1, START, Decimal(20), Decimal(5)), (2, START, Decimal(20), None)]
    built = Built(
        designed(bills(money(first), money(second))),
        {"bills": (f"id int, billed_at timestamp, {first} decimal(10, 2), {second} decimal(10, 2)",
                   rows)},
    )  # fmt: skip
    return [value for (value,) in built.rows(f"select {made} from fct_bills order by bill_id")]


def test_what_was_paid_back_is_taken_off_and_nothing_where_none_is_told() -> None:
    assert worth("amount", "amount_refunded", "net_amount") == [Decimal(15), Decimal(20)]


def test_what_a_discount_takes_off_and_a_tax_adds_is_not_known_while_either_is_missing() -> None:
    assert worth("gross_amount", "discount_amount", "net_amount") == [Decimal(15), None]
    assert worth("subtotal", "tax_amount", "gross_amount") == [Decimal(25), None]


@pytest.mark.parametrize(
    "amounts",
    [
        (money("amount"), money("tax_amount")),  # with or without?
        (money("subtotal"), money("tax_amount"), money("amount_due")),  # it is held
        (money("subtotal"), money("tax_amount"), money("shipping_total")),  # of which more is made
        (money("amount"), money("amount_refunded", "-90", "-1")),  # has its sign
        (money("amount"), money("refund_amount"), money("net_amount")),  # it is held
        (money("amount", unit="USD"), money("refund_amount", unit="EUR")),
    ],
)
def test_where_names_leave_a_doubt_nothing_is_taken_off_or_added(amounts: tuple[Any, ...]) -> None:
    model = designed(bills(*amounts)).by_name["fct_bills"]
    assert "settled" not in {each.made_by for each in model.columns}


def entries(
    amount: Any, entity: str = "entry", account: str = "accounts", beside: bool = False
) -> tuple[Made, ...]:
    held = table("accounts", column("id", role="key"), column("iban", "text", "natural_key"),
                 *(column(name) for name in "abcd"))  # fmt: skip
    links = {"account_id": "accounts.id", **({"other_account_id": "accounts.id"} if beside else {})}
    return held, table(
        "entries", column("id", role="key"),
        *(column(name, role="foreign_key", distinct=2) for name in links),
        column("posted_at", "timestamp", "event_time"), amount,
        role="fact", shape="transaction", entity=entity, plural="entries", links=links,
    )  # fmt: skip


def test_an_account_stands_after_each_entry_at_the_sum_of_all_up_to_it() -> None:
    day = timedelta(days=1)
    rows = [(1, 1, START, Decimal(10)), (2, 1, START, Decimal(-4)), (3, 2, START, Decimal(7)),
            (4, 1, START - day, Decimal(1)), (5, None, START, Decimal(9))]  # fmt: skip
    built = Built(
        designed(*entries(money("amount", "-40", "40"))),
        {
            "accounts": ("id int, iban text, a int, b int, c int, d int", []),
            "entries": ("id int, account_id int, posted_at timestamp, amount decimal(10, 2)", rows),
        },
    )  # fmt: skip
    found = built.rows("select entry_id, running_balance from fct_entries order by entry_id")
    assert found == [(1, 11), (2, 7), (3, 7), (4, 1), (5, None)]


@pytest.mark.parametrize(
    "made",
    [
        entries(money("amount", "1", "40")),  # all give: nobody has what was ever moved
        entries(money("amount", "-40", "40"), entity="visit"),
        entries(money("amount", "-40", "40"), beside=True),  # from one account to another
        entries(money("balance", "-40", "40")),
    ],
)
def test_what_is_no_ledger_of_one_account_has_no_balance(made: tuple[Made, ...]) -> None:
    model = designed(*made).by_name["fct_entries"]
    assert "running_balance" not in columns(model)


def test_how_long_was_planned_stands_beside_how_long_it_took() -> None:
    orders = table(
        "orders", column("id", role="key"), column("ordered_on", "date", "event_time"),
        column("required_on", "date", "event_time"),
        column("shipped_on", "date", "event_time", nulls=50), role="fact", shape="transaction",
    )  # fmt: skip
    known = [
        Identity(kind="ordering", table="raw.orders", operands=("ordered_on", later),
                 considered=100, hits=100)
        for later in ("required_on", "shipped_on")
    ]  # fmt: skip
    built = Built(
        designed(orders, identities=tuple(known)),
        {
            "orders": (
                "id int, ordered_on date, required_on date, shipped_on date",
                [(1, date(2024, 1, 1), date(2024, 1, 15), date(2024, 1, 18)),
                 (2, date(2024, 1, 1), None, None)],
            )
        },
    )  # fmt: skip
    query = "select days_to_required, days_to_ship, days_late from fct_orders order by order_id"
    assert built.rows(query) == [(14, 17, 3), (None, None, None)]
