"""`cartridge init`."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_cartridge.errors import HostError
from dbt_cartridge.install import PLACE, install, package_folder, package_version
from tests.support.host import REPOSITORY


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    return tmp_path


def test_an_empty_host_gets_the_package_and_its_entry(project: Path) -> None:
    done = install(project)
    assert done.changed == (PLACE, "packages.yml")
    assert (project / "packages.yml").read_text() == f"packages:\n  - local: {PLACE}\n"
    assert package_version(project / PLACE) == done.version == package_version(REPOSITORY)
    assert (project / PLACE / "macros").is_dir()
    assert f"wrote {PLACE} and packages.yml" in str(done)


def test_a_second_init_changes_nothing(project: Path) -> None:
    install(project)
    again = install(project)
    assert again.changed == ()
    assert "all was in place" in str(again)


def test_other_packages_and_comments_stay(project: Path) -> None:
    before = (
        '# ours\npackages:\n  - package: dbt-labs/dbt_utils  # keep\n    version: [">=1.0.0"]\n'
    )
    (project / "packages.yml").write_text(before)
    install(project)
    assert (project / "packages.yml").read_text() == before + f"  - local: {PLACE}\n"


@pytest.mark.parametrize(
    "entry",
    [
        "git: https://example.org/team/dbt-cartridge.git\n    revision: 0.0.1",
        "package: team/cartridge\n    version: 0.0.1",
        "local: ../cartridge/",
    ],
)
def test_an_older_way_to_cartridge_is_replaced(project: Path, entry: str) -> None:
    (project / "packages.yml").write_text(f"packages:\n  - {entry}\n")
    install(project)
    assert (project / "packages.yml").read_text() == f"packages:\n  - local: {PLACE}\n"


def test_the_entry_goes_where_the_host_keeps_its_packages(project: Path) -> None:
    (project / "dependencies.yml").write_text("projects: []\npackages:\n  - local: ../x\n")
    install(project)
    assert not (project / "packages.yml").exists()
    assert f"  - local: {PLACE}\n" in (project / "dependencies.yml").read_text()


def test_a_changed_copy_is_mended(project: Path) -> None:
    install(project)
    (project / PLACE / "dbt_project.yml").write_text("version: 9.9.9\n")
    assert install(project).changed == (PLACE,)
    assert package_version(project / PLACE) == package_version(REPOSITORY)


def test_no_dbt_project_is_told(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"holds no dbt_project\.yml"):
        install(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["packages: {}\n", "packages: [\n", "- a\n"])
def test_a_broken_packages_file_is_told_and_left_alone(project: Path, text: str) -> None:
    (project / "packages.yml").write_text(text)
    with pytest.raises(HostError, match=r"packages\.yml"):
        install(project)
    assert (project / "packages.yml").read_text() == text
    assert not (project / PLACE).exists()


def test_the_package_of_a_checkout_is_the_checkout() -> None:
    assert package_folder() == REPOSITORY


def test_a_package_without_version_is_told(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: cartridge\n")
    with pytest.raises(HostError, match="names no version"):
        package_version(tmp_path)
