"""A run with a provider, proved by a real dbt: what fails is corrected or taken away, what is
hostile is inert, and a second run asks nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge import pipeline, report
from dbt_cartridge.config import Settings
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.llm.models import Model
from dbt_cartridge.llm.opening import Opened
from dbt_cartridge.llm.protocol import Ask, Rejected
from dbt_cartridge.llm.providers.mock import Mock
from dbt_cartridge.progress import Silent
from tests.functional.test_first_run import fill, relations
from tests.support.host import HostProject, make_host, program
from tests.support.warehouses import DuckDB
from tests.unit.llm.adversary import all_at_once

KEY = "sk-planted-0123456789abcdef"
POISON = "Kept {{ env_var('DBT_ENV_SECRET_X') }} {% do run_query('drop table raw.orders') %}<b>x"
DAILY = {
    "name": "orders_daily", "description": POISON, "joins": ["customer"],
    "by": [{"name": "order_date", "expression": "order_date"}],
    "columns": [{"name": "revenue", "expression": "sum(total_amount)", "description": ""}],
}  # fmt: skip
NUMBERED = {
    "name": "orders_numbered", "description": "Numbers.", "joins": [], "by": [],
    "columns": [{"name": "status_number", "expression": "cast(order_status as integer)",
                 "description": ""}],
}  # fmt: skip
MENDED = {
    **NUMBERED,
    "columns": [{"name": "status_length", "expression": "length(order_status)", "description": ""}],
}
BROKEN = {"name": "name_number", "expression": "cast(full_name as integer)", "description": ""}
BENT = {"name": "never_large", "expression": "total_amount < 0"}  # a rule that does not hold


class Scripted:
    """Good, bad and hostile answers; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    def __call__(self, request: Ask) -> str:
        self.asked.append(request)
        if any(what == "raw.products" for _, what in request.items) and len(request.items) == 1:
            raise Rejected(f"HTTP 400: your key {KEY} cannot do that")
        return json.dumps({item: self._one(request, what) for item, what in request.items})

    def _one(self, request: Ask, what: str) -> dict[str, Any]:
        if request.kind == "name":
            # An answer that is wrong: the table is asked for alone, and then is refused.
            entity = "No Name" if what == "raw.products" else ""
            return {"description": POISON, "entity": entity}
        if (request.kind, what) == ("design", "fct_orders"):
            return {"marts": [DAILY, NUMBERED], "rules": [BENT]}
        if (request.kind, what) == ("design", "dim_customers"):
            return {"columns": [BROKEN]}
        if request.kind == "mend":
            return MENDED if what == "fct_orders_numbered" else {"columns": [BROKEN]}
        return {}


def run(host: HostProject, script: Callable[[Ask], str]) -> pipeline.Outcome:
    engine = CommandLineEngine(
        host.root, dbt=program("dbt"), profiles_dir=host.root, profile=None, target=None
    )
    settings = Settings(provider="mock", schemas=("raw",), concurrency=2, provider_fails="rules")
    opened = Opened(Mock(script), Model("mock", "", 32_768, 8_192))
    outcome = pipeline.generate(engine, settings, host.root, Silent(), opened=opened)
    report.tell(outcome, host.root, say=lambda _: None)
    return outcome


@pytest.fixture(scope="module")
def improved(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[HostProject, pipeline.Outcome, dict[str, bytes], list[Any]]:
    folder = tmp_path_factory.mktemp("llm")
    host = make_host(folder / "shop", DuckDB(folder / "warehouse.duckdb"))
    fill(host.warehouse)
    before, tables = host.files(), relations(host)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_ENV_SECRET_X", KEY)
        patch.setenv("DBT_PROFILES_DIR", str(host.root))
        outcome = run(host, Scripted())
    assert relations(host) == tables, "the run made something in the warehouse"
    return host, outcome, before, tables


def test_hostile_answers_to_everything_give_a_project_that_builds_clean(
    duckdb_host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = duckdb_host
    fill(host.warehouse)
    before, tables = host.files(), relations(host)
    monkeypatch.setenv("DBT_ENV_SECRET_X", KEY)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(host.root))
    outcome = run(host, all_at_once)
    assert relations(host) == tables
    assert outcome.asked.rejected > 0
    require_within_model_paths(host, before)
    require_no_key(host)
    found = host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(found.statuses.values())


def test_the_project_builds_clean(improved: Any) -> None:
    host = improved[0]
    found = host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(found.statuses.values())


def test_what_failed_is_corrected_and_what_cannot_be_goes(improved: Any) -> None:
    host, outcome, *_ = improved
    files = set(host.files())
    assert "models/marts/fct_orders_daily.sql" in files
    numbered = host.read("models/marts/fct_orders_numbered.sql")
    assert "length(" in numbered
    assert "cast(" not in numbered
    assert "name_number" not in host.read("models/marts/dim_customers.sql")
    assert "dim_customers" in {f.what for f in outcome.asked.fallbacks}


def test_a_rule_that_does_not_hold_is_not_kept(improved: Any) -> None:
    host, outcome, *_ = improved
    assert "never_large" not in "".join(
        text.decode() for path, text in host.files().items() if path.startswith("models")
    )
    assert any("never_large" in left.what for left in outcome.design.left_out)


def test_nothing_outside_the_model_paths_is_written(improved: Any) -> None:
    host, _, before, _ = improved
    require_within_model_paths(host, before)


def require_within_model_paths(host: HostProject, before: dict[str, bytes]) -> None:
    after = host.files()
    for path, content in before.items():
        assert after[path] == content, path
    ours = {Path(path).parts[0] for path in after.keys() - before.keys()}
    assert ours <= {"models", "macros", "tests", "snapshots", ".cartridge"}


def require_no_key(host: HostProject) -> None:
    for path in host.root.rglob("*"):
        if path.is_file() and "dbt_packages" not in path.parts:
            assert KEY.encode() not in path.read_bytes(), path


def test_a_key_is_nowhere(improved: Any) -> None:
    host = improved[0]
    require_no_key(host)
    run_json = json.loads((host.root / "target" / "cartridge" / "run.json").read_text("utf-8"))
    assert any("raw.products" in problem["where"] for problem in run_json["problems"])


def test_a_second_run_asks_only_what_was_never_answered(improved: Any) -> None:
    host = improved[0]
    script = Scripted()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_PROFILES_DIR", str(host.root))
        before = host.files()
        outcome = run(host, script)
    # Of the second run only what no answer is kept for is asked: the refused request.
    assert [what for request in script.asked for _, what in request.items] == ["raw.products"]
    assert outcome.changes.changes
    assert {change.action for change in outcome.changes.changes} == {"unchanged"}
    after = host.files()
    assert {p for p in after if not p.startswith(".cartridge")} == {
        p for p in before if not p.startswith(".cartridge")
    }
