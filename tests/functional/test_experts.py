"""A strong model's answers on real databases: every part is taken, the project builds clean, and
each figure is that of the raw tables. With one fault, only the faulty part is lost."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge import pipeline
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.design import Offline
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.llm.designing import weighed_raw
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.providers.mock import Mock, scripted
from dbt_cartridge.progress import Silent
from tests.support import databases
from tests.support.experts import NAMES, Expert, expert
from tests.support.host import HostProject, make_host, program
from tests.support.warehouses import DuckDB

Path_ = tuple["str | int", ...]


@dataclass(frozen=True)
class Run:
    expert: Expert
    host: HostProject
    outcome: pipeline.Outcome


# One of the three in every run.
_PARAMS = [
    pytest.param(name, marks=pytest.mark.slow if at else ()) for at, name in enumerate(NAMES)
]


@pytest.fixture(scope="module", params=_PARAMS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    its = expert(request.param)
    source, folder = its.folder, tmp_path_factory.mktemp(its.name)
    host = make_host(folder / "shop", DuckDB(folder / "warehouse.duckdb"))
    databases.load(source, host.warehouse)
    host.warehouse.release()
    engine = CommandLineEngine(
        host.root, dbt=program("dbt"), profiles_dir=host.root, profile=None, target=None
    )
    settings = Settings(provider="mock", schemas=("raw",))
    opened = Opened(Mock(scripted({"design": its.models})), Model("mock", "", 200_000, 16_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_PROFILES_DIR", str(host.root))
        outcome = pipeline.generate(engine, settings, host.root, Silent(), opened=opened)
    return Run(its, host, outcome)


def test_every_part_is_taken_builds_clean_and_has_the_values_of_the_raw_tables(run: Run) -> None:
    assert run.outcome.asked is not None
    assert run.outcome.asked.fallbacks == ()
    refuted = [each for each in run.outcome.design.left_out if "expression" in each.what]
    assert refuted == [], "a rule of the expert's does not hold"
    built = run.host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(built.statuses.values())
    for pair in run.expert.values:
        found, meant = (_rounded(run.host.warehouse.query(pair[side])) for side in ("built", "raw"))
        assert found == meant, pair["built"]


def test_new_marts_are_full_members(run: Run) -> None:
    design = run.outcome.design
    offline = Offline.load(documents_folder(run.host.root))
    new = [model for model in design.models if model.name not in offline.by_name]
    assert len(new) >= 4
    for model in new:
        assert model.description
        assert model.grain or model.layer == "intermediate"
        assert {column.name for column in model.columns} >= set(model.primary_key)
        keyed = {test.kind for test in model.all_tests}
        assert keyed & {"unique", "composite_unique"}, model.name


def test_with_one_fault_only_the_faulty_part_is_lost(run: Run) -> None:
    offline = Offline.load(documents_folder(run.host.root))
    tried = 0
    for name, answer in run.expert.models.items():
        whole = weighed_raw(offline, name, answer, "duckdb")
        assert whole.refused == ()
        for place, bad in _faulty(answer):
            spoilt = weighed_raw(offline, name, bad, "duckdb")
            tried += 1
            assert spoilt.answer is not None, (name, place)
            assert spoilt.refused, (name, place)
            lost = _lost(answer, spoilt.answer.model_dump(mode="json", exclude_defaults=True))
            allowed = {_name_at(answer, place), *_readers(answer, place)}
            assert lost <= allowed, (name, place, [str(each) for each in spoilt.refused])
    assert tried >= 10


# ---------------------------------------------------------------- faults


def _faulty(answer: dict[str, Any]) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """The answer with one fault, for each part that can have one."""
    places: list[Path_] = [("columns", n) for n in range(len(answer.get("columns", ())))]
    places += [("rules", n) for n in range(len(answer.get("rules", ())))]
    for number, mart in enumerate(answer.get("marts", ())):
        places += [("marts", number, "columns", n) for n in range(len(mart["columns"]))]
    for place in places:
        bad = copy.deepcopy(answer)
        part: Any = bad
        for step in place:
            part = part[step]
        part["expression"] = "read_csv('/etc/passwd')"
        yield place, bad


def _name_at(answer: dict[str, Any], place: Path_) -> str:
    part: Any = answer
    for step in place:
        part = part[step]
    return str(part["name"])


def _readers(answer: dict[str, Any], place: Path_) -> set[str]:
    """What cannot be without the part: columns, tests and models that name it."""
    gone, more = {_name_at(answer, place)}, True
    parts = list(_parts(answer))
    while more:
        new = {
            name
            for name, text in parts
            if name not in gone and any(f'"{each}"' in text or _word(each, text) for each in gone)
        }
        gone |= new
        more = bool(new)
    lost = [mart for mart in answer.get("marts", ()) if mart["name"] in gone]
    return gone | {part["name"] for mart in lost for part in mart["columns"]}


def _word(name: str, text: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def _parts(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("columns", "rules"):
        for part in answer.get(field, ()):
            yield part["name"], part["expression"]
    for part in answer.get("accepted", ()):
        yield f"accepted {part['column']}", part["column"]
    for mart in answer.get("marts", ()):
        yield mart["name"], json.dumps(mart)
        for field in ("columns", "rules"):
            for part in mart.get(field, ()):
                yield part["name"], part["expression"]


def _lost(answer: dict[str, Any], standing: dict[str, Any]) -> set[str]:
    return {name for name, _ in _parts(answer)} - {name for name, _ in _parts(standing)}


def _rounded(rows: list[Any]) -> list[tuple[Any, ...]]:
    def cell(value: Any) -> Any:
        number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
        return round(float(value), 4) if number else str(value)

    return [tuple(cell(value) for value in row) for row in rows]


def test_the_fixtures_are_of_three_databases() -> None:
    assert len(NAMES) == 3
    assert all((Path(__file__).parents[1] / "fixtures" / "experts" / f"{n}.yml").exists()
               for n in NAMES)  # fmt: skip
