"""What structure says of roles beside the signs: families share one, and a bridge has two sides.

weighed(drafts, relationships, leaving, chances)  ->  chances, by table
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from dbt_cartridge.documents.schema import Relationship, Role
from dbt_cartridge.infer.column_words import is_digest
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.words import raw_split

Chances = Mapping[Role, float]
_SIBLINGS = 2


def weighed(
    drafts: Mapping[str, Draft],
    relationships: Sequence[Relationship],
    leaving: Mapping[str, Sequence[Relationship]],
    chances: Mapping[str, Chances],
) -> dict[str, dict[Role, float]]:
    """The chances of each role, what structure rules out taken away, families judged as one.

    Args:
        leaving: the relationships by the table that they leave; none for a table without any.
    """
    found = {
        table: _possible(drafts[table], leaving.get(table, ()), own)
        for table, own in chances.items()
    }
    for family in _families(drafts, relationships):
        shared = _together([found[table] for table in family])
        found.update({table: dict(shared) for table in family})
    return found


def _possible(draft: Draft, out: Sequence[Relationship], chances: Chances) -> dict[Role, float]:
    """A table with one row for each of one parent's brings no two together: it is no bridge. What a
    data vault tells of a hub or a link, load by load, is neither that nor something that happened.
    """
    extends = any(r.kind == "extension" and set(r.columns) == set(draft.key_columns) for r in out)
    barred: set[Role] = set()
    if extends and len({r.columns for r in out}) == 1:
        barred = {"bridge"}
    elif draft.versions and any(is_digest(m.words) for m in draft.meanings):
        barred = {"bridge", "fact"}
    if not barred:
        return dict(chances)
    kept: dict[Role, float] = {
        role: chance if role not in barred else 0.0 for role, chance in chances.items()
    }
    total = sum(kept.values()) or 1.0
    return {role: chance / total for role, chance in kept.items()}


def _families(
    drafts: Mapping[str, Draft], relationships: Sequence[Relationship]
) -> list[list[str]]:
    """Subtypes of one table, with its key and its name before their own: `email_event_click`."""
    groups: dict[str, list[str]] = defaultdict(list)
    for r in relationships:
        if r.kind == "extension" and r.table in drafts and r.ref_table in drafts:
            own = raw_split(drafts[r.table].relation.name)
            above = raw_split(drafts[r.ref_table].relation.name)
            if len(own) > len(above) and own[: len(above)] == above:
                groups[r.ref_table].append(r.table)
    return [family for family in groups.values() if len(family) >= _SIBLINGS]


def _together(all_chances: Sequence[Chances]) -> dict[Role, float]:
    """What the family is, each member a witness of its own: the mean of the logs."""
    roles: list[Role] = list(all_chances[0])
    logs: dict[Role, float] = {
        role: sum(math.log(max(each[role], 1e-6)) for each in all_chances) / len(all_chances)
        for role in roles
    }
    return normalised(logs)


def normalised(logs: Chances) -> dict[Role, float]:
    """Chances that sum to 1, of their logarithms up to a constant."""
    top = max(logs.values())
    powers: dict[Role, float] = {role: math.exp(value - top) for role, value in logs.items()}
    total = sum(powers.values())
    return {role: power / total for role, power in powers.items()}
