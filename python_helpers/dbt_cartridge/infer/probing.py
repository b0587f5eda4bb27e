"""Asking the warehouse: every question once, the important ones first, within the budget."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.probe import Answer, Inclusion, Probe, Question

UNASKED = Answer(status="unasked", reason="inference was run without a probe")


PER_STATEMENT = 40
"""Questions that the probe packs into one statement."""


def _nothing(_: Question) -> Answer | None:
    return None


class Asker:
    """A probe that remembers, and stops when the budget is used up.

    Questions asked again are answered from memory, and those that `known` answers are never
    asked. Those at the front of a batch are the ones that get asked when not all can be.
    """

    def __init__(
        self,
        probe: Probe | None,
        settings: Settings,
        known: Callable[[Question], Answer | None] = _nothing,
    ) -> None:
        self._probe = probe
        self._known = known
        self._seconds_left = settings.max_seconds
        self._statements_left = settings.max_queries
        self._answers: dict[Question, Answer] = {}
        self.asked = 0

    def __call__(self, questions: Sequence[Question]) -> list[Answer]:
        """Answers in the order of the questions."""
        new: list[Question] = []
        for question in dict.fromkeys(questions):
            if question in self._answers:
                continue
            answer = self._known(question)
            if answer is None:
                new.append(question)
            else:
                self._answers[question] = answer
        while new:
            batch = new if self._seconds_left is None else new[: 4 * PER_STATEMENT]
            self._answers.update(zip(batch, self._ask(batch), strict=True))
            new = new[len(batch) :]
        return [self._answers[question] for question in questions]

    @property
    def unproved(self) -> int:
        """Questions that were not answered."""
        return sum(answer.status != "answered" for answer in self._answers.values())

    def _ask(self, questions: list[Question]) -> list[Answer]:
        if self._probe is None:
            return [UNASKED] * len(questions)
        if self._seconds_left is not None and self._seconds_left <= 0:
            return [_late("max_seconds")] * len(questions)
        allowed = questions
        if self._statements_left is not None:
            allowed = questions[: self._statements_left * PER_STATEMENT]
            self._statements_left -= math.ceil(len(allowed) / PER_STATEMENT)
        start = time.monotonic()
        answers = list(self._probe(allowed)) if allowed else []
        self.asked += len(allowed)
        if self._seconds_left is not None:
            self._seconds_left -= time.monotonic() - start
        return answers + [_late("max_queries")] * (len(questions) - len(allowed))


def _late(option: str) -> Answer:
    return Answer(status="unasked", reason=f"{option} was used up")


def is_unique(answer: Answer) -> bool | None:
    """Unique and not null in every row. None: not answered, no row, or only a sample says so."""
    if answer.status != "answered" or not answer.rows:
        return None
    unique = answer.considered == answer.rows and answer.hits == answer.considered
    return None if unique and answer.sampled else unique


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
