"""BigQuery: the contract, and what only BigQuery has. Emulated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.probe import Inclusion, Ordering, Unique
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.engine import prober
from dbt_cartridge.engine.base import Request
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.scan import profile
from tests.functional.contract import Contract
from tests.functional.contract_tables import TableOf, Value
from tests.functional.engines import Remote
from tests.support import bigquery, stand_in
from tests.support.environments import EnvironmentMissing
from tests.support.host import HostProject
from tests.support.warehouses import Warehouse

pytestmark = pytest.mark.emulated


@pytest.fixture(scope="module")
def bigquery_server() -> Iterator[stand_in.Server]:
    try:
        stand_in.dbt_environment().made()
        server = bigquery.start()
    except EnvironmentMissing as reason:
        pytest.skip(f"no stand-in for BigQuery: {reason}")
    yield server
    server.stop()


class TestBigQuery(Contract):
    ENFORCED = UNIQUE_KEYS = False
    GOLDEN = "shop_bigquery"
    TYPES: ClassVar[dict[str, str]] = {
        "integer": "int64", "bigint": "int64", "decimal": "numeric", "float": "float64",
        "text": "string", "boolean": "bool", "date": "date",
        "timestamp": "datetime", "json": "json",
    }  # fmt: skip
    PRICE = "numeric"  # the stand-in forgets its digits
    FURTHER = (
        "create table shop.parties (party_id int64, name string,"
        " address struct<city string, geo struct<lat float64, lon float64>>,"
        " phones array<struct<kind string, number string>>, tags array<string>,"
        " primary key (party_id) not enforced)",
        "insert into shop.parties values"
        " (1, 'Ann', struct('Oslo', struct(1.5, 2.5)),"
        " [struct('home', '11'), struct('work', '12')], ['a', 'b']),"
        " (2, 'Bob', struct('Rome', null), [struct('home', '21')], []),"
        " (3, 'Cid', null, [], [])",
        "create table shop.visits (visit_id int64, seen_on date, pages int64)"
        " partition by seen_on cluster by visit_id options(require_partition_filter = true)",
        "insert into shop.visits values (1, '2026-01-01', 3), (2, '2026-01-02', 4)",
        *(f"create table shop.events_2026010{day} (event_id int64, kind string)" for day in (1, 2)),
        "insert into shop.events_20260101 values (1, 'click')",
        "insert into shop.events_20260102 values (2, 'view'), (3, 'click')",
    )

    @classmethod
    def warehouse(cls, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
        server = request.getfixturevalue("bigquery_server")
        programs = stand_in.dbt_environment().made() / "bin"
        return bigquery.BigQuery(server, f"test-{uuid4().hex[:8]}", programs)

    @classmethod
    def quoted(cls, name: str) -> str:
        return f"`{name}`"

    @classmethod
    def value(cls, value: Value, kind: str) -> str:
        if value is None:
            return f"cast(null as {cls.TYPES[kind]})"
        if isinstance(value, str):
            text = "'" + value.replace("'", "\\'") + "'"
            return {"json": f"json {text}", "text": text}.get(kind) or (
                f"cast({text} as {cls.TYPES[kind]})"
            )
        if kind in ("decimal", "float"):
            return f"cast('{value}' as {cls.TYPES[kind]})"
        return super().value(value, kind)

    @classmethod
    def constraint(cls, text: str) -> str:
        return f"{text} not enforced"

    @classmethod
    def comments(cls, table: TableOf, place: str) -> list[str]:
        said = [
            f"alter table {place} set options (description = {cls.value(table.comment, 'text')})"
        ]
        return said + [
            f"alter table {place} alter column {cls.quoted(column)}"
            f" set options (description = {cls.value(text, 'text')})"
            for column, text in table.column_comments
        ]

    def test_a_field_of_a_record_is_a_column_and_shards_are_one_relation(self, facts: Scan) -> None:
        columns = facts.by_id["shop.parties"].by_name
        assert list(columns) == [
            "party_id", "name", "address.city", "address.geo.lat", "address.geo.lon", "phones",
            "tags",
        ]  # fmt: skip
        city = columns["address.city"].profile
        assert city is not None
        assert (city.nulls, city.distinct, city.max) == (1, 2, "Rome")
        assert columns["phones"].native_type == "ARRAY<STRUCT<kind STRING, number STRING>>"
        events = facts.by_id["shop.events_*"]
        assert [column.name for column in events.columns] == ["event_id", "kind"]
        assert events.rows == 3

    def test_partitions_and_clustering_are_told_and_a_demanded_filter_is_given(
        self, facts: Scan
    ) -> None:
        visits = facts.by_id["shop.visits"]
        assert visits.partition_filter == "seen_on"
        assert [(index.name, index.columns) for index in visits.indexes] == [
            ("clustering", ("visit_id",)), ("partition", ("seen_on",)),
        ]  # fmt: skip
        pages = visits.by_name["pages"].profile
        assert pages is not None
        assert pages.max == "4"

    def test_a_demanded_filter_is_in_every_question(
        self, shop: HostProject, engine: CommandLineEngine, facts: Scan
    ) -> None:
        with pytest.raises(stand_in.StandInFailed, match="without a filter over column"):
            shop.warehouse.query("select count(*) from shop.visits")
        key, parent = ("visit_id",), ("party_id",)
        answers = prober(engine, facts)(
            [
                Unique(relation="shop.visits", columns=key),
                Ordering(relation="shop.visits", lower="visit_id", upper="pages"),
                Inclusion(
                    relation="shop.visits", columns=key,
                    ref_relation="shop.parties", ref_columns=parent,
                ),
                Inclusion(
                    relation="shop.parties", columns=parent,
                    ref_relation="shop.visits", ref_columns=key,
                ),
            ]
        )  # fmt: skip
        assert [(answer.considered, answer.hits) for answer in answers] == [
            (2, 2), (2, 2), (2, 2), (3, 2),
        ]  # fmt: skip

    def test_the_bytes_are_told_before_a_row_is_read(self, shop: HostProject, facts: Scan) -> None:
        """By a dry run, which is to be had in process alone; the second looks into JSON."""
        chosen = settings({"schemas": "raw"}, environment={})
        with closing(Remote(shop)) as engine:
            told = profile.estimated(engine, facts.relations, chosen, billed=True)
        assert re.fullmatch(r"2 statements, about [1-9][0-9.]* (bytes|KB)", told)

    def test_rows_that_come_change_a_table_s_mark(
        self, shop: HostProject, engine: CommandLineEngine
    ) -> None:
        asked = {"no": 0, "database": engine.target.database, "schema": "shop", "kind": "table"}

        def mark(name: str) -> str | None:
            request = Request("marks", {"tables": [{**asked, "name": name}]})
            ((_, reply),) = engine.ask([request])
            ((_, told),) = reply.rows
            return told

        before = mark("events_*"), mark("marked")
        shop.warehouse.execute("create table shop.marked as select 1 as n")
        made = mark("marked")
        shop.warehouse.execute("insert into shop.marked values (2)")
        assert len({before[1], made, mark("marked")}) == 3
        assert mark("events_*") == before[0] is not None
        shop.warehouse.execute("drop table shop.marked")

    def look_at(self, generated: HostProject) -> None:
        parties = generated.read("models/staging/shop/stg_shop__parties.sql")
        assert "address.city as address_city" in parties
        phones = generated.read("models/staging/shop/stg_shop__parties_phones.sql")
        assert "cross join unnest(source.phones) as phone with offset as phone_offset" in phones
        rows = generated.warehouse.query(
            "select party_id, phone_number, kind from analytics.stg_shop__parties_phones"
            " order by 1, 2"
        )
        assert rows == [("1", "1", "home"), ("1", "2", "work"), ("2", "1", "home")]
        visits = generated.read("models/staging/shop/stg_shop__visits.sql")
        days = "interval {{ var('partition_days', 1095) }} day"
        assert f"where seen_on >= date_sub(current_date(), {days})" in visits
        sources = generated.read("models/staging/shop/_shop__sources.yml")
        assert "identifier: events_*" in sources
        (events,) = generated.warehouse.query("select count(*) from analytics.stg_shop__events")
        assert events == ("3",)
