"""What is rendered builds in dbt, on real warehouses, without a warning or a deprecation."""

from __future__ import annotations

from datetime import date

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.host import Host
from dbt_cartridge.render import render
from tests.support.host import HostProject
from tests.unit.render.shop import shop

TABLES = (
    "create schema raw",
    "create schema legacy",
    'create table raw."Orders" ("OrderId" integer, "order" varchar(9), "E-Mail" varchar(99), '
    "total decimal(18, 2), paid varchar(9), deleted boolean, loaded_at timestamp)",
    'insert into raw."Orders" values '
    "(1, 'a', 'x@y.z', 10, 'no', false, '2020-01-01'), "
    "(1, 'a', 'x@y.z', 30, 'yes', false, '2020-02-01'), "
    "(2, 'b', 'y@y.z', 5, 'Y', null, '2021-12-30'), "
    "(3, 'c', ' ', 5, 'y', true, '2021-12-31')",
    "create table raw.order_lines (order_id integer, line_number integer, status varchar(9), "
    "quantity integer, price decimal(18, 2), created_at timestamp)",
    "insert into raw.order_lines values "
    "(1, 1, 'sent', 2, 10, '2020-01-01'), (1, 2, 'yes', 1, 10, '2020-01-02')",
    "create table legacy.old_orders (order_id integer, line_number integer, status varchar(9), "
    "quantity integer, price decimal(18, 2), created_at timestamp)",
    "insert into legacy.old_orders values (2, 1, 'it''s here', 1, 5, '2019-01-01')",
)
LEGACY = """
version: 2
sources:
  - name: legacy
    schema: legacy
    tables:
      - name: old_orders
"""


def test_every_kind_of_model_test_and_snapshot_builds_without_a_warning(host: HostProject):
    adapter = host.warehouse.output("x")["type"]
    host.warehouse.execute(*TABLES)
    host.write("models/legacy.yml", LEGACY)
    cartridge = Host(project_name="shop", adapter=adapter, dbt_version="1.11.16")
    for file in render(shop(adapter), cartridge, Settings()).files:
        host.write(file.path, file.text)
    run = host.dbt("--warn-error", "--show-all-deprecations", "build").must_succeed()
    tests = {name for name in run.statuses if "columns_" in name or "sum_" in name}
    assert len(tests) == 5
    again = host.dbt("--warn-error", "build").must_succeed()  # incremental, and a second snapshot
    assert run.statuses.keys() == again.statuses.keys()
    lines = host.warehouse.query(
        "select order_id, line_number, line_amount from analytics.fct_order_lines order by 1, 2"
    )
    assert [(a, b, float(c)) for a, b, c in lines] == [(1, 1, 20.0), (1, 2, 10.0), (2, 1, 5.0)]
    days = host.warehouse.query("select count(*), min(date_day) from analytics.dim_dates")
    to_the_end_of_this_year = date(date.today().year + 1, 1, 1) - date(2019, 1, 1)
    assert (days[0][0], str(days[0][1])) == (to_the_end_of_this_year.days, "2019-01-01")
