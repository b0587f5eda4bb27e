"""Rows of one key are one thing, or the key has another column: only rows of one thing go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.infer.rows import Rows, World, edges, key, table

START = datetime(2024, 1, 1)
N = range(120)


def hours(count: int) -> datetime:
    return START + timedelta(hours=count)


def scattered(n: int, most: int = 9000) -> int:
    return n * 7919 % most


LINES: Rows = {  # four lines of each document, all loaded with it
    "id": [n % 4 for n in N],
    "document": [n // 4 + 1 for n in N],
    "quantity": [1 + scattered(n, 9) for n in N],
    "amount": [scattered(n) / 100 for n in N],
    "_fivetran_synced": [hours(n // 4) for n in N],
}
SHOPS: Rows = {  # forty orders of each shop, one batch a shop
    "id": [n % 40 + 1 for n in N],
    "total": [scattered(n) / 100 for n in N],
    "shop": ["eu us uk".split()[n // 40] for n in N],
    "_fivetran_deleted": [n % 11 == 0 for n in N],
    "_fivetran_synced": [hours(n // 40) for n in N],
}
READINGS: Rows = {
    "sensor_id": [n % 12 + 1 for n in N],
    "site": [f"site {n % 12 % 5}" for n in N],
    "model": [f"model {n % 12 % 4}" for n in N],
    "temperature": [scattered(n, 400) / 10 for n in N],
    "loaded_at": [hours(n) for n in N],
}


@pytest.mark.parametrize(
    ("name", "rows", "wanted"),
    [("line", LINES, {"id", "document"}), ("orders", SHOPS, {"id", "shop"})],
)
def test_a_number_within_something_else_is_half_a_key(
    name: str, rows: Rows, wanted: set[str]
) -> None:
    schema = World({name: rows}).infer()
    assert table(schema, name).versions is None
    assert set(key(schema, name)) == wanted


def test_readings_of_one_sensor_are_all_kept_and_the_report_says_so() -> None:
    schema = World({"sensor": READINGS}).infer()
    assert table(schema, "sensor").versions is None
    assert any("every row is kept" in problem.what for problem in schema.problems)


def test_loads_of_the_same_rows_are_reduced_to_the_last() -> None:
    rows: Rows = {
        "customer_id": [n % 40 + 1 for n in N],
        "full_name": ["Renamed" if n == 87 else f"Person {n % 40}" for n in N],
        "city": [f"City {n % 40 % 7}" for n in N],
        "_loaded_at": [hours(n // 40) for n in N],
    }
    found = table(World({"customers": rows}).infer(), "customers").versions
    assert found
    assert (found.kind, found.entity_key) == ("loads", ("customer_id",))
    assert found.evidence_class == "structural"


def test_a_feed_of_changes_may_change_everything() -> None:
    rows: Rows = {
        "id": [n % 60 + 1 for n in N],
        "name": [f"Car {n}" for n in N],
        "_op": ["I" if n < 60 else "U" for n in N],
        "_loaded_at": [hours(n) for n in N],
    }
    found = table(World({"cars": rows}).infer(), "cars").versions
    assert found
    assert found.kind == "loads"


def suppliers(**changed: list[Any]) -> World:
    doubled = [*range(1, 101), *range(20, 101, 20)]
    return World(
        {
            "suppliers": {
                "supplier_id": doubled,
                "supplier_name": [f"Supplier {n}" for n in doubled],
                "country": [None if n % 3 else "DE" for n in doubled],
                **changed,
            },
            "purchases": {
                "purchase_id": list(range(1, 301)),
                "supplier_id": [n % 100 + 1 for n in range(300)],
            },
        }
    )


def test_rows_that_stand_twice_word_for_word_cost_neither_key_nor_reference() -> None:
    schema = suppliers().infer()
    found = table(schema, "suppliers")
    assert found.versions
    assert found.versions.kind == "duplicates"
    assert [e.value for e in found.versions.evidence] == [5]
    assert key(schema, "suppliers") == ("supplier_id",)
    assert edges(schema) == {"purchases(supplier_id)": "suppliers(supplier_id)"}


def test_rows_of_one_key_that_differ_in_anything_are_no_copies() -> None:
    names = [f"Supplier {n}" for n in range(105)]
    schema = suppliers(supplier_name=names).infer()
    assert table(schema, "suppliers").versions is None


def test_what_a_vault_tells_of_a_hub_are_its_versions() -> None:
    hubs = [f"{n * 2654435761 % 2**32:08x}" for n in range(40)]
    schema = World(
        {
            "hub_customer": {
                "hk_customer": hubs,
                "customer_no": list(range(40)),
                "load_dts": [hours(n) for n in range(40)],
            },
            "sat_customer": {
                "hk_customer": [hubs[n % 40] for n in N],
                "load_dts": [hours(n) for n in N],
                "hashdiff": [f"{n * 40503 % 2**16:04x}{n:04x}" for n in N],
                "city": [f"City {n % 7}" for n in N],
            },
        }
    ).infer()
    found = table(schema, "sat_customer")
    assert found.versions
    assert (found.versions.kind, found.versions.evidence_class) == (
        "slowly_changing", "structural",
    )  # fmt: skip
    assert key(schema, "sat_customer") == ("hk_customer", "load_dts")
    assert table(schema, "hub_customer").versions is None


def test_lines_that_stand_twice_word_for_word_cost_the_key_of_two_columns_nothing() -> None:
    lines = [(r, n) for r in range(1, 41) for n in range(1, 4)]
    lines += lines[:6]
    receipts: Rows = {"receipt_no": list(range(1, 41)), "store": [f"S{n % 5}" for n in range(40)]}
    of_receipts: Rows = {
        "receipt_no": [r for r, _ in lines],
        "line_no": [n for _, n in lines],
        "price": [scattered(r * 9 + n) / 100 for r, n in lines],
    }
    schema = World({"receipts": receipts, "receipt_lines": of_receipts}).infer()
    versions = table(schema, "receipt_lines").versions
    assert versions
    assert (versions.kind, versions.entity_key) == ("duplicates", ("receipt_no", "line_no"))
    found = edges(schema)
    assert found == {"receipt_lines(receipt_no)": "receipts(receipt_no)"}


def test_two_rows_of_one_product_in_one_order_may_both_be_meant() -> None:
    lines = [(order, product) for order in range(1, 61) for product in range(2)]
    lines += lines[:5]
    of_orders: Rows = {
        "order_id": [o for o, _ in lines],
        "product_id": [1 + (o * 7 + p * 3) % 20 for o, p in lines],
        "quantity": [1 for _ in lines],
    }
    orders: Rows = {"order_id": list(range(1, 61)), "placed_on": [hours(n) for n in range(60)]}
    products: Rows = {"product_id": list(range(1, 21)), "title": [f"T{n}" for n in range(20)]}
    world = World({"orders": orders, "products": products, "order_items": of_orders})
    assert table(world.infer(), "order_items").versions is None
