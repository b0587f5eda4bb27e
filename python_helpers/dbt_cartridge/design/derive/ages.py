"""How long until now, on request: what a table would say of the day of its last build, so that a
mart with such a column is a view."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.durations import bare, deadlines, step
from dbt_cartridge.design.derive.progress import closing
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.parts import Attribute

AGES = "ages"
TODAY = "cast(current_date as date)"


def ages(row: Row) -> Iterator[Derivation]:
    """Days open, overdue, since a person came, and since the latest of what is theirs."""
    start, end = event_time(row.own), closing(row)
    if start is not None and end is not None:
        until = f"coalesce({_day(row, end)}, {TODAY})"
        text = f"Days from `{start.name}` to `{end.name}`, or to today while there is none."
        yield _days("days_open", text, _day(row, start), until)
    yield from _overdue(row)
    if start is not None and row.staged.is_person and not row.is_fact:
        text = f"Days from `{start.name}` to today."
        yield _days(f"days_since_{bare(start)}", text, _day(row, start), TODAY)
    for kind, names in row.sums.items():
        latest = next((
            row.by_name[n] for n, each in names.items()
            if each.chosen is None and _is_latest(row, n)
        ), None)  # fmt: skip
        if latest is not None and (row.staged.is_person or kind in row.owned):
            text = f"Days from `{latest.name}` to today."
            yield _days(f"days_since_latest_{kind}", text, _day(row, latest), TODAY)


def _overdue(row: Row) -> Iterator[Derivation]:
    """What was due before today and has not happened."""
    found = [(planned, actual) for planned, actual in deadlines(row) if not actual.required]
    for planned, actual in found:
        label = f"_{step(row, actual)}" if len(found) > 1 else ""
        due = f"{row[actual]} is null and {_day(row, planned)} < {TODAY}"
        flag = Attribute(
            name=f"is_overdue{label}", type="boolean", group="booleans", role="flag",
            description=f"True where `{planned.name}` is past and there is no `{actual.name}` yet.",
        )  # fmt: skip
        yield Derivation(AGES, flag, due, Rank.FIRST)
        text = f"Days from `{planned.name}` to today where there is no `{actual.name}` yet."
        made = _days(f"days_overdue{label}", text, _day(row, planned), TODAY)
        yield Derivation(
            AGES, made.attribute, f"case when {due} then {made.expression} end", Rank.FIRST
        )


def _is_latest(row: Row, name: str) -> bool:
    known = row.by_name.get(name)
    return name.startswith("latest_") and known is not None and known.type in ("date", "timestamp")


def _day(row: Row, time: Attribute) -> str:
    return row[time] if time.type == "date" else f"cast({row[time]} as date)"


def _days(name: str, text: str, start: str, end: str) -> Derivation:
    made = Attribute(
        name=name, type="integer", group="numerics", role="measure", additivity="non_additive",
        unit="days", description=docs.sentence(text),
    )  # fmt: skip
    return Derivation(AGES, made, f"date_diff('day', {start}, {end})", Rank.FIRST)
