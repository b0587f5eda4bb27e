"""dbt without the helper (dbt Cloud, dbt v2): it scans into the warehouse, and a laptop goes on."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from dbt.context import base

from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.engine.stored import stored
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.functional.engines import command_line
from tests.functional.test_first_run import fill, made
from tests.functional.test_scan import NASTY, SHOP
from tests.support.host import HostProject, make_host
from tests.support.warehouses import DuckDB

pytestmark = pytest.mark.real_engine


@pytest.fixture
def no_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt v1, in process, as it is where cartridge's Python package is not installed."""

    def without() -> dict[str, Any]:
        return {name: module for name, module in known().items() if name != "cartridge"}

    known = base.get_context_modules
    without.has_cartridge = True  # type: ignore[attr-defined]  # the plugin lets it be
    monkeypatch.setattr(base, "get_context_modules", without)


def read_back(engine: CommandLineEngine, **options: Any) -> Scan:
    reader, chosen = stored(engine, settings(options, environment={}))
    return scan(reader, chosen, Silent())


def must_be_the_same(engine: CommandLineEngine) -> None:
    """The stored scan and a direct one, through the same engine."""
    facts = scan(engine, settings({"schemas": "raw"}, environment={}), Silent())
    found = read_back(engine)
    assert found.statements < facts.statements
    assert found == facts.model_copy(update={"statements": found.statements})


def on_v2(host: HostProject, v2: str, arguments: str) -> subprocess.CompletedProcess[str]:
    return host.dbt_process(
        "run-operation", "cartridge_generate", "--args", arguments, "-q", dbt=v2
    )


@pytest.mark.usefixtures("no_helper")
def test_dbt_v1_without_the_helper_stores_hostile_names_as_the_scan_would_find_them(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(*NASTY)
    duckdb_host.operation("cartridge_generate", schemas=["RAW"]).must_succeed()
    must_be_the_same(command_line(duckdb_host))


@pytest.mark.parametrize("statements", [SHOP, NASTY], ids=["shop", "hostile"])
def test_dbt_v2_stores_what_the_scan_would_find(
    host: HostProject, statements: tuple[str, ...], v2: str
) -> None:
    host.warehouse.execute(*statements)
    ran = on_v2(host, v2, "{schemas: raw}")
    assert ran.returncode == 0, ran.stdout
    must_be_the_same(CommandLineEngine(host.root, dbt=v2, profiles_dir=host.root))


def test_a_laptop_goes_on_from_the_stored_scan_to_the_same_files(
    duckdb_host: HostProject, v2: str
) -> None:
    fill(duckdb_host.warehouse)
    ran = on_v2(duckdb_host, v2, "{schemas: [raw]}")
    assert ran.returncode == 0, ran.stdout
    seen = {line.split()[0]: line.split()[1:] for line in ran.stdout.splitlines() if "raw." in line}
    assert seen["raw.order_lines"][:2] == ["fact", "900"]
    assert seen["raw.categories"][0] in ("reference", "dimension")
    assert "cartridge generate --from-warehouse" in ran.stdout
    assert isinstance(duckdb_host.warehouse, DuckDB)
    direct = make_host(duckdb_host.root.parent / "direct" / "shop", duckdb_host.warehouse)
    for project, how in ((duckdb_host, ("--from-warehouse",)), (direct, ("--schemas", "raw"))):
        done = project.cartridge("generate", *how, "--dbt", v2)
        assert done.returncode == 0, done.stdout + done.stderr
    assert made(duckdb_host) == made(direct)


def test_a_later_scan_replaces_the_earlier_and_only_the_asked_for_is_stored(
    duckdb_host: HostProject, v2: str
) -> None:
    duckdb_host.warehouse.execute(*SHOP)
    for _ in range(2):
        ran = on_v2(duckdb_host, v2, "{schemas: raw, tables: 'cust*', profile: none}")
        assert ran.returncode == 0, ran.stdout
    scans = "select count(distinct scan_id) from analytics.cartridge_scans"
    assert duckdb_host.warehouse.query(scans) == [(1,)]
    engine = CommandLineEngine(duckdb_host.root, dbt=v2, profiles_dir=duckdb_host.root)
    found = read_back(engine, tables="cust*")
    assert [relation.name for relation in found.relations] == ["customers"]
    assert found.profile == "none"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("{}", "Say which schemas hold the raw tables"),
        ("{schemas: [rwa]}", "There is no schema 'rwa'"),
        ("{schemas: [raw], verfy: sql}", "Unknown option 'verfy'"),
        ("{schemas: [raw], tables: nothing_*}", "Nothing can be scanned in raw"),
    ],
)
def test_what_is_not_known_is_refused_without_the_helper_too(
    duckdb_host: HostProject, v2: str, arguments: str, says: str
) -> None:
    duckdb_host.warehouse.execute(*SHOP)
    ran = on_v2(duckdb_host, v2, arguments)
    assert ran.returncode != 0
    assert says in ran.stdout + ran.stderr


def test_no_stored_scan_is_told_with_what_to_run(duckdb_host: HostProject, v2: str) -> None:
    duckdb_host.warehouse.execute(*SHOP)
    ran = duckdb_host.cartridge("generate", "--from-warehouse", "--dbt", v2)
    assert ran.returncode != 0
    assert "dbt run-operation cartridge_generate" in ran.stderr


def test_profile_none_reads_no_row(duckdb_host: HostProject, v2: str) -> None:
    """By dbt v2's own log of statements."""
    duckdb_host.warehouse.execute(*SHOP)
    ran = on_v2(duckdb_host, v2, "{schemas: raw, profile: none}")
    assert ran.returncode == 0, ran.stdout
    sent = duckdb_host.read("logs/query_log.sql")
    assert "duckdb_tables()" in sent
    assert '"raw".' not in sent
