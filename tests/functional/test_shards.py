"""Shards on real warehouses: generated as one model, built clean, and a new one is told."""

from __future__ import annotations

import pytest

from tests.support.host import HostProject

COLUMNS = "id integer, kind varchar(20), amount numeric(10, 2)"


def rows(table: str, first: int) -> str:
    each = ", ".join(f"({first + at}, 'k{at % 3}', {at}.25)" for at in range(30))
    return f"insert into raw.{table} (id, kind, amount) values {each}"


def staged_and_built(host: HostProject) -> list[str]:
    """The files of the staging models, once all that was generated is built."""
    ran = host.cartridge("generate", "--schemas", "raw")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    built = host.dbt_process("build")
    assert built.returncode == 0, built.stdout[-4000:]
    return [path.name for path in (host.root / "models" / "staging").rglob("*.sql")]


@pytest.mark.parametrize(
    "host", ["duckdb", pytest.param("postgres", marks=pytest.mark.slow)], indirect=True
)
def test_shards_are_one_staging_model_and_a_new_one_is_told(host: HostProject) -> None:
    host.warehouse.execute(
        "create schema raw",
        f"create table raw.invoices_2022 ({COLUMNS})",
        f"create table raw.invoices_2023 ({COLUMNS}, channel varchar(10))",
        rows("invoices_2022", 1),
        rows("invoices_2023", 101),
    )
    assert staged_and_built(host) == ["stg_raw__invoices.sql"]

    host.warehouse.execute(f"create table raw.invoices_2024 ({COLUMNS}, channel varchar(10))")
    again = host.cartridge("generate", "--schemas", "raw")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "raw.invoices_2024" in again.stdout + again.stderr


def test_tables_that_people_say_are_one_become_one_model(host: HostProject) -> None:
    host.warehouse.execute(
        "create schema raw",
        f"create table raw.sales_north ({COLUMNS})",
        f"create table raw.sales_south ({COLUMNS}, channel varchar(10))",
        rows("sales_north", 1),
        rows("sales_south", 101),
    )
    merge = ("merge", "raw.sales", "raw.sales_north", "raw.sales_south")
    decided = host.cartridge("decide", *merge)
    assert decided.returncode == 0, decided.stdout + decided.stderr
    assert staged_and_built(host) == ["stg_raw__sales.sql"]
    counted = host.warehouse.query(
        "select shard, count(*) from analytics.fct_sales group by 1 order by 1"
    )
    assert counted == [("north", 30), ("south", 30)]
