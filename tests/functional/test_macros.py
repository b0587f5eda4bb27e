"""The dbt package: its verbs, its documentation, its words when something is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from dbt_cartridge import plugin
from dbt_cartridge.config import Settings
from tests.support.host import REPOSITORY, HostProject

ADAPTERS = REPOSITORY / "macros" / "adapters"
# The defaults serve where nothing says when a table changed, where there is a `typeof`, and where
# no schema is external, where a session has no limit of time, and where nobody keeps past queries.
OPTIONAL = {
    "cartridge_limit_sql", "cartridge_marks_sql", "cartridge_type_sql", "cartridge_views_sql",
    "cartridge_external_relations_sql", "cartridge_external_columns_sql", "cartridge_queries_sql",
}  # fmt: skip
# Where dbt looks when an adapter has no macro of its own.
PARENTS = {"redshift": ("postgres",)}
OPERATIONS = ("cartridge_generate", "cartridge_scan", "cartridge_debug")


def verbs() -> list[str]:
    return re.findall(
        r"macro default__(cartridge_\w+_sql)\(", (ADAPTERS / "default.sql").read_text()
    )


@pytest.mark.parametrize(
    "path", [p for p in sorted(ADAPTERS.glob("*.sql")) if p.stem != "default"], ids=lambda p: p.stem
)
def test_every_adapter_holds_every_verb(path: Path) -> None:
    held = set(OPTIONAL)
    for adapter in (path.stem, *PARENTS.get(path.stem, ())):
        text = (ADAPTERS / f"{adapter}.sql").read_text()
        held |= set(re.findall(rf"macro {adapter}__(cartridge_\w+_sql)\(", text))
    assert sorted(held) == sorted(verbs())
    assert len(verbs()) == 20


def test_every_option_is_an_argument_of_every_operation_in_the_same_order() -> None:
    documented = yaml.safe_load((REPOSITORY / "macros" / "cartridge.yml").read_text())["macros"]
    arguments = {macro["name"]: macro["arguments"] for macro in documented}
    for operation in OPERATIONS:
        names = [argument["name"] for argument in arguments[operation]]
        assert names == list(Settings.model_fields)
        text = (REPOSITORY / "macros" / f"{operation}.sql").read_text()
        assert re.findall(r"^    (\w+)=none", text, re.MULTILINE) == names
        for argument in arguments[operation]:
            field = Settings.model_fields[argument["name"]]
            assert argument["description"].startswith(field.description)


def test_dbt_finds_no_fault_in_the_documented_arguments(duckdb_host: HostProject) -> None:
    project = duckdb_host.read("dbt_project.yml")
    duckdb_host.write(
        "dbt_project.yml",
        project.replace("flags:\n", "flags:\n  validate_macro_args: true\n"),
    )
    parsed = duckdb_host.dbt("--warn-error", "parse")
    assert parsed.success, parsed.output


def test_an_unknown_option_is_refused_with_the_nearest_right_one(
    duckdb_host: HostProject, capsys: pytest.CaptureFixture[str]
) -> None:
    run = duckdb_host.operation("cartridge_generate", schema=["raw"], profile="ful")
    shown = capsys.readouterr().out
    assert not run.success
    assert "Unknown option 'schema' in the arguments. Did you mean 'schemas'?" in shown
    assert "Did you mean 'full'?" in shown
    assert "Traceback" not in shown


def test_without_the_helper_the_macro_says_how_to_get_it(
    duckdb_host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dbt.context.base

    known = dbt.context.base.get_context_modules
    monkeypatch.setattr(plugin, "_add_module", lambda context: None)
    monkeypatch.setattr(
        dbt.context.base,
        "get_context_modules",
        lambda: {name: module for name, module in known().items() if name != "cartridge"},
    )
    run = duckdb_host.operation("cartridge_scan", schemas=["raw"])
    assert not run.success
    assert "pip install dbt-cartridge==" in run.output


def test_a_warehouse_without_a_file_names_the_file_to_create(duckdb_host: HostProject) -> None:
    duckdb_host.write(
        "macros/no_verb.sql",
        "{% macro duckdb__cartridge_schemas_sql(database) %}"
        "{{ cartridge.default__cartridge_schemas_sql(database) }}{% endmacro %}",
    )
    run = duckdb_host.operation("cartridge_scan", schemas=["raw"])
    assert not run.success
    assert "Create macros/adapters/duckdb.sql with every verb" in run.output


def test_a_warehouse_of_the_hosts_own_macros_is_found(duckdb_host: HostProject) -> None:
    """The root project comes first: dbt's own order of dispatch. It adds a warehouse, or a verb."""
    duckdb_host.warehouse.execute("create schema raw", "create table raw.a (id integer)")
    duckdb_host.write(
        "macros/own.sql",
        "{% macro duckdb__cartridge_relations_sql(database, schemas) -%}"
        "select 'raw', 'a', 'table', 'told by the project itself', null, null, 'true'"
        "{%- endmacro %}",
    )
    run = duckdb_host.operation("cartridge_scan", schemas=["raw"])
    assert run.success, run.output
    assert "told by the project itself" in run.output


