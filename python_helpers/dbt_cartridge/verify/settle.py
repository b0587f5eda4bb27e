"""What follows from the verdicts: the same design without what did not hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import cast

from dbt_cartridge.documents.design import (
    CompositeUniqueTest,
    DateSpine,
    Design,
    LeftOut,
    Model,
    ModelColumn,
    SameRowCountTest,
    Source,
    SourceTable,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.verdicts import TestVerdict, Verdicts
from dbt_cartridge.verify.dependence import dependents, other_models, parents
from dbt_cartridge.verify.fewer import without_computed
from dbt_cartridge.verify.simpler import without_casts

NEARLY = 0.99  # a test that holds in this share of the rows stays, as a warning

# One failing row of these says what share of the rows is wrong; of the others it does not.
_COUNTED_BY_ROW = {"unique", "not_null", "relationships", "range", "expression",
                   "composite_unique", "composite_relationships", "reconciles"}  # fmt: skip

_Failed = Mapping[tuple[str, Test], TestVerdict]


def settle(design: Design, verdicts: Verdicts) -> Design:
    """The design without what the verdicts refute. Equal to `design` if they refute nothing.

    A model with an error goes, and so do the models that read it; a staging model loses its casts
    first, and a mart its computed columns, which may be all that fails. A model with other rows
    than it claims goes as well. A test that fails goes, or stays as a warning with its evidence
    where it holds in 99 % of the rows. What went is in `left_out`, with dbt's words.
    """
    design, uncast = _with_fewer_casts(design, verdicts)
    design, poorer = _with_fewer_columns(design, verdicts)
    uncast |= poorer
    refuted = _refuted_models(design, verdicts, uncast)
    gone = dependents(design, refuted)
    failed = {
        (verdict.owner, verdict.test): verdict
        for verdict in verdicts.tests
        if verdict.status in ("fail", "error")
    }
    if not gone and not failed and not uncast:
        return design
    kept = {model.name for model in design.models} - gone
    models = tuple(
        _unkeyed(_model(model, gone, failed), failed)
        for model in design.models
        if model.name in kept
    )
    unsound = {key[0] for key in failed if _is_grain(design.by_name.get(key[0]), key[1])}
    snapshots = tuple(
        each for each in design.snapshots if each.model in kept and each.model not in unsound
    )
    left_out = (
        *design.left_out,
        *uncast.values(),
        *_left_out_models(design, refuted, gone),
        *_left_out_snapshots(design, gone, unsound),
        *_left_out_tests(gone, failed),
    )
    return design.model_copy(
        update={
            "sources": tuple(_source(source, failed) for source in design.sources),
            "models": tuple(_bounded(model, gone) for model in models),
            "snapshots": snapshots,
            "left_out": left_out,
        }
    )


# ---------------------------------------------------------------- models


def _with_fewer_casts(design: Design, verdicts: Verdicts) -> tuple[Design, dict[str, LeftOut]]:
    """The design with simpler staging models where reading rows failed, and what they lost."""
    errors = {v.model: v.message for v in verdicts.models if v.status == "error"}
    uncast: dict[str, LeftOut] = {}
    models = list(design.models)
    for at, model in enumerate(models):
        if verdicts.level != "data" or model.name not in errors:
            continue
        if (found := without_casts(model, errors[model.name])) is not None:
            models[at], columns = found
            what = f"cast of {', '.join(columns)} in {model.name}"
            uncast[model.name] = LeftOut(what=what, why=errors[model.name])
    if uncast:
        design = design.model_copy(update={"models": tuple(models)})
    return design, uncast


def _with_fewer_columns(design: Design, verdicts: Verdicts) -> tuple[Design, dict[str, LeftOut]]:
    """The design with marts without the computed columns on which they fail, and what they lost."""
    lost: dict[str, LeftOut] = {}
    for verdict in verdicts.models if verdicts.level == "data" else ():
        model = design.by_name.get(verdict.model)
        if model is None or verdict.status != "error":
            continue
        if (found := without_computed(design, model, verdict.message)) is not None:
            design, columns = found
            told = "; ".join(f"{', '.join(names)} of {name}" for name, names in columns.items())
            lost[model.name] = LeftOut(what=told, why=verdict.message)
    return design, lost


def _refuted_models(design: Design, verdicts: Verdicts, uncast: Collection[str]) -> dict[str, str]:
    """Model → why it cannot stay."""
    errors = [v for v in verdicts.models if v.status == "error" and v.model not in uncast]
    why = {v.model: v.message for v in errors}
    for verdict in verdicts.tests:
        # Nothing else in the design can say that a join multiplied or lost rows.
        if isinstance(verdict.test, SameRowCountTest) and verdict.status == "fail":
            why.setdefault(
                verdict.owner, f"it does not have as many rows as {verdict.test.as_model}"
            )
    return {name: text for name, text in why.items() if name in design.by_name}


def _model(model: Model, gone: set[str], failed: _Failed) -> Model:
    def column(each: ModelColumn) -> ModelColumn:
        return each.model_copy(update={"tests": _tests(model.name, each.tests, gone, failed)})

    return model.model_copy(
        update={
            "columns": tuple(column(each) for each in model.columns),
            "tests": _tests(model.name, model.tests, gone, failed),
        }
    )


def _is_grain(model: Model | None, test: Test) -> bool:
    columns = (
        (test.column,) if isinstance(test, UniqueTest)
        else test.columns if isinstance(test, CompositeUniqueTest)
        else ()
    )  # fmt: skip
    return model is not None and bool(columns) and set(columns) == set(model.primary_key)


def _unkeyed(model: Model, failed: _Failed) -> Model:
    """Without an incremental load where the key repeats: a merge on it would lose rows."""
    repeats = any(name == model.name and _is_grain(model, test) for name, test in failed)
    if not repeats:
        return model
    return model.model_copy(
        update={
            "primary_key": (),
            "incremental": None,
            "materialized": "table" if model.materialized == "incremental" else model.materialized,
        }
    )


def _bounded(model: Model, gone: set[str]) -> Model:
    """A date spine over the bounds that are left. It has one: else it went with the last.

    Some are of models that the design does not hold: the project's own, and those of other runs.
    """
    if not isinstance(model.body, DateSpine):
        return model
    bounds = tuple(bound for bound in model.body.bounds if bound[0] not in gone)
    return model.model_copy(update={"body": model.body.model_copy(update={"bounds": bounds})})


# ---------------------------------------------------------------- tests


def _source(source: Source, failed: _Failed) -> Source:
    def table(each: SourceTable) -> SourceTable:
        owner = f"{source.name}.{each.name}"
        columns = tuple(
            column.model_copy(update={"tests": _tests(owner, column.tests, set(), failed)})
            for column in each.columns
        )
        tests = _tests(owner, each.tests, set(), failed)
        return each.model_copy(update={"columns": columns, "tests": tests})

    return source.model_copy(update={"tables": tuple(table(each) for each in source.tables)})


def _tests(
    owner: str, tests: tuple[Test, ...], gone: set[str], failed: _Failed
) -> tuple[Test, ...]:
    settled: list[Test] = []
    for test in tests:
        if gone.intersection(other_models(test)):
            continue
        if (verdict := failed.get((owner, test))) is None:
            settled.append(test)
        elif _stays(verdict):
            lowered = {"severity": "warn", "evidence": evidence(verdict)}
            settled.append(test.model_copy(update=lowered))
    return tuple(settled)


def _stays(verdict: TestVerdict) -> bool:
    """Whether a test that does not hold stays, as a warning."""
    nearly = nearly_holds(verdict.test, verdict.failures, verdict.rows)
    return verdict.status == "fail" and nearly


def nearly_holds(test: Test, failures: int, rows: int | None) -> bool:
    """Whether so few of the rows fail that the test is worth keeping as a warning."""
    counted = test.kind in _COUNTED_BY_ROW and rows is not None
    return failures == 0 or (counted and failures <= (1 - NEARLY) * (rows or 0))


def evidence(verdict: TestVerdict) -> str:
    if verdict.status == "error":
        return f"dbt could not run it: {verdict.message}"
    if not verdict.rows:
        return f"{verdict.failures:,} failures"
    return f"{verdict.failures:,} failures in {verdict.rows:,} rows"


# ---------------------------------------------------------------- for the report


def _left_out_models(
    design: Design, refuted: Mapping[str, str], gone: set[str]
) -> Iterator[LeftOut]:
    for model in design.models:
        if model.name in refuted:
            yield LeftOut(what=model.name, why=refuted[model.name])
        elif model.name in gone:
            lost = ", ".join(name for name in parents(model) if name in gone)
            yield LeftOut(what=model.name, why=f"it reads {lost}, which was left out")


def _left_out_snapshots(design: Design, gone: set[str], unsound: set[str]) -> Iterator[LeftOut]:
    for snapshot in design.snapshots:
        if snapshot.model in gone:
            yield LeftOut(what=snapshot.name, why=f"it reads {snapshot.model}, which was left out")
        elif snapshot.model in unsound:
            key = ", ".join(snapshot.unique_key)
            yield LeftOut(what=snapshot.name, why=f"its key ({key}) repeats in {snapshot.model}")


def _left_out_tests(gone: set[str], failed: _Failed) -> Iterator[LeftOut]:
    for (owner, test), verdict in failed.items():
        if owner not in gone and not _stays(verdict):
            yield LeftOut(what=f"{in_words(test)} on {owner}", why=evidence(verdict))


def in_words(test: Test) -> str:
    """`unique(order_id)`, `relationships(customer_id, dim_customers, customer_id)`."""
    values = [
        value
        for name, value in test.model_dump(exclude_none=True).items()
        if name not in ("kind", "severity", "where", "evidence", "quote")
    ]
    return f"{test.kind}({', '.join(_word(value) for value in values)})"


def _word(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(str(each) for each in cast("tuple[object, ...]", value))
    return str(value)
