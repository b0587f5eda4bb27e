"""A mart that fails on a computed column need not go, and all that reads it: the column can."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from dbt_cartridge.documents.design import Cte, Design, Join, Model, Query, Test


def without_computed(
    design: Design, model: Model, error: str
) -> tuple[Design, Mapping[str, tuple[str, ...]]] | None:
    """The design without the computed columns of `model` that `error` names, or without all if it
    names none, and without what other models make of them.

    With the columns that each model has lost. None where there is nothing to take away: what stands
    in a key or tells rows apart was not computed by a rule.
    """
    if model.layer != "marts" or not isinstance(model.body, Query):
        return None
    computed = [c.name for c in model.columns if c.made_by and c.name not in model.primary_key]
    named = [name for name in computed if _names(error, name)]
    if not computed:
        return None
    lost: dict[str, set[str]] = {model.name: set(named or computed)}
    models: list[Model] = []
    for each in design.models:  # in the order of dependence: what is lost is lost further on
        gone = lost.get(each.name, set()) | _made_of(each, lost)
        if gone:
            lost[each.name] = gone
            each = _without(each, gone)
        models.append(each)
    told = {name: tuple(sorted(columns)) for name, columns in lost.items()}
    return design.model_copy(update={"models": tuple(models)}), told


def _names(error: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", error) is not None


def _made_of(model: Model, lost: Mapping[str, Collection[str]]) -> set[str]:
    """The output columns of a model that are made of what others have lost, step by step."""
    if not isinstance(model.body, Query):
        return set()
    missing = {
        (each.alias, name)
        for each in model.body.inputs
        for name in lost.get(each.model or "", ())
    }  # fmt: skip
    if not missing:
        return set()
    for cte in model.body.ctes:
        if not cte.projections or cte.whole:
            missing |= {(cte.name, name) for alias, name in missing if alias == cte.from_alias}
        missing |= {(cte.name, p.name) for p in cte.projections if _reads(p.expression, missing)}
    return {name for alias, name in missing if alias == model.body.ctes[-1].name}


def _reads(text: str, columns: Collection[tuple[str, str]]) -> bool:
    return any(f"{_quoted(alias)}.{_quoted(name)}" in text for alias, name in columns)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _without(model: Model, gone: Collection[str]) -> Model:
    body = model.body
    assert isinstance(body, Query)
    *before, last = body.ctes
    left = tuple(p for p in last.projections if p.name not in gone)
    ctes = list(_used([*before, _joining(last.model_copy(update={"projections": left}))]))
    read = {name for cte in ctes for name in (cte.from_alias, *cte.union, *_joined(cte))}
    inputs = tuple(each for each in body.inputs if each.alias in read)
    return model.model_copy(
        update={
            "body": body.model_copy(update={"ctes": tuple(ctes), "inputs": inputs}),
            "columns": tuple(c for c in model.columns if c.name not in gone),
            "conserved": tuple(c for c in model.conserved if c.column not in gone),
            "tests": tuple(test for test in model.tests if not _is_about(test, gone)),
        }
    )


def _is_about(test: Test, columns: Collection[str]) -> bool:
    said = test.model_dump_json()
    return any(f'"{name}"' in said.replace("\\", "") for name in columns)


def _joining(cte: Cte) -> Cte:
    """Without the left joins from which nothing is taken, directly or by what is joined to it."""
    said = [p.expression for p in cte.projections]
    kept: list[Join] = []
    for join in reversed(cte.joins):
        if join.kind != "left" or any(f"{_quoted(join.to)}." in text for text in said):
            kept.append(join)
            said += join.on
    return cte.model_copy(update={"joins": tuple(reversed(kept))})


def _joined(cte: Cte) -> Iterator[str]:
    return (join.to for join in cte.joins)


def _used(ctes: list[Cte]) -> Iterator[Cte]:
    """From the last one back: each without the columns that nothing after it reads, and without
    what is read no more. The first column of a group stays."""
    kept: list[Cte] = [ctes[-1]]
    for cte in reversed(ctes[:-1]):
        after = [
            each for each in kept if cte.name in (each.from_alias, *each.union, *_joined(each))
        ]
        if not after:
            continue
        if any(not each.projections or each.whole for each in after if each.from_alias == cte.name):
            kept.append(cte)
            continue
        texts = [text for each in kept for text in _texts(each)]
        wanted = [
            p for p in cte.projections
            if p.expression in cte.group_by
            or any(f"{_quoted(cte.name)}.{_quoted(p.name)}" in text for text in texts)
        ]  # fmt: skip
        kept.append(cte.model_copy(update={"projections": tuple(wanted)}) if wanted else cte)
    return reversed(kept)


def _texts(cte: Cte) -> Iterator[str]:
    yield from (p.expression for p in cte.projections)
    yield from (text for join in cte.joins for text in join.on)
    yield from (*cte.where, *cte.group_by)
    if cte.latest is not None:
        yield from (*cte.latest.keys, *cte.latest.order_by)
