"""A real PostgreSQL server for a test session: on loopback, unprivileged, ended by its own pid."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUPERUSER = "cartridge"
START_SECONDS = 30.0


class PostgresMissing(Exception):
    """PostgreSQL cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class PostgresServer:
    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    def create_database(self, name: str) -> None:
        self.execute(f'create database "{name}"')

    def drop_database(self, name: str) -> None:
        self.execute(f'drop database if exists "{name}" with (force)')

    def execute(self, statement: str) -> None:
        """One statement as superuser, in the maintenance database."""
        connection = _connect(self.port)
        try:
            connection.autocommit = True
            connection.cursor().execute(statement)
        finally:
            connection.close()

    def stop(self) -> None:
        """Fast shutdown, by the process id that was stored at the start."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> PostgresServer:
    """Start a server in a folder of its own, on a free port of 127.0.0.1.

    Raises:
        PostgresMissing: no server programs, or no unprivileged user to run them as.
    """
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="cartridge-postgres-"))
    try:
        as_user = _unprivileged(folder)
        data = folder / "data"
        made = subprocess.run(
            [*as_user, programs / "initdb", "-D", data, "-U", SUPERUSER, "--auth=trust",
             "--no-sync", "-E", "UTF8", "--locale=C"],
            cwd=folder, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if made.returncode:
            raise PostgresMissing(f"initdb failed: {made.stderr.strip()[-500:]}")
        command = [*as_user, str(programs / "postgres"), "-D", str(data)]
        if list(programs.parent.rglob("pg_stat_statements.so")):
            command += ["-c", "shared_preload_libraries=pg_stat_statements"]
        return _serve(command, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def find_programs() -> Path:
    """The folder that holds initdb and postgres: on PATH, else the newest of Debian's places."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise PostgresMissing(
        "initdb and postgres are neither on PATH nor in /usr/lib/postgresql/*/bin. "
        "Install PostgreSQL's server package (Debian: postgresql)."
    )


def _unprivileged(folder: Path) -> list[str]:
    """The words that put a command under a user that PostgreSQL accepts: it refuses root."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise PostgresMissing("PostgreSQL refuses to run as root, and setpriv is not on PATH.")
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            # `--pdeathsig`: a killed test run takes its server with it.
            return [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
                    "--pdeathsig", "INT"]  # fmt: skip
    raise PostgresMissing("PostgreSQL refuses to run as root, and there is no user to run it as.")


def _serve(command: list[str], folder: Path) -> PostgresServer:
    """Start on a free port; another process may take the port between the look and the start."""
    for _ in range(3):
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 60,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(command + words, cwd=folder, stdout=log, stderr=log)
        if _answers(process, port):
            return PostgresServer(port, process, folder)
        process.kill()
        process.wait()
    raise PostgresMissing(f"the server did not start: {(folder / 'server.log').read_text()[-500:]}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    import psycopg2

    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            _connect(port).close()
            return True
        except psycopg2.OperationalError:
            time.sleep(0.05)
    return False


def _connect(port: int) -> Any:
    import psycopg2

    return psycopg2.connect(host="127.0.0.1", port=port, user=SUPERUSER, dbname="postgres")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
