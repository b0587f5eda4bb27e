"""Ordinary days stop no build: refunds, guests and new carriers are business, no faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from demo.days import DAYS, Day
from demo.shop import make_shop
from tests.support.host import HostProject, make_host
from tests.support.warehouses import DuckDB, quoted

SCALE = 0.1
FAULTS = {
    "an order that nobody placed": (
        'update raw."Orders" set "CustomerID" = 77 where "OrderID" = 500002',
        "relationships_fct_orders_customer_id",
    ),
    "a shipment that comes twice": (
        "insert into raw.shipments select * from raw.shipments where ship_id = 1",
        "unique_fct_shipments_ship_id",
    ),
    "a line that is gone": (
        'delete from raw."OrderLines" where "OrderLineID" = 5',
        "sum_reconciles_with_fct_order_lines",
    ),
    "a negative quantity": (
        'update raw."OrderLines" set "Qty" = -1 where "OrderLineID" = 9',
        "value_within_range_fct_order_lines_quantity",
    ),
}


@dataclass(frozen=True)
class Shop:
    """The demo's shop, generated and built on its first rows; then all that may come has come."""

    host: HostProject
    before: Mapping[str, str]  # test → status
    models: Mapping[str, str]  # afterwards
    tests: Mapping[str, str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("ordinary")
    warehouse = DuckDB(folder / "shop.duckdb")
    make_shop(warehouse.path, SCALE)
    host = make_host(folder / "shop", warehouse)
    host.operation("cartridge_generate", schemas=["raw"]).must_succeed()
    before = host.dbt("build").must_succeed().statuses
    for day in DAYS:
        warehouse.execute(*day.statements)
    models = host.dbt("run").statuses
    return Shop(host, before, models, host.dbt("test").statuses)


def failing(statuses: Mapping[str, str]) -> list[str]:
    return sorted(name for name, status in statuses.items() if status in ("fail", "error"))


def test_there_are_more_than_thirty_of_them_and_each_is_said_once() -> None:
    assert len({day.what for day in DAYS}) == len(DAYS) > 30


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.what)
def test_each_day_writes_what_it_says(day: Day, tmp_path_factory: pytest.TempPathFactory) -> None:
    warehouse = DuckDB(tmp_path_factory.getbasetemp() / "days.duckdb")
    if not warehouse.path.exists():
        make_shop(warehouse.path, SCALE)
    for statement in day.statements:
        [(rows,)] = warehouse.query(statement)
        assert rows >= 1, statement


def test_no_model_and_no_test_fails_on_ordinary_days(shop: Shop) -> None:
    assert failing(shop.models) == []
    assert failing(shop.tests) == []
    assert len(shop.tests) > 200


def test_what_is_worth_a_look_warns(shop: Shop) -> None:
    new = {name for name, status in shop.tests.items() if status == "warn"}
    new -= {name for name, status in shop.before.items() if status == "warn"}
    assert any("payment_status" in name for name in new)


@pytest.mark.parametrize(
    ("table", "mart"),
    [("Orders", "fct_orders"), ("OrderLines", "fct_order_lines"), ("Customers", "dim_customers"),
     ("shipments", "fct_shipments"), ("tbl_products", "dim_products")],
)  # fmt: skip
def test_no_row_is_lost_on_ordinary_days(shop: Shop, table: str, mart: str) -> None:
    [(raw,)] = shop.host.warehouse.query(f"select count(*) from raw.{quoted(table)}")
    [(shown,)] = shop.host.warehouse.query(f"select count(*) from analytics.{mart}")
    assert shown == raw


def test_nobody_is_no_customer(shop: Shop) -> None:
    [(nobody,)] = shop.host.warehouse.query(
        "select count(*) from analytics.dim_customers where customer_id is null"
    )
    assert nobody == 0


# One of a key and one of a sum in every run; each builds all models again.
SLOW = {"a shipment that comes twice", "a negative quantity"}


@pytest.mark.parametrize(
    "what", [pytest.param(w, marks=pytest.mark.slow if w in SLOW else ()) for w in FAULTS]
)
def test_a_fault_on_an_ordinary_day_fails(shop: Shop, what: str) -> None:
    """Each in a copy of the warehouse, so that none is hidden by another."""
    statement, told_by = FAULTS[what]
    place = shop.host.warehouse
    assert isinstance(place, DuckDB)
    kept = place.path.read_bytes()
    try:
        place.execute(statement)
        shop.host.dbt("run")
        assert any(name.startswith(told_by) for name in failing(shop.host.dbt("test").statuses))
    finally:
        place.path.write_bytes(kept)


def test_the_calendar_holds_no_day_at_the_end_of_time(shop: Shop) -> None:
    [(days, last)] = shop.host.warehouse.query(
        "select count(*), max(date_day) from analytics.dim_dates"
    )
    assert days < 50 * 366
    assert last.year < 2100
