"""Promises about the whole: paths, versions of dbt, what is left out, doc blocks."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    CompositeUniqueTest,
    Cte,
    Design,
    ExpressionTest,
    FewestRowsTest,
    Input,
    Join,
    Model,
    ModelColumn,
    NotNullTest,
    Projection,
    Query,
    RangeTest,
    RelationshipsTest,
    SameRowCountTest,
    Snapshot,
    Source,
    SourceTable,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import render
from tests.unit.render.shop import shop


def host(version: str = "1.11.16", **conventions: Any) -> Host:
    return Host(project_name="shop", adapter="duckdb", dbt_version=version, **conventions)


def model(
    name: str,
    on: str | None = None,
    *tests: Test,
    expression: str = '"x"."a"',
    columns: tuple[ModelColumn, ...] = (),
    folder: str = "",
) -> Model:
    source = None if on else ("raw", "t")
    return Model(
        name=name,
        layer="marts" if on else "staging",
        folder=folder,
        description="",
        grain="One row per x.",
        entity="x",
        body=Query(
            inputs=(Input(alias="x", model=on, source=source),),
            ctes=(
                Cte(
                    name="final",
                    from_alias="x",
                    projections=(Projection(name="a", expression=expression),),
                ),
            ),
        ),
        columns=columns,
        tests=tests,
    )


def design(*models: Model, **more: Any) -> Design:
    tables = (SourceTable(name="t", identifier="t", relation="raw.t"),)
    source = Source(name="raw", schema_name="raw", tables=tables)
    return Design(adapter="duckdb", sources=(source,), models=models, **more)


def entries(files: Files, of: str) -> dict[str, Any]:
    """The YAML of one model."""
    for file in files.files:
        if file.kind == "yaml":
            for each in yaml.safe_load(file.text).get("models", ()):
                if each["name"] == of:
                    return each
    raise AssertionError(f"no YAML of {of}")


# ---------------------------------------------------------------- paths


@pytest.mark.parametrize("name", ["../x", "a/b", "a b", "", "x.sql", "é", "a-b", "a" * 201, "x\n"])
def test_a_path_is_made_from_a_validated_name_only(name: str):
    with pytest.raises(RenderError):
        render(design(model(name)), host(), Settings())


@pytest.mark.parametrize("folder", ["../..", "a/../b", "/etc/..", "a\\b", ".hidden", "a\x00", "x."])
def test_a_folder_stays_below_the_hosts_model_path(folder: str):
    with pytest.raises(RenderError, match="cannot be a folder"):
        render(design(model("x", folder=folder)), host(), Settings())


def test_two_models_are_never_written_to_one_file():
    with pytest.raises(RenderError, match="Two parts of the design"):
        render(design(model("x"), model("X")), host(), Settings())


def test_the_hosts_folders_are_used():
    files = render(
        shop(),
        host(
            model_paths=("transform",),
            staging_folder="base/raw",
            marts_folder="",
            snapshot_paths=("history",),
            test_paths=("checks",),
        ),
        Settings(),
    )
    assert {"transform/base/raw/shop/stg_shop__orders.sql", "transform/dim_dates.sql"} <= set(
        files.by_path
    )
    assert {path.split("/")[0] for path in files.by_path} == {"transform", "history", "checks"}


def test_generic_tests_go_to_the_macros_of_a_host_without_test_paths():
    files = render(shop(), host(test_paths=()), Settings())
    assert "macros/columns_unique_together.sql" in files.by_path


def test_yaml_stands_in_a_file_per_model_on_request():
    files = render(shop(), host(), Settings(yaml_layout="model"))
    assert "models/marts/dim_dates.yml" in files.by_path
    assert not any("__models.yml" in path for path in files.by_path)


def test_files_say_what_they_describe_in_the_order_of_their_paths():
    files = render(shop(), host(), Settings())
    assert [file.path for file in files.files] == sorted(files.by_path)
    described = {name for file in files.files for name in file.describes}
    assert {"shop", "dim_dates", "orders_snapshot", "test_expression_holds"} <= described
    assert "legacy" not in described  # the host has declared it


# ---------------------------------------------------------------- versions of dbt


@pytest.mark.parametrize(
    ("version", "key", "arguments"),
    [
        ("1.7.19", "tests", False),
        ("1.8.0", "data_tests", False),
        ("1.10.5", "data_tests", False),
        ("1.10.6", "data_tests", True),
        ("2.0.0-alpha.4", "data_tests", True),
    ],
)
def test_tests_are_written_as_the_hosts_dbt_wants_them(version: str, key: str, arguments: bool):
    test = CompositeUniqueTest(columns=("a", "b"))
    found = entries(render(design(model("x", None, test)), host(version), Settings()), "x")
    given = {"combination_of_columns": ["a", "b"]}
    body = {"arguments": given} if arguments else given
    assert found[key] == [{"columns_unique_together": body}]


@pytest.mark.parametrize(("version", "below_config"), [("1.10.2", False), ("1.10.3", True)])
def test_freshness_stands_where_the_hosts_dbt_looks_for_it(version: str, below_config: bool):
    files = render(shop(), host(version), Settings())
    text = files.by_path["models/staging/shop/_shop__sources.yml"].text
    table = yaml.safe_load(text)["sources"][0]["tables"][0]
    place = table["config"] if below_config else table
    assert place["loaded_at_field"] == "loaded_at"
    assert place["freshness"]["warn_after"] == {"count": 36, "period": "hour"}
    assert place["freshness"]["error_after"] == {"count": 3, "period": "day"}


@pytest.mark.parametrize(("version", "extension"), [("1.8.9", "sql"), ("1.9.0", "yml")])
def test_snapshots_are_yaml_where_dbt_reads_them_from_yaml(version: str, extension: str):
    files = render(shop(), host(version), Settings())
    assert f"snapshots/order_lines_snapshot.{extension}" in files.by_path


def test_dbt_utils_is_used_where_the_host_has_it():
    files = render(shop(), host(packages=("dbt_utils",)), Settings())
    text = "".join(file.text for file in files.files)
    assert "dbt_utils.unique_combination_of_columns" in text
    assert {path.rsplit("/")[-1] for path in files.by_path if "/generic/" in path} == {
        "columns_reference.sql", "sum_reconciles_with.sql",
    }  # fmt: skip


# ---------------------------------------------------------------- tests


def test_a_test_of_a_column_stands_under_it_and_others_under_the_model():
    tests = (
        NotNullTest(column="a"),
        UniqueTest(column="gone"),
        ExpressionTest(expression='"a" > 0', name="A is positive!"),
    )
    column = ModelColumn(name="a", description="", type="integer", tests=(UniqueTest(column="a"),))
    found = entries(
        render(design(model("x", None, *tests, columns=(column,))), host(), Settings()), "x"
    )
    assert found["columns"] == [{"name": "a", "data_tests": ["unique", "not_null"]}]
    claim = {"name": "x_a_is_positive", "arguments": {"expression": "a > 0"}}
    assert found["data_tests"] == [{"expression_holds": claim}]


@pytest.mark.parametrize(
    "test",
    [
        AcceptedValuesTest(column="a", values=("{{ x }}",)),
        AcceptedValuesTest(column="a", values=("env_var('HOME')",)),
        AcceptedValuesTest(column="a", values=("line\nend",)),
        AcceptedValuesTest(column="a", values=("1 or 1 = 1",), quote=False),
        NotNullTest(column="a", where="\"a\" <> '\\'"),
        RelationshipsTest(column="a", field="a"),
        RelationshipsTest(column="a", to="x'y", field="a"),
        RangeTest(column="a"),
        ExpressionTest(expression="select 1", name="x"),
    ],
)
def test_a_test_that_cannot_be_written_as_it_is_meant_is_left_out_and_named(test: Test):
    column = ModelColumn(name="a", description="", type="text", tests=(test,))
    files = render(design(model("x", columns=(column,))), host(), Settings())
    assert entries(files, "x").get("columns") == [{"name": "a"}]
    assert [left.what.split()[-1] for left in files.left_out] == [
        "x" if isinstance(test, ExpressionTest) else "x.a"
    ]


@pytest.mark.parametrize(
    "value", ["1", "0.5", "-3", "yes", "2020-01-01", "null", "it's", "", "ß🦆"]
)
def test_an_accepted_value_is_tested_as_the_text_it_is(value: str):
    column = ModelColumn(
        name="a",
        description="",
        type="text",
        tests=(AcceptedValuesTest(column="a", values=(value,)),),
    )
    files = render(design(model("x", columns=(column,))), host(), Settings())
    (test,) = entries(files, "x")["columns"][0]["data_tests"]
    assert test["accepted_values"]["arguments"]["values"] == [value.replace("'", "''")]


def sources_yaml(files: Files) -> dict[str, Any]:
    (found,) = [f for f in files.files if f.path.endswith("__sources.yml")]
    return yaml.safe_load(found.text)["sources"][0]


def test_a_quote_in_a_tables_name_is_doubled_since_dbt_does_not():
    odd = SourceTable(name="t", identifier='so "called"', relation="raw.t")
    source = Source(name="raw", schema_name="raw", tables=(odd,))
    files = render(Design(adapter="duckdb", sources=(source,)), host(), Settings())
    assert sources_yaml(files)["tables"][0]["identifier"] == 'so ""called""'


def test_a_bound_of_rows_comes_with_the_test_that_it_needs():
    bound = FewestRowsTest(min_rows=80, severity="warn", evidence="there were more")
    grown = SourceTable(name="t", identifier="t", relation="raw.t", tests=(bound,))
    source = Source(name="raw", schema_name="raw", tables=(grown,))
    files = render(Design(adapter="duckdb", sources=(source,)), host(), Settings())
    (test,) = sources_yaml(files)["tables"][0]["data_tests"]
    assert test["row_count_at_least"] == {
        "arguments": {"min_rows": 80},
        "config": {"severity": "warn", "meta": {"evidence": "there were more"}},
    }
    assert "tests/generic/row_count_at_least.sql" in files.by_path


# ---------------------------------------------------------------- what cannot be written


def test_a_table_that_cannot_be_named_goes_with_all_that_stands_on_it():
    bad = SourceTable(name="t", identifier="{{ t }}", relation="raw.{{ t }}")
    good = SourceTable(name="u", identifier="u", relation="raw.u")
    looks = model("fct_looks", "stg_other", SameRowCountTest(as_model="stg_x"))
    other = model("stg_other").model_copy(
        update={"body": Query(inputs=(Input(alias="x", source=("raw", "u")),), ctes=())}
    )
    whole = Design(
        adapter="duckdb",
        sources=(Source(name="raw", schema_name="raw", tables=(bad, good)),),
        models=(model("stg_x"), other, model("fct_x", "stg_x"), looks),
        snapshots=(Snapshot(name="s", model="stg_x", unique_key=("a",), strategy="check"),),
    )
    files = render(whole, host(), Settings())
    assert {path.rsplit("/")[-1] for path in files.by_path if path.endswith(".sql")} == {
        "stg_other.sql", "fct_looks.sql",
    }  # fmt: skip
    assert "data_tests" not in entries(files, "fct_looks")
    assert [left.what for left in files.left_out] == [
        "Table '{ { t }}'", "Model stg_x", "Model fct_x",
    ]  # fmt: skip


def test_a_model_whose_sql_cannot_be_written_goes_with_those_that_need_it():
    broken = model("stg_x", expression='"x"."a\x00"')
    files = render(design(broken, model("fct_x", "stg_x"), model("stg_y")), host(), Settings())
    assert [path for path in files.by_path if path.endswith(".sql")] == ["models/staging/stg_y.sql"]
    assert files.left_out[1].why == "It needs stg_x, which was left out."


@pytest.mark.parametrize(
    "snapshot",
    [
        Snapshot(name="s", model="stg_x", unique_key=(), strategy="check"),
        Snapshot(name="s", model="stg_x", unique_key=("a",), strategy="timestamp"),
    ],
)
def test_a_snapshot_that_could_not_run_is_refused(snapshot: Snapshot):
    with pytest.raises(RenderError, match="Snapshot s has"):
        render(design(model("stg_x"), snapshots=(snapshot,)), host(), Settings())


# ---------------------------------------------------------------- long names


def test_a_name_that_would_pass_the_end_of_the_line_gets_a_shorter_alias():
    long, column = "ship_methods_purchase_order_headers", "total_purchase_order_header_quantity_sum"
    query = Query(
        inputs=(
            Input(alias="ship_methods", model="a"),
            Input(alias=long, model="b"),
        ),
        ctes=(
            Cte(
                name="final",
                from_alias="ship_methods",
                joins=(Join(kind="left", to=long, on=(f'"ship_methods"."id" = "{long}"."id"',)),),
                projections=(
                    Projection(name=column, expression=f'"{long}"."{column}"'),
                    Projection(name="said", expression=f'coalesce("{long}"."id", \'"{long}".x\')'),
                    Projection(name="b" * 60, expression=f'"ship_methods"."{"a" * 40}"'),
                ),
            ),
        ),
    )
    each = model("fct_x", "stg_x").model_copy(update={"body": query})
    sql = render(design(each), host(), Settings()).by_path["models/marts/fct_x.sql"].text
    assert f"        purchase_order_headers.{column},\n" in sql
    assert "left join purchase_order_headers\n" in sql
    assert "on ship_methods.id = purchase_order_headers.id\n" in sql
    assert f"'\"{long}\".x'" in sql  # a text stays what it is
    assert f"ship_methods.{'a' * 40}\n            as {'b' * 60}" in sql
    assert all(len(line) <= 80 for line in sql.splitlines())


# ---------------------------------------------------------------- descriptions


def described(*texts: str) -> Design:
    return design(
        *(
            model(f"m{i}", columns=(ModelColumn(name="a", description=text, type="text"),))
            for i, text in enumerate(texts)
        )
    )


LONG = "The same words, long enough to be worth a block."


def test_a_description_that_stands_in_three_places_is_written_once():
    files = render(described(LONG, LONG, LONG, "Another."), host(), Settings())
    docs = files.by_path["models/staging/_raw__docs.md"].text
    assert docs == "{% docs raw__a %}\n\n" + LONG + "\n\n{% enddocs %}\n"
    assert entries(files, "m0")["columns"][0]["description"] == "{{ doc('raw__a') }}"
    assert entries(files, "m3")["columns"][0]["description"] == "Another."


@pytest.mark.parametrize("texts", [(LONG, LONG), ("Short.",) * 5, ("",) * 5])
def test_a_description_that_is_short_or_rare_stands_where_it_is(texts: tuple[str, ...]):
    files = render(described(*texts), host(), Settings())
    assert not any(path.endswith(".md") for path in files.by_path)


def test_blocks_of_columns_with_one_name_are_told_apart():
    files = render(described(*[LONG] * 3, *[LONG + " More."] * 3), host(), Settings())
    docs = files.by_path["models/staging/_raw__docs.md"].text
    assert "docs raw__a %}" in docs
    assert "docs raw__a_2 %}" in docs


def test_the_grain_is_said_once():
    said = model("x").model_copy(update={"description": "Xs. One row per x."})
    assert entries(render(design(said), host(), Settings()), "x")["description"] == said.description
