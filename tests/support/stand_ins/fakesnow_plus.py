"""fakesnow's server and what it lacks of Snowflake's catalogue.

    python fakesnow_plus.py PORT

Added: SHOW … KEYS from real constraints, views in INFORMATION_SCHEMA.TABLES, the pipe operator, SQL
errors instead of HTTP 500 (which makes Snowflake's connector try again for minutes), and two
addresses for the tests, which have no Snowflake connector: `/tests/execute` and `/tests/load`.
"""

from __future__ import annotations

import importlib
import re
import sys
import time
from string import Template
from typing import Any

import fakesnow
import sqlglot
from fakesnow import cursor as fake_cursor
from fakesnow import info_schema, transforms
from fakesnow.transforms import show
from sqlglot import exp
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

serve = fakesnow.server  # the import below puts the module in the function's place
server = importlib.import_module("fakesnow.server")

# ---------------------------------------------------------------- INFORMATION_SCHEMA.TABLES

_TABLES = info_schema.SQL_CREATE_INFORMATION_SCHEMA_TABLES_VIEW.template
_VIEWS = """
union all by name
select
    database_name as "TABLE_CATALOG", schema_name as "TABLE_SCHEMA", view_name as "TABLE_NAME",
    'VIEW' as "TABLE_TYPE", c.comment as "COMMENT", 'NO' as "IS_DYNAMIC", 'NO' as "IS_ICEBERG"
from duckdb_views() v
left join _fs_global._fs_information_schema._fs_tables_ext c on
    v.database_name = c.ext_table_catalog and v.schema_name = c.ext_table_schema
    and v.view_name = c.ext_table_name
where database_name = '${catalog}' and schema_name <> '_fs_information_schema' and not internal
"""
info_schema.SQL_CREATE_INFORMATION_SCHEMA_TABLES_VIEW = Template(_TABLES + _VIEWS)

_write_comment = info_schema.insert_table_comment_sql


def table_comment(catalog: str, schema: str, table: str, comment: str | None) -> str:
    """SQL that keeps a table's comment; fakesnow's own writes apostrophes into it as they are.

    It asks with None where `create table` has properties (TRANSIENT, say) and no comment among
    them: the table then has none, nor that of the one it replaces.
    """
    if comment is not None:
        return _write_comment(catalog, schema, table, comment.replace("'", "''"))
    catalog, schema, table = (name.replace("'", "''") for name in (catalog, schema, table))
    return f"""delete from _fs_global._fs_information_schema._fs_tables_ext
        where ext_table_catalog = '{catalog}' and ext_table_schema = '{schema}'
        and ext_table_name = '{table}'"""


info_schema.insert_table_comment_sql = table_comment

# ---------------------------------------------------------------- SHOW … KEYS

_KINDS = {"PRIMARY": "PRIMARY KEY", "UNIQUE": "UNIQUE", "FOREIGN": "FOREIGN KEY"}


def show_keys(e: Any, current_database: str | None, *, kind: str) -> Any:
    name = "IMPORTED" if kind == "FOREIGN" else kind
    if not (isinstance(e, exp.Show) and e.name.upper() == f"{name} KEYS"):
        return e
    scope, place, database = e.args.get("scope_kind"), e.args.get("scope"), current_database
    where = [f"constraint_type = '{_KINDS[kind]}'", "table_name not like '\\_fs\\_%' escape '\\'"]
    if scope == "DATABASE":
        database = place.name if place else database
    elif scope == "SCHEMA":
        database = place.db or database
        where.append(f"schema_name = '{place.name}'")
    elif scope == "TABLE":
        database = place.catalog or database
        where.append(f"table_name = '{place.name}'")
        where += [f"schema_name = '{place.db}'"] if place.db else []
    if database and scope != "ACCOUNT":
        where.append(f"database_name = '{database}'")
    if kind == "FOREIGN":
        own = """database_name pk_database_name, schema_name pk_schema_name,
            referenced_table pk_table_name, unnest(referenced_column_names) pk_column_name,
            database_name fk_database_name, schema_name fk_schema_name, table_name fk_table_name,
            unnest(constraint_column_names) fk_column_name,
            unnest(range(1, len(constraint_column_names) + 1)) key_sequence,
            'NO ACTION' update_rule, 'NO ACTION' delete_rule, upper(constraint_name) fk_name,
            upper(referenced_table || '_pkey') pk_name, 'NOT DEFERRABLE' deferrability"""
    else:
        own = """database_name, schema_name, table_name,
            unnest(constraint_column_names) column_name,
            unnest(range(1, len(constraint_column_names) + 1)) key_sequence,
            upper(constraint_name) constraint_name"""
    query = f"""select to_timestamp(0)::timestamptz created_on, {own}, 'false' rely, null comment
        from duckdb_constraints() where {" and ".join(where)}"""
    return sqlglot.parse_one(query, read="duckdb")


transforms.show_keys = show.show_keys = show_keys

# ---------------------------------------------------------------- TYPEOF of what a VARIANT holds

_JSON_TYPES = {
    "VARCHAR": "VARCHAR", "BIGINT": "INTEGER", "UBIGINT": "INTEGER", "DOUBLE": "DECIMAL",
    "BOOLEAN": "BOOLEAN", "OBJECT": "OBJECT", "ARRAY": "ARRAY", "NULL": "NULL_VALUE",
}  # fmt: skip
_to_variant = transforms.to_variant


