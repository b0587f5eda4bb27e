"""A design without what cannot be written safely, and without what stands on that."""

from __future__ import annotations

from collections.abc import Mapping

from dbt_cartridge.documents.design import (
    Design,
    Input,
    LeftOut,
    Model,
    Query,
    RelationshipsTest,
    Test,
)
from dbt_cartridge.render import data_tests, inert

_Table = tuple[str, str]  # a source's and a table's name


def without_unnameable(design: Design) -> tuple[Design, tuple[LeftOut, ...]]:
    """`design` without tables of which dbt could not be told by their name."""
    left_out: list[LeftOut] = []
    gone: set[_Table] = set()
    for source in design.sources:
        place = (source.schema_name, source.database or source.schema_name)
        for table in source.written:
            if not all(map(inert.is_name, (*place, table.identifier))):
                gone.add((source.name, table.name))
                left_out.append(_unnameable(table.identifier))
    if not gone:
        return design, ()
    sources = tuple(
        source.model_copy(
            update={"tables": tuple(t for t in source.tables if (source.name, t.name) not in gone)}
        )
        for source in design.sources
    )
    lost = {
        model.name: "It needs a table that was left out."
        for model in design.models
        if isinstance(model.body, Query) and any(_reads(each, gone) for each in model.body.inputs)
    }
    rest, also = without_models(lost, design.model_copy(update={"sources": sources}), gone)
    return rest, (*left_out, *also)


def _reads(each: Input, gone: set[_Table]) -> bool:
    parts = each.union.parts if each.union else ()
    return each.source in gone or any(part.source in gone for part in parts)


def _unnameable(identifier: str) -> LeftOut:
    return LeftOut(
        what=f"Table {inert.text(identifier)!r}",
        why="Its name holds what dbt would run as Jinja, control characters, or blanks at an end. "
        "Rename it in the warehouse to have it modelled.",
    )


def without_models(
    lost: Mapping[str, str], design: Design, gone: set[_Table] | None = None
) -> tuple[Design, tuple[LeftOut, ...]]:
    """`design` without these models, those that need them, and every test that looks at them.

    Args:
        lost: why, by name.
        gone: tables that are left out already; tests that look at them go too.
    """
    if not lost and not gone:
        return design, ()
    reasons = dict(lost)
    for model in design.models:  # in the order of dependence
        needed = next((name for name in _needs(model) if name in reasons), None)
        if needed is not None:
            reasons.setdefault(model.name, f"It needs {needed}, which was left out.")
    models = tuple(_tested_on_what_is_left(m, reasons, gone or set()) for m in design.models)
    rest = design.model_copy(
        update={
            "models": tuple(model for model in models if model.name not in reasons),
            "snapshots": tuple(each for each in design.snapshots if each.model not in reasons),
        }
    )
    return rest, tuple(LeftOut(what=f"Model {name}", why=why) for name, why in reasons.items())


def _needs(model: Model) -> tuple[str, ...]:
    if isinstance(model.body, Query):
        return tuple(each.model for each in model.body.inputs if each.model is not None)
    return tuple(name for name, _ in model.body.bounds)


def _tested_on_what_is_left(model: Model, lost: Mapping[str, str], gone: set[_Table]) -> Model:
    def kept(tests: tuple[Test, ...]) -> tuple[Test, ...]:
        return tuple(
            test
            for test in tests
            if data_tests.other_model(test) not in lost
            and not (isinstance(test, RelationshipsTest) and test.to_source in gone)
        )

    columns = tuple(c.model_copy(update={"tests": kept(c.tests)}) for c in model.columns)
    return model.model_copy(update={"columns": columns, "tests": kept(model.tests)})
