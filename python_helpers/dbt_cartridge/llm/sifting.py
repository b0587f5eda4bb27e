"""An answer part by part: what stands is taken, and every fault of what does not is named.

A part is an element of a list that an answer declares in `parts`, or an optional field of it named
there. What is wrong inside a part is wrong with the innermost part around it; what is wrong outside
of all of them is wrong with the answer.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast, get_args

from pydantic import ValidationError

from dbt_cartridge.llm.questions import Answer, Fault, Place, Question

A = TypeVar("A", bound=Answer)
_LONGEST = 400  # characters of a part that is quoted
_MOST_TOLD = 12  # parts that are asked for again
_ROUNDS = 40


@dataclass(frozen=True)
class Refused:
    """A part that is not taken: as it was answered, and all that is wrong with it."""

    part: str  # `marts 1`, or "" for the answer as a whole
    quoted: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.part}: {'; '.join(self.faults)}" if self.part else "; ".join(self.faults)


@dataclass(frozen=True)
class Sifted(Generic[A]):
    """`answer`: what stands of it; None where nothing can."""

    answer: A | None
    refused: tuple[Refused, ...] = ()

    def told(self) -> str:
        """For the one who answered."""
        parts = [each for each in self.refused if each.part][:_MOST_TOLD]
        whole = [str(each) for each in self.refused if not each.part]
        lines = [f"- {each.quoted}: {'; '.join(each.faults)}" for each in parts]
        return "\n".join([*whole, *lines])


@dataclass
class _Sieve(Generic[A]):
    question: Question[A]
    value: Any
    refused: dict[str, Refused] = field(default_factory=dict[str, Refused])

    def sifted(self) -> Sifted[A]:
        for _ in range(_ROUNDS):
            answer, faults = self._judged()
            if not faults:
                return Sifted(answer, tuple(self.refused.values()))
            if not self.refused:
                self.value = copy.deepcopy(self.value)  # it is the caller's
            places: dict[Place, list[str]] = {}
            for each in faults:
                place = _innermost(self.question.answer, self.value, each.place)
                places.setdefault(place, []).append(each.why)
            for place in [place for place in places if _around(place, places) is not None]:
                around = _around(place, places)
                places[around or ()] += places.pop(place)
            for place, why in places.items():
                self._refuse(place, why)
            if () in places:
                return Sifted(None, tuple(self.refused.values()))
            for place in sorted(places, key=_from_the_end, reverse=True):
                _remove(self.value, place)
        return Sifted(None, tuple(self.refused.values()))

    def _judged(self) -> tuple[A | None, list[Fault]]:
        """The answer, or what is wrong with it as it stands now."""
        try:
            answer = self.question.answer.model_validate(self.value)
            answer.model_dump_json()  # text that cannot be written as UTF-8 is no text
        except ValidationError as error:
            return None, _faults_of(error)
        except (ValueError, RecursionError):
            return None, [Fault((), "it holds text that cannot be read")]
        return answer, self.question.outside(answer) or self.question.check(answer)

    def _refuse(self, place: Place, why: Sequence[str]) -> None:
        part = _found(self.value, place)
        quoted = json.dumps(part, ensure_ascii=True, default=str) if place else ""
        name = _named(place, part)
        said = tuple(dict.fromkeys(text[:200] for text in why))
        known = self.refused.get(name)
        if known is not None:
            said = tuple(dict.fromkeys((*known.faults, *said)))
        cut = quoted if len(quoted) <= _LONGEST else f"{quoted[:_LONGEST]}…"
        self.refused[name] = Refused(name, cut.replace("<", "‹").replace(">", "›"), said)


def sifted(question: Question[A], value: Any) -> Sifted[A]:
    """What stands of an answer, and what does not."""
    if value is None:
        return Sifted(None, (Refused("", "", ("it is missing",)),))
    try:
        return _Sieve(question, value).sifted()
    except RecursionError:
        return Sifted(None, (Refused("", "", ("it holds text that cannot be read",)),))


def _faults_of(error: ValidationError) -> list[Fault]:
    # The details hold exceptions, and these the frames of all that called: in a variable of one of
    # them they would hold each other, and the warehouse's connection with them.
    return [
        fault
        for each in error.errors(include_url=False, include_context=True, include_input=False)
        for fault in _faults(each)
    ]


def _faults(detail: Any) -> list[Fault]:
    place: Place = detail["loc"]
    message = str(detail["msg"]).removeprefix("Value error, ")[:160]
    limit = detail.get("ctx", {}).get("max_length")
    if detail["type"] == "too_long" and isinstance(limit, int):
        count = detail["ctx"].get("actual_length")
        last = count if isinstance(count, int) else limit + 1
        return [Fault((*place, n), f"at most {limit} of them") for n in range(limit, last)]
    said = ".".join(str(part) for part in place if isinstance(part, str))
    return [Fault(place, f"{said[-80:]}: {message}" if said else message)]


# ---------------------------------------------------------------- places


def _innermost(kind: type[Answer] | None, value: Any, place: Place) -> Place:
    """The innermost part around a place; () where there is none."""
    found: Place = ()
    at = 0
    while kind is not None and at < len(place):
        name = place[at]
        if not isinstance(name, str) or not isinstance(value, dict):
            break
        value = cast("dict[str, Any]", value).get(name)
        if isinstance(value, list) and at + 1 < len(place) and isinstance(place[at + 1], int):
            number = cast("int", place[at + 1])
            elements = cast("list[Any]", value)
            if number >= len(elements):
                break
            value = elements[number]
            at += 2
        else:
            at += 1
        if name in kind.parts:
            found = place[:at]
        kind = _kind_of(kind, name)
    return found


def _kind_of(kind: type[Answer], name: str) -> type[Answer] | None:
    """The class of a field, or of the elements of its list."""
    known = kind.model_fields.get(name)
    waiting: list[Any] = [known.annotation] if known is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, Answer):
            return one
        waiting += get_args(one)
    return None


def _around(place: Place, others: Collection[Place]) -> Place | None:
    """The outermost of the others that holds it."""
    return next((place[:n] for n in range(len(place)) if place[:n] in others), None)


def _from_the_end(place: Place) -> list[tuple[int, str]]:
    """So that what is removed first does not move what is removed next."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _found(value: Any, place: Place) -> Any:
    for part in place:
        value = value[part]
    return value


