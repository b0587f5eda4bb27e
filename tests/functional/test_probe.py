"""Answers from real warehouses against answers counted by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.probe import (
    Agreement,
    Answer,
    Exchange,
    Inclusion,
    Ordering,
    Par,
    Product,
    Question,
    Quotes,
    Rise,
    Total,
    Unique,
)
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine import prober, questions
from dbt_cartridge.engine.in_process import InProcess
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.functional.contract_tables import EXCHANGED, STAYS, Ansi
from tests.functional.engines import command_line, in_process
from tests.support.host import HostProject

TABLES = (
    "create schema raw",
    'create table raw."Orders" ("Id" integer, k1 integer, code varchar, total numeric(10, 2),'
    " placed timestamp, closed timestamp, city varchar, country varchar)",
    'insert into raw."Orders" values'
    " (1, 1, '10', 5.00, '2024-01-01', '2024-01-02', 'Oslo', 'NO'),"
    " (2, 1, '11', 7.50, '2024-01-03', '2024-01-02', 'Oslo', 'SE'),"
    " (3, 2, null, 9.00, '2024-01-03', null, 'Rome', 'IT')",
    "create table raw.lines (order_id bigint, price varchar, qty integer, amount double precision,"
    " off numeric(4, 2), kind varchar, target varchar)",
    "insert into raw.lines values (1, '2.50', 2, 5.0, 0, 'order', '10'),"
    " (2, '2.50', 2, 4.5, 0.10, 'order', '11'), (2, '2.50', 1, 2.5, 0, 'order', '99'),"
    " (9, 'n/a', 1, 2.5, 0, 'page', '10'), (null, '1', 1, 1, null, 'order', null)",
    *Ansi.made("raw", (*EXCHANGED, STAYS))[1:],
)
QUOTES = Quotes(
    relation="raw.rates", currency="code", since="since", rate="rate", home="USD", base="home"
)
EXCHANGE = Exchange(
    relation="raw.sales", currency="code", at="sold", amount="amount", quotes=QUOTES
)
QUESTIONS: Sequence[tuple[Question, Answer]] = (
    (Unique(relation="raw.Orders", columns=("Id",)), Answer(rows=3, considered=3, hits=3)),
    (Unique(relation="raw.Orders", columns=("k1",)), Answer(rows=3, considered=3, hits=2)),
    (Unique(relation="raw.Orders", columns=("k1", "code")), Answer(rows=3, considered=2, hits=2)),
    (
        Inclusion(relation="raw.lines", columns=("order_id",), ref_relation="raw.Orders",
                  ref_columns=("Id",)),
        Answer(rows=4, considered=4, hits=3, keys=3, key_hits=2),
    ),
    (  # integer against text
        Inclusion(relation="raw.lines", columns=("qty",), ref_relation="raw.Orders",
                  ref_columns=("code",)),
        Answer(rows=5, considered=5, hits=0, keys=2, key_hits=0),
    ),
    (
        Inclusion(relation="raw.lines", columns=("target",), ref_relation="raw.Orders",
                  ref_columns=("code",), where_column="kind", where_value="order"),
        Answer(rows=3, considered=3, hits=2, keys=3, key_hits=2),
    ),
    (  # the price is text, and one of them is no number
        Product(relation="raw.lines", result="amount", left="price", right="qty"),
        Answer(rows=5, considered=4, hits=3),
    ),
    (
        Product(relation="raw.lines", result="amount", left="price", right="qty", third="off",
                form="discount_rate"),
        Answer(rows=5, considered=3, hits=3),
    ),
    (  # a tenth of a percent is not ten
        Product(relation="raw.lines", result="amount", left="price", right="qty", third="off",
                form="discount_percent"),
        Answer(rows=5, considered=3, hits=2),
    ),
    (
        Product(relation="raw.lines", result="amount", left="amount", right="off", form="sum"),
        Answer(rows=5, considered=4, hits=3),
    ),
    (
        Ordering(relation="raw.Orders", lower="placed", upper="closed"),
        Answer(rows=3, considered=2, hits=1),
    ),
    (  # a moment in the course of a day against the day
        Ordering(relation="raw.stays", lower="booked", upper="begins", by_day=True),
        Answer(rows=3, considered=2, hits=1),
    ),
    (
        Total(relation="raw.Orders", key=("Id",), total="total", child="raw.lines",
              child_key=("order_id",), amount="amount"),
        Answer(rows=2, considered=2, hits=1),
    ),
    (
        Total(relation="raw.Orders", key=("Id",), total="total", child="raw.lines",
              child_key=("order_id",), amount="price", factor="qty", discount="off"),
        Answer(rows=2, considered=2, hits=1),
    ),
    (
        Agreement(relation="raw.Orders", key=("city",), column="country"),
        Answer(rows=3, considered=1, hits=0),
    ),
    (
        Agreement(relation="raw.lines", key=("qty",), column="amount"),
        Answer(rows=5, considered=2, hits=0),
    ),
    (
        Agreement(relation="raw.lines", key=("order_id",), column="price"),
        Answer(rows=4, considered=1, hits=1),
    ),
    (
        Rise(relation="raw.lines", key=("kind",), order="amount", column="order_id"),
        Answer(rows=5, considered=1, hits=0),
    ),
    (
        Rise(relation="raw.Orders", key=(), order="Id", column="total"),
        Answer(rows=3, considered=2, hits=2),
    ),
    (
        Par(relation="raw.rates", currency="code", value="USD", rate="rate"),
        Answer(rows=8, considered=2, hits=2),
    ),
    (
        Par(relation="raw.rates", currency="code", value="JPY", rate="rate"),
        Answer(rows=8, considered=4, hits=0),
    ),
    (
        EXCHANGE.model_copy(update={"result": "paid"}),
        Answer(rows=27, considered=14, hits=13),
    ),
    (
        EXCHANGE.model_copy(update={"result": "paid", "form": "quotient"}),
        Answer(rows=27, considered=14, hits=0),
    ),
    (EXCHANGE, Answer(rows=1, considered=1, hits=1)),
    (EXCHANGE.model_copy(update={"form": "quotient"}), Answer(rows=1, considered=1, hits=0)),
    (
        Unique(relation="raw.Orders", columns=("nope",)),
        Answer(status="failed", reason="raw.Orders.nope is unknown"),
    ),
)  # fmt: skip


@pytest.fixture
def answered(
    host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> tuple[HostProject, Scan, Sequence[Answer]]:
    host.warehouse.execute(*TABLES)

    def work(engine: InProcess) -> tuple[Scan, Sequence[Answer]]:
        facts = scan(engine, settings({"schemas": "raw"}, environment={}), Silent())
        before = engine.statements
        answers = prober(engine, facts)([question for question, _ in QUESTIONS])
        assert engine.statements == before + 1
        return facts, answers

    return (host, *in_process(host, monkeypatch, work))


def test_answers_are_right_and_the_same_through_both_engines(
    answered: tuple[HostProject, Scan, Sequence[Answer]],
) -> None:
    host, facts, answers = answered
    for (question, expected), answer in zip(QUESTIONS, answers, strict=True):
        assert answer == expected, question
    asked = prober(command_line(host), facts)([question for question, _ in QUESTIONS])
    assert asked == answers


def test_of_a_large_table_a_sample_answers_and_says_so_but_never_whether_a_key_is_unique(
    host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.warehouse.execute(
        "create schema raw",
        "create table raw.parents as select i as id from generate_series(1, 50) as t(i)",
        "create table raw.children as select i as id, 1 + i % 100 as parent_id, i + 1 as after"
        " from generate_series(1, 4000) as t(i)",
    )
    monkeypatch.setattr(questions, "_SAMPLED_ABOVE", 3000)
    monkeypatch.setattr(questions, "_SAMPLE_ROWS", 1000)

    def work(engine: InProcess) -> Sequence[Answer]:
        facts = scan(engine, settings({"schemas": "raw"}, environment={}), Silent())
        return prober(engine, facts)(
            [
                Unique(relation="raw.children", columns=("id",)),
                Inclusion(relation="raw.children", columns=("parent_id",),
                          ref_relation="raw.parents", ref_columns=("id",)),
                Ordering(relation="raw.children", lower="id", upper="after"),
            ]
        )  # fmt: skip

    key, reference, order = in_process(host, monkeypatch, work)
    assert key == Answer(rows=4000, considered=4000, hits=4000)
    assert reference.sampled
    assert 700 < reference.considered < 1300
    assert 0.4 < reference.share < 0.6
    assert order.sampled
    assert order.share == 1.0


def test_a_question_that_fails_is_its_own(
    host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.warehouse.execute(*TABLES)

    def work(engine: InProcess) -> Sequence[Answer]:
        facts = scan(engine, settings({"schemas": "raw"}, environment={}), Silent())
        with engine.released():
            host.warehouse.execute("drop table raw.lines")
        return prober(engine, facts)(
            [
                Unique(relation="raw.lines", columns=("qty",)),
                Unique(relation="raw.Orders", columns=("Id",)),
            ]
        )

    gone, there = in_process(host, monkeypatch, work)
    assert gone.status == "failed"
    assert "lines" in gone.reason
    assert there == Answer(rows=3, considered=3, hits=3)


def test_another_process_may_use_the_warehouse_while_the_engine_has_let_go(
    host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.warehouse.execute(*TABLES)
    host.write("models/a.sql", "select 1 as a")

    def work(engine: InProcess) -> tuple[int, int]:
        def rows() -> int:
            facts = scan(engine, settings({"schemas": "raw"}, environment={}), Silent())
            return facts.by_id["raw.Orders"].rows or 0

        before = rows()
        with engine.released():
            host.dbt_process("build").check_returncode()
            host.warehouse.execute('delete from raw."Orders" where "Id" = 1')
        return before, rows()

    assert in_process(host, monkeypatch, work) == (3, 2)
