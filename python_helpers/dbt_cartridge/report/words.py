"""Text for a terminal: safe to show, and counted as people count."""

from __future__ import annotations

import shutil
import sys
import textwrap
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


def sentences(*parts: str) -> str:
    """What was said, one after the other, each ended; the last as it is."""
    said = [part.strip() for part in parts if part.strip()]
    ended = [part if part.endswith((".", "?", "!", "…", ":")) else f"{part}." for part in said[:-1]]
    return " ".join([*ended, *said[-1:]])


def seconds(value: float) -> str:
    """`0.4s`, `12s`, `3m 05s`."""
    if value < 10:
        return f"{value:.1f}s"
    if value < 60:
        return f"{value:.0f}s"
    return f"{int(value // 60)}m {int(value % 60):02d}s"


def width() -> int | None:
    """Columns of the terminal that standard output is; None where it is none: a line is then one
    line, for whatever reads it."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def wrapped(line: str, columns: int | None, hang: int | None = None) -> list[str]:
    """`line` in lines of at most `columns`, those after the first indented by `hang`.

    Args:
        hang: two more than the line's own indentation if None. A narrow terminal gets less of it.
    """
    if columns is None or len(line) <= columns:
        return [line]
    own = len(line) - len(line.lstrip(" "))
    indent = min(own + 2 if hang is None else hang, max(columns // 3, 2))
    if hang is not None and own >= hang > indent:
        line = line[own - indent :]
    return textwrap.wrap(
        line,
        max(columns, indent + 8),
        subsequent_indent=" " * indent,
        drop_whitespace=True,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
