"""How far a row has come: a time that it may still lack says whether it has happened."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.durations import step
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.events import event_time, is_filled, is_planned
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.words import is_participle

_CLOSING = frozenset(
    "closed close completed resolved solved finished ended end returned settled".split()
)
"""What ends a thing. Only of a time that can be missing is it asked: till then a thing is open."""

_DONE = {"end": "ended", "close": "closed"}  # is_ended, though the column is called end_at


def progress(row: Row) -> Iterator[Derivation]:
    """`is_shipped`, and `is_open` till what closes it: from times that some rows do not have."""
    start = event_time(row.own)
    if start is None:
        return
    closed = False
    for time in row.own:
        if (time is start and is_filled(start)) or not _may_be_missing(row, time):
            continue
        happened = _happened(row, time)
        if happened is None:
            continue
        if f"is_{happened}" not in row.by_name:
            flag = _flag(f"is_{happened}", f"True once `{time.name}` is there.")
            yield Derivation("progress", flag, f"{row[time]} is not null", Rank.OFTEN)
        ends = not closed and not _CLOSING.isdisjoint(happened.split("_"))
        if ends and "is_open" not in row.by_name:
            flag = _flag("is_open", f"True while there is no `{time.name}`.")
            yield Derivation("progress", flag, f"{row[time]} is null", Rank.FIRST)
            closed = True


def closing(row: Row) -> Attribute | None:
    """The time that ends the row's thing, and that some lack."""
    start = event_time(row.own)
    for time in row.own:
        if time is not start and _may_be_missing(row, time):
            happened = _happened(row, time)
            if happened and not _CLOSING.isdisjoint(happened.split("_")):
                return time
    return None


def _may_be_missing(row: Row, time: Attribute) -> bool:
    """Of what ends a thing, the catalogue alone can say that no row is without it: that all were
    closed on the day of the run says nothing. Of other steps, that some rows lack it."""
    if time.type not in ("date", "timestamp") or time.role != "event_time" or is_planned(time):
        return False
    column = row.staged.relation.by_name.get(time.origin[1]) if time.origin else None
    if column is None or not column.nullable:
        return False
    profile = time.profile
    ends = not _CLOSING.isdisjoint(time.words)
    return ends or (profile is not None and 0 < profile.nulls < profile.rows)


def _happened(row: Row, time: Attribute) -> str | None:
    """The participle that the name holds: `shipped_at` → shipped. None where it holds none."""
    words = [w for w in time.name.removeprefix(f"{row.entity}_").split("_")
             if w not in ("date", "at", "time", "timestamp", "on")]  # fmt: skip
    plain = "_".join(words)
    known = words and (is_participle(words[-1]) or words[-1] in _CLOSING)
    return _DONE.get(plain, plain) if known and len(words) == 1 and step(row, time) else None


def _flag(name: str, description: str) -> Attribute:
    return Attribute(
        name=name, type="boolean", group="booleans", role="flag", required=True,
        description=description,
    )  # fmt: skip
