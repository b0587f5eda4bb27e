"""MySQL: MariaDB behind dbt-mysql, which lives on dbt Core 1.7 alone.

What MySQL 8 has and MariaDB has not, or the other way round, is held as text in
tests/unit/test_mysql_sql.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest

from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.scan import Scan
from tests.functional.contract_tables import Ansi, TableOf
from tests.functional.test_contract import Indexed
from tests.support import mysql
from tests.support.dbts import MYSQL
from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject, make_host
from tests.support.mysql import MySQL, backquoted
from tests.support.warehouses import DuckDB, Warehouse

pytestmark = pytest.mark.real_engine


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


@dataclass(frozen=True)
class Attached(DuckDB):
    """A DuckDB file beside which dbt attaches MySQL."""

    port: int = 0
    extensions: Path = Path()

    def install(self, extension: Path) -> None:
        config = {"extension_directory": str(self.extensions)}
        with duckdb.connect(config=config) as connection:
            connection.execute(f"install '{extension}'")

    def output(self, schema: str) -> dict[str, Any]:
        path = f"host=127.0.0.1 port={self.port} user={mysql.USER} password={mysql.PASSWORD}"
        return super().output(schema) | {
            "config_options": {"extension_directory": str(self.extensions)},
            "attach": [{"path": path, "type": "mysql", "alias": "mysql_shop", "read_only": True}],
        }


class TestContract(Indexed):
    TYPES: ClassVar[dict[str, str]] = {
        **Ansi.TYPES, "text": "varchar(255)", "timestamp": "datetime",
    }  # fmt: skip
    STATISTICS = ("analyze table raw.customers, raw.order_lines, probed.many",)
    MARKS = False  # MySQL 8 keeps for a day what it says of it
    GOLDEN = "shop_mysql"

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        server = request.getfixturevalue("server")
        return MySQL(server, programs=request.getfixturevalue("programs"))

    @classmethod
    def quoted(cls, name: str) -> str:
        return backquoted(name)

    @classmethod
    def comments(cls, table: TableOf, place: str) -> list[str]:
        said = [f"alter table {place} comment = {cls.value(table.comment, 'text')}"]
        return said + [
            f"alter table {place} modify {cls.quoted(column)} {cls.TYPES['text']} not null"
            f" comment {cls.value(text, 'text')}"
            for column, text in table.column_comments
        ]


ODD = (
    "create database odd",
    "create table odd.Orders (id int unsigned auto_increment primary key,"
    " status enum('new','it''s paid','sent') not null, wrapping set('gift','rush'),"
    " quantity int unsigned not null, refunded_quantity int unsigned not null,"
    " is_gift tinyint(1), stars tinyint(1), is_open bit(1), order_date date,"
    " changed_at datetime(6), seen_at timestamp null, made year, mood char(3))",
    # Names that differ in case alone are two tables, where the file system says so.
    "create table odd.orders (id int primary key, label varchar(20) not null)",
    "set sql_mode = ''",
    *(
        f"insert into odd.Orders values ({i}, {1 + i % 3}, '{('', 'gift', 'gift,rush')[i % 3]}',"
        f" {i}, {i % 4 * 20}, {i % 2}, {1 + i % 5}, {i % 2},"
        f" '{'0000-00-00' if i == 7 else f'2024-01-{1 + i % 28:02}'}',"
        f" '2024-01-{1 + i % 28:02} 10:00:00.250000', null, 2024, 'a')"
        for i in range(1, 41)
    ),
    *(f"insert into odd.orders values ({i}, 'L{i}')" for i in range(1, 9)),
)


class TestWhatOnlyMySQLHas:
    @pytest.fixture(scope="class")
    @classmethod
    def generated(
        cls,
        tmp_path_factory: pytest.TempPathFactory,
        server: mysql.MySQLServer,
        programs: Path,
    ) -> Iterator[HostProject]:
        host = make_host(tmp_path_factory.mktemp("odd") / "shop", MySQL(server), programs=programs)
        host.warehouse.execute(*ODD)
        ran = host.dbt_process("run-operation", "cartridge_generate", "--args", "schemas: [odd]")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        yield host
        # DuckDB's attach reads the whole server, and no tables whose names differ in case alone.
        host.warehouse.execute("drop database odd")

    @pytest.fixture(scope="class")
    @classmethod
    def facts(cls, generated: HostProject) -> Scan:
        return Scan.load(documents_folder(generated.root))

    def test_booleans_enums_sets_and_years_are_told_for_what_they_are(self, facts: Scan) -> None:
        columns = facts.by_id["odd.Orders"].by_name
        assert {name: column.type for name, column in columns.items()} == {
            "id": "integer", "status": "text", "wrapping": "text", "quantity": "integer",
            "refunded_quantity": "integer", "is_gift": "boolean", "stars": "integer",
            "is_open": "boolean", "order_date": "date", "changed_at": "timestamp",
            "seen_at": "timestamp", "made": "integer", "mood": "text",
        }  # fmt: skip
        assert columns["status"].enum_values == ("new", "it's paid", "sent")
        assert columns["wrapping"].enum_values == ("", "gift", "rush", "gift,rush")
        assert columns["id"].generated
        opened = columns["is_open"].profile
        assert opened is not None
        assert {v.value for v in opened.top_values} == {"true", "false"}

    def test_zero_dates_are_no_dates(self, generated: HostProject, facts: Scan) -> None:
        order_date = facts.by_id["odd.Orders"].by_name["order_date"].profile
        assert order_date is not None
        assert (order_date.nulls, order_date.zeros, order_date.min) == (1, 1, "2024-01-01")
        staged = [text.decode() for path, text in generated.files().items() if "stg_odd" in path]
        assert any("case when month(order_date) > 0" in " ".join(t.split()) for t in staged)

    def test_tables_that_differ_in_case_alone_stay_apart(
        self, generated: HostProject, facts: Scan
    ) -> None:
        assert [r.name for r in facts.relations] == ["Orders", "orders"]
        assert [r.primary_key is not None for r in facts.relations] == [True, True]
        assert [len(r.columns) for r in facts.relations] == [13, 2]
        staged = [path for path in generated.files() if path.startswith("models/staging/odd/stg_")]
        assert len(staged) == 2

    def test_it_all_builds_in_a_strict_session(self, generated: HostProject) -> None:
        built = generated.dbt_process("build")
        assert built.returncode == 0, built.stdout[-4000:]
        files = generated.files()
        properties = "".join(t.decode() for p, t in files.items() if p.endswith(".yml"))
        assert "accepted_values" in properties
        assert "it''s paid" in properties


def test_duckdb_attaches_mysql_where_dbt_shall_be_newer_than_1_7(
    tmp_path: Path, server: mysql.MySQLServer
) -> None:
    """The second road: DuckDB reads MySQL's tables, and the models are built in DuckDB."""
    extension = pytest.importorskip(
        "duckdb_extension_mysql", reason="the extension of duckdb-extension-mysql is not there"
    )
    found = list(Path(extension.__file__).parent.rglob("*.duckdb_extension"))
    warehouse = MySQL(server)
    warehouse.execute(
        "create database attached",
        "create table attached.orders (order_id int primary key, status varchar(20) not null)",
        *(f"insert into attached.orders values ({i}, 'new')" for i in range(1, 31)),
        "create table attached.lines (line_id int primary key, order_id int not null,"
        " quantity int not null, price decimal(10, 2) not null)",
        *(
            f"insert into attached.lines values ({i}, {1 + i % 30}, {i % 4}, 2.5)"
            for i in range(1, 61)
        ),
    )
    duck = Attached(tmp_path / "local.duckdb", server.port, tmp_path / "extensions")
    duck.install(found[0])
    host = make_host(tmp_path / "shop", duck)
    ran = host.dbt_process(
        "run-operation", "cartridge_generate", "--args",
        "{database: mysql_shop, schemas: [attached]}",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    built = host.dbt_process("build")
    assert built.returncode == 0, built.stdout[-4000:]
    assert "database: mysql_shop" in host.read("models/staging/attached/_attached__sources.yml")
    assert "source as materialized (" in host.read(
        "models/staging/attached/stg_attached__orders.sql"
    )
