"""What every room knows about adapters: sqlglot's name for each one's SQL."""

from __future__ import annotations

_KNOWN = frozenset(
    "athena bigquery clickhouse databricks duckdb fabric mysql postgres redshift snowflake spark "
    "trino".split()
)
_NAMES = {"sqlserver": "tsql", "synapse": "tsql"}


def dialect(adapter: str) -> str:
    """sqlglot's name for the adapter's dialect; PostgreSQL's for one that it does not know."""
    return _NAMES.get(adapter, adapter if adapter in _KNOWN else "postgres")
