"""Of what a provider writes as SQL, harmless expressions over known columns are let through."""

from __future__ import annotations

import duckdb
import pytest

from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.llm.sql import NotAllowed, Scope
from dbt_cartridge.render import expressions
from tests.unit.llm.expressions import EVERYWHERE, HOSTILE, HOSTILE_EVERYWHERE, ORDINARY, lines

COLUMNS: dict[str, dict[str, TypeFamily]] = {
    "orders": {
        "amount": "decimal", "quantity": "integer", "day": "date", "at": "timestamp",
        "status": "text", "is_paid": "boolean",
    },
    "customer": {"name": "text", "first_day": "date"},
}  # fmt: skip
DIALECTS = ("duckdb", "postgres", "snowflake", "bigquery", "redshift", "mysql")


def scope(dialect: str = "duckdb") -> Scope:
    return Scope(dialect, COLUMNS, "orders")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "text",
    [
        "(select password from users limit 1)", "exists (select 1)", "amount in (select 1)",
        "read_csv('/etc/passwd')", "pg_read_file('/etc/passwd')", "pg_sleep(1000)",
        "table(result_scan('x'))", "result_scan('x')", "getvariable('x')", "system$wait(10)",
        "dblink('host=evil', 'select 1')", "lo_import('/etc/passwd')", "load_file('/etc/passwd')",
        "query_to_xml('drop table x', true, true, '')", "current_setting('x')", "session_user",
        "current_user", "current_date", "current_timestamp", "now()", "random()", "uuid()",
        "nextval('s')", "set_config('a', 'b', false)", "external_query('c', 'select 1')",
        "amount; drop table orders", "1; select 2", "amount -- x", "amount /* x */",
        "amount from secrets", "amount where true", "amount as x", "*", "orders.*", "amount, day",
        "", "   ", "nope", "orders.nope", "secrets.password", "a.b.amount", "a.b.c.amount",
        "{{ env_var('DBT_ENV_SECRET_X') }}", "{% do run_query('x') %}", "'{{ x }}'",
        "sum(sum(amount))", "array_agg(status)", "list(status)", "unnest([1])",
        "generate_series(1)",
        "cast(status as regclass)", "cast(status as json)", "x'00'::bytea", "case", "1 +",
        "((((((((((((((((((((((((((1))))))))))))))))))))))))))", "аmount", "amount\0",
    ],
)  # fmt: skip
def test_what_could_do_more_than_compute_is_refused(dialect: str, text: str):
    with pytest.raises(NotAllowed):
        scope(dialect).check(text)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("amount - coalesce(quantity, 0)", "decimal"),
        ("amount > 100 and not is_paid", "boolean"),
        ("case when amount > 100 then 'big' else 'small' end", "text"),
        ("sum(case when is_paid then amount else 0 end)", "decimal"),
        ("count(distinct customer.name)", "integer"),
        ("status in ('a', 'b')", "boolean"),
        ("lower(status)", "text"),
        ("extract(year from day)", "integer"),
        ("row_number() over (partition by status order by day)", "integer"),
    ],
)
def test_what_the_business_computes_is_let_through(dialect: str, text: str, type: str):
    assert scope(dialect).check(text).type == type


def test_columns_come_out_qualified_and_quoted():
    checked = scope().check("amount * quantity")
    assert checked.expression == '"orders"."amount" * "orders"."quantity"'
    assert checked.columns == {("orders", "amount"), ("orders", "quantity")}


def test_a_zero_divisor_is_no_error_in_any_warehouse():
    assert scope().check("amount / quantity").expression.endswith('NULLIF("orders"."quantity", 0)')
    assert "NULLIF" not in scope().check("amount / 100").expression
    assert "NULLIF" not in scope().check("sum(amount) / count(*)").expression


def test_an_aggregate_is_told_from_a_window():
    assert scope().check("sum(amount)").aggregates
    assert not scope().check("sum(amount) over (partition by status)").aggregates


def test_the_month_of_a_day_stays_a_day():
    checked = scope("postgres").check("date_trunc('month', day)")
    assert checked.type == "date"
    assert checked.expression.startswith("/*postgres*/ CAST(")


def test_a_very_long_expression_is_refused():
    with pytest.raises(NotAllowed):
        scope().check(" + ".join(["amount"] * 400))


