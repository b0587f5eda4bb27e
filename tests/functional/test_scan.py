"""What a scan tells, on real DuckDB and real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbt_cartridge.documents.scan import (
    JsonPath,
    Scan,
    ValueCount,
)
from dbt_cartridge.errors import ScanError
from tests.functional.engines import scanned, scanned_by_command_line
from tests.support.host import HostProject, make_host
from tests.support.warehouses import DuckDB, Postgres

SHOP = (
    "create schema raw",
    "create table raw.customers (id integer primary key, email varchar(50) not null unique,"
    " name varchar, born date)",
    "create table raw.order_lines (order_id bigint, line_no smallint, customer_id integer,"
    " price numeric(10, 2) default 0 check (price >= 0), weight double precision,"
    " shipped boolean, seen_at timestamp, note varchar, extra json, scraped varchar, paid varchar,"
    " primary key (order_id, line_no), foreign key (customer_id) references raw.customers (id))",
    "create view raw.paid as select order_id, price from raw.order_lines where price > 0",
    "create index by_customer on raw.order_lines (customer_id, order_id)",
    "comment on table raw.customers is 'Who buys'",
    "comment on column raw.customers.email is 'Where we write to'",
    "insert into raw.customers values (1, 'a@x.org', 'Ann Lee', '1990-02-01'),"
    " (2, 'b@x.org', '', null), (3, 'c@x.org', '  ', '2000-12-31')",
    "insert into raw.order_lines values"
    " (10, 1, 1, 9.50, 1.5, true, '2024-01-01 00:00:00', '007', '{\"a\": 1}', '{\"k\": \"v\"}',"
    " '$1,234.50'),"
    " (10, 2, 1, 0.00, -2, false, '2024-01-02 10:30:00', '42', '{\"a\": 2.5, \"b\": [1]}', null,"
    " '-€ 3'),"
    " (11, 1, null, 3.00, null, null, '2024-01-03 00:00:00', '2024-02-29', null, '{\"k\": null}',"
    " '12/31/2021')",
)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HostProject]:
    """One shop for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("scan")
    if request.param == "duckdb":
        shop = make_host(folder / "shop", DuckDB(folder / "warehouse.duckdb"))
        shop.warehouse.execute(*SHOP)
        yield shop
        return
    server = request.getfixturevalue("postgres_server")
    server.create_database("test_scan")
    shop = make_host(folder / "shop", Postgres(server, "test_scan"))
    shop.warehouse.execute(*SHOP)
    yield shop
    server.drop_database("test_scan")


@pytest.fixture(scope="module")
def facts(shop: HostProject) -> Iterator[Scan]:
    with pytest.MonkeyPatch.context() as patch:
        yield scanned(shop, patch)


def test_relations_are_told_with_kind_rows_and_comment(facts: Scan) -> None:
    told = [(r.name, r.kind, r.rows, r.rows_exact, r.comment) for r in facts.relations]
    assert told == [
        ("customers", "table", 3, True, "Who buys"),
        ("order_lines", "table", 3, True, None),
        ("paid", "view", 2, True, None),
    ]
    assert facts.problems == ()


def test_declared_keys_keep_their_order_and_their_columns(facts: Scan) -> None:
    customers, lines = facts.by_id["raw.customers"], facts.by_id["raw.order_lines"]
    assert lines.primary_key is not None
    assert lines.primary_key.columns == ("order_id", "line_no")
    assert customers.primary_key is not None
    assert [key.columns for key in customers.unique_keys] == [("email",)]
    (foreign,) = lines.foreign_keys
    assert (foreign.columns, foreign.ref_schema, foreign.ref_table, foreign.ref_columns) == (
        ("customer_id",), "raw", "customers", ("id",),
    )  # fmt: skip
    assert len(lines.checks) == 1
    assert "price" in lines.checks[0].expression
    index = next(index for index in lines.indexes if index.name == "by_customer")
    assert index.columns == ("customer_id", "order_id")


def test_columns_keep_native_type_and_get_a_family(facts: Scan) -> None:
    columns = facts.by_id["raw.order_lines"].columns
    assert {column.name: column.type for column in columns} == {
        "order_id": "integer", "line_no": "integer", "customer_id": "integer", "price": "decimal",
        "weight": "float", "shipped": "boolean", "seen_at": "timestamp", "note": "text",
        "extra": "json", "scraped": "text", "paid": "text",
    }  # fmt: skip
    price = facts.by_id["raw.order_lines"].by_name["price"]
    assert price.native_type.lower().replace("decimal", "numeric") == "numeric(10,2)"
    assert price.default is not None
    email = facts.by_id["raw.customers"].by_name["email"]
    assert (email.nullable, email.comment) == (False, "Where we write to")


def test_numbers_are_measured(facts: Scan) -> None:
    price = facts.by_id["raw.order_lines"].by_name["price"].profile
    assert price is not None
    assert (price.min, price.max, price.zeros, price.fractions) == ("0.00", "9.50", 1, 1)
    assert price.mean == pytest.approx(12.5 / 3)
    weight = facts.by_id["raw.order_lines"].by_name["weight"].profile
    assert weight is not None
    assert (weight.nulls, weight.negatives, weight.distinct) == (1, 1, 2)


