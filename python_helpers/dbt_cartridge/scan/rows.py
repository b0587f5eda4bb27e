"""The rows of the verb `profile`, cell by cell, as the documents' profiles.

The cells: table no, column no, rows, nulls, distinct, approximate, min, max, mean, min length, max
length, mean length, blanks, zeros, negatives, fractions, midnights, the first fifteen patterns, top
values, the later patterns.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dbt_cartridge.documents.scan import Column, JsonPath, Profile, TextPatterns
from dbt_cartridge.engine.base import Row

ROWS, NULLS, DISTINCT, BLANKS, FIRST_PATTERN = 2, 3, 4, 12, 17
UNCOUNTED = frozenset({"json", "array", "struct", "binary", "geography"})
"""Types whose values are not compared."""

# As `_cartridge_later_patterns` lists them.
LATER = (
    "money", "month_first", "day_first", "dotted_day", "year_first", "compact_date", "comma",
    "grouped", "commas", "four_places", "zoned", "zero_date", "accounting", "epoch",
)  # fmt: skip
PATTERNS = tuple(name for name in TextPatterns.model_fields if name not in LATER)
TOP = FIRST_PATTERN + len(PATTERNS)
COUNTED_PATTERNS = (
    "integer", "decimal", "date", "timestamp", "boolean", "json_like", "leading_zero", *LATER
)  # fmt: skip
"""Those of which a cast depends: the verb `measures` counts them, in this order."""

_MOST_JSON_PATHS = 100
_TYPES = {"integer": 1, "number": 2}
_BOOLEANS = {"0": "false", "1": "true"}


def pattern_place(name: str) -> int:
    """The cell of a pattern."""
    if name in LATER:
        return TOP + 1 + LATER.index(name)
    return FIRST_PATTERN + PATTERNS.index(name)


def may_hold_json(column: Column, row: Row | None) -> bool:
    """A JSON column, or text whose every value looks like a JSON document."""
    if row is None:
        return False
    if column.type == "json":
        return True
    if column.type != "text":
        return False
    filled = count(row[ROWS]) - count(row[NULLS]) - count(row[BLANKS])
    return filled > 0 and count(row[pattern_place("json_like")]) == filled


def measured(column: Column, row: Row | None, paths: Sequence[Row], sampled: bool) -> Column:
    """The column with its profile. Where a boolean is stored as a number (MySQL's `tinyint(1)`),
    its 0 and 1 are told as every warehouse tells a boolean, and any other number as what it is."""
    profile = _profile(column, row, paths, sampled)
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
        distinct = None if column.type in UNCOUNTED else 0
        return Profile(rows=0, nulls=0, distinct=distinct, sampled=sampled)
    later = TOP + 1
    # One validation for the whole of it: object by object it is the slowest part of a scan.
    return Profile.model_validate(
        {
            "rows": count(row[ROWS]),
            "nulls": count(row[NULLS]),
            "distinct": row[DISTINCT],
            "approximate": row[5] == "true",
            "sampled": sampled,
            "min": row[6],
            "max": row[7],
            "mean": _float(row[8]),
            "min_length": row[9],
            "max_length": row[10],
            "mean_length": _float(row[11]),
            "blanks": count(row[BLANKS]),
            "zeros": count(row[13]),
            "negatives": count(row[14]),
            "fractions": count(row[15]),
            "midnights": row[16],
            "patterns": {
                **dict(zip(PATTERNS, map(count, row[FIRST_PATTERN:TOP]), strict=True)),
                **dict(zip(LATER, map(count, row[later:]), strict=False)),
            }
            if column.type == "text"
            else None,
            "days": _formed(column, row, "compact_date"),
            "epochs": _formed(column, row, "epoch"),
            "top_values": [
                {"value": value, "count": times} for value, times in json.loads(row[TOP] or "[]")
            ],
            "json_paths": _json_paths(paths),
        }
    )


def _formed(column: Column, row: Row, pattern: str) -> int:
    """Of whole numbers, and of text: those whose digits are a day's or an epoch's."""
    place = pattern_place(pattern)
    counted = column.type in ("integer", "text") and len(row) > place
    return count(row[place]) if counted else 0


def _json_paths(rows: Sequence[Row]) -> tuple[JsonPath, ...]:
    types: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        key = row[2] or ""
        types[key].add(row[3] or "null")
        counts[key] += count(row[4])
    ordered = sorted(counts, key=lambda key: (-counts[key], key))[:_MOST_JSON_PATHS]
    return tuple(
        JsonPath(path=key, type=_one_type(types[key]), count=counts[key]) for key in ordered
    )


def _one_type(types: set[str]) -> Any:
    known = types - {"null"} or {"null"}
    if known <= set(_TYPES):
        return max(known, key=_TYPES.__getitem__)
    return next(iter(known)) if len(known) == 1 else "mixed"


def count(cell: str | None) -> int:
    """A count as the macros give it: text, or nothing where there is none."""
    return int(cell) if cell else 0


def _float(cell: str | None) -> float | None:
    """Rounded: the order in which a warehouse adds changes the last digits from run to run."""
    if cell is None:
        return None
    value = float(cell)
    return float(f"{value:.9g}") if math.isfinite(value) else None