OVER: dict[str, dict[str, TypeFamily]] = {
    "orders": {
        "amount": "decimal", "quantity": "integer", "day": "date", "sent_at": "timestamp",
        "shipped_at": "timestamp", "status": "text", "note": "text", "is_paid": "boolean",
        "payload": "json",
    },
}  # fmt: skip
ROWS = """(values
    (1, 1011.75, 3, '2024-03-10', '2024-03-10 10:20:30', '2024-03-12 08:00:00', 'open', 'a-12-b',
     true, '{"a": {"b": "x"}}'),
    (2, -5.5, 0, '2024-12-31', '2024-12-31 23:59:59', '2025-01-01 00:10:00', 'closed',
     '2024-01-05', false, '{"a": "y"}'),
    (3, null, 7, null, null, null, null, null, null, null),
    (4, 0.125, 2, '2023-01-01', '2023-01-01 00:00:00', '2023-02-01 12:00:00', 'open', '77', true,
     null)
) v(id, amount, quantity, day, sent_at, shipped_at, status, note, is_paid, payload)"""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_ordinary_expressions_are_let_through_in_every_dialect(dialect: str):
    texts = lines(EVERYWHERE) + lines(ORDINARY[dialect])
    refused: dict[str, str] = {}
    for text in texts:
        try:
            checked = Scope(dialect, OVER, "orders").check(text)
            expressions.sql(checked.expression, dialect, drop=frozenset({"orders"}))
        except NotAllowed as error:
            refused[text] = str(error)
    assert refused == {}
    assert len(texts) > 90


@pytest.mark.parametrize("dialect", DIALECTS)
def test_hostile_expressions_are_refused_in_every_dialect(dialect: str):
    passed: dict[str, str] = {}
    for text in lines(HOSTILE_EVERYWHERE) + [one for d in DIALECTS for one in lines(HOSTILE[d])]:
        try:
            passed[text] = Scope(dialect, OVER, "orders").check(text).expression
        except NotAllowed:
            continue
    assert passed == {}


def test_three_hundred_of_each_are_tried():
    ordinary = {*lines(EVERYWHERE), *(text for d in DIALECTS for text in lines(ORDINARY[d]))}
    hostile = {*lines(HOSTILE_EVERYWHERE), *(text for d in DIALECTS for text in lines(HOSTILE[d]))}
    assert len(ordinary) >= 300
    assert len(hostile) >= 300


def test_what_is_written_has_the_value_of_what_was_meant():
    """On the engine itself: as it was written by the provider, and as it stands in the model."""
    relation = duckdb.connect()
    relation.execute(
        "create table orders as select id, amount::decimal(14, 3) as amount, quantity::int as "
        "quantity, day::date as day, sent_at::timestamp as sent_at, shipped_at::timestamp as "
        f"shipped_at, status, note, is_paid, payload::json as payload from {ROWS}"
    )
    for text in lines(EVERYWHERE) + lines(ORDINARY["duckdb"]):
        checked = Scope("duckdb", OVER, "orders").check(text)
        written = expressions.sql(checked.expression, "duckdb")
        order = "" if checked.aggregates else " order by id"
        meant, found = (
            relation.execute(f"select {one} from orders{order}").fetchall()
            for one in (text, written)
        )
        if "/ quantity" not in text and "'week'" not in text:  # safe division; a day stays a day
            assert found == meant, text


@pytest.mark.parametrize(
    ("dialect", "text", "written"),
    [
        ("postgres", "amount::numeric", "cast(amount as decimal)"),
        ("redshift", "amount::numeric", "cast(amount as decimal)"),
        ("postgres", "extract(dow from day)", "extract(dow from day)"),
        ("bigquery", "timestamp_diff(shipped_at, sent_at, hour)",
         "timestamp_diff(shipped_at, sent_at, hour)"),
        ("bigquery", "extract(dayofweek from day)", "extract(dayofweek from day)"),
        ("snowflake", "amount::number(12, 2)", "cast(amount as decimal(12, 2))"),
        ("bigquery", "concat(status, 'it\\'s \"orders\".\"x\"')",
         "concat(status, 'it\\'s \"orders\".\"x\"')"),
        ("mysql", "timestampdiff(hour, sent_at, shipped_at)",
         "timestampdiff(hour, sent_at, shipped_at)"),
    ],
)  # fmt: skip
def test_types_units_and_texts_stay_what_they_are_in_the_warehouses_own_sql(
    dialect: str, text: str, written: str
):
    checked = Scope(dialect, OVER, "orders").check(text)
    assert expressions.sql(checked.expression, dialect, drop=frozenset({"orders"})) == written


@pytest.mark.parametrize(
    ("dialect", "text", "type"),
    [
        ("postgres", "shipped_at - sent_at", "interval"),
        ("postgres", "day - date '2024-01-01'", "integer"),
        ("postgres", "day + interval '7 days'", "timestamp"),
        ("snowflake", "day + interval '7 days'", "date"),
        ("duckdb", "median(amount)", "decimal"),
        ("duckdb", "median(quantity)", "decimal"),
        ("postgres", "percentile_cont(0.5) within group (order by amount)", "float"),
        ("duckdb", "mode(status)", "text"),
        ("duckdb", "trunc(amount)", "decimal"),
    ],
)
def test_types_of_times_and_medians_are_known(dialect: str, text: str, type: str):
    assert Scope(dialect, OVER, "orders").check(text).type == type
