"""Diffs."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from dbt_cartridge.write.text import unified_diff


@given(text=st.text(alphabet="ab\n \f{é", max_size=30))
def test_a_new_file_is_told_as_difflib_tells_it(text: str) -> None:
    lines = difflib.unified_diff([], text.splitlines(keepends=True), "/dev/null", "b/x.sql")
    said = "\\ No newline at end of file\n"
    whole = [line if line.endswith("\n") else f"{line}\n{said}" for line in lines]
    assert unified_diff("", text, "x.sql", created=True) == "".join(whole)
