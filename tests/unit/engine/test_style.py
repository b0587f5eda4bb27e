"""The host's style is read from its linter, its formatter, or its own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_cartridge.documents.style import Style
from dbt_cartridge.engine.style import from_example, read_style

SQLFLUFF = """
[sqlfluff]
dialect = duckdb
max_line_length = 120

[sqlfluff:indentation]
tab_space_size = 2

[sqlfluff:layout:type:comma]
line_position = leading

[sqlfluff:rules:capitalisation.keywords]
capitalisation_policy = upper

[sqlfluff:rules:capitalisation.functions]
extended_capitalisation_policy = pascal
"""
UPPER = "SELECT\n\tid\n\t, COUNT(*) AS n\nFROM {{ ref('x') }}\nGROUP BY 1\n"
LOWER = "select\n    id,\n    count(*) as n\nfrom {{ ref('x') }}\ngroup by 1\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "transform"
    (project / "models").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    return project


def style(project: Path, *sql: str) -> Style:
    return read_style(project, ("models",), sql)


def test_the_linters_configuration_wins_over_the_files(project: Path):
    (project / ".sqlfluff").write_text(SQLFLUFF)
    read = style(project, LOWER)
    assert (read.keywords, read.functions, read.commas) == ("upper", "pascal", "leading")
    assert (read.indent, read.width) == ("  ", 120)


def test_what_the_linter_leaves_open_is_as_in_the_files(project: Path):
    (project / ".sqlfluff").write_text("[sqlfluff]\nmax_line_length = 100\n")
    read = style(project, UPPER)
    assert (read.keywords, read.functions) == ("upper", "upper")
    assert (read.commas, read.indent, read.width) == ("trailing", "    ", 100)  # its defaults


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".sqlfluff", "[sqlfluff:rules:L010]\ncapitalisation_policy = upper\n"),
        (".sqlfluff", "[sqlfluff:rules]\ncapitalisation_policy = upper\n"),
        ("setup.cfg", "[sqlfluff:rules:CP01]\ncapitalisation_policy = upper\n"),
        (
            "pyproject.toml",
            "[tool.sqlfluff.rules.capitalisation.keywords]\ncapitalisation_policy = 'upper'\n",
        ),
    ],
)
def test_every_way_to_configure_sqlfluff_is_read(project: Path, file: str, text: str):
    if file == "pyproject.toml":
        pytest.importorskip("tomllib")
    (project / file).write_text(text)
    assert style(project).keywords == "upper"


def test_a_configuration_above_the_project_counts_within_the_repository(project: Path):
    (project.parent / ".sqlfluff").write_text(SQLFLUFF)
    (project / "models" / ".sqlfluff").write_text("[sqlfluff]\nmax_line_length = 100\n")
    assert style(project).commas == "leading"
    assert style(project).width == 100  # nearer to the models
    (project / ".git").mkdir()  # now the project is a repository of its own
    assert style(project).commas == "trailing"


def test_sqlfmt_means_its_own_way_and_width(project: Path):
    (project.parent / ".pre-commit-config.yaml").write_text("repos:\n- hooks:\n  - id: sqlfmt\n")
    assert style(project, UPPER) == Style(width=88)


def test_files_are_the_example_where_nothing_is_configured(project: Path):
    read = style(project, UPPER, UPPER, LOWER)
    assert (read.keywords, read.types, read.commas, read.indent) == (
        "upper",
        "upper",
        "leading",
        "\t",
    )
    assert style(project, LOWER, LOWER, UPPER) == Style()


def test_two_ways_in_equal_parts_are_no_example():
    assert from_example([LOWER, UPPER]) == Style()


def test_a_damaged_configuration_is_none(project: Path):
    (project / ".sqlfluff").write_text("[sqlfluff\nkeywords\n")
    (project / "pyproject.toml").write_text("[tool.sqlfluff")
    assert style(project) == Style()


def test_a_value_that_is_none_of_sqlfluffs_changes_nothing(project: Path):
    (project / ".sqlfluff").write_text(
        "[sqlfluff]\nmax_line_length = many\n[sqlfluff:rules:CP01]\ncapitalisation_policy = loud\n"
    )
    assert style(project) == Style()
