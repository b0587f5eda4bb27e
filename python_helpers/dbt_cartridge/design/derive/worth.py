"""What is given off, what it costs and what is left: beside what a line is worth."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.parts import Attribute

_NUMBERS = frozenset({"integer", "decimal", "float"})


def margin(row: Row, amount: Attribute, cost: tuple[str, str]) -> Iterator[Derivation]:
    """Cost, profit and margin of an amount.

    Args:
        cost: (an expression of what it cost, the formula in words).
    """
    value, told = cost
    names = {a.name for a in row.columns}
    stem = amount.name.removesuffix("_amount") if amount.name.endswith("_amount") else row.entity
    if {"profit", "margin"} & {word for name in names for word in name.split("_")}:
        return
    spent = _money(f"{stem}_cost", f"What it cost: {told}.", amount)
    yield Derivation("worth", spent, value, Rank.ALWAYS)
    left = _money(f"{stem}_profit", f"`{amount.name}` less `{spent.name}`.", amount)
    yield Derivation("worth", left, f"{row[amount]} - {value}", Rank.ALWAYS)
    share = Attribute(
        name=f"{stem}_margin", type="float", group="numerics", role="measure",
        additivity="non_additive", unit="ratio",
        description=f"`{left.name}` by `{amount.name}`, 1 for all of it; empty where nothing was "
        "paid. Not to be summed.",
    )  # fmt: skip
    yield Derivation(
        "worth", share, f"cast({row[amount]} - {value} as double) / nullif({row[amount]}, 0)",
        Rank.FIRST,
    )  # fmt: skip


def _money(name: str, description: str, like: Attribute) -> Attribute:
    return Attribute(
        name=name, type="decimal", group="numerics", role="measure", additivity="additive",
        description=description, money=True, unit=like.unit, unit_by=like.unit_by,
    )  # fmt: skip
