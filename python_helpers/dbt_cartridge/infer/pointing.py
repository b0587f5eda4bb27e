"""Which columns of text hold the values of another table: `films_people.character`, `people.name`.

Asked for tables without a column that is named as a key. Names take no part; values do, in the
order of bounds, known values, and the warehouse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from dbt_cartridge.documents.probe import Inclusion
from dbt_cartridge.infer.facts import ColumnFacts, Facts
from dbt_cartridge.infer.probing import Asker, inclusion

FEWEST = 5
"""Values of a parent, below which including them is chance."""
FEWEST_OF_CHILD = 3
LONGEST = 40
MOST_ASKED = 20
"""Questions about one table."""
HELD = 0.95


@dataclass
class Pointers:
    """One table's columns: how many others hold its values, and which hold another's."""

    referred: dict[str, int] = field(default_factory=dict[str, int])
    pointing: dict[str, float] = field(default_factory=dict[str, float])


def pointers(facts: Facts, weak: Collection[str], ask: Asker) -> dict[str, Pointers]:
    """By table id, for tables that are concerned.

    Args:
        weak: tables whose key no name tells.
    """
    texts = _Texts(facts)
    questions: list[Inclusion] = []
    for table in sorted(weak):
        pairs = (
            inclusion(child.table, [child.name], table, [parent.name])
            for parent in facts.tables[table].columns.values()
            if _can_be_parent(parent)
            for child in texts.within(parent)
        )
        questions += islice(pairs, MOST_ASKED)
    found: dict[str, Pointers] = {}
    for question, answer in zip(questions, ask(questions), strict=True):
        if answer.status != "answered" or not answer.keys or answer.share < HELD:
            continue
        parent = found.setdefault(question.ref_relation, Pointers())
        name = question.ref_columns[0]
        parent.referred[name] = parent.referred.get(name, 0) + 1
        child = facts.column(question.relation, question.columns[0])
        if not child.unique:
            found.setdefault(child.table, Pointers()).pointing[child.name] = 0.8
    return found


def _can_be_parent(column: ColumnFacts) -> bool:
    return _is_short_text(column) and bool(column.unique) and (column.distinct or 0) >= FEWEST


def _is_short_text(column: ColumnFacts) -> bool:
    profile = column.column.profile
    return column.family == "text" and bool(profile) and (profile.mean_length or 99) <= LONGEST


class _Texts:
    """All columns of short text with values enough to tell, in the order of the tables."""

    def __init__(self, facts: Facts) -> None:
        self._all = [
            column
            for table in facts.tables.values()
            for column in table.columns.values()
            if _is_short_text(column) and (column.distinct or 0) >= FEWEST_OF_CHILD
        ]
        self._by_value: dict[str | None, list[int]] = defaultdict(list)
        for at, column in enumerate(self._all):
            self._by_value[_usual(column)].append(at)

    def within(self, parent: ColumnFacts) -> Iterator[ColumnFacts]:
        """The columns of other tables whose values may lie in the parent's, for all that the
        profile knows."""
        if parent.domain is None:
            found: Iterable[int] = range(len(self._all))
        else:
            values = (None, *parent.domain)
            found = sorted(at for value in values for at in self._by_value.get(value, ()))
        for at in found:
            if self._all[at].table != parent.table and _may_lie_in(self._all[at], parent):
                yield self._all[at]


def _usual(column: ColumnFacts) -> str | None:
    """Its most frequent value, where one is known."""
    profile = column.column.profile
    return profile.top_values[0].value if profile and profile.top_values else None


def _may_lie_in(child: ColumnFacts, parent: ColumnFacts) -> bool:
    """Nothing that the profile knows speaks against it."""
    own, other = child.column.profile, parent.column.profile
    if own is None or other is None or (child.distinct or 0) > (parent.distinct or 0):
        return False
    if (own.max_length or 0) > (other.max_length or 0):
        return False
    known = parent.domain
    return known is None or all(top.value in known for top in own.top_values)
