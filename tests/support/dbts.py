"""The versions of dbt that do not live with the tests' own, each in an environment of its own."""

from __future__ import annotations

from tests.support.environments import Environment
from tests.support.host import REPOSITORY

MYSQL = Environment(
    "dbt-mysql",
    ("dbt-core==1.7.20", "dbt-mysql==1.7.0", "setuptools<80"),
    editable=REPOSITORY,
)
REDSHIFT = Environment(
    "dbt-redshift",
    ("dbt-core==1.11.16", "dbt-redshift==1.11.1", "redshift_connector==2.1.17"),
    editable=REPOSITORY,
)
# dbt Core by its minor version, on DuckDB. What the tests themselves run on is not here.
DUCKDB = {
    "1.7": Environment(
        "dbt-1.7-duckdb",
        ("dbt-core==1.7.20", "dbt-duckdb==1.7.5", "duckdb==1.5.5", "setuptools<80"),
        editable=REPOSITORY,
    ),
    "1.10": Environment(
        "dbt-1.10-duckdb",
        ("dbt-core~=1.10.0", "dbt-duckdb~=1.10.0", "duckdb==1.5.5"),
        editable=REPOSITORY,
    ),
    "1.12": Environment(
        "dbt-1.12-duckdb",
        ("dbt-core==1.12.6", "dbt-duckdb>=1.10", "duckdb==1.5.5"),
        # Its parser's source downloads from elsewhere when it is built; an optional flag uses it.
        overrides=("dbt-core-experimental-parser ; python_version < '3'",),
        editable=REPOSITORY,
    ),
}
