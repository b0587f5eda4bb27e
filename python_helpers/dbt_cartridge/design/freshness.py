"""When a source is stale: by the gaps between its loads, of tables in which things happen.

A warning, never an error: how late is too late is known to people alone. Code lists and entities
are not stale for not changing, and a table that nothing has come into for long was left behind;
of neither anything is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.documents.design import Freshness
from dbt_cartridge.documents.scan import Column, Relation
from dbt_cartridge.documents.schema import ColumnMeaning, Schema, Table

_STAMPS = ("load_time", "updated_time", "created_time")
_FEWEST = 5  # stamps: of fewer, the gaps say nothing
_MANY_GAPS = 5  # so many usual gaps without a row are worth a look
_SHORTEST = timedelta(days=1)
_LONGEST = timedelta(days=60)  # what comes so seldom is no feed
_LEFT_BEHIND = 3  # times the limit, behind what came last into the schema


def freshness(relations: Iterable[Relation], schema: Schema) -> dict[str, Freshness]:
    """By relation. Pure: "now" is the newest stamp in any table of the same schema."""
    found: dict[str, tuple[Relation, Column, timedelta, datetime]] = {}
    newest: dict[str, datetime] = {}
    for relation in relations:
        table = schema.by_id.get(relation.id)
        seen = _stamp(relation, table) if table else None
        if seen is None:
            continue
        last = seen[2]
        newest[relation.schema_name] = max(last, newest.get(relation.schema_name, last))
        if table and _happens(table) and seen[1] <= _LONGEST:
            found[relation.id] = (relation, *seen)
    return {
        id: _freshness(relation, column, limit)
        for id, (relation, column, limit, last) in found.items()
        if newest[relation.schema_name] - last <= _LEFT_BEHIND * limit
    }


def _happens(table: Table) -> bool:
    return table.role == "fact" or table.shape in ("event", "log")


def _stamp(relation: Relation, table: Table) -> tuple[Column, timedelta, datetime] | None:
    """The column that tells when rows came, how long a gap is worth a look, and the last one."""
    if relation.kind == "view":
        return None
    for column in _in_order(relation, table.by_name):
        profile = column.profile
        if profile is None or profile.nulls == profile.rows:
            continue
        first, last = _time(profile.min), _time(profile.max)
        if first is None or last is None or (profile.distinct or 0) < _FEWEST:
            continue
        gap = (last - first) / max(1, (profile.distinct or 1) - 1)
        days = -(-_MANY_GAPS * gap // _SHORTEST)
        return column, max(_SHORTEST, days * _SHORTEST), last
    return None


def _in_order(relation: Relation, meanings: Mapping[str, ColumnMeaning]) -> Iterable[Column]:
    for role in _STAMPS:
        for column in relation.columns:
            meaning = meanings.get(column.name)
            if meaning and meaning.role == role and column.type in ("timestamp", "date"):
                yield column


def _time(text: str | None) -> datetime | None:
    """Of a profile's bound, without its zone: gaps are counted in days."""
    try:
        return datetime.fromisoformat((text or "")[:19])
    except ValueError:
        return None


def _freshness(relation: Relation, column: Column, limit: timedelta) -> Freshness:
    stamp = sql.name(column.name)
    needed = relation.filter_column
    return Freshness(
        loaded_at=sql.cast(stamp, "timestamp") if column.type == "date" else stamp,
        warn_after_hours=limit // timedelta(hours=1),
        filter=sql.demanded(needed[0], needed[1] == "integer") if needed else None,
    )
