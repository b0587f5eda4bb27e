"""Fixtures for every test: a host project on DuckDB, one on a real PostgreSQL, databases to load.

What cannot be had on a machine is skipped, with the reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from dbt_cartridge.engine import in_process
from tests.support import databases, dbt_v2, postgres
from tests.support.beside import SharedBeside
from tests.support.environments import EnvironmentMissing
from tests.support.host import ENVIRONMENT, HostProject, make_host
from tests.support.warehouses import DuckDB, Postgres

LoadDatabase = Callable[..., "list[str]"]

os.environ.update(ENVIRONMENT)


@pytest.fixture(scope="session", autouse=True)
def one_dbt_beside() -> Iterator[None]:
    """What the tests' own dbt runs has its models proved by one dbt, which is started once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_process, "Beside", SharedBeside)
        yield


@pytest.fixture
def duckdb_host(tmp_path: Path) -> HostProject:
    """An empty dbt project over an empty DuckDB file, with cartridge installed as a package."""
    return make_host(tmp_path / "shop", DuckDB(tmp_path / "warehouse.duckdb"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """One real PostgreSQL server per test process."""
    try:
        server = postgres.start()
    except postgres.PostgresMissing as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    yield server
    server.stop()


@pytest.fixture
def postgres_database(postgres_server: postgres.PostgresServer) -> Iterator[Postgres]:
    """A database of its own for one test."""
    name = f"test_{uuid4().hex[:12]}"
    postgres_server.create_database(name)
    yield Postgres(postgres_server, name)
    postgres_server.drop_database(name)


@pytest.fixture
def postgres_host(tmp_path: Path, postgres_database: Postgres) -> HostProject:
    """An empty dbt project over an empty PostgreSQL database, cartridge installed."""
    return make_host(tmp_path / "shop", postgres_database)


@pytest.fixture(scope="session")
def v2() -> str:
    """A `dbt` that is dbt v2, for `--dbt`."""
    try:
        return dbt_v2.program()
    except EnvironmentMissing as reason:
        pytest.skip(f"no dbt v2: {reason}")


@pytest.fixture(params=["duckdb", "postgres"])
def host(request: pytest.FixtureRequest) -> HostProject:
    """The same test on both warehouses."""
    found: HostProject = request.getfixturevalue(f"{request.param}_host")
    return found


@pytest.fixture(scope="session")
def cartridge_data() -> Path:
    """The folder of real databases."""
    place = os.environ.get("CARTRIDGE_DATA")
    if not place:
        pytest.skip("CARTRIDGE_DATA is not set: it names the folder of databases to test on")
    folder = Path(place)
    if not folder.is_dir():
        pytest.skip(f"CARTRIDGE_DATA is {place}, which is not a folder")
    return folder


@pytest.fixture
def load_database(cartridge_data: Path) -> LoadDatabase:
    """`load_database("chinook", host)` loads a database into the host's warehouse, schema `raw`."""

    def load(name: str, target: HostProject, schema: str = "raw", **options: bool) -> list[str]:
        return databases.load(cartridge_data / name, target.warehouse, schema, **options)

    return load
