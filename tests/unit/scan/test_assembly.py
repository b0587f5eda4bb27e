"""Raw rows become a Scan, whatever order they come in and whatever fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import JsonPath, Scan
from dbt_cartridge.engine.base import DbtCommand, Reply, Request, Row, Target
from dbt_cartridge.errors import ScanError
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from dbt_cartridge.scan.rows import COUNTED_PATTERNS, LATER

PATTERNS = ("0",) * 15


def relation(name: str, rows: str | None = "10", readable: str = "true") -> Row:
    return ("raw", name, "table", None, rows, None, readable)


def column(table: str, position: int, name: str, family: str = "text", open_: str = "true") -> Row:
    return (
        "raw", table, str(position), name, family.upper(), family, "true", None, "false", None,
        None, open_,
    )  # fmt: skip


class Warehouse:
    """An engine over rows in memory. A table named in `broken` fails whatever reads it."""

    project_dir = Path()
    target = Target("duckdb", "shop", "analytics", 1, "1.11.0")
    command = DbtCommand(("dbt",))

    def __init__(
        self, relations: Sequence[Row], columns: Sequence[Row], broken: Sequence[str] = ()
    ) -> None:
        self.rows: dict[str, Sequence[Row]] = {
            "schemas": [("raw", "true"), ("hidden", "false")],
            "relations": relations,
            "columns": columns,
        }
        self.broken = broken
        self.asked: list[list[str]] = []
        self.statements = 0

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for position in reversed(range(len(requests))):
            self.statements += 1
            yield position, self._reply(requests[position])

    def _reply(self, request: Request) -> Reply:
        if request.verb in ("profile", "measures", "json"):
            return self._profile(request.verb, request.body["tables"])
        return Reply(rows=tuple(self.rows.get(request.verb, ())))

    def _profile(self, verb: str, tables: Sequence[Any]) -> Reply:
        names = [table["name"] for table in tables]
        self.asked.append([verb, *names])
        for name in names:
            if name in self.broken:
                return Reply(error=f"{name} is gone")
        if verb == "json":
            return Reply(rows=(("0", "0", "a", "integer", "2"), ("0", "0", "a", "null", "1")))
        return Reply(
            rows=tuple(
                (str(table["no"]), str(no), "7", "1", "3", "false", "a", "z", "2.5")
                + (None,) * 8
                + (PATTERNS if verb == "profile" else (None,) * len(COUNTED_PATTERNS))
                + (('[["a", "4"], ["z", "2"]]', *(None,) * len(LATER)) if verb == "profile" else ())
                for table in tables
                for no, *_ in table["columns"]
            )
        )

    def host(self, project_dir: Path) -> Host:
        return Host(project_name="shop", adapter="duckdb", dbt_version="1.11.0")

    def built(self) -> frozenset[tuple[str, str]]:
        return frozenset({("raw", "made_by_dbt")})

    def released(self) -> Any:
        return nullcontext()


def scanned(warehouse: Warehouse, **options: Any) -> Scan:
    return scan(warehouse, settings({"schemas": "raw", **options}, environment={}), Silent())


def test_a_table_dropped_after_the_catalogue_was_read_is_left_out_and_the_rest_is_profiled() -> (
    None
):
    names = ("a", "b", "c")
    warehouse = Warehouse(
        [relation(name) for name in names], [column(name, 1, "x") for name in names], broken=["b"]
    )
    found = scanned(warehouse)
    assert [r.name for r in found.relations] == ["a", "c"]
    assert all(r.columns[0].profile and r.rows == 7 and r.rows_exact for r in found.relations)
    (problem,) = found.problems
    assert (problem.where, problem.what) == ("raw.b", "left out: reading it failed: b is gone")


def test_small_tables_share_a_statement_and_a_large_one_has_its_own() -> None:
    warehouse = Warehouse(
        [relation("a"), relation("b", rows="3000000"), relation("c")],
        [column(name, 1, "x") for name in ("a", "b", "c")],
    )
    scanned(warehouse)
    assert warehouse.asked == [
        ["profile", "a", "b", "c"],  # b by a sample
        ["profile", "b"],  # which has seven rows: another way to draw one
        ["measures", "b"],
    ]
    warehouse = Warehouse(
        [relation(f"t{i}") for i in range(100)],
        [column(f"t{i}", n, f"c{n}") for i in range(100) for n in range(1, 16)],
    )
    assert scanned(warehouse).statements == 6 + 2


def test_a_wide_table_is_read_in_parts() -> None:
    columns = [column("wide", n, f"c{n}", "integer") for n in range(1, 1601)]
    found = scanned(Warehouse([relation("wide")], columns))
    assert all(c.profile is not None and c.profile.rows == 7 for c in found.relations[0].columns)


def test_what_may_not_be_read_is_told_and_left_out() -> None:
    warehouse = Warehouse(
        [relation("closed", readable="false"), relation("half"), relation("hollow")],
        [column("closed", 1, "x"), column("half", 1, "x"), column("half", 2, "y", open_="false")],
    )
    found = scanned(warehouse)
    assert [[c.name for c in r.columns] for r in found.relations] == [["x"]]
    assert [(p.where, p.what) for p in found.problems] == [
        ("raw.closed", "left out: the role has no right to read it"),
        ("raw.half.y", "left out: the role has no right to read this column"),
        ("raw.hollow", "left out: it has no columns"),
    ]


def test_json_columns_get_their_paths_with_one_type_each() -> None:
    found = scanned(Warehouse([relation("a")], [column("a", 1, "x", "json")]))
    profile = found.relations[0].columns[0].profile
    assert profile is not None
    assert profile.json_paths == (JsonPath(path="a", type="integer", count=3),)


def test_a_sample_is_asked_for_only_where_the_table_is_larger() -> None:
    warehouse = Warehouse(
        [relation("a", rows="50"), relation("b", rows="5000")],
        [column("a", 1, "x"), column("b", 1, "x")],
    )
    found = scanned(warehouse, profile="sample", sample_rows=100)
    sampled = [r.columns[0].profile.sampled for r in found.relations if r.columns[0].profile]
    assert sampled == [False, True]


def test_what_dbt_builds_is_left_out() -> None:
    warehouse = Warehouse(
        [relation("Made_By_Dbt"), relation("a")],
        [column("Made_By_Dbt", 1, "x"), column("a", 1, "x")],
    )
    assert [r.name for r in scanned(warehouse).relations] == ["a"]


@pytest.mark.parametrize(
    ("schemas", "words"),
    [("rav", "Did you mean 'raw'"), ("hidden", "grant usage"), ("", "Say which schemas")],
)
def test_a_schema_out_of_reach_ends_the_scan_with_what_to_do(schemas: str, words: str) -> None:
    warehouse = Warehouse([relation("a")], [column("a", 1, "x")])
    with pytest.raises(ScanError, match=words):
        scanned(warehouse, schemas=schemas)
