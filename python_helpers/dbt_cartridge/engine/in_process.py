"""dbt Core v1, in process: SQL comes from the macros, and runs on the adapter's connections."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.written import WrittenJoin
from dbt_cartridge.engine.base import DbtCommand, Reply, Request, Target, first_words
from dbt_cartridge.engine.beside import Beside
from dbt_cartridge.engine.failures import is_lost
from dbt_cartridge.engine.host import built_relations, read_host, read_manifest
from dbt_cartridge.engine.workers import Workers
from dbt_cartridge.engine.written import model_joins

Sql = Callable[[str, Mapping[str, Any]], str]
_START_DBT = "from dbt.cli.main import cli; cli()"


class InProcess:
    """Asks through the adapter that runs the macro we were called from."""

    def __init__(self, adapter: Any, sql: Sql, statement_seconds: int | None = None) -> None:
        """`adapter` is the macro's; `sql` is the macro `_cartridge_sql`; `statement_seconds`: for
        one statement, where the warehouse can be told."""
        self._adapter = getattr(adapter, "_adapter", adapter)
        self._config = self._adapter.config
        self._sql = sql
        self._workers = Workers(self._adapter, self._run)
        self._lock = threading.Lock()
        self._seconds = statement_seconds
        self._limit: str | None = None
        self._limited = threading.local()  # its connection, where the warehouse was told
        self._beside = Beside(sys.executable)
        self.statements = 0

    @property
    def project_dir(self) -> Path:
        return Path(self._config.project_root)

    @property
    def target(self) -> Target:
        from dbt.version import __version__

        credentials = self._config.credentials
        return Target(
            adapter=self._adapter.type(),
            database=credentials.database,
            schema=credentials.schema,
            threads=self._config.threads or 1,
            dbt_version=__version__,
        )

    @property
    def command(self) -> DbtCommand:
        flags = self._config.args
        options: list[str] = ["--profiles-dir", str(Path(flags.PROFILES_DIR).resolve())]
        options += ["--profile", self._config.profile_name, "--target", self._config.target_name]
        if variables := dict(self._config.cli_vars):
            options += ["--vars", json.dumps(variables, default=str)]
        return DbtCommand((sys.executable, "-c", _START_DBT), tuple(options), kept=self._beside)

    def start_ahead(self) -> None:
        """Start the dbt that proves while the warehouse is read: its imports take seconds."""
        self._beside.start()

    def end_ahead(self) -> None:
        """Nothing is left to prove: that dbt comes to its end while the rest is done."""
        self._beside.end()

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        # Macros are rendered on this thread, which is dbt's own.
        if self._limit is None:
            limit = Request("limit", {"database": None, "seconds": self._seconds})
            self._limit = self._text(limit) if self._seconds else ""
        return self._workers.ask(map(self._text, requests), self.target.threads)

    def estimate(self, requests: Sequence[Request]) -> int | None:
        # Not from dbt_common, which dbt 1.7 does not have.
        from dbt.exceptions import DbtRuntimeError  # pyright: ignore[reportPrivateImportUsage]

        connections = self._adapter.connections
        if not hasattr(connections, "dry_run"):
            return None
        total = 0
        for request in requests:
            sql = self._text(request)
            try:
                # `dry_run` itself gives the bytes as words, `1.2 GB`.
                job, _ = connections.raw_execute(sql, dry_run=True)
            except DbtRuntimeError:  # the warehouse refuses: it says why when the statement runs
                return None
            total += int(job.total_bytes_processed or 0)
        return total

    def host(self, project_dir: Path) -> Host:
        return read_host(project_dir, self._manifest(), self.target)

    def joins(self, host: Host) -> tuple[WrittenJoin, ...]:
        return model_joins(self._manifest(), host)

    def built(self) -> frozenset[tuple[str, str]]:
        return built_relations(self._manifest())

    @contextmanager
    def released(self) -> Generator[None]:
        self._workers.close()
        connection = self._adapter.connections.get_if_exists()
        name = connection.name if connection else "cartridge"
        connection = None  # its handle would keep DuckDB's file open
        self._adapter.cleanup_connections()
        close_all = getattr(self._adapter.connections, "close_all_connections", None)
        if close_all:  # DuckDB keeps the file open beyond its connections
            environment = getattr(self._adapter.connections, "_ENV", None)
            if environment is not None:
                environment.close()  # its destructor would, where a Ctrl-C is lost
            close_all()
        try:
            yield
        finally:
            self._adapter.acquire_connection(name)
            self._adapter.clear_transaction()

    def close(self) -> None:
        """Close the connections that the engine has opened, and end the dbt beside it."""
        self._workers.close()
        self._beside.stop()

    def _manifest(self) -> Mapping[str, Any]:
        target = Path(self._config.project_target_path)
        return read_manifest(target if target.is_absolute() else self.project_dir / target)

    def _text(self, request: Request) -> str:
        return str(self._sql(request.verb, request.body))

    def _run(self, sql: str) -> Reply:
        """Run one statement on this thread's connection. Nothing is ever committed."""
        connections = self._adapter.connections
        with self._lock:
            self.statements += 1
        if not hasattr(connections, "add_query"):  # BigQuery's have jobs, no cursors
            return self._run_as_job(sql)
        self._limit_session()
        try:
            _, cursor = connections.add_query(sql, auto_begin=False)
            reply = Reply(rows=tuple(tuple(row) for row in cursor.fetchall()))
        except Exception as error:  # dbt's, or the driver's own while rows are fetched
            reply = Reply(error=first_words(str(error)))
        if reply.error is not None and is_lost(reply.error):
            self._connect_again()
        # PostgreSQL's driver begins by itself, and stays failed after an error. DuckDB's
        # objects where nothing was begun.
        with suppress(Exception):
            connections.get_thread_connection().handle.rollback()
        return reply

    def _limit_session(self) -> None:
        """Once for each connection. The setting is the session's: a rollback would take it back."""
        connections = self._adapter.connections
        if not self._limit:
            return
        with suppress(Exception):  # a warehouse that refuses it answers all the same
            handle = connections.get_thread_connection().handle
            if getattr(self._limited, "handle", None) is not handle:
                self._limited.handle = handle
                connections.add_query(self._limit, auto_begin=False)
                handle.commit()

    def _connect_again(self) -> None:
        """The next statement of this thread opens a new connection."""
        connections = self._adapter.connections
        name = connections.get_thread_connection().name
        with suppress(Exception):
            connections.close(connections.get_thread_connection())
        connections.clear_thread_connection()
        connections.set_connection_name(name)

    def _run_as_job(self, sql: str) -> Reply:
        try:
            _, table = self._adapter.execute(sql, fetch=True)
            return Reply(rows=tuple(tuple(row) for row in table.rows))
        except Exception as error:
            return Reply(error=first_words(str(error)))
