"""Models and sources as the documents that become YAML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dbt_cartridge.documents.design import (
    Freshness,
    LeftOut,
    Model,
    ModelColumn,
    Source,
    SourceColumn,
    SourceTable,
    Test,
)
from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import data_tests, expressions, identifiers, inert
from dbt_cartridge.render.data_tests import Dialect
from dbt_cartridge.render.doc_blocks import DocBlocks

_BACKTICKS = frozenset({"bigquery", "databricks", "mysql", "spark"})


@dataclass(frozen=True)
class Properties:
    """One resource's YAML, the generic tests of ours that it needs, and what could not be said."""

    yaml: dict[str, Any]
    needs: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class _Tests:
    """The tests of one owner, sorted to their columns as they are asked for."""

    def __init__(self, owner: str, dialect: Dialect, stored: bool) -> None:
        self.owner, self.dialect, self.stored = owner, dialect, stored
        self.needs: list[str] = []
        self.left_out: list[LeftOut] = []

    def entries(self, tests: Iterable[Test]) -> list[Any]:
        found: list[Any] = []
        for test in tests:
            try:
                entry = data_tests.entry(test, self.owner, self.dialect, self.stored)
            except RenderError as error:
                column = data_tests.column_of(test)
                where = f"{self.owner}.{column}" if column else self.owner
                self.left_out.append(LeftOut(what=f"{test.kind} test of {where}", why=str(error)))
                continue
            if entry.yaml not in found:
                found.append(entry.yaml)
            if entry.needs:
                self.needs.append(entry.needs)
        return found


def model(each: Model, dialect: Dialect, docs: DocBlocks) -> Properties:
    tests = _Tests(each.name, dialect, stored=False)
    own, of_columns = _sorted(each.tests, each.columns)
    yaml: dict[str, Any] = {"name": each.name}
    _describe(yaml, _with_grain(each), docs)
    _put(yaml, dialect.syntax.tests_key, tests.entries(own))
    columns = [
        _column(column, column.data_type, of_columns[column.name], tests, docs)
        for column in each.columns
        if _is_nameable(column.name, tests)
    ]
    _put(yaml, "columns", columns)
    return Properties(yaml, tuple(tests.needs), tuple(tests.left_out))


def source(each: Source, dialect: Dialect, docs: DocBlocks) -> Properties:
    """A source that the host declares goes on in a file of ours, with what the host says of it."""
    yaml: dict[str, Any] = {"name": each.name, **each.properties}
    if not each.properties:
        _describe(yaml, each.description, docs)
        if each.database is not None:
            yaml["database"] = _inert_name(each.database)
        if identifiers.spoken(each.schema_name, dialect.adapter) != each.name:
            yaml["schema"] = _between_quotes(each.schema_name, dialect)
        if _unfolded(each.schema_name, dialect):
            yaml["quoting"] = {"schema": True}
    tables = [_table(table, each.name, dialect, docs) for table in each.written]
    _put(yaml, "tables", [table.yaml for table in tables])
    return Properties(
        yaml,
        tuple(need for table in tables for need in table.needs),
        tuple(left for table in tables for left in table.left_out),
    )


def _table(each: SourceTable, source_name: str, dialect: Dialect, docs: DocBlocks) -> Properties:
    tests = _Tests(f"{source_name}_{each.name}", dialect, stored=True)
    own, of_columns = _sorted(each.tests, each.columns)
    yaml: dict[str, Any] = {"name": each.name}
    if identifiers.spoken(each.identifier, dialect.adapter) != each.name:
        yaml["identifier"] = _between_quotes(each.identifier, dialect)
    if _unfolded(each.identifier, dialect):
        yaml["quoting"] = {"identifier": True}
    _describe(yaml, each.description, docs)
    _put_freshness(yaml, each.freshness, tests)
    _put(yaml, dialect.syntax.tests_key, tests.entries(own))
    columns = [
        _column(column, column.native_type, of_columns[column.name], tests, docs)
        for column in each.columns
        if _is_nameable(column.name, tests)
    ]
    _put(yaml, "columns", columns)
    return Properties(yaml, tuple(tests.needs), tuple(tests.left_out))


