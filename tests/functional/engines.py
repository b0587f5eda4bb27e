"""Both engines on a host project, and the scan through each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from dbt_cartridge import operations
from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.engine.in_process import InProcess
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.support.host import HostProject

T = TypeVar("T")


def command_line(host: HostProject) -> CommandLineEngine:
    return CommandLineEngine(host.root, dbt=str(host.programs / "dbt"), profiles_dir=host.root)


def in_process(host: HostProject, patch: pytest.MonkeyPatch, work: Callable[[InProcess], T]) -> T:
    """What `work` gives for the engine that the macro opens, inside dbt's run-operation."""
    found: list[T] = []

    def instead(options: Any, version: Any, project_vars: Any, adapter: Any, sql: Any) -> str:
        found.append(work(InProcess(adapter, sql)))
        return ""

    patch.setattr(operations, "generate", instead)
    host.operation("cartridge_generate").must_succeed()
    return found[0]


def scanned(host: HostProject, patch: pytest.MonkeyPatch, **options: Any) -> Scan:
    """The scan of schema `raw`, in process."""
    chosen = settings({"schemas": "raw", **options}, environment={})
    return in_process(host, patch, lambda engine: scan(engine, chosen, Silent()))


def scanned_by_command_line(host: HostProject, **options: Any) -> Scan:
    chosen = settings({"schemas": "raw", **options}, environment={})
    return scan(command_line(host), chosen, Silent())
