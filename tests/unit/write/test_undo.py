"""The last run can be taken back, but never an edit."""

from __future__ import annotations

import pytest

from dbt_cartridge.errors import WriteError
from dbt_cartridge.write import undo
from tests.unit.write.host_project import Project

A, B, NEW = "models/a.sql", "models/b.sql", "models/new/n.sql"


def test_undo_takes_back_the_last_run(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    project.edit(B, "mine\nb\n")
    before = project.bytes()
    project.run({A: "a2\n", B: "b\nc\n", NEW: "n\n"})
    changes = undo(project.root)
    assert project.bytes() == before
    assert not (project.root / "models/new").exists()
    assert {c.path: c.action for c in changes.changes}[NEW] == "prune"


def test_undo_of_the_first_run_leaves_nothing(project: Project) -> None:
    project.run({A: "a\n", NEW: "n\n"})
    undo(project.root)
    assert list(project.root.iterdir()) == []


def test_undo_refuses_when_files_were_edited_since_and_names_them(project: Project) -> None:
    project.run({A: "a\n", B: "b\n"})
    project.edit(A, "mine\n")
    before = project.everything()
    with pytest.raises(WriteError, match=A):
        undo(project.root)
    assert project.everything() == before


def test_only_one_run_can_be_undone(project: Project) -> None:
    project.run({A: "a\n"})
    project.run({A: "a2\n"})
    undo(project.root)
    assert project.text(A) == "a\n"
    with pytest.raises(WriteError, match="no run to undo"):
        undo(project.root)


def test_a_run_without_changes_does_not_replace_what_can_be_undone(project: Project) -> None:
    project.run({A: "a\n"})
    project.run({A: "a2\n"})
    project.run({A: "a2\n"})
    undo(project.root)
    assert project.text(A) == "a\n"


def test_nothing_to_undo_leaves_no_trace(project: Project) -> None:
    with pytest.raises(WriteError, match="no run to undo"):
        undo(project.root)
    assert list(project.root.iterdir()) == []