def _remove(value: Any, place: Place) -> None:
    *above, last = place
    try:
        del _found(value, tuple(above))[last]
    except (KeyError, IndexError, TypeError):
        return


def _named(place: Place, part: Any) -> str:
    """`marts monthly_revenue`; by its number where it has no name."""
    if not place:
        return ""
    words = [str(each) for each in place if isinstance(each, str)]
    said = cast("dict[str, Any]", part) if isinstance(part, dict) else {}
    own = said.get("name") or said.get("column") or said.get("text")
    if isinstance(own, str):
        return " ".join([*words, own[:60]])
    return " ".join([*words, *(str(each + 1) for each in place[-1:] if isinstance(each, int))])


# ---------------------------------------------------------------- several answers to one question


def joined(kind: type[Answer], kept: Any, new: Any) -> Any:
    """What stands already, with the parts of a later answer beside it.

    A later part of the same name is the same thing: its own parts come to those that stand.
    """
    if not isinstance(kept, dict) or not isinstance(new, dict):
        return cast("Any", new if kept is None else kept)
    old, more = cast("dict[str, Any]", kept), cast("dict[str, Any]", new)
    found = dict(old)
    for name, value in more.items():
        if name not in kind.parts:
            found.setdefault(name, value)
        elif isinstance(value, list):
            inner = _kind_of(kind, name)
            mine = cast("list[Any]", old.get(name) or [])
            found[name] = _together(inner, mine, cast("list[Any]", value))
        elif not found.get(name):
            found[name] = value
    return found


def _together(kind: type[Answer] | None, kept: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    found = list(kept)
    names = {name: place for place, each in enumerate(kept) if (name := _name(each))}
    for each in new:
        place = names.get(_name(each) or "")
        if place is None:
            if each not in kept:
                found.append(each)
        elif kind is not None:
            found[place] = joined(kind, found[place], each)
    return found


def _name(part: Any) -> str | None:
    if not isinstance(part, dict):
        return None
    said = cast("dict[str, Any]", part)
    own = said.get("name") or said.get("column")
    return own if isinstance(own, str) else None
