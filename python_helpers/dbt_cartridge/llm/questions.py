"""Questions to a provider: what each is about, how it is answered, and what is right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar, cast, get_args

from dbt_cartridge.documents.additions import Answer
from dbt_cartridge.errors import did_you_mean
from dbt_cartridge.llm.protocol import Kind

FORMAT = 2  # of prompts and answers: a new one asks again


Place = tuple["str | int", ...]
"""Where in an answer: `("marts", 0, "columns", 2)`."""


@dataclass(frozen=True)
class Fault:
    """What is wrong, in words for the one who answered, and where; () is the answer as a whole."""

    place: Place
    why: str


A = TypeVar("A", bound=Answer)


Limits = Mapping[str, "tuple[str, ...] | int"]


@lru_cache(maxsize=32)
def _template(answer: type[Answer]) -> dict[str, Any]:
    return answer.model_json_schema()


@lru_cache(maxsize=32)
def shared(answer: type[Answer]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what refers to an answer's JSON schema, the `$defs` that hold it). Not to be changed."""
    root = dict(_template(answer))
    defs = root.pop("$defs", {})
    name = answer.__name__
    return {"$ref": f"#/$defs/{name}"}, {**defs, name: root}


@lru_cache(maxsize=500)  # by answers and by places in a batch, which are few
def _numbered(answer: type[Answer], number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """An answer's JSON schema and its `$defs`, whose names bear `number`. Not to be changed."""
    root = _with_number(_template(answer), number)
    return root, root.pop("$defs", {})


@lru_cache(maxsize=64)
def _fields(answer: type[Answer]) -> tuple[tuple[str, bool], ...]:
    """The fields, and whether answers may stand in them."""
    return tuple(
        (name, any(issubclass(each, Answer) for each in _classes(field.annotation)))
        for name, field in answer.model_fields.items()
    )


def _classes(annotation: Any) -> Iterator[type[Any]]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for each in get_args(annotation):
        yield from _classes(each)


def _with_number(node: Any, number: int) -> Any:
    if isinstance(node, list):
        return [_with_number(each, number) for each in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{value}{number}" if key == "$ref" else _with_number(value, number)
        for key, value in cast("dict[str, Any]", node).items()
    }


def _narrowed(schema: dict[str, Any], owner: str, limits: Limits) -> dict[str, Any]:
    """With the limits of the fields of `owner`, whose schema it is."""
    if not any(name.startswith(f"{owner}.") for name in limits):
        return schema
    fields = {
        name: _limited(part, limits.get(f"{owner}.{name}"))
        for name, part in schema["properties"].items()
    }
    return {**schema, "properties": fields}


def _limited(field_schema: dict[str, Any], limit: tuple[str, ...] | int | None) -> dict[str, Any]:
    if isinstance(limit, int):
        return {**field_schema, "maxItems": limit}
    if limit is None:
        return field_schema
    values = {"type": "string", "enum": list(limit)}
    if field_schema.get("type") == "array":
        return {**field_schema, "items": values}
    return values


@dataclass(frozen=True)
class Question(Generic[A]):
    """About one table, one model, or one failure.

    Args:
        about: what the report calls it.
        tell: what the provider is told, all of it; or what makes it, once it is needed: while
            the first requests are under way, the facts of the next ones are put together.
        identity: what the answer hangs on. Figures that change with every load are not in it: an
            unchanged schema asks nothing.
        answer: the shape.
        limits: narrows it for this question: `Class.field` → the only values that may stand
            there (the real names), or how many a list may have. One class for all questions, and
            not one for each: pydantic takes milliseconds to make a class.
        check: what is wrong with an answer of the right shape, in words for the provider.
        expected: tokens that an answer has, by our guess.
        related: `about` of the questions that belong beside this one.
    """

    kind: Kind
    about: str
    tell: str | Callable[[], str]
    identity: Any
    answer: type[A]
    check: Callable[[A], list[Fault]] = field(default=lambda _: [])
    expected: int = 200
    related: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=dict[str, "tuple[str, ...] | int"])

    @cached_property
    def facts(self) -> str:
        return self.tell if isinstance(self.tell, str) else self.tell()

    def schema(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answer's JSON schema and its `$defs`, narrowed by the limits, under names that bear
        `number`: for servers that hold a small model to its grammar."""
        root, defs = _numbered(self.answer, number)
        return _narrowed(root, self.answer.__name__, self.limits), {
            f"{name}{number}": _narrowed(part, name, self.limits) for name, part in defs.items()
        }

    def outside(self, answer: Answer, place: Place = ()) -> list[Fault]:
        """What stands in `answer` where the limits do not let it."""
        found: list[Fault] = []
        its = type(answer).__name__
        for name, holds_answers in _fields(type(answer)):
            limit = self.limits.get(f"{its}.{name}")
            if limit is None and not holds_answers:
                continue
            value = getattr(answer, name)
            is_list = isinstance(value, list)
            values: list[Any] = list(value) if is_list else [value]  # pyright: ignore
            for number, each in enumerate(values):
                where = (*place, name, number) if is_list else (*place, name)
                if isinstance(limit, int) and number >= limit:
                    found.append(Fault(where, f"at most {limit} {name}"))
                elif isinstance(limit, tuple) and each not in limit:
                    near = did_you_mean(str(each)[:60], limit)
                    found.append(Fault(where, f"{name}: there is no {str(each)[:60]} here.{near}"))
                elif isinstance(each, Answer):
                    found += self.outside(each, where)
        return found

    def key(self, model: str, system: str) -> str:
        """The address of its answer."""
        parts = [FORMAT, model, self.kind, system, self.about, self.identity]
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