def test_text_is_measured_and_recognised(facts: Scan) -> None:
    name = facts.by_id["raw.customers"].by_name["name"].profile
    assert name is not None
    assert (name.blanks, name.min_length, name.max_length) == (2, 0, 7)
    note = facts.by_id["raw.order_lines"].by_name["note"].profile
    assert note is not None
    assert note.patterns is not None
    assert (note.patterns.integer, note.patterns.leading_zero, note.patterns.date) == (2, 1, 1)
    email = facts.by_id["raw.customers"].by_name["email"].profile
    assert email is not None
    assert email.patterns is not None
    assert email.patterns.email == 3
    paid = facts.by_id["raw.order_lines"].by_name["paid"].profile
    assert paid is not None
    assert paid.patterns is not None
    assert (paid.patterns.money, paid.patterns.decimal) == (2, 0)
    assert (paid.patterns.month_first, paid.patterns.day_first) == (1, 0)


def test_midnights_and_top_values_are_counted(facts: Scan) -> None:
    lines = facts.by_id["raw.order_lines"]
    seen = lines.by_name["seen_at"].profile
    assert seen is not None
    assert (seen.midnights, seen.min) == (2, "2024-01-01 00:00:00")
    order = lines.by_name["order_id"].profile
    assert order is not None
    assert order.top_values == (ValueCount(value="10", count=2), ValueCount(value="11", count=1))


def test_json_gives_its_top_paths_and_no_distinct(facts: Scan) -> None:
    extra = facts.by_id["raw.order_lines"].by_name["extra"].profile
    assert extra is not None
    assert extra.distinct is None
    assert extra.json_paths == (
        JsonPath(path="a", type="number", count=2),
        JsonPath(path="b", type="array", count=1),
    )
    scraped = facts.by_id["raw.order_lines"].by_name["scraped"].profile
    assert scraped is not None
    assert scraped.json_paths == (JsonPath(path="k", type="string", count=2),)


def test_both_engines_give_the_same_scan(shop: HostProject, facts: Scan) -> None:
    assert scanned_by_command_line(shop) == facts


def test_globs_choose_by_name_in_any_case(
    shop: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = scanned(shop, monkeypatch, tables="CUST*,order*", exclude="raw.order_*")
    assert [relation.name for relation in found.relations] == ["customers"]


def test_profile_none_reads_no_data(shop: HostProject, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scanned(shop, monkeypatch, profile="none")
    assert found.statements == 6
    assert all(c.profile is None for relation in found.relations for c in relation.columns)


def test_what_the_project_builds_is_not_raw_but_its_seeds_are(
    host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.warehouse.execute(*SHOP)
    host.write("models/paid.sql", "{{ config(schema='raw') }} select 1 as a")
    host.write("macros/schema.sql", "{% macro generate_schema_name(name, node) %}"
               "{{ name or target.schema }}{% endmacro %}")  # fmt: skip
    host.write("seeds/customers.csv", "id\n1\n")
    host.write("seeds/seeds.yml", "seeds: [{name: customers, config: {schema: raw}}]")
    found = scanned(host, monkeypatch)
    assert [relation.name for relation in found.relations] == ["customers", "order_lines"]
    assert [problem.where for problem in found.problems] == ["raw.paid"]


@pytest.mark.parametrize(
    ("schemas", "words"),
    [
        ("", "Say which schemas hold the raw tables"),
        ("rawe", "There is no schema 'rawe'"),
        ("hollow", "Nothing can be scanned in schema hollow"),
    ],
)
def test_a_schema_that_cannot_be_scanned_is_said(
    shop: HostProject, monkeypatch: pytest.MonkeyPatch, schemas: str, words: str
) -> None:
    shop.warehouse.execute("create schema if not exists hollow")
    with pytest.raises(AssertionError, match=words):
        scanned(shop, monkeypatch, schemas=schemas)


def test_a_near_schema_is_proposed(shop: HostProject) -> None:
    with pytest.raises(ScanError, match="Did you mean 'raw'"):
        scanned_by_command_line(shop, schemas="rawe")


NASTY = (
    "create schema raw",
    'create table raw."Order" ("select" integer, "with space" integer, "quo""te" integer,'
    ' "🦆" integer, "it\'s {{ x }} {% y %}" integer, "%s" varchar)',
    'insert into raw."Order" values (1, 2, 3, 4, 5, \'{{ run_query("x") }}\')',
    "create table raw.nothing_yet (id integer, note varchar)",
    "create table raw.wide (" + ", ".join(f"c{i} integer" for i in range(1, 1601)) + ")",
    "insert into raw.wide (c1, c1600) values (7, 8)",
    "create table raw.long_text (note varchar)",
    "insert into raw.long_text select repeat('x', 100000)",
    "create view raw.broken as select cast(note as integer) as n from raw.long_text",
)


def test_hostile_names_empty_and_wide_tables_are_scanned_and_a_broken_view_is_left_out(
    host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.warehouse.execute(*NASTY)
    found = scanned(host, monkeypatch)
    assert [r.name for r in found.relations] == ["Order", "long_text", "nothing_yet", "wide"]
    hostile = found.by_id["raw.Order"].columns
    greatest = [column.profile.max for column in hostile if column.profile]
    assert greatest == ["1", "2", "3", "4", "5", '{{ run_query("x") }}']
    assert found.by_id["raw.nothing_yet"].rows == 0
    last = found.by_id["raw.wide"].columns[-1]
    assert last.profile is not None
    assert (last.name, last.profile.max) == ("c1600", "8")
    long = found.by_id["raw.long_text"].columns[0].profile
    assert long is not None
    assert long.max == "x" * 200
    assert long.max_length == 100_000
    (problem,) = found.problems
    assert problem.where == "raw.broken"
    assert "reading it failed" in problem.what
    assert scanned_by_command_line(host) == found
