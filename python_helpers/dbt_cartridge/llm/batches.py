"""Questions into requests: as many as the model's window holds, related ones together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from dbt_cartridge.llm.meter import tokens
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.questions import Question

Questions = Sequence[Question[Any]]
_SHARE = 0.4  # of the window, for the facts; the schema of the answer and the answer need the rest
# Beyond these a request gets slower than it gets cheaper, and one bad answer costs more.
_MOST_IN, _MOST_OUT, _MOST = 16_000, 5_000, 12


def batches(questions: Questions, model: Model, overhead: int) -> Iterator[list[Question[Any]]]:
    """Every question once, in batches as they are full. One that is too big for the window stands
    alone.

    Args:
        overhead: tokens that each request has anyway.
    """
    room_in = max(min(int(model.window * _SHARE), _MOST_IN) - overhead, 1)
    room_out = max(min(int(model.output * 0.7), _MOST_OUT), 1)
    batch: list[Question[Any]] = []
    used_in = used_out = 0
    for question in neighbours(questions):
        size = tokens(question.facts)
        full = used_in + size > room_in or used_out + question.expected > room_out
        if batch and (full or len(batch) >= _MOST):
            yield batch
            batch, used_in, used_out = [], 0, 0
        batch.append(question)
        used_in += size
        used_out += question.expected
    if batch:
        yield batch


def neighbours(questions: Questions) -> list[Question[Any]]:
    """In the order of a walk along what is related, breadth first; the same every time."""
    by_name = {question.about: question for question in questions}
    back: dict[str, list[str]] = {name: [] for name in by_name}
    for question in questions:
        for other in sorted(question.related & by_name.keys()):
            back[other].append(question.about)
            back[question.about].append(other)
    seen: set[str] = set()
    ordered: list[Question[Any]] = []
    for start in by_name:
        waiting = deque([start])
        while waiting:
            name = waiting.popleft()
            if name in seen:
                continue
            seen.add(name)
            ordered.append(by_name[name])
            waiting.extend(other for other in back[name] if other not in seen)
    return ordered
