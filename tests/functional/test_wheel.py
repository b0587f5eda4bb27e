"""The wheel carries the dbt package, and `cartridge init` works from it alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dbt_cartridge.install import DBT_PACKAGE, PLACE
from tests.support.host import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: setuptools leaves folders behind in what it builds from."""
    folder = tmp_path_factory.mktemp("wheel")
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, tracked.split("\0")):
        source, copy = REPOSITORY / name, folder / "source" / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--wheel-dir", folder,
         folder / "source"],
        check=True, timeout=300,
    )  # fmt: skip
    [built] = folder.glob("*.whl")
    return built


def test_every_file_of_the_dbt_package_is_in_the_wheel(wheel: Path) -> None:
    carried = {
        name.removeprefix("dbt_cartridge/package/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("dbt_cartridge/package/")
    }
    expected = {
        path.relative_to(REPOSITORY).as_posix()
        for name in DBT_PACKAGE
        for path in [REPOSITORY / name, *(REPOSITORY / name).rglob("*")]
        if path.is_file()
    }
    assert carried == expected


def test_every_module_is_in_the_wheel(wheel: Path) -> None:
    root = REPOSITORY / "python_helpers"
    modules = {path.relative_to(root).as_posix() for path in root.rglob("*.py")}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert modules <= names
    assert "dbt_cartridge/py.typed" in names


def test_the_wheel_does_not_ask_for_a_dbt(wheel: Path) -> None:
    """`pip install dbt-cartridge` never changes the dbt that is there."""
    archive = zipfile.ZipFile(wheel)
    [metadata] = [name for name in archive.namelist() if name.endswith("METADATA")]
    required = [
        line
        for line in archive.read(metadata).decode().splitlines()
        if line.startswith("Requires-Dist: ") and "extra ==" not in line
    ]
    assert required
    assert not [line for line in required if "dbt" in line]


def test_init_works_from_the_unpacked_wheel(wheel: Path, tmp_path: Path) -> None:
    site, project = tmp_path / "site", tmp_path / "shop"
    zipfile.ZipFile(wheel).extractall(site)
    project.mkdir()
    (project / "dbt_project.yml").write_text("name: shop\n")
    code = (
        "from pathlib import Path; from dbt_cartridge import install as i; "
        f"assert Path(i.__file__).is_relative_to({str(site)!r}), i.__file__; "
        f"i.install(Path({str(project)!r}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=site, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert (project / PLACE / "macros" / "cartridge_generate.sql").exists()
    assert (project / "packages.yml").read_text() == f"packages:\n  - local: {PLACE}\n"
