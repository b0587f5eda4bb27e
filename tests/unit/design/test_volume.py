"""A load that stopped half-way: what sees it, and where nothing else would."""

from __future__ import annotations

import pytest

from dbt_cartridge.design.volume import fewest
from dbt_cartridge.documents.design import Design, FewestRowsTest
from tests.unit.design.made import (
    Made,
    claims,
    column,
    customers,
    designed,
    order_lines,
    orders,
    table,
)


def bounds(result: Design) -> dict[str, FewestRowsTest]:
    return {
        each.name: test
        for source in result.sources
        for each in source.tables
        for test in each.tests
        if isinstance(test, FewestRowsTest)
    }


def visits(**facts: int) -> Made:
    return table(
        "visits", column("id", role="key", rows=500),
        column("customer_id", rows=500, **{"distinct": 100, **facts}),
        role="fact", rows=500, links={"customer_id": "customers.id"},
    )  # fmt: skip


def test_the_last_fact_of_a_chain_is_watched_for_a_load_that_stopped_half_way() -> None:
    found = bounds(designed(customers(), visits()))
    assert set(found) == {"visits"}
    assert found["visits"].min_rows == 400
    assert found["visits"].severity == "warn"
    assert "stopped half-way" in found["visits"].evidence


def test_a_table_that_few_rows_refer_to_is_watched_too() -> None:
    assert set(bounds(designed(customers(), visits(distinct=3)))) == {"customers", "visits"}


def test_lines_whose_headers_all_had_some_are_missed_by_their_headers() -> None:
    result = designed(customers(), orders(), order_lines())
    assert bounds(result) == {}
    tests = claims(result.by_name["fct_orders"], "relationships")
    assert ("order_id", "fct_order_lines", "order_id") in [(t.column, t.to, t.field) for t in tests]


def test_of_a_handful_of_rows_none_is_missed() -> None:
    small = table("moods", column("id", role="key", rows=9), rows=9)
    assert bounds(designed(small)) == {}


@pytest.mark.parametrize(
    ("rows", "least"), [(10, 8), (100, 80), (112, 100), (140, 120), (1000, 800), (1_234_567, 10**6)]
)
def test_the_bound_is_a_round_number_that_a_little_growth_does_not_move(
    rows: int, least: int
) -> None:
    assert fewest(rows) == least


def test_half_a_load_is_always_below_the_bound() -> None:
    for rows in (*range(10, 400), 999, 12_345, 10**9):
        assert rows // 2 + 1 < fewest(rows) < rows


def test_sources_without_staging_models_carry_the_tests_of_their_keys() -> None:
    (source,) = designed(customers(), order_lines(), layers="sources").sources
    claimed = {c.name: [t.kind for t in c.tests] for c in source.tables[0].columns if c.tests}
    assert claimed == {"id": ["unique", "not_null"]}
