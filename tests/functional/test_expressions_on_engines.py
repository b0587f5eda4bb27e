"""Ordinary expressions on the engines themselves: as somebody wrote them, and as they stand in a
model, they have the same value. MariaDB stands in for MySQL: what it does not know is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg2
import pytest

from dbt_cartridge.llm.sql import Scope
from dbt_cartridge.render import expressions
from tests.support import mysql, postgres
from tests.unit.llm.expressions import EVERYWHERE, ORDINARY, lines
from tests.unit.llm.test_sql import OVER

TABLE = """
create table orders as
select 1 as id, cast(1011.75 as decimal(14, 3)) as amount, 3 as quantity,
    cast('2024-03-10' as date) as day, cast('2024-03-10 10:20:30' as {time}) as sent_at,
    cast('2024-03-12 08:00:00' as {time}) as shipped_at, {open} as status, {note} as note,
    true as is_paid, {payload} as payload
union all
select 2, -5.5, 0, '2024-12-31', '2024-12-31 23:59:59', '2025-01-01 00:10:00', 'closed',
    '2024-01-05', false, {other}
union all
select 3, null, 7, null, null, null, null, null, null, null
union all
select 4, 0.125, 2, '2023-01-01', '2023-01-01 00:00:00', '2023-02-01 12:00:00', 'open', '77', true,
    null
"""
Ask = Callable[[str], Sequence[Any]]


def agreeing(dialect: str, ask: Ask) -> tuple[int, list[str]]:
    """How many expressions the engine runs as they were written; those that do not agree."""
    ran, odd = 0, list[str]()
    for text in lines(EVERYWHERE) + lines(ORDINARY[dialect]):
        checked = Scope(dialect, OVER, "orders").check(text)
        order = "" if checked.aggregates else " order by id"
        try:
            meant = ask(f"select {text} from orders{order}")
        except EngineSays:
            if "/ quantity" not in text:  # where the engine stops at a zero, the model does not
                continue
            meant = None
        ran += 1
        written = expressions.sql(checked.expression, dialect, drop=frozenset({"orders"}))
        try:
            found = ask(f"select {written} from orders{order}")
        except EngineSays as error:
            if "does not exist" in str(error) and dialect == "mysql":
                continue  # MySQL has it, its stand-in has not
            raise
        week = "date_trunc" in text and checked.type == "date"  # a day stays a day
        if meant is not None and not week and found != meant:
            odd.append(f"{text}: {meant} became {found} by {written}")
    return ran, odd


class EngineSays(Exception):
    pass


def test_ordinary_expressions_keep_their_value_on_postgres(
    postgres_server: postgres.PostgresServer,
) -> None:
    connection = psycopg2.connect(
        host="127.0.0.1", port=postgres_server.port, user=postgres.SUPERUSER, dbname="postgres"
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("create schema expressions_; set search_path to expressions_")
            cursor.execute(
                TABLE.format(
                    time="timestamp", open="cast('open' as text)", note="cast('a-12-b' as text)",
                    payload="""cast('{"a": {"b": "x"}}' as json)""",
                    other="""cast('{"a": "y"}' as json)""",
                ).replace("'2024-12-31',", "date '2024-12-31',").replace(
                    "'2023-01-01',", "date '2023-01-01',"
                )
            )  # fmt: skip

            def ask(sql: str) -> Sequence[Any]:
                try:
                    cursor.execute(sql)
                except psycopg2.Error as error:
                    raise EngineSays(str(error)) from error
                return cursor.fetchall()

            ran, odd = agreeing("postgres", ask)
            cursor.execute("drop schema expressions_ cascade")
    finally:
        connection.close()
    assert odd == []
    assert ran >= 110


def test_ordinary_expressions_keep_their_value_on_mariadb() -> None:
    try:
        server = mysql.start()
    except (mysql.MySQLMissing, postgres.PostgresMissing) as reason:
        pytest.skip(str(reason))
    try:
        server.run("create database expressions_")
        table = TABLE.format(
            time="datetime", open="'open'", note="cast('a-12-b' as char(20))",
            payload="""'{"a": {"b": "x"}}'""", other="""'{"a": "y"}'""",
        )  # fmt: skip
        server.run(f"use expressions_; {table};")

        def ask(sql: str) -> Sequence[Any]:
            try:
                return server.run(f"use expressions_; {sql};").splitlines()
            except Exception as error:
                raise EngineSays(str(error)) from error

        ran, odd = agreeing("mysql", ask)
    finally:
        server.stop()
    assert odd == []
    assert ran >= 80
