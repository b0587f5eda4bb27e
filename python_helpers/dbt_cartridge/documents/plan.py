"""Plan: what a dry run would write, and what it rests on. `cartridge apply` writes just that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import ClassVar

from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.changes import Action, Change, Changes
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.scan import Relation


class PlannedFile(Frozen):
    path: str
    action: Action
    models: tuple[str, ...] = ()  # what it describes
    added: int = 0  # lines
    removed: int = 0
    why: str = ""


class Plan(Document):
    file_name: ClassVar[str] = "plan.json"

    version: str  # of cartridge
    schemas: tuple[str, ...]
    database: str | None = None
    relations: tuple[str, ...] = ()  # the tables that it is made from
    catalogue: str = ""  # a digest of them: their columns, types and keys
    decisions: str = ""  # `Decisions.digest` of what people had decided
    outside: tuple[str, ...] = ()  # relations that were there and are no part of it
    summary: tuple[PlannedFile, ...] = ()  # every file that is not unchanged
    changes: Changes = Changes()
    files: Files = Files()
    texts: str = ""  # `Files.digest` as planned


def planned_files(changes: Iterable[Change]) -> tuple[PlannedFile, ...]:
    """Without the diffs: what happens to each file that is not unchanged, and how many lines."""
    return tuple(
        PlannedFile(
            path=change.path,
            action=change.action,
            models=change.models,
            added=_lines(change.diff, "+"),
            removed=_lines(change.diff, "-"),
            why=change.why,
        )
        for change in changes
        if change.action != "unchanged"
    )


def _lines(diff: str, sign: str) -> int:
    body = (line for line in diff.splitlines() if not line.startswith((sign * 3 + " ",)))
    return sum(line.startswith(sign) for line in body)


def catalogue_digest(relations: Iterable[Relation]) -> str:
    """Equal as long as the relations have the same columns, types, keys and comments."""
    shapes = [
        [
            relation.id, relation.kind, relation.comment,
            [[c.name, c.native_type, c.nullable, c.default, c.comment] for c in relation.columns],
            [key.columns for key in (relation.primary_key, *relation.unique_keys) if key],
            [[f.columns, f.ref_schema, f.ref_table, f.ref_columns] for f in relation.foreign_keys],
        ]
        for relation in sorted(relations, key=lambda relation: relation.id)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(shapes).encode()).hexdigest()
