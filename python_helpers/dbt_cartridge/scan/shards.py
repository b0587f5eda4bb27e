"""Tables that are one table in parts: `events_20240101`, `events_20240102`, … are `events_*`.

BigQuery reads such parts through a wildcard and its catalogue gives them as one. Elsewhere, and for
other endings than a day, they are united here: one relation under the same kind of name, that the
macros and the staging model read as a `union all`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from dbt_cartridge.documents.decisions import FILE, Decisions
from dbt_cartridge.documents.scan import Column, Relation, Shard
from dbt_cartridge.errors import ConfigError, did_you_mean

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
UNDECIDED = Decisions()
_FEWEST_COLUMNS = 3  # a code and a name are many tables' columns
_MOST_LATER = 3  # columns that only the later parts have
_TEXTS = {"bigquery": "STRING", "duckdb": "VARCHAR", "mysql": "varchar(16)"}
_Ending = tuple[str, str, str, str]  # schema, stem, kind of ending, kind of relation


def united(
    relations: Sequence[Relation], adapter: str, decisions: Decisions = UNDECIDED
) -> tuple[Relation, ...]:
    """The relations, those that are parts of one table replaced by one with `shards`.

    Parts have the same columns with the same types, but for a few that only some have, and names
    that differ in the ending alone. What stands beside a table of the bare name is its archive or
    its copy and stays apart, as does what another table refers to by name. People may decide which
    tables are one, and which are not.

    Raises:
        ConfigError: what was decided to be one table is none.
    """
    relations = _decided(relations, adapter, decisions)
    apart = {id for id, said in decisions.tables.items() if said.apart}
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
            known = whole.id in made or (whole.schema_name, whole.name) in names
            if not known and whole.id not in apart:
                made[whole.id] = whole
                gone |= {relation.id for relation, _ in parts}
    kept = [relation for relation in relations if relation.id not in gone]
    return tuple(sorted((*kept, *made.values()), key=lambda r: (r.schema_name, r.name)))


def _decided(
    relations: Sequence[Relation], adapter: str, decisions: Decisions
) -> tuple[Relation, ...]:
    """The relations, those that were decided to be parts of one replaced by it."""
    by_id = {relation.id: relation for relation in relations}
    problems: list[str] = []
    for id, said in decisions.tables.items():
        parts = [by_id[part] for part in said.parts if part in by_id]
        if not parts:
            continue  # another schema's
        schema, _, name = id.partition(".")
        problem = _unfit(id, said.parts, by_id) if schema == parts[0].schema_name else (
            f"{id} is made of tables of the schema {parts[0].schema_name}: call it "
            f"{parts[0].schema_name}.{name}."
        )  # fmt: skip
        if problem:
            problems.append(f"{FILE}: {problem}")
            continue
        widest = sorted(parts, key=lambda part: -len(part.columns))
        for part in parts:
            del by_id[part.id]
        labels = _labels([part.name for part in widest])
        by_id[id] = _union(name, list(zip(widest, labels, strict=True)), adapter)
    if problems:
        raise ConfigError("\n".join(problems))
    return tuple(by_id.values())


def _unfit(id: str, names: Sequence[str], by_id: Mapping[str, Relation]) -> str:
    """Why the parts make no table, in words. "" where they do."""
    if len(set(names)) < 2:
        return f"{id} has one part: it takes two tables or more to be one."
    for name in names:
        if name not in by_id:
            return f"{id} has a part '{name}', which is not there.{did_you_mean(name, by_id)}"
    if id in by_id and id not in names:
        return f"{id} is a table of its own: name it among its parts, or call the whole otherwise."
    parts = [by_id[name] for name in names]
    if len({part.schema_name for part in parts}) > 1:
        return f"{id} has parts in several schemas; they are united within one."
    if not all(map(_is_plain, parts)):
        return f"{id} has a part that demands a filter or has records, and cannot be united."
    widest = max(parts, key=lambda part: len(part.columns))
    for part in parts:
        for column in part.columns:
            other = widest.by_name.get(column.name)
            if other is None:
                return f"{id}: {part.id} has a column '{column.name}' that {widest.id} has not."
            if other.type != column.type:
                return (
                    f"{id}: '{column.name}' is {column.native_type} in {part.id} and "
                    f"{other.native_type} in {widest.id}."
                )
    return ""


def _labels(names: Sequence[str]) -> list[str]:
    """Which part: what tells its name from those of the others, `us` of `customers_us`."""
    words = [re.split(r"[_\W]+", name) for name in names]
    start = _shared(words)
    end = _shared([each[start:][::-1] for each in words])
    cut = ["_".join(each[start : len(each) - end]) for each in words]
    return cut if all(cut) and len(set(cut)) == len(cut) else list(names)


def _shared(names: Sequence[Sequence[str]]) -> int:
    """How many words all begin with."""
    alike = takewhile(lambda words: len(set(words)) == 1, zip(*names, strict=False))
    return sum(1 for _ in alike)


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
