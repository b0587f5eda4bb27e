"""What a line is worth beside its amount: before and off the discount, its cost, its profit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.lines import (
    AMOUNTS,
    GROSS,
    Amount,
    is_cost,
    is_piece,
    is_price,
    is_rate,
    quantity,
    share,
)
from dbt_cartridge.design.parts import Attribute

RULE = "worth"
_BEFORE = frozenset({"extended", "gross"})


def worth(row: Row, amount: Amount | None) -> Iterator[Derivation]:
    """From the formula of the line's amount, and from the price and the cost of one piece.

    A price or a cost that stands in another table is that of today: what it was when the line was
    written is not kept, and the description says so.

    Args:
        amount: what the line is known to be worth.
    """
    if amount is not None and amount.made and amount.name in row.by_name:
        yield from _off(row, amount)
    net = None
    if amount is None and (gross := _gross(row)) is not None:
        for each in _shares(row, gross):
            net = each if each.name == "net_amount" else net
            yield each
    pieces = quantity(row.own)
    if pieces is None and not is_piece(row.staged, row.is_line):
        return
    many, said = (f"{row[pieces]} * ", f"`{pieces.name}` × ") if pieces is not None else ("", "")
    whole = row.by_name.get(amount.name) if amount is not None else None
    known = _known(row) if amount is None else None
    if known is not None:
        whole, value = known, row[known]
    price = _of_one(row, is_price) if amount is None and known is None else None
    value = row[whole] if whole is not None else ""
    if net is not None:
        whole, value = net.attribute, net.expression
    if price is not None:
        text = _today(row, f"What the line is worth: {said}`{price.name}`", price)
        value, whole = f"{many}{row[price]}", _money("line_amount", price, text)
        yield Derivation(RULE, whole, value, Rank.ALWAYS)
    cost = _of_one(row, is_cost)
    if cost is None:
        return
    spent = f"{many}{row[cost]}"
    text = _today(row, f"What the line cost: {said}`{cost.name}`", cost)
    yield Derivation(RULE, _money("cost_amount", cost, text), spent, Rank.ALWAYS)
    if whole is not None and (whole.unit, whole.unit_by) == (cost.unit, cost.unit_by):
        text = f"`{whole.name}` less `cost_amount`: negative where the line was sold at a loss."
        yield Derivation(
            RULE, _money("profit_amount", whole, text), f"{value} - {spent}", Rank.ALWAYS
        )


def _off(row: Row, amount: Amount) -> Iterator[Derivation]:
    """Of an amount that a discount was taken off: what it was before, and how much that was."""
    if "(1 - " not in amount.expression:
        return
    *factors, rate = (row.by_name[part] for part in amount.parts)
    gross = " * ".join(row[each] for each in factors)
    said = " × ".join(f"`{each.name}`" for each in factors)
    like = row.by_name[amount.name]
    if len(factors) > 1:
        text = f"What the line is worth before its discount: {said}."
        yield Derivation(RULE, _money(GROSS, like, text), gross, Rank.ALWAYS)
    text = f"What the discount takes off: {said} × `{rate.name}`."
    part = share(rate, row[rate]) or row[rate]
    yield Derivation(RULE, _money("discount_amount", like, text), f"{gross} * {part}", Rank.ALWAYS)


def _gross(row: Row) -> Attribute | None:
    """What the line is worth before anything is taken off or added: that is what *extended* and
    *gross* say of an amount."""
    found = [
        a for a in row.own
        if a.role == "measure" and a.type in ("integer", "decimal", "float")
        and not _BEFORE.isdisjoint(a.words)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _shares(row: Row, gross: Attribute) -> Iterator[Derivation]:
    """Of an amount beside which a discount and a tax stand as shares of it: each as money, and what
    is left when the discount is off. A tax is one of what is left."""
    off, tax = (
        [a for a in row.own if word in a.words and is_rate(a)]
        for word in ("discount", "tax")
    )  # fmt: skip
    net, said = row[gross], f"`{gross.name}`"
    if len(off) == 1 and not {"net_amount", "discount_amount"} & row.by_name.keys():
        text = f"What the discount takes off: {said} × `{off[0].name}`."
        yield Derivation(
            RULE, _money("discount_amount", gross, text), f"{net} * {row[off[0]]}", Rank.ALWAYS
        )
        text = f"What the line is worth after its discount: {said}, less `discount_amount`."
        net, said = f"{net} * (1 - {row[off[0]]})", "`net_amount`"
        yield Derivation(RULE, _money("net_amount", gross, text), net, Rank.ALWAYS)
    if len(tax) == 1 and "tax_amount" not in row.by_name:
        text = f"Tax on the line: {said} × `{tax[0].name}`."
        yield Derivation(
            RULE, _money("tax_amount", gross, text), f"{net} * {row[tax[0]]}", Rank.ALWAYS
        )


def _known(row: Row) -> Attribute | None:
    """What the line is worth, as it has it itself."""
    found = [
        a for a in row.own
        if a.role == "measure" and a.additivity == "additive" and a.money
        and a.words & AMOUNTS and a.words.isdisjoint({"tax", "cost", "discount", "fee"})
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _of_one(row: Row, fits: Callable[[Attribute], bool]) -> Attribute | None:
    """The one column that says what one piece is worth; of another table's, what was carried."""
    is_sale = row.staged.table.role != "bridge"  # a recipe is none of what it makes
    found = [
        a for a in row.columns
        if a.origin and fits(a)
        and (a.additivity == "non_additive" or a.origin[0] != row.staged.id)
        and (is_sale or a.origin[0] == row.staged.id or "per" in a.words)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _today(row: Row, text: str, of_one: Attribute) -> str:
    if of_one.origin is None or of_one.origin[0] == row.staged.id:
        return f"{text}."
    return f"{text}, as it is now; what it was then is not kept."


def _money(name: str, like: Attribute, description: str) -> Attribute:
    return Attribute(
        name=name, type="float" if like.type == "float" else "decimal", group="numerics",
        role="measure", additivity="additive", unit=like.unit, unit_by=like.unit_by,
        money=like.money, description=description,
    )  # fmt: skip
