"""What a stand-in would pass and the warehouse refuses, held as text against its manual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot

REPOSITORY = Path(__file__).parents[2]
ADAPTERS = REPOSITORY / "macros" / "adapters"
GOLDEN = REPOSITORY / "tests" / "golden"

# Amazon Redshift Database Developer Guide: what PostgreSQL has and it does not.
REDSHIFT = {
    # docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html
    r"\bstring_agg\b|\barray_agg\b|\bgenerate_(series|subscripts)\b|\bencode\(|\boverlay\b"
    r"|\bevery\(|\bwidth_bucket\b|\bis (not )?distinct from\b|\bsetseed\b": "unsupported",
    # …/dg/c_unsupported-postgresql-features.html
    r"\bfilter \(|\blateral\b|\bdistinct on\b|\btablesample\b|\bwith ordinality\b": "unsupported",
    # …/dg/json-functions.html lists no other; …/dg/super-functions.html has array and json_typeof
    r"\bjsonb?_(agg|build\w*|each\w*|object\w*|array\w*|typeof_\w+)\b|::|->": "PostgreSQL's JSON",
    # …/dg/r_Dateparts_for_datetime_functions.html: dow and doy, no ISO day of the week
    r"\bisodow\b|\bisoyear\b": "no date part",
    # …/dg/r_pg_keywords.html and …/dg/r_REGEXP_REPLACE.html: its flags are numbers and letters
    r"'g'\)": "PostgreSQL's flag",
    # …/dg/r_Character_types.html: a backslash starts an escape in every literal
    r"\bE'": "PostgreSQL's literal",
    # …/dg/r_Boolean_type.html: text is not cast to it
    r"as boolean\)": "no cast",
}
# MySQL 8.0 Reference Manual, and what MariaDB has without it (mariadb.com/kb: Incompatibilities).
MYSQL = {
    # 12.20.1 Aggregate Function Descriptions; MariaDB has them, MySQL not
    r"\bmedian\(|\bpercentile_cont\b|\bpercentile_disc\b": "MariaDB's alone",
    # MySQL 8's alone, not MariaDB's
    r"\bregexp_like\b|\bany_value\b|\blateral\b|\bvalues row\b|\bjson_table\b|->": "MySQL's alone",
    # 11.4.2: no such clause; 12.20.1: the result is cut at group_concat_max_len
    r"\bfilter \(|\bgroup_concat\b|\bfull (outer )?join\b|\bnulls last\b|\bqualify\b": "not there",
    # 9.7 Comments: two dashes need a blank behind them
    r"--[^ \n]": "no comment",
    # 12.6 Date and Time Functions: no such part, no such function
    r"\bdate_trunc\b|\bisodow\b|\bdoy\b": "not there",
    # 12.10 Cast Functions: what a value can be cast to
    r"as (varchar|text|integer|bigint|boolean|timestamp)\)": "no target of a cast",
    # 9.1.1 String Literals and 12.8.2: ICU reads a bracket inside brackets as a set of its own
    r"\[\{\[\]": "ICU's set in a set",
}


def without_jinja(text: str) -> str:
    """The SQL that a file holds: no Jinja comments, calls by a name, statements left out."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.S)
    return re.sub(r"\{\{.*?\}\}", "called", text, flags=re.S)


def sql_of(adapter: str) -> dict[str, str]:
    """What the macros send, and what is generated for the golden shop."""
    files = [ADAPTERS / f"{adapter}.sql"]
    expected = GOLDEN / f"shop_{adapter}" / "expected"
    files += sorted(expected.rglob("*.sql"))
    assert len(files) > 10
    return {str(file.relative_to(REPOSITORY)): without_jinja(file.read_text()) for file in files}


@pytest.mark.parametrize(("adapter", "banned"), [("redshift", REDSHIFT), ("mysql", MYSQL)])
def test_nothing_is_sent_that_the_manual_does_not_know(
    adapter: str, banned: dict[str, str]
) -> None:
    found = [
        (file, why, match.group())
        for file, text in sql_of(adapter).items()
        for pattern, why in banned.items()
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize("adapter", ["redshift", "mysql"])
def test_what_is_generated_is_sql_of_its_dialect(adapter: str) -> None:
    for file in sorted((GOLDEN / f"shop_{adapter}" / "expected" / "models").rglob("*.sql")):
        text = without_jinja(file.read_text()).strip().removeprefix("called")
        (tree,) = sqlglot.parse(text, read=adapter)
        assert tree is not None, file


def test_redshift_never_joins_the_catalogue_to_what_lives_on_the_compute_nodes() -> None:
    """…/dg/c_join_PG_examples.html: pg_catalog's functions run on the leader node alone."""
    text = without_jinja((ADAPTERS / "redshift.sql").read_text())
    assert "svv_table_info" not in re.sub(r"--.*", "", text)
    assert not re.search(r"pg_catalog\.[^;]*stv_", text)


def test_constraints_of_redshift_are_listed_as_not_enforced() -> None:
    """…/dg/t_Defining_constraints.html: uniqueness and foreign keys are informational only."""
    text = (ADAPTERS / "redshift.sql").read_text()
    constraints = text[text.index("redshift__cartridge_constraints_sql") :]
    constraints = constraints[: constraints.index("endmacro")]
    assert re.findall(r"^    '(true|false)'$", constraints, re.M) == ["false"]
