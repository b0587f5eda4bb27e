"""Repeated records: what their type tells, and what becomes of them."""

from __future__ import annotations

import pytest

from dbt_cartridge.design.repeated import record_fields


@pytest.mark.parametrize(
    ("native", "fields"),
    [
        ("STRUCT<sku STRING, qty INT64>", [("sku", "STRING"), ("qty", "INT64")]),
        ("STRUCT<price NUMERIC(10, 2)>", [("price", "NUMERIC(10, 2)")]),
        (
            "STRUCT<a STRUCT<b STRUCT<c DATE>, d BOOL>, e ARRAY<STRUCT<f INT64, g INT64>>>",
            [("a.b.c", "DATE"), ("a.d", "BOOL"), ("e", "ARRAY<STRUCT<f INT64, g INT64>>")],
        ),
        ("STRUCT<`order` STRING>", [("order", "STRING")]),
        ("STRUCT<INT64>", []),  # a field without a name cannot be asked for
    ],
)
def test_the_fields_of_a_record_are_read_from_its_type(
    native: str, fields: list[tuple[str, str]]
) -> None:
    assert list(record_fields(native)) == fields
