"""Which lines two texts share, in a time that does not explode with their length.

difflib alone takes minutes for a properties file of a hundred thousand lines, most of which are
alike. Lines that stand once in both texts hold the rest in place (Cohen, "Patience Diff
Advantages", 2010), and difflib looks only between them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import pairwise

_LARGE = 400  # lines of both sides together; below it difflib needs no help
_Part = tuple[int, int, int, int]


class LineMatcher(SequenceMatcher[str]):
    """A SequenceMatcher of lines: opcodes, grouped ones and the ratio come from these blocks."""

    def __init__(self, a: Sequence[str], b: Sequence[str]) -> None:
        # difflib indexes what it is given, which is for its own search alone.
        super().__init__(None, "", "", autojunk=False)  # type: ignore[arg-type]
        self.a, self.b = a, b

    def get_matching_blocks(self) -> list[Match]:
        """Runs of lines that both share, in order; an empty one at the end."""
        runs = _joined(_runs(self.a, self.b))
        return [Match(*run) for run in (*runs, (len(self.a), len(self.b), 0))]


def _runs(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    waiting: list[_Part] = [(0, len(a), 0, len(b))]
    while waiting:
        a0, a1, b0, b1 = part = waiting.pop()
        head = _alike(a, b, range(a0, a1), range(b0, b1))
        if head:
            yield a0, b0, head
            waiting.append((a0 + head, a1, b0 + head, b1))
            continue
        if a0 == a1 or b0 == b1:
            continue
        tail = _alike(a, b, range(a0, a1)[::-1], range(b0, b1)[::-1])
        if tail:
            waiting.append((a1 - tail, a1, b1 - tail, b1))
            waiting.append((a0, a1 - tail, b0, b1 - tail))
            continue
        anchors = _anchors(a, b, part) if a1 - a0 + b1 - b0 > _LARGE else []
        if not anchors:
            matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=a1 - a0 > 10 * _LARGE)
            yield from ((a0 + i, b0 + j, n) for i, j, n in matcher.get_matching_blocks() if n)
            continue
        # Each part begins with its anchor, so that it is a run's head; the last is looked at first.
        starts = [(a0, b0), *anchors, (a1, b1)]
        parts = [(*one, *two) for one, two in pairwise(starts)]
        waiting += [(i, k, j, m) for i, j, k, m in reversed(parts)]


def _alike(a: Sequence[str], b: Sequence[str], at_a: range, at_b: range) -> int:
    """How many lines are the same from where both ranges begin."""
    pairs = zip(at_a, at_b, strict=False)
    most = min(len(at_a), len(at_b))
    return next((n for n, (i, j) in enumerate(pairs) if a[i] != b[j]), most)


def _anchors(a: Sequence[str], b: Sequence[str], part: _Part) -> list[tuple[int, int]]:
    """Lines that stand once in either part, as many of them as are in the same order in both."""
    a0, a1, b0, b1 = part
    once_a, once_b = Counter(a[a0:a1]), Counter(b[b0:b1])
    place = {b[j]: j for j in range(b0, b1) if once_b[b[j]] == 1}
    pairs = [(i, place[a[i]]) for i in range(a0, a1) if once_a[a[i]] == 1 and a[i] in place]
    # The longest increasing subsequence, by patience sorting.
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(tops[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        tops[at : at + 1] = [n]
    chain: list[tuple[int, int]] = []
    n = tops[-1] if tops else -1
    while n >= 0:
        chain.append(pairs[n])
        n = before[n]
    return chain[::-1]


def _joined(runs: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Runs that touch, as one: difflib's users count on it."""
    i = j = n = 0
    for a0, b0, length in runs:
        if (a0, b0) == (i + n, j + n):
            n += length
            continue
        if n:
            yield i, j, n
        i, j, n = a0, b0, length
    if n:
        yield i, j, n
