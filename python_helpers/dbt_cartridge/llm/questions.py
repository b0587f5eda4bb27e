"""Questions to a provider: what each is about, how it is answered, and what is right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from dbt_cartridge.llm.protocol import Kind

FORMAT = 1  # of prompts and answers: a new one asks again


class Answer(BaseModel):
    """What a provider may say. Closed: what is not asked for is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Answer)


Limits = Mapping[str, "tuple[str, ...] | int"]


@lru_cache(maxsize=32)
def _template(answer: type[Answer]) -> dict[str, Any]:
    return answer.model_json_schema()


@lru_cache(maxsize=500)  # by answers and by places in a batch, which are few
def _numbered(answer: type[Answer], number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """An answer's JSON schema and its `$defs`, whose names bear `number`. Not to be changed."""
    root = _with_number(_template(answer), number)
    return root, root.pop("$defs", {})


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
    check: Callable[[A], list[str]] = field(default=lambda _: [])
    expected: int = 200
    related: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=dict[str, "tuple[str, ...] | int"])

    @cached_property
    def facts(self) -> str:
        return self.tell if isinstance(self.tell, str) else self.tell()

    def schema(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answer's JSON schema and its `$defs`, under names that bear `number`."""
        root, defs = _numbered(self.answer, number)
        return _narrowed(root, self.answer.__name__, self.limits), {
            f"{name}{number}": _narrowed(part, name, self.limits) for name, part in defs.items()
        }

    def outside(self, answer: Answer) -> list[str]:
        """What stands in `answer` where the limits do not let it."""
        found: list[str] = []
        for name in type(answer).model_fields:
            value = getattr(answer, name)
            limit = self.limits.get(f"{type(answer).__name__}.{name}")
            values: list[Any] = list(value) if isinstance(value, list) else [value]  # pyright: ignore
            if isinstance(limit, int) and len(values) > limit:
                found.append(f"{name} has more than {limit}")
            if isinstance(limit, tuple) and any(each not in limit for each in values):
                found.append(f"{name} is none of those that are given")
            for each in values:
                if isinstance(each, Answer):
                    found += self.outside(each)
        return list(dict.fromkeys(found))

    def key(self, model: str, system: str) -> str:
        """The address of its answer."""
        parts = [FORMAT, model, self.kind, system, self.about, self.identity]
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