def test_the_worked_example_gives_the_sql_of_an_adapter_that_cartridge_does_not_know(
    duckdb_host: HostProject,
) -> None:
    page = (REPOSITORY / "docs" / "add_a_warehouse.md").read_text("utf-8")
    example = page.split("```sql\n")[1].split("```")[0]
    assert set(re.findall(r"macro trino__(cartridge_\w+_sql)\(", example)) <= set(verbs())
    # DuckDB stands in for the adapter's type; it is the look-up that is tried.
    place = "{{ cartridge.cartridge_quote_sql(database) }}.information_schema"
    assert place in example
    own = example.replace("trino__", "duckdb__").replace(place, "information_schema")
    duckdb_host.write("macros/own.sql", own)
    duckdb_host.warehouse.execute(
        "create schema raw", "create table raw.a (id integer primary key)"
    )
    run = duckdb_host.operation("cartridge_scan", schemas=["raw"])
    assert run.success, run.output
    assert '"name": "a"' in run.output
    assert "primary_key" not in run.output  # the example's Trino knows no constraints


def test_options_may_stand_in_vars(duckdb_host: HostProject) -> None:
    duckdb_host.warehouse.execute("create schema raw", "create table raw.a (id integer)")
    project = duckdb_host.read("dbt_project.yml")
    duckdb_host.write("dbt_project.yml", project + "vars: {cartridge: {schemas: [raw]}}\n")
    run = duckdb_host.operation("cartridge_scan")
    assert run.success, run.output
    assert '"name": "a"' in run.output


def test_debug_finds_nothing_to_fix_where_all_is_well(duckdb_host: HostProject) -> None:
    duckdb_host.warehouse.execute("create schema raw", "create table raw.a (id integer)")
    assert duckdb_host.operation("cartridge_debug", schemas=["raw"]).success
    failed = duckdb_host.operation("cartridge_debug", schemas=["nope"])
    assert not failed.success
    assert "found something to fix" in failed.output


def test_what_show_tells_snowflake_is_named_in_lower_case_and_so_in_quotes() -> None:
    """docs.snowflake.com/en/sql-reference/operators-flow, usage notes. DuckDB takes any case."""
    text = (ADAPTERS / "snowflake.sql").read_text("utf-8")
    shown = text.split("show primary keys")[1].split("{%- endmacro %}")[0]
    names = re.findall(
        r'"?\b(?:(?:pk|fk)_\w+|schema_name|table_name|column_name|\w+_sequence)\b"?', shown
    )
    assert len(names) > 15
    assert [name for name in names if not re.fullmatch(r'"\w+"', name)] == []
    # $1 is the statement before, $3 the third before it.
    assert shown.index("('primary', '$3'), ('unique', '$2')") > 0
    assert "from $1" in shown


def test_bigquery_is_read_in_the_dataset_and_arrays_hold_no_arrays() -> None:
    """cloud.google.com/bigquery/docs/information-schema-intro#syntax: without a region,
    SCHEMATA and TABLE_STORAGE tell of one; …/reference/standard-sql/data-types#array_type."""
    text = (ADAPTERS / "bigquery.sql").read_text("utf-8")
    code = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    assert "SCHEMATA" not in code
    assert "TABLE_STORAGE" not in code
    assert code.count("region-") == 1  # past queries are in no dataset
    assert "array_agg([" not in code
