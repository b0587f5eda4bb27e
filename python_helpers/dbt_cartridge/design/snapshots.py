"""Snapshots: the history of what changes in place.

They stand on staging models, so that a snapshot has one row per key, casts and business names.
"""

from __future__ import annotations

from dbt_cartridge.config import Settings
from dbt_cartridge.design import docs
from dbt_cartridge.design.naming import Names
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.design.plan import Plan
from dbt_cartridge.documents.design import Snapshot
from dbt_cartridge.documents.host import Host


def snapshots(plan: Plan, host: Host, settings: Settings, names: Names) -> tuple[Snapshot, ...]:
    found: list[Snapshot] = []
    for staged in plan.staged.values():
        if not staged.key or not staged.key_proved or not _changes(plan, staged):
            continue
        stamp = _stamp(staged)
        if stamp is None and settings.snapshots != "check":
            continue
        found.append(_snapshot(staged, stamp, host, names))
    return tuple(found)


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


def _snapshot(staged: Staged, stamp: Attribute | None, host: Host, names: Names) -> Snapshot:
    own = docs.words(staged.entities)
    name = names.claim(
        f"{staged.entities}{host.snapshot_suffix}",
        f"{staged.source}_{staged.entities}{host.snapshot_suffix}",
        owner=staged.id,
    )
    how = f"by `{stamp.name}`" if stamp else "by comparing their columns"
    watched = tuple(
        a.name for a in staged.offer.attributes
        if a.name not in staged.key and not a.is_tool and a.type not in ("json", "binary")
    )  # fmt: skip
    return Snapshot(
        name=name,
        model=staged.offer.model,
        unique_key=staged.key,
        strategy="timestamp" if stamp else "check",
        updated_at=stamp.name if stamp else None,
        check_columns=() if stamp else watched,
        description=f"The history of {own}: a row for every state seen, told apart {how}.",
    )
