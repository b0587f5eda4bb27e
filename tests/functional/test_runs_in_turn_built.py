"""Runs over this schema and that one, with these options and those, between a user's edits and
changes of the warehouse: dbt builds all of it after each run, and names stay those of their tables.

`tests/unit/design/test_runs_in_turn.py` holds the same over many sequences, without dbt.
`CARTRIDGE_BUILT_SEQUENCES` is how many there are here, 2 if nothing is said.
"""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest

from tests.support.host import HostProject

TABLES = {
    "customers": "select i as id, 'Name ' || i as full_name, "
    "timestamp '2024-01-01' + i * interval 1 hour as updated_at from range(1, 40) t(i)",
    "orders": "select i as id, 1 + i % 39 as customer_id, cast(i as decimal(10, 2)) as total, "
    "date '2024-01-01' + cast(i % 30 as integer) as ordered_on from range(1, 90) t(i)",
    "order_lines": "select i as id, 1 + i % 89 as order_id, 1 + i % 4 as quantity, "
    "cast(i % 9 + 1 as decimal(10, 2)) as unit_price from range(1, 150) t(i)",
    "customer": "select i as id, 'x' || i as note from range(1, 9) t(i)",
    "events": "select i as id, 'kind ' || i % 3 as kind, "
    "timestamp '2024-01-01' + i * interval 1 minute as happened_at from range(1, 60) t(i)",
}
OPTIONS = ((), (), ("--yaml-layout", "model"), ("--personal-data", "hash"), ("--verify", "none"))


class Sequence:
    def __init__(self, host: HostProject, seed: int) -> None:
        self.host = host
        self.chance = random.Random(seed)
        self.there: dict[str, set[str]] = {"shop": set(), "crm": set()}
        self.staged: dict[str, list[str]] = {}
        host.warehouse.execute("create schema shop", "create schema crm")
        for schema in self.there:
            self._create(schema, "customers")

    def change_the_warehouse(self) -> None:
        schema = self.chance.choice(sorted(self.there))
        missing = sorted(TABLES.keys() - self.there[schema])
        for table in self.chance.sample(missing, min(2, len(missing))):
            self._create(schema, table)
        more = sorted(self.there[schema] - {"customers"})
        if more and self.chance.random() < 0.3:
            table = self.chance.choice(more)
            self.there[schema].remove(table)
            self.host.warehouse.execute(f"drop table {schema}.{table}")

    def edit(self) -> None:
        """One thing that people do; what it does to others is cartridge's to see."""
        models = sorted(self.host.root.glob("models/**/*.sql"))
        path = self.chance.choice(models)
        text = path.read_text()
        match self.chance.choice(["comment", "move", "delete", "alias", "yaml"]):
            case "comment":
                path.write_text(text + "\n-- looked at\n")
            case "move":
                (self.host.root / "models/mine").mkdir(exist_ok=True)
                path.rename(self.host.root / "models/mine" / path.name)
            case "delete" if not any(f"'{path.stem}'" in m.read_text() for m in models):
                path.unlink()
            case "alias" if path.stem.startswith("stg_") and " as note" not in text:
                renamed = re.sub(r"\bfull_name\b(?=,|\n)", "full_name as called", text, count=1)
                path.write_text(renamed)
            case _:
                page = self.chance.choice(sorted(self.host.root.glob("models/**/*.yml")))
                page.write_text(
                    page.read_text().replace("description: ", "description: By us. ", 1)
                )

    def generate(self) -> tuple[str, ...]:
        schemas = self.chance.choice(["shop", "crm", "shop,crm"])
        options = ("--schemas", schemas, "--prune", *self.chance.choice(OPTIONS))
        run = self.host.cartridge("generate", *options)
        assert run.returncode == 0, run.stdout + run.stderr
        return options

    def must_hold(self) -> None:
        """What of it was made from a table still is, and all of it builds."""
        ledger = json.loads(self.host.read(".cartridge/ledger.json"))
        for path, entry in ledger["files"].items():
            if entry.get("layer") == "staging":
                assert (
                    self.staged.setdefault(Path(path).stem, entry["relations"])
                    == (entry["relations"])
                )
        self.host.dbt("build", "--quiet", "--no-partial-parse").must_succeed()

    def _create(self, schema: str, table: str) -> None:
        self.there[schema].add(table)
        self.host.warehouse.execute(f"create table {schema}.{table} as {TABLES[table]}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(int(os.environ.get("CARTRIDGE_BUILT_SEQUENCES", "2"))))
def test_runs_in_turn_leave_a_project_that_builds(duckdb_host: HostProject, seed: int) -> None:
    sequence = Sequence(duckdb_host, seed)
    for _ in range(2):
        sequence.change_the_warehouse()
        sequence.generate()
        sequence.must_hold()
        sequence.edit()
    sequence.change_the_warehouse()
    options = sequence.generate()
    sequence.must_hold()
    before = duckdb_host.files()
    duckdb_host.cartridge("generate", *options)
    assert duckdb_host.files() == before
