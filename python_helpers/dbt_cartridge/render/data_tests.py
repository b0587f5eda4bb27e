"""A design's tests as entries of `data_tests:`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    CompositeRelationshipsTest,
    CompositeUniqueTest,
    ExpressionTest,
    FewestRowsTest,
    NotNullTest,
    RangeTest,
    ReconcilesTest,
    RelationshipsTest,
    SameRowCountTest,
    Test,
    UniqueTest,
)
from dbt_cartridge.errors import RenderError
from dbt_cartridge.frozen import frozen
from dbt_cartridge.render import expressions, generic_tests, identifiers, inert, yaml_text
from dbt_cartridge.render.queries import call_name
from dbt_cartridge.render.syntax import Syntax

ColumnTest = UniqueTest | NotNullTest | AcceptedValuesTest | RelationshipsTest | RangeTest
_OURS = frozenset({"to", "compare_model"})  # calls that we write, of names that we checked
_NOT_WORD = re.compile(r"[^a-z0-9_]+")
# Where a backslash in a string literal starts an escape.
_BACKSLASH = frozenset({"bigquery", "databricks", "mysql", "snowflake", "spark"})


@dataclass(frozen=True)
class Dialect:
    """How tests are written for one host."""

    adapter: str
    syntax: Syntax
    dbt_utils: bool


@frozen
class Entry:
    """A test in YAML, and the generic test of ours that it needs, if any."""

    yaml: Any
    needs: str | None = None


@frozen
class _Call:
    name: str
    arguments: dict[str, Any]
    needs: str | None = None
    title: str | None = None


def column_of(test: Test) -> str | None:
    """The column under which the test stands; None where it stands under the model."""
    return test.column if isinstance(test, ColumnTest) else None


def other_model(test: Test) -> str | None:
    """The model that the test looks at beside its own."""
    if isinstance(test, SameRowCountTest):
        return test.as_model
    if isinstance(test, RelationshipsTest | CompositeRelationshipsTest | ReconcilesTest):
        return test.to
    return None


def entry(test: Test, owner: str, dialect: Dialect, stored: bool = False) -> Entry:
    """The test as YAML.

    Args:
        owner: the model's or the table's name.
        stored: the columns are the warehouse's own: the test stands on a source.

    Raises:
        RenderError: it cannot be written without changing what it says.
    """
    call = _call(test, owner, dialect, stored)
    config = _config(test, dialect, stored)
    _require_inert(call.arguments, test)
    _require_inert(config.get("where"), test)
    body: dict[str, Any] = {}
    if call.title:
        body["name"] = call.title
    if call.arguments and dialect.syntax.test_arguments:
        body["arguments"] = call.arguments
    else:
        body.update(call.arguments)
    if config:
        body["config"] = config
    return Entry({call.name: body} if body else call.name, call.needs)


def _require_inert(value: Any, test: Test) -> None:
    """An escape would change what is tested, so text that needs one cannot be tested."""
    if isinstance(value, dict):
        arguments = cast("dict[str, Any]", value)
        value = [each for name, each in arguments.items() if name not in _OURS]
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            _require_inert(each, test)
    if isinstance(value, str) and (not inert.is_inert(value) or inert.is_call(value)):
        raise RenderError(
            f"The {test.kind.replace('_', ' ')} test holds text that dbt would run as Jinja, or "
            "control characters. Write it by hand if it is wanted."
        )


def _config(test: Test, dialect: Dialect, stored: bool) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if test.severity == "warn":
        config["severity"] = "warn"
    if test.where:
        config["where"] = _expression(test.where, dialect, stored)
        if "\\" in config["where"]:
            # dbt pastes it between quotes into Jinja, and escapes the quotes alone.
            raise RenderError("Its `where` holds a backslash, which dbt cannot take there.")
    if test.severity == "warn" and test.evidence:
        config["meta"] = {"evidence": inert.text(test.evidence)}
    return config


def _expression(expression: str, dialect: Dialect, stored: bool) -> str:
    own = frozenset({""}) if stored else frozenset[str]()
    return expressions.sql(expression, dialect.adapter, stored=own)


# ---------------------------------------------------------------- one kind after the other


def _call(test: Test, owner: str, dialect: Dialect, stored: bool) -> _Call:
    if isinstance(test, UniqueTest | NotNullTest):
        return _Call(test.kind, {})
    if isinstance(test, AcceptedValuesTest):
        return _accepted_values(test, dialect)
    if isinstance(test, RelationshipsTest):
        return _relationships(test, dialect)
    if isinstance(test, RangeTest):
        return _range(test, dialect)
    if isinstance(test, CompositeUniqueTest):
        columns = _names(test.columns, dialect, stored)
        return _ours_or_utils(
            generic_tests.COMPOSITE_UNIQUE,
            "unique_combination_of_columns",
            {"combination_of_columns": columns},
            dialect,
        )
    if isinstance(test, ExpressionTest):
        claim = _NOT_WORD.sub("_", test.name.lower()).strip("_")
        expression = _expression(test.expression, dialect, stored)
        return _ours_or_utils(
            generic_tests.EXPRESSION,
            "expression_is_true",
            {"expression": expression},
            dialect,
            title=f"{owner}_{claim}" if claim else None,
        )
    if isinstance(test, SameRowCountTest):
        arguments = {"compare_model": _ref(test.as_model)}
        return _ours_or_utils(generic_tests.SAME_ROW_COUNT, "equal_rowcount", arguments, dialect)
    if isinstance(test, FewestRowsTest):
        name = generic_tests.FEWEST_ROWS
        return _Call(name, {"min_rows": test.min_rows}, needs=name)
    if isinstance(test, CompositeRelationshipsTest):
        return _composite_relationships(test, dialect, stored)
    return _reconciles(test, dialect, stored)


def _ours_or_utils(
    ours: str, utils: str, arguments: dict[str, Any], dialect: Dialect, title: str | None = None
) -> _Call:
    if dialect.dbt_utils:
        return _Call(f"dbt_utils.{utils}", arguments, title=title)
    return _Call(ours, arguments, needs=ours, title=title)


def _accepted_values(test: AcceptedValuesTest, dialect: Dialect) -> _Call:
    values: list[Any] = [_literal(value, test.quote, dialect) for value in test.values]
    arguments: dict[str, Any] = {"values": values}
    if not test.quote:
        arguments["quote"] = False
    return _Call("accepted_values", arguments)


def _literal(value: str, quote: bool, dialect: Dialect) -> Any:
    """A value as dbt's test pastes it between two quotes, or as it is."""
    if not quote:
        number = expressions.number(value)
        if number is None and value.lower() not in ("true", "false"):
            raise RenderError(f"{value!r} is neither a number nor a boolean: it needs quotes.")
        return value.lower() == "true" if number is None else number
    if "\\" in value and dialect.adapter in _BACKSLASH:
        raise RenderError(f"{value!r} holds a backslash, which dbt's test does not escape.")
    if "\n" in value or "\t" in value:
        raise RenderError(f"{value!r} holds a line break or a tab.")
    doubled = "\\'" if dialect.adapter == "bigquery" else "''"
    return yaml_text.Text(value.replace("'", doubled))


