"""What a provider adds to a design, as typed parts that are applied one by one.

A part is laid on the offline design; taking it away again gives that design back. What does not
fit is refused with the reason, and the rest stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field

from dbt_cartridge.documents.design import (
    BY_VALUE,
    Model,
    ModelColumn,
    Query,
    RelationshipsTest,
    UniqueTest,
)
from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.llm.questions import Answer
from dbt_cartridge.llm.sql import Scope
from dbt_cartridge.llm.wording import Expression, Name, Sentence

_MOST_JOINS = 8


class Column(Answer):
    """A column that is computed: an expression over columns that are there."""

    name: Name
    expression: Expression
    description: Sentence = ""


class Group(Answer):
    name: Name
    expression: Expression


class Rule(Answer):
    """True in every row."""

    name: Name
    expression: Expression


class Accepted(Answer):
    column: str
    values: list[str] = Field(max_length=30)


class Mart(Answer):
    """A new model over the base. With `by` it is summed up, and `columns` are metrics."""

    name: Name
    description: Sentence
    joins: list[str] = Field(default=[], max_length=_MOST_JOINS)
    by: list[Group] = Field(default=[], max_length=5)
    columns: list[Column] = Field(min_length=1, max_length=15)


class Additions(Answer):
    """To one model: what it is, derived columns, rules of the business, and new marts over it."""

    description: Sentence = ""
    columns: list[Column] = Field(default=[], max_length=6)
    rules: list[Rule] = Field(default=[], max_length=6)
    accepted: list[Accepted] = Field(default=[], max_length=6)
    marts: list[Mart] = Field(default=[], max_length=3)


@dataclass(frozen=True)
class JoinTo:
    """A known way from the base to the one row that a key of it names."""

    alias: str
    model: Model
    column: str
    field: str

    @property
    def columns(self) -> list[ModelColumn]:
        return _told(self.model)


@dataclass(frozen=True)
class Ground:
    """A model to build on: its columns, and what can be joined to it without a row more.

    `models`: the design's, by name.
    """

    models: Mapping[str, Model]
    model: Model
    dialect: str
    names: frozenset[str] = frozenset()  # of every column of the design

    @property
    def alias(self) -> str:
        """What the base is called in SQL: its name without the prefix of the layer."""
        name = self.model.name.split("_", 1)[-1] or self.model.name
        return name if name not in ("final", "derived") else f"{name}_rows"

    @cached_property
    def joins(self) -> dict[str, JoinTo]:
        found: dict[str, JoinTo] = {}
        for column in self.model.columns:
            for test in column.tests:
                if not isinstance(test, RelationshipsTest) or test.to not in self.models:
                    continue
                to = self.models[test.to or ""]
                if test.where or to.name == self.model.name or not _names_one(to, test.field):
                    continue
                stem = column.name
                for ending in ("_id", "_code", "_key", "_number"):
                    stem = stem.removesuffix(ending)
                alias = stem if stem not in (self.alias, "final", "derived") else f"its_{stem}"
                found.setdefault(alias, JoinTo(alias, to, column.name, test.field))
        return dict(list(found.items())[:_MOST_JOINS])

    @property
    def columns(self) -> list[ModelColumn]:
        """Those that a provider is told of: none that is named for a value of the data."""
        return _told(self.model)

    @cached_property
    def own(self) -> Scope:
        """The base alone."""
        return Scope(self.dialect, {self.alias: types(self.model)}, self.alias)

    def with_joins(self, names: list[str]) -> Scope:
        columns: dict[str, Mapping[str, TypeFamily]] = {self.alias: types(self.model)}
        for name in names:
            columns[name] = types(self.joins[name].model)
        return Scope(self.dialect, columns, self.alias)


def _told(model: Model) -> list[ModelColumn]:
    return [column for column in model.columns if column.made_by != BY_VALUE]


def types(model: Model) -> dict[str, TypeFamily]:
    return {column.name: column.type for column in model.columns}


def is_ground(model: Model) -> bool:
    """Whether a provider may build on it: a mart that is a query with named columns."""
    body = model.body
    return (
        model.layer == "marts" and isinstance(body, Query) and bool(body.ctes)
        and bool(body.ctes[-1].projections)
    )  # fmt: skip


def _names_one(model: Model, field: str) -> bool:
    """Whether a value of `field` names at most one row, by a test that verification runs."""
    return model.primary_key == (field,) and any(
        isinstance(test, UniqueTest) and test.column == field and test.severity == "error"
        for test in model.all_tests
    )
