"""`.cartridge/answers/`: what a provider answered, so that an unchanged schema asks nothing.

Committed beside the ledger, and not under `target/`: after `dbt clean`, on a colleague's machine
and in CI the same schema gives the same bytes, without a key. A file is named by the digest of its
question, and holds the answer alone: no prompt, no key, no value of the data that the generated
files do not hold.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from pydantic_core import to_json

from dbt_cartridge.errors import WriteError
from dbt_cartridge.write.gate import sound
from dbt_cartridge.write.paths import FOLDER


class KeptAnswers:
    """Each is written at once, whole or not at all: Ctrl-C loses nothing that was paid for."""

    def __init__(self, project_dir: Path, *, forget: Sequence[str] = ()) -> None:
        self._project_dir = project_dir
        self._folder = project_dir / FOLDER / "answers"
        self._forget = forget  # globs: what was there before about these is not read
        self._mine: set[str] = set()

    def read(self, key: str) -> dict[str, Any] | None:
        """`{"answer": …}`, or `{"refused": why}` where none could be taken. None if unknown.

        A file that cannot be read counts as unknown: it is asked again.
        """
        try:
            found = json.loads(self._path(key).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(found, dict):
            return None
        entry = cast("dict[str, Any]", found)
        return None if key not in self._mine and self._is_forgotten(entry) else entry

    def _is_forgotten(self, entry: dict[str, Any]) -> bool:
        """`role of raw.orders` and `key raw.orders(id)` are about `raw.orders`."""
        about = re.split(r"[ (]", str(entry.get("about", "")))
        return any(fnmatchcase(word, glob) for glob in self._forget for word in about)

    def keep(self, key: str, entry: dict[str, Any]) -> None:
        self._mine.add(key)
        path = self._path(key)
        sound(self._project_dir, part=f"answers/{key[:2]}")
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        data = to_json(entry, indent=1) + b"\n"
        try:
            os.makedirs(path.parent, exist_ok=True)
            beside.write_bytes(data)
            os.replace(beside, path)
        except OSError as error:
            raise WriteError(f"The provider's answer cannot be kept in {path}: {error}.") from error

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.json"
