"""What the warehouses that are emulated here share: their dbt, and their server's life."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.environments import Environment
from tests.support.postgres import free_port

PROGRAMS = Path(__file__).parent / "stand_ins"
REPOSITORY = Path(__file__).parents[2]
START_SECONDS = 90.0


def dbt_environment() -> Environment:
    """dbt with Snowflake's and BigQuery's adapters, and the helper as it stands here.

    Apart from the one that runs the tests: newcomers do not wait for two vendors' clients.
    """
    return Environment(
        "dbt-cloud-warehouses",
        ("dbt-core==1.11.16", "dbt-snowflake==1.12.3", "dbt-bigquery==1.12.1", "duckdb==1.5.5"),
        editable=REPOSITORY,
    )


class StandInFailed(Exception):
    """The server did not start, or it refused what a test asked of it."""


@dataclass(frozen=True)
class Server:
    """A stand-in on a free port of 127.0.0.1, ended by its own process id."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the server answers in JSON."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise StandInFailed(error.read().decode("utf-8", "replace")[:2000]) from None


def start(command: Sequence[str | Path], arguments: Sequence[str], **variables: str) -> Server:
    """Run `command`; in `arguments`, `{port}`, `{port2}` and `{folder}` are filled in.

    Raises:
        StandInFailed: it ended, or does not answer in time.
    """
    folder = Path(tempfile.mkdtemp(prefix="cartridge-stand-in-"))
    port = free_port()
    words = [a.format(port=port, port2=free_port(), folder=folder) for a in arguments]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*map(str, command), *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, **variables}, cwd=folder,
        )  # fmt: skip
    server = Server(port, process, folder)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    words_of_it = (folder / "log").read_text("utf-8", "replace")[-2000:]
    server.stop()
    raise StandInFailed(f"{command[-1]} did not start: {words_of_it}")
