"""Sources: the host's own, and one for each schema of which it has none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from dbt_cartridge.config import Settings
from dbt_cartridge.design import checks, docs
from dbt_cartridge.design.freshness import freshness
from dbt_cartridge.design.naming import Names
from dbt_cartridge.documents.design import Freshness, Source, SourceColumn, SourceTable, Test
from dbt_cartridge.documents.host import Host, HostSource
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Schema, Table
from dbt_cartridge.words import safe_name

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Warehouses that keep an unquoted name in upper case; it is written in lower case there.
_UPPER_CASE = frozenset({"snowflake"})
# What a source says of its tables and a further table need not bear out.
_OF_SOME_TABLES = frozenset({"tables", "name", "freshness", "loaded_at_field", "loaded_at_query"})


def sources(
    relations: Iterable[Relation], schema: Schema, host: Host, settings: Settings
) -> tuple[Source, ...]:
    """Those of each schema, in the order of the relations.

    A table that the host declares is used as it is declared, whatever its source is called. The
    others of its schema go into the source that has most of them: never a second one beside it.
    """
    by_schema: dict[str, list[Relation]] = {}
    for relation in relations:
        by_schema.setdefault(relation.schema_name, []).append(relation)
    names = Names(source.name for source in host.sources if not source.generated)
    found: list[Source] = []
    for schema_name, group in by_schema.items():
        homes, main = _homes(host, schema_name, group)
        if main is None:
            wish = _wish(schema_name, by_schema, settings)
            main = HostSource(name=names.claim(wish), schema_name=schema_name, path="")
        by_name: dict[str, list[Relation]] = {}
        for relation in group:
            by_name.setdefault(homes.get(relation.id, main).name, []).append(relation)
        theirs = {source.name: source for source in (*homes.values(), main)}
        found += [_source(theirs[name], its, homes, schema, host) for name, its in by_name.items()]
    return tuple(found)


def with_key_tests(declared: Iterable[Source], schema: Schema) -> tuple[Source, ...]:
    """The sources with the tests of their keys: where no staging model has them."""
    return tuple(
        source.model_copy(
            update={"tables": tuple(_keyed(table, schema) for table in source.tables)}
        )
        for source in declared
    )


def with_claims(
    declared: Iterable[Source], staged: Mapping[str, Mapping[str, Test]]
) -> tuple[Source, ...]:
    """The sources with what staging claims of their values, by `Relation.id` and column.

    A shard may lack a column that others have, and none has the one that tells them apart.
    """
    return tuple(
        source.model_copy(
            update={
                "tables": tuple(
                    _claimed(table, staged.get(table.relation, {})) for table in source.tables
                )
            }
        )
        for source in declared
    )


def _claimed(table: SourceTable, claims: Mapping[str, Test]) -> SourceTable:
    own = {column.name for column in table.columns}
    more = tuple(test for name, test in claims.items() if name in own)
    return table.model_copy(update={"tests": (*table.tests, *more)}) if more else table


def _keyed(table: SourceTable, schema: Schema) -> SourceTable:
    found = schema.by_id[table.relation]
    key = found.primary_key
    if found.versions and found.versions.kind == "duplicates":
        return table  # unique in staging only
    if key is None or not (key.proved or key.declared):
        return table
    by_column, of_table = checks.key_tests(key.columns, found)
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


def _homes(
    host: Host, schema_name: str, relations: list[Relation]
) -> tuple[dict[str, HostSource], HostSource | None]:
    """(relation → the host's file that declares it, the host's source of the schema)."""
    here = [source for source in host.sources if _is_of(source, schema_name, relations[0], host)]
    homes: dict[str, HostSource] = {}
    for relation in relations:
        of_name = [source for source in here if source.table_of(relation.name)]
        exact = [source for source in of_name if relation.name in _stored(source)]
        if of_name:
            homes[relation.id] = (exact or of_name)[0]
    counts = Counter(source.name for source in here for _ in source.tables)
    size = {id(source): (counts[source.name], len(source.tables)) for source in here}
    most = max(here, key=lambda source: size[id(source)], default=None)
    return homes, most


def _stored(source: HostSource) -> set[str]:
    return {source.identifiers.get(table, table) for table in source.tables}


def _is_of(source: HostSource, schema_name: str, relation: Relation, host: Host) -> bool:
    """Whether a source of the host's own lies in the schema, and in its database."""
    if source.generated or source.schema_name.casefold() != schema_name.casefold():
        return False
    databases = {
        (database or host.target_database or "").casefold()
        for database in (source.database, relation.database)
    }
    return len(databases) == 1


def _source(
    its: HostSource,
    relations: list[Relation],
    homes: dict[str, HostSource],
    schema: Schema,
    host: Host,
) -> Source:
    """The relations under the name of `its`, the host's source or a new one."""
    named = {r.id: homes[r.id].table_of(r.name) for r in relations if r.id in homes}
    taken = {table for s in host.sources if s.name == its.name and not s.generated
             for table in s.tables}  # fmt: skip
    tables = Names(taken)
    fresh = freshness(relations, schema)
    folded = host.adapter in _UPPER_CASE
    return Source(
        name=its.name,
        schema_name=relations[0].schema_name,
        database=_other_database(relations[0], host),
        description=f"Tables of the schema {relations[0].schema_name}, as they are loaded.",
        tables=tuple(
            _table(
                table,
                schema.by_id[relation.id],
                schema,
                tables,
                named.get(relation.id),
                folded,
                None if relation.shards else fresh.get(relation.id),  # a past day gets no new rows
            )
            for relation in relations
            for table in relation.tables
        ),
        properties={k: v for k, v in its.properties.items() if k not in _OF_SOME_TABLES},
        # What stands in a file of ours already stays there.
        extends=its.path
        if its.path in host.source_texts and f"source:{its.name}" not in host.yaml_homes
        else "",
    )


def _other_database(relation: Relation, host: Host) -> str | None:
    here = (host.target_database or "").casefold()
    same = relation.database is None or relation.database.casefold() == here
    return None if same else relation.database


def _table(
    relation: Relation,
    table: Table,
    schema: Schema,
    names: Names,
    declared: str | None,
    folded: bool,
    fresh: Freshness | None,
) -> SourceTable:
    """`declared`: what the host calls it."""
    # A plain identifier keeps its name, so that `source()` reads as the warehouse does.
    plain = _PLAIN.match(relation.name)
    name = declared or names.claim(relation.name if plain else safe_name(relation.name))
    if folded and not declared and name == relation.name.upper():
        name = name.lower()
    return SourceTable(
        name=name,
        existing=declared is not None,
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
