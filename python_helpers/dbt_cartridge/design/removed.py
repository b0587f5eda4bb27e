"""Rows that have been removed in the source system: how they are told, and what becomes of them.

What a load tool or a change feed marks is gone: staging leaves it out. What an application marks
itself is kept and flagged, since other tables still refer to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.casting import Cast
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.scan import Column, Profile, Relation
from dbt_cartridge.documents.schema import ColumnMeaning, Table

_OPERATIONS = ("d", "delete", "deleted", "remove", "removed", "true", "yes", "y")


@dataclass(frozen=True)
class Removed:
    """How removed rows are told: `expression` is true for them."""

    flag: str | None
    expression: str
    hidden: bool  # left out in staging
    made: bool  # the flag does not exist yet
    seen: bool  # some rows are marked


def find(
    table: Table,
    relation: Relation,
    meanings: Mapping[str, ColumnMeaning],
    casts: Mapping[str, Cast],
    names: Mapping[str, str],
) -> Removed | None:
    """The column that tells, if there is one: a change feed's before a flag before a time."""
    versions = table.versions
    feed = versions.deleted if versions and versions.kind == "loads" else None
    if feed and feed in relation.by_name:
        return Removed(None, _feed_removed(relation.by_name[feed]), True, False, True)
    found = [
        (column, meaning)
        for column in relation.columns
        if (meaning := meanings[column.name]).role in ("deleted_flag", "deleted_time")
    ]
    found.sort(key=lambda pair: (pair[1].role != "deleted_flag", not pair[1].is_load_tool))
    for column, meaning in found:
        raw = sql.column("source", column.name)
        profile = column.profile
        if meaning.role == "deleted_time":
            seen = profile is None or profile.nulls < profile.rows
            return Removed(None, f"{raw} is not null", meaning.is_load_tool,
                            not meaning.is_load_tool, seen)  # fmt: skip
        name = names[column.name]
        if casts[column.name].type != "boolean":
            continue
        seen = _some_marked(profile)
        if meaning.is_load_tool:
            value = casts[column.name].expression
            return Removed(name, f"coalesce({value}, false)", True, False, seen)
        return Removed(name, sql.name(name), False, False, seen)
    return None


def _some_marked(profile: Profile | None) -> bool:
    """Whether the flag is up in any row, as far as is known."""
    if profile is None:
        return True
    values = [v.value for v in profile.top_values] or [v for v in (profile.max,) if v]
    return not values or any(v.strip().lower() in ("true", "t", "1", "yes", "y") for v in values)


def _feed_removed(column: Column) -> str:
    raw = sql.column("source", column.name)
    if column.type == "boolean":
        return f"coalesce({raw}, false)"
    if column.type in ("timestamp", "date"):
        return f"{raw} is not null"
    if column.type in ("integer", "decimal"):
        return f"coalesce({raw}, 0) = 1"
    return f"lower(coalesce({raw}, '')) in ({sql.literals(_OPERATIONS)})"


def flag(table: Table, name: str) -> Attribute:
    own = docs.words(table.entity)
    return Attribute(
        name=name,
        type="boolean",
        group="booleans",
        description=f"True where the {own} has been removed in the source system.",
        role="deleted_flag",
        required=True,
    )
