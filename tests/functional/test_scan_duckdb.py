"""What only DuckDB has: nested types, inline enums, tables above the size of exact counts."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.scan import Profile, Scan
from dbt_cartridge.scan import large
from tests.functional.engines import scanned
from tests.support.host import HostProject


def profile_of(facts: Scan, column: str) -> Profile:
    found = facts.relations[0].by_name[column].profile
    assert found is not None
    return found


def test_types_of_every_sort_are_read_and_none_fails(
    duckdb_host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb_host.warehouse.execute(
        "create schema raw",
        "create sequence raw.ids",
        "create table raw.types (id integer default nextval('raw.ids'), twice integer generated"
        " always as (id * 2), mood enum ('sad', 'it''s ok'), tags varchar[], place struct(x int),"
        " attrs map(varchar, integer), huge hugeint, raw_bytes blob, span interval,"
        " seen timestamp with time zone, who uuid, clock time, ratio double, empty_one varchar,"
        " bits bit, fixed integer[3])",
        "insert into raw.types (mood, tags, place, attrs, huge, raw_bytes, span, seen, who, clock,"
        " ratio, bits, fixed) values ('sad', ['a'], {x: 1}, map {'a': 1},"
        " 170141183460469231731687303715884105727, 'x', interval 1 day, '2024-01-01 00:00:00+00',"
        " '0b6f3a52-3b0e-4f6a-9d0e-2f3f0c7f1a11', '10:00', 'nan', '101', [1, 2, 3])",
    )
    found = scanned(duckdb_host, monkeypatch)
    assert found.problems == ()
    (types,) = found.relations
    assert {column.name: column.type for column in types.columns} == {
        "id": "integer", "twice": "integer", "mood": "text", "tags": "array", "place": "struct",
        "attrs": "struct", "huge": "integer", "raw_bytes": "binary", "span": "interval",
        "seen": "timestamp", "who": "uuid", "clock": "time", "ratio": "float", "empty_one": "text",
        "bits": "binary", "fixed": "array",
    }  # fmt: skip
    assert types.by_name["mood"].enum_values == ("sad", "it's ok")
    assert [column.name for column in types.columns if column.generated] == ["id", "twice"]
    assert profile_of(found, "huge").max == "170141183460469231731687303715884105727"
    assert profile_of(found, "tags").distinct is None
    empty = profile_of(found, "empty_one")
    assert (empty.nulls, empty.distinct, empty.top_values, empty.min) == (1, 0, (), None)


def test_a_large_table_is_measured_as_a_small_one(
    duckdb_host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb_host.warehouse.execute(
        "create schema raw",
        "create table raw.big as select i as id, (i % 7)::varchar as code, i * 0.5 as price,"
        " timestamp '2024-01-01' + to_hours(i % 48) as at, 'u' || i || '@x.org' as email,"
        " if(i % 2 = 0, null, '') as note, [i] as list, i % 3 = 0 as flag,"
        " (i % 5 - 2)::double as delta, null::date as never from range(5000) as t (i)",
    )
    exact = scanned(duckdb_host, monkeypatch)
    monkeypatch.setattr(large, "EXACT_ROWS", 1_000)
    by_sample = scanned(duckdb_host, monkeypatch)
    for column in exact.relations[0].columns:
        assert profile_of(exact, column.name) == profile_of(by_sample, column.name), column.name
