"""Amounts in the one currency of the house, by the rate of exchange that stands in the row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge import law
from dbt_cartridge.design.derive.allocated import RULE as ALLOCATED
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.measures import is_measure
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.documents.schema import Identity

RULE = "converted"


@dataclass(frozen=True)
class Exchange:
    """That amounts like `foreign` are those like `home` by `rate`, as the rows of a table show."""

    foreign: Attribute
    home: Attribute
    rate: Attribute
    divided: bool

    @property
    def told(self) -> frozenset[str]:
        """The words by which an amount says that it is converted already: `home`."""
        return self.home.words - self.foreign.words


def exchange(staged: Staged, identities: Sequence[Identity]) -> Exchange | None:
    """Of a table whose rows have one amount in both currencies, and the rate.

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
            return Exchange(foreign, home, rate, one.form == "quotient")
    return None


def converted(row: Row, found: Exchange, rate: str, currency: str | None) -> Iterator[Derivation]:
    """`converted_tax`: of what adds up and stands in the row's own currency alone.

    Args:
        rate: its expression beside the row.
        currency: the column that names it; what no column names may be in the other one already.
    """
    for amount in row.columns:
        told = amount.name in (found.foreign.name, found.home.name) or amount.words & found.told
        if not (amount.money and is_measure(amount)) or amount.unit_by != currency or told:
            continue
        name = f"converted_{amount.name.removeprefix('line_')}"
        wanted = amount.words | found.told
        there = any(a.words == wanted for a in row.columns)  # the source has it converted
        if currency is None or amount.rule == ALLOCATED or there or name in row.by_name:
            continue
        sign, said = ("/", "divided by") if found.divided else ("*", "times")
        made = Attribute(
            name=name, type="float" if found.divided else amount.type,
            group="numerics", role="measure", additivity="additive", money=True,
            unit=found.home.unit,
            description=f"`{amount.name}` {said} `{found.rate.name}`: in the one currency that "
            f"`{found.home.name}` is in.",
        )  # fmt: skip
        value = f"nullif({rate}, 0)" if found.divided else rate
        yield Derivation(RULE, made, f"{row[amount]} {sign} {value}", Rank.ALWAYS)
