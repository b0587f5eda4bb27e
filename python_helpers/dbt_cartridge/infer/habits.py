"""What a schema does throughout: columns that are called alike lead to tables of one kind.

One column of ones and twos is found in any table by accident. Where the `entity0` of twenty
associations is found, in each, in the table that the association names first, or `author_id` in
users wherever it stands, each is a witness of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dbt_cartridge import law
from dbt_cartridge.infer.candidates import Pair
from dbt_cartridge.infer.evidence import Weighed

Habit = tuple[str, ...]
BROKEN = 0.25
"""Share of the tables that contradict, from which it is no habit."""


def habits(weighed: Sequence[Weighed]) -> dict[Pair, int]:
    """In how many other tables what a pair claims was found to hold."""
    holding: dict[Habit, set[str]] = defaultdict(set)
    refuting: dict[Habit, set[str]] = defaultdict(set)
    for one in weighed:
        answer = one.answer
        if answer is None or answer.status != "answered" or not answer.considered:
            continue
        if answer.hits == answer.considered:
            holding[_habit(one.pair)].add(one.pair.table)
        elif law.is_refuted(answer.considered, answer.hits):
            refuting[_habit(one.pair)].add(one.pair.table)
    found: dict[Pair, int] = {}
    for one in weighed:
        habit = _habit(one.pair)
        others = holding[habit] - {one.pair.table}
        if others and len(refuting[habit]) <= BROKEN * len(others):
            found[one.pair] = len(others)
    return found


def _habit(pair: Pair) -> Habit:
    """What other pairs claim likewise: whoever did something is in one table; `new_id` leads to
    the table that its own table's name holds; any other name leads where it leads elsewhere."""
    likeness = pair.named.likeness
    if likeness == "person":
        return likeness, pair.ref_table
    if likeness == "table":
        return likeness, *pair.columns
    return likeness, pair.ref_table, *pair.columns
