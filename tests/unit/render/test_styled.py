"""The host's style is laid over finished SQL: its own linter finds nothing, and nothing changes."""

from __future__ import annotations

import re

import pytest
from sqlfluff.core import FluffConfig, Linter

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import File
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.style import Style
from dbt_cartridge.render import render
from dbt_cartridge.render.styled import styled
from tests.unit.render.test_golden import GOLDEN

CONFIG = """
[sqlfluff]
templater = jinja
dialect = {dialect}
max_line_length = {style.width}

[sqlfluff:indentation]
tab_space_size = {size}
indent_unit = {unit}

[sqlfluff:layout:type:comma]
line_position = {style.commas}

[sqlfluff:layout:type:binary_operator]
line_position = {style.operators}

[sqlfluff:rules:capitalisation.keywords]
capitalisation_policy = {style.keywords}

[sqlfluff:rules:capitalisation.identifiers]
extended_capitalisation_policy = {style.identifiers}

[sqlfluff:rules:capitalisation.functions]
extended_capitalisation_policy = {style.functions}

[sqlfluff:rules:capitalisation.types]
extended_capitalisation_policy = {style.types}

[sqlfluff:rules:capitalisation.literals]
capitalisation_policy = {style.literals}

[sqlfluff:rules:ambiguous.join]
fully_qualify_join_types = {style.joins}

[sqlfluff:rules:ambiguous.column_references]
group_by_and_order_by_style = {style.group_by}
"""
LOUD = Style(keywords="upper", functions="upper", literals="upper", types="upper",
             commas="leading", indent="  ", width=120)  # fmt: skip
TABS = Style(keywords="upper", indent="\t", joins="outer", group_by="explicit")
ODD = Style(keywords="capitalise", functions="pascal", identifiers="upper", types="upper",
            operators="trailing", width=100)  # fmt: skip


def models(case: str, style: Style) -> list[File]:
    design = Design.model_validate_json((GOLDEN / case / "design.json").read_text("utf-8"))
    host = Host.model_validate_json((GOLDEN / case / "host.json").read_text("utf-8"))
    files = render(design, host.model_copy(update={"style": style}), Settings()).files
    return [file for file in files if file.kind == "sql" and file.path.startswith("models/")]


@pytest.mark.parametrize("style", [LOUD, TABS, ODD], ids=["loud", "tabs", "odd"])
@pytest.mark.parametrize("case", ["shop_duckdb", "shop_bigquery", "shop_redshift"])
def test_sqlfluff_finds_nothing_under_the_hosts_own_rules(case: str, style: Style):
    size, unit = (4, "tab") if style.indent == "\t" else (len(style.indent), "space")
    config = CONFIG.format(style=style, dialect=case.split("_")[1], size=size, unit=unit)
    linter = Linter(config=FluffConfig.from_string(config))
    found = [
        f"{file.path}:{each.line_no} {each.rule_code()} {each.desc()}"
        for file in models(case, style)
        for each in linter.lint_string(file.text, fname=file.path).violations
    ]
    assert found == []


@pytest.mark.parametrize("style", [LOUD, ODD], ids=["loud", "odd"])
def test_only_letters_and_places_differ(style: Style):
    plain = Style(width=style.room)

    def bare(text: str) -> str:
        return re.sub(r"[\s,]+", "", text).lower()

    for ours, theirs in zip(models("shop_snowflake", plain), models("shop_snowflake", style),
                            strict=True):  # fmt: skip
        if style.operators == "leading":
            assert bare(ours.text) == bare(theirs.text)
        assert re.findall(r"\{[{%].*?[%}]\}", ours.text) == re.findall(
            r"\{[{%].*?[%}]\}", theirs.text
        )


def laid(sql: str, adapter: str = "duckdb", **style: object) -> str:
    return styled(sql, Style.model_validate(style), adapter, {"state", "date"})


def test_texts_comments_and_jinja_stay_as_they_are():
    sql = "select 'a, and\n    b' as x, -- and so, on\n    {{ var('and') }} as \"And\"\nfrom t\n"
    assert laid(sql, keywords="upper", indent="  ") == (
        "SELECT 'a, and\n    b' AS x, -- and so, on\n  {{ var('and') }} AS \"And\"\nFROM t\n"
    )


def test_jinja_within_a_text_stays_as_it_is():
    sql = "select interval '{{ var('some_days', 3) }} days' as latest from x\n"
    assert "var('some_days', 3)" in laid(sql, identifiers="upper", keywords="upper")


def test_a_backslash_ends_no_text_where_it_is_a_plain_letter():
    sql = "select '\\' as a, 'and' as b from t\n"
    assert laid(sql, keywords="upper") == "SELECT '\\' AS a, 'and' AS b FROM t\n"
    assert laid("select 'it\\'s and' as a\n", "bigquery", keywords="upper") == (
        "SELECT 'it\\'s and' AS a\n"
    )


def test_a_column_that_is_called_like_a_keyword_is_a_column():
    sql = "select\n    state,\n    cast(date as date) as day\nfrom t\n"
    assert laid(sql, keywords="upper", types="upper") == (
        "SELECT\n    state,\n    cast(date AS DATE) AS day\nFROM t\n"
    )


def test_a_last_comma_and_counts_of_ones_are_written_where_asked_for():
    sql = "select\n    state,\n    count(*) as n\nfrom t\n"
    assert laid(sql, last_comma=True, count="1") == (
        "select\n    state,\n    count(1) as n,\nfrom t\n"
    )


def test_a_star_is_no_operator():
    sql = "select\n    *,\n    1\n    + 1 as two\nfrom t\n"
    assert laid(sql, operators="trailing") == "select\n    *,\n    1 +\n    1 as two\nfrom t\n"
