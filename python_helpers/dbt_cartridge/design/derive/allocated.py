"""What was charged once for a whole order, spread over its lines by what each is worth."""

from __future__ import annotations

from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.lines import quantity
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Link

RULE = "allocated"
_CHARGES = frozenset(
    """freight shipping carriage postage delivery handling tax vat duty fee discount tip gratuity
    insurance surcharge""".split()
)
"""What is charged or taken off once for all that is bought together."""
_NOT_A_CHARGE = frozenset("incl including inc with before after excl excluding net due".split())
"""Beside these the word says what an amount holds, not what it is: `total_incl_tax`."""
_MOST = 3  # of a header's charges: of more the header itself is asked


def charges(row: Row, header: Link, worth: str) -> dict[str, Attribute]:
    """By each column of the header that is spread, the line's amount that it is spread by.

    What the lines say themselves (a tax of their own) is not.

    Args:
        worth: the column that is known to hold what the line is worth, if any is.
    """
    own = {word for a in row.own if a.role == "measure" for word in a.words}
    found = [
        a for a in header.parent.offer.attributes
        if a.money and is_measure(a) and a.words & _CHARGES and a.words.isdisjoint(_NOT_A_CHARGE)
        and not a.words & _CHARGES & own
    ]  # fmt: skip
    whole = _worth(row, worth)
    if whole is not None:
        found = [a for a in found if a.unit == whole.unit]
    if whole is None or len(found) > _MOST or len(header.columns) != 1:
        return {}
    return {a.name: whole for a in found}


def allocated(
    row: Row, header: Link, whole: Attribute, charge: Attribute, expression: str
) -> Derivation:
    """`allocated_freight`: a line's share of it is its share of what the lines are worth.

    Nobody can say otherwise what freight or tax came with one product; the name and the description
    tell that it was spread. Lines that are worth nothing together share alike, so that all of
    it arrives.

    Args:
        expression: of the charge, beside the line.
    """
    window = f"over (partition by {row[header.columns[0]]})"
    amount, worth = f"cast({expression} as double)", row[whole]
    above = docs.words(header.parent.entity)
    made = Attribute(
        name=allocated_name(charge, header.parent.entity), type="float", group="numerics",
        role="measure", additivity="additive", money=True, unit=whole.unit, unit_by=whole.unit_by,
        description=f"The line's share of the {above}'s `{charge.name}`, by its share of "
        f"`{whole.name}`: spread over the lines, not charged for each.",
    )  # fmt: skip
    return Derivation(
        RULE, made,
        f"coalesce({amount} * coalesce({worth}, 0) / nullif(sum({worth}) {window}, 0), "
        f"{amount} / count(*) {window})",
        Rank.ALWAYS, windowed=True,
    )  # fmt: skip


def _worth(row: Row, known: str) -> Attribute | None:
    """What the line is worth when its discount is off: as it was proved or computed, else the one
    amount of what is counted in pieces. What else belongs to something has no part in it."""
    names = ("net_amount", known, "line_amount")
    found = next((row.by_name[name] for name in names if name in row.by_name), None)
    amounts = [a for a in row.own if a.money and is_measure(a) and not a.words & _CHARGES]
    one = len(amounts) == 1 and quantity(row.own) is not None
    return found or (amounts[0] if one else None)


def allocated_name(charge: Attribute, entity: str) -> str:
    """`total_tax` and `order_tax` of an order are its tax."""
    plain = charge.name.removeprefix("total_").removeprefix(f"{entity}_")
    return f"allocated_{plain.removeprefix('total_')}"
