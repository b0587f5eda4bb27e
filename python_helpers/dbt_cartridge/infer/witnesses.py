"""What speaks for a reference beside its values, and what forbids it whatever its name.

Values alone may include each other by accident: numbers that count from 1 do. A witness is a name
that says the parent, or values that no accident finds there (codes, numbers with gaps).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from dbt_cartridge import law
from dbt_cartridge.documents.probe import Answer
from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer.candidates import SPARSE, Pair, density
from dbt_cartridge.infer.evidence import Weighed, code_density
from dbt_cartridge.infer.facts import ColumnFacts, Facts
from dbt_cartridge.infer.keys import TableKeys
from dbt_cartridge.infer.name_words import PERSON_ENTITIES
from dbt_cartridge.infer.names import normal

BEYOND_CHANCE = 8.0
"""Powers of ten against an accident, from which values are a witness of their own."""
NONE_VALUES = frozenset(("0", "-1", "", "-", "none", "null", "nil", "n/a", "na"))
"""What stands for `none`, in any case, where it, and it alone, has no parent."""
_NOTHING = frozenset("0-{} ")
"""Of such signs alone is a code of nothing: a GUID of zeros."""
FEW = 2
"""Rows of a parent from which on a name that only hints at it can be believed."""
AS_FAR = 0.9
"""Share of the parent's highest number that the child's reaches, if both count the same things."""
HINTS = ("begin", "part", "person", "short", "table", "none")


def witnesses(pair: Pair, facts: Facts, answer: Answer | None) -> int:
    """How many things beside the values say this parent."""
    return int(pair.named.likeness != "none") + int(by_values(pair, facts, answer))


def by_values(pair: Pair, facts: Facts, answer: Answer | None) -> bool:
    """Were so many values found in the parent that no accident explains it?"""
    if answer is None or answer.status != "answered":
        return False
    if len(pair.columns) > 1:
        return answer.key_hits > 1
    parent = facts.column(pair.ref_table, pair.ref_columns[0])
    if _is_long_code(parent):
        return answer.key_hits > 0
    held = density(parent) if parent.low is not None else code_density(parent)
    strength = answer.key_hits * math.log10(1 / max(1e-6, held))
    return answer.key_hits > 1 and strength >= BEYOND_CHANCE


def plays_for_want_of_users(pair: Pair, facts: Facts) -> bool:
    """A part that somebody plays, of whom the only people here need not be one: `created_by`, and
    no table but customers. Numbers that count from 1 are among theirs whoever they mean; only
    where they go as far as theirs do the two count the same.
    """
    if pair.named.likeness != "person":
        return False
    if normal(facts.tables[pair.ref_table].entity)[-1] in PERSON_ENTITIES:
        return False
    child = facts.column(pair.table, pair.columns[0])
    parent = facts.column(pair.ref_table, pair.ref_columns[0])
    if child.high is None or parent.high is None:
        return True
    return child.high < AS_FAR * parent.high


def _is_long_code(column: ColumnFacts) -> bool:
    """Ten characters or more, always as many, none blank: no two tables write one by chance."""
    profile = column.column.profile
    if profile is None or column.family not in ("text", "uuid") or column.is_free_text:
        return False
    spaced = profile.patterns.spaced if profile.patterns else 0
    longest = profile.max_length or (36 if column.family == "uuid" else 0)
    return not spaced and longest >= 10 and profile.min_length in (longest, None)


def stands_for_none(pair: Pair, answer: Answer | None, facts: Facts) -> str | None:
    """The value that means `no parent`: the only one that is not found, and a usual one for it."""
    profile = facts.column(pair.table, pair.columns[0]).column.profile
    if answer is None or profile is None or len(pair.columns) > 1:
        return None
    if answer.keys - answer.key_hits != 1 or not answer.key_hits:
        return None
    missing = answer.considered - answer.hits
    return next(
        (t.value for t in profile.top_values if t.count == missing and _says_none(t.value)), None
    )


def _says_none(value: str) -> bool:
    return value.strip().lower() in NONE_VALUES or _NOTHING.issuperset(value)


def without_none(pair: Pair, answer: Answer | None, facts: Facts) -> Answer | None:
    """The answer over the rows that refer to anything."""
    if answer is None or stands_for_none(pair, answer, facts) is None:
        return answer
    return answer.model_copy(update={"considered": answer.hits, "keys": answer.key_hits})


def admitted(weighed: Sequence[Weighed], facts: Facts, keys: dict[str, TableKeys]) -> list[Weighed]:
    """The candidates that may be references: neither refuted nor a key that merely fits."""
    kept = [one for one in weighed if not _is_refuted(one, facts)]
    kept = [one for one in kept if not _is_half_a_key(one.pair, keys)]
    kept = [one for one in kept if not _merely_fits(one, kept, facts, keys)]
    return _in_its_own_schema(kept, facts)


def _is_refuted(one: Weighed, facts: Facts) -> bool:
    answer = without_none(one.pair, one.answer, facts)
    if answer is None or answer.status != "answered":
        return False
    return law.is_refuted(answer.considered, answer.hits)


def _is_half_a_key(pair: Pair, keys: dict[str, TableKeys]) -> bool:
    """One column of a key of several refers to nothing: it finds many rows."""
    parent = keys[pair.ref_table]
    if parent.primary is None or parent.entity == pair.ref_columns:
        return False
    singles = {key.columns for key in (*parent.others, *parent.doubted)}
    own = parent.primary.columns
    return set(pair.ref_columns) < set(own) and pair.ref_columns not in singles


def _merely_fits(
    one: Weighed, others: Sequence[Weighed], facts: Facts, keys: dict[str, TableKeys]
) -> bool:
    """A table's own key refers to another table only where it extends it.

    It then bears the other table's name, or holds values that are there by no accident; and no
    other column leads to that table.
    """
    pair = one.pair
    primary = keys[pair.table].primary
    if primary is None or primary.columns != pair.columns or len(pair.columns) != 1:
        return False
    says = pair.same_name or pair.named.likeness == "entity"
    own = facts.column(pair.table, pair.columns[0])
    if pair.named.likeness in ("ending", "key_ending"):
        says = density(own) <= SPARSE  # numbers with gaps do not count the table's own rows
    if not says and not by_values(pair, facts, one.answer):
        return True
    return any(
        other.pair.table == pair.table
        and other.pair.ref_table == pair.ref_table
        and other.pair.columns != pair.columns
        and other.pair.ref_is_primary
        and other.pair.named.likeness in ("entity", "key_name")
        for other in others
    )


def _in_its_own_schema(weighed: Sequence[Weighed], facts: Facts) -> list[Weighed]:
    """Where several schemas have the parent, the child's own has it first."""
    groups: dict[tuple[str, tuple[str, ...]], list[Weighed]] = defaultdict(list)
    for one in weighed:
        groups[one.pair.child].append(one)
    out: list[Weighed] = []
    for group in groups.values():
        near = {
            _entity(one, facts) for one in group
            if _schema(one.pair.ref_table) == _schema(one.pair.table)
        }  # fmt: skip
        out += [
            replaced(one, ambiguous=_twins(one, group, facts))
            for one in group
            if _schema(one.pair.ref_table) == _schema(one.pair.table)
            or _entity(one, facts) not in near
        ]
    return out


def _twins(one: Weighed, group: Sequence[Weighed], facts: Facts) -> tuple[str, ...]:
    """Tables of another schema that are called the same and fit as well."""
    if _schema(one.pair.ref_table) == _schema(one.pair.table):
        return ()
    return tuple(
        sorted(
            other.pair.ref_table
            for other in group
            if other.pair.ref_table != one.pair.ref_table
            and _entity(other, facts) == _entity(one, facts)
        )
    )


def _entity(one: Weighed, facts: Facts) -> tuple[str, ...]:
    return normal(facts.tables[one.pair.ref_table].entity)


def _schema(table: str) -> str:
    return table.split(".", 1)[0]
