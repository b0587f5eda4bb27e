"""Names stay, but for one who decides otherwise: then models, files, references and keys follow,
and what people edited goes along."""

from __future__ import annotations

import json
import re

from dbt_cartridge.documents.base import documents_folder
from tests.support.host import HostProject

SHOP = (
    "create schema raw",
    "create table raw.orders as select i as order_id, if(i % 2 = 0, 'open', 'done') as status, "
    "date '2024-01-01' + cast(i % 99 as integer) as ordered_on from range(1, 200) t(i)",
    "create table raw.order_lines as select i as order_line_id, 1 + i % 199 as order_id, "
    "cast(i * 2.5 as decimal(10, 2)) as price, 1 + i % 4 as quantity from range(1, 600) t(i)",
)
OLD, NEW = "models/marts/fct_orders.sql", "models/marts/fct_purchases.sql"
YAML = "models/marts/_marts__models.yml"
ADDED = """\
version: 1
models:
  # What the shop asks every week.
  fct_orders: # ours
    columns:
      - name: is_odd
        expression: order_id % 2
        description: Whether the order_id is odd.
"""


def generate(host: HostProject, code: int = 0) -> str:
    done = host.cartridge("generate", "--schemas", "raw")
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def decide(host: HostProject, entity: str) -> None:
    done = host.cartridge("decide", "entity", "raw.orders", entity)
    assert done.returncode == 0, done.stdout + done.stderr


def made(host: HostProject) -> dict[str, bytes]:
    return {path: text for path, text in host.files().items() if path.startswith("models/")}


def test_a_decided_name_renames_what_stands_with_its_edits(duckdb_host: HostProject) -> None:
    host = duckdb_host
    host.warehouse.execute(*SHOP)
    generate(host)
    assert (host.root / OLD).exists()
    host.write(OLD, host.read(OLD).replace("from orders\n", "from orders  -- mine\n", 1))
    assert "-- mine" in host.read(OLD)
    text = host.read(YAML)
    description = re.search(r"- name: fct_orders\n    description: (.*)", text)
    assert description is not None
    host.write(YAML, text.replace(description[0], "- name: fct_orders\n    description: My words."))
    before = made(host)

    decide(host, "purchase")
    generate(host)
    files = made(host)
    assert not [path for path in files if re.search(r"(?<!_lines)_orders(?!_lines|_line)", path)]
    assert "from purchases  -- mine" in host.read(NEW)
    assert "- name: fct_purchases\n    description: My words." in host.read(YAML)
    assert b"ref('stg_raw__orders')" not in b"".join(files.values())
    lines = host.read("models/marts/fct_order_lines.sql")
    assert "purchase_id" in lines
    built = host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(built.statuses.values())

    generate(host)
    assert made(host) == files  # once is enough
    assert host.cartridge("undo").returncode == 0
    assert made(host) == before


def test_what_was_added_to_a_model_goes_along_with_its_name(duckdb_host: HostProject) -> None:
    host = duckdb_host
    host.warehouse.execute(*SHOP)
    host.write("cartridge.yml", ADDED)
    generate(host)
    assert "order_id % 2 as is_odd" in " ".join(host.read(OLD).split()).replace('"', "")

    decide(host, "purchase")
    generate(host)
    added = host.read("cartridge.yml")
    assert "  fct_purchases: # ours\n" in added
    assert "expression: purchase_id % 2" in added
    assert "description: Whether the order_id is odd." in added  # people's own words
    assert "is_odd" in host.read(NEW)
    assert "order_id % 2" not in host.read(NEW).replace("purchase_id % 2", "")
    built = host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(built.statuses.values())

    files = host.files()
    generate(host)
    assert made(host) == {p: t for p, t in files.items() if p.startswith("models/")}
    assert host.read("cartridge.yml") == added
    assert host.cartridge("undo").returncode == 0
    undone = host.read("cartridge.yml")
    assert "  fct_orders: # ours\n" in undone
    assert "expression: order_id % 2" in undone


def test_a_renaming_waits_as_long_as_code_of_peoples_own_reads_the_old_name(
    duckdb_host: HostProject,
) -> None:
    host = duckdb_host
    host.warehouse.execute(*SHOP)
    generate(host)
    before = made(host)
    mine = "models/mine.sql"
    host.write(mine, "select order_id from {{ ref('fct_orders') }}\n")
    decide(host, "purchase")
    generate(host)
    assert made(host).items() >= before.items()
    told = json.loads((documents_folder(host.root) / "run.json").read_text("utf-8"))["left_out"]
    assert any(mine in one["why"] and "fct_orders" in one["why"] for one in told), told

    host.write(mine, "{{ config(enabled=false) }}\n" + host.read(mine))
    generate(host)
    assert (host.root / NEW).exists()
    assert not (host.root / OLD).exists()
    host.write(mine, "select purchase_id from {{ ref('fct_purchases') }}\n")
    generate(host)
    built = host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(built.statuses.values())
