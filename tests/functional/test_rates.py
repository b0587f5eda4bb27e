"""A shop that sells in several currencies, and has a table of rates: what is made of it builds, and
its totals are those that are counted by hand on the raw tables; tomorrow's rows break nothing."""

from __future__ import annotations

import pytest

from tests.support.host import HostProject

# Rates on weekdays alone. A yen is worth less than a cent: the size of the sales tells the way.
TABLES = """
create schema raw;
create table raw.customers as
    select i as customer_id, 'Customer ' || i as full_name from generate_series(1, 40) as t(i);
create table raw.exchange_rates as
    select c.code as currency_code, c.day as rate_date,
        case when c.code = 'USD' then cast(1 as decimal(18, 6)) else
            cast(c.worth * (1 + cast(c.number % 9 as decimal(8, 2)) / 100) as decimal(18, 6)) end
            as rate
    from (
        select i as number, date '2023-12-25' + cast(i as integer) as day, v.code, v.worth
        from generate_series(0, 139) as t(i)
        cross join (
            select 'USD' as code, cast(1 as decimal(9, 4)) as worth
            union all select 'EUR', 1.08 union all select 'JPY', 0.0067
        ) as v
    ) as c
    where extract(isodow from c.day) < 6;
create table raw.orders as
    select o.order_id, o.customer_id, o.currency_code, o.ordered_at,
        cast(o.dollars / o.worth as decimal(12, 2)) as total_amount
    from (
        select i as order_id, 1 + i % 40 as customer_id,
            case i % 3 when 0 then 'USD' when 1 then 'EUR' else 'JPY' end as currency_code,
            case i % 3 when 0 then 1 when 1 then 1.08 else 0.0067 end as worth,
            timestamp '2024-01-01 22:30:00' + cast(i * 7 % 120 as integer) * interval '1 day'
                as ordered_at,
            20 + i * 37 % 100 as dollars
        from generate_series(1, 600) as t(i)
    ) as o;
"""
BY_HAND = """
select cast(sum(o.total_amount * (
    select max(r.rate) from raw.exchange_rates as r
    where r.currency_code = o.currency_code and r.rate_date = (
        select max(s.rate_date) from raw.exchange_rates as s
        where s.currency_code = o.currency_code and s.rate_date <= cast(o.ordered_at as date)
            and s.rate > 0
    )
)) as decimal(18, 4)) from raw.orders as o
"""
TOMORROW = (
    # A new currency, a day before the first rate, a rate that is 0 and one that is missing.
    "insert into raw.orders (order_id, customer_id, currency_code, ordered_at, total_amount)"
    " values (601, 1, 'GBP', timestamp '2024-05-20 10:00:00', 10.00),"
    " (602, 1, 'EUR', timestamp '2023-12-01 10:00:00', 10.00),"
    " (603, 1, 'EUR', timestamp '2024-06-04 10:00:00', 10.00)",
    "insert into raw.exchange_rates (currency_code, rate_date, rate)"
    " values ('EUR', date '2024-06-03', 0), ('JPY', date '2024-06-03', null)",
)


@pytest.fixture
def sold(host: HostProject) -> HostProject:
    """The shop, generated."""
    host.warehouse.execute(*(part for part in TABLES.split(";") if part.strip()))
    host.operation("cartridge_generate", schemas=["raw"]).must_succeed()
    return host


def total(host: HostProject, column: str, model: str) -> list[tuple[str, ...]]:
    return host.warehouse.query(
        f"select cast(sum({column}) as decimal(18, 4)) from analytics.{model}"
    )


def test_amounts_are_converted_by_the_rate_of_their_day_and_all_of_it_arrives(
    sold: HostProject,
) -> None:
    run = sold.dbt("build").must_succeed()
    assert set(run.statuses.values()) == {"success", "pass"}
    by_hand = sold.warehouse.query(BY_HAND)
    assert total(sold, "converted_total_amount", "fct_orders") == by_hand
    assert total(sold, "total_order_converted_amount", "dim_customers") == by_hand
    marts = sold.files()["models/marts/dim_customers.sql"].decode()
    assert "_eur" not in marts

    sold.warehouse.execute(*TOMORROW)
    run = sold.dbt("build").must_succeed()
    warned = {name for name, status in run.statuses.items() if status == "warn"}
    assert any("has_its_rate" in name for name in warned)
    assert total(sold, "converted_total_amount", "fct_orders") == sold.warehouse.query(BY_HAND)
    missing = sold.warehouse.query(
        "select order_id from analytics.fct_orders where converted_total_amount is null order by 1"
    )
    assert missing == [(601,), (602,)]
