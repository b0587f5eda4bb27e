"""Changes: what a run does, or would do, to the host project."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.scan import Problem

Action = Literal[
    "create", "update", "unchanged",
    "kept",  # the user edited it and nothing new has to go in
    "merged",  # both sides changed, in different places
    "conflict",  # both sides changed the same place: the user's file stays
    "clash",  # a file that cartridge did not write stands there: left alone
    "deleted_by_user",  # stays deleted
    "stale",  # what it was made from is gone; it stays, for want of `prune` or for its edits
    "prune",
]  # fmt: skip
ChangeKind = Literal["added", "dropped", "retyped", "renamed"]
Facts = dict[str, dict[str, str]]
"""`Relation.id` → column → native type, in the warehouse's order: no value of the data."""


class Given(Frozen):
    """What the decisions rest on besides the files: the same when a plan is made and applied."""

    facts: Facts = Field(default={})  # from which the files were made: kept in the ledger's folder
    gone: tuple[str, ...] = ()  # relations that were there on an earlier run
    needed: dict[str, tuple[str, ...]] = Field(default={})  # model → the user's code that reads it
    prune: bool = False
    refuted: dict[str, str] = Field(default={})  # path → why a merge of both sides is not taken
    outdated: dict[str, str] = Field(default={})  # path of an earlier run's → why it runs no more


NOTHING_GIVEN = Given()


class SchemaChange(Frozen):
    """What became of the warehouse since the files were made."""

    kind: ChangeKind
    where: str  # `raw.orders`, `raw.orders.total`
    to: str = ""  # the new type or name
    why: str = ""
    used: tuple[str, ...] = ()  # `path:line` of the user's code that names what is gone


class Change(Frozen):
    path: str
    action: Action
    models: tuple[str, ...] = ()  # what the file describes: models, sources, snapshots, tests
    diff: str = ""  # unified
    why: str = ""


class Changes(Document):
    file_name: ClassVar[str] = "changes.json"

    changes: tuple[Change, ...] = ()
    applied: bool = False
    schema_changes: tuple[SchemaChange, ...] = ()
    given: Given = NOTHING_GIVEN
    problems: tuple[Problem, ...] = ()

    def count(self, action: Action) -> int:
        return sum(change.action == action for change in self.changes)
