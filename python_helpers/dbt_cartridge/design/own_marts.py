"""The host's own marts: models with the grain of a table, that stand on its staging.

By key and parents: what the host tests to be unique in a model is the table's key, or that of its
staging by the host's own tests, and the model stands on what shows that table's rows. Where a model
has no such test, it has the grain of what it reads if its SQL selects the rows of that and nothing
else, one for one. Names decide only between several.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from sqlglot import exp

from dbt_cartridge.design.lineage import (
    columns_of,
    keeps_grain,
    origin,
    output_name,
    outputs,
    parsed,
)
from dbt_cartridge.design.parts import Staged
from dbt_cartridge.documents.design import Query
from dbt_cartridge.documents.host import Host, HostModel, Kind
from dbt_cartridge.words import singular


def own_marts(staged: Mapping[str, Staged], host: Host) -> dict[str, HostModel]:
    """Relation → the host's mart of its grain; of several, the one named for it, or the nearest."""
    roots = dict(_roots(staged))
    known = {model.name: model for model in host.models if not model.generated}
    under = set(_under(roots, known))
    found: dict[str, list[tuple[bool, int, str]]] = {}
    for model in known.values():
        if not _is_mart(model, host) or model.name in roots or model.name in under:
            continue
        distances = _below(model, roots, known)
        same = [id for id in distances if _has_grain(model, staged[id], distances[id], host)]
        named = [id for id in same if _is_named_for(model, staged[id], host)]
        nearest = min((distances[id] for id in same), default=0)
        fitting = named or [id for id in same if distances[id] == nearest]
        if len(fitting) == 1:  # two tables with keys of one name: which of them is not known
            (id,) = fitting
            found.setdefault(id, []).append((not named, distances[id], model.name))
    return {id: known[min(models)[2]] for id, models in found.items()}


def _roots(staged: Mapping[str, Staged]) -> Iterator[tuple[str, str]]:
    """What shows a table's rows → the table: its staging, and the source itself."""
    for id, its in staged.items():
        if its.is_history:
            continue  # of what has versions, a mart may show the current ones or all
        yield its.offer.model, id
        for each in its.model.body.inputs if isinstance(its.model.body, Query) else ():
            if each.source:
                yield ".".join(each.source), id


def _under(roots: Mapping[str, str], known: Mapping[str, HostModel]) -> Iterator[str]:
    """The models that the host's staging stands on."""
    waiting = [name for name in roots if name in known]
    seen = set(waiting)
    while waiting:
        for name in known[waiting.pop()].reads:
            if name in known and name not in seen:
                seen.add(name)
                waiting.append(name)
                yield name


def _is_mart(model: HostModel, host: Host) -> bool:
    before: tuple[Kind, ...] = ("staging", "intermediate")
    named = any(any(host.affix(kind)) and host.is_called(kind, model.name) for kind in before)
    ours = model.resource == "model" and model.package == host.project_name
    return ours and not named and model.layer not in before


def _below(
    model: HostModel, roots: Mapping[str, str], known: Mapping[str, HostModel]
) -> dict[str, int]:
    """Relation → how many models lie between its rows and the model."""
    found: dict[str, int] = {}
    seen: set[str] = {model.name}
    waiting = deque((name, 0) for name in model.reads)
    while waiting:
        name, distance = waiting.popleft()
        if name in seen:
            continue
        seen.add(name)
        if name in roots:
            found.setdefault(roots[name], distance)
        elif name in known:
            waiting.extend((parent, distance + 1) for parent in known[name].reads)
    return found


def _has_grain(model: HostModel, staged: Staged, distance: int, host: Host) -> bool:
    key = {name.casefold() for name in staged.key}
    stored = {c.casefold() for c, name in staged.names.items() if name in staged.key}
    tested = (each for its in host.models if its.name == staged.offer.model for each in its.keys)
    keys = [each for each in (key, stored, *({n.casefold() for n in k} for k in tested)) if each]
    for each in model.keys:
        names = {name.casefold() for name in each}
        hashed = len(each) == 1 and any(_hashes(model, each[0], its, host) for its in keys)
        if names in keys or hashed:
            return True
    return not model.keys and distance == 0 and _selects(model, staged, key, host)


def _hashes(model: HostModel, column: str, key: set[str], host: Host) -> bool:
    """Whether a surrogate key is made from the table's key and from nothing else."""
    scope = parsed(model.sql, (), host.adapter)
    if scope is None or not isinstance(scope.expression, exp.Select):
        return False
    return any(
        columns_of(scope, output) == key
        for output in outputs(scope)
        if output_name(output).casefold() == column.casefold()
    )


def _selects(model: HostModel, staged: Staged, key: set[str], host: Host) -> bool:
    """Whether it shows the rows of its one parent, one for one, with their key if they have one."""
    offered = staged.offer.by_name
    scope = parsed(model.sql, offered, host.adapter) if len(model.reads) == 1 else None
    if scope is None or not keeps_grain(scope):
        return False
    shown = {(origin(scope, output) or "").casefold() for output in outputs(scope)}
    return key <= shown


def _is_named_for(model: HostModel, staged: Staged, host: Host) -> bool:
    kinds: tuple[Kind, ...] = ("dimension", "fact")
    labels = {model.name, *(host.label_of(kind, model.name) for kind in kinds)}
    return any(singular(label) == singular(staged.entities) for label in labels)
