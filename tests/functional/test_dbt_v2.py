"""The main job with dbt v2, the Rust engine, behind the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.base import DbtCommand
from dbt_cartridge.engine.command_line import V2_ENVIRONMENT, CommandLineEngine
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import large, scan
from tests.functional import test_verify
from tests.functional.engines import scanned
from tests.functional.test_first_run import fill, made
from tests.functional.test_scan import NASTY, SHOP
from tests.support import dbt_v2
from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject, make_host, program
from tests.support.postgres import PostgresServer
from tests.support.warehouses import DuckDB, Postgres

pytestmark = pytest.mark.real_engine


@pytest.fixture(scope="module")
def v2() -> str:
    """The newest; `test_no_helper`, `test_drift` and `test_snowflake` run on an older one."""
    try:
        return dbt_v2.program(dbt_v2.NEWEST)
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt v2: {reason}")


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
    if isinstance(generated.warehouse, Postgres):
        return  # test_first_run compares v1's two doors there
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
    found, expected = scanned_on_v2(host, v2), scanned(host, monkeypatch)
    # But for the driver's words on a view that cannot be read.
    assert [each.where for each in found.problems] == [each.where for each in expected.problems]
    assert found == expected.model_copy(update={"problems": found.problems})
    assert not [each.what for each in found.problems if "===" in each.what]


def test_a_large_table_on_v2_is_measured_as_on_v1(
    duckdb_host: HostProject, v2: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "EXACT_ROWS", 1_000)
    monkeypatch.setattr(large, "SAMPLE_ROWS", 500)
    duckdb_host.warehouse.execute(
        "create schema raw",
        "create table raw.big as select i as id, i % 7 as kind, i * 37 % 900 as owner_id,"
        " i || '.50' as amount, timestamp '2024-01-01' + to_minutes(i) as at"
        " from range(5000) as t (i)",
    )
    assert scanned_on_v2(duckdb_host, v2) == scanned(duckdb_host, monkeypatch)


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


# ---------------------------------------------------------------- verification


@pytest.fixture
def verified_by_v2(v2: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The promises of test_verify, kept by dbt v2."""

    def dbt(host: HostProject) -> test_verify.Dbt:
        options = ("--profiles-dir", str(host.root))
        return test_verify.Dbt(DbtCommand((v2,), options, V2_ENVIRONMENT), host.warehouse)

    known = test_verify.shop.host
    monkeypatch.setattr(test_verify, "dbt", dbt)
    monkeypatch.setattr(
        test_verify.shop,
        "host",
        lambda *given: known(*given).model_copy(update={"dbt_version": "2.0.0"}),
    )


@pytest.mark.usefixtures("verified_by_v2")
def test_what_fails_on_v2_goes_and_the_rest_stays_proved(host: HostProject) -> None:
    test_verify.test_everything_that_fails_goes_and_the_rest_stays_proved(host)


@pytest.mark.usefixtures("verified_by_v2")
@pytest.mark.parametrize(
    "promise",
    [
        test_verify.test_cast_that_fails_in_one_row_goes_though_no_test_reads_the_column,
        test_verify.test_model_that_fails_in_one_row_is_left_out_with_all_that_reads_it,
        test_verify.test_test_that_nearly_holds_becomes_a_warning_with_its_evidence,
        test_verify.test_what_a_loss_changes_is_run_again_and_the_rest_is_not,
        test_verify.test_column_that_the_model_does_not_have_is_an_error_of_the_model,
        test_verify.test_level_sql_finds_errors_without_reading_a_row,
        test_verify.test_tables_above_the_limit_are_run_without_rows_and_the_report_says_so,
    ],
    ids=lambda promise: promise.__name__.removeprefix("test_"),
)
def test_verification_on_v2_keeps(
    promise: Callable[[HostProject], None], duckdb_host: HostProject
) -> None:
    promise(duckdb_host)


@pytest.mark.usefixtures("verified_by_v2")
def test_a_file_that_does_not_compile_on_v2_takes_its_model_with_it_and_no_other(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(*test_verify.shop.TABLES)
    design = test_verify.design_for(duckdb_host)
    files = test_verify.with_text(
        test_verify.files_for(duckdb_host, design), "fct_orders.sql", "select {{ ref('no') }}"
    )

    settled, _, verdicts = test_verify.proved(duckdb_host, design, files)

    assert "Ref 'no' not found" in test_verify.left_out(settled)["fct_orders"]
    assert len(settled.models) == 3
    assert verdicts.clean