def _relationships(test: RelationshipsTest, dialect: Dialect) -> _Call:
    if test.to_source is not None:
        to = f"source('{call_name(test.to_source[0])}', '{call_name(test.to_source[1])}')"
    elif test.to is not None:
        to = _ref(test.to)
    else:
        raise RenderError(f"The relationships test of {test.column} names nothing to relate to.")
    field = identifiers.argument(test.field, dialect.adapter, test.to_source is not None)
    return _Call("relationships", {"to": to, "field": field})


def _range(test: RangeTest, dialect: Dialect) -> _Call:
    bounds = {"min_value": test.min_value, "max_value": test.max_value}
    arguments = {
        name: int(value) if value == int(value) else value
        for name, value in bounds.items()
        if value is not None
    }
    if not arguments:
        raise RenderError(f"The range test of {test.column} has no bound.")
    return _ours_or_utils(generic_tests.RANGE, "accepted_range", arguments, dialect)


def _composite_relationships(
    test: CompositeRelationshipsTest, dialect: Dialect, stored: bool
) -> _Call:
    name = generic_tests.COMPOSITE_RELATIONSHIPS
    arguments: dict[str, Any] = {
        "combination_of_columns": _names(test.columns, dialect, stored),
        "to": _ref(test.to),
        "fields": _names(test.fields, dialect, False),
    }
    return _Call(name, arguments, needs=name)


def _reconciles(test: ReconcilesTest, dialect: Dialect, stored: bool) -> _Call:
    name = generic_tests.RECONCILES
    arguments: dict[str, Any] = {
        "key": identifiers.argument(test.key, dialect.adapter, stored),
        "expression": _expression(test.expression, dialect, stored),
        "to": _ref(test.to),
        "to_key": identifiers.argument(test.to_key, dialect.adapter),
        "field": identifiers.argument(test.field, dialect.adapter),
    }
    return _Call(name, arguments, needs=name)


def _names(columns: tuple[str, ...], dialect: Dialect, stored: bool) -> list[str]:
    return [identifiers.argument(column, dialect.adapter, stored) for column in columns]


def _ref(model: str) -> str:
    return f"ref('{call_name(model)}')"
