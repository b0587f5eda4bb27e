"""What programs ask: bounded, without a personal value, and right about what holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from dbt_cartridge.agent import facts, is_key, is_reference, probing, tables
from dbt_cartridge.agent.server import MOST, Tools
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.errors import ConfigError, DocumentError, EngineError
from tests.unit.infer.rows import World
from tests.unit.report.a_run import SCAN, SCHEMA, SECRET

NO_ENGINE = cast("Engine", None)
SHOP = World({
    "orders": {"order_id": [1, 2, 3], "line": [1, 1, 2], "person": [7, 8, 99]},
    "people": {"nr": [7, 8]},
})  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for document in (SCAN, SCHEMA):
        document.save(documents_folder(tmp_path))
    return tmp_path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    SHOP.scan.save(documents_folder(tmp_path))
    monkeypatch.setattr(probing, "prober", lambda *_: SHOP.probe)
    return tmp_path


def test_facts_hold_keys_references_and_reasons_and_no_personal_value(project: Path) -> None:
    told = facts(project, "RAW.orders")
    assert told.table.key is not None
    assert told.table.key.columns == ("id",)
    assert [(r.to, r.orphans) for r in told.refers_to] == [
        ("raw.customers", 3), ("raw.customers", None),
    ]  # fmt: skip
    assert SECRET not in told.model_dump_json()


def test_tables_can_be_found_by_a_part_of_their_name(project: Path) -> None:
    assert [t.id for t in tables(project, "CUST").tables] == ["raw.customers"]


def test_an_unknown_table_is_told_with_the_nearest(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"Did you mean 'raw\.orders'"):
        facts(project, "raw.order")


def test_without_a_run_the_next_step_is_said(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cartridge plan"):
        tables(tmp_path)


def test_a_key_is_asked_of_the_rows(shop: Path) -> None:
    assert is_key(NO_ENGINE, shop, "raw.orders", ["order_id"]).holds
    found = is_key(NO_ENGINE, shop, "raw.orders", ["line"])
    assert (found.holds, found.refuted, found.rows, found.hits) == (False, True, 3, 2)


def test_a_reference_is_counted(shop: Path) -> None:
    found = is_reference(NO_ENGINE, shop, "raw.orders", ["person"], "raw.people", ["nr"])
    assert (found.holds, found.refuted, found.considered, found.hits) == (False, False, 3, 2)


def test_an_unknown_column_is_refused_before_the_warehouse_is_asked(shop: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'person'"):
        is_reference(NO_ENGINE, shop, "raw.orders", ["persn"], "raw.people", ["nr"])


def test_no_answer_is_an_error_and_no_evidence(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt_cartridge.documents.probe import Answer

    failed = [Answer(status="failed", reason="timeout")]
    monkeypatch.setattr(probing, "prober", lambda *_: lambda _: failed)
    with pytest.raises(EngineError, match="timeout"):
        is_key(NO_ENGINE, shop, "raw.orders", ["order_id"])


def a_server(project: Path) -> Tools:
    return Tools(project, NO_ENGINE, Settings())


def test_at_most_ten_tools_are_offered_and_each_says_what_it_is_for(project: Path) -> None:
    offered = a_server(project).offered(write=True)
    assert len(offered) <= 10
    assert all((tool.__doc__ or "").strip() for tool in offered)
    reading = {tool.__name__ for tool in a_server(project).offered(write=False)}
    assert not {"decide", "add", "apply", "undo"} & reading


def test_an_error_reaches_the_agent_as_words(project: Path) -> None:
    assert "Did you mean" in json.loads(a_server(project).facts("raw.order"))["error"]


def test_an_answer_has_an_end(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def long(*_: Any) -> str:
        return "x" * (2 * MOST)

    monkeypatch.setattr("dbt_cartridge.agent.explaining.why", long)
    assert len(a_server(project).explain("raw.orders")) < MOST + 100