def to_variant(e: Any) -> Any:
    if isinstance(e, exp.Typeof):
        branches = " ".join(f"when '{k}' then '{v}'" for k, v in _JSON_TYPES.items())
        made = sqlglot.parse_one(f"case json_type(x) {branches} end", read="duckdb")
        return made.transform(
            lambda node: (
                e.this.copy() if isinstance(node, exp.Column) and node.name == "x" else node
            )
        )
    return _to_variant(e)


transforms.to_variant = to_variant

# ---------------------------------------------------------------- sums

# fakesnow turns what is summed into DOUBLE, for text; in Snowflake the sum of NUMBER is NUMBER.
transforms.numeric_agg_implicit_cast = lambda e: e

# ---------------------------------------------------------------- the pipe operator

_QUOTED = re.compile(r"""('(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*")""", re.S)
_plain_parse = server.parse_one
_plain_execute = fake_cursor.FakeSnowflakeCursor.execute


_LIMIT = re.compile(r"\s*alter session set statement_timeout_in_seconds = [0-9]+\b.*", re.I | re.S)


def _pipe(sql: str) -> list[str]:
    """The statements that `->>` chains; `$n` in them is a view that holds an earlier result.

    A session's limit of time is answered as Snowflake answers it, and nothing comes of it.
    """
    if _LIMIT.fullmatch(sql):
        return ["select 'Statement executed successfully.' as status"]
    parts = _QUOTED.split(sql)
    code = [part if i % 2 else part.replace("->>", "\0") for i, part in enumerate(parts)]
    return "".join(code).split("\0")


def _with_views(statement: str, number: int) -> str:
    parts = _QUOTED.split(statement)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"\$(\d+)", lambda m: f"TEMP.MAIN._PIPE_{number - int(m[1])}", parts[i])
    return "".join(parts)


def execute(self: Any, command: str, *args: Any, **options: Any) -> Any:
    statements = _pipe(command)
    for number, statement in enumerate(statements[:-1]):
        _plain_execute(self, _with_views(statement, number))
        self._duck_conn.register(f"_PIPE_{number}", self._arrow_table)
    last = _with_views(statements[-1], len(statements) - 1) if statements[1:] else command
    last = statements[0] if _LIMIT.fullmatch(command) else last
    return _plain_execute(self, last, *args, **options)


fake_cursor.FakeSnowflakeCursor.execute = execute
server.parse_one = lambda sql: _plain_parse(_with_views(_pipe(sql)[-1], 1000))

# ---------------------------------------------------------------- the tests' own addresses


async def tests_execute(request: Request) -> JSONResponse:
    asked = await request.json()
    try:
        connection = server.shared_fs.connect(asked["database"], asked.get("schema"))
        cursor = connection.cursor()
        rows: list[Any] = []
        for statement in asked["statements"]:
            cursor.execute(statement)
        if asked.get("fetch"):
            rows = [[_plain(cell) for cell in row] for row in cursor.fetchall()]
        return JSONResponse({"rows": rows})
    except Exception as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"})


async def tests_load(request: Request) -> JSONResponse:
    """A table from a Parquet file, with the types that a loader would give it in Snowflake."""
    asked = await request.json()
    try:
        duck = server.shared_fs.duck_conn.cursor()
        source = f"read_parquet('{asked['parquet']}')"
        described = duck.execute(f"describe select * from {source}").fetchall()
        types = ["VARCHAR" if asked["all_text"] else _type(str(row[1])) for row in described]
        wanted = zip(asked["columns"], types, strict=True)
        columns = ", ".join(f"{_quoted(name)} {type}" for name, type in wanted)
        name = f"{_quoted(asked['schema'])}.{_quoted(asked['table'])}"
        connection = server.shared_fs.connect(asked["database"], None)
        connection.cursor().execute(f"create schema if not exists {_quoted(asked['schema'])}")
        connection.cursor().execute(f"create or replace table {name} ({columns})")
        values = ", ".join(
            f"to_json({_quoted(str(row[0]))})" if type == "VARIANT" else _quoted(str(row[0]))
            for row, type in zip(described, types, strict=True)
        )
        duck.execute(f"insert into {asked['database']}.{name} select {values} from {source}")
        return JSONResponse({"rows": []})
    except Exception as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"})


_TYPES = {
    "DOUBLE": "FLOAT", "FLOAT": "FLOAT", "BOOLEAN": "BOOLEAN", "DATE": "DATE", "TIME": "TIME",
    "BLOB": "BINARY", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_TZ", "JSON": "VARIANT",
}  # fmt: skip


def _type(duckdb_type: str) -> str:
    if duckdb_type.endswith("]") or duckdb_type.startswith(("STRUCT", "MAP")):
        return "VARIANT"
    if duckdb_type.startswith("DECIMAL"):
        return duckdb_type.replace("DECIMAL", "NUMBER")
    if duckdb_type.startswith("TIMESTAMP") and "ZONE" not in duckdb_type:
        return "TIMESTAMP_NTZ"
    if duckdb_type.endswith(("INT", "INTEGER")):
        return "NUMBER(38,0)"
    return _TYPES.get(duckdb_type, "VARCHAR")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, (str, int, float, bool)) else str(cell)


server.app.router.routes += [
    Route("/tests/execute", tests_execute, methods=["POST"]),
    Route("/tests/load", tests_load, methods=["POST"]),
]

# ---------------------------------------------------------------- errors


class WithoutServerErrors:
    """An unsupported query is a plain SQL error."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 500:
                message = {**message, "status": 200}
            await send(message)

        await self.app(scope, receive, sent)


server.app = WithoutServerErrors(server.app)

if __name__ == "__main__":
    with serve(port=int(sys.argv[1])):
        print("READY", flush=True)
        while True:
            time.sleep(3600)
