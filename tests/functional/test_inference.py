"""Inference on real databases through real dbt, where some are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.schema import Schema
from tests.support import databases
from tests.support.host import HostProject

DATA = os.environ.get("CARTRIDGE_DATA")

pytestmark = pytest.mark.skipif(
    not DATA or not (Path(DATA) / "chinook").is_dir(),
    reason="CARTRIDGE_DATA does not name a folder that holds the chinook database",
)


def test_chinook_is_understood_without_a_constraint(duckdb_host: HostProject) -> None:
    databases.load(Path(DATA or "") / "chinook", duckdb_host.warehouse, "raw")
    arguments = {"schemas": ["raw"], "verify": "none", "dry_run": True}
    duckdb_host.operation("cartridge_generate", **arguments).must_succeed()
    schema = Schema.load(documents_folder(duckdb_host.root))
    keys = {t.id: t.primary_key for t in schema.tables}
    assert all(key is not None and key.proved for key in keys.values())
    bridge = keys["raw.PlaylistTrack"]
    assert bridge is not None
    assert bridge.columns == ("PlaylistId", "TrackId")
    found = {(r.table, r.columns[0]): r.ref_table for r in schema.relationships}
    assert len(found) == 11
    assert found["raw.Customer", "SupportRepId"] == "raw.Employee"
    assert found["raw.Employee", "ReportsTo"] == "raw.Employee"
    assert all(r.proved and r.orphans == 0 for r in schema.relationships)
