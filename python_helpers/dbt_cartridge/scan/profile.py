"""The profile: several small tables to a statement, a large one in a statement of its own."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import (
    Column,
    JsonPath,
    Problem,
    Profile,
    Relation,
    TextPatterns,
)
from dbt_cartridge.engine.base import Engine, Request, Row
from dbt_cartridge.progress import Progress

_COLUMNS_PER_PART = 200  # a wide table is read in parts
_COLUMNS_PER_STATEMENT = 750
_COUNTS_PER_STATEMENT = 100
_CELLS_PER_STATEMENT = 5_000_000
_ROWS_IF_UNKNOWN = 100_000
_EXACT_ROWS = 2_000_000  # above it, a warehouse that can counts distinct values approximately
_MOST_JSON_PATHS = 100
_UNCOUNTED = frozenset({"json", "array", "struct", "binary", "geography"})
# The last cells of a row, as `_cartridge_later_patterns` lists them.
_LATER = (
    "money", "month_first", "day_first", "dotted_day", "year_first", "compact_date", "comma",
    "grouped", "commas", "four_places", "zoned", "zero_date",
)  # fmt: skip
_PATTERNS = tuple(name for name in TextPatterns.model_fields if name not in _LATER)
_TYPES = {"integer": 1, "number": 2}
_BOOLEANS = {"0": "false", "1": "true"}


@dataclass(frozen=True)
class _Part:
    """Some columns of a relation; `relation` and columns by position."""

    relation: int
    columns: tuple[int, ...]


@dataclass
class _Found:
    profiles: dict[tuple[int, int], Row] = field(default_factory=dict[tuple[int, int], Row])
    paths: dict[tuple[int, int], list[Row]] = field(
        default_factory=lambda: defaultdict[tuple[int, int], list[Row]](list)
    )
    errors: dict[int, str] = field(default_factory=dict[int, str])


def profiled(
    engine: Engine, relations: Sequence[Relation], settings: Settings, progress: Progress
) -> tuple[tuple[Relation, ...], tuple[Problem, ...]]:
    """The relations with their columns' profiles. One that cannot be read is left out."""
    found = _Found()
    relations = _sized(engine, relations, settings)
    parts = _parts(relations)
    progress.start("Profiling", len(relations))
    _run(engine, "profile", relations, parts, settings, found, progress)
    json_parts = _json_parts(relations, found)
    if json_parts:
        _run(engine, "json", relations, json_parts, settings, found, None)
    progress.finish()
    kept: list[Relation] = []
    problems: list[Problem] = []
    for number, relation in enumerate(relations):
        if number in found.errors:
            problems.append(
                Problem(
                    where=relation.id,
                    what=f"left out: reading it failed: {found.errors[number]}",
                    next="mend it, or leave it out with `exclude`",
                )
            )
        else:
            kept.append(_with_profile(relation, number, found, settings))
    return tuple(kept), tuple(problems)


def _sized(engine: Engine, relations: Sequence[Relation], settings: Settings) -> Sequence[Relation]:
    """Counted, where a size decides whether a sample is read and the catalogue does not tell it.

    What cannot be counted keeps no size: it is sampled, as a large one would be.
    """
    unknown = [n for n, relation in enumerate(relations) if relation.rows is None]
    if settings.profile != "sample" or not unknown:
        return relations
    counted: dict[int, int] = {}
    groups = [unknown[at : at + _COUNTS_PER_STATEMENT]
              for at in range(0, len(unknown), _COUNTS_PER_STATEMENT)]  # fmt: skip
    again: list[list[int]] = []
    for asked in (groups, again):
        requests = [
            _request("counts", relations, [_Part(n, ()) for n in group], settings)
            for group in asked
        ]
        for position, reply in engine.ask(requests):
            if reply.error is None:
                counted |= {_int(row[0]): _int(row[1]) for row in reply.rows}
            elif len(asked[position]) > 1:
                again += [[n] for n in asked[position]]
    return [
        relation.model_copy(update={"rows": counted[n], "rows_exact": True})
        if n in counted
        else relation
        for n, relation in enumerate(relations)
    ]


