"""What is written as YAML is read as it was meant, by every reader that dbt has."""

from __future__ import annotations

from io import StringIO
from typing import Any

import yaml as pyyaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dbt_cartridge.render import yaml_text

PIECES = (
    "yes", "No", "~", "null", "1", "1_0", "12:30", "0x1f", "2020-01-01", ":", "#", "-", "?", " ",
    "  ", "'", '"', "\\", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "word",
    "a longer word", "=", "<<", "\n", "\t", "é", "🦆", "...", "---",
)  # fmt: skip
text = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
scalar = st.one_of(
    text,
    text.map(yaml_text.Text),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3)),
)
key = st.sampled_from(
    ["name", "description", "columns", "data_tests", "config", "meta", "arguments"]
)
document = st.recursive(
    scalar,
    lambda inner: st.one_of(
        st.dictionaries(key, inner, min_size=1, max_size=4),
        st.lists(
            inner.filter(lambda value: not isinstance(value, list)), min_size=1, max_size=4
        ),
    ),
    max_leaves=12,
)  # fmt: skip


def plain(value: Any) -> Any:
    """Without our own kind of text."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


@given(st.dictionaries(key, document, min_size=1, max_size=4))
@example({"name": {"meta": "yes " * 60}})
@example({"name": ["x" * 100, "a " + "b" * 90 + " c  d"]})
@example({"description": "a: " + "b" * 100})
@example({"description": "# " + "word " * 40 + "end"})
def test_pyyaml_and_ruamel_read_what_was_written(value: dict[str, Any]):
    written = yaml_text.dump(value)
    assert pyyaml.safe_load(written) == plain(value)
    assert YAML(typ="safe", pure=True).load(StringIO(written)) == plain(value)


@given(st.lists(st.text("abcdefghi", min_size=1, max_size=12), min_size=12, max_size=60))
def test_prose_stays_within_80_columns(words: list[str]):
    written = yaml_text.dump({"models": [{"columns": [{"description": " ".join(words)}]}]})
    assert all(len(line) <= 80 for line in written.splitlines())


def test_a_list_of_tests_is_laid_out_as_in_dbts_documentation():
    document = {"models": [{"name": "x", "data_tests": ["unique", {"accepted": {"a": [1, 2]}}]}]}
    assert yaml_text.dump(document) == (
        "models:\n"
        "  - name: x\n"
        "    data_tests:\n"
        "      - unique\n"
        "      - accepted:\n"
        "          a:\n"
        "            - 1\n"
        "            - 2\n"
    )
    yaml: Any = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(document, out)
    assert yaml_text.dump(document) == out.getvalue()
