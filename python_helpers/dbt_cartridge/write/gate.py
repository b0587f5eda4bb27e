"""The gate: the one place that says which files cartridge may write or remove.

Everything that names a path lies on disk, where others can have changed it: a plan, a journal, a
ledger, a link. So each path is asked for here at the moment of writing, whoever wants it.

Two kinds pass. A file of the host's: SQL, YAML or Markdown below the folders that dbt_project.yml
gives to models, macros, tests and snapshots, and the file of people's decisions. And cartridge's
own records below `.cartridge/`. No link on the way may lead out of the project, into a hidden
folder of it, or out of `.cartridge`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

import yaml

from dbt_cartridge.documents.decisions import FILE
from dbt_cartridge.documents.files import Files
from dbt_cartridge.errors import WriteError
from dbt_cartridge.write.paths import FOLDER, is_plain

_ROOTS = {
    "model-paths": "models",
    "macro-paths": "macros",
    "test-paths": "tests",
    "snapshot-paths": "snapshots",
}
_SUFFIXES = (".sql", ".yml", ".yaml", ".md")
_RECORDS = ("ledger.json", "ledger.damaged.json", "facts.json", ".gitattributes", ".gitignore")
_FOLDERS = ("base", "conflicts")  # that hold a record under each file's own path
_PARTS = (*_FOLDERS, "answers", "txn", "undo")


class Gate:
    """For one project, as its dbt_project.yml stands now."""

    def __init__(self, project_dir: Path) -> None:
        """Raises WriteError: `.cartridge` or a part of it is not what cartridge makes of it."""
        sound(project_dir)
        self._project = project_dir
        self._real = os.path.realpath(project_dir)
        self._inside = self._real.rstrip(os.sep) + os.sep
        self._roots = _roots(project_dir)
        self._folders: dict[str, str] = {}

    def problem(self, path: str) -> str:
        """Why `path` is not written or removed, in words; empty where it may be."""
        own = path.startswith(f"{FOLDER}/")
        if own and not _is_record(path):
            return f"{path!r} is no record of cartridge's"
        if not own and (why := self._not_ours(path)):
            return why
        leads = self._leads(path)
        if not own and leads is not None and is_plain(leads):
            return ""
        if own and leads == path:
            return ""
        return f"{self._link(path)} is a link that leads out of the project"

    def check_generated(self, files: Files) -> None:
        """Raises WriteError: with every path of ours that cannot be used, or two that are one on a
        file system without case. A link is no fault of ours: `problem` says it, file by file."""
        problems: list[str] = []
        seen: dict[str, str] = {}
        for file in files.files:
            if why := self._not_ours(file.path):
                problems.append(why)
            twin = seen.setdefault(file.path.casefold(), file.path)
            if twin is not file.path:
                problems.append(f"{file.path} and {twin} are one file where case does not count")
        if problems:
            raise WriteError(
                "Nothing was written, the generated project has paths that cannot be used:\n  "
                + ".\n  ".join(problems)
                + "."
            )

    def check(self, paths: Iterable[str]) -> None:
        """Raises WriteError: with every path that may not be written; nothing is."""
        if problems := [why for path in paths if (why := self.problem(path))]:
            raise WriteError(
                "Nothing was written: of what is planned or left on disk, some leads where "
                "cartridge does not write:\n  "
                + ".\n  ".join(problems)
                + ".\nLook at who changed target/cartridge/ or .cartridge/, and plan again."
            )

    def check_folders(self, folders: Iterable[str]) -> None:
        """Folders that a run makes, or takes away empty. Raises WriteError as `check`."""
        self.check(
            f"{folder}/any.sql"
            for folder in folders
            if not self._is_above_a_root(folder) and folder not in _own_folders()
        )

    def _not_ours(self, path: str) -> str:
        if not is_plain(path):
            return f"{path!r} is not a plain path below the project"
        if path == FILE:  # the decisions, whose models are called otherwise now
            return ""
        if posixpath.splitext(path)[1] not in _SUFFIXES:
            return f"{path} is neither SQL, YAML nor Markdown"
        parts = tuple(path.split("/"))
        if not any(parts[: len(root)] == root for root in self._roots):
            return f"{path} is outside the project's model, macro, test and snapshot paths"
        return ""

    def _is_above_a_root(self, folder: str) -> bool:
        parts = PurePosixPath(folder).parts
        return is_plain(folder) and any(root[: len(parts)] == parts for root in self._roots)

    def _leads(self, path: str) -> str | None:
        """Where `path` really is, from the project's root; None where that is outside."""
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(self._project / folder)
        place = os.path.join(self._folders[folder], name)
        real = os.path.realpath(place) if os.path.islink(place) else place
        if not real.startswith(self._inside):
            return None
        return os.path.normpath(real[len(self._inside) :]).replace(os.sep, "/")

    def _link(self, path: str) -> str:
        parts = PurePosixPath(path).parts
        heads = ("/".join(parts[: n + 1]) for n in range(len(parts)))
        return next((head for head in heads if os.path.islink(self._project / head)), path)


def sound(project_dir: Path, *, part: str = "") -> None:
    """`.cartridge` and what is in it are real folders and files, as far as they are there.

    Args:
        part: the one folder in it that is looked at, with those above; all where none is named.

    Raises:
        WriteError: a link, a file where a folder belongs, or a folder where a file does.
    """
    folders = {FOLDER: True} | {f"{FOLDER}/{name}": True for name in _PARTS}
    kinds = folders | {f"{FOLDER}/{name}": False for name in ("lock", *_RECORDS)}
    if part:
        names = (FOLDER, *part.split("/"))
        kinds = {"/".join(names[:end]): True for end in range(1, len(names) + 1)}
    for path, is_folder in kinds.items():
        place = os.fspath(project_dir / path)
        wrong = ""
        if os.path.islink(place):
            wrong = "is a link, which could lead anywhere"
        elif is_folder and os.path.lexists(place) and not os.path.isdir(place):
            wrong = "is a file where cartridge keeps a folder"
        elif not is_folder and os.path.isdir(place):
            wrong = "is a folder where cartridge keeps a file"
        if wrong:
            raise WriteError(
                f"Nothing was written: {path} {wrong}. Move it away, or restore {FOLDER}/ from "
                "version control."
            )


def _is_record(path: str) -> bool:
    rest = path.removeprefix(f"{FOLDER}/")
    folder, _, below = rest.partition("/")
    return rest in _RECORDS or (folder in _FOLDERS and is_plain(below))


def _own_folders() -> tuple[str, ...]:
    return FOLDER, *(f"{FOLDER}/{name}" for name in _FOLDERS)


def _roots(project_dir: Path) -> tuple[tuple[str, ...], ...]:
    """The folders of the project's own code; dbt's defaults where the file does not say."""
    try:
        loaded: Any = yaml.safe_load((project_dir / "dbt_project.yml").read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        loaded = {}
    project = cast("Mapping[str, Any]", loaded if isinstance(loaded, dict) else {})
    roots: list[tuple[str, ...]] = []
    for key, default in _ROOTS.items():
        named = project.get(key) or [default]
        for path in cast("list[Any]", named if isinstance(named, list) else [named]):
            plain = PurePosixPath(str(path).replace("\\", "/")).as_posix()
            if is_plain(plain):
                roots.append(PurePosixPath(plain).parts)
    return tuple(roots)
