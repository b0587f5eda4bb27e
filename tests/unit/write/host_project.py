"""A host project in a temporary folder, and runs of `plan` and `apply` on it."""

from __future__ import annotations

import os
from pathlib import Path

from dbt_cartridge.documents.changes import Changes
from dbt_cartridge.documents.files import File, FileKind, Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.write import apply, plan

# In memory where there is such a place: a disk would be synced thousands of times.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
HOST = Host(project_name="shop", adapter="duckdb", dbt_version="1.11.16")
_KINDS: dict[str, FileKind] = {".sql": "sql", ".yml": "yaml", ".md": "markdown"}


def generated(texts: dict[str, str]) -> Files:
    return Files(
        files=tuple(
            File(path=path, text=text, kind=_KINDS[Path(path).suffix], describes=(Path(path).stem,))
            for path, text in sorted(texts.items())
        )
    )


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root

    def plan(self, texts: dict[str, str]) -> Changes:
        return plan(generated(texts), HOST, self.root)

    def run(self, texts: dict[str, str]) -> dict[str, str]:
        """Plan and apply; what happened to each path."""
        return self.run_files(*generated(texts).files)

    def run_files(self, *listed: File) -> dict[str, str]:
        files = Files(files=listed)
        changes = apply(files, plan(files, HOST, self.root), self.root)
        assert changes.applied
        return {change.path: change.action for change in changes.changes}

    def text(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def edit(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def everything(self) -> dict[str, tuple[bytes, int]]:
        """Bytes and time of every file below the root, hidden ones too."""
        return {
            str(file.relative_to(self.root)): (file.read_bytes(), file.stat().st_mtime_ns)
            for file in sorted(self.root.rglob("*"))
            if file.is_file()
        }

    def bytes(self) -> dict[str, bytes]:
        """Every file that the user sees or commits, and its bytes."""
        return {
            path: data
            for path, (data, _) in self.everything().items()
            if not path.startswith((".cartridge/undo", ".cartridge/lock", ".cartridge/txn"))
        }
