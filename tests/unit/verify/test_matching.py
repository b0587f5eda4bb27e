"""Each test of the design is found in dbt's manifest, under whatever name dbt gave it."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    CompositeRelationshipsTest,
    CompositeUniqueTest,
    ExpressionTest,
    FewestRowsTest,
    NotNullTest,
    RangeTest,
    ReconcilesTest,
    RelationshipsTest,
    SameRowCountTest,
    Test,
    UniqueTest,
)
from dbt_cartridge.engine.build import TestNode as Node
from dbt_cartridge.verify.matching import match


def node(
    name: str, column: str | None = None, owner: str = "m", title: str = "t", **arguments: Any
) -> Node:
    return Node(f"test.{name}.{column}.{title}", name, title, owner, column, arguments)


@pytest.mark.parametrize(
    ("test", "written"),
    [
        (UniqueTest(column="id"), node("unique", "id")),
        (NotNullTest(column="Order Id"), node("not_null", '"Order Id"')),
        (NotNullTest(column='a"b'), node("not_null", '"a""b"')),
        (AcceptedValuesTest(column="s", values=("it's",)),
         node("accepted_values", "s", values=["it''s"])),
        (RelationshipsTest(column="x_id", to="x", field="id"),
         node("relationships", "x_id", to="ref('x')", field="id")),
        (RelationshipsTest(column="x_id", to_source=("s", "x"), field="Id"),
         node("relationships", "x_id", to="source('s', 'x')", field='"Id"')),
        (CompositeUniqueTest(columns=("a", "B")),
         node("columns_unique_together", combination_of_columns=["a", '"B"'])),
        (CompositeUniqueTest(columns=("a", "b")),
         node("unique_combination_of_columns", combination_of_columns=["a", "b"])),
        (CompositeRelationshipsTest(columns=("a", "b"), to="x", fields=("c", "d")),
         node("columns_reference", combination_of_columns=["a", "b"], to="ref('x')",
              fields=["c", "d"])),
        (RangeTest(column="n", min_value=0), node("value_within_range", "n", min_value=0)),
        (RangeTest(column="n", min_value=0.5, max_value=9),
         node("accepted_range", "n", min_value=0.5, max_value=9)),
        (ExpressionTest(expression='"b" >= "a"', name="b not before a"),
         node("expression_holds", title="m_b_not_before_a", expression="b >= a")),
        (SameRowCountTest(as_model="x"), node("row_count_equals", compare_model="ref('x')")),
        (SameRowCountTest(as_model="x"), node("equal_rowcount", compare_model="ref('x')")),
        (FewestRowsTest(min_rows=80), node("row_count_at_least", min_rows=80)),
        (ReconcilesTest(key="k", expression='"a"', to="x", to_key="id", field="total"),
         node("sum_reconciles_with", key="k", expression="a", to="ref('x')", to_key="id",
              field="total")),
    ],
)  # fmt: skip
def test_test_is_recognised_in_the_way_it_is_written(test: Test, written: Node) -> None:
    found, strange = match([("m", test)], [written])

    assert found == {("m", test): written}
    assert strange == ()


def test_tests_that_differ_in_where_only_are_told_apart_by_their_order() -> None:
    first, second = UniqueTest(column="id", where='"a"'), UniqueTest(column="id", where='"b"')
    nodes = [node("unique", "id", title="one"), node("unique", "id", title="two")]

    found, _ = match([("m", first), ("m", second)], nodes)

    assert [found["m", first].title, found["m", second].title] == ["one", "two"]


def test_test_of_one_model_is_not_taken_for_that_of_another() -> None:
    found, strange = match([("m", UniqueTest(column="id"))], [node("unique", "id", owner="n")])

    assert found == {}
    assert len(strange) == 1


def test_claim_on_another_parent_is_another_claim() -> None:
    test = RelationshipsTest(column="x_id", to="x", field="id")

    found, _ = match([("m", test)], [node("relationships", "x_id", to="ref('y')", field="id")])

    assert found == {}


def test_singular_tests_are_nobodys() -> None:
    assert match([], [Node("test.reads", "reads", "reads")]) == ({}, ())
