"""How a fact or a dimension is shaped, once its role is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from dbt_cartridge.documents.schema import ColumnMeaning, Relationship, Role, Shape
from dbt_cartridge.infer import role_words as lists
from dbt_cartridge.infer.column_words import CALENDAR_PARTS, words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.words import singular

_PERIODIC = words_of("snapshot daily monthly weekly hourly")
_LEVELS = words_of("balance stat level")
_SERIES = words_of("history log")


def shape(
    draft: Draft,
    role: Role,
    roles: Mapping[str, Role],
    out: Sequence[Relationship],
    into: Sequence[Relationship],
) -> tuple[Shape, str]:
    """The shape, and why ("" where it is the plain one).

    Args:
        roles: of all tables, as far as they are known.
        out: the relationships that leave the table.
        into: the relationships that arrive at it.
    """
    if role == "fact":
        return _fact(draft, out)
    if role in ("dimension", "reference"):
        return _dimension(draft, roles, out, into)
    if role == "other":
        return _other(draft)
    return "plain", ""


def _fact(draft: Draft, out: Sequence[Relationship]) -> tuple[Shape, str]:
    leads = {column for r in out for column in r.columns}
    held = [m for m in draft.meanings if m.name not in leads and not m.is_load_tool]
    measures = [m for m in held if m.role == "measure"]
    times = [m for m in held if m.role == "event_time"]
    words = {singular(word) for word in draft.sense}
    if _by_period(draft, leads) and any(m.additivity != "non_additive" for m in measures):
        return "periodic_snapshot", "its key is what is measured and a day: one row per period"
    if measures and (words & _PERIODIC or _is_level(draft)):
        return "periodic_snapshot", "named as a measurement that is repeated"
    milestones = _milestones(draft, times)
    if len(milestones) >= 2:
        later = " and ".join(m.name for m in milestones[:3])
        return "accumulating_snapshot", f"{later} are filled in as the row moves on"
    if measures:
        return "transaction", ""
    if words & {"event", "log", "click", "session", "activity", "history"} or not leads:
        return "event", "it tells what happened, without a measure"
    return "factless", "it holds no measure: that it happened is the fact"


def _is_level(draft: Draft) -> bool:
    """A balance, or a history of balances: what the name ends in. A balance transaction moves the
    balance, and is none."""
    said = [singular(word) for word in draft.entity]
    while len(said) > 1 and said[-1] in _SERIES:
        said.pop()
    return bool(said) and said[-1] in _LEVELS


def _by_period(draft: Draft, leads: set[str]) -> bool:
    """The key is made of what is measured and of a day, and is no line of anything."""
    return len(draft.key_columns) > 1 and bool(days_of(draft, leads))


def days_of(draft: Draft, leads: Collection[str] = ()) -> list[str]:
    """Columns of the key that say which day, week or month the row is of."""
    key = [draft.by_name[name] for name in draft.key_columns if name in draft.by_name]
    return [m.name for m in key if _is_day(m) and (m.name in leads or _holds_days(draft, m.name))]


def _holds_days(draft: Draft, name: str) -> bool:
    """Days, not moments: a moment in the key tells events apart, a day repeats a measurement."""
    column = draft.column(name)
    profile = column.profile
    if column.type == "timestamp":
        return bool(profile and profile.rows and profile.midnights == profile.rows - profile.nulls)
    return column.type in ("date", "integer", "text")


def _is_day(meaning: ColumnMeaning) -> bool:
    return bool({"date", "day", "month", "week", "period", "snapshot"} & set(meaning.words))


def _milestones(draft: Draft, times: Sequence[ColumnMeaning]) -> list[ColumnMeaning]:
    """Times that are filled in some rows and not in others."""
    found: list[ColumnMeaning] = []
    for meaning in times:
        profile = draft.column(meaning.name).profile
        if profile and 0 < profile.nulls < profile.rows:
            found.append(meaning)
    return found


def _dimension(
    draft: Draft,
    roles: Mapping[str, Role],
    out: Sequence[Relationship],
    into: Sequence[Relationship],
) -> tuple[Shape, str]:
    calendar = sum(bool(set(m.words) & CALENDAR_PARTS) for m in draft.meanings)
    if singular(draft.sense[-1]) in {"date", "calendar", "day", "time"} and calendar >= 3:
        return "date", "its columns are parts of the calendar"
    if draft.versions and draft.versions.kind == "slowly_changing":
        return "slowly_changing", "an entity has a row for each time that it changed"
    words = {singular(word) for word in draft.sense}
    if words & lists.HISTORIES:
        return "history", "named as a history"
    key = set(draft.key_columns)
    for r in out:
        if r.kind == "extension" and key and key == set(r.columns):
            return "extension", f"it has the key of {r.ref_table}, and at most one row for each"
    above = [roles.get(r.table) for r in into if r.table != draft.id]
    if above and all(role in ("dimension", "reference") for role in above):
        return "outrigger", "only dimensions lead to it"
    return "plain", ""


def _other(draft: Draft) -> tuple[Shape, str]:
    words = {singular(word) for word in draft.sense}
    if words & lists.HISTORIES:
        return "log", "named as a log"
    if words & lists.AGGREGATES:
        return "aggregate", "named as a summary"
    return "plain", ""