def estimated(
    engine: Engine, relations: Sequence[Relation], settings: Settings, billed: bool
) -> str:
    """What the profile is going to read: `12 statements, about 3.2 GB`.

    Where bytes are `billed`, the warehouse says itself how many, in a dry run of each statement, if
    the engine can have one; else they are the catalogue's, as far as it knows them.
    """
    batches = _batches(relations, _parts(relations))
    statements = f"{len(batches)} statement{'s' if len(batches) > 1 else ''}"
    known: float | None = None
    if billed:
        requests = [_request("profile", relations, batch, settings) for batch in batches]
        known = engine.estimate(requests)
    if known is None:
        known = sum(
            (r.bytes or 0) * (settings.sample_rows / (r.rows or 1) if _sampled(r, settings) else 1)
            for r in relations
        )
    return f"{statements}, about {_size(known)}" if known else statements


def _size(count: float) -> str:
    unit = "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if count < 1000:
            break
        count, unit = count / 1000, larger
    return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"


def _parts(relations: Sequence[Relation]) -> list[_Part]:
    return [
        _Part(number, tuple(range(start, min(start + _COLUMNS_PER_PART, len(relation.columns)))))
        for number, relation in enumerate(relations)
        for start in range(0, len(relation.columns), _COLUMNS_PER_PART)
    ]


def _run(
    engine: Engine,
    verb: str,
    relations: Sequence[Relation],
    parts: Sequence[_Part],
    settings: Settings,
    found: _Found,
    progress: Progress | None,
) -> None:
    """Ask for all parts; a batch that fails is asked again part by part."""
    batches = _batches(relations, parts)
    again: list[list[_Part]] = []
    for asked in (batches, again):
        requests = [_request(verb, relations, batch, settings) for batch in asked]
        for position, reply in engine.ask(requests):
            batch = asked[position]
            if reply.error is None:
                _take(verb, reply.rows, found)
            elif len(batch) > 1:
                again += [[part] for part in batch]
                continue
            elif verb == "profile":
                found.errors[batch[0].relation] = reply.error
            if progress is not None:
                whole = [part for part in batch if part.columns[0] == 0]
                progress.advance(len(whole), relations[batch[-1].relation].id)


def _batches(relations: Sequence[Relation], parts: Sequence[_Part]) -> list[list[_Part]]:
    batches: list[list[_Part]] = []
    columns = cells = 0
    for part in parts:
        rows = relations[part.relation].rows
        width = len(part.columns)
        size = width * max(1, _ROWS_IF_UNKNOWN if rows is None else rows)
        if _large(relations[part.relation]):  # alone: nothing fits before it or after it
            size = _CELLS_PER_STATEMENT
        full = columns + width > _COLUMNS_PER_STATEMENT or cells + size > _CELLS_PER_STATEMENT
        if not batches or full:
            batches.append([])
            columns = cells = 0
        batches[-1].append(part)
        columns += width
        cells += size
    return batches


def _request(
    verb: str, relations: Sequence[Relation], batch: Sequence[_Part], settings: Settings
) -> Request:
    return Request(verb, {"tables": [_table(relations, part, settings) for part in batch]})


def _table(relations: Sequence[Relation], part: _Part, settings: Settings) -> dict[str, Any]:
    relation = relations[part.relation]
    return {
        "no": part.relation,
        **relation.read_as,
        "kind": relation.kind,
        "rows": relation.rows,
        "sample": settings.sample_rows if _sampled(relation, settings) else None,
        "approximate": _large(relation) and not _sampled(relation, settings),
        "filter": relation.filter_column,
        "columns": [
            [number, column.name, column.type, column.native_type]
            for number in part.columns
            for column in (relation.columns[number],)
        ],
    }


def _large(relation: Relation) -> bool:
    return (relation.rows or 0) > _EXACT_ROWS


def _sampled(relation: Relation, settings: Settings) -> bool:
    if settings.profile != "sample":
        return False
    return relation.rows is None or relation.rows > settings.sample_rows


def _take(verb: str, rows: Sequence[Row], found: _Found) -> None:
    for row in rows:
        place = (int(row[0] or 0), int(row[1] or 0))
        if verb == "profile":
            found.profiles[place] = row
        else:
            found.paths[place].append(row)


def _json_parts(relations: Sequence[Relation], found: _Found) -> list[_Part]:
    """JSON columns, and text columns whose every value looks like a JSON document."""
    parts: list[_Part] = []
    for number, relation in enumerate(relations):
        columns = tuple(
            position
            for position, column in enumerate(relation.columns)
            if _may_hold_json(column, found.profiles.get((number, position)))
        )
        if columns and number not in found.errors:
            parts.append(_Part(number, columns))
    return parts


