"""No Jinja reaches dbt but the calls that cartridge writes."""

from __future__ import annotations

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.files import File, FileKind, Files
from dbt_cartridge.documents.host import Host, HostSource
from dbt_cartridge.render import macros, render
from dbt_cartridge.verify.inert import changed_on_disk, strange_jinja, users_jinja
from tests.unit.verify import shop


def problem(text: str, kind: FileKind = "sql") -> str:
    return strange_jinja(Files(files=(File(path="f", text=text, kind=kind),)), ("macros",)).get(
        "f", ""
    )


@pytest.mark.parametrize(
    "text",
    [
        "select * from {{ ref('x') }}",
        "{{ config(materialized='incremental', unique_key=['a']) }}",
        "{% if is_incremental() %} where a > (select max(a) from {{ this }}) {% endif %}",
        "select {{ dbt.date_trunc('day', 'x') }}, '{{ '{' }}{'",
        "{% snapshot x %} select * from {{ ref('y') }} {% endsnapshot %}",
        "description: 100 { % off, { { x }}",
    ],
)
def test_what_cartridge_writes_is_let_through(text: str) -> None:
    assert problem(text) == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("-- {{ run_query('drop table x') }}", "run_query"),
        ("\n\n{{ env_var('KEY') }}", "line 3"),
        ("{{ ref.__globals__ }}", "__globals__"),
        ("{{ ref('x').name.upper() }}", "upper"),
        ("{% set x = 1 %}", "assign"),
        ("{% do adapter.drop_schema(x) %}", "exprstmt"),
        ("{% call statement('x') %}drop table y{% endcall %}", "callblock"),
        ("{{ ", "line 1"),
        ("{% macro x() %}{% endmacro %}", "macro"),
    ],
)
def test_anything_else_is_refused_and_named(text: str, named: str) -> None:
    assert named in problem(text)
    assert named in problem(text, "yaml")


def test_doc_blocks_are_for_markdown_only() -> None:
    block = "{% docs x %}text{% enddocs %}"

    assert problem(block, "markdown") == ""
    assert problem(block, "yaml") != ""


def test_macro_that_is_written_along_may_be_called() -> None:
    macro = File(path="macros/m.sql", text="{% macro spine(a) %}{{ a }}{% endmacro %}", kind="sql")
    model = File(path="models/x.sql", text="{{ spine('a') }}", kind="sql")

    assert strange_jinja(Files(files=(macro, model)), ("macros",)) == {}
    assert strange_jinja(Files(files=(model,)), ("macros",)) != {}


def test_rendered_project_is_let_through() -> None:
    files = render(shop.design(), shop.host(), Settings())

    assert strange_jinja(files, ("macros",)) == {}


def test_only_our_own_variable_is_read_and_with_nothing_computed() -> None:
    ours = "select {{ var('lookback_days', 3) }}"
    assert problem(ours) == ""
    for other in (
        "select {{ var('secret') }}",
        "select {{ var('lookback_days') }}",
        "select {{ var('lookback_days', ref('a')) }}",
        "select {{ var(this, 3) }}",
    ):
        assert problem(other)


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("models/a.sql", "sql", "select 1 {{ run_query('drop table x') }}"),
        ("macros/a.sql", "sql", "{% macro a() %}{% do run_query('drop table x') %}{% endmacro %}"),
        ("tests/generic/a.sql", "sql", "{% test a(model) %}{{ run_query('x') }}{% endtest %}"),
        ("models/a.sql", "sql", "{{ config(post_hook='drop table x') }} select 1"),
        ("models/a.sql", "sql", "{{ config(sql_header='drop table x;') }} select 1"),
        ("models/a.yml", "yaml", "models: [{name: a, config: {pre-hook: drop table x}}]"),
        ("models/a.yml", "yaml", "models: [{name: a, description: '{{ env_var(1) }}'}]"),
        ("models/a.yml", "yaml", "models: [{name: a"),
        ("models/a.md", "markdown", "{% docs a %}{{ run_query('x') }}{% enddocs %}"),
    ],
)
def test_texts_that_were_read_back_are_looked_at_again_macros_too(
    path: str, kind: FileKind, text: str
) -> None:
    files = Files(files=(File(path=path, text=text, kind=kind),))
    assert path in changed_on_disk(files, macros())


def test_what_is_rendered_is_let_through_again_when_it_is_read_back() -> None:
    for adapter in ("duckdb", "postgres", "bigquery"):
        files = render(shop.design(adapter=adapter), shop.host(adapter), Settings())
        assert changed_on_disk(files, macros()) == {}


def test_what_the_users_source_says_in_jinja_may_stand_in_its_extension() -> None:
    said = {"database": "{{ env_var('RAW',  'raw') }}", "config": {"meta": ["{{ var('team') }}"]}}
    source = HostSource(name="crm", schema_name="raw", path="s.yml", properties=said)
    host = Host(project_name="shop", adapter="duckdb", dbt_version="1.11.0", sources=(source,))
    theirs = "sources:\n  - name: crm\n    database: \"{{ env_var('RAW',\n      'raw') }}\"\n"
    ours = theirs.replace("RAW", "HOME")
    for text, allowed in ((theirs, True), (ours, False)):
        files = Files(files=(File(path="f.yml", text=text, kind="yaml"),))
        assert (not strange_jinja(files, ("macros",), users_jinja(host))) is allowed
        assert (not changed_on_disk(files, (), users_jinja(host))) is allowed
    model = Files(files=(File(path="f.sql", text=str(said["database"]), kind="sql"),))
    assert strange_jinja(model, ("macros",), users_jinja(host))
