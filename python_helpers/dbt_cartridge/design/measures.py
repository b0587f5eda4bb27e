"""What may be summed, in which order of worth, and how sums respect currencies and units.

Nothing is added up over several currencies or units: where a column names each row's, the amount in
one currency is summed in its place, if there is one; else there is one sum for each of the few that
were seen, or none, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.documents.scan import Column
from dbt_cartridge.frozen import frozen
from dbt_cartridge.words import safe_name, singular

_FEW_UNITS = 5
_NUMBERS = frozenset({"integer", "decimal", "float"})
_WORTH: tuple[frozenset[str], ...] = (
    frozenset("net total revenue sales sale amount price paid due subtotal".split()),
    frozenset("profit margin income earnings".split()),
    frozenset("quantity units qty count".split()),
    frozenset("cost refund refunded discount tax fee freight shipping".split()),
)
"""What business asks for first. It orders what may be summed; it decides nothing alone."""


_BESIDES = frozenset("incl including inc with before after excl excluding net".split())
"""An amount with its tax is no tax."""
_WHOLE = frozenset({"due", "paid"})  # behind a total: all of it
_PARTS = frozenset("sub subtotal net due paid remaining balance capturable refunded gross".split())


@frozen
class Sum:
    """One sum over a measure."""

    measure: Attribute
    expression: str
    unit: str | None
    suffix: str = ""  # of its name: `eur`
    unit_by: str | None = None  # in several units still, one for each group


def measures(attributes: Sequence[Attribute]) -> list[Attribute]:
    """What may be summed, the most asked for first: its own before what was summed for it."""
    found = [a for a in attributes if is_measure(a)]
    return sorted(found, key=lambda a: (is_summed(a), *_order(a)))


def sums(
    attributes: Sequence[Attribute], alias: str, by: Sequence[str] | None = ()
) -> Iterator[Sum]:
    """The sums over what `alias` holds.

    Args:
        by: columns by which the rows are grouped; None where the rows of one group share their
            unit whatever names it, as the lines of one order do.
    """
    by_name = {a.name: a for a in attributes}
    converted = {a.converts for a in attributes}
    for measure in measures(attributes):
        value = sql.column(alias, measure.name)
        if measure.unit_by is None:
            yield Sum(measure, f"sum({value})", measure.unit)
        elif by is None or measure.unit_by in by:
            yield Sum(measure, f"sum({value})", None, unit_by=measure.unit_by)
        elif measure.unit_by in by_name and measure.name not in converted:
            teller = sql.column(alias, measure.unit_by)
            for unit in by_name[measure.unit_by].units:
                chosen = f"case when {teller} = {sql.literal(unit)} then {value} end"
                yield Sum(measure, f"sum({chosen})", unit, safe_name(unit))


def is_measure(attribute: Attribute) -> bool:
    """Whether its sum over all rows says something."""
    return (
        attribute.role == "measure"
        and attribute.additivity == "additive"
        and attribute.type in _NUMBERS
    )


def unsummed(
    attributes: Sequence[Attribute], by: Sequence[str] = (), of: str = ""
) -> list[Attribute]:
    """Measures that are left out since they are in more units than can stand side by side.

    Args:
        by: columns by which the rows are grouped.
        of: the table whose row each group belongs to.
    """
    by_name = {a.name: a for a in attributes}
    converted = {a.converts for a in attributes}
    return [
        a for a in measures(attributes)
        if (a.unit_of and a.unit_of[0] != of)
        or (a.unit_by and a.unit_by not in by and a.name not in converted
            and not (a.unit_by in by_name and by_name[a.unit_by].units))
    ]  # fmt: skip


def few_units(column: Column) -> tuple[str, ...]:
    """The units or currencies in a column of texts, in order, where they are few and all known."""
    profile = column.profile
    if profile is None or column.type != "text" or profile.sampled or profile.approximate:
        return ()
    seen = [v.value for v in profile.top_values if v.value.strip()]
    counted = sum(v.count for v in profile.top_values)
    whole = counted == profile.rows - profile.nulls
    names = {safe_name(unit) for unit in seen}
    few = len(seen) <= _FEW_UNITS and len(names) == len(seen)
    return tuple(sorted(seen)) if whole and few else ()


def worth(attribute: Attribute) -> int:
    """0 for what business asks for first."""
    words = attribute.words | {singular(word) for word in attribute.words}
    last = len(_WORTH) - 1
    if words & _WORTH[last] and words.isdisjoint(_BESIDES):
        return last
    return next((at for at, group in enumerate(_WORTH) if group & words), len(_WORTH))


def _order(attribute: Attribute) -> tuple[int, bool, bool, int]:
    """What is paid in all before its parts."""
    words = attribute.words
    part = bool(words & _PARTS) and not ("total" in words and words & _WHOLE)
    return worth(attribute), part, attribute.type == "integer", attribute.name.count("_")


def is_summed(attribute: Attribute) -> bool:
    """Counted or summed up of other rows already."""
    return attribute.origin is None and attribute.zero_if_none
