"""Unified diffs for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.documents.changes import Changes

_COLOURS = {"+": "32", "-": "31", "@": "36"}


def diff_lines(changes: Changes, *, colour: bool) -> Iterator[str]:
    """Every diff, without control characters, since file contents come from the warehouse too."""
    for change in changes.changes:
        for line in change.diff.splitlines():
            yield _coloured(_safe(line)) if colour else _safe(line)


def _coloured(line: str) -> str:
    if line.startswith(("+++", "---")):
        return f"\x1b[1m{line}\x1b[0m"
    code = _COLOURS.get(line[:1])
    return f"\x1b[{code}m{line}\x1b[0m" if code else line


def _safe(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in line)
