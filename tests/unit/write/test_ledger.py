"""The ledger: small, the same bytes each time, and harmless when it is lost or damaged."""

from __future__ import annotations

import json

import pytest

from dbt_cartridge.errors import WriteError
from tests.unit.write.host_project import Project

A, B = "models/a.sql", "models/b.sql"
LEDGER = ".cartridge/ledger.json"


def test_ledger_names_each_file_with_its_hash_and_no_time(project: Project) -> None:
    project.run({B: "b\n", A: "a\n"})
    ledger = json.loads(project.text(LEDGER))
    assert list(ledger) == ["format", "cartridge", "files"]
    assert list(ledger["files"]) == [A, B]
    assert set(ledger["files"][A]) == {"kind", "sha256", "describes"}


def test_transaction_and_lock_are_not_committed_but_the_ledger_is(project: Project) -> None:
    project.run({A: "a\n"})
    assert project.text(".cartridge/.gitignore").split() == ["/lock", "/txn/", "/undo/"]
    assert "base/** -text" in project.text(".cartridge/.gitattributes")


def test_users_own_gitignore_in_the_folder_survives(project: Project) -> None:
    project.run({A: "a\n"})
    project.edit(".cartridge/.gitignore", "/lock\n/txn/\n/undo/\nmine\n")
    project.run({A: "a2\n"})
    assert "mine" in project.text(".cartridge/.gitignore")


@pytest.mark.parametrize(
    "text",
    ["<<<<<<< HEAD\n", "[]", '{"format": 1}', '{"format": 1, "cartridge": "0", "files": {"../x": '
     '{"kind": "sql", "sha256": ""}}}'],
    ids=["conflict markers", "a list", "a part", "a path that leads out"],
)  # fmt: skip
def test_damaged_ledger_is_said_and_nothing_that_differs_is_touched(
    project: Project, text: str
) -> None:
    project.run({A: "a\n", B: "b\n"})
    project.edit(LEDGER, text)
    changes = project.plan({A: "a\n", B: "b2\n"})
    assert [(c.path, c.action) for c in changes.changes] == [(A, "unchanged"), (B, "clash")]
    assert "damaged" in changes.problems[0].what
    project.run({A: "a\n", B: "b2\n"})
    assert project.text(B) == "b\n"
    assert project.text(".cartridge/ledger.damaged.json") == text
    assert project.run({A: "a2\n", B: "b2\n"}) == {A: "update", B: "clash"}


def test_lost_ledger_is_said_and_nothing_that_differs_is_touched(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    (project.root / LEDGER).unlink()
    (project.root / A).unlink()
    changes = project.plan({A: "a\n", B: "b2\n"})
    assert [c.action for c in changes.changes] == ["deleted_by_user", "clash"]
    assert "is missing" in changes.problems[0].what
    assert "Restore" in changes.problems[0].next
    project.run({A: "a\n", B: "b2\n"})
    assert project.run({A: "a2\n", B: "b2\n"}) == {A: "deleted_by_user", B: "clash"}


def test_file_whose_base_is_lost_is_left_alone_if_it_differs(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    (project.root / f".cartridge/base/{A}").unlink()
    project.edit(f".cartridge/base/{B}", "changed\n")
    changes = project.plan({A: "a2\n", B: "b2\n"})
    assert [c.action for c in changes.changes] == ["kept", "kept"]
    assert [p.where for p in changes.problems] == [f".cartridge/base/{p}" for p in (A, B)]
    assert project.run({A: "a\n", B: "b\n"}) == {A: "unchanged", B: "unchanged"}
    assert project.plan({A: "a2\n", B: "b2\n"}).problems == ()


def test_ledger_of_a_newer_cartridge_is_refused(project: Project) -> None:
    project.run({A: "a\n"})
    before = project.bytes()
    project.edit(LEDGER, '{"format": 99, "cartridge": "9", "files": {}}')
    with pytest.raises(WriteError, match="newer cartridge"):
        project.plan({A: "a2\n"})
    project.edit(LEDGER, before[LEDGER].decode())
    assert project.bytes() == before


def test_a_later_version_that_changes_nothing_is_written_down(project: Project) -> None:
    """Else the next new table would look like what the version brought, and be a plan alone."""
    project.run({A: "a\n"})
    ledger = project.text(LEDGER)
    before = json.loads(ledger)
    project.edit(LEDGER, ledger.replace(f'"{before["cartridge"]}"', '"0.0.1"', 1))
    assert project.run({A: "a\n"}) == {A: "unchanged"}
    assert project.text(LEDGER) == ledger
