"""BigQuery, emulated: local-bigquery's server in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.support import stand_in
from tests.support.environments import Environment
from tests.support.stand_in import Server, StandInFailed
from tests.support.warehouses import Row, literal

_EXTENSIONS = ("ducklake", "icu", "spatial")
_ENVIRONMENT = Environment(
    "local-bigquery",
    ("local-bigquery==0.4.0", *(f"duckdb-extension-{name}==1.5.5" for name in _EXTENSIONS)),
    python="3.13",
    overrides=("duckdb==1.5.5",),
)


def start() -> Server:
    """One server; each of its projects is a warehouse.

    Raises:
        EnvironmentMissing: its packages cannot be had on this machine.
    """
    environment = _ENVIRONMENT.made()
    python, home = environment / "bin" / "python", environment / "home"
    program = stand_in.PROGRAMS / "lbq_plus.py"
    if not (home / ".ready").exists():
        home.mkdir(exist_ok=True)
        subprocess.run([python, program, "extensions"], check=True, env={"HOME": str(home)})
        (home / ".ready").touch()
    words = "serve --host 127.0.0.1 --port {port} --grpc-port {port2} --data-dir {folder}/data"
    own = ["--project", "cartridge", "--dataset", "unused"]
    return stand_in.start([python, program], [*words.split(), *own], HOME=str(home))


@dataclass(frozen=True)
class BigQuery:
    """One project of the stand-in. `programs`: where the dbt is that has the adapter."""

    server: Server
    project: str
    programs: Path

    def output(self, schema: str) -> dict[str, Any]:
        return {
            "type": "bigquery",
            "method": "oauth-secrets",
            "token": "fake",
            "api_endpoint": f"http://127.0.0.1:{self.server.port}",
            "job_retries": 0,
            "project": self.project,
            "dataset": schema,
            "threads": 2,
        }

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self._run(statement)

    def query(self, sql: str) -> list[Row]:
        rows = self._run(sql).get("rows") or []
        return [tuple(cell["v"] for cell in row["f"]) for row in rows]

    def load(self, schema: str, table: str, parquet: Path, all_text: bool = False) -> None:
        self.execute(f"create schema if not exists `{schema}`")
        if all_text:
            parquet = _as_text(parquet, self.server.folder / f"{schema}_{table}.parquet")
        place = {"projectId": self.project, "datasetId": schema, "tableId": table}
        job = {
            "configuration": {
                "load": {
                    "destinationTable": place,
                    "sourceFormat": "PARQUET",
                    "writeDisposition": "WRITE_TRUNCATE",
                }
            }
        }
        edge = "cartridge-edge"
        body = (
            f"--{edge}\r\nContent-Type: application/json\r\n\r\n{json.dumps(job)}\r\n"
            f"--{edge}\r\nContent-Type: application/octet-stream\r\n\r\n"
        ).encode() + parquet.read_bytes()
        done = self._send(
            f"/upload/bigquery/v2/projects/{self.project}/jobs?uploadType=multipart",
            body + f"\r\n--{edge}--\r\n".encode(),
            f"multipart/related; boundary={edge}",
        )
        if error := done.get("status", {}).get("errorResult"):
            raise StandInFailed(f"{table}: {error}")

    def release(self) -> None:
        """Nothing to do: a server takes many clients."""

    def _run(self, sql: str) -> Any:
        body = {"query": sql, "useLegacySql": False, "timeoutMs": 300_000}
        path = f"/bigquery/v2/projects/{self.project}/queries"
        return self._send(path, json.dumps(body).encode(), "application/json")

    def _send(self, path: str, body: bytes, kind: str) -> Any:
        address = f"http://127.0.0.1:{self.server.port}{path}"
        request = urllib.request.Request(address, body, {"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise StandInFailed(error.read().decode("utf-8", "replace")[:2000]) from None


def _as_text(parquet: Path, to: Path) -> Path:
    source = f"read_parquet({literal(parquet)})"
    duckdb.sql(f"copy (select columns(*)::varchar from {source}) to {literal(to)} (format parquet)")
    return to
