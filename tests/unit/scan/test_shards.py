"""Tables that differ in the ending of their names alone are one table."""

from __future__ import annotations

import re

import pytest

from dbt_cartridge.documents.decisions import DecidedTable, Decisions
from dbt_cartridge.documents.design import Query
from dbt_cartridge.documents.scan import Column, DeclaredForeignKey, Relation, Scan
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.scan.shards import united
from tests.unit.design.made import column, designed, table

COLUMNS = ("id", "kind", "amount")


def made(name: str, *columns: str, **other: object) -> Relation:
    own = tuple(
        Column(name=each, position=at, native_type="INTEGER", type="integer")
        for at, each in enumerate(columns or COLUMNS, 1)
    )
    return Relation(schema_name="raw", name=name, columns=own).model_copy(update=other)


def names(*relations: Relation) -> list[str]:
    return [relation.name for relation in united(relations, "duckdb")]


def test_days_weeks_months_years_and_numbers_are_parts_of_one_table() -> None:
    for first, second in (
        ("events_20240101", "events_20240102"),
        ("events_2024_01_01", "events_2024_03_01"),
        ("events_2024_01", "events_2024_12"),
        ("events_202401", "events_202402"),
        ("events_2022", "events_2024"),
        ("events2022", "events2023"),
        ("events_2024q1", "events_2024q2"),
        ("events_2024w01", "events_2024w53"),
        ("events_q1", "events_Q4"),
        ("events_jan", "events_february"),
        ("events_jan_2024", "events_mar_2024"),
        ("events_2024_sep", "events_2024_Oct"),
        ("events_001", "events_002"),
    ):
        assert names(made(first), made(second)) == ["events_*"]


def test_what_only_looks_alike_stays_apart() -> None:
    apart = (
        (made("plan_a"), made("plan_b")),
        (made("address_1", "id", "street", "city"), made("address_2", "code", "zip", "land")),
        (made("lookup_1", "code", "name"), made("lookup_2", "code", "name")),
        (made("orders"), made("orders_2022"), made("orders_2023")),  # an archive, or a copy
        (made("orders_v1"), made("orders_v2")),
        (made("events_20240101"),),
        (made("events_2024"), made("events_20240101")),
    )
    for relations in apart:
        assert names(*relations) == [relation.name for relation in relations]


def test_a_table_that_another_refers_to_is_no_part() -> None:
    refers = DeclaredForeignKey(
        columns=("kind",), ref_schema="raw", ref_table="plan_1", ref_columns=("id",)
    )
    users = made("users", foreign_keys=(refers,))

    assert names(made("plan_1"), made("plan_2"), users) == ["plan_1", "plan_2", "users"]


def test_a_column_more_in_later_parts_is_null_in_the_others() -> None:
    early, late = made("events_2023"), made("events_2024", "amount", "id", "kind", "channel")
    (one,) = united((early, late), "duckdb")

    assert [(shard.name, shard.missing) for shard in one.shards] == [
        ("events_2024", ()),
        ("events_2023", ("channel",)),
    ]
    assert [each.name for each in one.columns] == ["amount", "id", "kind", "channel", "shard"]
    assert one.by_name["channel"].nullable
    assert {each.id: len(each.columns) for each in one.tables} == {
        "raw.events_2023": 3,
        "raw.events_2024": 4,
    }


def test_rows_are_those_of_all_parts_and_unknown_where_one_is() -> None:
    one, other = made("events_2023", rows=2), made("events_2024", rows=3)

    assert united((one, other), "duckdb")[0].rows == 5
    assert united((one, other.model_copy(update={"rows": None})), "duckdb")[0].rows is None


def test_staging_reads_all_parts_and_sources_declare_each() -> None:
    event = table(
        "events", column("id", role="key", distinct=100), column("kind"), column("amount"),
        role="fact", shape="event",
    )  # fmt: skip
    parts = [event.relation.model_copy(update={"name": f"events_{year}"}) for year in (2023, 2024)]
    (event.relation,) = united(parts, "duckdb")
    event.table = event.table.model_copy(update={"id": event.relation.id})
    design = designed(event)

    assert [each.name for each in design.sources[0].tables] == ["events_2024", "events_2023"]
    body = design.by_name["stg_raw__events"].body
    assert isinstance(body, Query)
    assert body.inputs[0].union
    assert [part.label for part in body.inputs[0].union.parts] == ["2024", "2023"]


def test_a_scan_knows_each_table_by_its_own_name() -> None:
    scan = Scan(adapter="duckdb", relations=united((made("e_2023"), made("e_2024")), "duckdb"))

    assert list(scan.by_id) == ["raw.e_*"]
    assert sorted(scan.tables) == ["raw.e_2023", "raw.e_2024"]


def merged(*parts: str) -> Decisions:
    return Decisions(tables={"raw.customers": DecidedTable(parts=parts)})


def test_people_may_say_which_tables_are_one_and_which_are_not() -> None:
    wide, narrow = made("customers_us", *COLUMNS, "vat_id"), made("customers_eu")
    (one,) = united((narrow, wide), "duckdb", merged("raw.customers_us", "raw.customers_eu"))
    assert (one.id, [column.name for column in one.columns]) == (
        "raw.customers",
        [*COLUMNS, "vat_id", "shard"],
    )
    assert [(s.name, s.label, s.missing) for s in one.shards] == [
        ("customers_us", "us", ()),
        ("customers_eu", "eu", ("vat_id",)),
    ]
    split = Decisions(tables={"raw.events_*": DecidedTable(apart=True)})
    events = (made("events_2022"), made("events_2023"))
    assert [r.name for r in united(events, "duckdb", split)] == ["events_2022", "events_2023"]


@pytest.mark.parametrize(
    ("parts", "relations", "said"),
    [
        (("raw.a_eu",), (made("a_eu"),), "one part"),
        (("raw.a_eu", "raw.a_us"), (made("a_eu"),), "'raw.a_us', which is not there"),
        (("raw.a_eu", "raw.a_us"), (made("a_eu"), made("a_us", "id", "name")), "has not"),
        (("raw.a_eu", "raw.a_us"), (made("a_eu"), made("a_us"), made("customers")), "of its own"),
        (
            ("raw.a_eu", "raw.a_us"),
            (made("a_eu"), made("a_us").model_copy(update={"columns": (
                Column(name="id", position=1, native_type="TEXT", type="text"),)})),
            "'id' is TEXT in raw.a_us and INTEGER in raw.a_eu",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_table_is_refused_in_words(
    parts: tuple[str, ...], relations: tuple[Relation, ...], said: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        united(relations, "duckdb", merged(*parts))
