"""Text for a terminal: safe to show, and counted as people count."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")


def shown(text: str) -> str:
    """On one line, without control, escape or bidirectional characters.

    Names and messages come from the warehouse; a terminal would obey what is hidden in them.
    """
    cleaned = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text)
    return " ".join(cleaned.split())


def count(number: int, one: str, many: str = "") -> str:
    """`1 table`, `1,204 tables`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def seconds(value: float) -> str:
    """`0.4s`, `12s`, `3m 05s`."""
    if value < 10:
        return f"{value:.1f}s"
    if value < 60:
        return f"{value:.0f}s"
    return f"{int(value // 60)}m {int(value % 60):02d}s"
