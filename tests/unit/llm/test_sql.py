"""Of what a provider writes as SQL, harmless expressions over known columns are let through."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.scan import TypeFamily
from dbt_cartridge.llm.sql import NotAllowed, Scope

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
    assert checked.expression.startswith("CAST(")


def test_a_very_long_expression_is_refused():
    with pytest.raises(NotAllowed):
        scope().check(" + ".join(["amount"] * 400))
