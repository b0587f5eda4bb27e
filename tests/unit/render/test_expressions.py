"""Expressions come out in the adapter's dialect, in lower case, quoted only where it is needed."""

from __future__ import annotations

import duckdb
import pytest

from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import expressions, layout
from dbt_cartridge.render.expressions import sql

SOURCE = frozenset({"source"})


@pytest.mark.parametrize(
    ("expression", "adapter", "expected"),
    [
        ('"orders"."order_id"', "postgres", "orders.order_id"),
        ('"orders"."Order Id"', "postgres", 'orders."Order Id"'),
        ('"orders"."OrderId"', "postgres", 'orders."OrderId"'),
        ('"orders"."OrderId"', "duckdb", "orders.orderid"),
        ('"orders"."order"', "duckdb", 'orders."order"'),
        ('"order"."rows"', "bigquery", "`order`.`rows`"),
        ('"a"."say ""x"""', "postgres", 'a."say ""x"""'),
        ('"a"."b" is not null', "postgres", "a.b is not null"),
        ("lower(trim(\"a\".\"b\")) not in ('X')", "duckdb", "lower(trim(a.b)) not in ('X')"),
        ('count(distinct "a"."b")', "postgres", "count(distinct a.b)"),
        ('sum("a"."b") filter (where "a"."c")', "postgres", "sum(a.b) filter (where a.c)"),
        ("date_trunc('month', \"a\".\"b\")", "postgres", "date_trunc('month', a.b)"),
        ('round("a"."b", 2)', "postgres", "round(cast(a.b as decimal), 2)"),
        ('round(cast("a"."b" as decimal), 2)', "postgres", "round(cast(a.b as decimal(18, 3)), 2)"),
        ('quarter("a"."b")', "postgres", "extract(quarter from a.b)"),
        ('dayname("a"."b")', "postgres", "to_char(a.b, 'FMDay')"),
        ("\"a\".\"b\" ->> '$.k'", "postgres", "cast(a.b as json) ->> 'k'"),
        ("\"a\".\"b\" ->> '$.k'", "duckdb", "a.b ->> '$.k'"),
        ("'\"a\".\"b\" IS Text'", "duckdb", "'\"a\".\"b\" IS Text'"),
        ("coalesce(\"a\".\"b\", 'it''s')", "bigquery", "coalesce(a.b, 'it\\'s')"),
    ],
)  # fmt: skip
def test_an_expression_is_printed_for_its_adapter(expression: str, adapter: str, expected: str):
    assert sql(expression, adapter) == expected


def test_snowflakes_own_names_are_upper_case_and_dbts_are_lower():
    assert sql('"source"."ORDER_ID"', "snowflake", stored=SOURCE) == "source.order_id"
    assert sql('"source"."order_id"', "snowflake", stored=SOURCE) == 'source."order_id"'
    assert sql('"orders"."order_id"', "snowflake", stored=SOURCE) == "orders.order_id"


def test_an_alias_alone_in_scope_is_left_out():
    found = sql('"source"."a" = "other"."b"', "duckdb", drop=SOURCE)
    assert found == "a = other.b"


@pytest.mark.parametrize(
    "bad", ["select 1", "drop table x", "1 +", "a; b", "1, 2", "1 as x", "1 from t", "*", "a b"]
)
def test_what_is_not_one_expression_is_refused(bad: str):
    with pytest.raises(RenderError, match="fault of cartridge"):
        sql(bad, "duckdb")


@pytest.mark.parametrize(
    ("expression", "simple"),
    [
        ('"a"."b"', True),
        ("1", True),
        ('cast("a"."b" as date)', True),
        ('try_cast("a"."b" as date)', False),
        ('"a"."b" + 1', False),
        ('nullif("a"."b", \'\')', False),
    ],
)
def test_what_is_computed_stands_after_what_is_not(expression: str, simple: bool):
    assert expressions.is_simple(expression) is simple


LONG = [
    "case when aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb between 1 and 2 and "
    "cccccccccccccccc.dddddddddddddddd > 0 then 'a ( string, with case when' when x then y "
    "else coalesce(eeeeeeeeeeeeeeeeeeeeeeee, ffffffffffffffffffffffffff, ggggggggggggggggg) end",
    "row_number() over (partition by aaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbb, ccccccccccccccccc "
    "order by dddddddddddddddddd desc nulls last, eeeeeeeeeeeeeeeee)",
    "cast(coalesce(aaaaaaaaaaaaaaaaaaaaaaaaaaa, 0) - coalesce(bbbbbbbbbbbbbbbbbbbbbbbbbbbb, 0) as "
    "decimal(18, 2)) / nullif(cccccccccccccccccccccccc, 0)",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa not in ('bbbbbbbbbbbbbbbbbbb', 'cccccccccccccccccccccc', "
    "'dddddddddddddddd, eeee', 'it''s')",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.cccccccccccccccccccccccccccc",
]


@pytest.mark.parametrize("text", LONG)
def test_wrapping_changes_white_space_only(text: str):
    wrapped = layout.wrap(text, "        ", reserve=10)
    assert "".join(wrapped.split()) == "".join(text.split())


@pytest.mark.parametrize("text", LONG[:-1])
def test_wrapped_lines_fit(text: str):
    first, *rest = layout.wrap(text, "        ", reserve=10).split("\n")
    assert len("        " + first) <= 80
    assert all(len(line) <= 80 for line in rest)
    assert rest


@pytest.mark.parametrize(
    "expression",
    [
        "case when \"t\".\"a\" > 1 and \"t\".\"b\" is not null then 'x, (y' "
        "else coalesce(\"t\".\"b\", 'z') end",
        "\"t\".\"a\" between 1 and 3 or \"t\".\"b\" in ('aaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbb', 'q')",
        "sum(\"t\".\"a\") over (partition by \"t\".\"b\" order by \"t\".\"a\" desc nulls last)",
        "cast(\"t\".\"a\" as decimal(18, 2)) * 3 - (\"t\".\"a\" - 4) * ((\"t\".\"a\" + 1) / 2)",
        "not (\"t\".\"a\" = 1 or \"t\".\"b\" like '%''q%') and -\"t\".\"a\" < 0",
    ],
)  # fmt: skip
def test_printed_and_wrapped_text_means_what_the_design_said(expression: str):
    rows = "(values (1, 'q'), (2, null), (5, 'it''q')) as t (a, b)"
    wrapped = layout.wrap(sql(expression, "duckdb"), "    ", width=40)
    with duckdb.connect() as connection:
        said = connection.execute(f"select {expression} from {rows}").fetchall()
        found = connection.execute(f"select {wrapped} from {rows}").fetchall()
    assert sorted(map(str, found)) == sorted(map(str, said))
