"""A run that dies at any moment leaves the project as it was or fully changed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.errors import WriteError
from dbt_cartridge.write import apply, recover, undo
from dbt_cartridge.write.journal import pending
from tests.unit.write.crashing import killed_at_every_step
from tests.unit.write.host_project import Project, generated

A, B, C = "models/a.sql", "models/b.sql", "models/c.sql"
NEW = "models/new/deep/n.sql"
BEFORE = {A: "a\n", B: "1\n2\n3\n", C: "c\n", "models/m.yml": "models: []\n"}
AFTER = {A: "a2\n", B: "1\n2\n3\n4\n", C: "c2\n", "models/m.yml": "models: []\nx: 1\n", NEW: "n\n"}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def edited(project: Project) -> Project:
    """One file to update, one to merge, one in conflict, one to create."""
    project.run(BEFORE)
    project.edit(B, "0\n1\n2\n3\n")
    project.edit(C, "mine\n")
    return project


class Copies:
    """Puts the project back to where it was."""

    def __init__(self, project: Project, name: str = "copy") -> None:
        self.project, self.place = project, project.root.parent / name
        shutil.copytree(project.root, self.place)

    def reset(self) -> None:
        shutil.rmtree(self.project.root)
        shutil.copytree(self.place, self.project.root)


def test_killed_apply_leaves_all_or_nothing(edited: Project) -> None:
    copies = Copies(edited)
    before = edited.bytes()
    planned = edited.plan(AFTER)
    apply(generated(AFTER), planned, edited.root)
    after = edited.bytes()
    seen: dict[bool, int] = {True: 0, False: 0}

    for step in killed_at_every_step(
        lambda: apply(generated(AFTER), planned, edited.root), copies.reset
    ):
        problems = recover(edited.root)
        now = edited.bytes()
        assert now in (before, after), f"half-written after dying before step {step}"
        assert bool(problems) <= (now == after)
        seen[now == after] += 1
        assert not pending(edited.root)
        edited.run(AFTER)
        assert edited.bytes() == after
    assert seen[False] > 20
    assert seen[True] > 10


def test_killed_first_run_leaves_all_or_nothing(project: Project) -> None:
    def reset() -> None:
        shutil.rmtree(project.root)
        project.root.mkdir()

    planned = project.plan(AFTER)
    apply(generated(AFTER), planned, project.root)
    after = project.bytes()
    for step in killed_at_every_step(lambda: apply(generated(AFTER), planned, project.root), reset):
        recover(project.root)
        now = project.bytes()
        assert now in ({}, after), f"half-written after dying before step {step}"


def test_killed_first_run_of_many_files_leaves_all_or_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbt_cartridge.write.journal._MANY", 2)
    test_killed_first_run_leaves_all_or_nothing(project)


def test_killed_recovery_is_recovered(edited: Project) -> None:
    planned = edited.plan(AFTER)
    before = edited.bytes()
    start = Copies(edited, "start")
    apply(generated(AFTER), planned, edited.root)
    after = edited.bytes()
    for step in killed_at_every_step(
        lambda: apply(generated(AFTER), planned, edited.root), start.reset
    ):
        if step % 25:
            continue
        dead = Copies(edited, f"dead_{step}")
        for _ in killed_at_every_step(lambda: recover(edited.root), dead.reset):
            recover(edited.root)
            assert edited.bytes() in (before, after)


def test_killed_undo_leaves_all_or_nothing(edited: Project) -> None:
    before = edited.bytes()
    edited.run(AFTER)
    after = edited.bytes()
    copies = Copies(edited)
    for step in killed_at_every_step(lambda: undo(edited.root), copies.reset):
        recover(edited.root)
        assert edited.bytes() in (before, after), f"half-undone after dying before step {step}"


def test_edit_made_after_a_crash_survives_the_recovery(edited: Project) -> None:
    planned = edited.plan(AFTER)
    copies = Copies(edited)
    tried = 0
    for _ in killed_at_every_step(
        lambda: apply(generated(AFTER), planned, edited.root), copies.reset
    ):
        edited.edit(A, "written after the crash\n")
        problems = recover(edited.root)
        assert edited.text(A) == "written after the crash\n"
        if problems:
            assert A in problems[0].what
            tried += 1
    assert tried


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_refusal_of_the_disk_at_any_step_changes_nothing(
    edited: Project, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    copies = Copies(edited)
    before = edited.bytes()
    planned = edited.plan(AFTER)
    refused = 0
    for step in range(1, 200):
        copies.reset()
        with monkeypatch.context() as patch:
            reached = _refuse(patch, OSError(code, os.strerror(code), "somewhere"), step)
            try:
                apply(generated(AFTER), planned, edited.root)
            except WriteError as error:
                refused += 1
                said = str(error)
                done = edited.bytes() == before and os.strerror(code) in said
            else:
                done = edited.bytes() != before
        if not reached():
            break
        assert done, f"half-written when the disk refused step {step}"
    assert refused > 20


def _refuse(patch: pytest.MonkeyPatch, error: OSError, step: int) -> Callable[[], bool]:
    """The disk refuses one step of writing. Gives whether it was reached."""
    left = step

    def refusing(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise error
            return function(*args, **kwargs)

        return call

    for name in ("replace", "fsync", "mkdir"):
        patch.setattr(os, name, refusing(getattr(os, name)))
    return lambda: left <= 0


def test_folder_on_another_file_system_is_written_too(
    edited: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def other_device(source: Any, target: Any) -> None:
        if ".cartridge" in Path(source).parts and ".cartridge" not in Path(target).parts:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        replace(source, target)

    monkeypatch.setattr(os, "replace", other_device)
    edited.run(AFTER)
    assert edited.text(A) == "a2\n"
    assert not list((edited.root / "models").rglob("*.cartridge"))
