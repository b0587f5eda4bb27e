"""Everything that is asked in a run: looked up, batched, sent, validated, kept, counted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol, TypeVar, cast

from pydantic import ValidationError

from dbt_cartridge.config import Settings
from dbt_cartridge.crew import Crew
from dbt_cartridge.documents.asked import Asked, Fallback
from dbt_cartridge.llm.batches import batches
from dbt_cartridge.llm.keys import without_keys
from dbt_cartridge.llm.meter import Meter, tokens
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.pace import Pace
from dbt_cartridge.llm.protocol import Ask, Reply
from dbt_cartridge.llm.questions import Answer, Question
from dbt_cartridge.llm.sending import Sender
from dbt_cartridge.progress import Progress

_ROUNDS = 3  # an answer that is wrong is asked for again, with what is wrong, so often in all
_LONGEST = 400_000  # characters of a reply: more is no answer
_LEAST_OUT = 1_000  # tokens that an answer may have, whatever we guess
_THOUGHT = 8_000  # and as many more where the model allows it: some always think first
A = TypeVar("A", bound=Answer)


class Store(Protocol):
    """Where answers are kept from run to run."""

    def read(self, key: str) -> dict[str, Any] | None: ...
    def keep(self, key: str, entry: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class _Result:
    """Of one question in one request: an answer, or what is wrong with it, or why there is none."""

    question: Question[Any]
    answer: Answer | None = None
    wrong: str = ""
    failed: str = ""
    alone: bool = False  # ask it by itself


@dataclass
class Session:
    """One per run. `answers` is called from the run's own thread."""

    opened: Opened
    settings: Settings
    store: Store
    progress: Progress
    background: str = ""  # told with every request; no answer hangs on it
    meter: Meter = field(init=False)
    pace: Pace = field(init=False)
    fallbacks: list[Fallback] = field(default_factory=list[Fallback])
    accepted: int = 0
    corrected: int = 0
    kept: int = 0
    edits: int = 0
    seconds: float = 0.0
    replies: int = 0
    unanswered: str = ""  # why a request brought nothing

    @property
    def lost(self) -> str:
        """Why the provider is of no use: it failed, or not one request brought a reply."""
        nothing = self.unanswered if not self.replies and not self.pace.stopped else ""
        return self.pace.failed or nothing

    def __post_init__(self) -> None:
        self.meter = Meter(self.settings, self.opened.model)
        self.pace = Pace(self.settings.concurrency)

    def answers(self, label: str, system: str, questions: Sequence[Question[A]]) -> dict[str, A]:
        """The answers that can be taken, by what they are about. The rest is in `fallbacks`.

        Raises:
            KeyboardInterrupt: what was answered until then is kept.
        """
        found: dict[str, A] = {}
        pending: list[Question[A]] = []
        for question in questions:
            known = self._known(question, system)
            if isinstance(known, str):
                self.kept += 1
                self.fall_back(question.about, known)
            elif known is not None:
                self.kept += 1
                found[question.about] = known
            else:
                pending.append(question)
        if pending:
            began = time.monotonic()
            self.progress.start(f"{label} with {self.opened.model}", len(pending))
            try:
                found |= self._asked(system, pending)
            finally:
                self.seconds += time.monotonic() - began
            left = sum(question.about not in found for question in pending)
            self.progress.finish(
                f"{len(pending) - left:,} answers" + (f", {left:,} by the rules" if left else "")
            )
        return found

    def fall_back(self, what: str, why: str) -> None:
        self.fallbacks.append(Fallback(what=what, why=why))

    def asked(self) -> Asked:
        meter = self.meter
        return Asked(
            model=str(self.opened.model), requests=meter.requests, retries=meter.retries,
            tokens_in=meter.tokens_in, tokens_out=meter.tokens_out, tokens_cached=meter.cached,
            price=meter.cost, seconds=round(self.seconds, 1), accepted=self.accepted,
            corrected=self.corrected, rejected=len(self.fallbacks), kept=self.kept,
            edits=self.edits, fallbacks=tuple(self.fallbacks),
        )  # fmt: skip

    # ------------------------------------------------------------ rounds

    def _known(self, question: Question[A], system: str) -> A | str | None:
        """The answer of an earlier run, or why it could not be taken; None if it is unknown."""
        entry = self.store.read(question.key(str(self.opened.model), system))
        if entry is None:
            return None
        if isinstance(entry.get("refused"), str):
            return str(entry["refused"])
        answer, wrong = validated(question, entry.get("answer"))
        return None if wrong else answer

    def _asked(self, system: str, questions: list[Question[A]]) -> dict[str, A]:
        found: dict[str, A] = {}
        wrong: dict[str, str] = {}
        alone: list[Question[Any]] = []
        pending: list[Question[Any]] = list(questions)
        for number in range(_ROUNDS + 1):
            overhead = tokens(system) + tokens(self.background)
            work = chain(batches(pending, self.opened.model, overhead), [[q] for q in alone])
            pending, alone = [], []
            for result in self._round(system, work, dict(wrong)):
                about = result.question.about
                if result.answer is not None:
                    found[about] = cast("A", result.answer)
                    self.accepted += 1
                    self.corrected += about in wrong
                elif result.failed:
                    self.fall_back(about, result.failed)
                elif result.alone:
                    alone.append(result.question)
                elif number + 1 < _ROUNDS:
                    wrong[about] = result.wrong
                    pending.append(result.question)
                else:
                    self._give_up(result, system)
            if not pending and not alone:
                break
        for question in (*pending, *alone):
            self.fall_back(question.about, wrong.get(question.about, "no answer"))
        return found

    def _give_up(self, result: _Result, system: str) -> None:
        """Kept as well: else an unchanged schema would ask for it at every run."""
        why = f"{_ROUNDS} answers could not be taken: {result.wrong}"
        key = result.question.key(str(self.opened.model), system)
        self.store.keep(key, {"about": result.question.about, "refused": why})
        self.fall_back(result.question.about, why)

    def _round(
        self, system: str, work: Iterable[list[Question[Any]]], wrong: Mapping[str, str]
    ) -> list[_Result]:
        found: dict[int, list[_Result]] = {}

        def do(batch: list[Question[Any]]) -> list[_Result]:
            return self._one(system, batch, wrong)

        crew = Crew(do)
        try:
            for position, results in crew.results(work, self.settings.concurrency):
                taken = sum(result.answer is not None for result in results)
                self.progress.advance(taken, results[-1].question.about if results else "")
                found[position] = results
        except BaseException:
            self.pace.stop("interrupted")  # what is under way is left
            raise
        finally:
            crew.dismiss()
        # In the order of the questions, not of the answers: the same run after run.
        return [result for position in sorted(found) for result in found[position]]

    # ------------------------------------------------------------ one request

    def _one(
        self, system: str, batch: list[Question[Any]], wrong: Mapping[str, str]
    ) -> list[_Result]:
        expected = sum(question.expected for question in batch)
        request = compose(self._told(system), batch, wrong, self._most_out(expected))
        sender = Sender(self.opened.provider, self.meter, self.pace, self.opened.seconds)
        reply = sender.send(request, expected)
        if isinstance(reply, str):
            self.unanswered = self.unanswered or reply
            return [_Result(question, failed=reply) for question in batch]
        self.replies += 1
        if reply.stop != "ok" and len(batch) > 1:
            return [_Result(question, alone=True) for question in batch]
        if reply.stop == "refusal":
            return [_Result(batch[0], wrong="the model refused")]
        results = judged(batch, reply)
        for result in results:
            if result.answer is not None:
                key = result.question.key(str(self.opened.model), system)
                answer = result.answer.model_dump(mode="json", exclude_defaults=True)
                self.store.keep(key, {"about": result.question.about, "answer": answer})
        return results

    def _told(self, system: str) -> str:
        return f"{system}\n\n{self.background}" if self.background else system

    def _most_out(self, expected: int) -> int:
        model = self.opened.model
        return min(model.output, max(_LEAST_OUT, 2 * expected) + min(_THOUGHT, model.window // 20))


# ---------------------------------------------------------------- text


def compose(
    system: str, batch: Sequence[Question[Any]], wrong: Mapping[str, str], most_out: int
) -> Ask:
    """The request, as it is sent. `wrong`: what was wrong with an earlier answer, by question."""
    names = {f"q{number}": question for number, question in enumerate(batch, 1)}
    parts: list[str] = []
    for name, question in names.items():
        parts.append(f'<facts for="{name}">\n{question.facts}\n</facts>')
        if question.about in wrong:
            parts.append(f"Your last answer {name} was refused: {wrong[question.about]}")
    shapes: dict[str, Any] = {}
    defs: dict[str, Any] = {}
    for number, (name, question) in enumerate(names.items(), 1):
        shapes[name], below = question.schema(number)
        defs |= below
    return Ask(
        kind=batch[0].kind,
        system=system,
        prompt="\n".join(parts) + f"\n\nAnswer {', '.join(names)}.",
        schema={"type": "object", "properties": shapes, "required": list(shapes), "$defs": defs},
        max_tokens=most_out,
        items=tuple((name, question.about) for name, question in names.items()),
    )


def judged(batch: Sequence[Question[Any]], reply: Reply) -> list[_Result]:
    """Each answer of a reply by itself: one that is wrong does not spoil the others."""
    text = reply.text
    problem, answers = "", cast("dict[str, Any]", {})
    if reply.stop == "truncated":
        problem = "it was cut off: answer more briefly"
    elif len(text) > _LONGEST:
        problem = f"it has {len(text):,} characters: answer more briefly"
    else:
        try:
            # After JSON's own escapes, so that no key of ours can hide behind them.
            found = without_keys(json.loads(text))
        except (ValueError, RecursionError):
            problem = "it is not JSON"
        else:
            if isinstance(found, dict):
                answers = cast("dict[str, Any]", found)
            else:
                problem = "it is not a JSON object"
    results: list[_Result] = []
    for number, question in enumerate(batch, 1):
        if problem:
            results.append(_Result(question, wrong=problem))
            continue
        answer, wrong = validated(question, answers.get(f"q{number}"))
        results.append(_Result(question, answer=None if wrong else answer, wrong=wrong))
    return results


def validated(question: Question[A], value: Any) -> tuple[A | None, str]:
    """The answer, or what is wrong with it in a few words."""
    if value is None:
        return None, "it is missing"
    answer: A | None = None
    try:
        answer = question.answer.model_validate(value)
        answer.model_dump_json()  # text that cannot be written as UTF-8 is no text
        problems = question.outside(answer) or question.check(answer)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [
            f"{'.'.join(str(part) for part in detail['loc'])[:80]}: {detail['msg'][:160]}"
            for detail in details[:4]
        ]
    except (ValueError, RecursionError):
        return None, "it holds text that cannot be read"
    return (None, "; ".join(problems)[:600]) if problems else (answer, "")
