"""Snowflake: the contract, and what only Snowflake has. Emulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest

from tests.functional.contract import Contract
from tests.functional.contract_tables import TILL, Value
from tests.functional.engines import scanned_by_command_line
from tests.functional.test_first_run import made
from tests.support import snowflake, stand_in
from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject, make_host
from tests.support.warehouses import Warehouse

pytestmark = pytest.mark.emulated


@pytest.fixture(scope="module")
def snowflake_server() -> Iterator[stand_in.Server]:
    try:
        stand_in.dbt_environment().made()
        server = snowflake.start()
    except EnvironmentMissing as reason:
        pytest.skip(f"no stand-in for Snowflake: {reason}")
    yield server
    server.stop()


def database(server: stand_in.Server) -> snowflake.Snowflake:
    name = f"TEST_{uuid4().hex[:8]}".upper()
    return snowflake.Snowflake(server, name, stand_in.dbt_environment().made() / "bin")


class TestSnowflake(Contract):
    """In lower-case names, which have to be quoted here: every statement is tried with them."""

    ENFORCED = False
    GOLDEN = "shop_snowflake"
    GOLDEN_BUILDS = 1  # fakesnow has no temporary tables in a schema, and its MERGE is ambiguous
    TYPES: ClassVar[dict[str, str]] = {
        "integer": "number(38,0)", "bigint": "number(38,0)", "decimal": "number(10,2)",
        "float": "float", "text": "varchar", "boolean": "boolean",
        "date": "date", "timestamp": "timestamp_ntz", "json": "variant",
    }  # fmt: skip

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        return database(request.getfixturevalue("snowflake_server"))

    @classmethod
    def value(cls, value: Value, kind: str) -> str:
        text = super().value(value, kind)
        return f"parse_json({text})" if kind == "json" and value is not None else text

    @classmethod
    def insert(cls, place: str, rows: Sequence[str]) -> str:
        # VALUES takes no function.
        return f"insert into {place} " + " union all ".join(f"select {row}" for row in rows)

    @classmethod
    def made_for_golden(cls) -> list[str]:
        """As loaders do it: plain names become upper case."""
        kept = ("Orders", "OrderId", "E-Mail")

        def stored(name: str) -> str:
            return name if name in kept else name.upper()

        tables = [
            replace(t, name=stored(t.name), columns=tuple((stored(c), k) for c, k in t.columns))
            for t in TILL
        ]
        return cls.made("TILL", tables)

    def look_at(self, generated: HostProject) -> None:
        staged = generated.read("models/staging/shop/stg_shop__orders.sql")
        assert '"customer_id" as customer_id' in staged
        (rows,) = generated.warehouse.query("select count(*) from analytics.stg_shop__orders")
        assert rows == (80,)

    def test_dbt_v2_makes_the_same_files_and_builds_them(
        self, generated: HostProject, tmp_path: Path, v2: str
    ) -> None:
        host = make_host(tmp_path / "shop", generated.warehouse, "analytics_v2")
        ran = host.cartridge("generate", "--schemas", "shop", "--dbt", v2)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert " ran, " in ran.stdout  # dbt v2 itself proved it
        assert made(host) == made(generated)
        built = host.dbt_process("build", dbt=v2)
        assert built.returncode == 0, built.stdout[-4000:]
        assert "arning" not in built.stdout


@pytest.fixture(scope="module")
def loaded(
    snowflake_server: stand_in.Server, tmp_path_factory: pytest.TempPathFactory
) -> HostProject:
    """Tables as most loaders make them: names unquoted, and so in upper case."""
    host = make_host(tmp_path_factory.mktemp("snowflake") / "shop", database(snowflake_server))
    host.warehouse.execute(
        "create schema raw",
        "create table raw.customers (id number(38,0) primary key,"
        " email varchar(50) not null unique)",
        "create table raw.orders (id number(38,0), customer_id number(38,0), payload variant,"
        ' "OrderTotal" number(10,2), "select" varchar, placed_at timestamp_ntz, primary key (id),'
        " foreign key (customer_id) references raw.customers (id))",
        "insert into raw.customers values (1, 'a@x.org'), (2, 'b@x.org'), (3, 'c@x.org')",
        "insert into raw.orders "
        + " union all ".join(
            f'select {i}, {1 + i % 3}, parse_json(\'{{"source": "web", "items": {i}}}\'),'
            f" {i}.50, 'x{i}', '2024-01-0{i} 10:00:00'"
            for i in range(1, 9)
        ),
    )
    return host


def test_upper_case_is_written_as_lower_case_without_quotes_and_a_variant_is_lifted(
    loaded: HostProject,
) -> None:
    found = scanned_by_command_line(loaded)  # `raw` is said, `RAW` is found
    assert [relation.id for relation in found.relations] == ["RAW.CUSTOMERS", "RAW.ORDERS"]
    assert [key.columns for key in found.by_id["RAW.CUSTOMERS"].unique_keys] == [("EMAIL",)]
    assert found.statements <= 8
    made = loaded.cartridge("generate", "--schemas", "raw")
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    staged = loaded.read("models/staging/raw/stg_raw__orders.sql")
    assert "source('raw', 'orders')" in staged
    assert "customer_id," in staged
    assert '"CUSTOMER_ID"' not in staged
    assert '"OrderTotal" as order_total' in staged
    assert '"select"' in staged
    assert "payload," in staged
    assert "json_extract_path_text(payload, 'source') as payload_source" in staged
    sources = loaded.read("models/staging/raw/_raw__sources.yml")
    assert "database:" not in sources
    assert "- name: customer_id" in sources
    built = loaded.dbt_process("build")
    assert built.returncode == 0, built.stdout[-4000:]
    (lifted,) = loaded.warehouse.query(
        "select min(payload_source), max(payload_items) from analytics.stg_raw__orders"
    )
    assert tuple(map(str, lifted)) == ("web", "8")


def test_past_queries_are_read_from_account_usage(loaded: HostProject) -> None:
    """A stand-in for the view that Snowflake keeps of them; the columns that are asked for."""
    loaded.warehouse.execute(
        "create database if not exists snowflake",
        "create schema if not exists snowflake.account_usage",
        "create table snowflake.account_usage.query_history (query_text varchar,"
        " start_time timestamp_ltz, query_type varchar, execution_status varchar,"
        " database_name varchar, query_parameterized_hash varchar)",
        "insert into snowflake.account_usage.query_history select 'select o.id from RAW.ORDERS as o"
        " join RAW.CUSTOMERS as c on o.CUSTOMER_ID = c.ID', current_timestamp(), 'SELECT',"
        f" 'SUCCESS', '{loaded.warehouse.output('x')['database']}', 'h'",
    )
    found = scanned_by_command_line(loaded, query_history=True)
    assert [p for p in found.problems if p.where == "query history"] == []
    (join,) = found.joins
    assert (join.by, join.table, join.columns) == ("query", "RAW.CUSTOMERS", ("ID",))
    assert (join.ref_table, join.ref_columns) == ("RAW.ORDERS", ("CUSTOMER_ID",))
