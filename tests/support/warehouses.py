"""The two warehouses that are real here, behind one small face."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg2

from tests.support.postgres import PostgresServer

Row = tuple[Any, ...]


class Warehouse(Protocol):
    def output(self, schema: str) -> dict[str, Any]:
        """The target of profiles.yml that leads here."""
        ...

    def execute(self, *statements: str) -> None:
        """Run statements one by one and commit."""
        ...

    def query(self, sql: str) -> list[Row]: ...

    def load(self, schema: str, table: str, parquet: Path, all_text: bool = False) -> None:
        """Make a plain table, no constraints, from a Parquet file."""
        ...

    def release(self) -> None:
        """Have the dbt of this process let go of the warehouse after a run."""
        ...


def quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"


@dataclass(frozen=True)
class DuckDB:
    """A file. Opened for each call only: dbt, in whichever process, must find it free."""

    path: Path

    def output(self, schema: str) -> dict[str, Any]:
        return {"type": "duckdb", "path": str(self.path), "schema": schema, "threads": 2}

    def execute(self, *statements: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)

    def query(self, sql: str) -> list[Row]:
        with duckdb.connect(str(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def load(self, schema: str, table: str, parquet: Path, all_text: bool = False) -> None:
        columns = "columns(*)::varchar" if all_text else "*"
        self.execute(
            f"create schema if not exists {quoted(schema)}",
            f"create or replace table {quoted(schema)}.{quoted(table)} as "
            f"select {columns} from read_parquet({literal(parquet)})",
        )

    def release(self) -> None:
        # dbt-duckdb keeps the file open, and with it the lock, after a run in process.
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()


@dataclass(frozen=True)
class Postgres:
    """One database of a server that the tests started."""

    server: PostgresServer
    database: str
    user: str = "cartridge"
    password: str = "cartridge"

    def output(self, schema: str) -> dict[str, Any]:
        return {
            "type": "postgres",
            "host": "127.0.0.1",
            "port": self.server.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
            "schema": schema,
            "threads": 2,
        }

    def execute(self, *statements: str) -> None:
        with self._connected() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def query(self, sql: str) -> list[Row]:
        with self._connected() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def load(self, schema: str, table: str, parquet: Path, all_text: bool = False) -> None:
        name = f"{quoted(schema)}.{quoted(table)}"
        source = f"read_parquet({literal(parquet)})"
        with duckdb.connect() as reader, tempfile.TemporaryDirectory() as folder:
            described = reader.execute(f"describe select * from {source}").fetchall()
            columns = [(str(row[0]), str(row[1])) for row in described]
            types = [(c, self.type_of("VARCHAR" if all_text else t)) for c, t in columns]
            csv = Path(folder) / "rows.csv"
            reader.execute(
                f"copy (select {', '.join(_as_csv(c, t) for c, t in columns)} from {source}) "
                f"to {literal(csv)} (format csv, header false, nullstr '\\N')"
            )
            with self._connected() as cursor, csv.open("rb") as rows:
                cursor.execute(f"create schema if not exists {quoted(schema)}")
                cursor.execute(f"drop table if exists {name}")
                cursor.execute(
                    f"create table {name} ({', '.join(f'{quoted(c)} {t}' for c, t in types)})"
                )
                cursor.copy_expert(f"copy {name} from stdin (format csv, null '\\N')", rows)

    def release(self) -> None:
        """Nothing to do: a server takes many clients."""

    def type_of(self, duckdb_type: str) -> str:
        """The type of a column that a loader makes of one of DuckDB's."""
        return _postgres_type(duckdb_type)

    def analyze(self) -> None:
        """Fresh planner statistics, as autovacuum would have made by now."""
        self.execute("analyze")

    def _connected(self) -> _Cursor:
        return _Cursor(self.server.port, self.database, self.user, self.password)


class _Cursor:
    """A cursor on a connection of its own, in autocommit."""

    def __init__(self, port: int, database: str, user: str, password: str) -> None:
        self.connection = psycopg2.connect(
            host="127.0.0.1", port=port, dbname=database, user=user, password=password
        )
        self.connection.autocommit = True

    def __enter__(self) -> Any:
        return self.connection.cursor()

    def __exit__(self, *_: object) -> None:
        self.connection.close()


_POSTGRES_TYPES = {
    "VARCHAR": "text",
    "TINYINT": "smallint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20)",
    "HUGEINT": "numeric(39)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "BLOB": "bytea",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "JSON": "jsonb",
}


def _postgres_type(duckdb_type: str) -> str:
    if duckdb_type.endswith("]") or duckdb_type.startswith(("STRUCT", "MAP")):
        return "jsonb"
    if duckdb_type.startswith("ENUM"):
        return "text"
    return _POSTGRES_TYPES.get(duckdb_type, duckdb_type)


def _as_csv(column: str, duckdb_type: str) -> str:
    if duckdb_type == "BLOB":
        return f"'\\x' || hex({quoted(column)})"
    if duckdb_type.endswith("]") or duckdb_type.startswith(("STRUCT", "MAP")):
        return f"to_json({quoted(column)})"
    if duckdb_type == "VARCHAR":
        # PostgreSQL's text cannot hold NUL; loaders leave it out.
        return f"replace({quoted(column)}, chr(0), '')"
    return quoted(column)


def names(rows: Sequence[Row]) -> list[str]:
    """The first column of a result, as text."""
    return [str(row[0]) for row in rows]
