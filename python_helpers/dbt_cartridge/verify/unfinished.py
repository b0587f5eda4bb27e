"""Answers of a proof that has not come to its end: the next one goes on from there.

They are kept one by one, as they come, and hold where the statement is the same and so are the
tables that it reads: by their marks, or, where the warehouse has none, for some hours. A proof that
comes to its end takes them away: what it says is kept as verdicts, where there are marks.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dbt_cartridge.engine.base import Reply, Row

FILE_NAME = "unfinished.jsonl"
HOURS = 12
"""As long as a proof over night takes: it, too, reads its tables one after the other."""


class Unfinished:
    """Answers by the digest of what was asked. Without a `path` nothing is kept."""

    def __init__(self, path: Path | None = None, forget: bool = False) -> None:
        self._path = path
        self._known: dict[str, Reply] = {}
        if path is not None and not forget:
            self._known = dict(_read(path))

    def __len__(self) -> int:
        return len(self._known)

    def known(self, key: str) -> Reply | None:
        return self._known.get(key)

    def keep(self, key: str, reply: Reply) -> None:
        """Write the answer down at once. An error is no answer: it may be another tomorrow."""
        if self._path is None or reply.error is not None:
            return
        first = not self._known
        self._known[key] = reply
        line = json.dumps({"key": key, "at": time.time(), "rows": _texts(reply)})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("w" if first else "a", encoding="utf-8") as lines:
            lines.write(f"{line}\n")

    def end(self) -> None:
        """The proof has come to its end."""
        self._known = {}
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def key_of(sql: str, *tables: str) -> str:
    """`tables`: what the statement reads, each with its mark."""
    return hashlib.sha256("\0".join((sql, *sorted(tables))).encode("utf-8")).hexdigest()


def _texts(reply: Reply) -> list[list[str | None]]:
    """A driver may give numbers that JSON does not know."""
    return [[None if cell is None else str(cell) for cell in row] for row in reply.rows]


def _read(path: Path) -> Iterator[tuple[str, Reply]]:
    """What is whole and young enough; a run that was killed leaves half a line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            found: dict[str, Any] = json.loads(line)
            rows: tuple[Row, ...] = tuple(tuple(row) for row in found["rows"])
            key, at = str(found["key"]), float(found["at"])
        except (ValueError, KeyError, TypeError):
            continue
        if 0 <= time.time() - at < HOURS * 3600:
            yield key, Reply(rows=rows)
