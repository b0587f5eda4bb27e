"""A cast gives the same value on every server that can be started here, in any session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import psycopg2
import pytest

from dbt_cartridge.design.casting import _styled
from dbt_cartridge.render import expressions
from tests.support import mysql, postgres

TEXTS = (
    "12", "-3", "12.7", "1e3", "100A", "", "1.23456", "2024-02-29", "2023-02-29", "1.2.2024",
    "31.4.2024", "20240229", "20230229", "2024-01-01", "2024-01-01 10:30:00", "2024-01-01T10:30",
    "2024-01-01T01:00:00+02:00", "2024-01-01 01:00:00.25-0330", "2024-01-01T08:00:00Z",
    "2024-06-01 08:00:00 UTC", "0000-00-00 00:00:00", "0,750", "1.234,56", "1 234,56", "12,5 %",
    "$1,234.50", "-$5", "($5.25)", "(1.234,5)", "-(5)", "5-5",
    "12,34,567.50", "1'234.50", "(12.50)", "12.50-", "12,50 €",
)  # fmt: skip
UTC = " at time zone 'UTC'"
CASTS = (
    'try_cast("a" as bigint)',
    'try_cast("a" as decimal(18, 4))',
    'try_cast("a" as double)',
    'try_cast("a" as date)',
    'try_cast("a" as timestamp)',
    f'try_cast("a" as timestamptz){UTC}',
    """try_cast(strptime("a", '%d.%m.%Y') as date)""",
    """try_cast(strptime("a", '%Y%m%d') as date)""",
    _styled('"a"', "point").expression,
    _styled('"a"', "comma").expression,
    _styled('"a"', "point", frozenset("$"), accounting=True).expression,
    _styled('"a"', "comma", accounting=True).expression,
)
EPOCHS = (1704067200123456, 631152000000000, 1704067200000000)


def _statements(adapter: str) -> tuple[str, str]:
    """The casts over the texts, and the times of the epochs, as text."""
    texts = " union all ".join(f"select {_literal(text)} as a" for text in TEXTS)
    numbers = " union all ".join(f"select {n} as n" for n in EPOCHS)
    casts = ", ".join(f"{expressions.sql(c, adapter)} as c{n}" for n, c in enumerate(CASTS))
    epoch = expressions.sql('make_timestamp("n")', adapter)
    return f"select a, {casts} from ({texts}) as t", f"select {epoch} from ({numbers}) as t"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _plain(rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(map(_shown, row)) for row in rows)


def _shown(value: Any) -> str:
    """`12.5000`, `12.5` and Decimal('12.5') are one value; so are times with and without zeros."""
    text = "" if value is None or value == "NULL" else str(value)
    if text.count("-") > 1:
        return text.removesuffix("000000").removesuffix(".") if "." in text else text
    return text.rstrip("0").rstrip(".") if "." in text and text not in TEXTS else text


@pytest.fixture(scope="module")
def on_duckdb() -> list[list[tuple[str, ...]]]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")
        return [_plain(connection.execute(s).fetchall()) for s in _statements("duckdb")]


def test_a_cast_means_the_same_on_postgres_as_on_duckdb(
    postgres_server: postgres.PostgresServer, on_duckdb: list[list[tuple[str, ...]]]
) -> None:
    found: list[list[tuple[str, ...]]] = []
    connection = psycopg2.connect(
        host="127.0.0.1", port=postgres_server.port, user=postgres.SUPERUSER, dbname="postgres"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("set timezone = 'America/Lima'")
            for statement in _statements("postgres"):
                cursor.execute(statement)
                found.append(_plain(cursor.fetchall()))
    finally:
        connection.close()
    assert found == on_duckdb


def test_a_cast_means_the_same_on_mariadb_as_on_duckdb(
    on_duckdb: list[list[tuple[str, ...]]],
) -> None:
    try:
        server = mysql.start()
    except (mysql.MySQLMissing, postgres.PostgresMissing) as reason:
        pytest.skip(str(reason))
    try:
        found: list[list[tuple[str, ...]]] = []
        for statement in _statements("mysql"):
            told = server.run(f"set time_zone = '-05:00'; {statement};")
            found.append(_plain([line.split("\t") for line in told.splitlines()]))
    finally:
        server.stop()
    assert found == on_duckdb
