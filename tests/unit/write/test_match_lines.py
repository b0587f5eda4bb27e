"""Lines that two texts share: right whatever the texts, and in time for large ones."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from dbt_cartridge.write.match_lines import LineMatcher
from dbt_cartridge.write.text import unified_diff

LINES = st.lists(st.sampled_from([f"{letter}\n" for letter in "abcdefgh"]), max_size=30)
# Long enough for the anchors to be looked for.
LONG = st.lists(st.sampled_from([f"line {n}\n" for n in range(150)]), min_size=250, max_size=500)


@given(st.one_of(st.tuples(LINES, LINES), st.tuples(LONG, LONG)))
def test_blocks_are_equal_lines_in_order_and_as_long_as_they_can_be(
    texts: tuple[list[str], list[str]],
) -> None:
    a, b = texts
    *blocks, last = LineMatcher(a, b).get_matching_blocks()
    assert last == (len(a), len(b), 0)
    i = j = 0
    for at_a, at_b, length in blocks:
        assert length > 0
        assert at_a >= i
        assert at_b >= j
        assert i == j == 0 or (at_a, at_b) != (i, j), "two blocks that touch"
        assert a[at_a : at_a + length] == b[at_b : at_b + length]
        i, j = at_a + length, at_b + length


@given(st.one_of(st.tuples(LINES, LINES), st.tuples(LONG, LONG)))
def test_the_opcodes_turn_one_text_into_the_other(texts: tuple[list[str], list[str]]) -> None:
    a, b = texts
    made: list[str] = []
    for tag, i, k, j, m in LineMatcher(a, b).get_opcodes():
        made += a[i:k] if tag == "equal" else b[j:m]
    assert made == b


@given(LINES, LINES)
def test_a_small_diff_has_the_form_that_difflib_gives_it(a: list[str], b: list[str]) -> None:
    told = unified_diff("".join(a), "".join(b), "x.sql").splitlines(keepends=True)
    theirs = list(difflib.unified_diff(a, b, "a/x.sql", "b/x.sql"))
    assert told[:2] == theirs[:2]
    added, gone = ([line[0] for line in told[2:]].count(sign) for sign in "+-")
    assert added - gone == len(b) - len(a)
    if len(LineMatcher(a, b).get_matching_blocks()) == 1:  # nothing in common: one way to say it
        assert told == theirs


def test_moved_and_changed_entries_of_a_large_file_are_found_between_those_that_stay() -> None:
    entry = "  - name: table_{0}\n    data_type: BIGINT\n    tests:\n      - not_null\n"
    entries = [entry.format(number) for number in range(20_000)]
    changed = [*entries]
    changed[7] = changed[7].replace("BIGINT", "INTEGER")
    del changed[15_000]
    changed.insert(12_000, entry.format("new"))
    told = unified_diff("".join(entries), "".join(changed), "models.yml")
    lines = [line for line in told.splitlines()[2:] if line[0] in "+-"]
    assert len(lines) == 2 + 4 + 4
    assert told.count("@@ -") == 3
