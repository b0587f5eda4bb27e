"""A decision about a table, from a shell or an agent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.decisions import FILE, Decisions
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.infer.decided import declared
from dbt_cartridge.write.decisions import decide


def keep_decision(project_dir: Path, table: str, said: Mapping[str, Any]) -> str:
    """Put it into the host's file, and say so. What the last scan knows better is refused.

    Raises:
        ConfigError: the file cannot be taken, or the last scan knows no such table or column.
        WriteError: the file cannot be written.
    """
    scan = Scan.last(documents_folder(project_dir))

    def check(decisions: Decisions) -> None:
        if scan is not None:
            declared(scan, decisions)

    decide(project_dir, table, said, check)
    return f"{FILE}: {table}: {', '.join(said)}."
