"""Amounts in the one currency of the house, by the rate in the row or that of its day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge import law
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.derive.allocated import RULE as ALLOCATED
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.documents.design import ExpressionTest
from dbt_cartridge.documents.schema import Identity

RULE = "converted"


@dataclass(frozen=True)
class Exchange:
    """By which rate, and in which direction, amounts come to be in one currency.

    Args:
        rate: its column's name.
        said: what the rate is and where it comes from, in the words of the docs; `into`: what the
            amounts are in then.
        unit: that currency, where its code is known.
        foreign, home: the amount that stands in both currencies, where one does.
        told: the words by which an amount says that it is converted already: `home`.
        at_home: the value that the row's currency has where the amount is what it is.
    """

    rate: str
    divided: bool
    said: str
    into: str
    unit: str | None = None
    foreign: str | None = None
    home: str | None = None
    told: frozenset[str] = frozenset()
    at_home: str | None = None


def exchange(staged: Staged, identities: Sequence[Identity]) -> tuple[Exchange, Attribute] | None:
    """Of a table whose rows have one amount in both currencies, and the rate; with that amount as
    it was agreed.

    Args:
        identities: the table's own.
    """
    for one in identities:
        held = one.hits >= law.HOLDS * one.considered and one.considered > 0
        if one.kind != "conversion" or not held:
            continue
        columns = [staged.names.get(each or "") for each in (*one.operands, one.result)]
        known = [staged.offer.by_name[name] for name in columns if name in staged.offer.by_name]
        if len(known) == 3:
            foreign, rate, home = known
            found = Exchange(
                rate=rate.name, divided=one.form == "quotient", said=f"`{rate.name}`",
                into=f"the one currency that `{home.name}` is in", unit=home.unit,
                foreign=foreign.name, home=home.name, told=home.words - foreign.words,
            )  # fmt: skip
            return found, foreign
    return None


def converted(row: Row, found: Exchange, rate: str, currency: str | None) -> Iterator[Derivation]:
    """`converted_tax`: of what adds up and stands in the row's own currency alone.

    Args:
        rate: its expression beside the row.
        currency: the column that names it; what no column names may be in the other one already.
    """
    for amount in row.columns:
        told = amount.name in (found.foreign, found.home) or amount.words & found.told
        if not (amount.money and is_measure(amount)) or amount.unit_by != currency or told:
            continue
        name = f"converted_{amount.name.removeprefix('line_')}"
        wanted = amount.words | found.told
        # The source has it converted.
        there = any(a.words == wanted and a is not amount for a in row.columns)
        if currency is None or amount.rule == ALLOCATED or there or name in row.by_name:
            continue
        sign, said = ("/", "divided by") if found.divided else ("*", "times")
        made = Attribute(
            name=name, type="float",
            group="numerics", role="measure", additivity="additive", money=True,
            unit=found.unit, converts=amount.name,
            description=f"`{amount.name}` {said} {found.said}: in {found.into}.",
        )  # fmt: skip
        by = f"nullif({rate}, 0)" if found.divided else rate
        # A product of two decimals may have more digits than the warehouse holds, and stops there.
        value = f"{sql.cast(row[amount], 'double')} {sign} {by}"
        if found.at_home is not None:
            at_home = f"{row[currency]} = {found.at_home}"
            value = f"case when {at_home} then {row[amount]} else {value} end"
        yield Derivation(RULE, made, value, Rank.ALWAYS)


def rate_tests(attributes: Sequence[Attribute]) -> Iterator[ExpressionTest]:
    """No amount is missing in the one currency, since no rate was found for it."""
    shown = {a.name for a in attributes}
    for made in attributes:
        if made.rule == RULE and made.converts in shown:
            amount = sql.name(made.converts or "")
            yield ExpressionTest(
                expression=f"{amount} is null or {sql.name(made.name)} is not null",
                name=f"{made.name}_has_its_rate", severity="warn",
                evidence="what has no rate, of a new currency or day, is missing in its sums",
            )  # fmt: skip
