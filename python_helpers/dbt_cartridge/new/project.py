"""A new project's folder: begun empty, filled by a run, packed."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbt_cartridge.errors import EngineError, HostError
from dbt_cartridge.install import install
from dbt_cartridge.new import afterwards, skeleton
from dbt_cartridge.new.connections import Connection
from dbt_cartridge.report.findings import findings

if TYPE_CHECKING:
    from dbt_cartridge.pipeline import Outcome

_NOT_PACKED = frozenset({".env", "target", "logs", "dbt_packages", ".venv", ".git", "__pycache__"})


def begin(folder: Path, connection: Connection, schemas: Sequence[str], dbt: str) -> None:
    """The skeleton with the dbt package in it. Nothing that is there is overwritten.

    Raises:
        HostError: the folder is there and is not empty, or cannot be made.
        EngineError: `dbt deps` fails; the folder is gone again.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HostError(
            f"{folder} is there already and is not empty: nothing was written. Name another, or "
            "run `cartridge init` and `cartridge generate` in a project that exists."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, skeleton.files(connection, schemas))
    except OSError as error:
        raise HostError(f"{folder} cannot be made: {error.strerror or error}.") from error
    install(folder)
    done = subprocess.run(
        [dbt, "deps", "--quiet", "--profiles-dir", str(folder), "--project-dir", str(folder)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        words = (done.stdout + done.stderr).strip()
        raise EngineError(f"`dbt deps` failed, and nothing was left behind:\n{words}")


def finish(folder: Path, outcome: Outcome, connection: Connection) -> None:
    """What the run has told: README and analyses, and which folders hold something."""
    design = outcome.design
    layers = sorted({model.layer for model in design.models})
    schemas = outcome.settings.schemas
    project = skeleton.project(connection.project, schemas, layers, bool(design.snapshots))
    texts = afterwards.files(outcome, findings(outcome), connection)
    _write(folder, {**texts, "dbt_project.yml": project})


def archive(folder: Path, place: Path) -> None:
    """The project as `.tar.gz`, without secrets, data and what dbt makes again. The same project
    gives the same bytes.

    Raises:
        HostError: it is there already, or cannot be written.
    """
    if place.exists():
        raise HostError(f"{place} is there already: nothing is overwritten.")

    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
        parts = Path(info.name).parts
        if _NOT_PACKED & set(parts) or info.name.endswith((".duckdb", ".wal")):
            return None
        info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, "", ""
        return info

    try:
        with (
            place.open("wb") as raw,
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    name = f"{folder.name}/{file.relative_to(folder).as_posix()}"
                    tar.add(file, arcname=name, filter=plain)
    except OSError as error:
        raise HostError(f"{place} cannot be written: {error.strerror or error}.") from error


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
