"""dbt v2 (the Rust engine) from package registries: the command line, and the drivers it loads.

The driver of DuckDB is a library out of an npm package; PostgreSQL's and Snowflake's are out of
their Python wheels, at the place where dbt keeps what it has downloaded.
"""

from __future__ import annotations

import fcntl
import platform
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tests.support.environments import SECONDS, Environment, EnvironmentMissing

OLDER = "dbt-core-experimental-parser"  # 2.0.0-alpha.4: later ones have no wheel
NEWEST = "dbt"
VERSIONS = {OLDER: "2.0.0a4", NEWEST: "2.0.0rc196"}
DUCKDB = "@duckdb/node-bindings-linux-x64@1.5.6-r.1"
ADBC = "com.getdbt/adbc/x86_64-manylinux_2_17-linux-gnu"
# As the wheel calls it, and as dbt does.
DRIVERS = {
    "postgresql": "libadbc_driver_postgresql-0.21.0+dbt0.21.0.so",
    "snowflake": "libadbc_driver_snowflake-0.21.0.dev+dbt0.21.13.so",
}
_ADBC = tuple(f"adbc-driver-{name}==1.8.0" for name in DRIVERS)
ENVIRONMENTS = {
    OLDER: Environment("dbt-v2", (f"{OLDER}=={VERSIONS[OLDER]}", *_ADBC)),
    NEWEST: Environment("dbt-v2-newest", (f"{NEWEST}=={VERSIONS[NEWEST]}", *_ADBC)),
}

SCRIPT = """#!/bin/sh
# dbt v2 with the drivers that lie beside it.
export LD_LIBRARY_PATH="{lib}" XDG_CACHE_HOME="{cache}" DBT_ALLOW_EXPERIMENTAL_ADAPTERS=true
exec "{program}" "$@"
"""


def program(package: str = OLDER) -> str:
    """The path of a `dbt` that is v2, for `--dbt`. `package`: what it comes from.

    Raises:
        EnvironmentMissing: no such machine, no npm, or a package that cannot be had.
    """
    if platform.machine() != "x86_64" or platform.system() != "Linux":
        raise EnvironmentMissing("the wheel and the driver are for Linux on x86_64")
    folder = ENVIRONMENTS[package].made()
    script = folder / "v2" / "dbt"
    with (folder / ".v2.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not script.exists():
            _furnish(folder, package)
    return str(script)


def _furnish(folder: Path, package: str) -> None:
    lib, cache = folder / "v2" / "lib", folder / "v2" / "cache"
    (cache / ADBC).mkdir(parents=True, exist_ok=True)
    lib.mkdir(parents=True, exist_ok=True)
    _take_from_npm(DUCKDB, "package/libduckdb.so", lib)
    for name, place in DRIVERS.items():
        (driver,) = folder.rglob(f"site-packages/adbc_driver_{name}/libadbc_driver_{name}.so")
        shutil.copy2(driver, cache / ADBC / place)
    script = folder / "v2" / "dbt"
    text = SCRIPT.format(lib=lib, cache=cache, program=folder / "bin" / package)
    script.with_suffix(".new").write_text(text, "utf-8")
    script.with_suffix(".new").chmod(0o755)
    script.with_suffix(".new").rename(script)


def _take_from_npm(package: str, member: str, into: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise EnvironmentMissing("npm is not installed (Debian: npm); it brings DuckDB's library")
    with tempfile.TemporaryDirectory() as place:
        try:
            done = subprocess.run(
                [npm, "pack", package], cwd=place, capture_output=True, text=True,
                timeout=SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise EnvironmentMissing(f"npm took longer than {SECONDS} s") from late
        if done.returncode:
            raise EnvironmentMissing(done.stderr.strip()[-600:])
        (packed,) = Path(place).glob("*.tgz")
        with tarfile.open(packed) as archive:
            source = archive.extractfile(member)
            if source is None:
                raise EnvironmentMissing(f"{package} has no {member}")
            with source, (into / Path(member).name).open("wb") as target:
                shutil.copyfileobj(source, target)