def _may_hold_json(column: Column, row: Row | None) -> bool:
    if row is None:
        return False
    if column.type == "json":
        return True
    if column.type != "text":
        return False
    filled = _int(row[2]) - _int(row[3]) - _int(row[12])
    return filled > 0 and _int(row[17 + _PATTERNS.index("json_like")]) == filled


def _with_profile(relation: Relation, number: int, found: _Found, settings: Settings) -> Relation:
    sampled = _sampled(relation, settings)
    columns = tuple(
        _measured(
            column,
            _profile(
                column,
                found.profiles.get((number, position)),
                found.paths.get((number, position), []),
                sampled,
            ),
        )
        for position, column in enumerate(relation.columns)
    )
    update: dict[str, Any] = {"columns": columns}
    if not sampled:  # a sample's size is not the table's
        seen = max((column.profile.rows for column in columns if column.profile), default=0)
        update |= {"rows": seen, "rows_exact": True}
    return relation.model_copy(update=update)


def _measured(column: Column, profile: Profile) -> Column:
    """The column with its profile. Where a boolean is stored as a number (MySQL's `tinyint(1)`),
    its 0 and 1 are told as every warehouse tells a boolean, and any other number as what it is."""
    update: dict[str, Any] = {"profile": profile}
    values = {each.value for each in profile.top_values}
    if column.type == "boolean" and values and values.isdisjoint(_BOOLEANS.values()):
        if values <= _BOOLEANS.keys():
            top = [replace(each, value=_BOOLEANS[each.value]) for each in profile.top_values]
            bounds = {end: _BOOLEANS.get(getattr(profile, end) or "") for end in ("min", "max")}
            measures = {"mean": None, "zeros": 0, "top_values": tuple(top)}
            update["profile"] = profile.model_copy(update=bounds | measures)
        elif all(value.lstrip("-").isdigit() for value in values):
            update["type"] = "integer"
    return column.model_copy(update=update)


def _profile(column: Column, row: Row | None, paths: Sequence[Row], sampled: bool) -> Profile:
    if row is None:  # no group came back: the relation holds no rows
        distinct = None if column.type in _UNCOUNTED else 0
        return Profile(rows=0, nulls=0, distinct=distinct, sampled=sampled)
    # One validation for the whole of it: object by object it is the slowest part of a scan.
    return Profile.model_validate(
        {
            "rows": _int(row[2]),
            "nulls": _int(row[3]),
            "distinct": row[4],
            "approximate": row[5] == "true",
            "sampled": sampled,
            "min": row[6],
            "max": row[7],
            "mean": _float(row[8]),
            "min_length": row[9],
            "max_length": row[10],
            "mean_length": _float(row[11]),
            "blanks": _int(row[12]),
            "zeros": _int(row[13]),
            "negatives": _int(row[14]),
            "fractions": _int(row[15]),
            "midnights": row[16],
            "patterns": {
                **dict(zip(_PATTERNS, map(_int, row[17:32]), strict=True)),
                **dict(zip(_LATER, map(_int, row[33:]), strict=False)),
            }
            if column.type == "text"
            else None,
            "days": _days(column, row),
            "top_values": [
                {"value": value, "count": count} for value, count in json.loads(row[32] or "[]")
            ],
            "json_paths": _json_paths(paths),
        }
    )


def _days(column: Column, row: Row) -> int:
    """Of whole numbers, and of text: those that are a day, `20240131`."""
    place = 33 + _LATER.index("compact_date")
    counted = column.type in ("integer", "text") and len(row) > place
    return _int(row[place]) if counted else 0


def _json_paths(rows: Sequence[Row]) -> tuple[JsonPath, ...]:
    types: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        key = row[2] or ""
        types[key].add(row[3] or "null")
        counts[key] += _int(row[4])
    ordered = sorted(counts, key=lambda key: (-counts[key], key))[:_MOST_JSON_PATHS]
    return tuple(
        JsonPath(path=key, type=_one_type(types[key]), count=counts[key]) for key in ordered
    )


def _one_type(types: set[str]) -> Any:
    known = types - {"null"} or {"null"}
    if known <= set(_TYPES):
        return max(known, key=_TYPES.__getitem__)
    return next(iter(known)) if len(known) == 1 else "mixed"


def _int(cell: str | None) -> int:
    return int(cell) if cell else 0


def _float(cell: str | None) -> float | None:
    """Rounded: the order in which a warehouse adds changes the last digits from run to run."""
    if cell is None:
        return None
    value = float(cell)
    return float(f"{value:.9g}") if math.isfinite(value) else None
