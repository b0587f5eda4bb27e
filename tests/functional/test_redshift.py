"""Redshift: its own client, and PostgreSQL with Redshift's catalogue behind it.

What PostgreSQL would pass and Redshift refuses is held as text in tests/unit/test_redshift_sql.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from dbt_cartridge.engine.command_line import CommandLineEngine
from tests.functional.contract import Contract
from tests.functional.contract_tables import Ansi
from tests.functional.engines import scanned_by
from tests.support import redshift
from tests.support.dbts import REDSHIFT
from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject
from tests.support.postgres import PostgresServer
from tests.support.redshift import Redshift
from tests.support.warehouses import Warehouse

pytestmark = pytest.mark.emulated


@pytest.fixture(scope="module")
def programs() -> Path:
    try:
        return REDSHIFT.made() / "bin"
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt-redshift: {reason}")


@pytest.fixture(scope="module")
def database(postgres_server: PostgresServer, programs: Path) -> Iterator[Redshift]:
    with (
        redshift.proxy(postgres_server) as port,
        redshift.database(postgres_server, "redshift", port, programs) as made,
    ):
        yield made


# What PostgreSQL cannot hold is put into the tables behind the stand-in's views.
OUT_OF_THE_CATALOGUE = (
    "insert into pg_catalog.rs_keys values"
    " ('shop', 'orders', 'customer_id', '{order_date,status}'),"
    " ('shop', 'customers', 'customer_id', '{created_at}')",
    "create schema spectrum",
    "create view spectrum.late as select",  # a late-binding view has no columns in pg_attribute
    "insert into pg_catalog.rs_late_columns values ('spectrum', 'late', 'id', 'integer', 1),"
    " ('spectrum', 'late', 'price', 'numeric(10,2)', 2)",
    "insert into pg_catalog.rs_external_columns values"
    " ('spectrum', 'clicks', 'at', 'timestamp', 1), ('spectrum', 'clicks', 'url', 'string', 2),"
    " ('spectrum', 'clicks', 'tags', 'array<string>', 3),"
    " ('spectrum', 'clicks', 'body', 'struct<a:int>', 4)",
)


class TestContract(Contract):
    TYPES: ClassVar[dict[str, str]] = {**Ansi.TYPES, "text": "varchar(255)", "json": "super"}
    ENFORCED = False
    FURTHER = OUT_OF_THE_CATALOGUE
    STATISTICS = ("analyze",)
    MARKS = False  # its catalogue has no time of the last change
    GOLDEN = "shop_redshift"

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        made: Warehouse = request.getfixturevalue("database")
        return made

    def look_at(self, generated: HostProject) -> None:
        fact = generated.read("models/marts/fct_orders.sql")
        assert "dist='customer_id'" in fact
        assert "sort=['order_date', 'order_status']" in fact
        assert "sort=" not in generated.read("models/staging/shop/stg_shop__orders.sql")

    def test_late_binding_views_and_external_tables_are_found(
        self, engine: CommandLineEngine
    ) -> None:
        found = scanned_by(engine, schemas="spectrum", profile="none")
        told = [(r.name, r.kind, [(c.name, c.type) for c in r.columns]) for r in found.relations]
        assert told == [
            ("clicks", "external", [("at", "timestamp"), ("url", "text"), ("tags", "array"),
                                    ("body", "struct")]),
            ("late", "view", [("id", "integer"), ("price", "decimal")]),
        ]  # fmt: skip
        assert found.statements == 6 + 2  # what is external is asked for apart
