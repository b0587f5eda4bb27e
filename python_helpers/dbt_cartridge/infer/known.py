"""What the profile answers already, so that the warehouse need not be asked.

    known(facts)  ->  question -> Answer, or None where the warehouse must tell

Whole numbers only. A column with as many distinct values as its range has whole numbers holds every
one of them: what lies within that range is found there, without looking. What lies beyond a range
is not found in it. Both follow from exact counts alone, never from a sample or an estimate.
"""

from __future__ import annotations

from collections.abc import Callable

from dbt_cartridge.documents.probe import Answer, Inclusion, Question
from dbt_cartridge.documents.scan import Profile
from dbt_cartridge.infer.facts import Facts

Known = Callable[[Question], "Answer | None"]


def known(facts: Facts) -> Known:
    """Answers out of the profiles of `facts`, the same as the warehouse would give."""

    def answer(question: Question) -> Answer | None:
        if not isinstance(question, Inclusion) or question.where_column is not None:
            return None
        if len(question.columns) != 1:
            return None
        child = _exact(facts, question.relation, question.columns[0])
        parent = _exact(facts, question.ref_relation, question.ref_columns[0])
        return _included(child, parent) if child and parent else None

    return answer


def _included(child: Profile, parent: Profile) -> Answer | None:
    low, high = _range(child)
    least, most = _range(parent)
    without_gaps = parent.distinct == most - least + 1
    found = without_gaps and least <= low and high <= most
    if not found and not (high < least or most < low):
        return None
    filled, keys = child.rows - child.nulls, child.distinct or 0
    hits, key_hits = (filled, keys) if found else (0, 0)
    return Answer(rows=filled, considered=filled, hits=hits, keys=keys, key_hits=key_hits)


def _exact(facts: Facts, table: str, name: str) -> Profile | None:
    """The profile of a column of whole numbers that was counted in every row and has values."""
    found = facts.tables.get(table)
    column = found.columns[name].column if found and name in found.columns else None
    profile = column.profile if column and column.type == "integer" else None
    if profile is None or profile.sampled or profile.approximate or not profile.distinct:
        return None
    return profile if _is_whole(profile.min) and _is_whole(profile.max) else None


def _range(profile: Profile) -> tuple[int, int]:
    return int(profile.min or 0), int(profile.max or 0)


def _is_whole(text: str | None) -> bool:
    return text is not None and text.removeprefix("-").isdecimal()
