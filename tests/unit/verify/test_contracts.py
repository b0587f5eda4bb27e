"""Where the host enforces contracts, every column gets the type that the warehouse tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.folder_config import is_enforced, of_path
from dbt_cartridge.engine.base import Engine, Reply, Request
from dbt_cartridge.verify.contracts import asked_types, under_contract, untold, with_types
from tests.unit.design.made import column, designed, host, table

FOLDERS: dict[str, Any] = {
    "+materialized": "view",
    "shop": {
        "marts": {"+contract": {"enforced": True}, "loose": {"contract": {"enforced": False}}},
        "staging": {"+materialized": "table"},
    },
}


def config(path: str) -> dict[str, Any]:
    return of_path(FOLDERS, "shop", path, ("models",))


def test_the_nearer_folder_wins():
    assert config("models/staging/x.sql")["materialized"] == "table"
    assert config("models/marts/x.sql")["materialized"] == "view"
    assert is_enforced(config("models/marts/deep/x.sql"))
    assert not is_enforced(config("models/marts/loose/x.sql"))
    assert not is_enforced(config("models/staging/x.sql"))


def test_what_jinja_decides_counts_as_enforced():
    assert is_enforced({"contract": {"enforced": "{{ target.name == 'prod' }}"}})


class _Warehouse:
    """Answers each request for types with the words of the test."""

    def __init__(self, *types: str) -> None:
        self.types, self.asked = types, list[Request]()

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for number, request in enumerate(requests):
            self.asked.append(request)
            yield number, Reply(rows=(self.types[: len(request.body["columns"])],))


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "models").mkdir(parents=True)
    (tmp_path / "shop" / "models" / "dim_things.sql").write_text("select 1 as id\n")
    return tmp_path


def test_the_types_are_those_of_the_compiled_statement(compiled: Path):
    design = designed(table("things", column("id", role="key"), column("colour", "text")))
    warehouse = _Warehouse("INTEGER", "VARCHAR")
    types = asked_types(design, {"dim_things"}, compiled, cast("Engine", warehouse))
    assert warehouse.asked[0].body["query"] == "select 1 as id"
    typed = with_types(design, types)
    assert [c.data_type for c in typed.by_name["dim_things"].columns] == ["INTEGER", "VARCHAR"]
    assert with_types(typed, types) is typed


def test_a_type_that_is_not_told_is_said(compiled: Path):
    design = designed(table("things", column("id", role="key"), column("colour", "text")))
    types = asked_types(design, {"dim_things"}, compiled, cast("Engine", _Warehouse("INTEGER")))
    assert types == {}
    assert [each.where for each in untold({"dim_things"}, types)] == ["dim_things"]


def test_models_of_the_folder_alone_are_under_contract():
    design = designed(table("things", column("id", role="key"), column("colour", "text")))
    files = Files(
        files=tuple(
            File(path=f"models/{m.layer}/{m.name}.sql", text="", kind="sql", describes=(m.name,))
            for m in design.models
        )
    )
    assert under_contract(design, files, host(folders=FOLDERS)) == {"dim_things"}
