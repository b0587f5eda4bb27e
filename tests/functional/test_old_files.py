"""What earlier runs left is part of the project: it is proved as it will stand, and told or removed
where it no longer runs."""

from __future__ import annotations

import json

from dbt_cartridge.documents.base import documents_folder
from tests.support.host import HostProject

SHOP = (
    "create schema raw",
    "create table raw.orders as select i as id, cast(i * 2.5 as decimal(10, 2)) as total, "
    "if(i % 2 = 0, 'open', 'done') as status, date '2024-01-01' + cast(i % 99 as integer) as "
    "ordered_on from range(1, 200) t(i)",
)
MART = "models/marts/fct_orders_by_state.sql"
DECIDED = """\
version: 1
models:
  fct_orders:
    marts:
      - name: orders_by_state
        description: Orders of each state.
        by: [{name: state, expression: order_status}]
        columns: [{name: orders, expression: count(*), description: How many.}]
"""


def generate(host: HostProject, code: int, *more: str) -> str:
    done = host.cartridge("generate", "--schemas", "raw", *more)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def problems(host: HostProject) -> str:
    return json.dumps(
        json.loads((documents_folder(host.root) / "run.json").read_text())["problems"]
    )


def test_an_old_model_that_no_longer_runs_is_told_and_removed_where_asked(
    duckdb_host: HostProject,
) -> None:
    """A mart that was decided, is decided no more, and reads a column that is gone."""
    host = duckdb_host
    host.warehouse.execute(*SHOP)
    host.write("cartridge.yml", DECIDED)
    generate(host, 0)
    (host.root / "cartridge.yml").unlink()
    host.warehouse.execute("alter table raw.orders rename column status to stage")
    generate(host, 5)
    assert "no longer runs" in problems(host)
    assert MART in problems(host)
    as_made = host.read(MART)
    host.write(MART, as_made + "-- mine\n")
    generate(host, 5, "--prune")  # what was edited is never removed, and told again
    assert host.read(MART) == as_made + "-- mine\n"
    assert "no longer runs" in problems(host)
    host.write(MART, as_made)
    generate(host, 0, "--prune")
    assert not (host.root / MART).exists()
    assert "orders_by_state" not in host.read("models/marts/_marts__models.yml")
    built = host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(built.statuses.values())
