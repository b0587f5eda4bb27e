"""What a dry run tells, and what it may hide."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dbt_cartridge.engine.base import Request
from dbt_cartridge.engine.in_process import InProcess

REQUESTS = [Request("profile", {"bytes": 1200}), Request("profile", {"bytes": 34})]


class Connections:
    """As BigQuery's: jobs, and dry runs of them."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble

    def dry_run(self, sql: str) -> Any:
        raise AssertionError("it gives the bytes as words")

    def raw_execute(self, sql: str, dry_run: bool = False) -> tuple[Any, None]:
        assert dry_run
        if self.trouble:
            raise self.trouble
        return SimpleNamespace(total_bytes_processed=int(sql)), None


def engine(connections: object) -> InProcess:
    adapter = SimpleNamespace(config=SimpleNamespace(), connections=connections)
    return InProcess(adapter, lambda verb, body: str(body["bytes"]))


def test_the_bytes_of_all_statements_are_added() -> None:
    assert engine(Connections()).estimate(REQUESTS) == 1234


def test_a_warehouse_without_dry_runs_gives_no_estimate() -> None:
    assert engine(SimpleNamespace()).estimate(REQUESTS) is None


def test_what_the_warehouse_refuses_has_no_estimate_and_anything_else_is_told() -> None:
    from dbt.exceptions import DbtRuntimeError  # pyright: ignore[reportPrivateImportUsage]

    refused = DbtRuntimeError("Query exceeded limit for bytes billed")
    assert engine(Connections(refused)).estimate(REQUESTS) is None
    with pytest.raises(TypeError, match="raw_execute"):
        engine(Connections(TypeError("raw_execute() takes other arguments"))).estimate(REQUESTS)
