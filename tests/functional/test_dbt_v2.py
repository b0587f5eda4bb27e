"""The main job with dbt v2, the Rust engine, behind the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.functional.engines import scanned
from tests.functional.test_first_run import fill, made
from tests.functional.test_scan import NASTY, SHOP
from tests.support.host import HostProject, make_host, program
from tests.support.postgres import PostgresServer
from tests.support.warehouses import DuckDB, Postgres

pytestmark = pytest.mark.real_engine


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def generated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, v2: str
) -> Iterator[HostProject]:
    """A project after `cartridge generate` with dbt v2."""
    folder = tmp_path_factory.mktemp(f"v2_{request.param}")
    if request.param == "duckdb":
        host = make_host(folder / "shop", DuckDB(folder / "warehouse.duckdb"))
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.create_database("on_v2")
        host = make_host(folder / "shop", Postgres(server, "on_v2"))
    fill(host.warehouse)
    ran = host.cartridge("generate", "--schemas", "raw", "--dbt", v2)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " ran, " in ran.stdout  # dbt v2 itself proved it
    yield host
    if isinstance(host.warehouse, Postgres):
        host.warehouse.server.drop_database("on_v2")


def test_v1_in_process_v1_by_its_command_line_and_v2_make_the_same_bytes(
    generated: HostProject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    by_v2 = made(generated)
    folder = tmp_path_factory.mktemp("others")
    in_process = make_host(folder / "in_process" / "shop", generated.warehouse)
    in_process.operation("cartridge_generate", schemas=["raw"]).must_succeed()
    assert made(in_process) == by_v2
    by_v1 = make_host(folder / "by_v1" / "shop", generated.warehouse)
    ran = by_v1.cartridge("generate", "--schemas", "raw", "--dbt", program("dbt"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert made(by_v1) == by_v2


def test_what_is_generated_parses_without_a_warning_and_builds_on_v2_without_cartridge(
    generated: HostProject, tmp_path_factory: pytest.TempPathFactory, v2: str
) -> None:
    folder = tmp_path_factory.mktemp("built")
    copy = make_host(folder / "shop", generated.warehouse, package=False)
    for path, content in made(generated).items():
        copy.write(path, content.decode("utf-8"))
    parsed = copy.dbt_process("parse", dbt=v2)
    said = parsed.stdout + parsed.stderr
    assert parsed.returncode == 0, said
    assert "arning" not in said.lower().replace("0 warnings", "")
    built = copy.dbt_process("build", dbt=v2)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "rror" not in built.stdout
    facts = copy.warehouse.query("select count(*) from analytics.fct_order_lines")
    assert facts == [(900,)]


def test_a_second_run_on_v2_changes_no_byte(generated: HostProject, v2: str) -> None:
    before = generated.files()
    ran = generated.cartridge("generate", "--schemas", "raw", "--dbt", v2)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert generated.files() == before


@pytest.mark.parametrize("statements", [SHOP, NASTY], ids=["shop", "hostile"])
def test_the_scan_on_v2_is_that_of_v1(
    statements: tuple[str, ...], host: HostProject, v2: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.warehouse.execute(*statements)
    assert scanned_on_v2(host, v2) == scanned(host, monkeypatch)


def test_a_broken_host_is_told_on_v2(duckdb_host: HostProject, v2: str) -> None:
    fill(duckdb_host.warehouse)
    duckdb_host.write("models/mine.sql", "select * from {{ ref('nowhere') }}")
    before = duckdb_host.files()
    ran = duckdb_host.cartridge("generate", "--schemas", "raw", "--dbt", v2)
    assert ran.returncode != 0
    assert "dbt cannot read the project" in ran.stderr
    assert "nowhere" in ran.stderr
    assert duckdb_host.files() == before


def test_a_host_without_the_package_is_told_on_v2(duckdb_host: HostProject, v2: str) -> None:
    (duckdb_host.root / "dbt_packages" / "cartridge").unlink()
    (duckdb_host.root / "packages.yml").unlink()
    ran = duckdb_host.cartridge("generate", "--schemas", "raw", "--dbt", v2)
    assert ran.returncode != 0
    assert "cartridge init" in ran.stderr


def test_a_warehouse_that_cannot_be_reached_is_told_on_v2(
    duckdb_host: HostProject, v2: str
) -> None:
    text = duckdb_host.read("profiles.yml")
    duckdb_host.write("profiles.yml", text.replace("warehouse.duckdb", "nowhere/w.duckdb"))
    ran = duckdb_host.cartridge("generate", "--schemas", "raw", "--dbt", v2)
    assert ran.returncode != 0
    assert "dbt cannot reach the warehouse" in ran.stderr or "cannot be read" in ran.stderr
    assert "nowhere" in ran.stderr


def test_debug_finds_nothing_to_mend_on_v2(generated: HostProject, v2: str) -> None:
    ran = generated.cartridge("debug", "--schemas", "raw", "--dbt", v2)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def scanned_on_v2(host: HostProject, v2: str, **options: object) -> Scan:
    engine = CommandLineEngine(host.root, dbt=v2, profiles_dir=host.root)
    chosen = settings({"schemas": "raw", **options}, environment={})
    return scan(engine, chosen, Silent())
