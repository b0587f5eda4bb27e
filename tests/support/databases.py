"""The databases under CARTRIDGE_DATA: one folder each, Parquet files and a manifest."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.warehouses import Warehouse


def tables(folder: Path) -> dict[str, Path]:
    """Table names and their Parquet files. Without a manifest, every file is a table."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return {file.stem: file for file in sorted((folder / "tables").glob("*.parquet"))}
    described = json.loads(manifest.read_text("utf-8"))["tables"]
    return {table["name"]: folder / "tables" / table["file"] for table in described}


def load(
    folder: Path, warehouse: Warehouse, schema: str = "raw", *, all_text: bool = False
) -> list[str]:
    """Load a database as plain tables, no constraints, and return their names."""
    found = tables(folder)
    for name, parquet in found.items():
        warehouse.load(schema, name, parquet, all_text)
    return list(found)
