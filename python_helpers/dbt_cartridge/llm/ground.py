"""A model to build on: its columns, and what can be joined to it without a row more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dbt_cartridge.documents.design import (
    BY_VALUE,
    CompositeRelationshipsTest,
    CompositeUniqueTest,
    DateSpine,
    Model,
    ModelColumn,
    Query,
    RelationshipsTest,
    UniqueTest,
)
from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.llm.sql import Scope

MOST_JOINS = 8
_TAKEN = frozenset({"final", "derived"})  # names of CTEs
_ENDINGS = ("_id", "_code", "_key", "_number")


@dataclass(frozen=True)
class JoinTo:
    """A known way from the base to the one row that a key of it names."""

    alias: str
    model: Model
    columns: tuple[str, ...]  # of the base
    fields: tuple[str, ...]  # of the model

    @property
    def told(self) -> list[ModelColumn]:
        return told_columns(self.model)


@dataclass(frozen=True)
class Ground:
    """`models`: the design's, by name."""

    models: Mapping[str, Model]
    model: Model
    dialect: str
    names: frozenset[str] = frozenset()  # of every column of the design
    below: Mapping[str, Sequence[JoinTo]] = field(default_factory=dict[str, "Sequence[JoinTo]"])

    @property
    def alias(self) -> str:
        return alias_of(self.model)

    @cached_property
    def joins(self) -> dict[str, JoinTo]:
        found: dict[str, JoinTo] = {}
        for columns, to, fields in _ways(self.model):
            model = self.models.get(to)
            if model is None or model.name == self.model.name or not has_key(model, fields):
                continue
            stem = columns[0] if len(columns) == 1 else model.entity
            for ending in _ENDINGS:
                stem = stem.removesuffix(ending)
            alias = stem if stem not in (self.alias, *_TAKEN) else f"its_{stem}"
            found.setdefault(alias, JoinTo(alias, model, columns, fields))
        return dict(list(found.items())[:MOST_JOINS])

    @cached_property
    def children(self) -> dict[str, JoinTo]:
        """Marts whose rows belong to one row of this one, by name; of those in `below`."""
        found: dict[str, JoinTo] = {}
        for way in self.below.get(self.model.name, ()):
            if has_key(self.model, way.fields):
                found.setdefault(way.alias, way)
        return dict(list(found.items())[:MOST_JOINS])

    @property
    def columns(self) -> list[ModelColumn]:
        return told_columns(self.model)

    @cached_property
    def own(self) -> Scope:
        """The base alone."""
        return Scope(self.dialect, {self.alias: types(self.model)}, self.alias)

    def reads(self, model: str) -> bool:
        """Whether a model stands on the base, directly or not: the base cannot join it."""
        return stands_on(self.models, model, self.model.name)

    def joinable(self, join: JoinTo) -> JoinTo | None:
        """The join for the base's own columns: where the model stands on the base itself, to the
        staging model of the same rows."""
        if not self.reads(join.model.name):
            return join
        for model in self.models.values():
            same = model.layer == "staging" and model.based_on == join.model.based_on[:1]
            if same and set(join.fields) <= types(model).keys() and not self.reads(model.name):
                return JoinTo(join.alias, model, join.columns, join.fields)
        return None


def below(models: Mapping[str, Model]) -> dict[str, list[JoinTo]]:
    """By model, the marts that lead to it. One pass for all of them."""
    found: dict[str, list[JoinTo]] = {}
    for model in models.values():
        if model.layer == "marts":
            for columns, to, fields in _ways(model):
                if to != model.name:
                    found.setdefault(to, []).append(JoinTo(model.name, model, columns, fields))
    return found


def alias_of(model: Model) -> str:
    """What it is called in SQL: its name without the prefix of the layer."""
    name = model.name.split("_", 1)[-1] or model.name
    return f"{name}_rows" if name in _TAKEN else name


def _ways(model: Model) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """(columns, model, fields) of its references that hold of every row."""
    for test in model.all_tests:
        if isinstance(test, RelationshipsTest) and test.to and not test.where:
            yield (test.column,), test.to, (test.field,)
        elif isinstance(test, CompositeRelationshipsTest) and not test.where:
            yield test.columns, test.to, test.fields


def keys_of(model: Model) -> tuple[frozenset[str], ...]:
    """Sets of columns that tell its rows apart, by tests that verification runs at `error`."""
    found: list[frozenset[str]] = []
    for test in model.all_tests:
        if test.severity != "error" or test.where:
            continue
        if isinstance(test, UniqueTest):
            found.append(frozenset({test.column}))
        elif isinstance(test, CompositeUniqueTest):
            found.append(frozenset(test.columns))
    return tuple(dict.fromkeys(found))


def has_key(model: Model, fields: Sequence[str]) -> bool:
    """Whether values of `fields` name at most one row."""
    return any(key <= set(fields) for key in keys_of(model))


def stands_on(models: Mapping[str, Model], model: str, base: str) -> bool:
    waiting, seen = [model], set[str]()
    while waiting:
        name = waiting.pop()
        if name == base:
            return True
        if name in models and name not in seen:
            seen.add(name)
            waiting += parents(models[name])
    return False


def parents(model: Model) -> list[str]:
    body = model.body
    if isinstance(body, DateSpine):
        return [name for name, _ in body.bounds]
    return [each.model for each in body.inputs if each.model]


def told_columns(model: Model) -> list[ModelColumn]:
    """Those that a provider is told of: none that is named for a value of the data."""
    return [column for column in model.columns if column.made_by != BY_VALUE]


def types(model: Model) -> dict[str, TypeFamily]:
    return {column.name: column.type for column in model.columns}


def is_ground(model: Model) -> bool:
    """Whether a provider may build on it: a mart that is a query with named columns."""
    return model.layer == "marts" and is_query(model)


def is_query(model: Model) -> bool:
    body = model.body
    return isinstance(body, Query) and bool(body.ctes) and bool(body.ctes[-1].projections)
