"""What became of the warehouse since the files were made, by the facts that the ledger keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbt_cartridge.documents.changes import Facts, Given, SchemaChange
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Column, Profile, Relation, Scan
from dbt_cartridge.write.code import host_code, refs
from dbt_cartridge.write.ledger import Ledger
from dbt_cartridge.write.paths import FOLDER

FACTS = f"{FOLDER}/facts.json"
_ALIKE = 0.05  # by how much the shares of two profiles of one column may differ


def survey(
    scan: Scan, before: Scan | None, host: Host, project_dir: Path, *, prune: bool = False
) -> tuple[Given, tuple[SchemaChange, ...]]:
    """What the decisions rest on, and what changed in the warehouse.

    Args:
        before: the scan of the last run, if it is still there: its profiles tell a renamed column
            from one that went while another came.
    """
    known = _stored(project_dir)
    entries = Ledger.load(project_dir, bases=False).entries
    ids = {*known, *(id for entry in entries.values() for id in entry.relations)}
    gone = tuple(sorted(id for id in ids if _is_gone(id, scan)))
    places = {entry.at or path for path, entry in entries.items()}
    given = Given(
        facts=_now(known, scan),
        gone=gone,
        needed=_readers(host, project_dir, places) if prune and gone else {},
        prune=prune,
    )
    return given, tuple(_changes(known, scan, before)) if known else ()


def _readers(host: Host, project_dir: Path, places: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for path, text in host_code(host, project_dir, places):
        for name in sorted(refs(text)):
            found.setdefault(name, []).append(path)
    return {name: tuple(paths) for name, paths in sorted(found.items())}


def facts_text(facts: Facts) -> bytes:
    """A column a line, so that a review shows what changed."""
    return (json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode()


def _stored(project_dir: Path) -> Facts:
    """Nothing where they are missing or damaged: then nothing is said of changes."""
    try:
        data: Any = json.loads((project_dir / FACTS).read_bytes())
        return {
            str(id): {str(name): str(type_) for name, type_ in columns.items()}
            for id, columns in data.items()
        }
    except (OSError, ValueError, AttributeError):
        return {}


def _now(known: Facts, scan: Scan) -> Facts:
    kept = {id: columns for id, columns in known.items() if not _is_gone(id, scan)}
    seen = {t.id: {c.name: c.native_type for c in t.columns} for t in scan.tables.values()}
    return dict(sorted((kept | seen).items()))


def _is_gone(id: str, scan: Scan) -> bool:
    """In a schema that was read, and not there; what the globs leave out is there."""
    return id not in scan.by_id and id not in scan.tables and scan.covers(id)


def _changes(known: Facts, scan: Scan, before: Scan | None) -> Iterator[SchemaChange]:
    dropped = {id: columns for id, columns in known.items() if _is_gone(id, scan)}
    added = {t.id: t for t in scan.tables.values() if t.id not in known}
    for id, columns in dropped.items():
        same = [r for r in added.values() if {c.name: c.native_type for c in r.columns} == columns]
        if len(same) == 1 and same[0].id.split(".")[0] == id.split(".")[0]:
            del added[same[0].id]
            why = "its columns are the same"
            yield SchemaChange(kind="renamed", where=id, to=same[0].id, why=why)
        else:
            yield SchemaChange(kind="dropped", where=id)
    for id in added:
        yield SchemaChange(kind="added", where=id)
    for relation in scan.tables.values():
        if relation.id in known:
            yield from _column_changes(known[relation.id], relation, before)


def _column_changes(
    known: Mapping[str, str], relation: Relation, before: Scan | None
) -> Iterator[SchemaChange]:
    now = {column.name: column for column in relation.columns}
    old = before.by_id.get(relation.id) if before else None
    added = {name: column for name, column in now.items() if name not in known}
    for position, (name, type_) in enumerate(known.items()):
        where = f"{relation.id}.{name}"
        if name in now:
            if now[name].native_type != type_:
                yield SchemaChange(kind="retyped", where=where, to=now[name].native_type)
            continue
        was = old.by_name.get(name) if old else None
        new = _renamed_to(position, type_, was, relation, added)
        if new is None:
            yield SchemaChange(kind="dropped", where=where)
        else:
            del added[new.name]
            known_by = "position, type and profile" if was and was.profile else "position and type"
            why = f"the same {known_by}"
            yield SchemaChange(kind="renamed", where=where, to=new.name, why=why)
    for name, column in added.items():
        where = f"{relation.id}.{name}"
        yield SchemaChange(kind="added", where=where, to=column.native_type)


def _renamed_to(
    position: int, type_: str, was: Column | None, relation: Relation, added: Mapping[str, Column]
) -> Column | None:
    """The new column that is the old one by another name, if there is one."""
    if position >= len(relation.columns):
        return None
    here = relation.columns[position]
    if here.name not in added or here.native_type != type_:
        return None
    return here if was is None or _alike(was.profile, here.profile) else None


def _alike(one: Profile | None, other: Profile | None) -> bool:
    if one is None or other is None or not one.rows or not other.rows:
        return True
    shares = [(p.nulls / p.rows, (p.distinct or 0) / p.rows) for p in (one, other)]
    close = all(abs(a - b) <= _ALIKE for a, b in zip(*shares, strict=True))
    if one.rows == other.rows:
        return close and (one.nulls, one.distinct) == (other.nulls, other.distinct)
    return close
