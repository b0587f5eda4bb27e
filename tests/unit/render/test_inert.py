"""Text from outside is inert; what dbt does with it is shown in tests/functional/test_inert.py."""

from __future__ import annotations

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import identifiers, inert

braces = st.text(alphabet="{}%# '\"\\ax-\n\t")


@given(braces | st.text())
def test_escaped_text_holds_nothing_that_jinja_would_open(value: str):
    found = inert.text(value)
    assert jinja2.Environment().from_string(found).render() == found
    assert inert.is_inert(found)


@given(st.text(alphabet="{}%# '\"\\ax-"))
def test_sql_comes_out_of_jinja_as_it_went_in(sql: str):
    rendered = jinja2.Environment(keep_trailing_newline=True).from_string(inert.in_sql(sql))
    assert rendered.render() == sql


@given(st.text())
def test_text_is_one_line_without_control_or_bidirectional_characters(value: str):
    found = inert.text(value)
    assert len(found.splitlines()) <= 1
    assert not set(found) & set("\u202e\u200b\x00\x1b\u2028")
    assert found == found.strip()


@given(st.text(alphabet="<>/!ab -?"))
def test_nothing_of_html_is_left(value: str):
    found = inert.text(value)
    assert not any(found[i] == "<" and found[i + 1 : i + 2].isalpha() for i in range(len(found)))
    assert "</" not in found
    assert "<!" not in found


@given(st.text())
def test_escaping_twice_changes_nothing_more(value: str):
    assert inert.text(inert.text(value)) == inert.text(value)


def test_what_needs_no_escape_is_left_as_it_is():
    for value in ("a < b and {c}", "100 % of {x}", "naïve, „ß“ 🦆", "it's"):
        assert inert.text(value) == value


@pytest.mark.parametrize("value", ["ref('x')", " env_var ('HOME')", "source(1, 2)", "doc('x')"])
def test_a_call_that_dbt_would_run_without_braces_is_known(value: str):
    assert inert.is_call(value)


@pytest.mark.parametrize("value", ["refund (x)", "var", "the ref('x')", "referral(1)"])
def test_words_that_only_look_alike_are_no_call(value: str):
    assert not inert.is_call(value)


@pytest.mark.parametrize("adapter", ["duckdb", "postgres", "snowflake", "bigquery", "mysql", "new"])
@given(name=st.text(min_size=1))
def test_a_name_is_plain_or_quoted(adapter: str, name: str):
    try:
        written = identifiers.write(name, adapter, stored=True)
    except RenderError:
        assert any(ord(char) < 32 or ord(char) == 127 for char in name)
        return
    quote = identifiers.rule(adapter).quote
    parts = name.split(".")
    if identifiers.rule(adapter).path and len(parts) > 1 and all(parts):
        assert written == ".".join(identifiers.write(part, adapter, stored=True) for part in parts)
        return
    if written.startswith(quote):
        assert written.endswith(quote)
        inside = written[1:-1].replace(quote * 2, "").replace(f"\\{quote}", "")
        assert quote not in inside
    else:
        assert written.isascii()
        assert written.replace("_", "a").isalnum()


def test_an_empty_name_is_refused():
    with pytest.raises(RenderError, match="cannot be written as a name"):
        identifiers.write("", "duckdb")


def test_a_name_cannot_end_its_quotes():
    assert identifiers.write('a"b', "postgres") == '"a""b"'
    assert identifiers.write("a`b", "mysql") == "`a``b`"
    assert identifiers.write("a\\`b", "bigquery") == "`a\\\\\\`b`"
