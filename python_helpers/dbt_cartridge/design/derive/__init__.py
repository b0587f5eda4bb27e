"""What people compute in marts, as rules: facts of the schema in, typed columns out.

A rule is shown the rows that belong to one row (`Group`, `Through`) or the row itself (`Row`), and
proposes `Derivation`s. It joins nothing, names no model, and knows of no other rule. What is
written is decided by rank, within the room of a mart (`derivation.within`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbt_cartridge.design.derive.ages import ages
from dbt_cartridge.design.derive.amounts import averages, totals
from dbt_cartridge.design.derive.by_kind import by_flag, by_kind, moments_by_kind
from dbt_cartridge.design.derive.by_two import by_two
from dbt_cartridge.design.derive.changes import changes
from dbt_cartridge.design.derive.counts import counts, distinct
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.durations import durations, lateness, planned
from dbt_cartridge.design.derive.ends import ends, moments
from dbt_cartridge.design.derive.engagement import engagement, margins, shares
from dbt_cartridge.design.derive.full_name import full_name
from dbt_cartridge.design.derive.group import Group
from dbt_cartridge.design.derive.held import held
from dbt_cartridge.design.derive.intervals import intervals
from dbt_cartridge.design.derive.lists import lists, people
from dbt_cartridge.design.derive.only_one import only_one
from dbt_cartridge.design.derive.progress import progress
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.derive.running import running
from dbt_cartridge.design.derive.sequence import sequence
from dbt_cartridge.design.derive.through import Through, through

__all__ = ["OF_A_GROUP", "OF_A_ROW", "of_bridge", "of_group", "of_period", "of_row"]

OF_A_GROUP: tuple[Callable[[Group], Iterator[Derivation]], ...] = (
    counts, moments, lists, totals, averages, by_kind, by_flag, ends, distinct,
    by_two, moments_by_kind, changes, people,
)  # fmt: skip
OF_A_ROW: tuple[Callable[[Row], Iterator[Derivation]], ...] = (
    full_name, sequence, running, durations, lateness, planned, progress, held, intervals,
    engagement, margins, shares,
)  # fmt: skip


def of_group(group: Group) -> list[Derivation]:
    """All that the rules propose, each name once: the first rule that wants it has it.

    Of the lines of what belongs to a row, only what cannot be summed up from line to header.
    """
    if group.header is not None:
        return list(distinct(group))
    if group.called:
        return list(counts(group))
    if group.single:
        return _once(only_one(group))
    return _once(each for rule in OF_A_GROUP for each in rule(group))


def of_bridge(pair: Through) -> list[Derivation]:
    """All that is proposed of what a bridge brings together with a row, each name once."""
    return _once(through(pair))


def of_period(group: Group) -> list[Derivation]:
    """What is asked of a period: how many, how much, of which kinds, and of how many different
    ones. When the first and the latest of them were says nothing."""
    rules = (counts, totals, by_kind, by_flag, averages, distinct)
    return _once(each for rule in rules for each in rule(group))


def of_row(row: Row, whole: bool = True, now: bool = False) -> list[Derivation]:
    """All that the rules propose beside the row's columns.

    Args:
        whole: the model is built whole each time, so that a row may be compared with others.
        now: it may be a view, and say how long it is until today.
    """
    rules = (*OF_A_ROW, ages) if now and whole else OF_A_ROW
    found = _once(each for rule in rules for each in rule(row))
    return [d for d in found if (whole or not d.windowed) and d.name not in row.by_name]


LONGEST = 56
"""Characters of a name. A longer one is read by nobody; only what always stands may have it."""


def _once(found: Iterator[Derivation]) -> list[Derivation]:
    named = {each.name: each for each in reversed(list(found))}
    return [
        each for each in list(named.values())[::-1]
        if len(each.name) <= LONGEST or each.rank == Rank.ALWAYS
    ]  # fmt: skip
