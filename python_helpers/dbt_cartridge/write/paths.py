"""Which paths cartridge may write to: below the host's own folders, never through a way out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.errors import WriteError

FOLDER = ".cartridge"


def check(files: Files, host: Host) -> None:
    """Every path is a plain relative one below the host's model, macro, test or snapshot paths.

    Raises:
        WriteError: with every path that is not, or two that are one on a file system without case.
    """
    roots = [
        PurePosixPath(root).parts
        for root in (*host.model_paths, *host.macro_paths, *host.test_paths, *host.snapshot_paths)
    ]
    problems: list[str] = []
    seen: dict[str, str] = {}
    for file in files.files:
        if not is_plain(file.path):
            problems.append(f"{file.path!r} is not a plain path below the project.")
        elif not any(PurePosixPath(file.path).parts[: len(root)] == root for root in roots if root):
            problems.append(
                f"{file.path} is outside the host's model, macro, test and snapshot paths."
            )
        twin = seen.setdefault(file.path.casefold(), file.path)
        if twin is not file.path:
            problems.append(f"{file.path} and {twin} are one file where case does not count.")
    if problems:
        raise WriteError(
            "Nothing was written, the generated project has paths that cannot be used:\n  "
            + "\n  ".join(problems)
        )


def is_plain(path: str) -> bool:
    """Relative, with forward slashes, without `..`, control characters or a hidden folder."""
    parts = path.split("/")
    return (
        bool(path)
        and not any(c in path for c in "\\:")
        and path.isprintable()
        and all(part and not part.startswith(".") for part in parts)
    )


def way_out(path: str, project_dir: Path) -> str | None:
    """The first part of `path` that is a symbolic link out of the project, or None."""
    parts = PurePosixPath(path).parts
    here = os.fspath(project_dir)
    for number, part in enumerate(parts, start=1):
        here = os.path.join(here, part)
        if os.path.islink(here) and not Path(here).resolve().is_relative_to(project_dir.resolve()):
            return "/".join(parts[:number])
    return None


def unwritable(paths: Iterable[str], project_dir: Path) -> list[str]:
    """What stands in the way of replacing or creating these files, in words."""
    problems: list[str] = []
    folders: set[Path] = set()
    for path in paths:
        target = project_dir / path
        if _is_read_only(target):
            problems.append(f"{path} is read-only.")
        folder = target.parent
        while folder not in folders and not folder.exists():
            folder = folder.parent
        if folder not in folders:
            folders.add(folder)
            shown = folder.relative_to(project_dir).as_posix()
            if not folder.is_dir():
                problems.append(f"{shown} is a file where a folder is needed.")
            elif not os.access(folder, os.W_OK | os.X_OK):
                problems.append(f"The folder {shown} cannot be written to.")
    return problems


def _is_read_only(path: Path) -> bool:
    try:
        return not path.stat().st_mode & 0o222
    except OSError:
        return False
