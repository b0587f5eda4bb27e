"""The contract on the two warehouses that the tests' own dbt knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.contract import WarehouseContract
from tests.support.host import HostProject, make_host
from tests.support.postgres import PostgresServer
from tests.support.warehouses import DuckDB, Postgres

KEYS = {
    "customers": ", primary key (id), unique (email)",
    "order_lines": ", primary key (order_id, line_no),"
    " foreign key (customer_id) references {raw}.customers (id)",
}
TYPES = {
    "integer": "integer", "bigint": "bigint", "decimal": "numeric(10, 2)",
    "float": "double precision", "boolean": "boolean", "text": "varchar", "timestamp": "timestamp",
    "json": "json",
}  # fmt: skip


class ByAnsi(WarehouseContract):
    types = TYPES
    keys = KEYS
    comments = (
        "comment on table {raw}.customers is 'Who buys'",
        "comment on column {raw}.customers.email is 'Where we write to'",
    )
    indexed = "create index by_customer on {raw}.order_lines (customer_id, order_id)"


@pytest.mark.real_engine
class TestDuckDB(ByAnsi):
    @pytest.fixture(scope="class")
    @classmethod
    def host(cls, tmp_path_factory: pytest.TempPathFactory) -> HostProject:
        folder = tmp_path_factory.mktemp("contract")
        return make_host(folder / "shop", DuckDB(folder / "warehouse.duckdb"))


@pytest.mark.real_engine
class TestPostgres(ByAnsi):
    @pytest.fixture(scope="class")
    @classmethod
    def host(
        cls, tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
    ) -> Iterator[HostProject]:
        postgres_server.create_database("contract")
        yield make_host(
            tmp_path_factory.mktemp("contract") / "shop", Postgres(postgres_server, "contract")
        )
        postgres_server.drop_database("contract")
