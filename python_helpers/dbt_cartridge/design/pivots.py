"""Counts and amounts by status: what was captured is told from what is pending.

A sum over all states answers hardly any question: it is kept, named as the total, and beside it
stands one for each of the few states that were seen. A state that comes tomorrow is in the total
alone, and the watch on the column's domain tells of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbt_cartridge.design import docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.measures import Sum, sums
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.words import safe_name

_MOST_STATES = 5
_MOST_AMOUNTS = 1
_LONGEST = 24  # characters of a state: longer ones are sentences
_ROWS_PER_STATE = 5
_NEITHER = frozenset(("true", "false", "t", "f", "y", "n", "yes", "no", "0", "1"))


def states(attributes: Sequence[Attribute]) -> tuple[Attribute, tuple[str, ...]] | None:
    """The status of a fact and its values, where they are words, few, and all known."""
    for attribute in attributes:
        if attribute.role == "status" and attribute.type == "text" and attribute.pii is None:
            values = _values(attribute)
            if values:
                return attribute, values
    return None


def _values(attribute: Attribute) -> tuple[str, ...]:
    profile = attribute.profile
    if profile is None or profile.sampled or profile.approximate:
        return ()
    seen = [v.value for v in profile.top_values if v.value.strip()]
    whole = sum(v.count for v in profile.top_values) == profile.rows - profile.nulls
    filled = profile.rows - profile.nulls - profile.blanks
    few = 1 < len(seen) <= _MOST_STATES and filled >= _ROWS_PER_STATE * len(seen)
    plain = all(
        len(v) <= _LONGEST and v == v.strip() and not v[0].isdigit()
        and v.lower() not in _NEITHER for v in seen
    )  # fmt: skip
    alike = len({safe_name(v) for v in seen}) < len(seen)
    return tuple(sorted(seen)) if whole and few and plain and not alike else ()


def by_state(
    attributes: Sequence[Attribute], child: Staged, alias: str, prefix: str, parent: str
) -> Iterator[tuple[Attribute, str]]:
    """(column, expression) of a count and an amount for each state."""
    found = states(attributes)
    if found is None:
        return
    status, values = found
    several = docs.words(child.entities)
    for value in values:
        chosen = f"{sql.column(alias, status.name)} = {sql.literal(value)}"
        name = "_".join(p for p in (prefix, safe_name(value), child.entity) if p)
        yield (
            Attribute(
                name=f"{name}_count", type="integer", group="numerics", role="measure",
                description=f"How many of the {parent}'s {several} have the "
                f"{docs.words(status.name)} `{value}`.",
                additivity="additive", required=True, zero_if_none=True,
            ),
            f"count(case when {chosen} then 1 end)",
        )  # fmt: skip
        for each in _amounts(attributes, alias):
            made = _amount(each, name, f"{parent}'s {several}", value)
            yield made, f"sum(case when {chosen} then {sql.column(alias, each.measure.name)} end)"


def _amounts(attributes: Sequence[Attribute], alias: str) -> list[Sum]:
    """The sum that is asked for first, of money that is in one currency."""
    found = [s for s in sums(attributes, alias) if s.measure.money and not s.suffix]
    return found[:_MOST_AMOUNTS]


def _amount(each: Sum, name: str, of: str, value: str) -> Attribute:
    words = each.measure.name.split("_")
    tail = words[-1] if words[-1] not in name.split("_") else "amount"
    return Attribute(
        name=f"{name}_{'amount' if tail == 'total' else tail}",
        type=each.measure.type if each.measure.type == "float" else "decimal",
        group="numerics",
        description=f"Sum of `{each.measure.name}` over the {of} that are `{value}`.",
        role="measure", additivity="additive", unit=each.unit, money=True, zero_if_none=True,
    )  # fmt: skip
