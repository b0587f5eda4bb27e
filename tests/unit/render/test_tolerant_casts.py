"""`try_cast` says the same on every warehouse: the whole text, exactly, or NULL."""

from __future__ import annotations

import re

import pytest

from dbt_cartridge.render import expressions

ALL = ("duckdb", "postgres", "mysql", "redshift", "snowflake", "bigquery")
FORGIVING = {"duckdb": "try_cast(", "snowflake": "try_cast(", "redshift": "try_cast(",
             "bigquery": "safe_cast("}  # fmt: skip


def written(expression: str, adapter: str) -> str:
    return expressions.sql(expression, adapter)


@pytest.mark.parametrize("adapter", ALL)
@pytest.mark.parametrize("to", ["bigint", "decimal(18, 4)", "double", "date", "timestamp"])
def test_a_cast_stands_behind_the_form_of_its_text(adapter: str, to: str) -> None:
    text = written(f'try_cast("a" as {to})', adapter)
    assert re.match(r"case when (a ~|regexp_\w+\(a,) '\^", text)
    assert FORGIVING.get(adapter, "cast(") in text


@pytest.mark.parametrize("adapter", ["postgres", "mysql"])
@pytest.mark.parametrize(
    ("expression", "read", "left"),
    [
        ('try_cast("a" as bigint)', ["12", "-3", "007"], ["12.7", "1e3", "", "100A"]),
        ('try_cast("a" as decimal(18, 4))', ["12.5", "3"], ["1.23456", "12,5", "."]),
        ('try_cast("a" as date)', ["2024-02-29"], ["2023-02-29", "2024-01-01 10:30", "24-1-1"]),
        ('try_cast("a" as timestamp)', ["2024-01-01", "2024-01-01T10:30"],
         ["2024-01-01T10:30Z", "2024-01-01 25:00"]),
        ("""try_cast(strptime("a", '%d.%m.%Y') as date)""", ["29.2.2024", "31.12.2024"],
         ["29.2.2023", "31.4.2024", "31.12.24", "31/12/2024"]),
        ("""try_cast(strptime("a", '%Y%m%d') as date)""", ["20240229"], ["20230229", "2024022"]),
    ],
)  # fmt: skip
def test_where_no_cast_forgives_the_form_knows_the_calendar(
    adapter: str, expression: str, read: list[str], left: list[str]
) -> None:
    form = re.search(r"'(\^.*?\$)'", written(expression, adapter))
    assert form is not None
    assert all(re.search(form[1], text) for text in read)
    assert not any(re.search(form[1], text) for text in left)


@pytest.mark.parametrize(
    ("adapter", "expected"),
    [
        ("duckdb", "make_timestamp(a * 1000)"),
        ("postgres", "cast('1970-01-01 00:00:00' as timestamp) + (a * 1000) * interval '1 "),
        ("snowflake", "to_timestamp_ntz(a * 1000, 6)"),
        ("bigquery", "timestamp_micros(a * 1000)"),
        ("mysql", "date_add(cast('1970-01-01' as datetime(6)), interval (a * 1000) microsecond)"),
        ("redshift", "cast('epoch' as timestamp) + (a * 1000) / 1000000.0 * interval '1 "),
    ],
)
def test_an_epoch_is_a_time_in_utc_whatever_the_session_says(adapter: str, expected: str) -> None:
    assert written('make_timestamp("a" * 1000)', adapter).startswith(expected)


@pytest.mark.parametrize("adapter", ALL)
def test_a_text_with_an_offset_never_goes_through_a_cast_that_drops_it(adapter: str) -> None:
    text = written("try_cast(\"a\" as timestamptz) at time zone 'UTC'", adapter)
    at_utc = {
        "mysql": "convert_tz(",
        "snowflake": "convert_timezone('UTC'",
        "bigquery": "safe_cast",
    }
    assert at_utc.get(adapter, "at time zone 'UTC'") in text
