"""What the other tests stand on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.host import HostProject


def test_dbt_runs_in_process_on_both_warehouses_again_and_again(host: HostProject) -> None:
    host.warehouse.execute("create schema raw", "create table raw.orders as select 1 as id")
    host.write("models/orders.sql", "select id from raw.orders")
    for _ in range(2):
        run = host.dbt("build").must_succeed()
        assert run.statuses == {"orders": "success"}
    assert host.warehouse.query("select id from analytics.orders") == [(1,)]


def test_dbt_runs_as_a_process_after_dbt_in_process(duckdb_host: HostProject) -> None:
    duckdb_host.write("models/one.sql", "select 1 as one")
    duckdb_host.dbt("build").must_succeed()
    assert duckdb_host.dbt_process("build").returncode == 0
    assert duckdb_host.warehouse.query("select one from analytics.one") == [(1,)]


def test_a_broken_project_is_told(duckdb_host: HostProject) -> None:
    duckdb_host.write("models/one.sql", "select {{ ref('nothing') }}")
    run = duckdb_host.dbt("parse")
    assert not run.success
    assert "nothing" in str(run.exception)


@pytest.mark.parametrize("name", ["chinook", "ft_jira"])
def test_a_database_loads_alike_into_both_warehouses(
    name: str, host: HostProject, load_database: Callable[..., list[str]]
) -> None:
    tables = load_database(name, host)
    counted = host.warehouse.query(
        "select count(*) from information_schema.tables where table_schema = 'raw'"
    )
    assert counted == [(len(tables),)]


def test_rows_survive_the_way_into_postgres(
    postgres_host: HostProject, load_database: Callable[..., list[str]]
) -> None:
    load_database("chinook", postgres_host)
    rows = postgres_host.warehouse.query(
        'select count(*), count("ReportsTo"), max("Email") from raw."Employee"'
    )
    assert rows == [(8, 7, "steve@chinookcorp.com")]


def test_all_text_is_text(host: HostProject, load_database: Callable[..., list[str]]) -> None:
    load_database("chinook", host, all_text=True)
    types = host.warehouse.query(
        "select distinct lower(data_type) from information_schema.columns "
        "where table_schema = 'raw'"
    )
    assert types in ([("varchar",)], [("text",)])


def test_dbt_deps_makes_the_link_that_the_fixtures_make(duckdb_host: HostProject) -> None:
    link = duckdb_host.root / "dbt_packages" / "cartridge"
    made = link.resolve()
    link.unlink()
    run = duckdb_host.dbt_process("deps")
    assert run.returncode == 0, run.stdout
    assert link.resolve() == made
