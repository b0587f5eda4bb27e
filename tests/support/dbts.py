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
