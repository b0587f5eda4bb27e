"""The contract on the two warehouses that the tests' own dbt knows."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from dbt_cartridge.documents.scan import Scan
from tests.functional.contract import Contract
from tests.functional.contract_tables import Ansi
from tests.support.postgres import PostgresServer
from tests.support.warehouses import DuckDB, Postgres, Warehouse

INDEX = "create index by_customer on raw.order_lines (customer_id, order_id)"


class Indexed(Contract):
    """A warehouse that has indexes."""

    FURTHER: ClassVar[tuple[str, ...]] = (INDEX,)

    def test_indexes_are_read(self, facts: Scan) -> None:
        found = facts.by_id["raw.order_lines"].indexes
        index = next(index for index in found if index.name == "by_customer")
        assert index.columns == ("customer_id", "order_id")
        assert not index.unique


@pytest.mark.real_engine
class TestDuckDB(Ansi, Indexed):
    APPROXIMATE = False
    GOLDEN = "shop_duckdb"

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        return DuckDB(folder / "warehouse.duckdb")


@pytest.mark.real_engine
class TestPostgres(Ansi, Indexed):
    STATISTICS = ("analyze",)
    GOLDEN = "shop_postgres"

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.create_database("contract")
        # One class uses it, and the server ends with the session.
        return Postgres(server, "contract")
