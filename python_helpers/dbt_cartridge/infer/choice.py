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
from dataclasses import dataclass, replace
from typing import Iterable

from dbt_cartridge.infer.evidence import Weighed
from dbt_cartridge.infer.keys import TableKeys

ACCEPT = 0.5


@dataclass(frozen=True)
class Chosen:
    """A relationship that was chosen, and the candidates that it won against."""

    best: Weighed
    rivals: tuple[Weighed, ...] = ()


def choose(weighed: Iterable[Weighed], keys: dict[str, TableKeys]) -> list[Chosen]:
    """The most probable set: one parent per column (or column group), no cycle among keys."""
    groups: dict[tuple[str, tuple[str, ...]], list[Weighed]] = defaultdict(list)
    for one in weighed:
        groups[one.pair.child].append(one)
    shared = {child: _shared(group) for child, group in groups.items()}
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


def choose_each(weighed: Iterable[Weighed]) -> list[Chosen]:
    """Every candidate above the line, edge by edge. For the ablation only."""
    return [Chosen(one) for one in weighed if one.probability >= ACCEPT]


def _is_key(child: tuple[str, tuple[str, ...]], keys: dict[str, TableKeys]) -> bool:
    primary = keys[child[0]].primary
    return primary is not None and primary.columns == child[1]


def _order(one: Weighed) -> tuple[float, str, tuple[str, ...]]:
    return (one.probability, one.pair.ref_table, one.pair.ref_columns)


def _shared(group: list[Weighed]) -> list[Weighed]:
    """A column has one parent: what its candidates claim together cannot exceed certainty.

    Each keeps its odds against `none of them`, and the rest is divided by the odds.
    """
    odds = [one.probability / max(1e-9, 1 - one.probability) for one in group]
    total = 1 + sum(odds)
    strongest = max(odds, default=0.0)
    out: list[Weighed] = []
    for one, odd in zip(group, odds):
        # The winner keeps what it had, less the doubt that its rivals raise.
        share = odd / (strongest + (total - 1 - strongest if odd == strongest else odd))
        own = one.probability if odd == strongest else odd / total
        out.append(replace(one, probability=own * (0.5 + 0.5 * share) if len(group) > 1 else own))
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
    out = {
        origin[child, parent][0]: origin[child, parent][1] for child, parent in solved.items()
    }
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
