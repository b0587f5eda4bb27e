"""The role of each table: fact, dimension, bridge, reference or other.

    roles(drafts, relationships, ask)  ->  {table id: RoleFound}

Many small signs (what the table is called, what leads to it and away from it, how its key is
made, what its columns hold) are weighed in one linear model, whose numbers are in
`role_weights`. Leftovers (backups, logs of tools) are told by rule. The reasons given are the
signs that weighed most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.documents.probe import Probe
from dbt_cartridge.documents.schema import Candidate, Evidence, Relationship, Role, Shape
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.families import normalised, weighed
from dbt_cartridge.infer.leftovers import leftovers
from dbt_cartridge.infer.role_signs import PHRASES, Signs, signs
from dbt_cartridge.infer.role_weights import WEIGHTS
from dbt_cartridge.infer.shapes import shape

ROLES: tuple[Role, ...] = ("fact", "dimension", "bridge", "reference", "other")


@dataclass(frozen=True)
class RoleFound:
    """A table's role, how it is shaped, and why."""

    role: Role
    shape: Shape
    confidence: float
    evidence: tuple[Evidence, ...]
    candidates: tuple[Candidate, ...]  # every role, the best first


def roles(
    drafts: Sequence[Draft], relationships: Sequence[Relationship], ask: Probe
) -> dict[str, RoleFound]:
    """The role of every table, by its id."""
    tables = {draft.id: draft for draft in drafts}
    left = leftovers(drafts, relationships, ask)
    seen = signs(tables, relationships)
    out, into = _grouped(relationships)
    chances = weighed(
        tables, relationships, out, {table: probabilities(found) for table, found in seen.items()}
    )
    best: dict[str, Role] = {
        table: "other" if table in left else _likeliest(own) for table, own in chances.items()
    }
    found: dict[str, RoleFound] = {}
    for table, draft in tables.items():
        role = best[table]
        if table in left:
            kind, why = left[table]
            found[table] = RoleFound("other", kind, 0.9, (Evidence(text=why),), ())
            continue
        kind, why = shape(draft, role, best, out.get(table, ()), into.get(table, ()))
        evidence = reasons(seen[table], role) + ((Evidence(text=why),) if why else ())
        found[table] = RoleFound(
            role, kind, round(chances[table][role], 4), evidence, _ranked(chances[table])
        )
    return found


Grouped = dict[str, list[Relationship]]


def _grouped(relationships: Sequence[Relationship]) -> tuple[Grouped, Grouped]:
    """By the table that they leave, and by the one at which they arrive."""
    out: Grouped = {}
    into: Grouped = {}
    for relationship in relationships:
        out.setdefault(relationship.table, []).append(relationship)
        into.setdefault(relationship.ref_table, []).append(relationship)
    return out, into


def probabilities(found: Signs) -> dict[Role, float]:
    """How likely each role is. They sum to 1."""
    return normalised({role: score(found, WEIGHTS[role]) for role in ROLES})


def _likeliest(chances: Mapping[Role, float]) -> Role:
    return max(ROLES, key=lambda role: chances[role])


def score(found: Signs, weights: Mapping[str, float]) -> float:
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in found.items())


def reasons(found: Signs, role: Role, most: int = 4) -> tuple[Evidence, ...]:
    """The signs that speak most for the role, against the average of the other roles."""
    others: list[Role] = [other for other in ROLES if other != role]

    def speaks(name: str) -> float:
        against = sum(WEIGHTS[other].get(name, 0.0) for other in others) / len(others)
        return (WEIGHTS[role].get(name, 0.0) - against) * found[name]

    ranked = sorted(found, key=lambda name: (-speaks(name), name))
    return tuple(
        Evidence(text=PHRASES[name], value=round(speaks(name), 2))
        for name in ranked[:most]
        if speaks(name) > 0.2
    )


def _ranked(chances: Mapping[Role, float]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(text=role, score=round(chances[role], 4))
        for role in sorted(ROLES, key=lambda role: (-chances[role], role))
    )
