"""Large tables: a sample says how each column is to be measured, and all rows are measured so.

    sampled rows  ->  which columns repeat a few values, which could be unique, which hold a form
    all rows      ->  their measures, without grouping what does not repeat

What a sample refutes is refuted in the table: a value that is there twice, a text that is no
number. What it does not refute is asked of every row. So what decides is exact at every size;
estimated are how many values a column has that repeats many, and which of many are frequent.
"""

from __future__ import annotations

import json

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.engine.base import Row
from dbt_cartridge.scan.rows import (
    BLANKS,
    COUNTED_PATTERNS,
    DISTINCT,
    FIRST_PATTERN,
    LATER,
    NULLS,
    PATTERNS,
    ROWS,
    TOP,
    UNCOUNTED,
    count,
    pattern_place,
)

EXACT_ROWS = 500_000
"""Rows above which a table is large."""

SAMPLE_ROWS = 100_000

MOST_MEASURED = 30
"""Columns of one statement: a row of PostgreSQL's has 1,664 values at most, and each column some
35; and the text stays below half of the million characters that Snowflake and BigQuery take."""

_OVER_AND_OVER = 20  # times that a value is there, on average, where there are few
_HARDLY = 100  # one row in so many, at most, has a value
_FORMED = 0.5  # share of the values from which a form may be that of all


def repeats(column: Column, row: Row | None) -> bool:
    """Few values, or hardly any: to group all rows by them costs little, and tells everything."""
    if row is None or column.type in UNCOUNTED:
        return False
    filled = count(row[ROWS]) - count(row[NULLS])
    return count(row[DISTINCT]) * _OVER_AND_OVER <= filled or filled * _HARDLY <= count(row[ROWS])


def asked(column: Column, row: Row | None) -> list[str]:
    """What the sample leaves open of a column that does not repeat."""
    if row is None or column.type in UNCOUNTED:
        return []
    filled = count(row[ROWS]) - count(row[NULLS])
    found = ["unique"] if count(row[DISTINCT]) == filled else []
    if column.type == "text":
        told = filled - count(row[BLANKS])
        formed = [count(row[pattern_place(name)]) for name in COUNTED_PATTERNS]
    else:
        told = filled
        formed = [count(row[pattern_place(name)]) for name in ("compact_date", "epoch")]
    if told and column.type in ("text", "integer") and max(formed) >= _FORMED * told:
        found.append("forms")
    return found


def whole(seen: Row | None, measured: Row) -> Row:
    """A profile's row of the whole table, out of that of the sample and what all rows said.

    Counts that were not asked of all rows are the sample's, in proportion to the values.
    """
    seen = seen or (None,) * (TOP + 1 + len(LATER))
    of_sample = count(seen[ROWS]) - count(seen[NULLS])
    of_all = count(measured[ROWS]) - count(measured[NULLS])
    told = max(1, of_sample - count(seen[BLANKS]))
    told_in_all = of_all - count(measured[BLANKS])
    counted: dict[str, str | None] = dict(
        zip(COUNTED_PATTERNS, measured[FIRST_PATTERN:], strict=True)
    )
    distinct = measured[DISTINCT]

    def pattern(name: str) -> str | None:
        own, before = counted.get(name), seen[pattern_place(name)]
        if own is not None or before is None:
            return own
        return str(count(before) * told_in_all // told)

    top = [
        [value, times if times == "1" else str(int(times) * of_all // max(1, of_sample))]
        for value, times in json.loads(seen[TOP] or "[]")
    ]
    return (
        *measured[:DISTINCT],
        None if distinct is None else str(min(int(distinct), of_all)),
        *measured[DISTINCT + 1 : FIRST_PATTERN],
        *map(pattern, PATTERNS),
        json.dumps(top) if seen[TOP] is not None else None,
        *map(pattern, LATER),
    )
