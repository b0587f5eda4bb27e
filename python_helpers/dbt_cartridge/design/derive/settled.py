"""What an amount comes to when what stands beside it in the row is taken off or added: net of
refunds, net of a discount, gross of a tax."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.lines import is_rate
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute

RULE = "settled"
_REFUNDS = frozenset({"refund", "refunds", "refunded"})
_DISCOUNTS = frozenset({"discount", "discounts", "discounted"})
_TAXES = frozenset({"tax", "taxes", "vat"})
_WHOLE = frozenset("amount total price charged captured billed".split())
_ENDS = frozenset("net total grand incl including inclusive gross due paid payable final".split())
"""An amount that says one of these is, or may be, the result already: then nothing is computed."""
_BEFORE_DISCOUNT = frozenset({"gross", "subtotal", "list", "undiscounted"})
_BEFORE_TAX = frozenset("net subtotal pretax untaxed excl excluding exclusive".split())
_UNSURE = frozenset(
    """current remaining outstanding open balance fee fees shipping freight tip cost rate percent
    percentage unit average min max count quantity""".split()
)
"""What is left already, a part of it, or of one piece."""


@dataclass(frozen=True)
class _Sum:
    whole: Attribute
    part: Attribute
    sign: str


def settled(row: Row) -> Iterator[Derivation]:
    """Only where the two names leave no doubt, both are in one unit, and no column of the row may
    hold the result. A refund that was not made is nothing; a tax that is not known is not."""
    every = [a for a in row.own if a.money and is_measure(a)]
    money = [a for a in every if a.words.isdisjoint(_UNSURE)]
    paid = _net_of_refunds(money)
    if paid is not None:
        text = (
            f"`{paid.whole.name}` less `{paid.part.name}`: what was kept. Where no refund is told "
            "there was none."
        )
        yield _made(row, "net_amount", paid, f"coalesce({row[paid.part]}, 0)", text)
        return
    if len(every) != 2:
        return  # what else is charged or taken off belongs to the result as well
    off = _one(every, _BEFORE_DISCOUNT, _DISCOUNTS, _ENDS - _BEFORE_DISCOUNT, "-")
    if off is not None:
        text = f"`{off.whole.name}` less `{off.part.name}`; empty while either is."
        yield _made(row, "net_amount", off, row[off.part], text)
        return
    on = _one(every, _BEFORE_TAX, _TAXES, _ENDS - _BEFORE_TAX, "+")
    if on is not None:
        text = f"`{on.whole.name}` with `{on.part.name}`; empty while either is."
        yield _made(row, "gross_amount", on, row[on.part], text)


def _net_of_refunds(money: Sequence[Attribute]) -> _Sum | None:
    refunds = [a for a in money if a.words & _REFUNDS]
    if len(refunds) != 1 or any("net" in a.words for a in money):
        return None
    others = [
        a for a in money
        if a.words & _WHOLE and a.words.isdisjoint(_REFUNDS | _TAXES | _DISCOUNTS)
        and a.words.isdisjoint({"subtotal", "sub", "line", "items", "item", "due"})
    ]  # fmt: skip
    return _pair(others, refunds, "-")


def _one(
    money: Sequence[Attribute],
    before: frozenset[str],
    part: frozenset[str],
    done: frozenset[str],
    sign: str,
) -> _Sum | None:
    parts = [a for a in money if a.words & part and a.words.isdisjoint(before) and not is_rate(a)]
    wholes = [
        a for a in money
        if a.words & before and a not in parts and a.words.isdisjoint(done | _UNSURE)
    ]  # fmt: skip
    return _pair(wholes, parts, sign)


def _pair(wholes: Sequence[Attribute], parts: Sequence[Attribute], sign: str) -> _Sum | None:
    if len(wholes) != 1 or len(parts) != 1:
        return None
    (whole,), (part,) = wholes, parts
    same = (whole.unit, whole.unit_by) == (part.unit, part.unit_by)
    return _Sum(whole, part, sign) if same and not _is_below_zero(part) else None


def _is_below_zero(part: Attribute) -> bool:
    """It is kept as what it does to the amount: less less would be more."""
    low = part.profile.min if part.profile else None
    try:
        return low is not None and float(low) < 0
    except ValueError:
        return True


def _made(row: Row, name: str, of: _Sum, value: str, text: str) -> Derivation:
    like = of.whole
    made = Attribute(
        name=name, type="float" if "float" in (like.type, of.part.type) else "decimal",
        group="numerics", role="measure", additivity="additive", unit=like.unit,
        unit_by=like.unit_by, money=True, description=text,
    )  # fmt: skip
    return Derivation(RULE, made, f"{row[like]} {of.sign} {value}", Rank.ALWAYS)
