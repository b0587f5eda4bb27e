"""A statement is cancelled in the warehouse when it takes too long, and when cartridge ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.functional.engines import front_doors
from tests.support.host import ENVIRONMENT, HostProject, program

SLOW = (
    "create schema raw",
    "create table raw.orders as select i as order_id, i * 1.5 as amount"
    " from generate_series(1, 50) as t(i)",
    "create view raw.slow as select 1 as id, pg_sleep(600) is null as waited",
)
_WAITS = "select count(*) from pg_stat_activity where state = 'active' and query ilike '%slow%'"
_WAITS += " and pid <> pg_backend_pid()"


@front_doors(slow="command_line")
def test_a_statement_that_takes_too_long_is_cancelled_and_told(
    postgres_host: HostProject, command: tuple[str, ...]
) -> None:
    postgres_host.warehouse.execute(*SLOW)
    done = subprocess.run(
        [program(command[0]), *command[1:]], cwd=postgres_host.root, capture_output=True, text=True,
        env=_environment(postgres_host) | {"CARTRIDGE_STATEMENT_SECONDS": "2"}, timeout=300,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "raw.slow" in told
    assert "statement timeout" in told
    assert (postgres_host.root / "models/staging/raw/stg_raw__orders.sql").exists()


@pytest.mark.parametrize(
    "number",
    [
        "SIGINT",
        *(pytest.param(s, marks=pytest.mark.slow) for s in ("SIGTERM", "SIGHUP")),
        "SIGKILL",
    ],
)
def test_what_runs_is_cancelled_when_cartridge_ends_by_a_signal(
    postgres_host: HostProject, number: str
) -> None:
    """Even by one that nobody can catch: the dbt behind it sees that nobody waits any more."""
    _ended(postgres_host, ("cartridge", "generate", "--schemas", "raw"), number)


def test_what_runs_is_cancelled_when_dbt_is_interrupted(postgres_host: HostProject) -> None:
    command = ("dbt", "run-operation", "cartridge_generate", "--args", "{schemas: [raw]}")
    _ended(postgres_host, command, "SIGINT")


def _ended(host: HostProject, command: tuple[str, ...], number: str) -> None:
    host.warehouse.execute(*SLOW)
    before = host.files()
    process = subprocess.Popen(
        [program(command[0]), *command[1:]], cwd=host.root, env=_environment(host),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=_listening,
    )  # fmt: skip
    try:
        _wait(lambda: _running(host) > 0, "the statement never began")
        process.send_signal(getattr(signal, number))
        process.wait(60)
        _wait(lambda: _running(host) == 0, "the statement still runs in the warehouse")
    finally:
        process.kill()
        process.wait()
    assert host.files() == before


def _listening() -> None:
    """A test run that was started in the background ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _environment(host: HostProject) -> dict[str, str]:
    return {**os.environ, **ENVIRONMENT, "DBT_PROFILES_DIR": str(host.root)}


def _running(host: HostProject) -> int:
    return int(host.warehouse.query(_WAITS)[0][0])


def _wait(ready: Callable[[], bool], otherwise: str) -> None:
    patience = time.monotonic() + 90
    while not ready():
        assert time.monotonic() < patience, otherwise
        time.sleep(0.2)
