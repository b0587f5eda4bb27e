"""The host's own staging: a model that selects the rows of one source table, whatever its name.

New models are built on it. Which of its columns is which of the table's is read from its SQL; what
is computed there is not known here, and is left to the host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from dbt_cartridge.design.labels import kept_staging
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.documents.design import LeftOut, Source
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Schema, Table

_TABLE = "cartridge_source"
_SOURCE = re.compile(r"""\{\{-?\s*source\(\s*['"][^'"]+['"]\s*,\s*['"][^'"]+['"]\s*\)\s*-?\}\}""")
_UNSEEN = re.compile(r"\{\{-?\s*config\(.*?\)\s*-?\}\}|\{#.*?#\}", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# One row out for one row in is no longer sure where one of these stands.
_OTHER_GRAIN = (exp.Join, exp.Group, exp.Distinct, exp.SetOperation, exp.AggFunc, exp.Unnest,
                exp.Lateral, exp.Limit)  # fmt: skip


@dataclass(frozen=True)
class Own:
    model: HostModel
    columns: dict[str, str]  # of the table → of the model
    missing: tuple[str, ...]  # columns of the table that it does not show as they are


def own_staging(
    relations: Iterable[Relation], declared: Iterable[Source], schema: Schema, host: Host
) -> dict[str, Own]:
    """Relation → the host's staging of it: of several, the one that shows most of its columns.

    Where a generated staging model stands, it goes on being the one.
    """
    ours = {model.name for model in host.models if model.generated}
    staged = {id for id, model in kept_staging(host).items() if model in ours}
    readers: dict[tuple[str, str], list[HostModel]] = {}
    for model in host.models:
        if model.source and not model.generated:
            readers.setdefault(model.source, []).append(model)
    places = {t.relation: (s.name, t.name) for s in declared for t in s.tables if t.existing}
    found: dict[str, Own] = {}
    for relation in relations:
        if relation.id in staged:
            continue
        models = readers.get(places.get(relation.id, ("", "")), [])
        each = [_own(model, relation, host.adapter) for model in models]
        staging = [own for own in each if own and _is_staging(own, schema.by_id[relation.id])]
        if staging:
            found[relation.id] = min(staging, key=lambda own: (len(own.missing), own.model.name))
    return found


def _is_staging(own: Own, table: Table) -> bool:
    """It shows the table's key, if there is one, and most of its columns: else it is a report."""
    key = table.primary_key.columns if table.primary_key else ()
    return set(key) <= own.columns.keys() and len(own.columns) >= len(own.missing)


def adopted(staged: Staged, own: Own) -> Staged:
    """The table behind the host's model. Columns that our staging would cast are as they are."""
    names = {column: own.columns[column] for column in staged.names if column in own.columns}
    return replace(
        staged,
        names=names,
        offer=replace(
            staged.offer,
            attributes=tuple(_attributes(staged, own)),
            key=tuple(
                own.columns[column]
                for name in staged.key
                for column, ours in staged.names.items()
                if ours == name and column in own.columns
            ),
        ),
        deleted_flag=None,
        hides_deleted=False,
        row_tests=(),
        claims={},
        own=True,
    )


def _attributes(staged: Staged, own: Own) -> Iterator[Attribute]:
    stored = staged.relation.by_name
    for attribute in staged.offer.attributes:
        column = attribute.origin[1] if attribute.origin else ""
        if column not in own.columns:
            continue
        cast = attribute.type != stored[column].type
        if cast and attribute.role not in ("key", "foreign_key"):
            continue
        yield replace(
            attribute,
            name=own.columns[column],
            type=stored[column].type,
            data_type=None if cast else attribute.data_type,
            tests=(),
        )


def told(found: dict[str, Own], declared: Iterable[Source]) -> Iterator[LeftOut]:
    """What of the host's own is used, in words."""
    for source in declared:
        existing = [table.name for table in source.tables if table.existing]
        if existing and source.written:
            more = ", ".join(table.name for table in source.written)
            yield LeftOut(what=source.name, why=f"your source, extended by {more}")
        elif existing:
            yield LeftOut(what=source.name, why="your source, as you declare it")
    for id, own in found.items():
        gaps = f"; not as it is there: {', '.join(own.missing)}" if own.missing else ""
        yield LeftOut(what=own.model.name, why=f"your staging of {id}{gaps}")


# ---------------------------------------------------------------- lineage


def _own(model: HostModel, relation: Relation, dialect: str) -> Own | None:
    traced = _traced(model.sql, relation, dialect)
    if traced is None:
        return None
    stored = {name.casefold(): name for name in relation.by_name}
    columns: dict[str, str] = {}
    for output, column in traced:
        if (name := stored.get(column.casefold())) and name not in columns:
            columns[name] = output
    return Own(model, columns, tuple(c for c in relation.by_name if c not in columns))


def _traced(text: str, relation: Relation, dialect: str) -> list[tuple[str, str]] | None:
    """(output, source column) where a column goes through unchanged; None where rows may not."""
    scope = parsed(text, relation, dialect)
    if scope is None:
        return None
    found: list[tuple[str, str]] = []
    for projection in outputs(scope):
        if column := _origin(scope, projection):
            found.append((output_name(projection), column))
    return found


def outputs(scope: Scope) -> list[exp.Expr]:
    return cast("exp.Select", scope.expression).selects


def output_name(projection: exp.Expr) -> str:
    name = projection.alias_or_name
    return name.lower() if _PLAIN.match(name) else name


def parsed(text: str, relation: Relation, dialect: str) -> Scope | None:
    """The model's statement, its columns qualified; None where it is no select of the table's rows,
    one for one, or holds Jinja that is not known here."""
    plain = _SOURCE.sub(_TABLE, _UNSEEN.sub("", text))
    if "{{" in plain or "{%" in plain:
        return None
    try:
        tree = sqlglot.parse_one(plain, read=dialect)
        if tree.find(*_OTHER_GRAIN):
            return None
        columns = {column.name: "text" for column in relation.columns}
        tree = qualify(
            tree, dialect=dialect, schema={_TABLE: columns},
            validate_qualify_columns=False, quote_identifiers=False,
        )  # fmt: skip
        scope = build_scope(tree)
    except (SqlglotError, ValueError):
        return None
    if scope is None or not isinstance(scope.expression, exp.Select):
        return None
    return scope


def _origin(scope: Scope, projection: exp.Expr) -> str | None:
    column = projection.unalias()
    if not isinstance(column, exp.Column):
        return None
    below = scope.sources.get(column.table)
    if isinstance(below, exp.Table):
        return column.name if below.name.casefold() == _TABLE else None
    if not isinstance(below, Scope) or not isinstance(below.expression, exp.Select):
        return None
    wanted = column.name.casefold()
    for each in below.expression.selects:
        if each.alias_or_name.casefold() == wanted:
            return _origin(below, each)
    return None
