"""The set of relationships, chosen as a whole.

After Auto-BI (Lin, He, Chaudhuri: PVLDB 16(10), 2023): joins are predicted one by one, then the
most probable join graph is chosen under structural constraints: a column refers to one table
(FK-once), and the backbone is the most probable arborescence. There the arborescence spans the
tables of a star; here, where schemas are transactional too, it is needed where it is hardest:
among tables that share one key (person, employee, salesperson), each of which could be every
other's parent. The remaining columns follow by recall: each takes its most probable parent.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer.evidence import Weighed
from dbt_cartridge.infer.keys import TableKeys

ACCEPT = 0.5


@dataclass(frozen=True)
class Chosen:
    """A relationship that was chosen, and the candidates that it won against."""

    best: Weighed
    rivals: tuple[Weighed, ...] = ()


def choose(
    weighed: Sequence[Weighed],
    keys: dict[str, TableKeys],
    rows: Mapping[str, int],
    standing: Mapping[str, int] | None = None,
) -> list[Chosen]:
    """The most probable set: one parent per column (or column group), no cycle among keys.

    `rows` by table: which of several tables that share a key is the narrower one. `standing`: how
    often a table is named, also by candidates that are none of `weighed`.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Weighed]] = defaultdict(list)
    for one in weighed:
        groups[one.pair.child].append(one)
    standing = standings(weighed) if standing is None else standing
    extends = _extensions(weighed, keys)
    own = {child: _without_siblings(group, extends) for child, group in groups.items()}
    specific = {child: _most_specific(group, standing, rows) for child, group in own.items()}
    shared = {child: _shared(group) for child, group in specific.items()}
    backbone = _backbone(
        [one for child, group in shared.items() if _is_key(child, keys) for one in group]
    )
    out: list[Chosen] = []
    for child, group in shared.items():
        if _is_key(child, keys):
            best = backbone.get(child[0])
        else:
            best = max(group, key=_order) if group else None
        if best is None or best.probability < ACCEPT:
            continue
        rivals = sorted((o for o in group if o is not best), key=_order, reverse=True)
        out.append(Chosen(best, tuple(rivals[:5])))
    return out


def _extensions(
    weighed: Sequence[Weighed], keys: dict[str, TableKeys]
) -> frozenset[tuple[str, str]]:
    """(table, parent): whose own key is named for the parent, and lies in it."""
    return frozenset(
        (one.pair.table, one.pair.ref_table)
        for one in weighed
        if one.pair.named.likeness == "entity"
        and not one.pair.same_name
        and "holds" in one.features
        and _is_key(one.pair.child, keys)
    )


def _without_siblings(group: list[Weighed], extends: frozenset[tuple[str, str]]) -> list[Weighed]:
    """A column that is named for a table leads there, not to what extends the table.

    `edit` of edit_notes is an edit's, though `edit` is what edit_data is keyed by.
    """
    named = {
        one.pair.ref_table for one in group
        if one.pair.named.likeness == "entity" and not one.pair.same_name
        and "holds" in one.features
    }  # fmt: skip
    return [
        one for one in group
        if not any((one.pair.ref_table, table) in extends for table in named)
    ]  # fmt: skip


def standings(weighed: Iterable[Weighed]) -> dict[str, int]:
    """How often a table is named as an entity, by columns of other tables and by their names."""
    named: dict[str, set[str]] = defaultdict(set)
    for one in weighed:
        pair = one.pair
        if pair.table == pair.ref_table:
            continue
        by_column = pair.named.likeness in ("entity", "ending") and not pair.same_name
        if by_column or "table_contains_parent" in one.features:
            named[pair.ref_table].add(pair.table)
    return {table: len(children) for table, children in named.items()}


def _most_specific(
    group: list[Weighed], standing: Mapping[str, int], rows: Mapping[str, int]
) -> list[Weighed]:
    """Of several tables that share a key and hold all values, the narrowest is the parent.

    A sales quota is a salesperson's, although each salesperson is an employee and a person too.
    Only tables that something else names count, so that an extension does not stand in for the
    table that it extends; and among tables of the same rows the one that is named more often.
    """
    alike = [
        one for one in group
        if one.pair.same_name and one.pair.ref_is_primary and "holds" in one.features
        and standing.get(one.pair.ref_table, 0) > 0 and one.pair.ref_table != one.pair.table
        and _above(one.pair.ref_table, one.pair.table, standing, rows)
    ]  # fmt: skip
    if not alike:
        return group
    narrow = min(
        alike,
        key=lambda o: (
            "table_contains_parent" not in o.features,
            rows.get(o.pair.ref_table, 0),
            -standing[o.pair.ref_table],
            o.pair.ref_table,
        ),
    )
    best = max(one.probability for one in group)
    return [
        replaced(one, probability=max(one.probability, best))
        if one is narrow
        else replaced(one, probability=0.1 * one.probability)
        if one in alike or ("holds" in one.features and one.pair.same_name)
        else one
        for one in group
    ]


