"""Snowflake, emulated: fakesnow's server in an environment of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.support import stand_in
from tests.support.environments import Environment
from tests.support.stand_in import Server, StandInFailed
from tests.support.warehouses import Row, literal

_ENVIRONMENT = Environment(
    "fakesnow", ("fakesnow[server]==0.12.1", "snowflake-connector-python<5"), python="3.12"
)


def start() -> Server:
    """One server. It keeps everything in memory.

    Raises:
        EnvironmentMissing: its packages cannot be had on this machine.
    """
    python = _ENVIRONMENT.made() / "bin" / "python"
    return stand_in.start([python, stand_in.PROGRAMS / "fakesnow_plus.py"], ["{port}"])


@dataclass(frozen=True)
class Snowflake:
    """One database of the stand-in. `programs`: where the dbt is that has the adapter."""

    server: Server
    database: str
    programs: Path

    def output(self, schema: str) -> dict[str, Any]:
        return {
            "type": "snowflake",
            "account": "fakesnow",
            "host": "127.0.0.1",
            "port": self.server.port,
            "protocol": "http",
            "insecure_mode": True,
            "connect_retries": 0,
            "user": "cartridge",
            "password": "cartridge",
            "role": "cartridge",
            "warehouse": "cartridge",
            "database": self.database.lower(),
            "schema": schema,
            "threads": 2,
        }

    def execute(self, *statements: str) -> None:
        self._post("/tests/execute", statements=list(statements))

    def query(self, sql: str) -> list[Row]:
        found = self._post("/tests/execute", statements=[sql], fetch=True)
        return [tuple(row) for row in found["rows"]]

    def load(self, schema: str, table: str, parquet: Path, all_text: bool = False) -> None:
        """As loaders do it: plain names become upper case, others are kept in quotes."""
        described = duckdb.sql(f"describe select * from read_parquet({literal(parquet)})")
        self._post(
            "/tests/load",
            schema=_stored(schema),
            table=_stored(table),
            columns=[_stored(str(row[0])) for row in described.fetchall()],
            parquet=str(parquet.resolve()),
            all_text=all_text,
        )

    def release(self) -> None:
        """Nothing to do: a server takes many clients."""

    def _post(self, path: str, **body: Any) -> Any:
        found = self.server.post(path, {"database": self.database, **body})
        if "error" in found:
            raise StandInFailed(found["error"])
        return found


def _stored(name: str) -> str:
    plain = name.replace("_", "a").isalnum() and name == name.lower() and not name[0].isdigit()
    return name.upper() if plain and name.isascii() else name
