"""Upgrade: what a later cartridge would change in a project that an earlier one generated."""

from __future__ import annotations

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.changes import Changes
from dbt_cartridge.documents.design import RULES, Design


class Reason(Frozen):
    """Changes of one kind. `rule`: what makes the columns; "" where it is no such rule."""

    why: str
    rule: str = ""
    files: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # `model.column`


class Upgrade(Frozen):
    before: str  # the version that the ledger was written by
    now: str
    reasons: tuple[Reason, ...]


def upgrade(before: str, now: str, design: Design, changes: Changes) -> Upgrade | None:
    """What changes, grouped by why; None where it is the same cartridge, or nothing changes.

    A column counts as new where a file's new lines name it and its old ones do not.
    """
    if before in ("", now):
        return None
    by_rule: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    rest: dict[str, list[str]] = {}
    for change in changes.changes:
        if change.action not in ("create", "update", "merged", "conflict"):
            continue
        if change.action == "create":
            rest.setdefault("new files", []).append(change.path)
            continue
        added = _words(change.diff, "+") - _words(change.diff, "-")
        models = [design.by_name[name] for name in change.models if name in design.by_name]
        made = [
            (str(column.made_by), f"{model.name}.{column.name}")
            for model in models
            for column in model.columns
            if column.made_by in RULES and column.name in added
        ]
        for rule, column in made:
            files, columns = by_rule.setdefault(rule, ({}, {}))
            files[change.path], columns[column] = None, None
        if not made:
            rest.setdefault("other wording, tests and SQL", []).append(change.path)
    reasons = [
        Reason(why=f"new rule: {rule}", rule=rule, files=tuple(files), columns=tuple(columns))
        for rule, (files, columns) in sorted(by_rule.items())
    ]
    reasons += [Reason(why=why, files=tuple(files)) for why, files in sorted(rest.items())]
    return Upgrade(before=before, now=now, reasons=tuple(reasons)) if reasons else None


def _words(diff: str, sign: str) -> set[str]:
    """Of the lines that begin so, but for the file's own name."""
    lines = (line for line in diff.splitlines() if line[:1] == sign and line[:3] != sign * 3)
    return {
        word for line in lines for word in "".join(
            c if c.isalnum() or c == "_" else " " for c in line
        ).split()
    }  # fmt: skip
