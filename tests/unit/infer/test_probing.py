"""Questions: each once, within the budget, and what was not asked is said."""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Answer, Question, Unique
from dbt_cartridge.infer.probing import PER_STATEMENT, Asker, inclusion, is_unique
from tests.unit.infer.rows import World

MANY = list(range(1, 101))


class Counting:
    def __init__(self) -> None:
        self.asked: list[Question] = []

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        self.asked += questions
        return [Answer(rows=1, considered=1, hits=1) for _ in questions]


def questions(count: int) -> list[Unique]:
    return [Unique(relation="raw.t", columns=(f"c{n}",)) for n in range(count)]


def test_a_question_is_asked_once() -> None:
    probe = Counting()
    ask = Asker(probe, Settings())
    first, second = questions(2)
    assert ask([first, second, first])[2].status == "answered"
    ask([second])
    assert probe.asked == [first, second]


def test_max_queries_bounds_the_statements_and_the_rest_is_unasked() -> None:
    probe = Counting()
    ask = Asker(probe, Settings(max_queries=1))
    answers = ask(questions(PER_STATEMENT + 5))
    assert len(probe.asked) == PER_STATEMENT
    assert [a.status for a in answers[-5:]] == ["unasked"] * 5
    assert "max_queries" in answers[-1].reason
    assert ask.unproved == 5


def test_no_second_is_spent_when_none_is_allowed() -> None:
    probe = Counting()
    ask = Asker(probe, Settings(max_seconds=0))
    assert ask(questions(3))[0].reason == "max_seconds was used up"
    assert not probe.asked


def test_without_a_probe_everything_is_unproved() -> None:
    ask = Asker(None, Settings())
    assert {a.status for a in ask(questions(2))} == {"unasked"}
    assert ask.unproved == 2


def test_uniqueness_needs_every_row_and_no_null() -> None:
    assert is_unique(Answer(rows=3, considered=3, hits=3)) is True
    assert is_unique(Answer(rows=3, considered=2, hits=2)) is False
    assert is_unique(Answer(rows=3, considered=3, hits=2)) is False
    assert is_unique(Answer(rows=3, considered=3, hits=3, sampled=True)) is None
    assert is_unique(Answer(rows=3, considered=3, hits=2, sampled=True)) is False
    assert is_unique(Answer()) is None
    assert is_unique(Answer(status="failed")) is None


def test_an_edge_that_the_budget_left_out_is_a_note_and_no_join() -> None:
    gaps = [3 * n for n in MANY]  # without them the profile would tell
    world = World(
        {
            "customers": {"id": gaps, "name": [f"n {n}" for n in MANY]},
            "orders": {"id": MANY, "customer_id": gaps[::-1]},
        }
    )
    schema = world.infer(max_queries=0)
    assert not schema.relationships
    (found,) = schema.suggestions
    assert found.evidence_class == "assumed"
    assert not found.proved
    assert found.orphans is None
    assert schema.unproved > 0
    assert any("max_queries" in e.text for e in found.evidence)
    assert not world.asked


def test_no_question_is_asked_about_pairs_that_types_and_names_rule_out() -> None:
    gaps = [3 * n for n in MANY]
    world = World(
        {
            "customers": {"id": gaps, "name": [f"n {n}" for n in MANY]},
            "orders": {"id": MANY, "customer_id": gaps, "quantity": [3] * 100, "note": ["x"] * 100},
        }
    )
    world.infer()
    wanted = inclusion("raw.orders", ("customer_id",), "raw.customers", ("id",))
    assert [q for q in world.asked if q.kind == "inclusion"] == [wanted]
