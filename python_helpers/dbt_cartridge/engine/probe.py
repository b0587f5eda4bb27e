"""Questions of inference, put to the warehouse: many to a statement, each failure its own."""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.documents.probe import Answer, Probe, Question
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.base import Engine, Request, in_order
from dbt_cartridge.engine.questions import Pass, Statement, passes

_PER_STATEMENT = 40


def prober(engine: Engine, scan: Scan) -> Probe:
    """The Probe of inference: asks `engine` about the relations and columns that `scan` knows."""

    def probe(questions: Sequence[Question]) -> Sequence[Answer]:
        needed, answers = passes(questions, scan)
        batches = [needed[i : i + _PER_STATEMENT] for i in range(0, len(needed), _PER_STATEMENT)]
        failed = _ask(engine, scan, batches, answers)
        alone = [one for batch in failed for several in batch for one in several.alone()]
        _ask(engine, scan, [[one] for one in alone], answers)
        return [answers[number] for number in range(len(questions))]

    return probe


def _ask(
    engine: Engine, scan: Scan, batches: Sequence[list[Pass]], answers: dict[int, Answer]
) -> list[list[Pass]]:
    """One statement for each batch. Returns those that failed and hold more than one question."""
    statements = [Statement(scan) for _ in batches]
    for statement, batch in zip(statements, batches, strict=True):
        for one in batch:
            statement.add(one)
    requests = [Request("questions", statement.request()) for statement in statements]
    failed: list[list[Pass]] = []
    for batch, reply in zip(batches, in_order(engine.ask(requests), len(requests)), strict=True):
        if reply.error is None:
            for row in reply.rows:
                answers.update(batch[int(row[0] or 0)].answers(row))
        elif sum(len(one.numbers) for one in batch) > 1:
            failed.append(batch)
        else:
            answers[batch[0].numbers[0]] = Answer(status="failed", reason=reply.error)
    return failed
