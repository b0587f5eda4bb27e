"""What the vendors' documentation says of the statements that read a catalogue or draw a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.macros import sql


def catalogue(adapter: str, verb: str, schemas: Sequence[str] = ("raw",)) -> str:
    return sql(adapter, verb, {"database": "db", "schemas": list(schemas)})


def sampled(adapter: str, **more: Any) -> str:
    """The statement by which documents are read out of a sample."""
    told = {
        "no": 0, "database": "db", "schema": "raw", "name": "visits", "kind": "table",
        "rows": 10**9, "bytes": 10**12, "sample": 100_000, "filter": None,
        "columns": [[0, "doc", "json", "JSON"]],
    }  # fmt: skip
    return sql(adapter, "json", {"tables": [told | more]})


def test_a_pseudo_column_of_bigquery_is_no_column() -> None:
    """cloud.google.com/bigquery/docs/information-schema-columns: ordinal_position is NULL for
    _PARTITIONTIME and _PARTITIONDATE of ingestion-time partitioned tables."""
    assert "and c.ordinal_position is not null" in catalogue("bigquery", "columns")
    indexes = catalogue("bigquery", "indexes")
    assert "is_partitioning_column = 'YES' and ordinal_position is not null" in indexes


@pytest.mark.parametrize("verb", ["relations", "columns", "constraints", "indexes"])
def test_snowflake_is_asked_for_schemas_by_equality(verb: str) -> None:
    """docs.snowflake.com/en/sql-reference/info-schema#considerations: a selective filter by name;
    error 090030 where too much would come back."""
    text = catalogue("snowflake", verb, ["raw", "Mixed", "DONE"])
    assert "in ('raw', 'RAW', 'Mixed', 'MIXED', 'DONE')" in text
    assert "lower(table_schema)" not in text


@pytest.mark.parametrize(
    ("size", "drawn"),
    [
        # 0.01 % of 62,500 partitions is six, of a million a hundred.
        (10**12, "limit 100000"),
        (16 * 10**12, "sample system (0.01) seed (42)"),
        (None, "limit 100000"),  # a share: nobody knows
    ],
)
def test_snowflake_draws_partitions_only_where_there_are_some_to_draw(
    size: int | None, drawn: str
) -> None:
    """docs.snowflake.com/en/sql-reference/constructs/sample: SYSTEM takes or leaves whole blocks of
    rows, and a small share may be empty; docs.snowflake.com/en/user-guide/tables-clustering-
    micropartitions: a partition holds 50 to 500 MB, some 16 MB compressed."""
    assert drawn in sampled("snowflake", bytes=size)


def test_snowflake_draws_rows_of_a_table_that_is_not_far_larger_than_the_sample() -> None:
    """docs.snowflake.com/en/sql-reference/constructs/sample: BERNOULLI looks at every row."""
    assert "sample bernoulli (10.0) seed (42)" in sampled("snowflake", rows=10**6, bytes=10**8)


@pytest.mark.parametrize("verb", ["schemas", "relations", "columns"])
def test_redshifts_leader_node_meets_no_external_table(verb: str) -> None:
    """docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions_leader_node_only.html: they cannot
    stand in a statement that needs the compute nodes, as docs.aws.amazon.com/redshift/latest/dg/
    r_SVV_EXTERNAL_TABLES.html does; r_PG_EXTERNAL_SCHEMA.html is joined to PG_NAMESPACE."""
    assert "svv_" not in catalogue("redshift", verb)
    if verb != "schemas":
        external = catalogue("redshift", f"external_{verb}")
        assert "svv_external_" in external
        assert "pg_" not in external
        assert "privilege" not in external
