"""The whole corridor through both front doors, on both warehouses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.host import HostProject, make_host
from tests.support.postgres import PostgresServer
from tests.support.warehouses import DuckDB, Postgres, Warehouse

# A header with lines that add up, a parent with children, a self-reference, a soft delete, a
# reference table, an update time, and a comment that dbt must not run.
TABLES = """
create schema raw;
create table raw.categories as
    select i as category_id, case when i > 2 then 1 + i % 2 end as parent_category_id,
        'Category ' || i as category_name
    from generate_series(1, 8) as t(i);
create table raw.products as
    select i as product_id, 'SKU-' || (1000 + i) as sku, 'Product ' || i as product_name,
        1 + i % 8 as category_id, cast(i * 1.25 as decimal(10, 2)) as list_price
    from generate_series(1, 60) as t(i);
create table raw."Customers" as
    select i as "CustomerID", 'Name ' || i as "FullName", 'c' || i || '@mail.example' as "Email",
        i % 17 = 0 as "IsDeleted",
        timestamp '2024-01-01 10:00:00' + i * interval '1 hour' as "UpdatedAt"
    from generate_series(1, 120) as t(i);
create table raw.order_lines as
    select i as order_line_id, 1 + i % 300 as order_id, 1 + i % 60 as product_id,
        1 + i % 5 as quantity, cast((1 + i % 60) * 1.25 as decimal(10, 2)) as unit_price,
        cast((1 + i % 5) * cast((1 + i % 60) * 1.25 as decimal(10, 2)) as decimal(12, 2))
            as line_amount
    from generate_series(1, 900) as t(i);
create table raw.orders as
    select order_id, 1 + order_id % 120 as customer_id,
        date '2024-01-01' + cast(order_id % 200 as integer) as order_date,
        case order_id % 3 when 0 then 'new' when 1 then 'paid' else 'shipped' end as status,
        sum(line_amount) as total_amount
    from raw.order_lines group by order_id;
