"""The statements over all rows of large tables, in every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from dbt_cartridge.scan.large import MOST_MEASURED
from dbt_cartridge.scan.parts import MOST_COLUMNS
from dbt_cartridge.scan.rows import COUNTED_PATTERNS, FIRST_PATTERN
from tests.support.macros import sql

ADAPTERS = ("duckdb", "postgres", "redshift", "snowflake", "bigquery", "mysql")
# What an owner of many rows is counted by, where it is not asked whether it is unique. Redshift:
# docs.aws.amazon.com/redshift/latest/dg/r_COUNT.html; Snowflake:
# docs.snowflake.com/en/sql-reference/functions/approx_count_distinct; BigQuery:
# cloud.google.com/bigquery/docs/reference/standard-sql/approximate_aggregate_functions.
ESTIMATES = {
    "duckdb": "count(distinct ",
    "postgres": "16 * count(distinct case when (hashtext(",
    "redshift": "approximate count(distinct ",
    "snowflake": "approx_count_distinct(",
    "bigquery": "approx_count_distinct(",
    "mysql": "16 * count(distinct case when (crc32(",
}


def table(*columns: tuple[str, str, list[str]], **more: Any) -> Mapping[str, Any]:
    told = {
        "no": 0, "database": "db", "schema": "raw", "name": "orders", "kind": "table",
        "rows": 10**7, "bytes": 10**9, "sample": None, "filter": None,
    }  # fmt: skip
    asked = [[at, name, kind, "TIMESTAMP_NTZ", how] for at, (name, kind, how) in enumerate(columns)]
    return told | {"columns": asked} | more


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_one_pass_without_grouping_measures_every_type(adapter: str) -> None:
    families = (
        "integer", "decimal", "float", "text", "boolean", "date", "time", "timestamp", "interval",
        "binary", "json", "array", "struct", "uuid", "geography", "other",
    )  # fmt: skip
    asked = table(*((f"c_{family}", family, ["unique", "forms"]) for family in families))
    text = sql(adapter, "measures", {"tables": [asked]})
    parsed = sqlglot.parse_one(text, dialect=adapter)
    assert not list(parsed.find_all(exp.Group)), "cells of all rows are not grouped"
    assert not list(parsed.find_all(exp.Window))
    assert [found.name for found in parsed.find_all(exp.Table)].count("orders") == 1
    # rows, nulls, distinct, …, midnights, and a pattern for each form.
    assert len(parsed.selects) == FIRST_PATTERN + len(COUNTED_PATTERNS)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_what_could_be_a_key_is_counted_and_the_rest_estimated(adapter: str) -> None:
    asked = table(("order_id", "integer", ["unique"]), ("customer_id", "integer", []))
    text = sql(adapter, "measures", {"tables": [asked]})
    distinct = {
        line.rpartition(" as ")[2].rstrip(","): line.strip()
        for line in text.splitlines()
        if " as distincts_" in line
    }
    assert distinct["distincts_0"].startswith("cast(count(distinct ")
    assert distinct["distincts_1"].startswith(f"cast({ESTIMATES[adapter]}")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_expressions_are_matched_only_where_a_sample_showed_a_form(adapter: str) -> None:
    assert "[0-9]" not in sql(adapter, "measures", {"tables": [table(("name", "text", []))]})
    formed = sql(adapter, "measures", {"tables": [table(("amount", "text", ["forms"]))]})
    assert formed.count("[0-9]") > 15


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_statements_are_below_half_of_what_a_warehouse_takes(adapter: str) -> None:
    """A million characters: docs.snowflake.com/en/user-guide/query-size-limits and
    cloud.google.com/bigquery/quotas#query_jobs; Redshift takes 16 MB, MySQL what
    `max_allowed_packet` says, 16 MB at least by default in both servers."""
    long = "x" * (60 if adapter in ("mysql", "postgres") else 120)
    wide = [(f"{long}{at}", "text", ["unique", "forms"]) for at in range(MOST_MEASURED)]
    assert len(sql(adapter, "measures", {"tables": [table(*wide)]})) < 500_000
    plain = [[at, f"{long}{at}", "text", "text"] for at in range(MOST_COLUMNS)]
    several = [table(no=at, columns=plain) for at in range(3)]
    assert len(sql(adapter, "profile", {"tables": several})) < 500_000
