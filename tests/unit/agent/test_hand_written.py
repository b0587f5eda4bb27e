"""What the text of a model shows: writes, names that are not there, joins that give rows more, sums
that do not add up, and what one row is."""

from __future__ import annotations

import pytest

from dbt_cartridge.agent.hand_written import Known, Reading, read
from dbt_cartridge.documents.design import ModelColumn


def column(name: str, **facts: str) -> ModelColumn:
    return ModelColumn(name=name, description="", type="decimal", **facts)  # type: ignore[arg-type]


KNOWN = {
    "fct_orders": Known(
        "fct_orders",
        {
            "order_id": None, "customer_id": None, "total": column("total", additivity="additive"),
            "rate": column("rate", additivity="non_additive"), "currency": None,
            "paid": column("paid", additivity="additive", unit_by="currency"),
        },
        (frozenset({"order_id"}),),
    ),
    "fct_lines": Known(
        "fct_lines", {"order_id": None, "line": None, "amount": column("amount")},
        (frozenset({"order_id", "line"}),),
    ),
    "dim_customers": Known(
        "dim_customers", {"customer_id": None, "country": None}, (frozenset({"customer_id"}),)
    ),
    "raw.rates": Known("raw.rates", {"day": None, "rate": None}),
}  # fmt: skip
ORDERS = "select * from {{ ref('fct_orders') }}"


def of(text: str, dialect: str = "duckdb") -> Reading:
    return read(text, dialect, KNOWN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("insert into x select 1", "one select"),
        ("select 1; drop table x", "one select"),
        ("create table x as select 1 as a", "one select"),
        ("{{ config(pre_hook='drop table x') }} select 1 as a", "hooks"),
        ("select * from {{ ref('fct_orders') }} {% do run_query('drop') %}", "Jinja"),
        ("select totl from {{ ref('fct_orders') }}", "does not bind"),
        ("select o.x from {{ ref('fct_orders') }} o", "does not bind"),
        ("select from where", "no SQL"),
    ],
)
def test_what_writes_or_does_not_bind_is_said(text: str, said: str):
    assert any(said in problem for problem in of(text).problems), of(text)


def test_a_join_by_less_than_the_key_gives_rows_more_and_sums_too_much():
    found = of(
        "with o as (select * from {{ ref('fct_orders') }}), l as (select * from "
        "{{ ref('fct_lines') }}) select o.customer_id, sum(o.total) as total from o left join l "
        "on l.order_id = o.order_id group by 1"
    )
    assert any("gives rows more: its key is (line, order_id)" in each for each in found.problems)
    assert any("once for each row of l" in each for each in found.problems)
    assert found.key == ("customer_id",)


def test_what_is_summed_up_to_the_key_first_is_right():
    found = of(
        "with lines as (select order_id, sum(amount) as amount from {{ ref('fct_lines') }} "
        "group by order_id) select o.order_id, o.total, lines.amount from {{ ref('fct_orders') }} o"
        " left join lines using (order_id) left join {{ ref('dim_customers') }} c on "
        "c.customer_id = o.customer_id"
    )
    assert found.problems == ()
    assert found.key == ("order_id",)


def test_a_key_is_followed_through_ctes_of_months():
    found = of(
        "with o as (select * from {{ ref('fct_orders') }}), m as (select date_trunc('month', "
        "o.order_id::date) as month, sum(o.total) as total from o group by 1), final as (select "
        "m.month, m.total from m) select * from final"
    )
    assert (found.problems, found.key) == ((), ("month",))


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("sum(rate) as r", "does not add up"),
        ("sum(paid) as p", "several units"),
        ("sum(total) as t", ""),
    ],
)
def test_sums_of_rates_and_of_mixed_units_are_said(select: str, said: str):
    found = of(f"with o as ({ORDERS}) select customer_id, {select} from o group by customer_id")
    assert any(said in each for each in found.problems) if said else found.problems == ()


def test_a_unit_that_is_grouped_by_is_right():
    found = of(f"with o as ({ORDERS}) select currency, sum(paid) as p from o group by currency")
    assert found.problems == ()


def test_what_cannot_be_told_is_a_note_and_no_guess():
    found = of(
        "select o.order_id, r.rate from {{ ref('fct_orders') }} o left join "
        "{{ source('raw', 'rates') }} r on r.day = o.order_id"
    )
    assert found.problems == ()
    assert any("no key of r is known" in each for each in found.notes)
    assert found.key == ()
    unknown = of("select a from {{ ref('somebody_elses') }}")
    assert any("somebody_elses is not known" in each for each in unknown.notes)
    assert unknown.problems == ()


def test_a_cross_join_is_said():
    found = of("select a.total from {{ ref('fct_orders') }} a, {{ ref('dim_customers') }} b")
    assert any("every row to every row" in each for each in found.problems)
