"""What is written for Snowflake, BigQuery and MySQL, held against the vendors' manuals.

The stand-ins that the functional tests run on are DuckDB behind another protocol: they take words
that the real warehouse refuses. Each case names the page that says so.
"""

from __future__ import annotations

import re

import pytest
import sqlglot

from dbt_cartridge.render import expressions, identifiers
from tests.unit.render.test_golden import CASES, rendered

SNOWFLAKE = "docs.snowflake.com/en/sql-reference"
BIGQUERY = "cloud.google.com/bigquery/docs/reference/standard-sql"
MYSQL = "dev.mysql.com/doc/refman/8.0/en"


@pytest.mark.parametrize(
    ("adapter", "expression", "written", "page"),
    [
        ("snowflake", 'extract(isodow from "d") in (6, 7)', "dayofweekiso(d) in (6, 7)",
         f"{SNOWFLAKE}/functions-date-time: `isodow` is no part; functions/year: DAYOFWEEKISO"),
        ("snowflake", 'cast(extract(dayofyear from "d") as integer)',
         "cast(date_part(dayofyear, d) as int)", f"{SNOWFLAKE}/functions-date-time"),
        ("snowflake", 'monthname("d")', "to_char(d, 'MMMM')",
         f"{SNOWFLAKE}/functions/monthname: three letters; functions-conversion: MMMM"),
        ("snowflake", 'dayname("d")',
         "decode(dayofweekiso(d), 1, 'Monday', 2, 'Tuesday', 3, 'Wednesday', 4, 'Thursday', "
         "5, 'Friday', 6, 'Saturday', 7, 'Sunday')",
         f"{SNOWFLAKE}/functions/dayname: three letters"),
        ("snowflake", """cast(json_extract_string(cast("j" as json), '$.key') as bigint)""",
         "cast(json_extract_path_text(j, 'key') as bigint)",
         f"{SNOWFLAKE}/functions/json_extract_path_text"),
        ("snowflake", """coalesce("a", 'it''s')""", r"coalesce(a, 'it\'s')",
         f"{SNOWFLAKE}/data-types-text: escape sequences"),
        ("bigquery", """date_trunc('week', "d")""", "date_trunc(d, isoweek)",
         f"{BIGQUERY}/date_functions#date_trunc: WEEK begins on Sunday"),
        ("bigquery", """cast(date_trunc('month', "d") as date)""",
         "cast(date_trunc(d, month) as date)",
         f"{BIGQUERY}/timestamp_functions#timestamp_trunc: takes no DATE"),
        ("bigquery", 'extract(isodow from "d")', "(mod(extract(dayofweek from d) + 5, 7) + 1)",
         f"{BIGQUERY}/date_functions#extract: DAYOFWEEK from Sunday, 1; no ISODOW"),
        ("bigquery", 'extract(doy from "d")', "extract(dayofyear from d)",
         f"{BIGQUERY}/date_functions#extract: DAYOFYEAR; no DOY"),
        ("bigquery", 'monthname("d")', "format_date('%B', d)",
         f"{BIGQUERY}/date_functions: no MONTHNAME; format-elements: %B"),
        ("bigquery", 'cast("a" as timestamp)', "cast(a as timestamp)",
         f"{BIGQUERY}/conversion_functions: a text with an offset is no DATETIME"),
        ("bigquery", 'cast("a" as decimal(18, 4))', "cast(a as numeric)",
         f"{BIGQUERY}/data-types#parameterized_data_types: not in CAST without their own rounding"),
        ("bigquery", """cast(json_extract_string(cast("j" as json), '$.key') as bigint)""",
         "cast(json_value(j, '$.key') as int64)",
         f"{BIGQUERY}/json_functions#json_value; conversion_functions: no CAST of STRING to JSON"),
        ("mysql", """json_extract_string("j", '$.key')""",
         "case when json_valid(j) and json_type(json_extract(j, '$.\"key\"')) <> 'NULL' then"
         " json_unquote(json_extract(j, '$.\"key\"')) end",
         f"{MYSQL}/json-search-functions.html#function_json-value: VARCHAR(512) by default"),
        ("snowflake", """"t" at time zone 'UTC'""",
         "cast(convert_timezone('UTC', t) as timestampntz)",
         f"{SNOWFLAKE}/functions/convert_timezone: two arguments give a TIMESTAMP_TZ"),
        ("bigquery", 'sum("a") filter (where "b" > 0)', "sum(if(b > 0, a, null))",
         f"{BIGQUERY}/aggregate-function-calls: no FILTER"),
    ],
)  # fmt: skip
def test_an_expression_is_written_in_the_warehouses_own_words(
    adapter: str, expression: str, written: str, page: str
) -> None:
    assert expressions.sql(expression, adapter) == written, page


def test_a_path_into_a_record_is_quoted_part_by_part() -> None:
    """cloud.google.com/bigquery/docs/reference/standard-sql/lexical#path_expressions"""
    assert identifiers.write("address.City", "bigquery", stored=True) == "address.city"
    assert identifiers.write("address.order", "bigquery", stored=True) == "address.`order`"
    assert identifiers.write("address.city", "snowflake", stored=True) == '"address.city"'


def test_upper_case_is_snowflakes_own_and_other_case_is_quoted() -> None:
    """docs.snowflake.com/en/sql-reference/identifiers-syntax#unquoted-identifiers"""
    assert identifiers.write("ORDER_ID", "snowflake", stored=True) == "order_id"
    assert identifiers.write("order_id", "snowflake", stored=True) == '"order_id"'
    assert identifiers.write("OrderId", "snowflake", stored=True) == '"OrderId"'
    assert identifiers.spoken("ORDER_ID", "snowflake") == "order_id"
    assert identifiers.spoken("ORDER_ID", "duckdb") == "ORDER_ID"


_JINJA = re.compile(r"\{\{\s*config\(.*?\)\s*\}\}|\{%.*?%\}", re.S)
_VARIABLE = re.compile(r"\{\{ var\('\w+', (\d+)\) \}\}")
_REFERENCE = re.compile(r"\{\{\s*(?:ref|source)\(.*?'(\w+)'\)\s*\}\}|\{\{\s*this\s*\}\}")


@pytest.mark.parametrize("case", [c for c in CASES if c in ("shop_snowflake", "shop_bigquery")])
def test_every_model_is_one_statement_of_its_dialect(case: str) -> None:
    dialect = case.removeprefix("shop_")
    models = [f for f in rendered(case).files if f.kind == "sql" and "/generic/" not in f.path]
    assert len(models) > 5
    for file in models:
        plain = _REFERENCE.sub("some_table", _JINJA.sub("", _VARIABLE.sub("3", file.text)))
        assert "{{" not in plain, file.path
        (tree,) = sqlglot.parse(plain, read=dialect)
        assert tree is not None
        # An unknown function is one that sqlglot could not read as the dialect's own.
        unknown = {node.name.lower() for node in tree.find_all(sqlglot.exp.Anonymous)}
        assert unknown <= {"dayofweekiso", "array_generate_range"}, file.path
