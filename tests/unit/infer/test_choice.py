"""The relationships as a whole: one parent each, no cycle among keys, the parent one would name."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_cartridge.infer.choice import branching
from tests.unit.infer.rows import World, edges

TABLES = "abcde"
MANY = list(range(1, 201))


def test_a_branching_takes_the_heaviest_parent_of_each() -> None:
    assert branching({("a", "b"): 2.0, ("a", "c"): 1.0, ("b", "c"): 0.5}) == {"a": "b", "b": "c"}


def test_a_cycle_is_opened_where_it_costs_least() -> None:
    weights = {("a", "b"): 5.0, ("b", "a"): 4.0, ("b", "c"): 3.5, ("a", "c"): 1.0}
    assert branching(weights) == {"a": "b", "b": "c"}


def test_an_unlikely_edge_is_not_taken_to_complete_a_tree() -> None:
    assert branching({("a", "b"): -0.5, ("b", "a"): 0.0}) == {}


weights_of_few = st.dictionaries(
    st.tuples(st.sampled_from(TABLES), st.sampled_from(TABLES)).filter(lambda e: e[0] != e[1]),
    st.integers(1, 30).map(float),
    max_size=9,
)


@given(weights_of_few)
def test_no_other_forest_is_more_probable(weights: dict[tuple[str, str], float]) -> None:
    chosen = branching(weights)
    assert _is_forest(chosen)
    assert sum(weights[e] for e in chosen.items()) == pytest.approx(_best(weights))


def _best(weights: dict[tuple[str, str], float]) -> float:
    options = [[None, *(parent for child, parent in weights if child == table)] for table in TABLES]
    best = 0.0
    for pick in itertools.product(*options):
        forest = {t: p for t, p in zip(TABLES, pick, strict=True) if p is not None}
        if _is_forest(forest):
            best = max(best, sum(weights[e] for e in forest.items()))
    return best


def _is_forest(parents: dict[str, str]) -> bool:
    for start in parents:
        at, steps = start, 0
        while at in parents and steps <= len(parents):
            at, steps = parents[at], steps + 1
        if at in parents:
            return False
    return True


def test_among_tables_that_share_a_key_the_narrowest_named_one_is_the_parent() -> None:
    people, staff, sellers = MANY, MANY[40:140], MANY[60:80]
    world = World(
        {
            "entity": {"entity_id": list(range(1, 401))},
            "person": {"entity_id": people, "name": [f"p {n}" for n in people]},
            "password": {"entity_id": people, "password_hash": [f"x{n}" for n in people]},
            "employee": {"entity_id": staff, "job": ["clerk"] * 100},
            "seller": {"entity_id": sellers, "quota": [1.5] * 20},
            "employee_history": {
                "entity_id": [staff[n % 100] for n in range(200)],
                "start_date": [f"2024-01-{n // 100 + 1:02}" for n in range(200)],
            },
            "seller_target": {
                "id": list(range(1, 61)),
                "entity_id": [sellers[n % 20] for n in range(60)],
            },
            "customer": {"id": MANY, "person_id": people},
            "orders": {
                "id": MANY,
                "employee_id": [staff[n % 100] for n in range(200)],
                "seller_id": [sellers[n % 20] for n in range(200)],
            },
        }
    )
    found = edges(world.infer())
    assert found["person(entity_id)"] == "entity(entity_id)"
    assert found["employee(entity_id)"] == "person(entity_id)"
    assert found["seller(entity_id)"] == "employee(entity_id)"
    assert found["password(entity_id)"] == "person(entity_id)"
    assert found["seller_target(entity_id)"] == "seller(entity_id)"
    assert found["orders(seller_id)"] == "seller(entity_id)"
    assert found["customer(person_id)"] == "person(entity_id)"


def test_a_column_has_one_parent_although_several_hold_its_values() -> None:
    world = World(
        {
            "regions": {"id": MANY, "name": [f"r {n}" for n in MANY]},
            "sales_regions": {"id": MANY, "name": [f"s {n}" for n in MANY]},
            "stores": {"id": MANY, "region_id": [n % 200 + 1 for n in MANY]},
        }
    )
    found = [r for r in world.infer().relationships if r.table == "raw.stores"]
    assert [r.ref_table for r in found] == ["raw.regions"]
    assert "raw.regions(id)" in [c.text for c in found[0].candidates]
