"""What an account stands at after each of its entries: the sum of all up to it."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.derive.sequence import owner_of
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Link

RULE = "running"
_LEDGERS = frozenset(
    "entry ledger movement posting transaction transfer booking adjustment".split()
)
"""What the rows of a ledger are called: each adds to what there is or takes from it."""
_ACCOUNTS = frozenset("account wallet card pot fund inventory".split())
_HELD = frozenset({"balance", "running", "cumulative"})


def running(row: Row) -> Iterator[Derivation]:
    """`running_balance`, of a ledger whose one amount has a sign: some entries give, some take.

    Without signs it would be what was ever moved, which nobody has. Of two entries at one moment
    the one with the higher key is the later. Each currency has a balance of its own.
    """
    time, owner, amount = event_time(row.own), _account(row), _signed(row)
    if time is None or owner is None or amount is None or row.is_line:
        return
    if not (row.is_fact and row.staged.key_proved and row.staged.deleted_flag is None):
        return
    if _LEDGERS.isdisjoint(row.entity.split("_")) or time.name not in row.expressions:
        return
    who = [row[owner.columns[0]]]
    per = ""
    if amount.unit_by is not None:
        if amount.unit_by not in row.expressions:
            return
        who.append(row[amount.unit_by])
        per = f", of each `{amount.unit_by}` by itself"
    order = ", ".join([row[time], *(row[key] for key in row.staged.key)])
    made = Attribute(
        name="running_balance", type="float" if amount.type == "float" else "decimal",
        group="numerics", role="attribute", additivity="non_additive", unit=amount.unit,
        unit_by=amount.unit_by, money=amount.money,
        description=f"Sum of `{amount.name}` over the {docs.words(owner.role)}'s "
        f"{docs.words(row.staged.entities)} up to this one, in the order of `{time.name}`{per}; "
        "not to be summed.",
    )  # fmt: skip
    window = (
        f"over (partition by {', '.join(who)} order by {order}"
        " rows between unbounded preceding and current row)"
    )
    some = f"{who[0]} is not null and {row[time]} is not null"
    yield Derivation(
        RULE, made, f"case when {some} then sum({row[amount]}) {window} end", Rank.FIRST,
        windowed=True,
    )  # fmt: skip


def _account(row: Row) -> Link | None:
    """The one account that an entry is on; where there is none, the person whose own it is. Of a
    transfer between two accounts neither stands at the sum of its amounts."""
    links = [
        link for link in row.up
        if link.is_plain and not link.is_self and len(link.columns) == 1 and link.joinable
        and set(link.columns) <= row.expressions.keys() and not link.to_version
    ]  # fmt: skip
    accounts = [
        link for link in links if not _ACCOUNTS.isdisjoint(link.parent.entity.split("_"))
    ]  # fmt: skip
    if accounts:
        return accounts[0] if len(accounts) == 1 else None
    return owner_of(links)


def _signed(row: Row) -> Attribute | None:
    """The one amount that has a sign, where no column keeps the balance already."""
    if any(not _HELD.isdisjoint(a.words) for a in row.own if a.role == "measure"):
        return None
    found = [a for a in row.own if is_measure(a) and a.money]
    return found[0] if len(found) == 1 and _both_ways(found[0]) else None


def _both_ways(amount: Attribute) -> bool:
    profile = amount.profile
    try:
        return (
            profile is not None and profile.min is not None and profile.max is not None
            and float(profile.min) < 0 < float(profile.max)
        )  # fmt: skip
    except ValueError:
        return False
