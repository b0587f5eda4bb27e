"""Formulas that hold in the data: few questions, told when 99.9 % of the rows agree."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dbt_cartridge.documents.probe import Answer, Ordering, Product, Question, Total
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Identity
from dbt_cartridge.infer.exchange import converted_pairs, in_one_currency
from dbt_cartridge.infer.identities import identities
from dbt_cartridge.infer.per_unit import per_unit
from tests.unit.infer.build import (
    SILENT,
    Answers,
    column,
    drafts,
    integer,
    leads,
    moment,
    number,
    relation,
)
from tests.unit.infer.rows import World

LINES = relation(
    "order_lines", integer("line_id", rows=3000), integer("order_id", rows=3000),
    integer("qty", 1, 10, rows=3000, mean=2.0), number("unit_price", 1, 100, 20, rows=3000),
    number("discount", 0, 0.3, 0.05, rows=3000), number("line_amount", 1, 900, 38, rows=3000),
)  # fmt: skip
ORDERS = relation(
    "orders", integer("order_id"), number("subtotal", 1, 3000, 114), number("tax", 0, 300, 11.4),
    number("freight", 0, 30, 5), number("total_due", 1, 3300, 130.4),
    moment("order_date"), moment("ship_date"), moment("updated_at"),
)  # fmt: skip
LINKS = [leads("order_lines", "order_id", "orders", "order_id")]
KEYS = {"orders": "order_id", "order_lines": "line_id"}


def found(
    answers: dict[Question, Answer], tables: tuple[Relation, ...] = (ORDERS, LINES)
) -> dict[str, Identity]:
    """What is told, by its text; questions without an answer given do not hold."""
    told = identities(drafts(tables, KEYS, LINKS), LINKS, Answers(answers, share=0.5))
    return {one.evidence[0].text.split(" in ")[0]: one for one in told}


HOLDS = Answer(rows=1000, considered=1000, hits=1000)


def test_a_discounted_product_is_found() -> None:
    question = Product(
        relation="raw.order_lines", result="line_amount", left="qty", right="unit_price",
        third="discount", form="discount_rate",
    )  # fmt: skip
    told = found({question: HOLDS})
    one = told["line_amount = qty × unit_price × (1 − discount)"]
    assert one.operands == ("qty", "unit_price", "discount")
    assert (one.considered, one.hits) == (1000, 1000)


def test_a_discount_in_percent_is_asked_about_as_one() -> None:
    lines = relation(
        "order_lines", integer("line_id", rows=3000), integer("qty", 1, 10, rows=3000, mean=2.0),
        number("unit_price", 1, 100, 20, rows=3000),
        integer("discount_percent", 0, 30, rows=3000, mean=5.0),
        number("line_amount", 1, 900, 38, rows=3000),
    )  # fmt: skip
    question = Product(
        relation="raw.order_lines", result="line_amount", left="qty", right="unit_price",
        third="discount_percent", form="discount_percent",
    )  # fmt: skip
    answers = Answers({question: HOLDS}, share=0.5)
    told = identities(drafts((lines,), {"order_lines": "line_id"}), (), answers)
    assert [one.form for one in told] == ["discount_percent"]


def test_a_sum_of_three_is_found_by_its_means() -> None:
    question = Product(
        relation="raw.orders", result="total_due", left="subtotal", right="tax", third="freight",
        form="sum",
    )  # fmt: skip
    assert "total_due = subtotal + tax + freight" in found({question: HOLDS})


def test_what_is_left_is_told_as_a_difference() -> None:
    one = relation("sales", integer("id"), number("gross_amount", 1, 900, 100),
                   number("fee_amount", 0, 90, 10), number("net_amount", 1, 800, 90))  # fmt: skip
    question = Product(
        relation="raw.sales", result="net_amount", left="gross_amount", right="fee_amount",
        form="difference",
    )  # fmt: skip
    assert "net_amount = gross_amount − fee_amount" in found({question: HOLDS}, (one,))


def test_a_total_is_the_sum_of_its_lines() -> None:
    question = Total(
        relation="raw.orders", key=("order_id",), total="subtotal", child="raw.order_lines",
        child_key=("order_id",), amount="line_amount",
    )  # fmt: skip
    one = found({question: HOLDS})["subtotal = sum of line_amount"]
    assert (one.table, one.child, one.result) == ("raw.orders", "raw.order_lines", "subtotal")


def test_a_total_of_price_times_quantity_is_preferred_to_the_price_alone() -> None:
    lines = relation("order_lines", integer("line_id", rows=3000), integer("order_id", rows=3000),
                     integer("qty", 1, 1, rows=3000, mean=1.0),
                     number("unit_price", 1, 100, 38, rows=3000))  # fmt: skip
    told = identities(drafts((ORDERS, lines), KEYS, LINKS), LINKS, Answers())
    totals = [one for one in told if one.kind == "total" and one.result == "subtotal"]
    assert [(one.amount, one.factor) for one in totals] == [("unit_price", "qty")]


def test_times_in_order_are_found_and_update_times_left_alone() -> None:
    probe = Answers()
    identities(drafts((ORDERS,), KEYS), (), probe)
    asked = [(q.lower, q.upper) for q in probe.asked if isinstance(q, Ordering)]
    assert asked == [("order_date", "ship_date")]


@pytest.mark.parametrize(
    ("lower", "upper"),
    [("valid_from", "valid_to"), ("rental_start", "rental_end"), ("created_at", "updated_at"),
     ("opened_at", "closed_at"), ("from_date", "to_date"), ("request_date", "completion_date"),
     ("opened_at", "first_response_at"), ("raised_at", "acknowledged_at"),
     ("loss_date", "reported_date")],
)  # fmt: skip
def test_spans_are_asked_about(lower: str, upper: str) -> None:
    one = relation("t", integer("id"), moment(lower), moment(upper))
    told = identities(drafts((one,), {"t": "id"}), (), Answers())
    assert [i.operands for i in told] == [(lower, upper)]


def test_of_two_beginnings_the_one_that_not_every_row_has_had_comes_later() -> None:
    one = relation("applications", integer("id"), moment("applied_at"),
                   moment("hired_at", nulls=900))  # fmt: skip
    told = identities(drafts((one,), {"applications": "id"}), (), Answers())
    assert [i.operands for i in told] == [("applied_at", "hired_at")]


def test_the_date_that_is_called_like_the_row_is_its_beginning() -> None:
    one = relation("gifts", integer("id"), moment("gift_date"), moment("thanked_on"))
    told = identities(drafts((one,), {"gifts": "id"}), (), Answers())
    assert [i.operands for i in told] == [("gift_date", "thanked_on")]


def test_what_happens_again_and_again_is_no_step() -> None:
    one = relation("t", integer("id"), moment("created_at"), moment("last_viewed_at"))
    assert not identities(drafts((one,), {"t": "id"}), (), Answers())


def test_lowest_and_highest_are_asked_about() -> None:
    one = relation("jobs", integer("id"), integer("min_salary", 1, 50),
                   integer("max_salary", 10, 90))  # fmt: skip
    told = identities(drafts((one,), {"jobs": "id"}), (), Answers())
    assert [i.operands for i in told] == [("min_salary", "max_salary")]


@pytest.mark.parametrize(
    "answer",
    [Answer(rows=1000, considered=1000, hits=998), Answer(rows=9, considered=9, hits=9),
     Answer(status="failed", reason="no rights")],
)  # fmt: skip
def test_what_does_not_hold_or_proves_nothing_is_not_told(answer: Answer) -> None:
    question = Ordering(relation="raw.orders", lower="order_date", upper="ship_date")
    assert found({question: answer}, (ORDERS,)) == {}


def test_999_of_1000_are_enough() -> None:
    question = Ordering(relation="raw.orders", lower="order_date", upper="ship_date")
    told = found({question: Answer(rows=1000, considered=1000, hits=999)}, (ORDERS,))
    assert told["order_date ≤ ship_date"].evidence[0].value == 0.999


def test_nothing_is_told_without_a_warehouse() -> None:
    assert identities(drafts((ORDERS, LINES), KEYS, LINKS), LINKS, SILENT) == ()


def test_sums_whose_means_do_not_add_up_are_not_asked_about() -> None:
    one = relation("t", integer("id"), number("fee_amount", 1, 9, 3), number("tax_amount", 1, 9, 4),
                   number("total_amount", 1, 90, 50))  # fmt: skip
    probe = Answers()
    identities(drafts((one,), {"t": "id"}), (), probe)
    assert probe.asked == []


def test_products_beyond_the_ranges_are_not_asked_about() -> None:
    one = relation("t", integer("id"), integer("qty", 1, 3, mean=2.0),
                   number("unit_price", 1, 5, 3), number("amount", 1, 900, 300))  # fmt: skip
    probe = Answers()
    identities(drafts((one,), {"t": "id"}), (), probe)
    assert probe.asked == []


def test_wide_tables_are_asked_few_questions() -> None:
    wide = relation("wide", integer("id"), *(number(f"a{n}_amount", 1, 9, 2) for n in range(60)),
                    *(moment(f"step_{n}_date") for n in range(40)), column("note"))  # fmt: skip
    probe = Answers()
    identities(drafts((wide,), {"wide": "id"}), (), probe)
    assert len(probe.asked) <= 14


def converting(home: str, foreign: str, low: float = 0.5) -> tuple[Relation, ...]:
    one = relation(
        "payments", integer("id"), number(foreign, 1, 900, 100), number(home, 1, 1800, 110),
        number("exchange_rate", low, 2.0, 1.1), column("currency", values=["eur", "usd"]),
    )  # fmt: skip
    return (one,)


def conversion(home: str, foreign: str, divided: bool) -> list[Identity]:
    """What is told where only the asked formula holds."""
    left, result = (home, foreign) if divided else (foreign, home)
    question = Product(relation="raw.payments", result=result, left=left, right="exchange_rate")
    probe = Answers({question: HOLDS}, share=0.5)
    told = identities(drafts(converting(home, foreign), {"payments": "id"}), (), probe)
    return [one for one in told if one.kind == "conversion"]


@pytest.mark.parametrize(
    ("home", "foreign", "divided", "form"),
    [
        ("home_amount", "amount", False, "plain"),
        ("home_amount", "amount", True, "quotient"),
        ("amount", "foreign_amount", False, "plain"),
        ("amount_usd", "amount", False, "plain"),
    ],
)
def test_the_rows_show_in_which_direction_a_rate_is_quoted(
    home: str, foreign: str, divided: bool, form: str
) -> None:
    (one,) = conversion(home, foreign, divided)
    assert (one.result, one.operands, one.form) == (home, (foreign, "exchange_rate"), form)


def test_rates_that_hold_in_both_directions_show_none() -> None:
    """Nearly all rows are in the currency of the house: the rate is 1."""
    told = identities(
        drafts(converting("home_amount", "amount"), {"payments": "id"}), (), Answers()
    )
    assert not [one for one in told if one.kind == "conversion"]


def test_a_rate_that_never_differs_is_not_asked_about() -> None:
    probe = Answers()
    identities(drafts(converting("home_amount", "amount", 2.0), {"payments": "id"}), (), probe)
    assert not [q for q in probe.asked if isinstance(q, Product) and q.right == "exchange_rate"]


def test_an_amount_that_was_converted_is_in_one_currency() -> None:
    (draft,) = drafts(converting("home_amount", "amount"), {"payments": "id"})
    known = {m.name: m.unit_column for m in draft.meanings}
    assert (known["amount"], known["home_amount"]) == ("currency", "currency")
    told = in_one_currency(draft, converted_pairs(conversion("home_amount", "amount", False)))
    assert {m.name: m.unit_column for m in told if m.money} == {
        "amount": "currency", "home_amount": None,
    }  # fmt: skip


def test_a_moment_is_compared_with_a_day_by_the_day() -> None:
    """What was booked in the morning of the day on which it begins was booked before."""
    days = [date(2024, 1, 1) + timedelta(n) for n in range(40)]
    world = World({"stays": {
        "stay_id": list(range(40)),
        "booked_at": [datetime(d.year, d.month, d.day, 9) for d in days],
        "check_in": days,
    }})  # fmt: skip
    world.infer()
    asked = [q for q in world.asked if isinstance(q, Ordering)]
    assert [(q.lower, q.upper, q.by_day) for q in asked] == [("booked_at", "check_in", True)]


def test_so_many_times_a_price_is_money_that_adds_up_whatever_it_is_called() -> None:
    lines = relation(
        "sold_lines", integer("qty", 1, 10), number("unit_price", 1, 100, 20),
        number("ext_price", 1, 900, 40), number("list_price", 1, 100, 20),
    )  # fmt: skip
    (draft,) = drafts([lines], {})
    proved = Identity(
        kind="product", table=draft.id, result="ext_price", operands=("qty", "unit_price"),
        considered=60, hits=60,
    )  # fmt: skip
    found = {m.name: m for m in per_unit(draft, [proved])}
    assert (found["ext_price"].additivity, found["ext_price"].money) == ("additive", True)
    assert found["unit_price"].additivity == found["list_price"].additivity == "non_additive"
    found = {m.name: m for m in per_unit(draft, [])}
    assert found["ext_price"].additivity == "non_additive"
