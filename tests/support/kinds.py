"""Every kind of warehouse that can be had here, by dbt's name for its adapter.

A kind is started once and gives as many warehouses as are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from tests.support import bigquery, dbts, mysql, postgres, redshift, snowflake, stand_in
from tests.support.warehouses import DuckDB, Postgres, Warehouse


class Kind(Protocol):
    def warehouse(self, name: str, folder: Path) -> Warehouse:
        """An empty warehouse of this name; what it keeps in files is in `folder`."""
        ...

    def stop(self) -> None: ...


class DuckDBKind:
    def warehouse(self, name: str, folder: Path) -> Warehouse:
        return DuckDB(folder / "warehouse.duckdb")

    def stop(self) -> None:
        """Nothing runs."""


class PostgresKind:
    def __init__(self) -> None:
        self.server = postgres.start()

    def warehouse(self, name: str, folder: Path) -> Warehouse:
        self.server.create_database(name)
        return Postgres(self.server, name)

    def stop(self) -> None:
        self.server.stop()


class SnowflakeKind:
    def __init__(self) -> None:
        self.programs = stand_in.dbt_environment().made() / "bin"
        self.server = snowflake.start()

    def warehouse(self, name: str, folder: Path) -> Warehouse:
        return snowflake.Snowflake(self.server, name.upper(), self.programs)

    def stop(self) -> None:
        self.server.stop()


class BigQueryKind:
    def __init__(self) -> None:
        self.programs = stand_in.dbt_environment().made() / "bin"
        self.server = bigquery.start()

    def warehouse(self, name: str, folder: Path) -> Warehouse:
        return bigquery.BigQuery(self.server, name.replace("_", "-"), self.programs)

    def stop(self) -> None:
        self.server.stop()


class MySQLKind:
    """A server for each warehouse: a schema is a database here, and none stands above it."""

    def __init__(self) -> None:
        self.programs = dbts.MYSQL.made() / "bin"
        self.servers: list[mysql.MySQLServer] = []

    def warehouse(self, name: str, folder: Path) -> Warehouse:
        self.servers.append(mysql.start())
        return mysql.MySQL(self.servers[-1], programs=self.programs)

    def stop(self) -> None:
        for server in self.servers:
            server.stop()


class RedshiftKind:
    def __init__(self) -> None:
        self.programs = dbts.REDSHIFT.made() / "bin"
        self.running = ExitStack()
        self.server = postgres.start()
        self.running.callback(self.server.stop)
        self.port = self.running.enter_context(redshift.proxy(self.server))

    def warehouse(self, name: str, folder: Path) -> Warehouse:
        made = redshift.database(self.server, name, self.port, self.programs)
        return self.running.enter_context(made)

    def stop(self) -> None:
        self.running.close()


KINDS: dict[str, Callable[[], Kind]] = {
    "bigquery": BigQueryKind,
    "duckdb": DuckDBKind,
    "mysql": MySQLKind,
    "postgres": PostgresKind,
    "redshift": RedshiftKind,
    "snowflake": SnowflakeKind,
}
