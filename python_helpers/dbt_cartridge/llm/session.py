"""Everything that is asked in a run: looked up, batched, sent, validated, kept, counted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from typing import Any, Protocol, TypeVar, cast

from dbt_cartridge.config import Settings
from dbt_cartridge.crew import Crew
from dbt_cartridge.documents.asked import Asked, Fallback
from dbt_cartridge.llm.batches import batches
from dbt_cartridge.llm.keys import without_keys
from dbt_cartridge.llm.meter import SHARES, Meter, tokens
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.pace import Pace
from dbt_cartridge.llm.protocol import Ask, Reply
from dbt_cartridge.llm.questions import Answer, Question, shared
from dbt_cartridge.llm.sending import Sender
from dbt_cartridge.llm.sifting import Refused, Sifted, joined, sifted
from dbt_cartridge.progress import Progress

_ROUNDS = 3  # an answer that is wrong is asked for again, with what is wrong, so often in all
_RUNS = 2  # … and in so many runs, where parts of it could not be taken
_LONGEST = 400_000  # characters of a reply: more is no answer
_LEAST_OUT = 1_000  # tokens that an answer may have, whatever we guess
_THOUGHT = 8_000  # and as many more where the model allows it: some always think first
A = TypeVar("A", bound=Answer)


class Store(Protocol):
    """Where answers are kept from run to run."""

    def read(self, key: str) -> dict[str, Any] | None: ...
    def keep(self, key: str, entry: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class Held:
    """Where a question stands: what is taken of its answers so far, and what is asked for again.

    `runs`: in how many runs it was given up.
    """

    value: Any = None  # as JSON
    refused: tuple[Refused, ...] = ()
    wrong: str = ""
    runs: int = 0


_NOTHING = Held()


@dataclass(frozen=True)
class _Result:
    """Of one question in one request: what stands and what is wrong, or why there is nothing."""

    question: Question[Any]
    answer: Answer | None = None
    held: Held = _NOTHING
    failed: str = ""
    alone: bool = False  # ask it by itself

    @property
    def is_whole(self) -> bool:
        return self.answer is not None and not self.held.wrong


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
    questions: list[Fallback] = field(default_factory=list[Fallback])
    accepted: int = 0
    corrected: int = 0
    kept: int = 0
    edits: int = 0
    seconds: float = 0.0
    replies: int = 0
    unanswered: str = ""  # why a request brought nothing
    _counted: set[str] = field(default_factory=set[str])  # told to have been answered, of one label

    @property
    def lost(self) -> str:
        """Why the provider is of no use: it failed, or of its requests not one brought a reply."""
        asked = self.meter.requests and not self.replies and not self.pace.stopped
        nothing = self.unanswered if asked else ""
        return self.pace.failed or nothing

    def __post_init__(self) -> None:
        self.meter = Meter(self.settings, self.opened.model)
        self.pace = Pace(self.settings.concurrency)

    def answers(self, label: str, system: str, questions: Sequence[Question[A]]) -> dict[str, A]:
        """The answers, as far as they can be taken, by what they are about. The rest is in
        `fallbacks`.

        Raises:
            KeyboardInterrupt: what was answered until then is kept.
        """
        found: dict[str, A] = {}
        pending: list[Question[A]] = []
        held: dict[str, Held] = {}
        for question in questions:
            known = self._known(question, system)
            if known is None or (known[1].refused and known[1].runs < _RUNS):
                pending.append(question)
                if known is not None:
                    held[question.about] = known[1]
                continue
            self.kept += 1
            answer, before = known
            if answer is not None:
                found[question.about] = answer
            self._tell(question.about, before)
        if pending:
            began = time.monotonic()
            self.meter.share = SHARES[pending[0].kind]
            self.progress.start(f"{label} with {self.opened.model}", len(pending))
            self._counted = set()
            try:
                found |= self._asked(system, pending, held)
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
            edits=self.edits, fallbacks=tuple(self.fallbacks), questions=tuple(self.questions),
        )  # fmt: skip

    # ------------------------------------------------------------ rounds

    def _known(self, question: Question[A], system: str) -> tuple[A | None, Held] | None:
        """What an earlier run has of the answer, and what it could not take; None if unknown."""
        entry = self.store.read(question.key(str(self.opened.model), system))
        if entry is None:
            return None
        value, before = entry.get("answer"), _before(entry)
        if value is None:
            return (None, before) if before.refused else None
        again = sifted(question, value)
        if again.answer is None or again.refused:  # somebody changed the file
            return None
        return again.answer, replace(before, value=value)

    def _asked(
        self, system: str, questions: list[Question[A]], held: dict[str, Held]
    ) -> dict[str, A]:
        found: dict[str, A] = {}
        alone: list[Question[Any]] = []
        pending: list[Question[Any]] = list(questions)
        for number in range(_ROUNDS + 1):
            overhead = tokens(system) + tokens(self.background)
            work = chain(batches(pending, self.opened.model, overhead), [[q] for q in alone])
            pending, alone = [], []
            for result in self._round(system, work, dict(held)):
                about = result.question.about
                if result.failed:
                    left = held.get(about, _NOTHING)
                    self._leave(result.question, system, left, found, result.failed)
                elif result.alone:
                    alone.append(result.question)
                elif result.is_whole:
                    found[about] = cast("A", result.answer)
                    self.accepted += 1
                    self.corrected += about in held
                    held.pop(about, None)
                else:
                    held[about] = result.held
                    if number + 1 < _ROUNDS:
                        pending.append(result.question)
                    else:
                        self._give_up(result, system, found)
            if not pending and not alone:
                break
        for question in (*pending, *alone):
            self._leave(question, system, held.get(question.about, _NOTHING), found, "no answer")
        return found

    def _leave(
        self, question: Question[A], system: str, held: Held, found: dict[str, A], why: str
    ) -> None:
        """No more can be asked of it: what stands so far is taken, and kept for the next run."""
        answer = sifted(question, held.value).answer if held.value is not None else None
        if answer is None:
            self.fall_back(question.about, why)
            return
        self._keep(question, system, held)
        found[question.about] = answer
        self.accepted += 1
        self._tell(question.about, held)

    def _give_up(self, result: _Result, system: str, found: dict[str, Any]) -> None:
        """What stands is taken and kept; what does not is asked for once more in the next run,
        and then no more: else an unchanged schema would ask at every run."""
        question, held = result.question, result.held
        self._keep(question, system, replace(held, runs=held.runs + 1))
        if result.answer is not None:
            found[question.about] = result.answer
            self.accepted += 1
        self._tell(question.about, held)

    def _tell(self, about: str, held: Held) -> None:
        for each in held.refused:
            self.fall_back(f"{about}: {each.part}" if each.part else about, "; ".join(each.faults))

    def _keep(self, question: Question[Any], system: str, held: Held) -> None:
        entry: dict[str, Any] = {"about": question.about}
        if held.value is not None:
            entry["answer"] = held.value
        if held.refused:
            entry["refused"] = [asdict(each) for each in held.refused]
            entry["runs"] = held.runs
        self.store.keep(question.key(str(self.opened.model), system), entry)

    def _round(
        self, system: str, work: Iterable[list[Question[Any]]], held: Mapping[str, Held]
    ) -> list[_Result]:
        """Requests are put together and replies are read on this thread; the others do nothing but
        wait for the provider, and none of them for our own work."""
        found: dict[int, list[_Result]] = {}
        sent: list[list[Question[Any]]] = []
        sender = Sender(self.opened.provider, self.meter, self.pace, self.opened.seconds)

        def requests() -> Iterator[tuple[Ask, int]]:
            for batch in work:
                sent.append(batch)
                expected = sum(question.expected for question in batch)
                most = self._most_out(expected)
                told = self._told(system)
                yield compose(told, batch, held, most, narrow=self.opened.narrow), expected

        def read(position: int, reply: Reply | str) -> None:
            found[position] = self._read(system, sent[position], reply, held)

        crew = Crew[tuple[Ask, int], "Reply | str"](lambda piece: sender.send(*piece))
        try:
            for position, reply in crew.results(requests(), self.settings.concurrency):
                read(position, reply)
                taken = {r.question.about for r in found[position] if r.answer is not None}
                self.progress.advance(len(taken - self._counted), sent[position][-1].about)
                self._counted |= taken
        except BaseException:
            self.pace.stop("interrupted")  # what is under way is left
            for position, reply in crew.finished():
                read(position, reply)
            raise
        finally:
            crew.dismiss()
        # In the order of the questions, not of the answers: the same run after run.
        return [result for position in sorted(found) for result in found[position]]

    # ------------------------------------------------------------ one request

    def _read(
        self, system: str, batch: list[Question[Any]], reply: Reply | str, held: Mapping[str, Held]
    ) -> list[_Result]:
        """What a reply brings, or why there is none; what is whole is kept at once."""
        if isinstance(reply, str):
            self.unanswered = self.unanswered or reply
            return [_Result(question, failed=reply) for question in batch]
        self.replies += 1
        if reply.stop != "ok" and len(batch) > 1:
            return [_Result(question, alone=True) for question in batch]
        if reply.stop == "refusal":
            wrong = "the model refused"
            return [_Result(batch[0], held=_after(held, batch[0], wrong))]
        results = judged(batch, reply, held)
        for result in results:
            if result.is_whole:
                self._keep(result.question, system, result.held)
        return results

    def _told(self, system: str) -> str:
        return f"{system}\n\n{self.background}" if self.background else system

    def _most_out(self, expected: int) -> int:
        model = self.opened.model
        return min(model.output, max(_LEAST_OUT, 2 * expected) + min(_THOUGHT, model.window // 20))


# ---------------------------------------------------------------- text


def compose(
    system: str,
    batch: Sequence[Question[Any]],
    held: Mapping[str, Held],
    most_out: int,
    *,
    narrow: bool = False,
) -> Ask:
    """The request, as it is sent.

    Args:
        held: what was taken and refused of earlier answers, by what they are about.
        narrow: the schema holds every limit of each question; else it stands there once.
    """
    names = {f"q{number}": question for number, question in enumerate(batch, 1)}
    parts: list[str] = []
    for name, question in names.items():
        parts.append(f'<facts for="{name}">\n{question.facts}\n</facts>')
        if before := held.get(question.about):
            parts.append(_again(name, before))
    shapes: dict[str, Any] = {}
    defs: dict[str, Any] = {}
    for number, (name, question) in enumerate(names.items(), 1):
        shapes[name], below = question.schema(number) if narrow else shared(question.answer)
        defs |= below
    return Ask(
        kind=batch[0].kind,
        system=system,
        prompt="\n".join(parts) + f"\n\nAnswer {', '.join(names)}.",
        schema={"type": "object", "properties": shapes, "required": list(shapes), "$defs": defs},
        max_tokens=most_out,
        items=tuple((name, question.about) for name, question in names.items()),
    )


def _again(name: str, held: Held) -> str:
    if held.value is None:
        return f"Your last answer {name} was refused: {held.wrong}"
    return (
        f"Of your last answer {name} these parts were refused; the rest is taken and kept. Answer "
        f"with these alone, corrected, or leave them out:\n{held.wrong}"
    )


def judged(batch: Sequence[Question[Any]], reply: Reply, held: Mapping[str, Held]) -> list[_Result]:
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
            results.append(_Result(question, held=_after(held, question, problem)))
            continue
        results.append(_taken(question, answers.get(f"q{number}"), held))
    return results


def _taken(question: Question[Any], value: Any, held: Mapping[str, Held]) -> _Result:
    """What stands of an answer, beside what stood of those before."""
    before = held.get(question.about, _NOTHING)
    if value is None:
        return _Result(question, held=_after(held, question, "it is missing"))
    if before.value is not None:
        value = joined(question.answer, before.value, value)
    found = sifted(question, value)
    if found.answer is None:
        kept = replace(before, refused=found.refused, wrong=found.told() or "it is no answer")
        return _Result(question, held=kept)
    standing = found.answer.model_dump(mode="json", exclude_defaults=True)
    kept = replace(before, value=standing, refused=found.refused, wrong=found.told())
    return _Result(question, found.answer, kept)


def _after(held: Mapping[str, Held], question: Question[Any], wrong: str) -> Held:
    """What was held before, where the last answer was no answer."""
    before = held.get(question.about, _NOTHING)
    if before.value is not None:
        return before
    return replace(before, refused=(Refused("", "", (wrong,)),), wrong=wrong)


def _before(entry: Mapping[str, Any]) -> Held:
    """What an earlier run refused; nothing where the entry was damaged."""
    try:
        refused = tuple(
            Refused(str(each["part"]), str(each["quoted"]), tuple(map(str, each["faults"])))
            for each in entry.get("refused", ())
        )
        runs = int(entry.get("runs", 0))
    except (KeyError, TypeError, ValueError):
        return _NOTHING
    return Held(entry.get("answer"), refused, Sifted[Any](None, refused).told(), runs)
