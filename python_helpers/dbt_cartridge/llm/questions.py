"""Questions to a provider: what each is about, how it is answered, and what is right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, create_model

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.llm.protocol import Kind

FORMAT = 1  # of prompts and answers: a new one asks again


class Answer(BaseModel):
    """What a provider may say. Closed: what is not asked for is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Answer)
F = TypeVar("F", bound=Frozen)


def changed(document: F, **changes: Any) -> F:
    """A new one: a copy would remember what the old one had looked up."""
    fields = {name: getattr(document, name) for name in type(document).model_fields}
    return type(document)(**{**fields, **changes})


def one_of(values: Iterable[str]) -> Any:
    """The type of these values and no other."""
    return Literal[tuple(values)]  # type: ignore[valid-type]


def shaped(base: type[A], **fields: Any) -> type[A]:
    """`base` with narrower fields: (type, default), or (type, …) where one must be given."""
    make: Any = create_model
    return make(base.__name__.strip("_"), __base__=base, **fields)


@dataclass(frozen=True)
class Question(Generic[A]):
    """About one table, one model, or one failure.

    Args:
        about: what the report calls it.
        facts: what the provider is told, all of it.
        identity: what the answer hangs on. Figures that change with every load are not in it: an
            unchanged schema asks nothing.
        answer: the shape, with the real names as enums.
        check: what is wrong with an answer of the right shape, in words for the provider.
        expected: tokens that an answer has, by our guess.
        related: `about` of the questions that belong beside this one.
    """

    kind: Kind
    about: str
    facts: str
    identity: Any
    answer: type[A]
    check: Callable[[A], list[str]] = field(default=lambda _: [])
    expected: int = 200
    related: frozenset[str] = frozenset()

    def key(self, model: str, system: str) -> str:
        """The address of its answer."""
        parts = [FORMAT, model, self.kind, system, self.about, self.identity]
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
