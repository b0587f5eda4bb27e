"""Personal data, secrets and documents go no further than they have to."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.design import Design, Model
from dbt_cartridge.render import expressions
from tests.unit.design.made import column, columns, designed, expression, orders, table


def people(**options: str) -> Design:
    pii = [("email", "text", "email"), ("birth_date", "date", "birth_date"),
           ("salary", "decimal", "salary"), ("password", "text", "credential")]  # fmt: skip
    made = table(
        "customers", column("id", role="key"),
        *[column(name, kind, meaning={"pii": what}) for name, kind, what in pii],
        column("city", "text"), column("card", "json", "json"),
    )  # fmt: skip
    return designed(made, orders(), **options)


def of(result: Design, name: str) -> tuple[Model, set[str]]:
    model = result.by_name[name]
    return model, set(columns(model))


def test_secrets_and_documents_stop_in_staging() -> None:
    result = people()
    assert {"password", "card"} <= of(result, "stg_raw__customers")[1]
    for model in result.models:
        if model.layer != "staging":
            assert not {"password", "card"} & set(columns(model)), model.name


def test_personal_data_is_shown_unless_it_is_asked_not_to() -> None:
    assert {"email", "birth_date", "salary", "city"} <= of(people(), "dim_customers")[1]


def test_personal_data_is_left_out_of_the_marts_on_request() -> None:
    result = people(personal_data="leave_out")
    shown = of(result, "dim_customers")[1]
    assert "city" in shown
    assert not {"email", "birth_date", "salary"} & shown
    assert expression(result.by_name["stg_raw__customers"], "email") == '"source"."email"'


@pytest.mark.parametrize("adapter", ["duckdb", "bigquery", "snowflake"])
def test_personal_texts_are_hashed_on_request_and_the_rest_is_left_out(adapter: str) -> None:
    result = people(personal_data="hash")
    shown = of(result, "dim_customers")[1]
    assert "email" in shown
    assert not {"birth_date", "salary"} & shown
    made = expression(result.by_name["stg_raw__customers"], "email")
    assert "md5(" in expressions.sql(made, adapter)
    told = {c.name: c.description for c in result.by_name["dim_customers"].columns}
    assert "MD5" in told["email"]
    assert "MD5" not in told["city"]


@pytest.mark.parametrize("personal_data", ["hash", "leave_out"])
def test_what_rows_are_known_and_joined_by_stays(personal_data: str) -> None:
    user = table("users", column("email", "text", "key", meaning={"pii": "email"}), key="email")
    visit = table(
        "visits", column("id", role="key"),
        column("user_email", "text", meaning={"pii": "email"}),
        column("seen_on", "date", "event_time", min="2020-01-01", max="2021-01-01"),
        role="fact", links={"user_email": "users.email"},
    )  # fmt: skip
    result = designed(user, visit, personal_data=personal_data)
    assert "email" in of(result, "dim_users")[1]
    assert "user_email" in of(result, "fct_visits")[1]
    assert "md5" not in result.model_dump_json()
