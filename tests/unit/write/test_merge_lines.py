from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_cartridge.write.merge_lines import merge_lines

BASE = "select\n    a,\n    b\n\nfrom x\n"
TEXTS = st.lists(st.sampled_from("abcd"), max_size=8).map(lambda ls: "".join(f"{s}\n" for s in ls))


def test_changes_in_different_places_are_both_taken() -> None:
    mine = BASE.replace("from x", "from x -- mine")
    new = BASE.replace("    a,", "    a,\n    a2,")
    assert merge_lines(BASE, mine, new) == ("select\n    a,\n    a2,\n    b\n\nfrom x -- mine\n")


@pytest.mark.parametrize(
    ("mine", "new"),
    [
        (BASE.replace("    b\n", "    mine\n"), BASE.replace("    b\n", "    ours\n")),
        (BASE.replace("    b\n", "    b,\n    c\n"), BASE.replace("    b\n", "    b,\n    d\n")),
        (BASE.replace("    b\n", ""), BASE.replace("    b\n", "    b2\n")),
        (BASE + "-- mine\n", BASE + "-- ours\n"),
    ],
    ids=["same line", "both appended", "removed and changed", "both at the end"],
)
def test_changes_in_one_place_are_a_conflict(mine: str, new: str) -> None:
    assert merge_lines(BASE, mine, new) is None


def test_a_last_line_without_newline_stays_so() -> None:
    assert merge_lines("a\nb\nc", "a\nb\nc", "x\nb\nc") == "x\nb\nc"


@given(TEXTS, TEXTS)
def test_one_side_unchanged_gives_the_other(base: str, other: str) -> None:
    assert merge_lines(base, base, other) == other
    assert merge_lines(base, other, base) == other


@given(TEXTS, TEXTS)
def test_the_same_change_on_both_sides_is_taken_once(base: str, other: str) -> None:
    assert merge_lines(base, other, other) == other


@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_keeps_every_line_that_the_user_added(base: str, mine: str, new: str) -> None:
    mine = mine.replace("d", "user's")
    merged = merge_lines(base, mine, new)
    if merged is not None:
        assert merged.count("user's") == mine.count("user's")


@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_does_not_depend_on_the_side(base: str, mine: str, new: str) -> None:
    # difflib may align repeated lines differently; what it takes from both sides is the same.
    one, two = merge_lines(base, mine, new), merge_lines(base, new, mine)
    assert one == two