def _column(
    column: ModelColumn | SourceColumn,
    data_type: str | None,
    column_tests: list[Test],
    tests: _Tests,
    docs: DocBlocks,
) -> dict[str, Any]:
    name = identifiers.spoken(column.name, tests.dialect.adapter, tests.stored)
    yaml: dict[str, Any] = {"name": name}
    if identifiers.needs_quotes(column.name, tests.dialect.adapter, tests.stored):
        yaml["quote"] = True
    _describe(yaml, column.description, docs)
    if data_type and (written := inert.text(data_type)):
        yaml["data_type"] = written
    if column.pii:
        meta = {"meta": {"pii": inert.text(column.pii)}}
        yaml.update({"config": meta} if tests.dialect.syntax.config_meta else meta)
    _put(yaml, tests.dialect.syntax.tests_key, tests.entries(column_tests))
    return yaml


def _sorted(
    tests: Iterable[Test], columns: Iterable[ModelColumn | SourceColumn]
) -> tuple[list[Test], dict[str, list[Test]]]:
    """Each test where YAML wants it: under its column, or under the model."""
    of_columns: dict[str, list[Test]] = {column.name: [] for column in columns}
    own: list[Test] = []
    for test in (*(t for column in columns for t in column.tests), *tests):
        column = data_tests.column_of(test)
        if column is None:
            own.append(test)
        elif column in of_columns:
            of_columns[column].append(test)
    return own, of_columns


def _is_nameable(column: str, tests: _Tests) -> bool:
    """Whether dbt would read the column's name as it stands."""
    if inert.is_name(column):
        return True
    tests.left_out.append(
        LeftOut(
            what=f"YAML of column {inert.text(column)!r} of {tests.owner}",
            why="Its name holds Jinja, control characters or blanks at an end; dbt would read "
            "another name. The model's SQL uses the column all the same.",
        )
    )
    return False


def _describe(yaml: dict[str, Any], description: str, docs: DocBlocks) -> None:
    text = inert.text(description)
    if text:
        yaml["description"] = docs.call(text) or text


def _with_grain(each: Model) -> str:
    if each.grain and each.grain.rstrip(".").lower() not in each.description.lower():
        return f"{each.grain} {each.description}".strip()
    return each.description


def _put(yaml: dict[str, Any], key: str, values: list[Any]) -> None:
    if values:
        yaml[key] = values


def _put_freshness(yaml: dict[str, Any], freshness: Freshness | None, tests: _Tests) -> None:
    if freshness is None:
        return
    adapter = tests.dialect.adapter
    loaded_at = expressions.sql(freshness.loaded_at, adapter, stored=frozenset({""}))
    if not inert.is_inert(loaded_at) or "\\" in loaded_at:
        tests.left_out.append(
            LeftOut(
                what=f"freshness of {tests.owner}", why="Its load-time column's name holds Jinja."
            )
        )
        return
    limits: dict[str, Any] = {}
    if freshness.filter:
        limits["filter"] = expressions.sql(freshness.filter, adapter, stored=frozenset({""}))
    for key, hours in (
        ("warn_after", freshness.warn_after_hours),
        ("error_after", freshness.error_after_hours),
    ):
        if hours is not None:
            whole = hours % 24 == 0
            count, period = (hours // 24, "day") if whole else (hours, "hour")
            limits[key] = {"count": count, "period": period}
    both: dict[str, Any] = {"loaded_at_field": loaded_at}
    if limits:
        both["freshness"] = limits
    yaml.update({"config": both} if tests.dialect.syntax.config_freshness else both)


def _between_quotes(name: str, dialect: Dialect) -> str:
    """As dbt pastes it between two quotes: it does not double those inside."""
    mark = "`" if dialect.adapter in _BACKTICKS else '"'
    return _inert_name(name).replace(mark, mark * 2)


def _inert_name(value: str) -> str:
    if not inert.is_name(value):
        raise RenderError(
            f"{inert.text(value)!r} cannot be named in YAML: dbt would run what it holds as Jinja. "
            "Rename it in the warehouse, or leave it out with `exclude`."
        )
    return value


def _unfolded(name: str, dialect: Dialect) -> bool:
    """Whether dbt must be told to quote a name. Only Snowflake's adapter does not do so unasked."""
    return identifiers.rule(dialect.adapter).case == "upper" and identifiers.needs_quotes(
        name, dialect.adapter, stored=True
    )
