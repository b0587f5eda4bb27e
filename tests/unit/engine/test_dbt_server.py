"""Ephemeral models in front of what reads them: byte for byte as dbt itself writes it."""

from __future__ import annotations

import random

import pytest
from dbt.compilation import inject_ctes_into_sql
from dbt.contracts.graph.nodes import InjectedCTE

from dbt_cartridge.engine.dbt_server import joined

EXPRESSIONS = [" __dbt__cte__a as (\nselect 1\n)", ' "__dbt__cte__b" as (\nwith x as (y)\n)']
WORDS = [
    "with", "WITH", "With", "recursive", "a", "as", "(", "select", "1", ")", "from", "x", ",", ";",
    "--c with\n", "/* with */", " ", "\n", "\t", "\r\n", "'with'", '"with"', "`t`", "[t]", "go 3",
    "cast(x as timestamp with time zone)", "begin", "end", "case", "when", "values", "a.b",
    "with_x", "x.with", "over", "order by", "--", "union all", "é", "'it''s; so'",
]  # fmt: skip


def by_dbt(sql: str, expressions: list[str]) -> str:
    return inject_ctes_into_sql(sql, [InjectedCTE(id="x", sql=text) for text in expressions])


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from __dbt__cte__a",
        "\n\n\nselect count(*) as n\nfrom __dbt__cte__a\n",
        "with source as (select 1)\n\nselect * from source",
        "\n\nWith\n  source as (select ';' as x)\nselect * from source\n",
        'with "my table" as (select 1) select * from "my table"',
        "with recursive t as (select 1) select * from t",
        "-- what it is\nwith source as (select 1) select * from source",
        "/* with */ select 1 where x in (with y as (select 1) select * from y)",
        "select cast(x as timestamp with time zone) from __dbt__cte__a",
        "(select 1) union all (select 2)",
    ],
)
def test_ephemeral_models_stand_where_dbt_puts_them(sql: str) -> None:
    for count in (1, 2):
        expressions = EXPRESSIONS[:count]
        short = joined(sql, expressions)
        assert short is None or short == by_dbt(sql, expressions)


def test_what_cartridge_writes_takes_the_short_way() -> None:
    assert joined("\n\nwith source as (select 1)\nselect * from source", EXPRESSIONS) is not None
    assert joined("select count(*) from __dbt__cte__a", EXPRESSIONS) is not None


def test_whatever_the_words_dbt_would_write_the_same() -> None:
    chance = random.Random(7)
    taken = 0
    for _ in range(4_000):
        words = (chance.choice(WORDS) for _ in range(chance.randint(1, 14)))
        start = chance.choice(("", " ", "\n\n")) + chance.choice(("", "with ", "select "))
        sql = start + chance.choice(("", " ")).join(words)
        expressions = EXPRESSIONS[: chance.randint(1, 2)]
        short = joined(sql, expressions)
        if short is not None:
            taken += 1
            assert short == by_dbt(sql, expressions), sql
    assert taken > 1_000
