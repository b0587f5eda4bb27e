"""What is asked of rows and sums, and what its answers are taken for."""

from __future__ import annotations

from dbt_cartridge.documents.design import Conserved, Latest, Query
from dbt_cartridge.documents.verdicts import ModelVerdict
from dbt_cartridge.engine.build import NodeResult
from dbt_cartridge.verify.conservation import conservation_tests, with_conservation
from tests.unit.verify import shop

MART = shop.FACT.model_copy(
    update={"conserved": (Conserved(column="total", of="stg_shop__orders", measure="total"),)}
)
SUMS = f"cartridge_reads_sums__{MART.name}"
PASSED = ModelVerdict(model=MART.name, status="pass", rows=3)


def answered(failures: int, status: str = "warn") -> dict[str, NodeResult]:
    return {SUMS: NodeResult(SUMS, status, failures)}


def test_a_sum_that_does_not_arrive_refutes_the_model() -> None:
    design = shop.design((shop.CUSTOMERS, shop.ORDERS, MART))
    verdict = with_conservation(PASSED, design, answered(2))
    assert verdict.status == "error"
    assert "`total`" in verdict.message
    assert "stg_shop__orders" in verdict.message


def test_a_sum_that_arrives_is_said_and_one_that_cannot_be_asked_says_nothing() -> None:
    design = shop.design((shop.CUSTOMERS, shop.ORDERS, MART))
    assert with_conservation(PASSED, design, answered(1)).sums == ("total",)
    assert with_conservation(PASSED, design, answered(0, "error")) == PASSED


def test_what_staging_leaves_out_is_counted_and_a_plain_select_needs_no_counting() -> None:
    body = shop.ORDERS.body
    assert isinstance(body, Query)
    latest = Latest(keys=('"source"."id"',), order_by=('"source"."loaded_at"',))
    (cte,) = body.ctes
    loads = body.model_copy(update={"ctes": (cte.model_copy(update={"latest": latest}),)})
    model = shop.ORDERS.model_copy(update={"body": loads})
    design = shop.design((shop.CUSTOMERS, model))
    (asked,) = conservation_tests(design)
    assert "source('shop', 'orders')" in asked.text
    name = "cartridge_reads_rows__stg_shop__orders"
    passed = ModelVerdict(model=model.name, status="pass", rows=3)
    verdict = with_conservation(passed, design, {name: NodeResult(name, "warn", 8)})
    assert (verdict.left_out, verdict.superseded) == (7, 7)
