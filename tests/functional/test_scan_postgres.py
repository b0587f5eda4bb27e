"""What only PostgreSQL has: partitions, enums, domains, roles without rights."""

from __future__ import annotations

import dataclasses

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.engine.in_process import InProcess
from dbt_cartridge.errors import ScanError
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.functional.engines import in_process, scanned, scanned_by_command_line
from tests.support.host import HostProject, make_host

TYPES = (
    "create schema raw",
    "create type raw.mood as enum ('sad', 'it''s ok', 'happy')",
    "create domain raw.cents as bigint check (value >= 0)",
    "create table raw.types (id integer generated always as identity, m raw.mood, paid raw.cents,"
    " tags text[], place point, doc xml, spent money, ip inet, raw_bytes bytea, span interval,"
    " body jsonb, at timestamptz, code char(3), twice integer generated always as (7 * 2) stored,"
    " ratio real, span_of int4range, who uuid, clock time)",
    "insert into raw.types (m, paid, tags, place, doc, spent, ip, raw_bytes, span, body, at, code,"
    " ratio, span_of, who, clock) values ('happy', 5, '{a,b}', '(1,2)', '<a/>', 12.50, '10.0.0.1',"
    " 'x', '1 day', '{\"k\": true}', '2024-01-01 00:00:00+00', 'ab', 'NaN', '[1,3)',"
    " '0b6f3a52-3b0e-4f6a-9d0e-2f3f0c7f1a11', '10:00')",
    "create table raw.events (id bigint, at date not null, primary key (id, at))"
    " partition by range (at)",
    "create table raw.events_2024 partition of raw.events"
    " for values from ('2024-01-01') to ('2025-01-01')",
    "insert into raw.events values (1, '2024-05-01'), (2, '2024-05-02')",
    "create materialized view raw.daily as select at, count(*) as n from raw.events group by at",
    "create table raw.no_columns ()",
)


def test_types_of_every_sort_are_read_and_none_fails(
    postgres_host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_host.warehouse.execute(*TYPES)
    found = scanned(postgres_host, monkeypatch)
    assert [(r.name, r.kind, r.rows) for r in found.relations] == [
        ("daily", "materialized_view", 2), ("events", "table", 2), ("types", "table", 1),
    ]  # fmt: skip
    assert [(p.where, p.what) for p in found.problems] == [
        ("raw.no_columns", "left out: it has no columns")
    ]
    types = found.by_id["raw.types"]
    assert {column.name: column.type for column in types.columns} == {
        "id": "integer", "m": "text", "paid": "integer", "tags": "array", "place": "geography",
        "doc": "other", "spent": "decimal", "ip": "other", "raw_bytes": "binary",
        "span": "interval", "body": "json", "at": "timestamp", "code": "text", "twice": "integer",
        "ratio": "float", "span_of": "other", "who": "uuid", "clock": "time",
    }  # fmt: skip
    assert types.by_name["m"].enum_values == ("sad", "it's ok", "happy")
    assert types.by_name["code"].native_type == "character(3)"
    assert [c.name for c in types.columns if c.generated] == ["id", "twice"]
    spent = types.by_name["spent"].profile
    assert spent is not None
    assert spent.mean == 12.5
    assert found.by_id["raw.events"].primary_key is not None


@pytest.fixture
def reader(postgres_host: HostProject) -> HostProject:
    """The same database for a role that may read some of it, and write nothing."""
    warehouse = postgres_host.warehouse
    warehouse.execute(
        "create schema raw", "create schema closed",
        "create table raw.open_to_all (id integer)", "insert into raw.open_to_all values (1)",
        "create table raw.secret (id integer)",
        "create table raw.half (id integer, salary integer)",
        "create table closed.x (id integer)",
        "do $$ begin if not exists (select from pg_roles where rolname = 'reader')"
        " then create role reader login; end if; end $$",
        "grant usage on schema raw to reader", "grant select on raw.open_to_all to reader",
        "grant select (id) on raw.half to reader",
    )  # fmt: skip
    as_reader = dataclasses.replace(warehouse, user="reader")  # type: ignore[type-var]
    return make_host(postgres_host.root.parent / "reader", as_reader)


def test_a_role_reads_what_it_may_and_is_told_of_the_rest(
    reader: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = scanned(reader, monkeypatch)
    assert [(r.name, [c.name for c in r.columns], r.rows) for r in found.relations] == [
        ("half", ["id"], 0),
        ("open_to_all", ["id"], 1),
    ]
    assert [problem.where for problem in found.problems] == ["raw.half.salary", "raw.secret"]
    with pytest.raises(ScanError, match="may not use schema 'closed'"):
        scanned_by_command_line(reader, schemas="closed")


def test_debug_says_which_rights_are_missing(reader: HostProject) -> None:
    told = reader.cartridge(
        "debug", "--schemas", "raw,closed,nope", "--profiles-dir", str(reader.root)
    )
    assert told.returncode != 0
    assert "grant select on all tables" in told.stdout
    assert 'grant usage on schema "closed"' in told.stdout
    assert "schema nope: does not exist" in told.stdout


def test_a_mark_stays_while_the_rows_do(
    postgres_host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_host.warehouse.execute(
        "create schema raw",
        "create table raw.kept as select 1 as id",
        "create table raw.added_to as select 1 as id",
        "create table raw.changed as select 1 as id",
        "create view raw.seen as select * from raw.kept",
    )

    def marks(engine: InProcess) -> dict[str, str | None]:
        found = scan(engine, settings({"schemas": "raw"}, environment={}), Silent(), marks=True)
        assert found.problems == ()
        return {relation.name: relation.mark for relation in found.relations}

    def before_and_after(engine: InProcess) -> list[dict[str, str | None]]:
        before = marks(engine)
        postgres_host.warehouse.execute(
            "insert into raw.added_to values (2)", "update raw.changed set id = 3"
        )
        return [before, marks(engine)]

    before, after = in_process(postgres_host, monkeypatch, before_and_after)
    assert before["kept"]
    assert before["seen"] is None
    assert {name for name in before if before[name] != after[name]} == {"added_to", "changed"}
