"""Runs on a project that its user works on, with dbt itself behind them."""

from __future__ import annotations

import json
import random
import shutil

import pytest

from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.plan import Plan
from tests.support.host import HostProject
from tests.unit.write.living import EDITS, Living
from tests.unit.write.schemas import CHANGES

SHOP = (
    "create schema raw",
    "create table raw.customers as select i as id, 'Name ' || i as full_name, i % 3 as region_no, "
    "timestamp '2024-01-01' + i * interval 1 hour as updated_at from range(1, 60) t(i)",
    "create table raw.orders as select i as id, 1 + i % 59 as customer_id, "
    "cast(i * 2.5 as decimal(10, 2)) as total, if(i % 2 = 0, 'open', 'done') as status, "
    "date '2024-01-01' + cast(i % 99 as integer) as ordered_on from range(1, 200) t(i)",
)
FACT = "models/marts/fct_orders.sql"
STAGING = "models/staging/raw/stg_raw__orders.sql"


@pytest.fixture
def shop(duckdb_host: HostProject) -> HostProject:
    duckdb_host.warehouse.execute(*SHOP)
    return duckdb_host


def _generate(host: HostProject, **options: object) -> str:
    run = host.operation("cartridge_generate", schemas=["raw"], **options)
    told = ("found conflicts", "With your edits a generated model does not run")
    assert run.success or any(one in run.output for one in told), run.output[-3000:]
    return run.output


def _run_json(host: HostProject) -> dict[str, object]:
    return json.loads((documents_folder(host.root) / "run.json").read_text("utf-8"))


def test_a_plan_is_applied_as_it_was_shown_and_can_be_undone(shop: HostProject) -> None:
    before = shop.files()
    _generate(shop, dry_run=True, verify="none")
    assert shop.files() == before
    plan = Plan.load(documents_folder(shop.root))
    assert {file.path for file in plan.files.files} == {line.path for line in plan.summary}
    applied = shop.cartridge("apply")
    assert applied.returncode == 0, applied.stderr
    assert {file.path: shop.read(file.path) for file in plan.files.files} == {
        file.path: file.text for file in plan.files.files
    }
    assert shop.cartridge("undo").returncode == 0
    assert shop.files() == before


def test_a_plan_is_refused_once_the_warehouse_or_the_project_has_changed(
    shop: HostProject,
) -> None:
    _generate(shop, verify="none")
    shop.warehouse.execute("alter table raw.orders add column note varchar")
    _generate(shop, verify="none", dry_run=True)
    shop.write(STAGING, shop.read(STAGING) + "-- mine\n")
    before = shop.files()
    edited = shop.cartridge("apply")
    assert edited.returncode == 1
    assert "the project changed since the plan" in edited.stderr
    shop.warehouse.execute("alter table raw.orders drop column note")
    changed = shop.cartridge("apply")
    assert changed.returncode == 1
    assert "the warehouse changed since the plan" in changed.stderr
    assert shop.files() == before


def test_what_fails_by_an_edit_is_told_and_nothing_of_ours_is_dropped(shop: HostProject) -> None:
    _generate(shop)
    yaml = shop.read("models/marts/_marts__models.yml")
    shop.write(FACT, shop.read(FACT).replace("from orders\n", "from orders where false_column\n"))
    shop.write(STAGING, shop.read(STAGING).replace("as order_id", "% 2 as order_id"))
    _generate(shop)
    assert shop.read("models/marts/_marts__models.yml") == yaml
    problems = json.dumps(_run_json(shop)["problems"])
    assert "with your edits this model does not run" in problems
    assert "with your edits its test unique_stg_raw__orders_order_id does not hold" in problems


def test_a_merge_that_dbt_refutes_is_a_conflict_and_a_dropped_column_is_looked_up(
    shop: HostProject,
) -> None:
    _generate(shop)
    mine = shop.read(FACT).replace("    from orders\n", "    from orders -- mine\n    where true\n")
    mine = mine.replace("where true", "where orders.order_status is not null")
    shop.write(FACT, mine)
    shop.warehouse.execute("alter table raw.orders drop column status")
    assert "found conflicts" in _generate(shop)
    assert shop.read(FACT) == mine
    assert (shop.root / ".cartridge" / "conflicts" / FACT).exists()
    told = json.dumps(_run_json(shop)["schema_changes"])
    line = next(n for n, text in enumerate(mine.splitlines(), 1) if "where orders." in text)
    assert f"{FACT}:{line}" in told


def test_an_unchanged_project_is_neither_asked_nor_proved_again(shop: HostProject) -> None:
    _generate(shop)
    before = shop.files()
    first = _run_json(shop)
    _generate(shop)  # parses once more: the host has models now
    output = _generate(shop)
    again = _run_json(shop)
    assert shop.files() == before
    assert int(str(again["statements"])) < int(str(first["statements"])) or not output
    assert again["proved"] == first["proved"]
    shop.warehouse.execute("update raw.orders set customer_id = 999 where id = 7")
    _generate(shop)
    assert _run_json(shop)["found"] != first["found"]


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))]
)
def test_dbt_parses_what_people_and_cartridge_made_together(
    duckdb_host: HostProject, seed: int
) -> None:
    """A sample of what tests/unit/write/test_living_together.py looks at without dbt."""
    chance = random.Random(seed)
    living = Living(duckdb_host.root / "shared")
    living.root.mkdir()
    for round in range(3):
        for _ in range(4 if round else 0):
            living.edit((chance.choice(EDITS), chance.randint(0, 40), chance.randint(0, 40)))
        state = frozenset(chance.sample(CHANGES, chance.randint(0, 4)))
        living.run(state, prune=chance.random() < 0.5)
    living.must_hold_every_edit()
    for path in living.paths(".sql", ".yml", ".md"):
        target = duckdb_host.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(living.root / path, target)
    shutil.rmtree(living.root)
    duckdb_host.dbt("parse", "--no-partial-parse").must_succeed()
