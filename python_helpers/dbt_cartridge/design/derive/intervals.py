"""A history of changes as intervals: until when each state lasted, and which lasts still."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.changes import field_of
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.durations import between
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.parts import Attribute, Link
from dbt_cartridge.frozen import replaced

_CHANGES = frozenset("history histories change changes transition transitions log version".split())


def intervals(row: Row) -> Iterator[Derivation]:
    """`valid_from`, `valid_to`, `is_current` and the time in the state.

    Of a table that by its name keeps changes, has its owner's key, a time and a value: a row holds
    from its time to that of the owner's next row, of the same field where one is named.
    """
    yield from _lasted(row)
    time, owner = _since(row) or event_time(row.own), _owner(row)
    if time is None or owner is None or not row.staged.key_proved or not _keeps_changes(row):
        return
    field = field_of(row.own)
    keys = [row[name] for name in _keys(owner, field)]
    order = ", ".join([row[time], *(row[key] for key in row.staged.key if key != time.name)])
    window = f"over (partition by {', '.join(keys)} order by {order})"
    whose = docs.words(owner.parent.entity) + (f"'s `{field.name}`" if field else "")
    yield Derivation(
        "intervals", _moment("valid_from", time, f"From when on it held, for the {whose}."),
        row[time], Rank.FIRST,
    )  # fmt: skip
    belongs = " and ".join(f"{row[c]} is not null" for c in owner.columns)
    until = f"case when {belongs} then lead({row[time]}) {window} end"
    yield Derivation(
        "intervals",
        _moment("valid_to", time, f"When the {whose} changed next: it held until then, without "
                "that moment. Empty while it holds."),
        until, Rank.FIRST, windowed=True,
    )  # fmt: skip
    current = Attribute(
        name="is_current",
        type="boolean",
        group="booleans",
        role="is_current",
        required=True,
        description=f"True for what holds now of the {whose}.",
    )
    yield Derivation(
        "intervals",
        current,
        f"{belongs} and lead({row[time]}) {window} is null",
        Rank.FIRST,
        windowed=True,
    )
    lasted = _in_state(time, "valid_from", "valid_to")
    yield Derivation(
        "intervals", lasted, between(row[time], until, lasted.unit or "", time, time), Rank.FIRST,
        windowed=True,
    )  # fmt: skip
    yield from _before(row, window, belongs, whose, {time.name, *(a.name for a in (field,) if a)})


def _lasted(row: Row) -> Iterator[Derivation]:
    """The time in the state, of versions that the source or its load tool has dated itself."""
    versions = row.staged.table.versions
    if versions is None or not versions.valid_from or not versions.valid_to:
        return
    names = row.staged.names
    since, until = (
        row.by_name.get(names.get(name, "")) for name in (versions.valid_from, versions.valid_to)
    )
    if since is None or until is None or {since.type, until.type} - {"date", "timestamp"}:
        return
    lasted = _in_state(since, since.name, until.name)
    took = between(row[since], row[until], lasted.unit or "", since, until)
    current = row.by_name.get(names.get(versions.is_current or "", ""))
    if current is not None and current.type == "boolean":
        took = f"case when not {row[current]} then {took} end"
    yield Derivation("intervals", lasted, took, Rank.FIRST)


def _in_state(time: Attribute, since: str, until: str) -> Attribute:
    unit = "days" if time.type == "date" else "hours"
    return Attribute(
        name=f"{unit}_in_state", type="integer" if time.type == "date" else "decimal",
        group="numerics", role="measure", additivity="additive", unit=unit,
        description=f"{unit.capitalize()} from `{since}` to `{until}`; empty while it holds.",
    )  # fmt: skip


def _before(
    row: Row, window: str, belongs: str, whose: str, known: set[str]
) -> Iterator[Derivation]:
    """Which change it is, and what held before it."""
    number = Attribute(
        name="change_number", type="integer", group="numerics", role="attribute",
        description=f"Which of the {whose}'s changes it is: 1 is the first.",
    )  # fmt: skip
    yield Derivation(
        "intervals", number, f"case when {belongs} then row_number() {window} end", Rank.SOMETIMES,
        windowed=True,
    )  # fmt: skip
    values = [
        a for a in row.own
        if a.type == "text" and a.role in ("status", "category", "type_discriminator", "attribute")
        and a.name not in (*row.staged.key, *known) and not a.name.endswith("_by")
    ]  # fmt: skip
    stated = [a for a in values if a.role == "status"] or values
    if len(stated) != 1:
        return
    (value,) = stated
    plain = value.name.removeprefix(f"{row.entity}_").removeprefix("new_")
    if f"previous_{plain}" in row.by_name:
        return
    before = replaced(
        value, name=f"previous_{plain}", origin=None, required=False, profile=None, tests=(),
        values=(), description=f"`{value.name}` before the change; empty for the first.",
    )  # fmt: skip
    yield Derivation(
        "intervals", before, f"case when {belongs} then lag({row[value]}) {window} end",
        Rank.SOMETIMES, windowed=True,
    )  # fmt: skip


def changed(row: Row) -> tuple[str, ...] | None:
    """The columns that say of what the changes are: the owner's key, and the field."""
    owner = _owner(row)
    return None if owner is None else tuple(_keys(owner, field_of(row.own)))


def _keys(owner: Link, field: Attribute | None) -> list[str]:
    return [*owner.columns, *([field.name] if field else [])]


def _since(row: Row) -> Attribute | None:
    """The time that orders the states: of what was found to be versions of its owner, theirs; else
    the only time of a change, `changed_on`."""
    versions = row.staged.table.versions
    if versions is None or len(versions.order_by) != 1:
        changes = [a for a in row.own if a.role == "updated_time"]
        times = [a for a in row.own if a.role in ("event_time", "created_time")]
        return changes[0] if len(changes) == 1 and not times else None
    found = row.by_name.get(row.staged.names.get(versions.order_by[0], ""))
    return found if found and found.type in ("date", "timestamp") else None


def _keeps_changes(row: Row) -> bool:
    names = {a.name for a in row.columns} | {a.role for a in row.own}
    words = row.staged.entity.split("_")
    said = len(words) > 1 and not _CHANGES.isdisjoint(words)  # a bare version is one of a product
    said = said or row.staged.table.shape == "history"
    return said and not {"valid_from", "valid_to", "is_current"} & names


def _owner(row: Row) -> Link | None:
    """What the changes are of: the parent whose name theirs begins with, else the only one."""
    found = [
        link for link in row.up
        if link.is_plain and not link.is_self and link.joinable
        and set(link.columns) <= row.expressions.keys()
    ]  # fmt: skip
    named = [link for link in found if row.entity.startswith(f"{link.parent.entity}_")]
    chosen = named or found
    return chosen[0] if len(chosen) == 1 else None


def _moment(name: str, like: Attribute, description: str) -> Attribute:
    return Attribute(
        name=name, type=like.type, group=like.group, role="attribute", description=description
    )
