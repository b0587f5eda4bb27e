"""The main job on the other versions of dbt Core, each in process in an environment of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.contract_tables import SHOP, Ansi
from tests.support.dbts import DUCKDB
from tests.support.environments import EnvironmentMissing
from tests.support.host import make_host
from tests.support.warehouses import DuckDB

pytestmark = pytest.mark.real_engine

# What the version reads, and what it must not see.
WORDS = {"1.7": ("    tests:", "data_tests:"), "1.10": ("data_tests:", "    tests:"),
         "1.12": ("arguments:", "    tests:")}  # fmt: skip


@pytest.mark.parametrize("version", ["1.7", pytest.param("1.10", marks=pytest.mark.slow), "1.12"])
def test_what_a_version_of_dbt_generates_it_builds_without_a_warning(
    version: str, tmp_path: Path
) -> None:
    try:
        programs = DUCKDB[version].made() / "bin"
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt {version}: {reason}")
    host = make_host(tmp_path / "shop", DuckDB(tmp_path / "warehouse.duckdb"), programs=programs)
    host.warehouse.execute(
        *Ansi.made("shop", SHOP),
        # An entity that changes: a snapshot is made of it.
        "create table shop.accounts as select i as account_id, 'Account ' || i as account_name,"
        " timestamp '2024-01-01 10:00:00' + i * interval '1 hour' as updated_at"
        " from generate_series(1, 60) as t(i)",
    )
    ran = host.dbt_process("run-operation", "cartridge_generate", "--args", "schemas: [shop]")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"Running with dbt={version}." in ran.stdout
    built = host.dbt_process("build")
    assert built.returncode == 0, built.stdout[-4000:]
    assert "WARN=0 ERROR=0 SKIP=0" in built.stdout
    assert "eprecat" not in built.stdout.replace("This version of dbt is deprecated", "")
    files = {path: text.decode() for path, text in host.files().items()}
    made = "".join(t for p, t in files.items() if p.startswith("models/") and p.endswith(".yml"))
    wanted, unwanted = WORDS[version]
    assert wanted in made
    assert unwanted not in made
    snapshots = [path for path in files if path.startswith("snapshots/")]
    assert snapshots
    # Before dbt 1.9 a snapshot is a block of SQL; its YAML describes it alone.
    assert any(path.endswith(".sql") for path in snapshots) == (version == "1.7")
