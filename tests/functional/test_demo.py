"""The demo's shop is what its README says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from demo.shop import make_shop
from tests.support.warehouses import DuckDB

SCALE = 0.3


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> DuckDB:
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    make_shop(path, SCALE)
    return DuckDB(path)


def test_a_hundred_thousand_rows_take_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    tables = make_shop(tmp_path / "shop.duckdb")
    assert time.monotonic() - began < 30
    assert sum(tables.values()) > 100_000
    assert 20 <= len(tables) <= 30


def test_the_same_rows_each_time(shop: DuckDB, tmp_path: Path) -> None:
    again = DuckDB(tmp_path / "again.duckdb")
    make_shop(again.path, SCALE)
    for (name,) in shop.query("select table_name from information_schema.tables"):
        digest = f"select md5(string_agg(md5(t::varchar), '' order by t)) from raw.\"{name}\" as t"
        assert shop.query(digest) == again.query(digest), name


def test_headers_agree_with_their_lines(shop: DuckDB) -> None:
    wrong = shop.query(
        'select o."OrderID" from raw."Orders" as o join raw."OrderLines" as l using ("OrderID") '
        'group by o."OrderID", o."SubTotal" having abs(sum(l."LineAmount") - o."SubTotal") > 0.001'
    )
    assert wrong == []


def test_the_first_column_of_an_entity_is_its_key(shop: DuckDB) -> None:
    several_rows_a_key = {
        "fx_rates", "payments_cdc", "inventory_snapshots", "product_tags", "order_promotions",
    }  # fmt: skip
    for table, column in shop.query(
        "select table_name, column_name from duckdb_columns() "
        "where column_index = 1 and schema_name = 'raw'"
    ):
        counted = f'select count(*), count(distinct "{column}") from raw."{table}"'
        [(rows, keys)] = shop.query(counted)
        assert (rows == keys) == (table not in several_rows_a_key), table


@pytest.mark.parametrize(
    ("table", "column", "parent", "key"),
    [
        ("product_reviews", "prod_id", "tbl_products", "prod_id"),
        ("Orders", "ShippingAddressID", "cust_addr", "addr_id"),
        ("web_events", "user_id", "Customers", "CustomerID"),
    ],
)
def test_orphans_are_a_few(shop: DuckDB, table: str, column: str, parent: str, key: str) -> None:
    [(share,)] = shop.query(
        f'select avg(case when p."{key}" is null then 1.0 else 0.0 end) from raw."{table}" as c '
        f'left join raw."{parent}" as p on c."{column}" = p."{key}" where c."{column}" is not null'
    )
    assert 0 < share < 0.02


def test_payments_repeat_across_loads(shop: DuckDB) -> None:
    [(rows, payments, versions)] = shop.query(
        "select count(*), count(distinct pmt_id), count(distinct (pmt_id, _loaded_at)) "
        "from raw.payments_cdc"
    )
    assert payments < rows == versions


def test_no_table_has_a_constraint(shop: DuckDB) -> None:
    assert shop.query("select * from duckdb_constraints()") == []
