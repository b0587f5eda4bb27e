"""Changes: what a run does, or would do, to the host project."""

from __future__ import annotations

from typing import ClassVar, Literal

from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.scan import Problem

Action = Literal[
    "create", "update", "unchanged",
    "kept",  # the user edited it and nothing new has to go in
    "merged",  # both sides changed, in different places
    "conflict",  # both sides changed the same place: the user's file stays
    "clash",  # a file that cartridge did not write stands there: left alone
    "deleted_by_user",  # stays deleted
    "prune",
]  # fmt: skip


class Change(Frozen):
    path: str
    action: Action
    diff: str = ""  # unified
    why: str = ""


class Changes(Document):
    file_name: ClassVar[str] = "changes.json"

    changes: tuple[Change, ...] = ()
    applied: bool = False
    problems: tuple[Problem, ...] = ()

    def count(self, action: Action) -> int:
        return sum(change.action == action for change in self.changes)
