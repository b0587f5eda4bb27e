"""Generated SQL passes sqlfluff with jaffle-shop's rules."""

from __future__ import annotations

import pytest
from sqlfluff.core import FluffConfig, Linter

from tests.unit.render.test_golden import CASES, rendered

# github.com/dbt-labs/jaffle-shop, .sqlfluff; only the templater and the dialect are changed, since
# its own need dbt Cloud and Snowflake.
JAFFLE_SHOP = """
[sqlfluff]
templater = jinja
dialect = {dialect}
runaway_limit = 10
max_line_length = 80
indent_unit = space

[sqlfluff:templater:jinja]
apply_dbt_builtins = True

[sqlfluff:indentation]
tab_space_size = 4

[sqlfluff:layout:type:comma]
spacing_before = touch
line_position = trailing

[sqlfluff:rules:capitalisation.keywords]
capitalisation_policy = lower

[sqlfluff:rules:aliasing.table]
aliasing = explicit

[sqlfluff:rules:aliasing.column]
aliasing = explicit

[sqlfluff:rules:aliasing.expression]
allow_scalar = False

[sqlfluff:rules:capitalisation.identifiers]
extended_capitalisation_policy = lower

[sqlfluff:rules:capitalisation.functions]
capitalisation_policy = lower

[sqlfluff:rules:capitalisation.literals]
capitalisation_policy = lower

[sqlfluff:rules:ambiguous.column_references]
group_by_and_order_by_style = implicit
"""


@pytest.mark.parametrize("case", [case for case in CASES if "dbt_" not in case])
def test_sqlfluff_with_jaffle_shops_rules_finds_nothing(case: str):
    dialect = case.split("_")[1]
    linter = Linter(config=FluffConfig.from_string(JAFFLE_SHOP.format(dialect=dialect)))
    found = [
        f"{file.path}:{each.line_no} {each.rule_code()} {each.desc()}"
        for file in rendered(case).files
        # A snapshot's block is no tag that sqlfluff's templater knows.
        if file.kind == "sql" and "/generic/" not in file.path and "snapshots/" not in file.path
        for each in linter.lint_string(file.text, fname=file.path).violations
        # To sqlfluff every parameter of Snowflake's is a keyword, `email` of CREATE USER too.
        if (dialect, each.rule_code()) != ("snowflake", "RF04")
    ]
    assert found == []
