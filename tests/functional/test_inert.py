"""Text from a warehouse comes out of dbt as it went in, and runs nothing.

Hostile names and comments go through a design, the renderer and one `dbt compile`; a marker that
any of them could set if it were run, or printed if it were rendered, must not appear.
"""

from __future__ import annotations

import json

import pytest
import sqlglot
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    Cte,
    Design,
    ExpressionTest,
    Input,
    LeftOut,
    Model,
    ModelColumn,
    NotNullTest,
    Projection,
    Query,
    Source,
    SourceColumn,
    SourceTable,
)
from dbt_cartridge.documents.host import Host
from dbt_cartridge.render import render
from tests.support.host import HostProject

HOSTILE = (
    "{{ env_var('CARTRIDGE_MARK') }}",
    "{{ 1 / 0 }}",
    "{%- do undefined_macro() -%}",
    "{% raw %}{{ x }}{% endraw %}{{ missing() }}",
    "{% endraw %}",
    "{% enddocs %}{% docs stolen %}",
    "{# open",
    "100 {% off",
    "{{{{",
    "{{{ '{' }}}",
    "{ { x } }",
    "{\u200b{ env_var('CARTRIDGE_MARK') }}",
    "a'; drop table x; --",
    "a\n{{ 1/0 }}\nselect 1",
    "a\r-- b\rselect boom",
    "a\u2028select boom",
    "*/ select 1 /*",
    '"quoted" `ticked` \\ back',
    "key: value # no comment",
    "- item\n  nested: true",
    "!!python/object:os.system",
    "&anchor *alias",
    "yes",
    "~",
    "0x1F",
    "1_000",
    "12:30:45",
    "2020-01-01",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u202egnp.exe",
    "🦆 naïve ÿ ß 你好",
    "%}",
    "}}",
    "#}",
    " leading and trailing ",
    "tab\there",
    "ref('x')",
    "{{ run_query('create table boom as select 1') }}",
    "trailing {",
    "{{",
)


def hostile_design(texts: tuple[str, ...]) -> Design:
    """Each text as a table's name, a column's name, a description, a comment and a value."""
    tables: list[SourceTable] = []
    models: list[Model] = []
    for index, text in enumerate(texts):
        quoted = text.replace('"', '""')
        literal = text.replace("'", "''")
        tables.append(
            SourceTable(
                name=f"table_{index}",
                identifier=text,
                relation=f"raw.{text}",
                description=text,
                columns=(
                    SourceColumn(
                        name=text,
                        native_type=text,
                        description=text,
                        pii=text,
                        tests=(NotNullTest(column=text, severity="warn", evidence=text),),
                    ),
                ),
            )
        )
        tables.append(SourceTable(name=f"plain_{index}", identifier="t", relation="raw.t"))
        safe = not any(ord(char) < 32 for char in text)
        projections = (
            Projection(name="a", expression='"source"."a"', comment=text),
            Projection(name="b", expression=f'coalesce("source"."a", \'{literal}\')'),
            *([Projection(name="c", expression=f'"source"."{quoted}"')] if safe else []),
        )
        models.append(
            Model(
                name=f"stg_model_{index}",
                layer="staging",
                folder="raw",
                description=text,
                grain="One row.",
                entity="x",
                body=Query(
                    inputs=(Input(alias="source", source=("raw", f"plain_{index}")),),
                    ctes=(
                        Cte(
                            name="final",
                            comment=text,
                            from_alias="source",
                            projections=projections,
                        ),
                    ),
                ),
                columns=(
                    ModelColumn(
                        name="a",
                        description=text,
                        type="text",
                        tests=(
                            AcceptedValuesTest(column="a", values=("x", text)),
                            NotNullTest(column="a", where=f"\"a\" <> '{literal}'"),
                        ),
                    ),
                ),
                tests=(ExpressionTest(expression=f"\"a\" <> '{literal}'", name=text),),
            )
        )
    source = Source(name="raw", schema_name="raw", tables=tuple(tables))
    return Design(adapter="duckdb", sources=(source,), models=tuple(models))


HOST = Host(project_name="shop", adapter="duckdb", dbt_version="1.11.16")


def compiled(host: HostProject, design: Design) -> tuple[dict[str, str], tuple[LeftOut, ...]]:
    """Each model's compiled SQL, by dbt in this process."""
    files = render(design, HOST, Settings())
    for file in files.files:
        host.write(file.path, file.text)
    host.dbt("compile", "--no-introspect").must_succeed()
    manifest = json.loads(host.read("target/manifest.json"))
    return (
        {
            node["name"]: node.get("compiled_code") or ""
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model"
        },
        files.left_out,
    )


@pytest.fixture
def marked(duckdb_host: HostProject, monkeypatch: pytest.MonkeyPatch) -> HostProject:
    monkeypatch.setenv("CARTRIDGE_MARK", "was_rendered")
    return duckdb_host


def test_hostile_names_comments_and_values_are_inert(marked: HostProject):
    sql, left_out = compiled(marked, hostile_design(HOSTILE))
    manifest = marked.read("target/manifest.json")
    assert "was_rendered" not in manifest
    assert len(sql) == len(HOSTILE)
    for index, text in enumerate(HOSTILE):
        model = sql[f"stg_model_{index}"]
        if not any(ord(char) < 32 for char in text):
            assert '"' + text.replace('"', '""') + '"' in model or text.lower() in model
        # Jinja makes every line end the same.
        assert "'" + text.replace("'", "''").replace("\r", "\n") + "'" in model
        statements = sqlglot.parse(model, read="duckdb")
        assert len(statements) == 1
        assert statements[0] is not None
        assert {each.name for each in statements[0].find_all(exp.Table)} <= {"t", "source", "final"}
    assert any("Jinja" in each.why for each in left_out)
    tables = marked.warehouse.query("select count(*) from information_schema.tables")
    assert tables == [(0,)]


PIECES = (
    "{", "}", "%", "#", "{{", "}}", "{%", "%}", "{#", "#}", "'", '"', "\\", "-", " ", "\n", "\r",
    "\t", "a", "é", "<", ">", "/", "!", "&", "*", ":", "\u202e", "\u2028", "\x00", "\x07",
    "ref('x')",
    "env_var('CARTRIDGE_MARK')", "raw", "endraw",
)  # fmt: skip
hostile_text = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def test_made_up_hostile_text_is_inert(marked: HostProject):
    """Hypothesis makes the texts; dbt sees them all at once, since each run of it takes seconds."""
    made: set[str] = set()

    @settings(
        max_examples=150,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(hostile_text)
    def collect(text: str) -> None:
        if text:
            made.add(text)

    collect()
    sql, _ = compiled(marked, hostile_design(tuple(sorted(made))))
    assert len(sql) == len(made) > 50
    assert "was_rendered" not in marked.read("target/manifest.json")
