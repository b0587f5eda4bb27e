"""Redshift: its own client, and PostgreSQL with Redshift's catalogue behind it.

What PostgreSQL would pass and Redshift refuses is held as text in tests/unit/test_redshift_sql.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.contract import WarehouseContract
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


class TestContract(WarehouseContract):
    types = {
        "integer": "integer", "bigint": "bigint", "decimal": "numeric(10, 2)",
        "float": "double precision", "boolean": "boolean", "text": "varchar(255)",
        "timestamp": "timestamp", "json": "super",
    }  # fmt: skip
    keys = {
        "customers": ", primary key (id), unique (email)",
        "order_lines": ", primary key (order_id, line_no),"
        " foreign key (customer_id) references {raw}.customers (id)",
    }
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
        return make_host(tmp_path_factory.mktemp("redshift") / "shop", warehouse, programs=programs)
