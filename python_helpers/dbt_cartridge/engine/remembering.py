"""A probe that answers from memory what was asked before of rows that have not changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from dbt_cartridge.documents.memory import Answers
from dbt_cartridge.documents.probe import Answer, Inclusion, Probe, Question, Total
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.version import helper_version


class Remembering:
    """Is a Probe. `answers`: what is worth keeping for the next run, this one's answers alone."""

    def __init__(self, probe: Probe, scan: Scan, before: Answers | None) -> None:
        self._probe = probe
        self._marks = {relation.id: relation.mark for relation in scan.relations}
        known = before is not None and before.made_by == helper_version()
        self._before = before.answers if before is not None and known else {}
        self._now: dict[str, Answer] = {}

    def __call__(self, questions: Sequence[Question]) -> Sequence[Answer]:
        keys = [self._key(question) for question in questions]
        known = {n: self._before[key] for n, key in enumerate(keys) if key in self._before}
        asked = [n for n in range(len(questions)) if n not in known]
        known |= dict(zip(asked, self._probe([questions[n] for n in asked]), strict=True))
        for number, key in enumerate(keys):
            if key and known[number].status == "answered":
                self._now[key] = known[number]
        return [known[number] for number in range(len(questions))]

    @property
    def answers(self) -> Answers:
        return Answers(made_by=helper_version(), answers=self._now)

    def _key(self, question: Question) -> str:
        """Empty where a relation has no mark."""
        names = [question.relation]
        if isinstance(question, Inclusion):
            names.append(question.ref_relation)
        if isinstance(question, Total):
            names.append(question.child)
        marks = [self._marks.get(name) for name in names]
        if not all(marks):
            return ""
        text = "\0".join([question.model_dump_json(), *(str(mark) for mark in marks)])
        return hashlib.sha256(text.encode()).hexdigest()
