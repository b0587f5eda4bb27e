"""What check constraints say of a column, as each warehouse keeps them."""

from __future__ import annotations

import pytest

from dbt_cartridge.design.declared import Declared, declared
from dbt_cartridge.documents.scan import Check, Column, Relation

NAMES = ("state", "quantity", "started_at", "ended_at")


def said(expression: str, adapter: str = "duckdb") -> dict[str, Declared]:
    columns = tuple(
        Column(name=name, position=at, native_type="text", type="text")
        for at, name in enumerate(NAMES)
    )
    relation = Relation(
        schema_name="raw", name="t", columns=columns, checks=(Check(expression=expression),)
    )
    return declared(relation, adapter)


@pytest.mark.parametrize(
    ("adapter", "expression"),
    [
        ("duckdb", "CHECK((state IN ('open', 'shut')))"),
        ("duckdb", "(\"state\" = 'open') OR (state = 'shut')"),
        ("postgres", "((state)::text = ANY ((ARRAY['open'::character varying, "
                     "'shut'::character varying])::text[]))"),
        ("mysql", "(`state` in ('open','shut'))"),
    ],
)  # fmt: skip
def test_a_domain_is_read_as_the_warehouse_keeps_it(adapter: str, expression: str) -> None:
    assert said(expression, adapter) == {"state": Declared(values=("open", "shut"))}


def test_bounds_and_not_null_are_read_from_what_all_has_to_hold() -> None:
    found = said("quantity >= 1 AND 10 >= quantity AND quantity IS NOT NULL")
    assert found == {"quantity": Declared(low=1.0, high=10.0, not_null=True)}
    assert said("quantity between -1 and 5")["quantity"] == Declared(low=-1.0, high=5.0)


@pytest.mark.parametrize(
    "expression",
    [
        "ended_at >= started_at",
        "length(state) > 3",
        "state = 'open' or quantity = 1",
        "state in ('open', lower('shut'))",
        "elsewhere in ('a')",
        "this is (no sql",
    ],
)
def test_what_is_not_wholly_understood_says_nothing(expression: str) -> None:
    assert said(expression) == {}
