"""The copy that is begun while the warehouse is read: what is in it, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dbt_cartridge.engine.base import DbtCommand, Target
from dbt_cartridge.verify.ahead import Ahead
from tests.unit.verify import shop


@dataclass
class Kept:
    """A dbt that notes what it is told, and finds what it would find."""

    runs_ahead: bool = True
    told: list[str] = field(default_factory=list[str])
    found: dict[str, str] = field(default_factory=dict[str, str])

    def ahead(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.told.append(arguments[0])
        texts = (path for path in folder.rglob("*") if path.is_file())
        self.found = {path.relative_to(folder).as_posix(): path.read_text() for path in texts}
        (folder / "target").mkdir()
        (folder / "target" / "partial_parse.msgpack").write_text("read")

    def settle(self) -> None:
        self.told.append("settle")

    def stop(self) -> None:
        self.told.append("stop")

    def run_in(
        self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str],
        on_line: Callable[[str], None], seconds: float,
    ) -> int | None:  # fmt: skip
        raise AssertionError


def engine(kept: Kept | None) -> Any:
    target = Target("duckdb", "shop", "analytics", 1, "1.11.16")
    return SimpleNamespace(command=DbtCommand(("dbt",), kept=kept), target=target)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in {
        "dbt_project.yml": "name: shop\nprofile: shop\n",
        "models/own.sql": "select 1",
        "macros/own.sql": "{% macro own() %}{% endmacro %}",
        "macros/cartridge/deep.sql": "{% macro deep() %}{% endmacro %}",
    }.items():
        (tmp_path / "host" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "host" / path).write_text(text)
    return tmp_path / "host"


def texts(project: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in project.rglob("*") if path.is_file()}


def test_dbt_reads_the_hosts_macros_ahead_and_one_of_each_kind(project: Path) -> None:
    kept = Kept()
    with Ahead(project) as ahead:
        ahead.begin(shop.host(), engine(kept))
        assert kept.told == ["parse"]
        assert kept.found.keys() >= {"dbt_project.yml", "macros/own.sql"}
        assert "models/own.sql" not in kept.found
        own = {path: text for path, text in kept.found.items() if "cartridge_ahead" in path}
        assert len(own) == 3
        assert not any("ref(" in text or "source(" in text for text in own.values())


def test_the_folder_holds_what_dbt_has_read_and_nothing_else_and_the_host_is_as_it_was(
    project: Path,
) -> None:
    before, kept = texts(project), Kept()
    with Ahead(project) as ahead:
        ahead.begin(shop.host(), engine(kept))
        folder = ahead.folder()
        assert kept.told == ["parse", "settle"]
        assert [path.name for path in folder.iterdir()] == ["target"]
        assert (folder / "target" / "partial_parse.msgpack").read_text() == "read"
        assert ahead.folder() == folder
        assert kept.told == ["parse", "settle"]
    assert texts(project) == before
    assert not folder.exists()


def test_where_nothing_came_to_be_proved_dbt_is_ended_before_its_folder_goes(project: Path) -> None:
    kept = Kept()
    with Ahead(project) as ahead:
        ahead.begin(shop.host(), engine(kept))
    assert kept.told == ["parse", "stop"]


@pytest.mark.parametrize("kept", [None, Kept(runs_ahead=False)], ids=["none", "at work"])
def test_without_a_dbt_that_waits_nothing_is_done_ahead(project: Path, kept: Kept | None) -> None:
    with Ahead(project) as ahead:
        ahead.begin(shop.host(), engine(kept))
        assert list(ahead.folder().iterdir()) == []
    assert kept is None or kept.told == []


def test_a_host_that_cannot_be_copied_is_left_to_the_proof(project: Path) -> None:
    (project / "dbt_project.yml").write_text("name: [")
    kept = Kept()
    with Ahead(project) as ahead:
        ahead.begin(shop.host(), engine(kept))
        assert kept.told == []
        assert list(ahead.folder().iterdir()) == []
