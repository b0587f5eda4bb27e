"""What a path may look like, and what stands in the way of writing to it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

FOLDER = ".cartridge"


def is_plain(path: str) -> bool:
    """Relative, with forward slashes, without `..`, control characters or a hidden folder."""
    parts = path.split("/")
    return (
        bool(path)
        and not any(c in path for c in "\\:")
        and path.isprintable()
        and all(part and not part.startswith(".") for part in parts)
    )


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
