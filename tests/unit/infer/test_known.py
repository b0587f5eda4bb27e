"""What the profile tells is not asked, and is what the warehouse would have said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dbt_cartridge.documents.probe import Answer, Inclusion, Unique
from dbt_cartridge.infer.facts import facts
from dbt_cartridge.infer.known import known
from tests.unit.infer.rows import World, edge

NUMBERS = st.lists(st.one_of(st.none(), st.integers(-3, 12)), min_size=1, max_size=20)
QUESTION = Inclusion(
    relation="raw.child", columns=("parent_id",), ref_relation="raw.parent", ref_columns=("id",)
)


def world(child: list[int | None], parent: list[int | None], *, sampled: bool = False) -> World:
    return World({"child": {"parent_id": child}, "parent": {"id": parent}}, sampled=sampled)


def told(one: World) -> Answer | None:
    return known(facts(one.scan))(QUESTION)


@given(child=NUMBERS, parent=NUMBERS)
def test_a_known_answer_is_the_warehouses(
    child: list[int | None], parent: list[int | None]
) -> None:
    made = world(child, parent)
    answer = told(made)
    if answer is not None:
        asked = made.probe([QUESTION])[0]
        for count in ("considered", "hits", "keys", "key_hits"):
            assert getattr(answer, count) == getattr(asked, count)


def test_what_lies_in_a_range_without_gaps_is_found_in_it() -> None:
    answer = told(world([2, 2, None, 5], [1, 2, 3, 4, 5]))
    assert answer is not None
    assert (answer.considered, answer.hits, answer.keys, answer.key_hits) == (3, 3, 2, 2)


def test_what_lies_beyond_a_range_is_not_found_in_it() -> None:
    answer = told(world([20, 30], [1, 5, 9]))
    assert answer is not None
    assert (answer.considered, answer.hits, answer.key_hits) == (2, 0, 0)


def test_gaps_overlaps_and_samples_are_left_to_the_warehouse() -> None:
    assert told(world([2, 3], [1, 3])) is None
    assert told(world([3, 9], [1, 2, 3])) is None
    assert told(world([1], [1, 2, 3], sampled=True)) is None


def test_other_questions_and_unknown_columns_are_left_to_the_warehouse() -> None:
    answer = known(facts(world([1], [1, 2]).scan))
    assert answer(Unique(relation="raw.child", columns=("parent_id",))) is None
    assert answer(QUESTION.model_copy(update={"columns": ("nope",)})) is None
    assert answer(QUESTION.model_copy(update={"where_column": "parent_id"})) is None
    assert answer(QUESTION.model_copy(update={"ref_relation": "raw.nope"})) is None


def test_an_edge_that_the_profile_proves_costs_no_question() -> None:
    many = list(range(1, 101))
    made = World(
        {
            "customers": {"id": many, "name": [f"n {n}" for n in many]},
            "orders": {"id": many, "customer_id": [1 + n % 50 for n in many]},
        }
    )
    found = edge(made.infer(), "orders(customer_id)")
    assert found.proved
    assert found.rows == 100
    assert not [question for question in made.asked if isinstance(question, Inclusion)]
