"""Tables that are one table in parts: `events_20240101`, `events_20240102`, … are `events_*`.

BigQuery reads such parts through a wildcard and its catalogue gives them as one. Elsewhere, and for
other endings than a day, they are united here: one relation under the same kind of name, that the
macros and the staging model read as a `union all`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dbt_cartridge.documents.scan import Column, Relation, Shard

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# What a table's name may end in, the longest first. A bare number has to stand apart: `mp3`, `v2`.
_ENDINGS = {
    "day": re.compile(rf"(.*[^\W\d_])[_-]*({_YEAR})[_-]?({_MONTH})[_-]?({_DAY})"),
    "month": re.compile(rf"(.*[^\W\d_])[_-]*({_YEAR})[_-]?[mM]?({_MONTH})"),
    "week": re.compile(rf"(.*[^\W\d_])[_-]*({_YEAR})[_-]?([wW](?:0[1-9]|[1-4]\d|5[0-3]))"),
    "quarter": re.compile(rf"(.*[^\W\d_])[_-]*({_YEAR})[_-]?([qQ][1-4])"),
    "named month": re.compile(rf"(?i)(.*[^\W\d_])[_-]+({_YEAR})[_-]?({_MONTHS})"),
    "month of year": re.compile(rf"(?i)(.*[^\W\d_])[_-]+({_MONTHS})[_-]?({_YEAR})"),
    "bare month": re.compile(rf"(?i)(.*[^\W\d_])[_-]+({_MONTHS})"),
    "bare quarter": re.compile(r"(.*[^\W\d_])[_-]+([qQ][1-4])"),
    "year": re.compile(rf"(.*[^\W\d_])[_-]*({_YEAR})"),
    "number": re.compile(r"(.*[^\W\d_])[_-]+(\d{1,6})"),
}
_FEWEST_COLUMNS = 3  # a code and a name are many tables' columns
_MOST_LATER = 3  # columns that only the later parts have
_TEXTS = {"bigquery": "STRING", "duckdb": "VARCHAR", "mysql": "varchar(16)"}
_Ending = tuple[str, str, str, str]  # schema, stem, kind of ending, kind of relation


def united(relations: Sequence[Relation], adapter: str) -> tuple[Relation, ...]:
    """The relations, those that are parts of one table replaced by one with `shards`.

    Parts have the same columns with the same types, but for a few that only some have, and names
    that differ in the ending alone. What stands beside a table of the bare name is its archive or
    its copy and stays apart, as does what another table refers to by name.
    """
    names = {(r.schema_name, r.name.casefold()) for r in relations}
    referred = {(f.ref_schema, f.ref_table) for r in relations for f in r.foreign_keys}
    groups: dict[_Ending, list[tuple[Relation, str]]] = {}
    for relation in relations:
        found = _ending(relation.name)
        if found is None or (relation.schema_name, relation.name) in referred:
            continue
        stem, kind, label = found
        if (relation.schema_name, stem.casefold()) not in names and _is_plain(relation):
            key = (relation.schema_name, stem, kind, relation.kind)
            groups.setdefault(key, []).append((relation, label))
    made: dict[str, Relation] = {}
    gone: set[str] = set()
    for (_, stem, _, _), members in groups.items():
        parts = _alike(members)
        if len(parts) > 1:
            whole = _union(f"{stem}_*", parts, adapter)
            if whole.id not in made and (whole.schema_name, whole.name) not in names:
                made[whole.id] = whole
                gone |= {relation.id for relation, _ in parts}
    kept = [relation for relation in relations if relation.id not in gone]
    return tuple(sorted((*kept, *made.values()), key=lambda r: (r.schema_name, r.name)))


def _ending(name: str) -> tuple[str, str, str] | None:
    """(stem, kind of ending, label): `events`, `day`, `2024-01-01`."""
    for kind, pattern in _ENDINGS.items():
        if found := pattern.fullmatch(name):
            stem, *parts = found.groups()
            return stem, kind, "-".join(parts)
    return None


def _is_plain(relation: Relation) -> bool:
    """Not a wildcard already, no field of a record, no demand on every statement."""
    return relation.partition_filter is None and not any("." in c.name for c in relation.columns)


def _alike(members: Iterable[tuple[Relation, str]]) -> list[tuple[Relation, str]]:
    """The members whose columns are those of the widest, which comes first; else the newest."""
    newest = sorted(members, key=lambda each: each[1], reverse=True)
    ordered = sorted(newest, key=lambda each: -len(each[0].columns))
    widest = ordered[0][0].by_name
    if len(widest) < _FEWEST_COLUMNS:
        return []
    return [each for each in ordered if _fits(each[0], widest)]


def _fits(relation: Relation, widest: dict[str, Column]) -> bool:
    later = len(widest) - len(relation.columns)
    if later > _MOST_LATER or later * 2 > len(widest):
        return False
    return all(c.name in widest and _type(c) == _type(widest[c.name]) for c in relation.columns)


def _type(column: Column) -> tuple[str, str]:
    """Without lengths: they do not keep rows apart."""
    return column.type, re.sub(r"\(.*", "", column.native_type).casefold()


def _union(name: str, parts: Sequence[tuple[Relation, str]], adapter: str) -> Relation:
    first = parts[0][0]
    shards = tuple(
        Shard(
            name=relation.name,
            label=label,
            missing=tuple(c.name for c in first.columns if c.name not in relation.by_name),
        )
        for relation, label in parts
    )
    missing = {column for shard in shards for column in shard.missing}
    loose = missing | {c.name for r, _ in parts for c in r.columns if c.nullable}
    told = {column.name.casefold() for column in first.columns}
    mark = next(n for n in ("shard", "shard_of", "shard_label", "table_shard") if n not in told)
    columns = [
        c.model_copy(update={"nullable": c.name in loose, "position": at, "generated": False})
        for at, c in enumerate(first.columns, 1)
    ]
    which = Column(
        name=mark,
        position=len(columns) + 1,
        native_type=_TEXTS.get(adapter, "text"),
        type="text",
        nullable=False,
        comment="Which of the tables that this is made of the row comes from.",
    )
    rows = [relation.rows for relation, _ in parts]
    sizes = [relation.bytes for relation, _ in parts]
    return Relation(
        schema_name=first.schema_name,
        name=name,
        kind="view",
        database=first.database,
        comment=first.comment,
        rows=None if None in rows else sum(filter(None, rows)),
        bytes=None if None in sizes else sum(filter(None, sizes)),
        columns=(*columns, which),
        foreign_keys=first.foreign_keys,
        checks=first.checks,
        shards=shards,
    )
