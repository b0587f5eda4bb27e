"""DuckDB: the design's own dialect, but for casts that forgive more than they say."""

from __future__ import annotations

from sqlglot import exp

from dbt_cartridge.render.dialects.nodes import Changes, Node
from dbt_cartridge.render.dialects.tolerant import Tolerance, called


def _day(value: Node, format: Node) -> Node:
    return exp.cast(called("try_strptime")(value, format), "date")


DUCKDB: Changes = {
    exp.TryCast: Tolerance(forgiving=True, day=_day, words=("%Y", "%m", "%d")),
}
