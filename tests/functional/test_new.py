"""From nothing but a database to a built dbt project."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from dbt_cartridge.new.connections import ADAPTERS, TARGETS, connection
from dbt_cartridge.new.skeleton import files
from tests.support import dbts, stand_in
from tests.support.environments import EnvironmentMissing
from tests.support.host import ENVIRONMENT

BIN = Path(sys.executable).parent


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=folder, env=environment,
        capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_whole_project_is_made_from_nothing_and_builds(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as warehouse:
        warehouse.execute(
            "create schema raw; create table raw.customers as select i as id, "
            "'c' || i || '@example.org' as email, ['open', 'closed'][1 + i % 2] as status "
            "from range(1, 41) t(i); create table raw.orders as select i as id, 1 + i % 40 as "
            "customer_id, (i * 1.5)::decimal(10, 2) as amount, date '2024-01-01' + (i % 90)::int "
            "as ordered_on from range(1, 201) t(i)"
        )
    flags = ("--adapter", "duckdb", "--path", "w.duckdb")
    refused = run(tmp_path, "cartridge", "new", "shop", *flags, "--schemas", "row")
    assert refused.returncode == 1
    assert "use one of main, raw" in refused.stdout
    assert not (tmp_path / "shop").exists()
    made = run(
        tmp_path, "cartridge", "new", "shop", *flags, "--schemas", "raw", "--archive", "shop.tar.gz"
    )
    assert made.returncode == 0, made.stdout + made.stderr
    shop = tmp_path / "shop"
    written = {f.relative_to(shop).as_posix() for f in shop.rglob("*") if f.is_file()}
    assert written >= {
        "README.md", "dbt_project.yml", "profiles.yml", "packages.yml", ".env.example",
        ".gitignore", ".sqlfluff", "requirements.txt", ".github/workflows/ci.yml",
        "models/marts/fct_orders.sql", "analyses/fct_orders_duplicates.sql",
    }  # fmt: skip
    assert "example.org" not in (shop / "README.md").read_text()
    built = run(shop, "dbt", "build", "--warn-error")
    assert built.returncode == 0, built.stdout
    assert run(shop, "dbt", "compile", "--quiet").returncode == 0
    assert (tmp_path / "shop.tar.gz").stat().st_size > 0
    linted = run(shop, "sqlfluff", "lint", ".")
    assert linted.returncode == 0, linted.stdout[-3000:]
    before = {f: f.read_bytes() for f in (shop / "models").rglob("*") if f.is_file()}
    again = run(shop, "cartridge", "generate")
    assert again.returncode == 0, again.stdout + again.stderr
    assert {f: f.read_bytes() for f in (shop / "models").rglob("*") if f.is_file()} == before


_GIVEN = {
    "duckdb": {"path": ":memory:"},
    "postgres": {"user": "u", "dbname": "d"},
    "redshift": {"host": "h", "user": "u", "dbname": "d"},
    "snowflake": {"account": "a", "user": "u", "database": "d", "warehouse": "w"},
    "bigquery": {"project": "p"},
    "mysql": {"username": "u"},
}


def _programs(adapter: str) -> Path:
    if adapter in ("duckdb", "postgres"):
        return BIN
    chosen = {"mysql": dbts.MYSQL, "redshift": dbts.REDSHIFT}.get(adapter)
    try:
        return (chosen or stand_in.dbt_environment()).made() / "bin"
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt for {adapter}: {reason}")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_adapters_own_dbt_reads_the_new_project(adapter: str, tmp_path: Path) -> None:
    """dbt itself says whether a field of the profile is one that the adapter takes."""
    programs = _programs(adapter)
    there = connection("shop", adapter, _GIVEN[adapter], "analytics", tmp_path)
    for path, text in files(there, ["raw"]).items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    environment = os.environ | ENVIRONMENT | {"DBT_ENV_SECRET_SHOP_PASSWORD": "secret"}
    for target in TARGETS[:1]:  # the others differ by their schema alone
        done = subprocess.run(
            [str(programs / "dbt"), "parse", "--target", target, "--profiles-dir", "."],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def typed(folder: Path, answers: Mapping[str, str], *words: str) -> tuple[int, str]:
    """`cartridge new …` in a terminal, where each prompt is answered. What the terminal showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "cartridge"), "new", "shop", *words], cwd=folder, stdin=theirs, stdout=theirs,
        stderr=theirs, env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    os.close(theirs)
    shown, waiting = "", dict(answers)
    while select.select([ours], [], [], 300)[0]:
        try:
            shown += os.read(ours, 4096).decode("utf-8", "replace")
        except OSError:  # the other end is closed
            break
        for prompt in [each for each in waiting if re.search(rf"{each}\b[^\n]*: $", shown)]:
            os.write(ours, f"{waiting.pop(prompt)}\n".encode())
    os.close(ours)
    assert waiting == {}, shown
    return process.wait(60), shown


def test_in_a_terminal_it_asks_for_what_is_missing(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as warehouse:
        warehouse.execute("create schema raw; create table raw.things as select 1 as id")
    answers = {"adapter": "duckdb", "path": "w.duckdb", "schemas": "row, main"}
    code, shown = typed(tmp_path, answers)
    assert code == 1, shown
    assert "use one of main, raw" in " ".join(shown.split())
    assert not (tmp_path / "shop").exists()


def test_a_password_is_asked_for_unseen_and_kept_nowhere(tmp_path: Path) -> None:
    answers = {"user": "ann", "dbname": "shop", "password": "hunter2-hunter2"}
    flags = ("--adapter", "postgres", "--host", "127.0.0.1", "--port", "1", "--schemas", "raw")
    code, shown = typed(tmp_path, answers, *flags)
    assert code == 1, shown
    assert "ann" in shown
    assert "hunter2" not in shown
    assert "refused" in shown  # the connection's own reason
    assert list(tmp_path.iterdir()) == []
