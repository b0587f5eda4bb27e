"""What is counted in one pass says what `dbt test` says, for every kind of test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Conserved, Design
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.progress import Silent
from dbt_cartridge.render import generic_tests
from dbt_cartridge.verify.commands import commands
from dbt_cartridge.verify.conservation import conservation_tests
from dbt_cartridge.verify.reading import reading_tests
from dbt_cartridge.verify.running import run_commands, run_tests
from dbt_cartridge.verify.workshop import Ran, Workshop
from tests.functional.test_verify import dbt, proved
from tests.support.host import HostProject
from tests.unit.verify import shop

TABLES = (
    "create schema if not exists raw",
    "create table raw.parents (id integer, code varchar(9), total decimal(9, 2))",
    "insert into raw.parents values (1, 'a', 10), (2, 'b', 5), (2, 'b', 7), (null, 'c', 1)",
    "create table raw.children (id integer, parent_id integer, code varchar(9), "
    "kind varchar(9), amount decimal(9, 2), is_open boolean, starts date, ends date)",
    "insert into raw.children values "
    "(1, 1, 'a', 'new', 4, true, date '2024-01-01', date '2024-01-02'), "
    "(2, 1, 'b', 'old', 6, false, date '2024-01-03', date '2024-01-02'), "
    "(2, 2, 'b', 'odd', -1, true, date '2024-01-05', null), "
    "(3, 9, null, 'odd', 12, null, null, null), "
    "(4, null, 'c', 'it''s', null, true, date '2024-01-05', date '2024-01-05'), "
    "(null, 8, 'x', null, 3, true, date '2024-01-05', date '2024-01-04')",
)
MODELS = {
    "children": ("id", "parent_id", "code", "kind", "amount", "is_open", "starts", "ends"),
    "parents": ("id", "code", "total"),
}
# A test, its arguments, its config; under a column of stg_shop__children, or under the model.
ON_COLUMNS: Sequence[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("id", "not_null", {}, {}),
    ("id", "unique", {}, {"severity": "warn"}),
    ("kind", "not_null", {}, {"where": "id is not null"}),
    ("kind", "accepted_values", {"values": ["new", "old", "it''s"]}, {}),
    ("kind", "accepted_values", {"values": ["new", "old", "odd", "it''s"]}, {"severity": "warn"}),
    ("parent_id", "accepted_values", {"values": [1, 2, 8], "quote": False}, {}),
    ("is_open", "accepted_values", {"values": [True], "quote": False}, {}),
    ("parent_id", "relationships", {"to": "ref('stg_shop__parents')", "field": "id"}, {}),
    ("parent_id", "relationships", {"to": "ref('stg_shop__parents')", "field": "id"},
     {"where": "kind = 'new'", "severity": "warn"}),
    ("code", "relationships", {"to": "source('shop', 'parents')", "field": "code"}, {}),
    ("id", "relationships", {"to": "ref('stg_shop__children')", "field": "parent_id"}, {}),
    ("amount", "value_within_range", {"min_value": 0}, {}),
    ("amount", "value_within_range", {"min_value": -2, "max_value": 11.5}, {"limit": 1}),
    ("amount", "value_within_range", {"min_value": -2, "max_value": 20}, {}),
    ("parent_id", "not_null", {}, {"warn_if": ">5", "error_if": ">10"}),
    ("amount", "not_null", {}, {"warn_if": "!=0", "error_if": ">10"}),
    ("starts", "not_null", {}, {"fail_calc": "count(*) * 3"}),
    ("amount", "is_even", {}, {}),
    ("ends", "no_such_function", {}, {}),
]  # fmt: skip
ON_MODEL: Sequence[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("columns_unique_together", {"combination_of_columns": ["id", "parent_id"]}, {}),
    ("columns_unique_together", {"combination_of_columns": ["id", "starts"]},
     {"where": "amount > 0"}),
    ("columns_unique_together", {"combination_of_columns": ["parent_id", "is_open"]}, {}),
    ("columns_reference", {"combination_of_columns": ["parent_id", "code"],
                           "to": "ref('stg_shop__parents')", "fields": ["id", "code"]}, {}),
    ("expression_holds", {"expression": "ends >= starts"}, {}),
    ("expression_holds", {"expression": "ends >= starts"}, {"where": "id < 3", "limit": 5}),
    ("expression_holds", {"expression": "amount >= -1 or code = '{1,2}'"}, {}),
    ("row_count_equals", {"compare_model": "ref('stg_shop__parents')"}, {}),
    ("row_count_equals", {"compare_model": "ref('stg_shop__parents')"}, {"where": "id < 4"}),
    ("row_count_at_least", {"min_rows": 6}, {}),
    ("row_count_at_least", {"min_rows": 7}, {"severity": "warn"}),
    ("sum_reconciles_with", {"key": "parent_id", "expression": "amount * 1",
                             "to": "ref('stg_shop__parents')", "to_key": "id", "field": "total"},
     {}),
]  # fmt: skip
WRONG = ("expression_holds", {"expression": "no_such_column > 1"}, {})
OWN = """\
{% test is_even(model, column_name) %}
with odd as (select {{ column_name }} as x from {{ model }} where mod({{ column_name }}, 2) <> 0)
select * from odd
{% endtest %}
{% test no_such_function(model, column_name) %}
select 1 as n from {{ model }} where no_such_function({{ column_name }}) > 1
{% endtest %}
"""


def the_design(adapter: str) -> Design:
    models = [
        shop.staging(table, {name: f'"source"."{name}"' for name in columns})
        for table, columns in MODELS.items()
    ]
    right = Conserved(column="amount", of="stg_shop__children", measure="amount")
    wrong = Conserved(column="total", of="stg_shop__children", measure="amount")
    models[0] = models[0].model_copy(update={"conserved": (right,)})
    models[1] = models[1].model_copy(update={"conserved": (wrong,)})
    return shop.design(models, adapter, sources=(), snapshots=())


def the_files(design: Design, *more: tuple[str, dict[str, Any], dict[str, Any]]) -> Files:
    def entry(name: str, arguments: dict[str, Any], config: dict[str, Any], number: int) -> Any:
        return {name: {"name": f"t{number}_{name}", "arguments": arguments, "config": config}}

    def columns() -> Iterator[dict[str, Any]]:
        for number, (column, *test) in enumerate(ON_COLUMNS):
            yield {"name": column, "data_tests": [entry(*test, number)]}

    merged: dict[str, dict[str, Any]] = {}
    for each in columns():
        merged.setdefault(each["name"], {"name": each["name"], "data_tests": []})
        merged[each["name"]]["data_tests"] += each["data_tests"]
    properties = {
        "sources": [{"name": "shop", "schema": "raw", "tables": [
            {"name": "children", "columns": [{"name": "code", "data_tests": ["not_null"]}]},
            {"name": "parents", "columns": [{"name": "id", "data_tests": ["unique", "not_null"]}]},
        ]}],
        "models": [{
            "name": "stg_shop__children",
            "columns": list(merged.values()),
            "data_tests": [entry(*test, 100 + n) for n, test in enumerate([*ON_MODEL, *more])],
        }],
    }  # fmt: skip
    texts = {
        "models/_shop.yml": yaml.safe_dump({"version": 2, **properties}),
        "tests/generic/own.sql": OWN,
        "tests/singular.sql": "select * from {{ ref('stg_shop__children') }} where amount < 0",
        **{f"tests/generic/{name}.sql": generic_tests.text(name) for name in generic_tests.ALL},
        **{
            f"models/stg_shop__{table}.sql": "{{ config(materialized='ephemeral') }}\n"
            f"select {', '.join(columns)} from {{{{ source('shop', '{table}') }}}}"
            for table, columns in MODELS.items()
        },
    }
    own = [File(path=path, text=text, kind="sql") for path, text in texts.items()]
    return Files(files=(*own, *reading_tests(design), *conservation_tests(design)))


def both(host: HostProject, only: set[str] | None = None, *more: Any) -> tuple[Ran, Ran, list[str]]:
    """By dbt, and in one pass with the statements for it, on a project that is its own copy."""
    host.warehouse.execute(*TABLES)
    kind = str(host.warehouse.output("x")["type"])
    design = the_design(kind)
    files = the_files(design, *more)
    for file in files.files:
        host.write(file.path, file.text)
    project = host.read("dbt_project.yml")
    host.write("dbt_project.yml", project + "\ntest-paths: [tests, cartridge_reads]\n")
    engine: Any = dbt(host)
    place = Path(host.root)
    case = Workshop(place, shop.host(kind), shop.scan(kind), engine, Settings(), Silent())
    by_dbt = run_commands(case, commands(case, design, {}, only))
    ours = run_tests(case, design, {}, only, files)
    return by_dbt, ours, engine.asked


def told(ran: Ran) -> dict[str, tuple[str, int]]:
    return {r.unique_id.split(".")[2]: (r.status, r.failures) for r in ran.results.values()}


def test_every_kind_of_test_gives_the_status_and_the_failures_that_dbt_gives(
    host: HostProject,
) -> None:
    by_dbt, ours, asked = both(host)

    assert told(ours) == told(by_dbt)
    statuses = {status for status, _ in told(ours).values()}
    assert statuses == {"pass", "warn", "fail", "error"}
    # One for each of two models and two sources; and six tests that are not known here.
    assert len(told(ours)) > 38
    assert len(asked) == 4 + 6


def test_statement_that_fails_is_taken_apart_and_the_wrong_test_alone_is_in_error(
    duckdb_host: HostProject,
) -> None:
    by_dbt, ours, asked = both(duckdb_host, None, WRONG)

    assert told(ours) == told(by_dbt)
    wrong = [name for name, (status, _) in told(ours).items() if status == "error"]
    assert sorted(wrong) == ["t112_expression_holds", "t18_no_such_function"]
    assert "no_such_column" in next(
        each.message for name, each in ours.results.items() if "t112" in name
    )
    assert len(asked) > 30


def test_models_that_are_asked_alone_get_the_tests_that_read_them(duckdb_host: HostProject) -> None:
    by_dbt, ours, _ = both(duckdb_host, {"stg_shop__parents"})

    assert told(ours) == {name: told(by_dbt)[name] for name in told(ours)}
    assert told(ours).keys() == told(by_dbt).keys()
    assert "cartridge_reads__stg_shop__children" not in told(ours)


@pytest.mark.parametrize("name", ["test_not_null", "default__test_not_null", "get_where_subquery"])
def test_what_the_host_has_written_of_its_own_is_run_as_it_is(
    duckdb_host: HostProject, name: str
) -> None:
    """Somebody else's not_null finds one failure in every table."""
    arguments = "relation" if name == "get_where_subquery" else "model, column_name"
    text = "{{ relation }}" if name == "get_where_subquery" else "select 1 as n"
    keyword = "test not_null" if name == "test_not_null" else f"macro {name}"
    end = keyword.split()[0]
    duckdb_host.write("macros/own.sql", f"{{% {keyword}({arguments}) %}}{text}{{% end{end} %}}")

    by_dbt, ours, _ = both(duckdb_host)

    assert told(ours) == told(by_dbt)
    if name != "get_where_subquery":
        assert told(ours)["t0_not_null"] == ("fail", 1)


def test_a_time_out_refutes_no_model_and_is_told(postgres_host: HostProject) -> None:
    postgres_host.warehouse.execute(*shop.TABLES)
    slow = '"source"."id" + 0 * length(cast(pg_sleep(1) as text))'
    customers = shop.staging(
        "customers", {"customer_id": slow, "name": '"source"."name"'}, *shop.CUSTOMERS.columns
    )
    design = shop.design((customers, shop.ORDERS), "postgres", snapshots=())
    (name,) = postgres_host.warehouse.query("select current_database()")[0]
    postgres_host.warehouse.execute(f"alter database \"{name}\" set statement_timeout = '400ms'")

    settled, _, verdicts = proved(postgres_host, design)

    assert settled == design
    assert {each.model: each.status for each in verdicts.models} == {
        "stg_shop__customers": "unproved",
        "stg_shop__orders": "pass",
    }
    told = {problem.where: problem.what for problem in verdicts.problems}
    assert "statement timeout" in told["stg_shop__customers"]