def _above(parent: str, child: str, standing: Mapping[str, int], rows: Mapping[str, int]) -> bool:
    """Between tables of equal rows, the one that is named more often is the parent."""
    mine, theirs = rows.get(child, 0), rows.get(parent, 0)
    return theirs != mine or standing.get(parent, 0) > standing.get(child, 0)


def _is_key(child: tuple[str, tuple[str, ...]], keys: dict[str, TableKeys]) -> bool:
    primary = keys[child[0]].primary
    return primary is not None and primary.columns == child[1]


def _order(one: Weighed) -> tuple[float, str, tuple[str, ...]]:
    return (one.probability, one.pair.ref_table, one.pair.ref_columns)


def _shared(group: list[Weighed]) -> list[Weighed]:
    """A column has one parent: what its candidates claim together cannot exceed certainty.

    Each keeps its odds against `none of them`, and the rest is divided by the odds.
    """
    if len(group) < 2:
        return group
    odds = [one.probability / max(1e-9, 1 - one.probability) for one in group]
    total = 1 + sum(odds)
    strongest = max(odds, default=0.0)
    out: list[Weighed] = []
    for one, odd in zip(group, odds, strict=True):
        # The winner keeps what it had, less the doubt that its rivals raise.
        share = odd / (strongest + (total - 1 - strongest if odd == strongest else odd))
        own = one.probability if odd == strongest else odd / total
        out.append(replaced(one, probability=own * (0.5 + 0.5 * share)))
    return out


def _backbone(edges: list[Weighed]) -> dict[str, Weighed]:
    """The most probable branching over the tables whose key is itself a reference."""
    best: dict[tuple[str, str], Weighed] = {}
    for edge in edges:
        ends = (edge.pair.table, edge.pair.ref_table)
        if ends[0] == ends[1] or edge.probability < ACCEPT:
            continue
        if ends not in best or edge.probability > best[ends].probability:
            best[ends] = edge
    weights = {ends: _gain(edge.probability) for ends, edge in best.items()}
    return {child: best[child, parent] for child, parent in branching(weights).items()}


def _gain(probability: float) -> float:
    """How much more likely the graph becomes by an edge: its log odds."""
    probability = min(1 - 1e-9, max(1e-9, probability))
    return math.log(probability / (1 - probability))


def branching(weights: dict[tuple[str, str], float]) -> dict[str, str]:
    """Chu–Liu/Edmonds: one parent at most per child, no cycle, the greatest sum of weights.

    Keys of `weights` are (child, parent); only positive weights are taken.
    """
    best: dict[str, str] = {}
    for child, parent in sorted(weights):
        if weights[child, parent] <= 0 or child == parent:
            continue
        if child not in best or weights[child, parent] > weights[child, best[child]]:
            best[child] = parent
    cycle = _cycle(best)
    if not cycle:
        return best
    return _without_cycle(weights, best, cycle)


def _without_cycle(
    weights: dict[tuple[str, str], float], best: dict[str, str], cycle: list[str]
) -> dict[str, str]:
    """Contract the cycle to one node, solve, and open it where that costs least."""
    inside, node = set(cycle), "\0".join(sorted(cycle))
    weakest = min(weights[child, best[child]] for child in cycle)
    contracted: dict[tuple[str, str], float] = {}
    origin: dict[tuple[str, str], tuple[str, str]] = {}
    for (child, parent), weight in sorted(weights.items()):
        if child in inside and parent in inside:
            continue
        if child in inside:
            # Entering here means to give up the cycle's own edge of this child.
            ends, weight = (node, parent), weight - weights[child, best[child]] + weakest
        elif parent in inside:
            ends = (child, node)
        else:
            ends = (child, parent)
        if ends not in contracted or weight > contracted[ends]:
            contracted[ends], origin[ends] = weight, (child, parent)
    solved = branching(contracted)
    out = {origin[child, parent][0]: origin[child, parent][1] for child, parent in solved.items()}
    opened = origin[node, solved[node]][0] if node in solved else None
    if opened is None:
        opened = min(sorted(cycle), key=lambda child: weights[child, best[child]])
    out.update({child: best[child] for child in cycle if child != opened})
    return out


def _cycle(parents: dict[str, str]) -> list[str]:
    """The tables of one cycle, or none."""
    done: set[str] = set()
    for start in sorted(parents):
        path: list[str] = []
        at = start
        while at in parents and at not in done and at not in path:
            path.append(at)
            at = parents[at]
        if at in path:
            return path[path.index(at) :]
        done.update(path)
    return []
