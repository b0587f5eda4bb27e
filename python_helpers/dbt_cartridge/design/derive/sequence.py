"""Which of its kind a row is for its customer or account, and how long after the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.durations import between
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.parts import Attribute, Link


def sequence(row: Row) -> Iterator[Derivation]:
    """Number, whether it is the first, and the days since the one before. Of two at one moment the
    one with the higher key is the later."""
    time, owner = event_time(row.own), _owner(row)
    if time is None or owner is None or row.is_line or row.staged.deleted_flag is not None:
        return
    if not (row.is_fact and row.staged.key_proved and time.name in row.expressions):
        return
    who = row[owner.columns[0]]
    order = ", ".join([row[time], *(row[key] for key in row.staged.key)])
    window = f"over (partition by {who} order by {order})"
    role, own = owner.role, row.words
    prefix = "" if row.entity.startswith(f"{role}_") else f"{role}_"  # reseller_sale_number
    some = f"{who} is not null and {row[time]} is not null"
    number = Attribute(
        name=f"{prefix}{row.entity}_number", type="integer", group="numerics", role="attribute",
        description=f"Which of the {docs.words(role)}'s {docs.words(row.staged.entities)} it is, "
        f"in the order of `{time.name}`: 1 is the first.",
    )  # fmt: skip
    yield Derivation(
        "sequence", number, f"case when {some} then row_number() {window} end", Rank.FIRST,
        windowed=True,
    )  # fmt: skip
    first = Attribute(
        name=f"is_first_{row.entity}",
        type="boolean",
        group="booleans",
        role="flag",
        description=f"True for the {docs.words(role)}'s first {own}.",
        within=owner.columns[0],
    )
    yield Derivation(
        "sequence", first, f"case when {some} then row_number() {window} = 1 end", Rank.FIRST,
        windowed=True,
    )  # fmt: skip
    gap = between(f"lag({row[time]}) {window}", row[time], "days", time, time)
    since = Attribute(
        name=f"days_since_previous_{row.entity}", group="numerics",
        type="integer" if time.type == "date" else "decimal", role="measure",
        additivity="non_additive", unit="days", within=owner.columns[0],
        description=f"Days since the {docs.words(role)}'s {own} before; empty for the first.",
    )  # fmt: skip
    yield Derivation(
        "sequence", since, f"case when {some} then {gap} end", Rank.FIRST, windowed=True
    )


def _owner(row: Row) -> Link | None:
    return owner_of(link for link in row.up if set(link.columns) <= row.expressions.keys())


def owner_of(links: Iterable[Link]) -> Link | None:
    """The person or account whose own the rows are: of several people the one of whom there are
    most different, since a shop has more customers than clerks. What refers to one version of
    somebody is numbered for nobody: the next version would begin with the first again."""
    found = [
        link for link in links
        if link.is_plain and not link.is_self and len(link.columns) == 1 and link.joinable
        and link.parent.is_person and not link.to_version and not _did_something_to_it(link)
    ]  # fmt: skip
    return max(found, key=_different, default=None)


_BEGAN = frozenset(
    """placed ordered booked bought purchased submitted requested opened reported raised filed
    posted written created made sent paid""".split()
)


def _did_something_to_it(link: Link) -> bool:
    """Who acknowledged an alert is not whose alert it is; who placed an order is."""
    words = link.role.split("_")
    return "by" in words and _BEGAN.isdisjoint(words)


def _different(link: Link) -> int:
    """What is carried from further up is not known to staging."""
    column = link.child.offer.by_name.get(link.columns[0])
    return (column.profile.distinct or 0) if column and column.profile else 0
