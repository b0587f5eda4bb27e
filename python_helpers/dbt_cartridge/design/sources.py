"""Sources: one per schema, every table that a model reads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbt_cartridge.config import Settings
from dbt_cartridge.design import checks, docs
from dbt_cartridge.design.freshness import freshness
from dbt_cartridge.design.naming import Names
from dbt_cartridge.documents.design import Freshness, Source, SourceColumn, SourceTable
from dbt_cartridge.documents.host import Host, HostSource
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Schema, Table
from dbt_cartridge.words import safe_name

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Warehouses that keep an unquoted name in upper case; it is written in lower case there.
_UPPER_CASE = frozenset({"snowflake"})


def sources(
    relations: Iterable[Relation], schema: Schema, host: Host, settings: Settings
) -> tuple[Source, ...]:
    """A source per schema, in the order of the relations."""
    by_schema: dict[str, list[Relation]] = {}
    for relation in relations:
        by_schema.setdefault(relation.schema_name, []).append(relation)
    names = Names(source.name for source in host.sources if not source.generated)
    return tuple(
        _source(schema_name, group, schema, host, names, _wish(schema_name, by_schema, settings))
        for schema_name, group in by_schema.items()
    )


def with_key_tests(declared: Iterable[Source], schema: Schema) -> tuple[Source, ...]:
    """The sources with the tests of their keys: where no staging model has them."""
    return tuple(
        source.model_copy(
            update={"tables": tuple(_keyed(table, schema) for table in source.tables)}
        )
        for source in declared
    )


def _keyed(table: SourceTable, schema: Schema) -> SourceTable:
    key = schema.by_id[table.relation].primary_key
    if key is None or not (key.proved or key.declared):
        return table
    by_column, of_table = checks.key_tests(key.columns)
    columns = tuple(
        column.model_copy(update={"tests": tuple(by_column.get(column.name, ()))})
        for column in table.columns
    )
    return table.model_copy(update={"columns": columns, "tests": of_table})


def _wish(schema_name: str, by_schema: dict[str, list[Relation]], settings: Settings) -> str:
    own = safe_name(schema_name)  # in lower case
    if not settings.source_name:
        return own
    given = safe_name(settings.source_name)
    return given if len(by_schema) == 1 else f"{given}_{own}"


def _source(
    schema_name: str,
    relations: list[Relation],
    schema: Schema,
    host: Host,
    names: Names,
    wish: str,
) -> Source:
    declared = _declared(host, schema_name, relations)
    name = declared.name if declared else names.claim(wish)
    tables = Names()
    fresh = freshness(relations, schema)
    folded = host.adapter in _UPPER_CASE
    return Source(
        name=name,
        schema_name=schema_name,
        database=_other_database(relations[0], host),
        description=f"Tables of the schema {schema_name}, as they are loaded.",
        existing=declared is not None,
        tables=tuple(
            _table(
                table,
                schema.by_id[relation.id],
                schema,
                tables,
                declared is not None,
                folded,
                None if relation.shards else fresh.get(relation.id),  # a past day gets no new rows
            )
            for relation in relations
            for table in relation.tables
        ),
    )


def _declared(host: Host, schema_name: str, relations: list[Relation]) -> HostSource | None:
    """The host's own declaration, if it names every table that is needed."""
    wanted = {table.name for relation in relations for table in relation.tables}
    for source in host.sources:
        if source.generated or source.schema_name.casefold() != schema_name.casefold():
            continue
        if wanted <= set(source.tables):
            return source
    return None


def _other_database(relation: Relation, host: Host) -> str | None:
    here = (host.target_database or "").casefold()
    same = relation.database is None or relation.database.casefold() == here
    return None if same else relation.database


def _table(
    relation: Relation,
    table: Table,
    schema: Schema,
    names: Names,
    declared: bool,
    folded: bool,
    fresh: Freshness | None,
) -> SourceTable:
    # A plain identifier keeps its name, so that `source()` reads as the warehouse does.
    plain = _PLAIN.match(relation.name)
    name = names.claim(relation.name if plain or declared else safe_name(relation.name))
    if folded and not declared and name == relation.name.upper():
        name = name.lower()
    return SourceTable(
        name=name,
        identifier=relation.name,
        relation=table.id,
        description=docs.table(table, relation.comment, schema),
        columns=tuple(
            SourceColumn(
                name=column.name,
                native_type=column.native_type,
                description=docs.sentence(column.comment or ""),
                pii=meaning.pii if (meaning := table.by_name.get(column.name)) else None,
            )
            for column in relation.columns
        ),
        freshness=fresh,
    )
