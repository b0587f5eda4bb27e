"""What somebody who knows the business would answer, on databases of CARTRIDGE_DATA."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / "fixtures" / "experts"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


@dataclass(frozen=True)
class Expert:
    """`values`: the same figures, of the built models and of the raw tables."""

    name: str
    models: dict[str, dict[str, Any]]
    values: list[dict[str, str]]

    @property
    def folder(self) -> Path:
        """The database. Skips the test where it is not there."""
        data = os.environ.get("CARTRIDGE_DATA")
        folder = Path(data) / self.name if data else None
        if folder is None or not folder.is_dir():
            pytest.skip("CARTRIDGE_DATA names no folder that holds this database")
        return folder


def expert(name: str) -> Expert:
    said = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))
    return Expert(name, said["models"], said["values"])
