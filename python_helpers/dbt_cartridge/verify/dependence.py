"""What stands on what in a design: every question that verification asks of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dbt_cartridge.documents.design import (
    CompositeRelationshipsTest,
    DateSpine,
    Design,
    Input,
    Model,
    ReconcilesTest,
    RelationshipsTest,
    SameRowCountTest,
    Source,
    Test,
)


def inputs(model: Model) -> tuple[Input, ...]:
    """What the model's SQL reads."""
    if isinstance(model.body, DateSpine):
        names = dict.fromkeys(name for name, _ in model.body.bounds)
        return tuple(Input(alias=name, model=name) for name in names)
    return model.body.inputs


def parents(model: Model) -> tuple[str, ...]:
    """The models that it reads by `ref`, in the order of its inputs."""
    return tuple(dict.fromkeys(each.model for each in inputs(model) if each.model))


def ancestors(design: Design, name: str) -> tuple[str, ...]:
    """The design's own models below `name`, nearest last, without itself."""
    found: dict[str, None] = {}

    def visit(model: str) -> None:
        for parent in parents(design.by_name[model]) if model in design.by_name else ():
            if parent not in found:
                visit(parent)
                if parent in design.by_name:
                    found[parent] = None

    visit(name)
    return tuple(found)


def dependents(design: Design, names: Iterable[str]) -> set[str]:
    """`names` and every model that cannot be without them, directly or not.

    A date spine stays as long as one of the models is left that it takes its bounds from.
    """
    found = set(names)
    for model in design.models:  # in the order of dependence: one pass is enough
        lost = found & set(parents(model))
        if lost and not (isinstance(model.body, DateSpine) and lost < set(parents(model))):
            found.add(model.name)
    return found


def relations(design: Design) -> Mapping[str, frozenset[str]]:
    """Model → the `Relation.id`s that its SQL reads, through whatever models lie between."""
    by_source = {
        (source.name, table.name): table.relation
        for source in design.sources
        for table in source.tables
    }
    found: dict[str, frozenset[str]] = {}
    for model in design.models:
        ids = set(model.based_on)
        for each in inputs(model):
            if each.source in by_source:
                ids.add(by_source[each.source])
            if each.model is not None:
                ids |= found.get(each.model, frozenset())
        found[model.name] = frozenset(ids)
    return found


def other_models(test: Test) -> tuple[str, ...]:
    """The models that a test reads besides the one that it is written under."""
    if isinstance(test, RelationshipsTest):
        return (test.to,) if test.to else ()
    if isinstance(test, CompositeRelationshipsTest | ReconcilesTest):
        return (test.to,)
    return (test.as_model,) if isinstance(test, SameRowCountTest) else ()


def owned_tests(design: Design) -> Iterator[tuple[str, Test]]:
    """(owner, test) of the whole design; the owner as `TestVerdict` names it."""
    for source in design.sources:
        yield from _source_tests(source)
    for model in design.models:
        for test in model.all_tests:
            yield model.name, test


def _source_tests(source: Source) -> Iterator[tuple[str, Test]]:
    for table in source.written:  # the host's own declarations have the host's own tests
        owner = f"{source.name}.{table.name}"
        for column in table.columns:
            for test in column.tests:
                yield owner, test
        for test in table.tests:
            yield owner, test
