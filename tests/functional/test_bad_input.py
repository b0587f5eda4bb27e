"""What a warehouse can hold against us, and Ctrl-C: the host project stays whole, and is told."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# Processes are told from each other by /proc.
from tests.functional.engines import front_doors
from tests.support.host import ENVIRONMENT, HostProject, program
from tests.support.warehouses import DuckDB

WIDE = ", ".join(f"c{i} integer" for i in range(1, 1601))
ODD = (
    "create schema raw",
    "create table raw.no_columns ()",
    "create table raw.no_rows (id integer primary key, note text, no_rows_id integer)",
    f"create table raw.wide ({WIDE})",
    "insert into raw.wide (c1, c2) select i, i % 7 from generate_series(1, 30) as t(i)",
    'create table raw."Order" ("order" integer, "with space" text, "quo""te" integer, "🦆" integer,'
    ' "it\'s {{ x }} {% y %}" integer, "Note" text, "note" text, "NOTE" text, "%s" text)',
    'insert into raw."Order" select i, \'w\' || i % 5, i * 2, i % 3, 1, null, \'a\', \'b\', \'%\''
    " from generate_series(1, 40) as t(i)",
    'create table raw."order" (id integer, "select" integer, "from" date)',
    'insert into raw."order" select i, i % 40 + 1, date \'2024-01-01\' + i'
    " from generate_series(1, 60) as t(i)",
    "create table raw.texts (note text)",
    "insert into raw.texts select 'x' from generate_series(1, 5)",
    "create view raw.failing as select cast(note as integer) as n from raw.texts",
)  # fmt: skip


def test_all_that_is_odd_at_once_is_generated_around_and_builds_clean(
    postgres_host: HostProject,
) -> None:
    postgres_host.warehouse.execute(*ODD)
    ran = postgres_host.cartridge("generate", "--schemas", "raw")
    told = ran.stdout + ran.stderr
    assert ran.returncode == 0, told
    assert "raw.no_columns" in told
    assert "raw.failing" in told
    staged = {path.name for path in (postgres_host.root / "models" / "staging").rglob("*.sql")}
    assert len(staged) == 5  # no_rows, wide, texts, and both orders
    built = postgres_host.dbt_process("build")
    assert built.returncode == 0, built.stdout[-4000:]
    assert "WARN=0" in built.stdout


def test_a_schema_without_tables_is_said_and_changes_nothing(duckdb_host: HostProject) -> None:
    duckdb_host.warehouse.execute("create schema hollow")
    before = duckdb_host.files()
    ran = duckdb_host.cartridge("generate", "--schemas", "hollow")
    assert ran.returncode != 0
    assert "Nothing can be scanned in schema hollow" in ran.stdout + ran.stderr
    assert duckdb_host.files() == before


# ---------------------------------------------------------------- Ctrl-C

ORDERS = (
    "create schema raw",
    "create table raw.orders as select i as order_id, i % 9 as customer_id, i * 1.5 as amount"
    " from range(1, 200) as t(i)",
)
# Hours to read, whatever the machine, and DuckDB itself never looks up from the bare count of it.
SLOW = (
    "create view raw.slow as select a.range as id, b.range as x"
    " from range(100000000) as a, range(100000) as b"
)


@front_doors(slow="in_process")
def test_ctrl_c_during_the_scan_leaves_everything_as_it_was(
    duckdb_host: HostProject, tmp_path: Path, command: Sequence[str]
) -> None:
    duckdb_host.warehouse.execute(*ORDERS, SLOW)
    before = duckdb_host.files()
    told = interrupted(duckdb_host, command, tmp_path, lambda text, _: "Counting rows" in text)
    assert duckdb_host.files() == before, told


@front_doors(slow="command_line")
def test_ctrl_c_during_verification_ends_the_dbt_that_runs_for_it(
    duckdb_host: HostProject, tmp_path: Path, command: Sequence[str]
) -> None:
    duckdb_host.warehouse.execute(*ORDERS)
    before = duckdb_host.files()
    told = interrupted(
        duckdb_host, command, tmp_path, lambda text, pid: "Proving" in text and bool(children(pid)),
        into=0.0,
    )  # fmt: skip
    assert duckdb_host.files() == before, told


def interrupted(
    host: HostProject,
    command: Sequence[str],
    tmp_path: Path,
    ready: Callable[[str, int], bool],
    into: float = 1.0,
) -> str:
    """Run a command, send Ctrl-C once it is `ready`, `into` seconds of what it is doing then, and
    return what it said.

    Nothing that it started is left running, and nothing is left in its temporary folder.
    """
    assert isinstance(host.warehouse, DuckDB)
    temporary, output = tmp_path / "temporary", tmp_path / "output"
    temporary.mkdir()
    variables = {
        **os.environ, **ENVIRONMENT,
        "DBT_PROFILES_DIR": str(host.root), "TMPDIR": str(temporary),
    }  # fmt: skip
    with output.open("wb") as out:
        process = subprocess.Popen(
            [program(command[0]), *command[1:]], cwd=host.root, env=variables,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, preexec_fn=_listening,
        )  # fmt: skip
        try:
            _wait_until(lambda: ready(output.read_text("utf-8"), process.pid), process)
            started = children(process.pid)
            time.sleep(into)
            process.send_signal(signal.SIGINT)
            code = process.wait(120)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    told = output.read_text("utf-8")
    assert code != 0, told
    assert "Traceback" not in told
    _wait_until(lambda: not any(_runs(pid) for pid in started))
    assert list(temporary.iterdir()) == []
    return told


def _listening() -> None:
    """A shell starts what runs in its background deaf to Ctrl-C, and that is passed on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def children(pid: int) -> list[int]:
    """The processes that `pid` has started and that still run."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(pid) and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _wait_until(
    true: Callable[[], bool], process: subprocess.Popen[bytes] | None = None, seconds: float = 300
) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert process is None or process.poll() is None, "it ended before it was interrupted"
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)
