"""Why an id repeats: loaded again, or counted within something else. No row is lost on a guess."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.unit.infer.rows import World, key, table

DAY = datetime(2024, 6, 1)


def loads(*rows: tuple[Any, ...], names: str) -> dict[str, list[Any]]:
    return {name: [row[at] for row in rows] for at, name in enumerate(names.split())}


def test_shops_that_are_loaded_in_a_batch_each_are_no_versions() -> None:
    rows = [
        (i, (i * 7 + s * 13) % 40, (i * 31 + s * 17) % 997, f"shop_{s}", DAY + timedelta(hours=s))
        for i in range(1, 101)
        for s in range(3)
    ]
    names = "id customer_id total source_relation _fivetran_synced"
    schema = World({"orders": loads(*rows, names=names)}).infer()
    assert table(schema, "orders").versions is None
    assert set(key(schema, "orders")) == {"source_relation", "id"}
    assert any("counts within source_relation" in p.what for p in schema.problems)


def test_a_line_number_within_its_document_is_no_version() -> None:
    rows = [
        (k, i, (i * 7 + k * 3) % 9, (i * 13 + k * 29) % 991, DAY + timedelta(seconds=i))
        for i in range(1, 121)
        for k in range(4)
    ]
    names = "id transaction quantity netamount _fivetran_synced"
    schema = World({"transaction_line": loads(*rows, names=names)}).infer()
    assert table(schema, "transaction_line").versions is None
    assert set(key(schema, "transaction_line")) == {"transaction", "id"}


def test_readings_of_a_sensor_are_no_versions_of_the_sensor() -> None:
    rows = [
        (s, (i * 37 + s * 11) % 400 / 10, DAY + timedelta(minutes=i * 12 + s))
        for i in range(80)
        for s in range(1, 13)
    ]
    schema = World({"sensor": loads(*rows, names="sensor_id temperature loaded_at")}).infer()
    assert table(schema, "sensor").versions is None


def test_rows_that_agree_in_most_columns_are_later_loads_of_one_thing() -> None:
    rows = [
        (i, "new name" if (i, d) == (7, 2) else f"name {i}", f"city {i % 9}", DAY + timedelta(d))
        for i in range(1, 101)
        for d in range(3)
    ]
    names = "customer_id full_name city _loaded_at"
    schema = World({"customers": loads(*rows, names=names)}).infer()
    found = table(schema, "customers").versions
    assert found is not None
    assert (found.kind, found.entity_key) == ("loads", ("customer_id",))
    assert found.evidence_class == "structural"


def test_a_change_feed_says_itself_that_its_rows_are_changes() -> None:
    rows = [
        (i, f"status {v}", "I" if v == 0 else "U", DAY + timedelta(days=v, minutes=i))
        for i in range(1, 101)
        for v in range(1 + i % 3)
    ]
    schema = World({"tickets": loads(*rows, names="ticket_id note _op _loaded_at")}).infer()
    found = table(schema, "tickets").versions
    assert found is not None
    assert found.evidence_class == "structural"
