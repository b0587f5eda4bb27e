"""Several runs, each about a part of the warehouse, write into one project."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from dbt_cartridge.documents.changes import Given
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import HostModel
from dbt_cartridge.write import apply, fit, plan, recognise
from tests.unit.write.host_project import HOST, MEMORY

MARTS = "models/marts/_marts__models.yml"


@pytest.fixture
def root() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        yield Path(place)


def _made(models: dict[str, str], *, column: str = "id") -> Files:
    """Model → the relation that it is made from; all of them in one file of YAML."""
    entries = [
        {"name": name, "columns": [{"name": column, "data_tests": ["unique"]}]} for name in models
    ]
    text = yaml.safe_dump({"version": 2, "models": entries}, sort_keys=False)
    files = [
        File(path=f"models/marts/{name}.sql", text=f"select 1 as {column}\n", kind="sql",
             describes=(name,), relations=(relation,) if relation else ())
        for name, relation in models.items()
    ]  # fmt: skip
    page = File(path=MARTS, text=text, kind="yaml", describes=tuple(sorted(models)))
    return Files(files=(page, *files))


def _run(root: Path, made: Files, given: Given | None = None) -> dict[str, str]:
    given = given or Given()
    files = fit(made, HOST, root, given).files
    changes = apply(files, plan(files, HOST, root, given), root)
    return {change.path: change.action for change in changes.changes}


def _described(root: Path) -> list[str]:
    return [entry["name"] for entry in yaml.safe_load((root / MARTS).read_text())["models"]]


def test_a_run_about_another_schema_takes_no_test_away(root: Path) -> None:
    _run(root, _made({"fct_orders": "a.orders", "dim_dates": ""}))
    _run(root, _made({"dim_dates": "", "fct_tickets": "b.tickets"}))
    assert _described(root) == ["fct_orders", "dim_dates", "fct_tickets"]
    before = (root / MARTS).read_bytes()
    _run(root, _made({"fct_orders": "a.orders", "dim_dates": ""}))
    assert (root / MARTS).read_bytes() == before
    again = _run(root, _made({"dim_dates": "", "fct_tickets": "b.tickets"}))
    assert again[MARTS] == "unchanged"


def test_edits_of_the_user_stay_in_what_another_run_writes(root: Path) -> None:
    _run(root, _made({"fct_orders": "a.orders", "dim_dates": ""}))
    edited = (root / MARTS).read_text().replace("- unique", "- unique\n      - not_null", 1)
    (root / MARTS).write_text(edited)
    _run(root, _made({"dim_dates": "", "fct_tickets": "b.tickets"}))
    assert "not_null" in (root / MARTS).read_text()
    assert set(_described(root)) == {"fct_orders", "dim_dates", "fct_tickets"}


def test_of_a_table_that_is_gone_nothing_is_kept(root: Path) -> None:
    _run(root, _made({"fct_orders": "a.orders", "dim_dates": ""}))
    _run(root, _made({"dim_dates": ""}), Given(gone=("a.orders",)))
    assert _described(root) == ["dim_dates"]


def _apart(models: dict[str, str]) -> Files:
    """As `_made`, with a file of YAML for each model."""
    made = [_made({name: relation}) for name, relation in models.items()]
    files = (f for each in made for f in each.files)
    return Files(
        files=tuple(
            f.model_copy(update={"path": f"models/marts/{f.describes[0]}.yml"})
            if f.kind == "yaml" else f
            for f in files
        )
    )  # fmt: skip


def test_where_each_model_gets_its_file_nothing_is_said_twice_of_one_that_the_user_deleted(
    root: Path,
) -> None:
    models = {"fct_orders": "a.orders", "fct_tickets": "a.tickets"}
    _run(root, _made(models))
    (root / "models/marts/fct_tickets.sql").unlink()
    _run(root, _apart(models))
    assert not (root / MARTS).exists()
    assert not (root / "models/marts/fct_tickets.yml").exists()


def test_what_yaml_says_stays_where_the_user_edited_it_and_where_others_of_it_stay(
    root: Path,
) -> None:
    _run(root, _made({"fct_orders": "a.orders", "dim_dates": "", "fct_tickets": "b.tickets"}))
    host = HOST.model_copy(
        update={"models": tuple(HostModel(name=n, path=f"models/marts/{n}.sql", package="shop")
                                for n in ("fct_orders", "dim_dates", "fct_tickets"))}
    )  # fmt: skip
    known = recognise(host, root)
    assert known.yaml_edited == ()
    assert known.staying_yaml({"fct_orders", "dim_dates"}) == {MARTS}
    assert known.staying_yaml({"fct_orders", "dim_dates", "fct_tickets"}) == frozenset()
    (root / MARTS).write_text((root / MARTS).read_text() + "# mine\n")
    assert recognise(host, root).yaml_edited == (MARTS,)


def test_dbt_parses_anew_where_an_entry_goes_elsewhere(root: Path) -> None:
    parsed = root / "target" / "partial_parse.msgpack"
    parsed.parent.mkdir()
    _run(root, _made({"fct_orders": "a.orders"}))
    parsed.write_bytes(b"")
    _run(root, _made({"fct_orders": "a.orders", "fct_more": "a.more"}))
    assert parsed.exists()
    _run(root, _made({"fct_tickets": "b.tickets"}), Given(gone=("a.orders", "a.more")))
    assert not parsed.exists()
