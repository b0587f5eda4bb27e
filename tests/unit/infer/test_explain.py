"""`explain` tells what was weighed, what the warehouse answered, and why one won."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.infer.explain import explain
from tests.unit.infer.rows import World

MANY = list(range(1, 101))


@pytest.fixture(scope="module")
def schema() -> Schema:
    return World(
        {
            "customers": {"id": MANY, "email": [f"c{n}@x.org" for n in MANY]},
            "orders": {"id": MANY, "customer": [*MANY[:98], 991, 992], "total.net": [1.5] * 100},
        }
    ).infer()


def test_a_column_is_explained_with_candidates_and_probe_results(schema: Schema) -> None:
    text = explain(schema, "raw.orders.customer")
    assert "raw.customers(id)" in text
    assert "98 of 100 rows with a value are found in raw.customers" in text
    assert "2 of 100 rows are orphans" in text
    assert "weighed:" in text


def test_a_table_is_explained_with_its_role_and_its_keys(schema: Schema) -> None:
    text = explain(schema, "RAW.CUSTOMERS")
    assert "primary key (id), proved" in text
    assert "role" in text
    assert "referred to by raw.orders(customer)" in text


def test_a_name_with_a_dot_in_it_is_found(schema: Schema) -> None:
    assert "raw.orders.total.net" in explain(schema, "raw.orders.total.net")


def test_an_unknown_target_is_refused_with_the_nearest_one(schema: Schema) -> None:
    with pytest.raises(ConfigError, match=r"Did you mean 'raw\.orders\.customer'"):
        explain(schema, "raw.orders.custmer")
