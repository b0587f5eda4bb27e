"""Three-way merge of lines, as diff3 does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbt_cartridge.write.match_lines import LineMatcher


def merge_lines(base: str, mine: str, new: str) -> str | None:
    """`mine` with the changes from `base` to `new`; None where both changed the same place.

    Changes that touch each other count as the same place, since the order would be a guess.
    """
    a, b, c = (text.splitlines(keepends=True) for text in (base, mine, new))
    merged: list[str] = []
    at_a = at_b = at_c = 0
    for (a0, b0, c0), length in _common(a, b, c):
        region = _settle(a[at_a:a0], b[at_b:b0], c[at_c:c0])
        if region is None:
            return None
        merged += region
        merged += a[a0 : a0 + length]
        at_a, at_b, at_c = a0 + length, b0 + length, c0 + length
    return "".join(merged)


def _settle(a: list[str], b: list[str], c: list[str]) -> list[str] | None:
    if b == c or a == c:
        return b
    return c if a == b else None


def _common(
    a: Sequence[str], b: Sequence[str], c: Sequence[str]
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Runs of lines that all three share, in order, as starts and length; an empty one at the end.

    The runs of `a` that match in both pairwise diffs, cut to where they overlap (Khanna, Kunal,
    Pierce, "A Formal Investigation of Diff3", 2007).
    """
    left = LineMatcher(a, b).get_matching_blocks()
    right = LineMatcher(a, c).get_matching_blocks()
    i = j = 0
    while i < len(left) and j < len(right):
        one, two = left[i], right[j]
        start = max(one.a, two.a)
        end = min(one.a + one.size, two.a + two.size)
        if start < end:
            yield (start, one.b + start - one.a, two.b + start - two.a), end - start
        if one.a + one.size < two.a + two.size:
            i += 1
        else:
            j += 1
    yield (len(a), len(b), len(c)), 0
