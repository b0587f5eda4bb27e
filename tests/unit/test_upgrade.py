"""What a later cartridge changes is a plan first, by its reasons, and a rule can be declined."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.changes import Change, Changes
from dbt_cartridge.documents.design import RULES, Design
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.upgrade import upgrade
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.report.run import run
from dbt_cartridge.report.summary import summary
from dbt_cartridge.write.decisions import read_decisions
from tests.unit.design.made import column, host, table
from tests.unit.report.a_run import outcome

MADE = (
    table("customers", column("id", role="key"), column("name", "text")),
    table(
        "orders", column("id", role="key"), column("customer_id", role="foreign_key"),
        column("amount", "decimal", "measure", meaning={"additivity": "additive"}),
        column("ordered_at", "timestamp", "event_time"),
        role="fact", links={"customer_id": "customers.id"},
    ),
)  # fmt: skip


def _design(*declined: str) -> Design:
    scan = Scan(adapter="duckdb", relations=tuple(m.relation for m in MADE))
    schema = Schema(
        adapter="duckdb",
        tables=tuple(m.table for m in MADE),
        relationships=tuple(link for m in MADE for link in m.links),
    )
    return design(schema, scan, host(), Settings(), declined)


def _rules(made: Design) -> set[str]:
    return {str(c.made_by) for m in made.models for c in m.columns if c.made_by}


def _changes(made: Design) -> Changes:
    """The dimension's file gets the columns that `counts` makes; another one gets words."""
    (mart,) = [m for m in made.models if m.name == "dim_customers"]
    new = "".join(f"+    {c.name},\n" for c in mart.columns if c.made_by == "counts")
    sql = f"--- a/x\n+++ b/x\n-    id\n+    id,\n{new}"
    return Changes(
        changes=(
            Change(path="dim_customers.sql", action="update", models=(mart.name,), diff=sql),
            Change(
                path="_marts.yml", action="update", models=(mart.name,), diff="+ One more word."
            ),
            Change(path="new.sql", action="create", models=("x",)),
            Change(path="same.sql", action="unchanged", models=("y",)),
        )
    )


def test_changes_of_a_later_version_are_grouped_by_reason() -> None:
    made = _design()
    found = upgrade("0.1.0", "0.2.0", made, _changes(made))
    assert found is not None
    assert [reason.why for reason in found.reasons] == [
        "new rule: counts", "new files", "other wording, tests and SQL",
    ]  # fmt: skip
    assert all(c.startswith("dim_customers.") for c in found.reasons[0].columns)
    assert found.reasons[0].columns


def test_the_same_version_and_a_first_run_and_no_change_are_no_upgrade() -> None:
    made = _design()
    assert upgrade("0.2.0", "0.2.0", made, _changes(made)) is None
    assert upgrade("", "0.2.0", made, _changes(made)) is None
    assert upgrade("0.1.0", "0.2.0", made, Changes()) is None


def test_the_summary_says_how_a_rule_is_declined() -> None:
    made = _design()
    found = upgrade("0.1.0", "0.2.0", made, _changes(made))
    its = outcome(upgrade=found)
    lines = "\n".join(summary(run(its), its.schema, its.changes))
    assert "from cartridge 0.1.0 to 0.2.0: this is a plan, and nothing was written" in lines
    assert "new rule: counts: " in lines
    assert f"such as {found.reasons[0].columns[0]}; not wanted" in lines
    assert "cartridge decide decline counts" in lines


def test_a_declined_rule_computes_nothing_and_the_others_go_on() -> None:
    assert {"amounts", "counts", "ends"} <= _rules(_design())
    after = _rules(_design("counts"))
    assert "counts" not in after
    assert {"amounts", "ends"} <= after


def test_every_rule_has_a_name_that_can_be_declined(tmp_path: Path) -> None:
    assert _rules(_design()) <= set(RULES)
    (tmp_path / "cartridge.yml").write_text(f"version: 1\ndeclined: [{', '.join(RULES)}]\n")
    assert read_decisions(tmp_path).declined == RULES
    (tmp_path / "cartridge.yml").write_text("version: 1\ndeclined: [count]\n")
    with pytest.raises(ConfigError, match=r"line 2: declined.*Did you mean 'counts'"):
        read_decisions(tmp_path)
