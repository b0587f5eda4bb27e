"""A table is understood alike at every size: what is estimated of a large one decides nothing."""

from __future__ import annotations

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Profile, Scan
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import large, scan
from tests.support.rendered import Rendered

# Whole numbers, codes, amounts and days in text; few values, many, hardly any, none.
MADE = (
    "create schema raw",
    "create table raw.orders as select i as order_id, lpad(i::varchar, 6, '0') as code,"
    " (i * 37 % 400)::varchar || '.50' as amount, i % 7 as kind, 'u' || i || '@x.org' as email,"
    " if(i % 2 = 0, null, '') as note, [i] as list, (i % 5 - 2) * 0.5::double as delta,"
    " if(i % 9 = 0, 'nan'::double, i) as ratio, null::date as never, i * 7919 % 900 as owner_id,"
    " if(i % 400 = 0, 'late', null) as mark, timestamp '2024-01-01' + to_minutes(i) as at,"
    " json_object('n', i, 'at', json_object('x', 1)) as doc,"
    " strftime(date '2022-01-01' + (i % 800)::integer, '%Y%m%d') as day"
    " from range(5000) as t (i)",
)


def scanned(
    warehouse: Rendered, patch: pytest.MonkeyPatch, exact_rows: int, sample: int = 500
) -> Scan:
    patch.setattr(large, "EXACT_ROWS", exact_rows)
    patch.setattr(large, "SAMPLE_ROWS", sample)
    return scan(warehouse, settings({"schemas": "raw"}, environment={}), Silent())  # type: ignore[arg-type]


def profiles(found: Scan) -> dict[str, Profile]:
    return {c.name: c.profile for c in found.relations[0].columns if c.profile is not None}


def test_a_large_table_has_the_facts_of_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    small = profiles(scanned(Rendered(*MADE), monkeypatch, 10_000))
    warehouse = Rendered(*MADE)
    measured = profiles(scanned(warehouse, monkeypatch, 1_000))
    assert [r.verb for r in warehouse.sent[6:]] == ["profile", "profile", "measures", "json"]
    assert small.keys() == measured.keys()
    for name, one in small.items():
        other = measured[name]
        # Of many values it is a sample that says which are frequent.
        apart = {"top_values"} if one.distinct and one.distinct > 25 else set[str]()
        assert other.model_dump(exclude=apart) == one.model_dump(exclude=apart), name
        assert not other.approximate


def test_what_a_sample_does_not_refute_is_asked_of_every_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last row alone contradicts: a value that was there, a text that is no number."""
    table = "create table raw.t as select if(i = 4999, 0, i) as id, if(i = 4999, 'x', i::varchar)"
    warehouse = Rendered("create schema raw", f"{table} as text from range(5000) as t (i)")
    found = profiles(scanned(warehouse, monkeypatch, 1_000, sample=100))
    assert found["id"].distinct == 4_999
    assert found["text"].patterns is not None
    assert found["text"].patterns.integer == 4_999
    asked = {c[1]: c[4] for c in warehouse.sent[-1].body["tables"][0]["columns"]}
    assert asked == {"id": ["unique"], "text": ["unique", "forms"]}


def test_expressions_are_not_matched_over_rows_that_a_sample_says_hold_no_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = "create table raw.t as select 'Person ' || i as name from range(5000) as t (i)"
    warehouse = Rendered("create schema raw", table)
    patterns = profiles(scanned(warehouse, monkeypatch, 1_000))["name"].patterns
    assert warehouse.sent[-1].body["tables"][0]["columns"][0][4] == ["unique"]
    assert patterns is not None
    assert (patterns.spaced, patterns.integer) == (5_000, 0)  # the sample's, for all


def test_a_sample_that_draws_nothing_is_followed_by_the_first_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A catalogue that is wrong by far, and Snowflake's partitions, of which none is drawn."""

    class Unlucky(Rendered):
        def ask(self, requests):  # type: ignore[no-untyped-def]
            for position, reply in super().ask(requests):
                table = requests[position].body.get("tables", [{}])[0]
                drawn = table.get("sample") and table["rows"] is not None
                yield position, type(reply)() if drawn else reply

    warehouse = Unlucky(*MADE)
    found = profiles(scanned(warehouse, monkeypatch, 1_000))
    assert found["order_id"].distinct == 5_000
    tables = [r.body["tables"][0] for r in warehouse.sent[6:]]
    assert [(t["sample"], t["rows"], t["kind"]) for t in tables[:2]] == [
        (500, 5_000, "table"), (500, None, "view"),
    ]  # fmt: skip


def test_the_paths_of_documents_come_from_a_sample_in_proportion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouse = Rendered(*MADE)
    paths = profiles(scanned(warehouse, monkeypatch, 1_000))["doc"].json_paths
    assert warehouse.sent[-1].verb == "json"
    assert warehouse.sent[-1].body["tables"][0]["sample"] == 500
    assert [(path.path, path.type, path.count) for path in paths] == [
        ("at", "object", 5_000), ("n", "integer", 5_000),
    ]  # fmt: skip
