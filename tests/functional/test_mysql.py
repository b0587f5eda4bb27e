"""MySQL: MariaDB behind dbt-mysql, which lives on dbt Core 1.7 alone.

What MySQL 8 has and MariaDB has not, or the other way round, is held as text in
tests/unit/test_mysql_sql.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.contract import WarehouseContract
from tests.support import mysql
from tests.support.dbts import MYSQL
from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject, make_host
from tests.support.mysql import MySQL

pytestmark = pytest.mark.real_engine

TYPES = {
    "integer": "integer", "bigint": "bigint", "decimal": "numeric(10, 2)",
    "float": "double precision", "boolean": "boolean", "text": "varchar(255)",
    "timestamp": "datetime", "json": "json",
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[mysql.MySQLServer]:
    try:
        started = mysql.start()
    except mysql.MySQLMissing as reason:
        pytest.skip(f"no MySQL: {reason}")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def programs() -> Path:
    """The programs of dbt Core 1.7 with dbt-mysql."""
    try:
        return MYSQL.made() / "bin"
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt-mysql: {reason}")


# MySQL takes `create view x as (with …)`, which is what dbt sends; MariaDB does not.
VIEW = """
{% macro mysql__create_view_as(relation, sql) %}
  create view {{ relation }} as {{ sql }}
{% endmacro %}
"""


def mysql_host(root: Path, server: mysql.MySQLServer, programs: Path) -> HostProject:
    host = make_host(root, MySQL(server), programs=programs)
    host.write("macros/create_view_as.sql", VIEW)
    return host


class TestContract(WarehouseContract):
    types = TYPES
    quote = "`"
    keys = {
        "customers": ", primary key (id), unique (email)",
        "order_lines": ", primary key (order_id, line_no),"
        " foreign key (customer_id) references {raw}.customers (id)",
    }
    comments = (
        "alter table {raw}.customers comment = 'Who buys'",
        "alter table {raw}.customers modify email varchar(255) not null"
        " comment 'Where we write to'",
    )
    indexed = "create index by_customer on {raw}.order_lines (customer_id, order_id)"

    @pytest.fixture(scope="class")
    @classmethod
    def host(
        cls,
        tmp_path_factory: pytest.TempPathFactory,
        server: mysql.MySQLServer,
        programs: Path,
    ) -> HostProject:
        return mysql_host(tmp_path_factory.mktemp("mysql") / "shop", server, programs)
