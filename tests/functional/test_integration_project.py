"""The project beside the package: seeds as raw tables, then everything that a user would run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.host import ENVIRONMENT, REPOSITORY, program
from tests.support.postgres import PostgresServer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy below a folder that stands for the repository, so that `local: ../` leads there."""
    for name in ("dbt_project.yml", "packages.yml", "macros"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    ignored = shutil.ignore_patterns("target", "dbt_packages", "logs", "*.duckdb")
    shutil.copytree(REPOSITORY / "integration_tests", tmp_path / "shop", ignore=ignored)
    return tmp_path / "shop"


def run(project: Path, variables: Mapping[str, str], *command: str) -> str:
    environment = {**ENVIRONMENT, "PATH": "/usr/bin", **variables}
    done = subprocess.run(
        [program("dbt"), *command], cwd=project, env=environment, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def goes_through(project: Path, variables: Mapping[str, str]) -> None:
    run(project, variables, "deps")
    run(project, variables, "seed")
    run(project, variables, "run-operation", "cartridge_generate")
    assert (project / "models" / "staging").is_dir()
    built = run(project, variables, "build")
    assert "ERROR=0" in built
    before = {path: path.read_bytes() for path in (project / "models").rglob("*.*")}
    run(project, variables, "run-operation", "cartridge_generate")
    assert {path: path.read_bytes() for path in (project / "models").rglob("*.*")} == before


def test_the_project_goes_through_on_duckdb(project: Path) -> None:
    goes_through(project, {"CARTRIDGE_TARGET": "duckdb"})


@pytest.mark.slow
def test_the_project_goes_through_on_postgres(
    project: Path, postgres_server: PostgresServer
) -> None:
    postgres_server.create_database("test_integration")
    port = str(postgres_server.port)
    variables = {"CARTRIDGE_POSTGRES_PORT": port, "CARTRIDGE_POSTGRES_DATABASE": "test_integration"}
    goes_through(project, {"CARTRIDGE_TARGET": "postgres", **variables})
