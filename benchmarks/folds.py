"""Which databases are left out together, so that none is judged by what its like have taught.

Databases are of a kind where their makers say so (`family`), where one vendor published them (but
for collections of many authors), or where they share much of their vocabulary. Kinds are dealt to
folds whole, the largest first, each to the fold that has the least of its group.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from recorded import Recorded

from dbt_cartridge.words import raw_split, singular

FOLDS = 8
ALIKE = 0.3
"""Cosine of two databases' vocabularies from which on they are of a kind."""
COLLECTIONS = frozenset(("hyukkyukang", "mathesar-foundation"))
"""Who published databases of many authors and domains."""


def folds(found: Sequence[Recorded]) -> list[list[Recorded]]:
    """The databases, parted."""
    dealt: list[list[Recorded]] = [[] for _ in range(FOLDS)]
    kinds = sorted(kinds_of(found), key=lambda kind: (-len(kind), kind[0].name))
    for kind in kinds:
        groups = Counter(one.group for one in kind)
        group = groups.most_common(1)[0][0]
        least = min(dealt, key=lambda fold: (sum(one.group == group for one in fold), len(fold)))
        least.extend(kind)
    return [sorted(fold, key=lambda one: one.name) for fold in dealt if fold]


def kinds_of(found: Sequence[Recorded]) -> list[list[Recorded]]:
    """Databases that belong together, each in one list."""
    top = {one.name: one.name for one in found}

    def root(name: str) -> str:
        while top[name] != name:
            name = top[name]
        return name

    vectors = _vectors(found)
    for at, one in enumerate(found):
        for other in found[:at]:
            if _of_a_kind(one, other) or _cosine(vectors[one.name], vectors[other.name]) >= ALIKE:
                top[root(one.name)] = root(other.name)
    kinds: dict[str, list[Recorded]] = defaultdict(list)
    for one in found:
        kinds[root(one.name)].append(one)
    return list(kinds.values())


def _of_a_kind(one: Recorded, other: Recorded) -> bool:
    mine, theirs = one.manifest, other.manifest
    family = mine.get("family")
    if family and family == theirs.get("family"):
        return True
    vendor = _vendor(one)
    return vendor is not None and vendor not in COLLECTIONS and vendor == _vendor(other)


def _vendor(one: Recorded) -> str | None:
    """Whose repository it was taken from."""
    found = re.search(r"github ([\w-]+)/", one.manifest.get("source", ""))
    return found[1] if found else None


def _vectors(found: Sequence[Recorded]) -> dict[str, Mapping[str, float]]:
    """The words of each database's table names, the rare ones weighing more."""
    words = {
        one.name: {singular(w) for r in one.scan.relations for w in raw_split(r.name)}
        for one in found
    }
    seen = Counter(word for own in words.values() for word in own)
    return {
        name: {word: math.log(len(found) / seen[word]) for word in own}
        for name, own in words.items()
    }


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    dot = sum(weight * other.get(word, 0.0) for word, weight in one.items())
    size = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return dot / size if size else 0.0
