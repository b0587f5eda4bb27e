"""Why, of whatever the last run knows by name: a table or column of the warehouse, a model or
column of the design, a test as dbt names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from dbt_cartridge.documents.base import Frozen, documents_folder
from dbt_cartridge.documents.design import Design, Model, Test
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.errors import ConfigError, DocumentError, did_you_mean
from dbt_cartridge.infer.explain import explain as why
from dbt_cartridge.infer.explain import found_in, names
from dbt_cartridge.report.page_data import (
    PageModel,
    PageTable,
    PageTest,
    Reference,
    page_model,
    page_reference,
    page_table,
    page_test,
    relations_of_sources,
    verdicts_by_owner,
)
from dbt_cartridge.report.words import count
from dbt_cartridge.verify.matching import KINDS

_STATUS = {"": "not asked", "pass": "holds", "fail": "does not hold", "unproved": "not proved"}
_NOT_WORD = re.compile(r"[^a-z0-9]+")


class Explained(Frozen):
    """`lines`: the same in words. Of a test, `model` is what it is about."""

    format_version: int
    target: str
    kind: Literal["table", "column", "model", "test"]
    lines: tuple[str, ...]
    table: PageTable | None = None
    references: tuple[Reference, ...] = ()
    model: PageModel | None = None
    column: str | None = None
    tests: tuple[PageTest, ...] = ()


def explained(project_dir: Path, target: str) -> Explained:
    """All that the last run knows of `target`.

    Raises:
        DocumentError: there was no run.
        ConfigError: nothing has that name, with the nearest that has.
    """
    folder = documents_folder(project_dir)
    schema = Schema.load(folder)
    if (found := found_in(schema, target)) is not None:
        table, column = found
        relation = scan.by_id.get(table.id) if (scan := Scan.last(folder)) else None
        edges = (*schema.parents.get(table.id, ()), *schema.children.get(table.id, ()))
        return Explained(
            format_version=1,
            target=target,
            kind="column" if column else "table",
            lines=tuple(why(schema, target).splitlines()),
            table=page_table(table, relation),
            references=tuple(page_reference(e) for e in dict.fromkeys(edges)),
            column=column,
        )
    try:
        design, verdicts = Design.load(folder), Verdicts.load(folder)
    except DocumentError:
        design, verdicts = Design(adapter=schema.adapter), Verdicts(level="none")
    of_design = _Made(design, verdicts)
    if made := of_design.explained(target):
        return made
    known = [*names(schema), *of_design.names()]
    raise ConfigError(
        f"The last run knows no '{target}'.{did_you_mean(target, known)} Write schema.table or "
        "schema.table.column of the warehouse, a model or model.column, or a test's name."
    )


class _Made:
    """What was designed, by name."""

    def __init__(self, design: Design, verdicts: Verdicts) -> None:
        self._design = design
        self._models = {verdict.model: verdict for verdict in verdicts.models}
        self._tests = verdicts_by_owner(verdicts.tests)
        self._folded = {model.name.casefold(): model for model in design.models}

    def names(self) -> Iterator[str]:
        for model in self._design.models:
            yield model.name
            yield from (f"{model.name}.{column.name}" for column in model.columns)

    def explained(self, target: str) -> Explained | None:
        name, _, column = target.strip().casefold().partition(".")
        if (model := self._folded.get(name)) is not None:
            if not column:
                return self._model(target, model)
            known = {one.name.casefold(): one.name for one in model.columns}
            return self._column(target, model, known[column]) if column in known else None
        return self._test(target)

    def _page(self, model: Model) -> PageModel:
        sources = relations_of_sources(self._design)
        said = self._models.get(model.name)
        return page_model(model, sources, said, self._tests.get(model.name, {}))

    def _model(self, target: str, model: Model) -> Explained:
        page = self._page(model)
        rows = "" if page.rows is None else f", {count(page.rows, 'row')}"
        lines = [
            f"{page.name}: {page.layer}, {page.materialized}{rows}",
            f"  {page.grain}",
            f"  reads {', '.join(page.reads)}",
            f"  shows the rows of {', '.join(page.based_on)}" if page.based_on else "",
            f"  key ({', '.join(page.key)})" if page.key else "  no key",
            f"  {_status(page.status, page.message)}",
            *(f"  {note}" for note in page.notes),
            *(f"  {one.why}" for one in self._design.left_out if one.what == page.name),
            "  columns:",
            *(f"    {c.name} {c.type}: {c.description}" for c in page.columns),
            "  tests:" if page.tests else "  no tests",
            *(f"    {_tested(test)}" for test in page.tests),
        ]
        return Explained(
            format_version=1,
            target=target,
            kind="model",
            lines=tuple(filter(None, lines)),
            model=page,
            tests=page.tests,
        )

    def _column(self, target: str, model: Model, name: str) -> Explained:
        page = self._page(model)
        column = next(one for one in model.columns if one.name == name)
        tests = self._pages(model.name, [t for t in model.all_tests if name in _columns(t)])
        rule = column.made_by  # as `cartridge decide decline` wants it
        lines = [
            f"{model.name}.{name}: {column.data_type or column.type}",
            f"  {column.description}" if column.description else "",
            f"  personal data: {column.pii.replace('_', ' ')}" if column.pii else "",
            f"  computed by the rule {rule}" if rule else "",
            *(f"  = {expression}" for expression in _expressions(model, name)),
            *(f"  {_tested(test)}" for test in tests),
        ]
        return Explained(
            format_version=1,
            target=target,
            kind="column",
            lines=tuple(filter(None, lines)),
            model=page,
            column=name,
            tests=tests,
        )

    def _test(self, target: str) -> Explained | None:
        """dbt calls a test for its kind, its owner and its arguments: the longest beginning."""
        low = _plain(target)
        matches = [
            (len(stem), owner, test)
            for owner, test in self._owned()
            for stem in _stems(owner, test)
            if low == stem or low.startswith(f"{stem}_")
        ]
        if not matches:
            return None
        most = max(length for length, _, _ in matches)
        owner = next(owner for length, owner, _ in matches if length == most)
        tests = self._pages(owner, [t for length, o, t in matches if (length, o) == (most, owner)])
        model = self._folded.get(owner.casefold())
        lines = [f"a test of {owner}", *(f"  {_tested(test)}" for test in tests)]
        return Explained(
            format_version=1,
            target=target,
            kind="test",
            lines=tuple(lines),
            model=self._page(model) if model else None,
            tests=tests,
        )

    def _pages(self, owner: str, tests: Iterable[Test]) -> tuple[PageTest, ...]:
        said = self._tests.get(owner, {})
        return tuple(page_test(test, said) for test in dict.fromkeys(tests))

    def _owned(self) -> Iterator[tuple[str, Test]]:
        for model in self._design.models:
            yield from ((model.name, test) for test in model.all_tests)
        for source in self._design.sources:
            for table in source.written:
                owner = f"{source.name}.{table.name}"
                yield from ((owner, test) for test in table.tests)
                yield from ((owner, t) for column in table.columns for t in column.tests)


def _plain(name: str) -> str:
    return _NOT_WORD.sub("_", name.casefold()).strip("_")


def _stems(owner: str, test: Test) -> Iterator[str]:
    column = getattr(test, "column", "")
    for written, kind in KINDS.items():
        if kind == test.kind:
            yield _plain(f"{written}_{owner}_{column}")
            yield _plain(f"source_{written}_{owner}_{column}")


def _columns(test: Test) -> tuple[str, ...]:
    return (getattr(test, "column", ""), *getattr(test, "columns", ()))


def _expressions(model: Model, name: str) -> Iterator[str]:
    """What the column is where it is more than a name handed on."""
    if model.body.kind == "query":
        for cte in model.body.ctes:
            for projection in cte.projections:
                if projection.name == name and not _is_name(projection.expression):
                    yield projection.expression


def _is_name(expression: str) -> bool:
    return re.fullmatch(r'"[^"]*"\."[^"]*"', expression) is not None


def _status(status: str, message: str) -> str:
    said = {"": "not run", "pass": "it runs", "unproved": "not proved"}.get(status, status)
    return f"{said}: {message}" if message else said


def _tested(test: PageTest) -> str:
    rows = f" in {count(test.failures, 'row')}" if test.failures else ""
    said = _STATUS.get(test.status, test.status)
    warns = ", only warns" if test.severity == "warn" else ""
    because = f"; {test.evidence}" if test.evidence else ""
    return f"{test.text}: {said}{rows}{warns}{because}"
