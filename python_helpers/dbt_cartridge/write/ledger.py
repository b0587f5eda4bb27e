"""The ledger: what cartridge wrote into the host, and the text as generated (the merge's base).

`.cartridge/ledger.json` and `.cartridge/base/<path>` are meant to be committed. They hold nothing
that the generated files do not hold, and no time, so that a run without changes changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.files import FileKind
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.errors import WriteError
from dbt_cartridge.write.paths import FOLDER, is_plain

LEDGER = f"{FOLDER}/ledger.json"
DAMAGED = f"{FOLDER}/ledger.damaged.json"
FORMAT = 1


class Entry(Frozen):
    """One generated file."""

    kind: FileKind
    sha256: str  # of the text as generated, with LF line ends
    describes: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()  # that it is made from
    bounds: tuple[tuple[str, str], ...] = ()  # of a calendar: (model, column)
    layer: str = ""  # of a model
    entity: str = ""  # what one row of a model is called
    at: str | None = None  # where the user moved it
    offered: str | None = None  # sha256 of our version that lies under conflicts/


class _Stored(Frozen):
    format: int
    cartridge: str
    files: dict[str, Entry]


@dataclass(frozen=True)
class Ledger:
    """`bases` holds the generated text of each entry whose record is whole."""

    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])
    bases: Mapping[str, str] = field(default_factory=dict[str, str])
    problems: tuple[Problem, ...] = ()
    lost: frozenset[str] = frozenset()  # generated once, by the base folder; the entry is gone
    damaged: bool = False
    version: str = ""  # of the cartridge that wrote it

    @classmethod
    def load(cls, project_dir: Path, *, bases: bool = True) -> Ledger:
        """Never guesses: what is damaged is left out, and said.

        Args:
            bases: read the generated texts too. Without them nothing is said of damage to them.

        Raises:
            WriteError: it was written by a newer cartridge.
        """
        path = project_dir / LEDGER
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            in_folder = _stored_bases(project_dir)
            if not in_folder:
                return cls()
            return cls(lost=in_folder, problems=(_problem("is missing"),))
        try:
            data = json.loads(raw)
            if isinstance(data, dict) and isinstance(made_by := data.get("format"), int):  # pyright: ignore
                _refuse_newer(made_by)
            stored = _Stored.model_validate(data)
            if not all(is_plain(p) and is_plain(e.at or p) for p, e in stored.files.items()):
                raise ValueError("a path leads out of the project")
        except (ValueError, ValidationError):
            lost = _stored_bases(project_dir)
            return cls(lost=lost, problems=(_problem("is damaged"),), damaged=True)
        if not bases:
            return cls(stored.files, version=stored.cartridge)
        return cls._with_bases(stored.files, project_dir, stored.cartridge)

    @classmethod
    def _with_bases(cls, entries: Mapping[str, Entry], project_dir: Path, version: str) -> Ledger:
        bases: dict[str, str] = {}
        problems: list[Problem] = []
        for path, entry in entries.items():
            try:
                text = (project_dir / base_path(path)).read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError):
                text = None
            if text is not None and digest(text) == entry.sha256:
                bases[path] = text
            else:
                problems.append(
                    Problem(
                        where=base_path(path),
                        what="The text as generated is missing or was changed, so edits to "
                        f"{path} cannot be told from ours: it is left alone if it differs.",
                        next="Restore .cartridge/ from version control.",
                    )
                )
        return cls(entries, bases, tuple(problems), version=version)


def written_by(project_dir: Path) -> str:
    """The version of cartridge that wrote the ledger; "" where there is none."""
    return Ledger.load(project_dir, bases=False).version


def stored_text(entries: Mapping[str, Entry], version: str) -> str:
    """The ledger's own text: sorted, a field a line, so that two branches merge."""
    stored = _Stored(format=FORMAT, cartridge=version, files=dict(sorted(entries.items())))
    return json.dumps(stored.model_dump(exclude_defaults=True), indent=1, ensure_ascii=False) + "\n"


def base_path(path: str) -> str:
    return f"{FOLDER}/base/{path}"


def conflict_path(path: str) -> str:
    return f"{FOLDER}/conflicts/{path}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _stored_bases(project_dir: Path) -> frozenset[str]:
    root = project_dir / FOLDER / "base"
    return frozenset(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def _refuse_newer(made_by: int) -> None:
    if made_by > FORMAT:
        raise WriteError(
            f"Nothing was written: {LEDGER} was written by a newer cartridge (format {made_by}, "
            f"this one knows {FORMAT}). Upgrade: pip install -U dbt-cartridge."
        )


def _problem(state: str) -> Problem:
    return Problem(
        where=LEDGER,
        what=f"The ledger {state}: files that differ from what is generated now are left alone.",
        next="Restore .cartridge/ from version control.",
    )
