"""Rows that have been removed in the source system: how they are told, and what becomes of them.

What a load tool or a change feed marks is gone: staging leaves it out. What an application marks
itself is kept and flagged, since other tables still refer to it.

What a mark looks like is read from what the column holds, not from its type: a text can hold times,
a number epochs, a time of year 1 or 9999 can mean that nothing was removed. A reading by which
nearly every row would be gone is wrong, and is not followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dbt_cartridge.design import docs, placeholders
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.casting import Cast
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.scan import Column, Profile, Relation
from dbt_cartridge.documents.schema import ColumnMeaning, Table

_MARKS = (
    "d", "del", "delete", "deleted", "remove", "removed", "true", "t", "yes", "y", "1", "x",
)  # fmt: skip
_NOTHING = ("", "0", "null", "none", "nil", "false", "f", "no", "n", "-")
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Removed:
    """How removed rows are told: `expression` is true for them, and never NULL if `hidden`."""

    flag: str | None
    expression: str
    hidden: bool  # left out in staging
    made: bool  # the flag does not exist yet
    seen: bool  # some rows are marked


@dataclass(frozen=True)
class Reading:
    """What became of the columns that could tell."""

    removed: Removed | None = None
    refused: str | None = None  # a column by which nearly every row would be gone


@dataclass(frozen=True)
class _Mark:
    """`condition` is true for marked rows; `count` of them were seen, None if nobody knows."""

    condition: str
    count: int | None


def find(
    table: Table,
    relation: Relation,
    meanings: Mapping[str, ColumnMeaning],
    casts: Mapping[str, Cast],
    names: Mapping[str, str],
) -> Reading:
    """The column that tells, if there is one: a change feed's before a flag before a time."""
    refused: str | None = None
    for column, of_feed in _candidates(table, relation, meanings):
        meaning, cast = meanings[column.name], casts[column.name]
        is_time = meaning.role == "deleted_time"
        mark = _time(column, cast) if is_time else _flag(column, cast)
        if _is_nearly_all(mark, column.profile):
            refused = refused or column.name
            continue
        hidden = of_feed or meaning.is_load_tool
        seen = mark.count != 0
        own = names[column.name] if cast.type == "boolean" else None
        if hidden:
            return Reading(Removed(own, mark.condition, True, False, seen), refused)
        if own is not None:
            return Reading(Removed(own, sql.name(own), False, False, seen), refused)
        return Reading(Removed(None, mark.condition, False, True, seen), refused)
    return Reading(refused=refused)


def _candidates(
    table: Table, relation: Relation, meanings: Mapping[str, ColumnMeaning]
) -> Iterator[tuple[Column, bool]]:
    """Columns in the order in which they are believed, and whether the change feed's."""
    versions = table.versions
    feed = versions.deleted if versions and versions.kind == "loads" else None
    if feed and feed in relation.by_name:
        yield relation.by_name[feed], True
    roles = ("deleted_flag", "deleted_time")
    found = [c for c in relation.columns if meanings[c.name].role in roles and c.name != feed]
    found.sort(
        key=lambda c: (
            meanings[c.name].role != "deleted_flag", not meanings[c.name].is_load_tool
        )
    )  # fmt: skip
    for column in found:
        yield column, False


def _is_nearly_all(mark: _Mark, profile: Profile | None) -> bool:
    if mark.count is None or profile is None or not profile.rows:
        return False
    return mark.count > _NEARLY_ALL * profile.rows


def _time(column: Column, cast: Cast) -> _Mark:
    """When a row was removed: any time that is one."""
    raw, profile = sql.column("source", column.name), column.profile
    filled = profile.rows - profile.nulls - profile.blanks if profile else None
    if cast.type in ("timestamp", "date"):
        value = cast.expression
        outside = placeholders.seen(profile)
        if not outside:
            return _Mark(f"{value} is not null", _without_zero_dates(profile, filled))
        condition = f"coalesce({placeholders.is_real(value, cast.type)}, false)"
        return _Mark(condition, None if filled is None else filled - outside)
    if column.type == "text":
        value = f"lower(trim(coalesce({raw}, '')))"
        nothing = _counted(column, lambda text: text in _NOTHING)
        count = filled - nothing if filled is not None and nothing is not None else filled
        return _Mark(f"{value} not in ({sql.literals(_NOTHING)})", count)
    if column.type in ("integer", "decimal", "float"):
        count = filled - profile.zeros if profile and filled is not None else None
        return _Mark(f"coalesce({raw}, 0) <> 0", count)
    return _flag(column, cast)


def _without_zero_dates(profile: Profile | None, filled: int | None) -> int | None:
    if profile is None or filled is None:
        return filled
    return filled - profile.zeros - (profile.patterns.zero_date if profile.patterns else 0)


def _flag(column: Column, cast: Cast) -> _Mark:
    """A flag, or what a change feed did to the row."""
    raw = sql.column("source", column.name)
    if column.type == "boolean" or cast.type == "boolean":
        value = raw if column.type == "boolean" else cast.expression
        return _Mark(f"coalesce({value}, false)", _counted(column, lambda text: text in _MARKS))
    if cast.type in ("timestamp", "date"):
        return _time(column, cast)
    if column.type in ("integer", "decimal"):
        # SQL Server's feed counts its operations from 1, and a removal is the first of them.
        counted = _counted(column, lambda text: text in ("1", "1.0"))
        return _Mark(f"coalesce({raw}, 0) = 1", counted)
    condition = f"lower(trim(coalesce({raw}, ''))) in ({sql.literals(_MARKS)})"
    return _Mark(condition, _counted(column, lambda text: text in _MARKS))


def _counted(column: Column, fits: Callable[[str], bool]) -> int | None:
    """How many rows hold such a value, as far as the frequent ones tell."""
    profile = column.profile
    if profile is None or not profile.top_values:
        return None if profile is None or profile.nulls < profile.rows else 0
    return sum(v.count for v in profile.top_values if fits(v.value.strip().lower()))


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
