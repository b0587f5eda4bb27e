"""A stand-in for Redshift: PostgreSQL 15 with Redshift's catalogue views, behind a proxy that lets
Redshift's own driver talk to it.

The client is real (dbt-redshift and redshift_connector); what the catalogue says is ours, and SQL
that only PostgreSQL has passes here and fails there. tests/unit/test_redshift_sql.py looks for it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.postgres import PostgresServer, free_port
from tests.support.warehouses import Postgres

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Redshift(Postgres):
    """One database behind the proxy. What tests do themselves goes past it. `programs`: where the
    dbt is that has the adapter."""

    proxy_port: int = 0
    programs: Path | None = None

    def output(self, schema: str) -> dict[str, Any]:
        return {
            "type": "redshift",
            "method": "database",
            "host": "127.0.0.1",
            "port": self.proxy_port,
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
            "schema": schema,
            "sslmode": "disable",
            "threads": 2,
        }

    def type_of(self, duckdb_type: str) -> str:
        return _TYPES.get(plain := super().type_of(duckdb_type), plain)


# What a loader calls it in Redshift, where PostgreSQL's own name says less or nothing.
_TYPES = {"text": "varchar(65535)", "jsonb": "super"}


@contextmanager
def proxy(server: PostgresServer) -> Iterator[int]:
    """The port of a proxy before the server, ended by its own process id."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, _HERE / "proxy.py", str(port), str(server.port)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "READY":
            raise RuntimeError("the proxy before PostgreSQL did not start")
        yield port
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def database(
    server: PostgresServer, name: str, port: int, programs: Path | None = None
) -> Iterator[Redshift]:
    """A database that looks like one of Redshift's."""
    server.create_database(name)
    made = Redshift(server, name, proxy_port=port, programs=programs)
    made.execute((_HERE / "shim.sql").read_text("utf-8"))
    try:
        yield made
    finally:
        server.drop_database(name)
