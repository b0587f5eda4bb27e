"""Snapshots: the history of what changes in place.

They stand on the source's rows: history cannot be made again, and what staging makes of a row
changes with its SQL. Where staging chooses among the rows (the last of many loads, the parts of a
table) or reads the time of the change out of a text, they stand on staging.
"""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.design import docs
from dbt_cartridge.design.naming import Names, in_names
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.design.plan import Plan
from dbt_cartridge.documents.design import LeftOut, Snapshot, Source
from dbt_cartridge.documents.host import Host

_INCOMPARABLE = frozenset({"json", "binary", "array", "struct", "other"})
"""Types of which no warehouse, or not every one, says whether two values are alike."""


def snapshots(
    plan: Plan, declared: Sequence[Source], host: Host, settings: Settings, names: Names
) -> tuple[list[Snapshot], list[LeftOut]]:
    """What is kept the history of, and what is not, and why."""
    found: list[Snapshot] = []
    left: list[LeftOut] = []
    known: dict[str, list[tuple[str, str]]] = {}
    for source in declared:
        for table in source.tables:
            known.setdefault(table.relation, []).append((source.name, table.name))
    for staged in plan.staged.values():
        if not staged.key or not staged.key_proved or not _changes(plan, staged):
            continue
        stamp = _stamp(staged)
        if stamp is None and settings.snapshots != "check":
            continue
        secret = [a.name for a in staged.offer.attributes if a.pii == "credential"]
        if secret:
            why = f"It would keep every {docs.words(secret[0])} that ever was."
            left.append(LeftOut(what=f"snapshot of {staged.id}", why=why))
            continue
        rows = _source(staged, stamp, known.get(staged.id, ()))
        found.append(_snapshot(staged, stamp, rows, host, names))
    return found, left


def _changes(plan: Plan, staged: Staged) -> bool:
    """Its rows are changed in place: entities are, events and bridges are not."""
    table = staged.table
    if staged.is_history or table.shape in ("date", "history", "event", "log", "aggregate"):
        return False
    if table.role in ("dimension", "reference"):
        return True
    if table.role != "fact":
        return False
    roles = {column.role for column in table.columns}
    return table.shape == "accumulating_snapshot" or (
        "status" in roles and {"created_time", "updated_time"} <= roles
    )


def _stamp(staged: Staged) -> Attribute | None:
    """When a row was last changed. A stamp that never differs from row to row tells nothing.

    A date is no stamp: it misses the second change of a day, and dbt warns at every build that its
    type is not that of the snapshot's own times.
    """
    for attribute in staged.offer.attributes:
        if attribute.role != "updated_time" or attribute.type != "timestamp":
            continue
        profile = attribute.profile
        if attribute.is_tool or not attribute.required:
            continue
        if profile and profile.rows > 1 and profile.distinct == 1:
            continue
        return attribute
    return None


def _snapshot(
    staged: Staged, stamp: Attribute | None, source: tuple[str, str] | None,
    host: Host, names: Names,
) -> Snapshot:  # fmt: skip
    own = docs.words(staged.entities)
    name = names.claim(
        f"{staged.entities}{host.snapshot_suffix}",
        f"{in_names(staged.source)}_{staged.entities}{host.snapshot_suffix}",
        owner=staged.id,
    )
    stored = {name: column for column, name in staged.names.items()}
    called = stored if source else {a.name: a.name for a in staged.offer.attributes}
    watched = tuple(
        called[a.name] for a in staged.offer.attributes
        if a.name not in staged.key and not a.is_tool and a.type not in _INCOMPARABLE
        and a.name in called and (source is None or a.origin is not None)
    )  # fmt: skip
    by = called[stamp.name] if stamp else None
    how = f"by `{by}`" if by else "by comparing their columns"
    return Snapshot(
        name=name,
        model=staged.offer.model,
        source=source,
        unique_key=tuple(called[column] for column in staged.key),
        strategy="timestamp" if by else "check",
        updated_at=by,
        check_columns=() if by else watched,
        description=f"The history of {own}: a row for every state seen, told apart {how}.",
    )


def _source(
    staged: Staged, stamp: Attribute | None, tables: Sequence[tuple[str, str]]
) -> tuple[str, str] | None:
    """Where its rows stand as they are, one of each key.

    Args:
        tables: the names of its source and of the table in it, as often as it is declared.
    """
    stored = set(staged.names.values())
    chosen = (
        staged.table.versions is not None
        or staged.hides_deleted
        or staged.own
        or staged.relation.filter_column is not None
        or not stored.issuperset(staged.key)
        or (stamp is not None and (stamp.name not in stored or stamp.data_type is None))
    )
    return tables[0] if len(tables) == 1 and not chosen else None
