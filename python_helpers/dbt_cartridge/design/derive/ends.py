"""The first and the latest of what belongs to something: when, which, in what state, how much."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.amounts import first_asked, total_name
from dbt_cartridge.design.derive.by_kind import states as among
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.words import snake

TURN, RECENCY = "turn", "recency"
"""Columns that count the rows of a group in the order of time, from the first and from the last."""
_MOST_LEVELS = 2
_COMPARABLE = frozenset({"integer", "decimal", "float", "text", "date", "timestamp"})
"""Types of which every warehouse has a maximum: it picks the value of the one row that is left."""


def moments(group: Group) -> Iterator[Derivation]:
    """When the first and the latest were."""
    time = group.time
    if time is None or group.is_shared(time):
        return
    told = any(word in time.name for word in group.child.entity.split("_"))
    own = time.name if told else f"{group.child.entity}_{time.name}"
    own = group.prefixed(own)
    # When a customer's first card was entered says less of the customer than what was paid by it.
    entered = group.child.table.role == "dimension" and time.role == "created_time"
    for word, function in (("first", "min"), ("latest", "max")):
        attribute = Attribute(
            name=f"{word}_{own}", type=time.type, group=time.group,
            description=f"When the {word} of the {group.theirs} was.",
        )  # fmt: skip
        yield Derivation(
            "ends", attribute, f"{function}({group.column(time)})",
            Rank.SOMETIMES if entered else Rank.FIRST,
            again=("first" if word == "first" else "latest", time.name),
        )  # fmt: skip


def ends(group: Group) -> Iterator[Derivation]:
    """Which the first and the latest were, in what state, and how much they came to.

    Only where a key tells the rows apart: of two at one moment the one with the higher key is the
    later, so that the answer is the same each time.
    """
    if group.time is None or group.is_shared(group.time):
        return
    if not group.child.key_proved or not group.rows.key:
        return
    for attribute, rank in _telling(group):
        seldom = Rank.SOMETIMES if rank < Rank.SOMETIMES else Rank.SELDOM
        for word, place in (("first", TURN), ("latest", RECENCY)):
            plain = _plain(group, attribute)
            chosen = (
                f'max(case when "{group.alias}"."{place}" = 1 then {group.column(attribute)} end)'
            )
            # A time entry's `entry_id` is that of the time entry.
            said = snake([*group.entity.split("_"), *plain.split("_")])
            said = plain if plain == group.entity else said
            if _is_level(attribute):
                said = group.prefixed(attribute.name)  # a balance is the account's own
            made = Attribute(
                name=f"{word}_{said}", type=attribute.type, group=attribute.group,
                description=docs.of(docs.words(plain), f"{word} of the {group.theirs}"),
                role="attribute", unit=attribute.unit, money=attribute.money, pii=attribute.pii,
                data_type=attribute.data_type,
            )  # fmt: skip
            later = word == "latest" or rank == Rank.OFTEN
            yield Derivation("ends", made, chosen, rank if later else seldom, in_turn=True)


def _telling(group: Group) -> Iterator[tuple[Attribute, Rank]]:
    """Of what is somebody's own people ask which it was, and of what happened to a fact in what
    state it is; of a product's sales or a shop's orders seldom."""
    by_name = group.rows.by_name
    key = group.rows.key[0]
    numbered = group.numbered
    told = numbered or group.link.parent.table.role == "fact"
    plain = len(group.rows.key) == 1 and key not in group.link.columns
    if plain and by_name[key].type in ("integer", "text"):
        yield by_name[key], Rank.OFTEN if numbered else Rank.SOMETIMES if told else Rank.SELDOM
    states = [
        a for a in group.attributes
        if a.role in ("status", "type_discriminator") and a.pii is None and a.type in _COMPARABLE
        and (a.origin is None or a.origin[0] == group.child.id) and not group.is_shared(a)
    ]  # fmt: skip
    for state in states[:1]:
        yield state, Rank.FIRST if told else Rank.SELDOM
    kinds = [
        a for a in group.attributes
        if a.role == "category" and a.pii is None and a.type == "text" and not group.is_shared(a)
        and a.origin is not None and a.origin[0] == group.child.id and among(a)
    ]  # fmt: skip
    # Of several that sort the rows none is the one that is asked for: of a rating its score is.
    if told and not states and len(kinds) == 1:
        yield kinds[0], Rank.OFTEN
    for level in _levels(group)[:_MOST_LEVELS]:
        yield level, Rank.FIRST
    amount = first_asked(group)
    if numbered and amount is not None and amount.money and amount.unit_by is None:
        yield amount, Rank.OFTEN


def _levels(group: Group) -> list[Attribute]:
    """Of what is read of a thing again and again, what stands now: its balance, its stock. Only
    where one row of each time is the thing's: of a product's stock in all shops the latest row is
    one shop's."""
    time = group.time
    if time is None or set(group.rows.key) - set(group.link.columns) != {time.name}:
        return []
    return [a for a in group.attributes if _is_level(a) and a.unit_by is None]


def _is_level(attribute: Attribute) -> bool:
    return attribute.role == "measure" and attribute.additivity == "semi_additive"


def _plain(group: Group, attribute: Attribute) -> str:
    """An order's total is its amount: `first_order_amount`, as its sum is `total_order_amount`."""
    if attribute.role != "measure":
        return group.plain(attribute)
    named = total_name(group.child.entity, attribute.name)
    return named.removeprefix(f"total_{group.child.entity}_")
