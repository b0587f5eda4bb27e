"""`cartridge_drift`: the live catalogue against the declared sources, in Jinja alone."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject

SOURCES = """
version: 2
sources:
  - name: shop
    schema: raw
    tables:
      - name: orders
        columns:
          - {name: id, data_type: INTEGER}
          - {name: total, data_type: "DECIMAL(10,2)"}
      - name: customers
        identifier: Customers
        columns:
          - {name: id, data_type: INTEGER}
"""
TABLES = (
    "create schema raw",
    "create table raw.orders (id integer, total decimal(10, 2))",
    'create table raw."Customers" (id integer)',
    "create table raw.tmp_load (id integer)",
)
DRIFT = (
    "alter table raw.orders alter total type double",
    "alter table raw.orders add column note varchar",
    'drop table raw."Customers"',
    "create table raw.payments (id integer)",
)
EXPECTED = {
    ("retyped", "orders", "total", "DECIMAL(10,2)", "DOUBLE"),
    ("added", "orders", "note", "", "VARCHAR"),
    ("dropped", "customers", "", "", ""),
    ("added", "payments", "", "", ""),
}


@pytest.fixture
def drifted(duckdb_host: HostProject) -> HostProject:
    duckdb_host.write("models/sources.yml", SOURCES)
    project = duckdb_host.read("dbt_project.yml")
    duckdb_host.write("dbt_project.yml", project + "vars: {cartridge: {exclude: ['tmp_*']}}\n")
    duckdb_host.warehouse.execute(*TABLES, *DRIFT)
    return duckdb_host


def _found(output: str) -> set[tuple[str, ...]]:
    lines = [line for line in output.splitlines() if line.startswith('{"drift"')]
    drift: list[dict[str, Any]] = json.loads(lines[0])["drift"]
    return {(d["kind"], d["table"], d["column"], d["was"], d["is"]) for d in drift}


def test_drift_is_printed_as_json_and_fails_the_job(
    drifted: HostProject, capsys: pytest.CaptureFixture[str]
) -> None:
    run = drifted.operation("cartridge_drift", output="json")
    assert not run.success
    assert "differ in 4 places" in run.output
    assert _found(capsys.readouterr().out) == EXPECTED


def test_drift_warns_where_that_is_asked_for(
    drifted: HostProject, capsys: pytest.CaptureFixture[str]
) -> None:
    run = drifted.operation("cartridge_drift", on_drift="warn").must_succeed()
    assert "differ in 4 places" in run.output
    shown = capsys.readouterr().out
    assert "retyped shop.orders.total from DECIMAL(10,2) to DOUBLE" in shown
    assert "dropped shop.customers" in shown


def test_without_drift_nothing_fails(
    duckdb_host: HostProject, capsys: pytest.CaptureFixture[str]
) -> None:
    duckdb_host.write("models/sources.yml", SOURCES)
    duckdb_host.warehouse.execute(*TABLES)
    duckdb_host.operation("cartridge_drift", exclude=["tmp_*"]).must_succeed()
    assert "No drift: 2 tables" in capsys.readouterr().out


def test_the_command_ends_with_the_exit_code_of_the_drift(drifted: HostProject) -> None:
    failed = drifted.cartridge("drift", "--json")
    assert failed.returncode == 1
    assert _found(failed.stdout) == EXPECTED
    assert drifted.cartridge("drift", "--warn").returncode == 0


def test_a_wrong_word_is_refused(drifted: HostProject) -> None:
    run = drifted.operation("cartridge_drift", on_drift="shout")
    assert not run.success
    assert "`on_drift` is fail or warn" in run.output


def test_drift_runs_in_dbt_v2(drifted: HostProject) -> None:
    dbt_v2 = pytest.importorskip("tests.support.dbt_v2")
    try:
        program = dbt_v2.program()
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt v2: {reason}")
    done = subprocess.run(
        [program, "run-operation", "cartridge_drift", "--args", '{"output": "json"}', "-q",
         "--profiles-dir", str(drifted.root)],
        cwd=drifted.root, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert _found(done.stdout) == EXPECTED, done.stdout + done.stderr
