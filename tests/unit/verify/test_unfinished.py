"""A proof that was interrupted goes on where it stopped, on a warehouse with marks or without."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.engine.base import Reply, Request
from dbt_cartridge.verify.asking import Asking
from dbt_cartridge.verify.statements import Statement, alone
from dbt_cartridge.verify.unfinished import HOURS, Unfinished, key_of
from tests.unit.verify.test_asking import claim

STATEMENTS = (alone(claim("not_null")), alone(claim("unique")))


class Interrupted:
    """Answers `after` statements, then is interrupted."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.asked = 0

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for place, _ in enumerate(requests):
            if self.asked == self.after:
                raise KeyboardInterrupt
            self.asked += 1
            yield place, Reply(((str(place),),))


def ask(path: Path, after: int, mark: str | None = None) -> tuple[int, dict[str, str]]:
    """How many statements were put to the warehouse, and the statuses by test."""
    engine: Any = Interrupted(after)

    def tables(_: Statement) -> list[str]:
        return [f"raw.orders {mark}"]

    asking = Asking(engine, lambda _: None, lambda: False, kept=Unfinished(path), tables=tables)
    try:
        asking.ask(STATEMENTS)
    except KeyboardInterrupt:
        assert engine.asked == after
    return engine.asked, {id.split(".")[2]: r.status for id, r in asking.results.items()}


def test_what_was_answered_before_an_interruption_is_not_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "target" / "unfinished.jsonl"
    assert ask(path, 1) == (1, {"not_null": "pass"})
    assert ask(path, 9) == (1, {"not_null": "pass", "unique": "pass"})
    assert ask(path, 0) == (0, {"not_null": "pass", "unique": "pass"})


def test_a_table_that_has_changed_since_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.jsonl"
    ask(path, 9, mark="monday")
    assert ask(path, 9, mark="tuesday")[0] == 2


def test_half_a_line_strange_lines_and_old_ones_are_no_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "unfinished.jsonl"
    Unfinished(path).keep("a", Reply(((Decimal("1.5"), None),)))  # pyright: ignore
    path.write_text(f'{path.read_text()}[]\n{{"key": "b", "at": "x", "rows": 1}}\n{{"key": "c", "a')
    known = Unfinished(path)
    assert len(known) == 1
    assert known.known("a") == Reply((("1.5", None),))
    later = time.time() + HOURS * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    assert len(Unfinished(path)) == 0


def test_an_error_is_no_answer_and_the_end_takes_all_away(tmp_path: Path) -> None:
    path = tmp_path / "unfinished.jsonl"
    kept = Unfinished(path)
    kept.keep("a", Reply(error="time-out"))
    assert not path.exists()
    kept.keep("a", Reply((("1",),)))
    assert len(Unfinished(path, forget=True)) == 0
    kept.end()
    assert not path.exists()
    assert key_of("select 1", "a x") != key_of("select 1", "a y")
