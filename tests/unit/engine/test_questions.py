"""Questions are asked together where one pass tells, and fail alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from dbt_cartridge.documents.probe import (
    Agreement,
    Exchange,
    Inclusion,
    Ordering,
    Par,
    Product,
    Question,
    Quotes,
    Total,
    Unique,
)
from dbt_cartridge.documents.scan import Column, Relation, Scan, TypeFamily
from dbt_cartridge.engine import prober
from dbt_cartridge.engine.base import Engine, Reply, Request
from dbt_cartridge.engine.questions import MOST_PAIRS, Statement, passes


def relation(name: str, **columns: TypeFamily) -> Relation:
    made = tuple(
        Column(name=column, position=place, native_type=family, type=family)
        for place, (column, family) in enumerate(columns.items(), start=1)
    )
    return Relation(database="db", schema_name="raw", name=name, columns=made)


SCAN = Scan(
    adapter="duckdb",
    schemas=("raw",),
    relations=(
        relation("orders", id="integer", total="decimal", placed="date", shipped="timestamp"),
        relation("lines", order_id="text", price="decimal", quantity="integer", amount="decimal"),
        relation("sales", currency="text", day="date", amount="decimal", home="decimal"),
        relation("rates", currency="text", day="date", rate="decimal"),
    ),
)
PRODUCT = Product(relation="raw.lines", result="amount", left="price", right="quantity")
ORDERING = Ordering(relation="raw.orders", lower="placed", upper="shipped")


def total(amount: str, factor: str | None = None) -> Total:
    return Total(
        relation="raw.orders", key=("id",), total="total", child="raw.lines",
        child_key=("order_id",), amount=amount, factor=factor,
    )  # fmt: skip


class Answering:
    """An engine that counts upwards; statements that hold `bad` fail."""

    def __init__(self, bad: str = "") -> None:
        self.bad = bad
        self.requests: list[Request] = []

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for place, request in enumerate(requests):
            self.requests.append(request)
            if self.bad in [name for _, name, _ in request.body["values"]]:
                yield place, Reply(error="no such thing")
                continue
            width = 1 + 2 * request.body["pairs"]
            rows = [
                (str(one["no"]), *(str(count) for count in range(1, width + 1)))
                for one in request.body["questions"]
            ]
            yield place, Reply(rows=tuple(rows))


def ask(engine: Answering, questions: Sequence[Question]) -> list[Any]:
    return list(prober(cast("Engine", engine), SCAN)(questions))


def statement(*questions: Question) -> dict[str, Any]:
    made = Statement(SCAN)
    for one in passes(questions, SCAN)[0]:
        made.add(one)
    return made.request()


def test_formulas_of_one_tables_rows_are_asked_in_one_pass() -> None:
    more = Product(relation="raw.lines", result="amount", left="price", right="amount", form="sum")
    body = statement(PRODUCT, ORDERING, more)
    assert [one["kind"] for one in body["questions"]] == ["rows", "rows"]
    assert [form for form, _ in body["questions"][0]["formulas"]] == ["plain", "sum"]
    assert body["pairs"] == 2


def test_totals_over_the_same_lines_are_asked_in_one_join() -> None:
    (one,) = statement(total("amount"), total("price", "quantity"))["questions"]
    assert one["kind"] == "totals"
    assert one["sums"] == [[0, 0, None, None], [0, 1, 2, None]]


def test_agreements_of_one_key_are_asked_in_one_pass() -> None:
    asked = [
        Agreement(relation="raw.lines", key=("order_id",), column=name)
        for name in ("price", "amount")
    ]
    (one,) = statement(*asked)["questions"]
    assert (one["kind"], len(one["values"])) == ("agreements", 2)


def test_amounts_that_one_rate_may_convert_are_asked_in_one_join() -> None:
    quotes = Quotes(relation="raw.rates", currency="currency", since="day", rate="rate", home="USD")
    one = Exchange(
        relation="raw.sales", currency="currency", at="day", amount="amount", quotes=quotes
    )
    by_row = one.model_copy(update={"result": "home"})
    divided = {"form": "quotient"}
    asked = [one, by_row, one.model_copy(update=divided), by_row.model_copy(update=divided)]
    sizes, rows = statement(*asked)["questions"]
    assert (sizes["kind"], rows["kind"]) == ("magnitudes", "exchanges")
    assert sizes["formulas"] == [["plain", [0]], ["quotient", [0]]]
    assert rows["formulas"] == [["plain", [0, 1]], ["quotient", [0, 1]]]


def test_currencies_that_may_be_at_par_are_asked_in_one_pass() -> None:
    asked = [
        Par(relation="raw.rates", currency="currency", value=value, rate="rate")
        for value in ("USD", "EUR")
    ]
    (one,) = statement(*asked)["questions"]
    assert (one["kind"], one["values"]) == ("pars", ["USD", "EUR"])


def test_a_pass_answers_no_more_than_its_pairs() -> None:
    many = [total("amount", f) for f in ("price", "quantity", "amount", None)] * 2
    many += [total("price", f) for f in ("price", "quantity", "amount", None)]
    found, _ = passes(many, SCAN)
    assert [len(one.numbers) for one in found] == [MOST_PAIRS, len(many) - MOST_PAIRS]


def test_a_name_is_quoted_once_a_statement() -> None:
    key = Unique(relation="raw.lines", columns=("order_id", "price"))
    body = statement(PRODUCT, key, total("amount"))
    assert len(body["names"]) == len(set(body["names"]))
    assert set(body["names"]) == {
        "db", "raw", "lines", "orders", "amount", "price", "quantity", "order_id", "id", "total"
    }  # fmt: skip
    assert len(body["tables"]) == 2


def test_columns_of_other_types_are_compared_as_text() -> None:
    inclusion = Inclusion(
        relation="raw.lines", columns=("order_id",), ref_relation="raw.orders", ref_columns=("id",)
    )
    body = statement(inclusion)
    (one,) = body["questions"]
    assert body["values"][one["keys"][0]] == ["text", "order_id", ""]
    assert body["values"][one["ref_keys"][0]] == ["text", "id", ""]
    assert body["values"][one["columns"][0]] == ["plain", "order_id", ""]


def test_every_question_gets_its_own_counts() -> None:
    first, second, key = ask(
        Answering(),
        [total("amount"), total("price"), Unique(relation="raw.orders", columns=("id",))],
    )
    assert (first.considered, first.hits) == (2, 3)
    assert (second.considered, second.hits) == (4, 5)
    assert (key.rows, key.considered, key.hits, key.keys) == (1, 2, 3, 0)


def test_what_fails_together_is_asked_alone_and_only_the_culprit_fails() -> None:
    engine = Answering(bad="price")
    answers = ask(engine, [total("amount"), total("price"), ORDERING])
    assert [answer.status for answer in answers] == ["answered", "failed", "answered"]
    assert answers[1].reason == "no such thing"
    assert len(engine.requests) == 4


def test_what_the_scan_does_not_know_is_never_asked() -> None:
    engine = Answering()
    unknown = Unique(relation="raw.orders", columns=("nope",))
    answers = ask(engine, [unknown, Unique(relation="raw.gone", columns=("id",))])
    assert [answer.reason for answer in answers] == [
        "raw.orders.nope is unknown", "raw.gone is unknown"
    ]  # fmt: skip
    assert not engine.requests
