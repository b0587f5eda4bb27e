"""What sqlglot does not yet carry from DuckDB's SQL into another warehouse's: a module each."""

from __future__ import annotations

from dbt_cartridge.render.dialects.bigquery import BIGQUERY
from dbt_cartridge.render.dialects.duckdb import DUCKDB
from dbt_cartridge.render.dialects.mysql import MYSQL
from dbt_cartridge.render.dialects.nodes import Changes, Node
from dbt_cartridge.render.dialects.postgres import POSTGRES
from dbt_cartridge.render.dialects.redshift import REDSHIFT
from dbt_cartridge.render.dialects.snowflake import SNOWFLAKE

__all__ = ["CHANGES", "Changes", "Node"]

CHANGES: dict[str, Changes] = {
    "bigquery": BIGQUERY,
    "duckdb": DUCKDB,
    "mysql": MYSQL,
    "postgres": POSTGRES,
    "redshift": REDSHIFT,
    "snowflake": SNOWFLAKE,
}
