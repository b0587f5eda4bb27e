"""Sums and averages. Nothing is added up over several currencies or units, nor over time where a
level is taken again and again."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.durations import DURATIONS
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.measures import Sum, is_summed, worth
from dbt_cartridge.design.naming import Names
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.design import BY_VALUE
from dbt_cartridge.frozen import replaced

_NUMBERS = frozenset({"integer", "decimal", "float"})
COST = "cost_amount"  # of `worth`
MEDIAN = "median("
_IN_UNITS = 2  # measures that are shown in each of several currencies before all else
_AMOUNTS = (["price"], ["value"], ["extended", "price"], ["extended", "amount"])
"""What is said of the price of one piece is, of a sum, an amount."""
_JUDGED = frozenset({"rating", "score", "mark", "marks", "grade", "star", "stars"})
"""What is given to be averaged."""
_NO_LEVEL = frozenset({"latitude", "longitude", "version", "exchange", "fx"})


def totals(group: Group) -> Iterator[Derivation]:
    """What adds up. The totals, the net amounts and the quantities always stand."""
    found = list(_totals(group))
    names = {each.measure: each.name for each in found if not each.one_of_units}
    converts = {a.name: a.converts for a in group.attributes if a.converts}
    for each in found:
        sum_of = names.get(converts.get(each.measure or ""))
        made = replaced(each.attribute, converts=sum_of) if sum_of else each.attribute
        yield replaced(each, attribute=made)


def _totals(group: Group) -> Iterator[Derivation]:
    names = Names()
    first = first_asked(group)
    in_units: dict[str, int] = {}
    for each in group.sums:
        measure = each.measure
        if measure.name in (*group.told, f"{group.child.entity}_count"):
            continue
        ending = f"_{each.suffix}" if each.suffix else ""
        # A total of totals is the total, and a count of counts the count.
        again = [measure.name] if is_summed(measure) and not ending else []
        name = names.claim(
            *again,
            total_name(group.measured, measure.name) + ending,
            *(
                [f"total_{measure.name.removeprefix('total_')}{ending}"]
                if measure.name != "total"
                else []
            ),
            f"total_{group.child.entity}_{measure.name}{ending}",
        )
        only = f" that are in {each.unit}" if each.suffix else ""
        text = f"Sum of `{measure.name}` over the {group.theirs}{only}."
        made = _amount(group, each, name, text, additive=True)
        asked = worth(measure) <= 2 or measure.name == COST or measure is first
        rank = Rank.ALWAYS if asked and not is_summed(measure) else Rank.OFTEN
        if each.suffix:
            in_units[measure.name] = in_units.get(measure.name, len(in_units))
            rank = rank if in_units[measure.name] < _IN_UNITS else Rank.SOMETIMES
        yield Derivation(
            _rule(measure), made, each.expression, rank, one_of_units=bool(each.suffix),
            together=f"{measure.name} by unit" if each.suffix else "", measure=measure.name,
            chosen=(measure.unit_by, each.unit) if each.suffix and measure.unit_by else None,
        )  # fmt: skip


def averages(group: Group) -> Iterator[Derivation]:
    """What one comes to: the amount that is asked for first, and whatever does not add up.

    A rating, a rate, a price of one piece, a duration and a level have an average and no sum.
    """
    names = Names()
    first = first_asked(group)
    for each in (s for s in group.sums if s.measure is first):
        whole = total_name(group.measured, each.measure.name)
        if is_summed(each.measure) and each.measure.money and group.child.table.role == "fact":
            whole = f"total_{group.child.entity}_amount"
        name = names.claim(
            whole.replace("total_", "average_", 1) + (each.suffix and f"_{each.suffix}")
        )
        only = f" that are in {each.unit}" if each.suffix else ""
        text = f"Average of `{each.measure.name}` over the {group.theirs}{only}."
        inner = each.expression.removeprefix("sum(").removesuffix(")")
        made = _amount(group, each, name, text, additive=False)
        yield Derivation(
            _rule(each.measure), made, _average(inner, each.measure),
            Rank.SOMETIMES if group.one_unit else Rank.FIRST,
            together=f"{name} by unit" if each.suffix else "", one_of_units=bool(each.suffix),
            again=None if each.suffix else ("average", each.measure.name),
        )  # fmt: skip
    for measure in group.attributes:
        elsewhere = measure.within is not None and measure.within not in group.link.columns
        if elsewhere or not _is_averaged(measure):
            continue
        made_here = measure.origin is None  # a duration says already what it measures
        own = f"{group.measured}_" if group.measured and not made_here else ""
        plain = f"{own}{measure.name if made_here else group.plain(measure)}"
        made = Attribute(
            name=names.claim(f"average_{group.prefix + '_' if group.prefix else ''}{plain}"),
            type="float",
            group="numerics",
            role="attribute",
            additivity="non_additive",
            unit=measure.unit, money=measure.money,
            description=f"Average of `{measure.name}` over the {group.theirs}; not to be summed.",
        )  # fmt: skip
        asked = measure.rule == DURATIONS or not _JUDGED.isdisjoint(measure.words)
        seldom = Rank.SELDOM if group.one_unit else Rank.SOMETIMES
        rank = Rank.FIRST if asked else Rank.OFTEN if made_here else seldom
        yield Derivation(
            _rule(measure), made, _average(group.column(measure), measure), rank,
            again=("average", measure.name),
        )  # fmt: skip
        if measure.rule == DURATIONS:
            yield _median(group, measure, made)


def first_asked(group: Group) -> Attribute | None:
    """The measure that is asked for first: an order without a total of its own is worth what its
    lines add up to."""
    found = [s.measure for s in group.sums if s.measure.name not in group.told]
    first = min(found, key=worth, default=None)
    return first if first is not None and (first.money or first.origin) else None


def _median(group: Group, measure: Attribute, average: Attribute) -> Derivation:
    """What half of them stay below: a few that took for ever carry an average of durations off.
    Of what came late most are not late at all, and the half of them says little; of what has an
    amount people ask what it came to, by its kinds too, before they ask for the half of its times.
    """
    text = f"Half of the {group.theirs} have a `{measure.name}` below this, half above."
    name = average.name.replace("average_", "median_", 1)
    made = replaced(average, name=name, description=text)
    amount = first_asked(group)
    seldom = "late" in measure.words or (amount is not None and amount.money)
    rank = Rank.SOMETIMES if seldom else Rank.OFTEN
    return Derivation(DURATIONS, made, f"{MEDIAN}{group.column(measure)})", rank)


def _rule(measure: Attribute) -> str:
    """What is summed up of a column that is named for a value is so named as well."""
    return BY_VALUE if measure.rule == BY_VALUE else "amounts"


def _is_averaged(measure: Attribute) -> bool:
    loose = measure.additivity != "additive"
    plain = _NO_LEVEL.isdisjoint(measure.words)
    return (
        measure.role == "measure" and measure.type in _NUMBERS and loose and plain
        and measure.unit_by is None and not measure.zero_if_none
    )  # fmt: skip


def _average(value: str, measure: Attribute) -> str:
    """Some warehouses cut the average of whole numbers to a whole number."""
    return f"avg(cast({value} as double))" if measure.type == "integer" else f"avg({value})"


def _amount(group: Group, each: Sum, name: str, text: str, additive: bool) -> Attribute:
    measure = each.measure
    return Attribute(
        name=f"{group.prefix}_{name}" if group.prefix else name,
        type="float" if measure.type == "float" or not additive else "decimal",
        group="numerics", description=text if additive else f"{text[:-1]}; not to be summed.",
        role="measure" if additive else "attribute",
        additivity="additive" if additive else "non_additive",
        unit=each.unit, unit_by=each.unit_by or group.unit_by(measure), money=measure.money,
        zero_if_none=additive,
    )  # fmt: skip


def total_name(entity: str, measure: str) -> str:
    """`invoice`, `total` → total_invoice_amount; `order_line`, `line_amount` →
    total_order_line_amount; `order`, `order_total` or `total_price` → total_order_amount."""
    words = [word for word in measure.split("_") if word != "total"]
    words = ["subtotal"] if words == ["sub"] else words
    stem = entity.split("_") if entity else []
    while words and (words[0] in stem or words == ["line", "amount"]):
        words = words[1:]
    if not words or words in _AMOUNTS:
        words = ["amount"]
    return "_".join(["total", *stem, *words])
