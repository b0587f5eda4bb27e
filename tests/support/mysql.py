"""A real MariaDB server for a test session, which dbt-mysql takes for MySQL: on loopback,
unprivileged, ended by its own pid.

MariaDB is no MySQL 8: what only one of them has is tested as text instead.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from tests.support.postgres import PostgresMissing, _unprivileged, free_port
from tests.support.warehouses import Row, literal

START_SECONDS = 30.0
USER = PASSWORD = "cartridge"
# What MySQL 8 has out of the box.
SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)


# MySQL takes `create view x as (with …)`, which is what dbt sends; MariaDB does not.
_VIEW = """
{% macro mysql__create_view_as(relation, sql) %}
  create view {{ relation }} as {{ sql }}
{% endmacro %}
"""


class MySQLMissing(Exception):
    """MariaDB cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class MySQLServer:
    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    def run(self, sql: str, user: str = USER, password: str = PASSWORD) -> str:
        """Statements through MariaDB's own client; rows come back apart by tabs."""
        done = subprocess.run(
            [_client(), "--no-defaults", "--host=127.0.0.1", f"--port={self.port}",
             f"--user={user}", f"--password={password}", "--batch", "--skip-column-names",
             "--local-infile=1", "--default-character-set=utf8mb4"],
            input=sql, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{done.stderr.strip()}\n{sql[:2000]}")
        return done.stdout

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> MySQLServer:
    """Start a server in a folder of its own, on a free port of 127.0.0.1.

    Raises:
        MySQLMissing: no server programs, or no unprivileged user to run them as.
    """
    server = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    install = shutil.which("mariadb-install-db")
    if server is None or install is None or shutil.which("mariadb") is None:
        raise MySQLMissing(
            "mariadbd, mariadb-install-db or mariadb is not on PATH. Install MariaDB (Debian: "
            "mariadb-server-core and mariadb-client-core)."
        )
    folder = Path(tempfile.mkdtemp(prefix="cartridge-mariadb-"))
    try:
        as_user = _as_user(folder)
        data = folder / "data"
        made = subprocess.run(
            [*as_user, install, "--no-defaults", f"--datadir={data}", "--skip-test-db",
             "--auth-root-authentication-method=normal", "--skip-name-resolve"],
            cwd=folder, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if made.returncode:
            raise MySQLMissing(f"mariadb-install-db failed: {made.stderr.strip()[-500:]}")
        return _serve([*as_user, server, "--no-defaults", f"--datadir={data}"], folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _as_user(folder: Path) -> list[str]:
    try:
        words = _unprivileged(folder)
    except PostgresMissing as reason:
        raise MySQLMissing(str(reason).replace("PostgreSQL", "MariaDB")) from reason
    # MariaDB does not end on an interrupt.
    return ["TERM" if word == "INT" else word for word in words]


def _serve(command: list[str], folder: Path) -> MySQLServer:
    for _ in range(3):
        port = free_port()
        options = [
            "--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder}/s.sock",
            "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve",
            "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=64M", "--local-infile=1",
            f"--sql-mode={SQL_MODE}", "--character-set-server=utf8mb4", "--max-connections=60",
            # MySQL 8 joins by hash where there is no index; MariaDB does when it is told to.
            "--join-cache-level=4",
        ]  # fmt: skip
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(command + options, cwd=folder, stdout=log, stderr=log)
        if _answers(process, port):
            server = MySQLServer(port, process, folder)
            server.run(
                f"create user '{USER}'@'127.0.0.1' identified by '{PASSWORD}';"
                f" grant all on *.* to '{USER}'@'127.0.0.1' with grant option",
                user="root",
                password="",
            )
            return server
        process.kill()
        process.wait()
    raise MySQLMissing(f"the server did not start: {(folder / 'server.log').read_text()[-500:]}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        asked = subprocess.run(
            [_client(), "--no-defaults", "--host=127.0.0.1", f"--port={port}", "--user=root",
             "--execute=select 1"],
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        if asked.returncode == 0:
            return True
        time.sleep(0.1)
    return False


def _client() -> str:
    return shutil.which("mariadb") or "mariadb"


@dataclass(frozen=True)
class MySQL:
    """A server that the tests started. What PostgreSQL calls a schema is a database here.
    `programs`: where the dbt is that has the adapter; `files`: what a project over it needs."""

    server: MySQLServer
    user: str = USER
    programs: Path | None = None
    files: ClassVar[Mapping[str, str]] = {"macros/create_view_as.sql": _VIEW}

    def output(self, schema: str) -> dict[str, Any]:
        return {
            "type": "mysql",
            "server": "127.0.0.1",
            "port": self.server.port,
            "username": self.user,
            "password": PASSWORD,
            "schema": schema,
            "ssl_disabled": True,
            "threads": 2,
        }

    def execute(self, *statements: str) -> None:
        self.server.run(";\n".join(statements), self.user)

    def query(self, sql: str) -> list[Row]:
        return [tuple(line.split("\t")) for line in self.server.run(sql, self.user).splitlines()]

    def load(self, schema: str, table: str, parquet: Path, all_text: bool = False) -> None:
        name = f"{backquoted(schema)}.{backquoted(table)}"
        source = f"read_parquet({literal(parquet)})"
        with duckdb.connect() as reader, tempfile.TemporaryDirectory() as folder:
            described = reader.execute(f"describe select * from {source}").fetchall()
            columns = [(str(row[0]), str(row[1])) for row in described]
            lengths = _lengths(reader, columns, source)
            types = [
                (c, "longtext" if all_text else _mysql_type(t, lengths.get(c))) for c, t in columns
            ]
            csv = Path(folder) / "rows.csv"
            reader.execute(
                f"copy (select {', '.join(_as_csv(c, t) for c, t in columns)} from {source}) to"
                f" {literal(csv)} (format csv, header false, delimiter '\t', nullstr '\\N',"
                " quote '\"', escape '\"')"
            )
            made = ", ".join(f"{backquoted(c)} {t}" for c, t in types)
            Path(folder).chmod(0o755)
            self.server.run(
                f"create database if not exists {backquoted(schema)};"
                f" drop table if exists {name}; create table {name} ({made});"
                f" load data local infile {literal(csv)} into table {name}"
                " character set utf8mb4 fields terminated by '\\t' optionally enclosed by '\"'"
                " escaped by '' lines terminated by '\\n' ("
                + ", ".join(f"@v{i}" for i in range(len(columns)))
                + ") set "
                + ", ".join(
                    f"{backquoted(c)} = {_from_csv(t, f'@v{i}')}"
                    for i, (c, t) in enumerate(columns)
                )
            )

    def release(self) -> None:
        """Nothing to do: a server takes many clients."""


def backquoted(identifier: str) -> str:
    return "`" + identifier.replace("`", "``") + "`"


_TYPES = {
    "UTINYINT": "tinyint unsigned",
    "USMALLINT": "smallint unsigned",
    "UINTEGER": "int unsigned",
    "UBIGINT": "bigint unsigned",
    "HUGEINT": "decimal(38)",
    "FLOAT": "float",
    "DOUBLE": "double",
    "BOOLEAN": "tinyint(1)",
    "BLOB": "longblob",
    "TIMESTAMP": "datetime(6)",
    "TIMESTAMP_S": "datetime",
    "TIMESTAMP_MS": "datetime(3)",
    "TIMESTAMP_NS": "datetime(6)",
    "TIMESTAMP WITH TIME ZONE": "datetime(6)",
    "JSON": "json",
    "UUID": "char(36)",
    "INTERVAL": "varchar(100)",
}


def _lengths(reader: Any, columns: list[tuple[str, str]], source: str) -> dict[str, int]:
    texts = [c for c, t in columns if t == "VARCHAR"]
    if not texts:
        return {}
    quoted = ('"' + c.replace('"', '""') + '"' for c in texts)
    found = reader.execute(
        f"select {', '.join(f'max(length({c}))' for c in quoted)} from {source}"
    ).fetchone()
    return {c: int(length or 0) for c, length in zip(texts, found, strict=True)}


def _mysql_type(duckdb_type: str, length: int | None) -> str:
    if duckdb_type.endswith("]") or duckdb_type.startswith(("STRUCT", "MAP")):
        return "json"
    if duckdb_type == "VARCHAR":
        return "varchar(255)" if (length or 0) <= 255 else "longtext"
    if duckdb_type.startswith("ENUM"):
        return "varchar(255)"
    return _TYPES.get(duckdb_type, duckdb_type)


def _as_csv(column: str, duckdb_type: str) -> str:
    name = '"' + column.replace('"', '""') + '"'
    if duckdb_type == "BLOB":
        return f"hex({name})"
    if duckdb_type.endswith("]") or duckdb_type.startswith(("STRUCT", "MAP")):
        return f"to_json({name})"
    if duckdb_type == "BOOLEAN":
        return f"cast({name} as integer)"
    if duckdb_type == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {name})"
    return name


def _from_csv(duckdb_type: str, variable: str) -> str:
    value = f"nullif({variable}, '\\\\N')"
    return f"unhex({value})" if duckdb_type == "BLOB" else value
