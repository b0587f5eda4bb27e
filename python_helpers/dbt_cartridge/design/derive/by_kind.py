"""Counts and amounts by status, kind and flag: what was captured is told from what is pending.

A sum over all states answers hardly any question: it is kept, named as the total, and beside it
stands one for each of the few states that were seen. A state that comes tomorrow is in the total
alone, and the watch on the column's domain tells of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.counts import counted
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.derive.held import RULE as HELD
from dbt_cartridge.design.measures import Sum, is_measure, is_summed, worth
from dbt_cartridge.design.parts import Attribute, role_of
from dbt_cartridge.documents.design import BY_VALUE
from dbt_cartridge.frozen import replaced
from dbt_cartridge.words import safe_name

_RANKS = {"status": Rank.FIRST, "type_discriminator": Rank.OFTEN, "category": Rank.SOMETIMES}
_KINDS = frozenset("type kind class category flag method channel mode tier".split())
"""What a category ends in by which the business counts; a colour or a size is seldom asked for."""
_MOST_VALUES = {"status": 8, "type_discriminator": 6, "category": 5}
BY_FLAG = "by_flag"
REASONS = frozenset({"reason", "cause"})
"""What a column ends in whose values say why, and not what: `cancel_reason_price_order_count`."""
_LONGEST = 24  # characters of a state: longer ones are sentences
_SHORTEST = 2  # … and so short they are codes
_NOTHING = frozenset(("none", "other", "others", "unknown", "null", "not_specified", "misc"))
_ROWS_PER_STATE = 5
_NEITHER = frozenset(("true", "false", "t", "f", "y", "n", "yes", "no", "0", "1"))
_UNITS = frozenset({"unit", "units", "uom", "currency"})
_NAMES = frozenset("name title label domain email browser os".split())
"""What a column ends in whose few values name things, and are no kinds."""
_STARTS = ("is_", "was_", "has_been_", "are_")


def by_kind(group: Group) -> Iterator[Derivation]:
    """A count, and of money in one currency an amount, for each value of each status and kind."""
    for attribute in group.attributes:
        rank, last = _RANKS.get(attribute.role), attribute.name.rpartition("_")[2]
        if attribute.role == "category" and last in _KINDS:
            rank = Rank.OFTEN
        if rank is None or attribute.type != "text" or attribute.pii is not None:
            continue
        if last in _NAMES and attribute.role != "status" and not attribute.values:
            continue
        if group.is_shared(attribute):
            continue  # a product's lines are all of the product's type
        if attribute.is_currency or last in _UNITS or {"unit", "measure"} <= attribute.words:
            continue  # how something is counted sorts nothing
        if attribute.origin is not None and attribute.origin[0] != group.child.id:
            # Its own kinds come first. What a comment's ticket has become says little of comments;
            # what the lines of cancelled orders come to is asked for.
            counts = not any(map(is_measure, group.attributes))
            rank = Rank.SELDOM if counts else Rank(min(rank + 1, Rank.SOMETIMES))
        values = states(attribute)
        codes = last in REASONS or any(is_code(value) for value in values)
        for value in values:
            chosen = f"{group.column(attribute)} = {sql.literal(value)}"
            said = f"have the {docs.words(attribute.name)} `{value}`"
            label = f"{group.plain(attribute)}_{safe_name(value)}" if codes else safe_name(value)
            for each in _both(group, label, chosen, said, rank):
                yield replaced(
                    each, together=f"{attribute.name}, {each.rank.name}",
                    chosen=(attribute.name, value),
                )  # fmt: skip


def is_code(value: str) -> bool:
    """A letter and a nothing say no more without the column that they stand in: `status_f`,
    `discount_none`."""
    word = safe_name(value)
    return len(word) <= _SHORTEST or word in _NOTHING


def by_flag(group: Group) -> Iterator[Derivation]:
    """How many of the rows a flag is true of: `late_order_count`."""
    for attribute in group.attributes:
        if attribute.type != "boolean" or attribute.role in ("is_current", "deleted_flag"):
            continue
        if attribute.name == group.child.deleted_flag or attribute.within in group.link.columns:
            continue
        if attribute.origin is not None and group.is_shared(attribute):
            continue  # all deals of a stage are won, or none
        label = flag_label(group, attribute)
        if not label or attribute.rule == HELD:
            continue  # whether somebody holds it is asked of what is open, `by_two`
        # A rule has said already that people ask for it; of whom it is the first is another's.
        made = attribute.origin is None and attribute.within is None
        if attribute.within is not None:
            label = f"{role_of(attribute.within)}_{label}"
        rank = Rank.FIRST if made else Rank.SELDOM if attribute.within else Rank.OFTEN
        chosen = group.column(attribute)
        yield Derivation(
            BY_FLAG,
            counted(f"{_named(group, label)}_count",
                    f"How many of the {group.theirs} `{attribute.name}` is true of."),
            f"count(case when {chosen} then 1 end)", rank, chosen=(attribute.name, None),
        )  # fmt: skip
        if attribute.role != "flag" or rank is Rank.SELDOM:
            continue  # that a rule has worked it out is no reason to ask what it came to
        said = f"`{attribute.name}` is true of"
        for each in _summed(group, _named(group, label), chosen, said, (BY_FLAG, rank)):
            yield replaced(each, chosen=(attribute.name, None))


def flag_label(group: Group, flag: Attribute) -> str:
    """What a row is called of which it is true: `is_late_order` → late. "" where the name makes
    none, as `has_children` does."""
    start = next((s for s in _STARTS if flag.name.startswith(s)), "")
    label = flag.name[len(start) :].removesuffix(f"_{group.child.entity}")
    verb = not start and "_" in label and label.split("_")[0] in ("has", "can", "had", "with")
    return "" if verb else label


def moments_by_kind(group: Group) -> Iterator[Derivation]:
    """When the latest of each status was, and the first and the latest of each kind: the last
    failed payment, the first bill of a subscription. People ask it of what is somebody's own."""
    time = group.time
    if time is None or group.is_shared(time) or not group.numbered:
        return
    for attribute in group.attributes:
        own = attribute.origin is not None and attribute.origin[0] == group.child.id
        is_kind = attribute.role == "type_discriminator"
        if not own or not (is_kind or attribute.role == "status") or attribute.pii is not None:
            continue
        if attribute.type != "text" or group.is_shared(attribute) or attribute.is_currency:
            continue
        values = states(attribute)
        if any(is_code(value) for value in values):
            continue
        for value in values:
            chosen = f"{group.column(attribute)} = {sql.literal(value)}"
            label = _named(group, safe_name(value))
            for word, function in (("first", "min"), ("latest", "max"))[0 if is_kind else 1 :]:
                made = Attribute(
                    name=f"{word}_{label}_{_when(group, time)}", type=time.type, group=time.group,
                    description=f"When the {word} of the {group.theirs} was whose "
                    f"`{attribute.name}` is `{value}`.",
                )  # fmt: skip
                yield Derivation(
                    BY_VALUE, made,
                    f"{function}(case when {chosen} then {group.column(time)} end)", Rank.OFTEN,
                    together=f"{attribute.name}, moments", chosen=(attribute.name, value),
                    again=("first" if word == "first" else "latest", time.name),
                )  # fmt: skip


