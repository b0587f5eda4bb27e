"""What a verification works with, from its first round to its last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.build import Build, NodeResult
from dbt_cartridge.progress import Progress
from dbt_cartridge.verify.unfinished import Unfinished

SECONDS = 3600.0  # for one dbt command


@dataclass(frozen=True)
class Workshop:
    """What stays the same from round to round. `folder` is the copy."""

    folder: Path
    host: Host
    scan: Scan
    engine: Engine
    settings: Settings
    progress: Progress
    until: float = float("inf")  # by the monotonic clock: what is not asked then is not proved
    unfinished: Unfinished = field(default_factory=Unfinished)


@dataclass(frozen=True)
class Ran:
    """The results of the commands of one round. `unread`: of tests that saw no rows."""

    build: Build
    results: Mapping[str, NodeResult]
    unread: frozenset[str]
