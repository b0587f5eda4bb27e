"""What people wrote about the tables: views, past queries if asked for, and a data dictionary.

Of SQL nothing is kept but which columns it joins. What cannot be read is a Problem, since nothing
stands or falls with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import Problem, Relation
from dbt_cartridge.documents.written import DictionaryEntry, Writer, WrittenJoin
from dbt_cartridge.engine.base import Engine, Reply, Request, Row, in_order
from dbt_cartridge.scan.dictionary import Dictionary, read_dictionary
from dbt_cartridge.sql_joins import Join, Statements

MOST_VIEWS = 2_000
MOST_QUERIES = 2_000
# dbt's tests ask about references that somebody assumed, and cartridge's questions about those
# that it guesses: neither is a witness. dbt's comment stands in front of every statement of dbt's.
_OF_DBT = re.compile(
    r'"app":\s*"dbt"|\bdbt_internal_test\b|\bdbt_version\b|\bcartridge', re.IGNORECASE
)


@dataclass(frozen=True)
class Written:
    joins: tuple[WrittenJoin, ...] = ()
    dictionary: tuple[DictionaryEntry, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_written(
    engine: Engine,
    relations: Sequence[Relation],
    database: str | None,
    schemas: Sequence[str],
    settings: Settings,
) -> Written:
    """What is written about the relations, in one statement for all views and one for all queries.

    Raises:
        ConfigError: the dictionary is not there, or holds what no dictionary does.
    """
    found = Dictionary()
    if settings.dictionary:
        found = read_dictionary(engine.project_dir, settings.dictionary, relations)
    asked = [_views(database, schemas)]
    if settings.query_history:
        asked.append(Request("queries", {"database": database, "most": MOST_QUERIES}))
    views, *history = in_order(engine.ask(asked), len(asked))
    if views.error is not None and len(schemas) > 1:
        # BigQuery's datasets of two regions cannot stand in one statement.
        each = in_order(engine.ask([_views(database, [s]) for s in schemas]), len(schemas))
        rows = tuple(row for reply in each for row in reply.rows)
        views = Reply(rows, next((reply.error for reply in each if reply.error), None))
    built = {name for _, name in engine.built()}
    statements = _statements(views.rows, relations, engine.target.adapter)
    names = _Names(relations)
    joins = [
        *names.written(_of_views(statements, views.rows, built), "view"),
        *(
            j
            for reply in history
            for j in names.written(_of_queries(statements, reply.rows), "query")
        ),
        *found.joins,
    ]
    problems = (*_refused(views, "views"), *found.problems)
    for reply in history:
        problems += tuple(_refused(reply, "query history"))
    return Written(tuple(sorted(set(joins), key=_order)), found.entries, problems)


def _views(database: str | None, schemas: Sequence[str]) -> Request:
    return Request("views", {"database": database, "schemas": list(schemas), "most": MOST_VIEWS})


def _order(join: WrittenJoin) -> tuple[object, ...]:
    return (join.table, join.columns, join.ref_table, join.ref_columns, join.by, join.where)


def _statements(views: Iterable[Row], relations: Iterable[Relation], adapter: str) -> Statements:
    tables = {
        table.id: [column.name for column in table.columns]
        for relation in relations
        for table in (*relation.tables, relation)
    }
    texts = {f"{row[0]}.{row[1]}": row[2] for row in views if row[2]}
    return Statements(adapter, tables, texts)


def _of_views(
    statements: Statements, views: Iterable[Row], built: set[str]
) -> Iterator[tuple[Join, str]]:
    """Not of what dbt builds, in whichever schema: the project's models are read themselves, and
    cartridge's own say what was guessed."""
    for schema, name, text in views:
        if name and text and name.lower() not in built:
            id = f"{schema}.{name}"
            yield from ((join, id) for join in statements.joins_of(id))


def _of_queries(statements: Statements, queries: Iterable[Row]) -> Iterator[tuple[Join, str]]:
    for text, *_ in queries:
        if text and not _OF_DBT.search(text):
            yield from ((join, "the query history") for join in statements.joins_in(text))


def _refused(reply: Reply, what: str) -> Iterator[Problem]:
    if reply.error is not None:
        yield Problem(
            where=what,
            what=f"cannot be read, so its joins speak for no reference: {reply.error}",
        )
    elif what == "query history" and reply.rows == ((None,),):
        yield Problem(where=what, what="this warehouse keeps none that can be asked for")


class _Names:
    """The relations by the tables that stand in the warehouse: shards are one."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        self._ids = {table.id: r.id for r in relations for table in (r, *r.tables)}

    def written(self, joins: Iterable[tuple[Join, str]], by: Writer) -> Iterator[WrittenJoin]:
        for join, where in joins:
            table, ref_table = self._ids.get(join.table), self._ids.get(join.ref_table)
            if table is None or ref_table is None:
                continue
            if (table, join.columns) == (ref_table, join.ref_columns):
                continue
            yield WrittenJoin(
                table=table,
                columns=join.columns,
                ref_table=ref_table,
                ref_columns=join.ref_columns,
                by=by,
                where=where,
            )
