"""The statements by which views and past queries are asked for, in every warehouse's dialect."""

from __future__ import annotations

import pytest
import sqlglot

from tests.support.macros import sql

ADAPTERS = ("duckdb", "postgres", "redshift", "snowflake", "bigquery", "mysql")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_views_are_asked_for_with_a_limit_and_names_are_escaped(adapter: str) -> None:
    body = {"schemas": ["raw", "it's"], "most": 7}
    text = sql(adapter, "views", body)
    tree = sqlglot.parse_one(text, read=adapter)
    assert len(tree.named_selects) == 3
    assert text.rstrip().endswith("limit 7")
    assert "'it's'" not in text


@pytest.mark.parametrize(
    ("adapter", "place"),
    [
        ("postgres", "pg_stat_statements"),
        ("snowflake", "snowflake.account_usage.query_history"),
        ("bigquery", "`db`.`region-us`.`INFORMATION_SCHEMA`.`JOBS`"),
    ],
)
def test_past_queries_are_asked_for_the_most_frequent_first(adapter: str, place: str) -> None:
    text = sql(adapter, "queries", {"most": 7})
    sqlglot.parse_one(text, read=adapter)
    assert place in text
    assert "desc" in text
    assert text.rstrip().endswith("limit 7")


@pytest.mark.parametrize("adapter", ["duckdb", "redshift", "mysql"])
def test_where_nobody_keeps_past_queries_the_answer_is_nothing(adapter: str) -> None:
    assert sql(adapter, "queries", {"most": 7}) == "select null as statement"
