"""Parts into models: derived columns, tests, new marts. Every expression goes through `sql`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    ColumnGroup,
    CompositeUniqueTest,
    Cte,
    ExpressionTest,
    Input,
    Join,
    Model,
    ModelColumn,
    NotNullTest,
    Projection,
    Query,
    SameRowCountTest,
    Test,
    UniqueTest,
)  # fmt: skip
from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.llm.parts import Accepted, Additions, Column, Ground, Mart, Rule, types
from dbt_cartridge.llm.sql import Checked, NotAllowed, Scope

_GROUPS: dict[str, ColumnGroup] = {
    "integer": "numerics", "decimal": "numerics", "float": "numerics", "boolean": "booleans",
    "date": "dates", "timestamp": "timestamps",
}  # fmt: skip
_ORDER = {group: place for place, group in enumerate(get_args(ColumnGroup))}


class Refused(Exception):
    """What is wrong with a part, in words for the provider and the report."""


@dataclass(frozen=True)
class _Made:
    projection: Projection
    column: ModelColumn
    checked: Checked


def name_sql(alias: str, column: str) -> str:
    quoted = column.replace('"', '""')
    return f'"{alias}"."{quoted}"'


def problems(ground: Ground, answer: Additions) -> list[str]:
    """What is wrong with an answer, part by part."""
    found: list[str] = []
    try:
        ground = replace(ground, model=with_columns(ground, answer.columns))
    except Refused as error:
        found.append(f"columns: {error}")
    checks: list[tuple[str, Callable[[], object]]] = [
        ("rules", lambda: rules(ground, answer.rules)),
        ("accepted", lambda: accepted(ground, answer.accepted)),
        *((f"mart {m.name}", partial(new_mart, ground, m, m.name)) for m in answer.marts),
    ]
    for what, check in checks:
        try:
            check()
        except Refused as error:
            found.append(f"{what}: {error}")
    names = [mart.name for mart in answer.marts]
    if len(set(names)) < len(names):
        found.append("two marts have one name")
    return found


# ---------------------------------------------------------------- columns


def _checked(scope: Scope, name: str, expression: str) -> Checked:
    if not name:
        raise Refused("a name is empty")
    try:
        return scope.check(expression)
    except NotAllowed as error:
        raise Refused(f"{name}: {error}") from None


def _made(column: Column, scope: Scope) -> _Made:
    checked = _checked(scope, column.name, column.expression)
    group = _GROUPS.get(checked.type, "ids" if column.name.endswith("_id") else "strings")
    return _Made(
        Projection(name=column.name, expression=checked.expression, group=group),
        ModelColumn(name=column.name, description=_sentence(column), type=checked.type),
        checked,
    )


def _sentence(column: Column) -> str:
    text = column.description or column.name.replace("_", " ").capitalize()
    return text if text[-1] in ".!?" else f"{text}."


def with_columns(ground: Ground, columns: list[Column]) -> Model:
    """The model with derived columns behind its own. The same rows. What a rule of ours computes
    already under that name is not computed twice.

    Raises:
        Refused: a name that is taken, an aggregate, or an expression that is not allowed.
    """
    model = ground.model
    if not columns:
        return model
    known = {column.name for column in model.columns if column.made_by}
    columns = [column for column in columns if column.name not in known]
    if not columns:
        return model
    taken = set(types(model))
    made: list[_Made] = []
    for column in columns:
        if column.name in taken:
            raise Refused(f"{column.name}: there is such a column")
        taken.add(column.name)
        one = _made(column, ground.own)
        if one.checked.aggregates:
            raise Refused(f"{column.name}: a derived column is of one row; no aggregates")
        if model.incremental is not None and " OVER (" in one.projection.expression:
            raise Refused(f"{column.name}: no windows in a model that grows")
        made.append(one)
    body = model.body
    assert isinstance(body, Query)
    last = body.ctes[-1]
    name = "derived" if last.name != "derived" else "derived_further"
    kept = [
        Projection(name=p.name, expression=name_sql(last.name, p.name), group=p.group)
        for p in last.projections
    ]
    new = [
        m.projection.model_copy(
            update={"expression": _over(m.projection.expression, ground.alias, last.name)}
        )
        for m in made
    ]
    cte = Cte(name=name, from_alias=last.name, projections=(*kept, *new))
    groups = {p.name: p.group for p in (*kept, *new)}
    order = sorted(
        (*model.columns, *(m.column for m in made)), key=lambda c: _ORDER[groups[c.name]]
    )
    return model.model_copy(
        update={
            "body": body.model_copy(update={"ctes": (*body.ctes, cte)}),
            "columns": tuple(order),
        }
    )


def _over(expression: str, alias: str, other: str) -> str:
    """With another alias before its columns. Aliases are plain names, always quoted."""
    return expression.replace(f'"{alias}".', f'"{other}".')


# ---------------------------------------------------------------- tests


def rules(ground: Ground, claimed: list[Rule]) -> tuple[Test, ...]:
    """Raises Refused."""
    found: list[Test] = []
    for rule in claimed:
        checked = _checked(ground.own, rule.name, rule.expression)
        if checked.type != "boolean" or checked.aggregates or " OVER (" in checked.expression:
            raise Refused(f"{rule.name}: a rule is a condition on one row")
        expression = checked.expression.replace(f'"{ground.alias}".', "")
        found.append(ExpressionTest(expression=expression, name=rule.name))
    return tuple(dict.fromkeys(found))


def accepted(ground: Ground, claimed: list[Accepted]) -> tuple[AcceptedValuesTest, ...]:
    """Raises Refused."""
    known = types(ground.model)
    tested = {
        test.column for test in ground.model.all_tests if isinstance(test, AcceptedValuesTest)
    }
    found: list[AcceptedValuesTest] = []
    for each in claimed:
        if each.column not in known:
            raise Refused(f"there is no column {each.column[:60]}")
        if known[each.column] != "text" or not each.values:
            raise Refused(f"{each.column[:60]}: values of a text column, at least one")
        if any(len(value) > 100 or not value.isprintable() for value in each.values):
            raise Refused(f"{each.column[:60]}: values of one printable line")
        if each.column not in tested:
            values = tuple(dict.fromkeys(each.values))
            found.append(AcceptedValuesTest(column=each.column, values=values))
    return tuple(found)


# ---------------------------------------------------------------- marts


def new_mart(ground: Ground, mart: Mart, name: str) -> Model:
    """A model over the base and what its keys name: as many rows, or summed up by `mart.by`.

    Raises:
        Refused.
    """
    if not mart.name or not mart.columns:
        raise Refused("a mart has a name and columns")
    unknown = [each for each in mart.joins if each not in ground.joins]
    if unknown:
        raise Refused(f"{unknown[0][:60]} cannot be joined")
    joins = list(dict.fromkeys(mart.joins))
    scope = ground.with_joins(joins)
    groups = [_made(Column(name=g.name, expression=g.expression), scope) for g in mart.by] or _keys(
        ground
    )
    summed = bool(mart.by)
    made = [_made(column, scope) for column in mart.columns]
    _require_grain(groups, made, summed)
    every = [*groups, *(m for m in made if m.projection.name not in _names(groups))]
    if len({m.projection.name for m in every}) < len(every):
        raise Refused("two columns have one name")
    every.sort(key=lambda m: _ORDER[m.projection.group])
    query = Query(
        inputs=(
            Input(alias=ground.alias, model=ground.model.name),
            *(Input(alias=each, model=ground.joins[each].model.name) for each in joins),
        ),
        ctes=(
            Cte(
                name="final",
                from_alias=ground.alias,
                projections=tuple(m.projection for m in every),
                joins=tuple(_join(ground, each) for each in joins),
                group_by=tuple(m.projection.expression for m in groups) if summed else (),
            ),
        ),
    )
    keys = tuple(m.projection.name for m in groups)
    return Model(
        name=name, layer="marts", folder=ground.model.folder, source=ground.model.source,
        description=mart.description or name.replace("_", " "),
        grain=_grain(keys) if summed else ground.model.grain,
        entity=name.split("_", 1)[-1], body=query,
        columns=tuple(_tested(m.column, keys, summed) for m in every),
        tests=_tests(ground, keys, summed),
        materialized="table", primary_key=keys, based_on=ground.model.based_on,
    )  # fmt: skip


def _keys(ground: Ground) -> list[_Made]:
    known: dict[str, TypeFamily] = types(ground.model)
    if not ground.model.primary_key or not set(ground.model.primary_key) <= known.keys():
        raise Refused("the base has no key: sum it up by something")
    columns = {column.name: column for column in ground.model.columns}
    return [
        _Made(
            Projection(name=key, expression=name_sql(ground.alias, key), group="ids"),
            columns[key].model_copy(update={"tests": ()}),
            Checked("", known[key], False, frozenset()),
        )
        for key in ground.model.primary_key
    ]


def _require_grain(groups: list[_Made], made: list[_Made], summed: bool) -> None:
    if any(m.checked.aggregates or " OVER (" in m.checked.expression for m in groups):
        raise Refused("by: no aggregates and no windows")
    for one in made:
        name = one.projection.name
        if summed and not one.checked.aggregates:
            raise Refused(f"{name}: with `by`, every column is an aggregate")
        if summed and " OVER (" in one.projection.expression:
            raise Refused(f"{name}: no windows beside aggregates")
        if not summed and one.checked.aggregates:
            raise Refused(f"{name}: an aggregate needs `by`")
    if summed and _names(groups) & _names(made):
        raise Refused("a metric has the name of a group")


def _names(made: list[_Made]) -> set[str]:
    return {m.projection.name for m in made}


def _join(ground: Ground, alias: str) -> Join:
    to = ground.joins[alias]
    on = f"{name_sql(ground.alias, to.column)} = {name_sql(alias, to.field)}"
    return Join(kind="left", to=alias, on=(on,))


def _grain(keys: tuple[str, ...]) -> str:
    words = [key.replace("_", " ") for key in keys]
    listed = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"One row per {listed}."


def _tested(column: ModelColumn, keys: tuple[str, ...], summed: bool) -> ModelColumn:
    if keys != (column.name,):
        return column
    tests: tuple[Test, ...] = (UniqueTest(column=column.name),)
    if not summed:
        tests = (*tests, NotNullTest(column=column.name))
    return column.model_copy(update={"tests": tests})


def _tests(ground: Ground, keys: tuple[str, ...], summed: bool) -> tuple[Test, ...]:
    found: list[Test] = []
    if len(keys) > 1:
        found.append(CompositeUniqueTest(columns=keys))
    if not summed:
        found.append(SameRowCountTest(as_model=ground.model.name))
    return tuple(found)
