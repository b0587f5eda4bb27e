"""A mart loses the computed column on which it fails, and keeps the rest."""

from __future__ import annotations

from functools import cache

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.verdicts import ModelVerdict, Verdicts
from dbt_cartridge.verify import settle
from tests.unit.design.built import Built
from tests.unit.design.made import column, columns, designed, table

OUT_OF_RANGE = "Out of range while computing days_late in line 30"


@cache
def shop() -> Design:
    customers = table("customers", column("id", role="key"),
                      column("email", "text", meaning={"pii": "email"}))  # fmt: skip
    orders = table(
        "orders", column("id", role="key"), column("customer_id", role="foreign_key"),
        column("ordered_on", "date", "event_time", min="2024-01-01", max="2024-03-01"),
        column("due_on", "date", "event_time"), column("shipped_on", "date", "event_time", nulls=9),
        column("total", "decimal", "measure", meaning={"additivity": "additive", "money": True}),
        role="fact", shape="transaction", links={"customer_id": "customers.id"},
    )  # fmt: skip
    return designed(customers, orders)


def after(message: str, model: str = "fct_orders") -> Design:
    wrong = ModelVerdict(model=model, status="error", message=message)
    return settle(shop(), Verdicts(level="data", models=(wrong,)))


def test_a_named_column_goes_alone_with_what_others_make_of_it() -> None:
    settled = after(OUT_OF_RANGE)
    fact, customers = settled.by_name["fct_orders"], settled.by_name["dim_customers"]
    before = shop().by_name
    assert set(columns(before["fct_orders"])) - set(columns(fact)) == {"days_late"}
    lost = set(columns(before["dim_customers"])) - set(columns(customers))
    assert lost == {"average_days_late", "median_days_late"}
    assert [each.why for each in settled.left_out if "days_late" in each.what] == [OUT_OF_RANGE]


def test_where_no_column_is_named_all_that_is_computed_goes_and_the_mart_stays() -> None:
    fact = after("Out of memory in an operator").by_name["fct_orders"]
    assert not [c.name for c in fact.columns if c.made_by]
    assert {"order_id", "customer_id", "total"} <= {*columns(fact)}


def test_a_mart_without_computed_columns_goes_if_it_still_fails() -> None:
    wrong = ModelVerdict(model="fct_orders", status="error", message="no")
    once = settle(shop(), Verdicts(level="data", models=(wrong,)))
    assert "fct_orders" not in settle(once, Verdicts(level="data", models=(wrong,))).by_name


def test_what_is_left_runs() -> None:
    rows = [(1, 1, "2024-01-01", "2024-01-03", "2024-01-05", 5)]
    built = Built(
        after(OUT_OF_RANGE),
        {
            "customers": ("id int, email text", [(1, "a@x.example"), (2, "b@x.example")]),
            "orders": ("id int, customer_id int, ordered_on date, due_on date, shipped_on date, "
                       "total decimal(9, 2)", rows),
        },
    )  # fmt: skip
    assert built.rows("select is_late from fct_orders") == [(True,)]
    assert built.rows("select late_order_count from dim_customers order by customer_id") == [
        (1,), (0,)
    ]  # fmt: skip


def test_of_a_sum_that_does_not_add_up_the_column_goes() -> None:
    told = "`total_order_amount` does not add up to what fct_orders holds"
    customers = after(told, "dim_customers").by_name["dim_customers"]
    assert "total_order_amount" not in columns(customers)
    assert "order_count" in columns(customers)
    assert "total_order_amount" not in {each.column for each in customers.conserved}
