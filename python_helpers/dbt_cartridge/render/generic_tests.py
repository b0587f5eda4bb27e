"""The generic tests that are written into a host without dbt_utils, and those that are always ours.

They are plain dbt: they go on working when cartridge is gone. Their names are their own, so that
neither dbt_utils nor a host's test of a usual name is shadowed.
"""

from __future__ import annotations

from dbt_cartridge.render.filling import fill

COMPOSITE_UNIQUE = "columns_unique_together"
RANGE = "value_within_range"
EXPRESSION = "expression_holds"
SAME_ROW_COUNT = "row_count_equals"
FEWEST_ROWS = "row_count_at_least"
COMPOSITE_RELATIONSHIPS = "columns_reference"
RECONCILES = "sum_reconciles_with"

ALL = (
    COMPOSITE_UNIQUE,
    RANGE,
    EXPRESSION,
    SAME_ROW_COUNT,
    FEWEST_ROWS,
    COMPOSITE_RELATIONSHIPS,
    RECONCILES,
)


def texts() -> frozenset[str]:
    """Of every macro that is ever written."""
    return frozenset(text(name) for name in ALL)


def text(name: str) -> str:
    return fill(f"generic_tests/{name}.sql") + "\n"
