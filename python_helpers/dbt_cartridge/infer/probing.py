"""Asking the warehouse: every question once, the important ones first, within the budget."""

from __future__ import annotations

import time
from typing import Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Answer, Inclusion, Probe, Question, Unique

UNASKED = Answer(status="unasked", reason="inference was run without a probe")


class Asker:
    """A probe that remembers. Questions asked again are answered from memory.

    The number of statements is the probe's to bound, since it packs questions into statements;
    the time spent waiting is bounded here too.
    """

    def __init__(self, probe: Probe | None, settings: Settings) -> None:
        self._probe = probe
        self._seconds_left = settings.max_seconds
        self._answers: dict[Question, Answer] = {}
        self.asked = 0

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        """Answers in the order of the questions."""
        new = [q for q in dict.fromkeys(questions) if q not in self._answers]
        if new:
            self._answers.update(zip(new, self._ask(new), strict=True))
        return [self._answers[question] for question in questions]

    def unique(self, relation: str, columns: Sequence[str]) -> Unique:
        """One spelling per question, so that memory finds it."""
        return Unique(relation=relation, columns=tuple(columns))

    def known(self, question: Question) -> Answer | None:
        """The answer, if it was asked for and given."""
        answer = self._answers.get(question)
        return answer if answer and answer.status == "answered" else None

    @property
    def unproved(self) -> int:
        """Questions that were not answered."""
        return sum(answer.status != "answered" for answer in self._answers.values())

    def _ask(self, questions: list[Question]) -> Sequence[Answer]:
        if self._probe is None:
            return [UNASKED] * len(questions)
        if self._seconds_left is not None and self._seconds_left <= 0:
            late = Answer(status="unasked", reason="max_seconds was used up")
            return [late] * len(questions)
        start = time.monotonic()
        answers = self._probe(questions)
        self.asked += len(questions)
        if self._seconds_left is not None:
            self._seconds_left -= time.monotonic() - start
        return answers


def is_unique(answer: Answer) -> bool | None:
    """Unique and not null in every row; None where it was not answered or there is no row."""
    if answer.status != "answered" or not answer.rows:
        return None
    return answer.considered == answer.rows and answer.hits == answer.considered


def inclusion(
    table: str, columns: Sequence[str], ref_table: str, ref_columns: Sequence[str]
) -> Inclusion:
    """The question behind a foreign key."""
    return Inclusion(
        relation=table,
        columns=tuple(columns),
        ref_relation=ref_table,
        ref_columns=tuple(ref_columns),
    )
