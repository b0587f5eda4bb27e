"""Whether something has any of what belongs to it, whether it came back, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.by_kind import BY_FLAG
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.durations import between
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.events import event_time
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.design import BY_VALUE

_EARNED = ("line_amount", "amount", "sales_amount", "extended_price", "line_total", "total")
"""What a profit is made of, behind the words that both share."""


def engagement(row: Row) -> Iterator[Derivation]:
    """From the counts of what was summed up: `has_orders`, `is_repeat_customer`, and for how
    long somebody has come."""
    for kind, names in row.sums.items():
        count = next((n for n in names if n == f"{kind}_count"), None)
        if count is None or count not in row.expressions:
            continue
        several = row.several[kind]
        # People and what happened are told apart by it; of things the count is read.
        seldom = Rank.SOMETIMES if row.is_fact or row.staged.is_person else Rank.SELDOM
        said = docs.words(several)
        if f"has_{several}" not in row.by_name and kind not in row.complete:
            flag = _flag(f"has_{several}", f"True where the {row.words} has any {said}.")
            yield Derivation("engagement", flag, f"{row[count]} > 0", seldom)
        if row.is_fact:
            for state, reached in _reached(row, names):
                yield from _until_first(row, state, reached)
        first, latest = _moments(row, names)
        if first is None or latest is None:
            continue
        yield from _until_first(row, kind, first)
        if kind in row.owned:
            said = f"True where the {row.words} has more than one {docs.words(kind)}."
            flag = _flag(f"is_repeat_{row.entity}", said)
            yield Derivation("engagement", flag, f"{row[count]} > 1", Rank.FIRST)
        if kind not in row.owned:
            continue
        span = Attribute(
            name=f"days_from_first_to_latest_{kind}", group="numerics", role="attribute",
            type="integer" if first.type == "date" else "decimal", additivity="non_additive",
            unit="days", description=f"Days from `{first.name}` to `{latest.name}`.",
        )  # fmt: skip
        yield Derivation(
            "engagement", span, between(row[first], row[latest], "days", first, latest),
            Rank.SOMETIMES,
        )  # fmt: skip


def _until_first(row: Row, kind: str, first: Attribute) -> Iterator[Derivation]:
    """How long it took until the first of them: a ticket's first reply, a customer's first order.

    From when the row began by itself: a time that it has from elsewhere began something else.
    """
    start = event_time(row.own)
    if start is None:
        return
    days = not row.is_fact or "date" in (start.type, first.type)
    unit = "days" if days else "hours"
    made = Attribute(
        name=f"{unit}_to_first_{kind}", group="numerics", role="measure",
        type="integer" if "date" in (start.type, first.type) else "decimal",
        additivity="non_additive", unit=unit,
        description=f"{unit.capitalize()} from `{start.name}` to `{first.name}`: negative where "
        "that was before.",
    )  # fmt: skip
    yield Derivation(
        "engagement",
        made,
        between(row[start], row[first], unit, start, first),
        Rank.OFTEN if row.is_fact or row.staged.is_person else Rank.SELDOM,
    )


def _reached(row: Row, names: Mapping[str, Derivation]) -> Iterator[tuple[str, Attribute]]:
    """The states of which a history tells when they were reached: of each, when it was first."""
    for name, each in names.items():
        first = each.again is not None and each.again[0] == "first" and each.also is not None
        if first and name in row.by_name and name in row.expressions:
            yield name.removeprefix("first_").removesuffix("_at"), row.by_name[name]


def shares(row: Row) -> Iterator[Derivation]:
    """Of the rows that a flag was counted for, the share: `late_order_rate`.

    What a rule made a flag of, people ask the share of, and of a flag of the source now and then;
    of a state they read it off the counts, so that it stands where there is room, for all or none.
    """
    for kind, names in row.sums.items():
        whole = f"{kind}_count"
        if whole not in names or whole not in row.expressions:
            continue
        for name, counted in names.items():
            if (
                counted.rule not in (BY_FLAG, BY_VALUE)
                or not name.endswith("_count")
                or counted.also is not None
                or name not in row.expressions
            ):
                continue
            label = name.removesuffix("_count")
            made = Attribute(
                name=f"{label}_rate", type="float", group="numerics", role="measure",
                additivity="non_additive", unit="ratio",
                description=f"`{name}` by `{whole}`, 0 to 1; empty where there are none. Not to be "
                "summed.",
            )  # fmt: skip
            part, all_ = row[name], row[whole]
            flagged = counted.rule == BY_FLAG
            asked = flagged and counted.rank == Rank.FIRST
            # What happened has few of each: a bill with one payment has no share of them.
            behind = Rank.SOMETIMES if flagged and not row.is_fact else Rank.SELDOM
            yield Derivation(
                counted.rule, made, f"cast({part} as double) / nullif({all_}, 0)",
                Rank.OFTEN if asked else behind,
                together=f"{kind} by {counted.together}" if counted.together else "",
            )  # fmt: skip


def margins(row: Row) -> Iterator[Derivation]:
    """What share of what was earned is profit: of a line, and of all that was summed up."""
    for profit in [a for a in row.columns if a.name.split("_")[-2:] == ["profit", "amount"]]:
        stem = profit.name.removesuffix("profit_amount")
        earned = next(
            (row.by_name[stem + each] for each in _EARNED if stem + each in row.by_name), None,
        )  # fmt: skip
        if earned is None or earned.unit_by is not None:
            continue
        made = Attribute(
            name=f"{stem.removeprefix('total_')}margin_rate", type="float", group="numerics",
            role="measure", additivity="non_additive", unit="ratio",
            description=f"`{profit.name}` by `{earned.name}`; empty where nothing was earned. Not "
            "to be summed.",
        )  # fmt: skip
        yield Derivation(
            "engagement", made, f"cast({row[profit]} as double) / nullif({row[earned]}, 0)",
            Rank.FIRST,
        )  # fmt: skip


def _moments(
    row: Row, names: Mapping[str, Derivation]
) -> tuple[Attribute | None, Attribute | None]:
    times = [row.by_name[n] for n, each in names.items() if n in row.by_name
             and each.chosen is None and row.by_name[n].type in ("date", "timestamp")]  # fmt: skip
    first = next((a for a in times if a.name.startswith("first_")), None)
    wish = f"latest_{first.name.removeprefix('first_')}" if first else ""
    return first, next((a for a in times if a.name == wish), None)


def _flag(name: str, description: str) -> Attribute:
    return Attribute(
        name=name, type="boolean", group="booleans", role="flag", required=True,
        description=description,
    )  # fmt: skip
