"""Redshift: its own client, and PostgreSQL with Redshift's catalogue behind it.

What PostgreSQL would pass and Redshift refuses is held as text in tests/unit/test_redshift_sql.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.functional.contract import WarehouseContract
from tests.functional.engines import command_line
from tests.support import redshift
from tests.support.dbts import REDSHIFT
from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject, make_host
from tests.support.postgres import PostgresServer
from tests.support.redshift import Redshift

pytestmark = pytest.mark.emulated


@pytest.fixture(scope="module")
def programs() -> Path:
    try:
        return REDSHIFT.made() / "bin"
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt-redshift: {reason}")


@pytest.fixture(scope="module")
def warehouse(postgres_server: PostgresServer) -> Iterator[Redshift]:
    with (
        redshift.proxy(postgres_server) as port,
        redshift.database(postgres_server, "redshift", port) as made,
    ):
        yield made


# What PostgreSQL cannot hold is put into the tables behind the stand-in's views.
OUT_OF_THE_CATALOGUE = (
    "create schema spectrum",
    "create view spectrum.late as select",  # a late-binding view has no columns in pg_attribute
    "insert into pg_catalog.rs_late_columns values ('spectrum', 'late', 'id', 'integer', 1),"
    " ('spectrum', 'late', 'price', 'numeric(10,2)', 2)",
    "insert into pg_catalog.rs_external_columns values"
    " ('spectrum', 'clicks', 'at', 'timestamp', 1), ('spectrum', 'clicks', 'url', 'string', 2),"
    " ('spectrum', 'clicks', 'tags', 'array<string>', 3),"
    " ('spectrum', 'clicks', 'body', 'struct<a:int>', 4)",
)

TYPES = {
    "integer": "integer", "bigint": "bigint", "decimal": "numeric(10, 2)",
    "float": "double precision", "boolean": "boolean", "text": "varchar(255)",
    "timestamp": "timestamp", "json": "super",
}  # fmt: skip
KEYS = {
    "customers": ", primary key (id), unique (email)",
    "order_lines": ", primary key (order_id, line_no),"
    " foreign key (customer_id) references {raw}.customers (id)",
}


class TestContract(WarehouseContract):
    types = TYPES
    keys = KEYS
    comments = (
        "comment on table {raw}.customers is 'Who buys'",
        "comment on column {raw}.customers.email is 'Where we write to'",
    )
    enforces_keys = False

    @pytest.fixture(scope="class")
    @classmethod
    def host(
        cls, tmp_path_factory: pytest.TempPathFactory, warehouse: Redshift, programs: Path
    ) -> HostProject:
        warehouse.execute(
            "insert into pg_catalog.rs_keys values"
            " ('shop', 'orders', 'customer_id', '{order_date,status}'),"
            " ('shop', 'customers', 'customer_id', '{created_at}')",
            *OUT_OF_THE_CATALOGUE,
        )
        return make_host(tmp_path_factory.mktemp("redshift") / "shop", warehouse, programs=programs)

    def look_at(self, generated: HostProject) -> None:
        fact = generated.read("models/marts/fct_orders.sql")
        assert "dist='customer_id'" in fact
        assert "sort=['order_date', 'order_status']" in fact
        assert "sort=" not in generated.read("models/staging/shop/stg_shop__orders.sql")

    def test_late_binding_views_and_external_tables_are_found(self, filled: HostProject) -> None:
        chosen = settings({"schemas": "spectrum", "profile": "none"}, environment={})
        found = scan(command_line(filled), chosen, Silent())
        told = [(r.name, r.kind, [(c.name, c.type) for c in r.columns]) for r in found.relations]
        assert told == [
            ("clicks", "external", [("at", "timestamp"), ("url", "text"), ("tags", "array"),
                                    ("body", "struct")]),
            ("late", "view", [("id", "integer"), ("price", "decimal")]),
        ]  # fmt: skip
        assert found.statements == 5
