"""What a good model adds to the demo's shop, over the rules.

`CARTRIDGE_REGENERATE=1 pytest tests/unit/llm/test_expert.py` writes the golden files again.
"""

from __future__ import annotations

import json
import os
import shutil

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.design import Design, ExpressionTest
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.llm.providers.mock import scripted
from dbt_cartridge.render import render
from tests.unit.llm.helpers import SHOP, Memory, expert, improved_by, said, shop

SETTINGS = Settings(provider="mock")


def by_the_rules() -> Design:
    schema, scan, host = shop()
    return design(schema, scan, host, SETTINGS)


def by_the_expert(store: Memory | None = None) -> tuple[Schema, Design, int]:
    schema, scan, host = shop()
    better = improved_by(scripted(expert()), store=store)
    understood = better.understand(schema, scan)
    designed = better.improve(design(understood, scan, host, SETTINGS))
    asked = said(better)
    assert asked.fallbacks == ()
    return understood, designed, asked.requests


def difference() -> dict[str, object]:
    """What the expert calls and describes otherwise."""
    before, (after, designed, _) = shop()[0], by_the_expert()
    offline = by_the_rules()
    new = {m.name: m for m in designed.models if m.name not in offline.by_name}
    return {
        "entities": {
            old.id: f"{old.entity} → {new_.entity}"
            for old, new_ in zip(before.tables, after.tables, strict=True)
            if old.entity != new_.entity
        },
        "keys that are believed": [
            f"{t.id}({', '.join(key.columns)})"
            for t in after.tables
            for key in t.other_keys
            if key in [k for k in t.other_keys if k not in before.by_id[t.id].other_keys]
        ],
        "models": {name: f"{m.description} {m.grain}" for name, m in sorted(new.items())},
        "columns": {
            model.name: [
                f"{c.name} ({c.type}): {c.description}"
                for c in model.columns
                if c.name not in {o.name for o in offline.by_name[model.name].columns}
            ]
            for model in designed.models
            if model.name in ("fct_orders", "dim_customers")
        },
        "rules": [
            f"{model.name}: {test.expression}"
            for model in designed.models
            for test in model.tests
            if isinstance(test, ExpressionTest) and test.name == "tax_not_above_net_amount"
        ],
    }


def test_the_expert_adds_what_the_golden_files_hold():
    expected = SHOP / "expected"
    offline = {file.path for file in render(by_the_rules(), shop()[2], SETTINGS).files}
    files = [
        file
        for file in render(by_the_expert()[1], shop()[2], SETTINGS).files
        if file.path not in offline
    ]
    told = json.dumps(difference(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("CARTRIDGE_REGENERATE"):
        shutil.rmtree(expected, ignore_errors=True)
        for file in files:
            path = expected / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, "utf-8")
        (expected / "difference.json").write_text(told, "utf-8")
    golden = {
        path.relative_to(expected).as_posix(): path.read_text("utf-8")
        for path in expected.rglob("*")
        if path.is_file()
    }
    assert golden.pop("difference.json") == told
    assert {file.path: file.text for file in files} == golden


def test_there_is_a_metric_and_a_mart_that_the_rules_do_not_find():
    designed = by_the_expert()[1]
    margins = designed.by_name["fct_category_margins_monthly"]
    assert "gross_margin_rate" in {column.name for column in margins.columns}
    assert margins.grain == "One row per order month and category name."
    assert designed.by_name["fct_customer_retention"].primary_key == ("cohort_month", "order_month")


def test_a_second_run_asks_nothing_and_gives_the_same_bytes():
    store = Memory()
    first, second = by_the_expert(store), by_the_expert(store)
    assert first[2] > 0
    assert second[2] == 0
    assert first[0].model_dump_json() == second[0].model_dump_json()
    assert first[1].model_dump_json() == second[1].model_dump_json()


def test_growing_data_asks_nothing_again():
    schema, scan, host = shop()
    store = Memory()
    by_the_expert(store)
    grown = scan.model_copy(
        update={
            "relations": tuple(
                relation.model_copy(update={"rows": (relation.rows or 0) * 37})
                for relation in scan.relations
            )
        }
    )
    better = improved_by(scripted({}), store=store)
    better.improve(design(better.understand(schema, grown), grown, host, SETTINGS))
    assert said(better).requests == 0
