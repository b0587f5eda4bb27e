"""A scan that dbt left in the warehouse: which questions it answers, and which are asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.engine.base import Engine, Reply, Request, Row, Target, in_order
from dbt_cartridge.engine.stored import StoredEngine, stored
from dbt_cartridge.errors import ScanError

HEADER = {
    "schemas": ["raw"], "database": "shop", "profile": "sample", "sample_rows": 500, "replies": 2,
}  # fmt: skip
TABLE = {
    "schema": "raw", "name": "orders", "sample": None,
    "columns": [[0, "id", "integer", "bigint"], [1, "note", "text", "text"]],
}  # fmt: skip
RELATIONS = {"verb": "relations", "rows": [["raw", "orders", "table"]]}
PROFILE = {"verb": "profile", "table": TABLE, "rows": [["0", "1", "10"], ["0", "0", "10"]]}


class Warehouse:
    """Holds one scan, in chunks of seven characters, and says what else it was asked."""

    def __init__(self, *scans: tuple[str, Mapping[str, Any]]) -> None:
        self.headers = dict(scans)
        self.asked: list[Request] = []
        self.target = Target("duckdb", "shop", "analytics", 1, "1.11.0")

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for position, request in enumerate(requests):
            if request.verb != "scans":
                self.asked.append(request)
                yield position, Reply(rows=(("asked",),))
            elif request.body["scan"] is None:
                rows = tuple((i, "0", "1", json.dumps(h)) for i, h in self.headers.items())
                yield position, Reply(rows=rows)
            else:
                yield position, Reply(rows=tuple(self._parts(request.body["scan"])))

    def _parts(self, scan: str) -> Iterator[Row]:
        yield scan, "0", "1", json.dumps(self.headers[scan])
        for part, reply in enumerate((RELATIONS, PROFILE), start=1):
            text = json.dumps(reply)
            for chunk, start in reversed(list(enumerate(range(0, len(text), 7), start=1))):
                yield scan, str(part), str(chunk), text[start : start + 7]


def opened(warehouse: Warehouse, **options: Any) -> tuple[StoredEngine, Any]:
    return stored(cast("Engine", warehouse), settings(options, environment={}))


def answer(engine: StoredEngine, verb: str, **body: Any) -> Reply:
    return in_order(engine.ask([Request(verb, body)]), 1)[0]


def test_the_settings_are_those_of_the_scan() -> None:
    _, chosen = opened(Warehouse(("1", HEADER)))
    assert (chosen.schemas, chosen.database) == (("raw",), "shop")
    assert (chosen.profile, chosen.sample_rows) == ("sample", 500)


def test_kept_replies_are_given_under_the_numbers_of_who_asks() -> None:
    warehouse = Warehouse(("1", HEADER))
    engine, _ = opened(warehouse)
    assert answer(engine, "relations", schemas=["raw"]).rows == (("raw", "orders", "table"),)
    table = {**TABLE, "no": 7, "columns": [[3, "note", "text", "text"], [4, "id", "integer", "x"]]}
    assert answer(engine, "profile", tables=[table]).rows == (("7", "3", "10"), ("7", "4", "10"))
    assert warehouse.asked == []


@pytest.mark.parametrize(
    "other",
    [
        {"name": "lines"},
        {"sample": 100},
        {"columns": [*TABLE["columns"], [2, "new", "text", "text"]]},
    ],
    ids=["a table too many", "another sample", "a column too many"],
)
def test_what_was_not_kept_is_asked_and_the_rest_is_not(other: dict[str, Any]) -> None:
    warehouse = Warehouse(("1", HEADER))
    engine, _ = opened(warehouse)
    missing = {**TABLE, **other, "no": 1}
    reply = answer(engine, "profile", tables=[{**TABLE, "no": 0}, missing])
    assert reply.rows == (("0", "1", "10"), ("0", "0", "10"), ("asked",))
    assert [request.body["tables"] for request in warehouse.asked] == [[missing]]


def test_questions_of_inference_go_to_the_warehouse() -> None:
    warehouse = Warehouse(("1", HEADER))
    engine, _ = opened(warehouse)
    assert answer(engine, "questions", questions=[]).rows == (("asked",),)


def test_the_newest_scan_of_the_schemas_is_taken() -> None:
    other = {**HEADER, "schemas": ["crm"]}
    warehouse = Warehouse(("1", HEADER), ("2", HEADER), ("3", other))
    _, chosen = opened(warehouse, schemas="raw")
    assert chosen.schemas == ("raw",)
    _, newest = opened(warehouse)
    assert newest.schemas == ("crm",)
    with pytest.raises(ScanError, match=r"no scan of shop\..*crm; raw"):
        opened(warehouse, schemas="shop")


def test_a_scan_that_is_not_whole_is_refused() -> None:
    with pytest.raises(ScanError, match="not whole"):
        opened(Warehouse(("1", {**HEADER, "replies": 3})))
