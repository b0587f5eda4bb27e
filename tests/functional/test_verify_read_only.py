"""Verification needs the right to read, and takes no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from tests.functional.test_verify import design_for, left_out, proved
from tests.support.host import HostProject, make_host
from tests.support.warehouses import Postgres
from tests.unit.verify import shop

WRITES = "create table raw.written_{0} as select 1 as x"


@pytest.fixture
def read_only_host(tmp_path: Path, postgres_database: Postgres) -> HostProject:
    """A host whose role may read the schema `raw`, and nothing else, in the whole database.

    Its target schema does not exist, and the role could not make it.
    """
    role = f"reader_{uuid4().hex[:12]}"
    postgres_database.execute(
        *shop.TABLES,
        f"revoke all on database {postgres_database.database} from public",
        "revoke all on schema public from public",
        f"create role {role} login password 'reader'",
        f"alter role {role} set default_transaction_read_only = on",
        f"grant connect on database {postgres_database.database} to {role}",
        f"grant usage on schema raw to {role}",
        f"grant select on all tables in schema raw to {role}",
    )
    reader = replace(postgres_database, user=role, password="reader")
    return make_host(tmp_path / "shop", reader, "no_such_schema")


def test_role_that_can_only_read_is_enough(read_only_host: HostProject) -> None:
    settled, _, verdicts = proved(read_only_host, design_for(read_only_host))

    assert settled.left_out == ()
    assert {verdict.status for verdict in verdicts.models} == {"pass"}
    assert {verdict.status for verdict in verdicts.tests} == {"pass"}


def test_role_that_can_only_read_is_enough_where_something_fails(
    read_only_host: HostProject,
) -> None:
    broken = shop.staging("customers", {"customer_id": '"source"."missing"'})

    settled, _, verdicts = proved(read_only_host, design_for(read_only_host, broken, shop.ORDERS))

    assert "missing" in left_out(settled)["stg_shop__customers"]
    assert verdicts.clean


def test_nothing_of_the_host_that_writes_is_run(duckdb_host: HostProject) -> None:
    """Hooks of the project, of its packages and of its models, and stored failures."""
    duckdb_host.warehouse.execute(*shop.TABLES, "insert into raw.orders select * from raw.orders")
    project = duckdb_host.read("dbt_project.yml")
    duckdb_host.write(
        "dbt_project.yml",
        project
        + f"on-run-start: '{WRITES.format(1)}'\n"
        + f"on-run-end: ['{WRITES.format(2)}']\n"
        + f"models: {{+pre-hook: '{WRITES.format(3)}', shop: {{"
        + f"post-hook: '{WRITES.format(4)}'}}}}\n"
        + "data_tests: {+store_failures: true}\n",
    )
    package = "dbt_packages/loud"
    duckdb_host.write(
        f"{package}/dbt_project.yml",
        f"name: loud\nversion: 1.0.0\non-run-end: ['{WRITES.format(5)}']\n",
    )
    duckdb_host.write(f"{package}/models/loud.sql", "select 1 as x")
    duckdb_host.write("models/own.sql", "{{ config(materialized='table') }} select 1 as x")

    settled, _, _ = proved(duckdb_host, design_for(duckdb_host))  # looks at the warehouse itself

    assert "unique(order_id) on stg_shop__orders" in left_out(settled)