comment on column raw.orders.status is 'Where it stands: {{ env_var("NOT_THERE") }} {% do 1 %}';
"""


def fill(warehouse: Warehouse) -> None:
    warehouse.execute(*(part for part in TABLES.split(";") if part.strip()))


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def generated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostProject]:
    """A project after one run of `cartridge_generate`."""
    folder = tmp_path_factory.mktemp(str(request.param))
    if request.param == "duckdb":
        host = make_host(folder / "shop", DuckDB(folder / "warehouse.duckdb"))
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.create_database("first_run")
        host = make_host(folder / "shop", Postgres(server, "first_run"))
    fill(host.warehouse)
    host.operation("cartridge_generate", schemas=["raw"]).must_succeed()
    yield host
    if isinstance(host.warehouse, Postgres):
        host.warehouse.server.drop_database("first_run")


@pytest.fixture
def small(duckdb_host: HostProject) -> HostProject:
    fill(duckdb_host.warehouse)
    return duckdb_host


def relations(host: HostProject) -> list[tuple[str, ...]]:
    return host.warehouse.query(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema not in ('information_schema', 'pg_catalog') order by 1, 2"
    )


def test_what_is_generated_builds_clean_without_cartridge(
    generated: HostProject, tmp_path: Path
) -> None:
    copy = make_host(tmp_path / "shop", generated.warehouse, package=False)
    for path, content in generated.files().items():
        if path != "packages.yml":
            copy.write(path, content.decode("utf-8"))
    run = copy.dbt("build").must_succeed()
    assert set(run.statuses.values()) == {"success", "pass"}
    assert {"fct_orders", "fct_order_lines", "dim_customers", "dim_products"} <= set(run.statuses)
    facts = generated.warehouse.query("select count(*) from analytics.fct_order_lines")
    assert facts == [(900,)]


def test_a_second_run_changes_no_byte(generated: HostProject) -> None:
    before = generated.files()
    generated.operation("cartridge_generate", schemas=["raw"]).must_succeed()
    assert generated.files() == before


def test_the_command_line_makes_the_same_files(generated: HostProject, tmp_path: Path) -> None:
    other = make_host(tmp_path / "shop", generated.warehouse)
    ran = other.cartridge("generate", "--schemas", "raw")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert made(other) == made(generated)


def test_a_resumed_run_comes_to_the_same_files(generated: HostProject) -> None:
    before = generated.files()
    for step in ("design", "write"):
        ran = generated.cartridge("generate", "--schemas", "raw", "--from", step)
        assert ran.returncode == 0, f"{step}: {ran.stdout}{ran.stderr}"
        assert generated.files() == before, step


def test_the_run_is_on_record(generated: HostProject) -> None:
    folder = generated.root / "target" / "cartridge"
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "host.json", "scan.json", "schema.json", "design.json", "files.json", "verdicts.json",
        "changes.json", "run.json",
    }  # fmt: skip
    assert json.loads((folder / "run.json").read_text("utf-8"))


def test_a_dry_run_writes_nothing_and_shows_the_diff(small: HostProject) -> None:
    before, relations_before = small.files(), relations(small)
    ran = small.cartridge("generate", "--schemas", "raw", "--dry-run", "--diff", "--verify", "none")
    assert ran.returncode == 0, ran.stderr
    assert "+++ " in ran.stdout
    assert "fct_orders.sql" in ran.stdout
    assert small.files() == before
    assert relations(small) == relations_before


def test_the_warehouse_is_as_it_was(small: HostProject) -> None:
    before = relations(small)
    small.operation("cartridge_generate", schemas=["raw"]).must_succeed()
    assert relations(small) == before


def test_layers_bring_what_they_stand_on_and_no_more(small: HostProject) -> None:
    small.operation(
        "cartridge_generate", schemas=["raw"], layers=["staging"], verify="sql"
    ).must_succeed()
    written = made(small)
    assert any(path.startswith("models/staging/") for path in written)
    assert not [path for path in written if "/marts/" in path or "/intermediate/" in path]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"schemas": ["raw"], "verfy": "sql"}, "verify"),
        ({"schemas": ["raw"], "verify": "dat"}, "data"),
        ({"schemas": ["rwa"]}, "raw"),
        ({"schemas": ["raw"], "tables": ["nothing_*"]}, "nothing_*"),
    ],
    ids=["option", "value", "schema", "glob"],
)
def test_what_is_not_known_is_refused_with_what_is_near(
    small: HostProject, arguments: dict[str, object], says: str
) -> None:
    before = small.files()
    run = small.operation("cartridge_generate", **arguments)
    assert not run.success
    assert says in f"{run.exception}{run.output}"
    assert small.files() == before


def test_a_broken_host_is_told_and_stays_as_it_is(small: HostProject) -> None:
    small.write("models/mine.sql", "select * from {{ ref('nowhere') }}")
    before = small.files()
    ran = small.cartridge("generate", "--schemas", "raw")
    assert ran.returncode != 0
    assert "nowhere" in ran.stdout + ran.stderr
    assert small.files() == before


def test_a_file_of_the_user_is_named_and_left_alone(small: HostProject) -> None:
    mine = "select 1 as mine"
    small.write("models/marts/dim_products.sql", mine)
    small.cartridge("generate", "--schemas", "raw", "--verify", "none")
    assert small.read("models/marts/dim_products.sql") == mine


def test_debug_finds_nothing_to_mend(small: HostProject) -> None:
    small.operation("cartridge_debug", schemas=["raw"]).must_succeed()
    ran = small.cartridge("debug", "--schemas", "raw")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_debug_names_a_schema_that_is_not_there(small: HostProject) -> None:
    ran = small.cartridge("debug", "--schemas", "rwa")
    assert ran.returncode != 0
    assert "rwa" in ran.stdout + ran.stderr


def test_the_scan_is_one_json_document(small: HostProject) -> None:
    ran = small.cartridge("scan", "--schemas", "raw")
    assert ran.returncode == 0, ran.stderr
    scan = json.loads(ran.stdout)
    assert [relation["name"] for relation in scan["relations"]] == [
        "Customers", "categories", "order_lines", "orders", "products",
    ]  # fmt: skip


def made(host: HostProject) -> dict[str, bytes]:
    """The project's files without those that lead to its place and its packages."""
    own = ("profiles.yml", "packages.yml", "dbt_project.yml", ".cartridge")
    return {path: text for path, text in host.files().items() if not path.startswith(own)}