def _when(group: Group, time: Attribute) -> str:
    """A time's name behind that of the rows: of a payment `paid_at`; of an order `at`, since
    `ordered_at` says it twice."""
    told = any(word in time.name for word in group.child.entity.split("_"))
    return ("date" if time.type == "date" else "at") if told else time.name


def states(attribute: Attribute) -> tuple[str, ...]:
    """The values of a column, where they are words, few, each often, and all known."""
    most = _MOST_VALUES.get(attribute.role, 0)
    if attribute.values:
        return attribute.values if 1 < len(attribute.values) <= most else ()
    profile = attribute.profile
    if profile is None or profile.sampled or profile.approximate:
        return ()
    seen = [v.value for v in profile.top_values if v.value.strip()]
    whole = sum(v.count for v in profile.top_values) == profile.rows - profile.nulls
    filled = profile.rows - profile.nulls - profile.blanks
    few = 1 < len(seen) <= most and filled >= _ROWS_PER_STATE * len(seen)
    plain = all(
        len(v) <= _LONGEST and v == v.strip() and not v[0].isdigit() for v in seen
    ) and not {v.lower() for v in seen} <= _NEITHER  # fmt: skip
    alike = len({safe_name(v) for v in seen}) < len(seen)
    return tuple(sorted(seen)) if whole and few and plain and not alike else ()


def _both(group: Group, label: str, chosen: str, said: str, rank: Rank) -> Iterator[Derivation]:
    name = _named(group, label)
    yield Derivation(
        BY_VALUE, counted(f"{name}_count", f"How many of the {group.theirs} {said}."),
        f"count(case when {chosen} then 1 end)", rank,
    )  # fmt: skip
    behind = Rank(min(rank + 1, Rank.SOMETIMES)) if rank != Rank.FIRST else Rank.FIRST
    yield from _summed(group, name, chosen, said, (BY_VALUE, behind))


def _summed(
    group: Group, name: str, chosen: str, said: str, by: tuple[str, Rank]
) -> Iterator[Derivation]:
    for each in _amounts(group):
        rule, rank = by
        yield Derivation(
            rule, _amount(group, each, name, said),
            f"sum(case when {chosen} then {group.column(each.measure)} end)", rank,
            measure=each.measure.name,
        )  # fmt: skip


def _named(group: Group, label: str) -> str:
    """`captured_payment`; `open_ticket`, not `open_ticket_ticket`."""
    stem = group.child.entity
    whole = label if label.endswith(f"_{stem}") or label == stem else f"{label}_{stem}"
    return group.prefixed(whole)


def _amounts(group: Group) -> list[Sum]:
    """The sum that is asked for first, of money that is in one currency."""
    found = [
        s for s in group.sums
        if s.measure.money and not s.suffix and not is_summed(s.measure) and not s.unit_by
        and worth(s.measure) == 0
    ]  # fmt: skip
    return found[:1]


def _amount(group: Group, each: Sum, name: str, said: str) -> Attribute:
    words = each.measure.name.split("_")
    tail = words[-1] if words[-1] not in name.split("_") else "amount"
    if each.unit and tail == each.unit.lower():
        tail = "_".join(words[-2:])  # revenue_usd
    return Attribute(
        name=f"{name}_{'amount' if tail in ('total', 'price', 'value') else tail}",
        type=each.measure.type if each.measure.type == "float" else "decimal",
        group="numerics",
        description=f"Sum of `{each.measure.name}` over those of the {group.theirs} that {said}.",
        role="measure", additivity="additive", unit=each.unit, money=True, zero_if_none=True,
    )  # fmt: skip
