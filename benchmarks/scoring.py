"""What inference said beside what is known: edges, figures, and their means over groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from dbt_cartridge.documents.schema import Relationship, Schema

RECOVERABLE = 0.9
Gold = Mapping[str, Any]
Prediction = dict[str, Any]
Edge = tuple[str, frozenset[tuple[str, str]], str]
"""Child table, pairs of child and parent column, parent table."""


def plain(text: str) -> str:
    """A name as it is compared."""
    return text.strip().strip('"').casefold()


def bare(relation: str) -> str:
    """A relation's id without its schema."""
    return relation.split(".", 1)[1]


def edge(table: str, columns: Iterable[str], ref: str, ref_columns: Iterable[str]) -> Edge:
    pairs = frozenset(zip(map(plain, columns), map(plain, ref_columns), strict=True))
    return plain(bare(table)), pairs, plain(bare(ref))


def edge_of(one: Relationship) -> Edge:
    return edge(one.table, one.columns, one.ref_table, one.ref_columns)


def backwards(one: Edge) -> Edge:
    return one[2], frozenset((b, a) for a, b in one[1]), one[0]


def gold_edges(gold: Gold, kind: str = "foreign_keys") -> set[Edge]:
    return {
        edge(f".{f['table']}", f["columns"], f".{f['ref_table']}", f["ref_columns"])
        for f in gold.get(kind) or ()
    }


def prediction(schema: Schema, *, suggested: bool = False) -> Prediction:
    """A schema in the form of gold.json. `suggested`: with what names alone suggest."""
    edges = (*schema.relationships, *(schema.suggestions if suggested else ()))
    return {
        "tables": {
            bare(table.id): {
                "primary_key": list(table.primary_key.columns) if table.primary_key else [],
                "role": table.role,
            }
            for table in schema.tables
        },
        "foreign_keys": [
            {
                "table": bare(one.table),
                "columns": list(one.columns),
                "ref_table": bare(one.ref_table),
                "ref_columns": list(one.ref_columns),
            }
            for one in edges
            if one.kind not in ("external", "polymorphic")
        ],
    }


@dataclass(frozen=True)
class Figures:
    """F1 of keys and accuracy of roles. None where the database has no such answers."""

    pk: float | None
    fk: float | None  # recoverable edges
    plain: float | None  # every edge
    role: float | None
    whole: Mapping[str, Any]  # the scorer's words on every edge
    found: Mapping[str, Any]  # and on the recoverable ones


def figures(score: ModuleType, predicted: Prediction, gold: Gold) -> Figures:
    whole = score.score(predicted, gold)
    found = score.score(predicted, gold, RECOVERABLE)
    role = whole.get("role")
    return Figures(
        _f1(whole["pk"]), _f1(found.get("fk")), _f1(whole.get("fk")), role and role["acc"],
        whole, found,
    )  # fmt: skip


def _f1(result: Any) -> float | None:
    return result["f1"] if result and result["gold"] else None


@dataclass(frozen=True)
class Means:
    """Macro averages: over the databases that have the answers, or over groups of them."""

    pk: float
    fk: float
    plain: float
    role: float

    def __str__(self) -> str:
        return f"pk={self.pk:.3f} fk={self.fk:.3f} (plain {self.plain:.3f}) role={self.role:.3f}"


def macro(found: Iterable[Figures]) -> Means:
    every = list(found)
    return Means(
        _mean(f.pk for f in every), _mean(f.fk for f in every),
        _mean(f.plain for f in every), _mean(f.role for f in every),
    )  # fmt: skip


def by_group(groups: Sequence[str], found: Sequence[Figures]) -> dict[str, tuple[int, Means]]:
    """How many databases each group has, and their means; ordered by name."""
    members: dict[str, list[Figures]] = defaultdict(list)
    for group, one in zip(groups, found, strict=True):
        members[group].append(one)
    return {group: (len(every), macro(every)) for group, every in sorted(members.items())}


def of_groups(means: Iterable[Means]) -> Means:
    """Each group counts once, however many databases it has."""
    every = list(means)
    return Means(
        _mean(m.pk for m in every), _mean(m.fk for m in every),
        _mean(m.plain for m in every), _mean(m.role for m in every),
    )  # fmt: skip


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0
