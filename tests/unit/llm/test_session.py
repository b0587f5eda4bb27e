"""Budgets, faults, what is kept, and how an answer that is wrong is asked for again."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.schema import ColumnMeaning, Key, Schema, Table
from dbt_cartridge.documents.wording import Name
from dbt_cartridge.llm.batches import batches
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.pace import Pace, Stopped
from dbt_cartridge.llm.protocol import (
    Ask,
    AuthFailed,
    Passing,
    ProviderError,
    RateLimited,
    Rejected,
    Reply,
)
from dbt_cartridge.llm.providers.mock import Mock, Script
from dbt_cartridge.llm.questions import Answer, Fault, Question
from dbt_cartridge.llm.session import Session
from dbt_cartridge.llm.settling import Choice, settled
from dbt_cartridge.progress import Silent
from dbt_cartridge.write.answers import KeptAnswers
from tests.unit.llm.helpers import MODEL, Memory, few, improved_by


class Named(Answer):
    name: Name


def questions(count: int, expected: int = 200) -> list[Question[Any]]:
    return [
        Question("name", f"t{n}", f"table t{n}", [n], Named, expected=expected)
        for n in range(count)
    ]


def session(script: Script, store: Any = None, **settings: Any) -> Session:
    chosen = Settings(provider="mock", **settings)
    found = Session(Opened(Mock(script), MODEL), chosen, store or Memory(), Silent())
    found.pace = Pace(chosen.concurrency, wait=lambda _: None)
    return found


def good(request: Ask) -> str:
    return json.dumps({item: {"name": what} for item, what in request.items})


def test_every_question_is_answered_once():
    its = session(good)
    found = its.answers("Naming", "s", questions(30))
    assert {about: answer.name for about, answer in found.items()} == {
        f"t{n}": f"t{n}" for n in range(30)
    }
    assert its.asked().accepted == 30


def test_one_wrong_answer_does_not_spoil_the_others():
    asked: list[tuple[str, ...]] = []

    def script(request: Ask) -> str:
        asked.append(tuple(what for _, what in request.items))
        again = "was refused" in request.prompt
        return json.dumps(
            {i: {"name": what if what != "t1" or again else "T 1"} for i, what in request.items}
        )

    its = session(script)
    assert set(its.answers("Naming", "s", questions(3))) == {"t0", "t1", "t2"}
    assert asked == [("t0", "t1", "t2"), ("t1",)]
    assert its.asked().corrected == 1


def test_what_was_wrong_is_shown_with_the_next_try():
    prompts: list[str] = []

    def script(request: Ask) -> str:
        prompts.append(request.prompt)
        return json.dumps({"q1": {"name": "Bad Name"}})

    its = session(script)
    assert its.answers("Naming", "s", questions(1)) == {}
    assert len(prompts) == 3
    assert "refused" not in prompts[0]
    assert "was refused: name:" in prompts[1]
    [fallback] = its.asked().fallbacks
    assert fallback.what == "t0"


def test_a_refusal_of_several_costs_only_the_one_that_is_refused():
    def script(request: Ask) -> Reply | str:
        if any(what == "t1" for _, what in request.items):
            return Reply("", 1, 1, stop="refusal")
        return good(request)

    its = session(script)
    assert set(its.answers("Naming", "s", questions(4))) == {"t0", "t2", "t3"}
    assert [f.what for f in its.asked().fallbacks] == ["t1"]


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"max_requests": 2}, "max_requests"),
        ({"max_tokens": 2_100}, "max_tokens"),
        ({"max_requests": 0}, "max_requests"),
    ],
)
def test_a_budget_stops_asking_and_the_rules_finish(limit: dict[str, int], reason: str):
    its = session(good, concurrency=1, **limit)
    found = its.answers("Naming", "s", questions(40, expected=2_000))
    asked = its.asked()
    assert len(found) < 40
    assert len(found) + len(asked.fallbacks) == 40
    assert all(reason in fallback.why for fallback in asked.fallbacks)
    assert asked.requests <= limit.get("max_requests", 99)
    assert asked.tokens_in + asked.tokens_out <= limit.get("max_tokens", 10**9)


@pytest.mark.parametrize("limit", [{"max_requests": 5}, {"max_tokens": 9_000}])
def test_a_budget_is_kept_for_the_marts(limit: dict[str, int]):
    kinds: Counter[str] = Counter()

    def script(request: Ask) -> str:
        kinds[request.kind] += 1
        return good(request)

    its = session(script, concurrency=1, **limit)
    for kind in ("settle", "name", "design"):
        its.answers(kind, "s", [replace(q, kind=kind) for q in questions(40, expected=2_000)])
    assert kinds["design"] >= kinds["name"] > kinds["settle"]
    assert its.lost == ""
    assert any("kept for what matters more" in left.why for left in its.asked().fallbacks)


def test_a_refused_key_ends_the_asking_at_once():
    def script(request: Ask) -> str:
        raise AuthFailed("HTTP 401: bad key")

    its = session(script, concurrency=1)
    assert its.answers("Naming", "s", questions(60, expected=3_000)) == {}
    assert its.asked().requests == 1


def test_a_provider_that_is_down_is_not_asked_for_every_table():
    def script(request: Ask) -> str:
        raise Passing("HTTP 503: down")

    its = session(script, concurrency=2)
    assert its.answers("Naming", "s", questions(400, expected=3_000)) == {}
    assert its.asked().requests < 40


def test_what_the_sdk_lets_through_does_not_end_the_run():
    def script(request: Ask) -> str:
        raise KeyError("sdk")

    assert session(script).answers("Naming", "s", questions(1)) == {}


def test_a_kept_answer_survives_on_disk_and_asks_nothing(tmp_path: Path):
    first = session(good, KeptAnswers(tmp_path))
    first.answers("Naming", "s", questions(5))
    second = session(good, KeptAnswers(tmp_path))
    assert len(second.answers("Naming", "s", questions(5))) == 5
    assert second.asked().requests == 0
    assert second.asked().kept == 5


def test_ask_again_asks_again(tmp_path: Path):
    session(good, KeptAnswers(tmp_path)).answers("Naming", "s", questions(5))
    again = session(good, KeptAnswers(tmp_path, forget=Settings(ask_again=True).ask_again))  # pyright: ignore[reportArgumentType]
    again.answers("Naming", "s", questions(5))
    assert again.asked().kept == 0
    some = session(good, KeptAnswers(tmp_path, forget=("t[12]",)))
    some.answers("Naming", "s", questions(5))
    assert some.asked().kept == 3


def test_other_words_of_the_user_ask_again(tmp_path: Path):
    session(good, KeptAnswers(tmp_path)).answers("Naming", "s", questions(1))
    other = session(good, KeptAnswers(tmp_path))
    other.answers("Naming", "s and the context", questions(1))
    assert other.asked().requests == 1


def test_an_answer_that_could_not_be_taken_is_asked_for_in_one_more_run_and_then_no_more(
    tmp_path: Path,
):
    bad = json.dumps({"q1": {"name": "Bad Name"}})
    session(lambda _: bad, KeptAnswers(tmp_path)).answers("Naming", "s", questions(1))
    prompts: list[str] = []

    def script(request: Ask) -> str:
        prompts.append(request.prompt)
        return bad

    second = session(script, KeptAnswers(tmp_path))
    assert second.answers("Naming", "s", questions(1)) == {}
    assert "was refused: name:" in prompts[0]
    third = session(lambda _: bad, KeptAnswers(tmp_path))
    assert third.answers("Naming", "s", questions(1)) == {}
    assert third.asked().requests == 0
    assert len(third.asked().fallbacks) == 1


class Piece(Answer):
    name: Name
    size: int = Field(default=1, le=9)


class Pieces(Answer):
    parts = frozenset({"pieces", "note"})

    pieces: list[Piece] = Field(default=[], max_length=3)
    note: Name = ""


def pieces() -> list[Question[Any]]:
    def check(answer: Pieces) -> list[Fault]:
        return [
            Fault(("pieces", n), f"{each.name} is not made here")
            for n, each in enumerate(answer.pieces)
            if each.name.startswith("odd")
        ]

    return [Question("design", "t", "table t", [0], Pieces, check=check)]


def test_a_part_that_fails_is_asked_again_alone_with_all_its_faults_and_the_rest_is_taken(
    tmp_path: Path,
):
    prompts: list[str] = []
    answers = [
        {"pieces": [{"name": "good"}, {"name": "No Name", "size": 12}, {"name": "odd_one"}],
         "note": "kept"},
        {"pieces": [{"name": "named", "size": 2}]},
    ]  # fmt: skip

    def script(request: Ask) -> str:
        prompts.append(request.prompt)
        return json.dumps({"q1": answers[len(prompts) - 1]})

    its = session(script, KeptAnswers(tmp_path))
    found = its.answers("Designing", "s", pieces())["t"]
    assert [each.name for each in found.pieces] == ["good", "named"]
    assert found.note == "kept"
    assert len(prompts) == 2
    again = prompts[1].partition("these parts were refused")[2]
    assert '"No Name"' in again
    assert "pattern" in again
    assert "less than or equal to 9" in again
    assert "odd_one is not made here" in again
    assert '"good"' not in again
    assert its.asked().fallbacks == ()
    kept = session(lambda _: "{}", KeptAnswers(tmp_path))
    assert kept.answers("Designing", "s", pieces())["t"] == found
    assert kept.asked().requests == 0


def test_what_stands_is_taken_where_the_rest_never_comes_right(tmp_path: Path):
    bad = json.dumps({"q1": {"pieces": [{"name": "good"}, {"name": "odd_one"}]}})
    its = session(lambda _: bad, KeptAnswers(tmp_path))
    found = its.answers("Designing", "s", pieces())["t"]
    assert [each.name for each in found.pieces] == ["good"]
    [lost] = its.asked().fallbacks
    assert lost.what == "t: pieces odd_one"
    assert lost.why == "odd_one is not made here"
    again = session(lambda _: json.dumps({"q1": {}}), KeptAnswers(tmp_path))
    assert again.answers("Designing", "s", pieces())["t"] == found
    assert again.asked().requests == 1
    assert again.asked().fallbacks == ()


def test_what_is_asked_twice_is_counted_once():
    told: list[int] = []

    class Counting(Silent):
        def advance(self, count: int = 1, what: str = "") -> None:
            told.append(count)

    bad = json.dumps({"q1": {"pieces": [{"name": "good"}, {"name": "odd_one"}]}})
    its = session(lambda _: bad)
    its.progress = Counting()
    its.answers("Designing", "s", pieces())
    assert len(told) > 1
    assert sum(told) == 1


def test_more_than_may_stand_there_costs_only_what_is_too_much():
    many = json.dumps({"q1": {"pieces": [{"name": f"n{n}"} for n in range(5)]}})
    its = session(lambda _: many)
    found = its.answers("Designing", "s", pieces())["t"]
    assert [each.name for each in found.pieces] == ["n0", "n1", "n2"]


def test_the_schema_of_answers_is_sent_once():
    asked: list[Ask] = []

    def script(request: Ask) -> str:
        asked.append(request)
        return json.dumps({item: {} for item, _ in request.items})

    some = [Question("design", f"t{n}", f"table t{n}", [n], Pieces) for n in range(9)]
    session(script).answers("Designing", "s", some)
    assert json.dumps(asked[0].schema).count('"pieces"') == 1


def test_a_damaged_file_is_asked_again(tmp_path: Path):
    session(good, KeptAnswers(tmp_path)).answers("Naming", "s", questions(1))
    [kept] = (tmp_path / ".cartridge").rglob("*.json")
    kept.write_text("{", "utf-8")
    again = session(good, KeptAnswers(tmp_path))
    assert len(again.answers("Naming", "s", questions(1))) == 1
    assert again.asked().requests == 1


def test_an_edited_file_cannot_bring_in_what_an_answer_could_not(tmp_path: Path):
    session(good, KeptAnswers(tmp_path)).answers("Naming", "s", questions(1))
    [kept] = (tmp_path / ".cartridge").rglob("*.json")
    kept.write_text(json.dumps({"answer": {"name": "drop table"}}), "utf-8")
    again = session(good, KeptAnswers(tmp_path))
    assert again.answers("Naming", "s", questions(1))["t0"].name == "t0"


def test_ctrl_c_keeps_what_was_answered(tmp_path: Path):
    released = threading.Event()
    waited_for: list[str] = []

    def script(request: Ask) -> str:
        if request.items[0][1] == "t3":
            released.wait(60)
            waited_for.append("t3")
            raise Passing("too late")
        return good(request)

    def kept() -> int:
        return len(list((tmp_path / ".cartridge").rglob("*.json")))

    class Interrupting(Silent):
        def advance(self, count: int = 1, what: str = "") -> None:
            until = time.monotonic() + 30
            while kept() < 2 and time.monotonic() < until:
                time.sleep(0.01)
            raise KeyboardInterrupt

    its = session(script, KeptAnswers(tmp_path), concurrency=2)
    its.progress = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        its.answers("Naming", "s", questions(8, expected=5_000))
    assert not waited_for
    released.set()
    assert kept() >= 2
    rest = session(good, KeptAnswers(tmp_path))
    assert len(rest.answers("Naming", "s", questions(8, expected=5_000))) == 8
    assert rest.asked().kept >= 2


def test_requests_wait_as_long_as_the_provider_asks():
    pace = Pace(4)
    pace.enter()
    pace.leave(fault=True, overload=True, after=0.3)
    began = time.monotonic()
    pace.enter()
    assert time.monotonic() - began >= 0.25


def test_an_overloaded_provider_is_asked_less_at_a_time_and_then_more_again():
    pace = Pace(8)
    for _ in range(2):
        pace.enter()
        pace.leave(fault=True, overload=True)
    assert pace._allowed == 2  # pyright: ignore[reportPrivateUsage]
    for _ in range(20):
        pace.enter()
        pace.leave(fault=False)
    assert pace._allowed == 8  # pyright: ignore[reportPrivateUsage]


def test_pauses_grow_have_jitter_and_keep_retry_after():
    waits: list[float] = []
    pace = Pace(1, wait=waits.append)
    for tries in range(6):
        pace.back_off(tries, None)
    pace.back_off(0, 7.0)
    assert len(set(waits)) > 3
    assert all(wait <= 0.5 * 2**tries for tries, wait in enumerate(waits[:6]))
    assert waits[-1] >= 7.0


def test_nothing_is_sent_after_a_stop():
    pace = Pace(1)
    pace.stop("interrupted")
    with pytest.raises(Stopped):
        pace.enter()


def test_a_rate_limit_is_tried_again_after_the_time_it_names():
    tries: list[int] = []

    def script(request: Ask) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise RateLimited("HTTP 429", retry_after=0.1)
        return good(request)

    its = session(script)
    assert len(its.answers("Naming", "s", questions(1))) == 1
    assert its.asked().retries == 1


def test_related_questions_go_together_and_none_is_too_large():
    some = [
        Question("name", f"t{n}", "x" * 3_000, [n], Named, related=frozenset({f"t{(n + 6) % 12}"}))
        for n in range(12)
    ]
    small = Model("openai", "local", 8_192, 2_048)
    found = list(batches(some, small, 300))
    assert sorted(q.about for batch in found for q in batch) == sorted(q.about for q in some)
    assert all(sum(len(q.facts) for q in batch) < 0.4 * 8_192 * 4 for batch in found)
    place = {q.about: n for n, q in enumerate(q for batch in found for q in batch)}
    assert abs(place["t0"] - place["t6"]) == 1


def test_one_question_that_is_larger_than_the_window_is_asked_alone():
    huge = Question("name", "huge", "x" * 100_000, [], Named)
    found = list(batches([*questions(2), huge], Model("openai", "local", 8_192, 2_048), 300))
    assert [q.about for q in found[-1]] == ["huge"]


def test_a_provider_of_no_use_ends_the_run_unless_asked_otherwise():
    def refuses(_: Ask) -> Reply:
        raise AuthFailed("HTTP 401: no such key")

    def down(_: Ask) -> Reply:
        raise Rejected("HTTP 404: no such model")

    for fault in (refuses, down):
        with pytest.raises(ProviderError, match="Nothing was written"):
            improved_by(fault).understand(*few()[:2])
        settings = Settings(provider="mock", provider_fails="rules")
        schema = improved_by(fault, settings).understand(*few()[:2])
        assert schema.tables == few()[0].tables


def test_a_key_that_is_chosen_is_the_key_of_a_table_without_one():
    doubted = Key(columns=("a", "b"), kind="composite", proved=False, confidence=0.4)
    table = Table(
        id="raw.t", entity="t", entities="ts", role="fact", shape="transaction", confidence=0.5,
        doubted_keys=(doubted,),
        columns=(ColumnMeaning(name="a", words=("a",)), ColumnMeaning(name="b", words=("b",))),
    )  # fmt: skip
    schema = Schema(adapter="duckdb", tables=(table,))
    after = settled(schema, {"key raw.t(a, b)": Choice(choice="key")}, "m").tables[0]
    assert after.primary_key is not None
    assert after.primary_key.columns == ("a", "b")
    assert after.other_keys == after.doubted_keys == ()
    assert {column.role for column in after.columns} == {"key"}
