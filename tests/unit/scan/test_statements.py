"""How many statements a scan of a thousand tables sends, and what it says of them beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.engine.base import Reply, Request, Row, Target
from dbt_cartridge.errors import ScanError
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from dbt_cartridge.scan.profile import within

TABLES = 1_000
COLUMNS = 10


class Warehouse:
    """An engine over a catalogue that is made up. `broken`: verbs that fail for several schemas."""

    target = Target("bigquery", "p", "analytics", 4, "1.11.16")

    def __init__(
        self,
        rows: str | None,
        billed: bool = False,
        broken: Sequence[str] = (),
        documents: bool = False,
    ) -> None:
        """`documents`: the last column of every table is JSON."""
        self.rows, self.billed, self.broken = rows, billed, broken
        self.documents = documents
        self.asked: list[str] = []
        self.requests: list[Request] = []
        self.estimated = 0

    @property
    def statements(self) -> int:
        return len(self.asked)

    def built(self) -> frozenset[tuple[str, str]]:
        return frozenset()

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for position, request in enumerate(requests):
            self.asked.append(request.verb)
            self.requests.append(request)
            yield position, self._reply(request)

    def estimate(self, requests: Sequence[Request]) -> int | None:
        self.estimated = len(requests)
        return 2_500_000 * len(requests)

    def _reply(self, request: Request) -> Reply:
        schemas = request.body.get("schemas", ())
        if request.verb in self.broken and len(schemas) > 1:
            return Reply(error="Dataset not found in location EU")
        rows: list[Row] = []
        if request.verb == "schemas":
            billed = ("true",) if self.billed else ()
            rows = [(schema, "true", "P", *billed) for schema in ("raw", "other")]
            rows += [("spectrum", "true", "P", "false", "true")]
        if request.verb == "external_relations":
            rows = [("spectrum", "clicks", "external", None, None, None, "true")]
        if request.verb == "external_columns":
            rows = [
                (
                    "spectrum",
                    "clicks",
                    "1",
                    "url",
                    "string",
                    "text",
                    "true",
                    None,
                    "false",
                    None,
                    None,
                    "true",
                )
            ]
        if request.verb == "relations":
            rows = [
                (schema, f"t{i}", "table", None, self.rows, "1000000", "true")
                for schema in schemas
                if schema != "spectrum"
                for i in range(TABLES)
            ]
        if request.verb == "columns":
            rows = [
                (schema, f"t{i}", str(c), f"c{c}", *self._type(c), "true", None, "false", None,
                 None, "true")
                for schema in schemas
                if schema != "spectrum"
                for i in range(TABLES)
                for c in range(COLUMNS)
            ]  # fmt: skip
        if request.verb == "profile":
            rows = [
                (str(table["no"]), str(no), "100000", "0", "100000", *(None,) * 42)
                for table in request.body["tables"]
                for no, *_ in table["columns"]
            ]
        return Reply(rows=tuple(rows))

    def _type(self, column: int) -> tuple[str, str]:
        is_json = self.documents and column == COLUMNS - 1
        return ("JSON", "json") if is_json else ("INT64", "integer")


class Told:
    def __init__(self, agrees: bool = False) -> None:
        self.results: list[str] = []
        self.questions: list[str] = []
        self._agrees = agrees

    def agrees(self, question: str) -> bool:
        self.questions.append(question)
        return self._agrees

    def start(self, label: str, total: int | None = None) -> None:
        if "(" in label:
            self.results.append(label)

    def advance(self, count: int = 1, what: str = "") -> None: ...
    def warn(self, text: str) -> None: ...
    def finish(self, result: str = "") -> None:
        self.results.append(result)


def scanned(warehouse: Warehouse, **options: object) -> list[str]:
    told = Told()
    scan(warehouse, settings({"schemas": "raw", **options}, environment={}), told)  # type: ignore[arg-type]
    return told.results


def test_a_thousand_tables_are_six_statements_and_small_ones_share_theirs() -> None:
    warehouse = Warehouse(rows="1000")
    told = scanned(warehouse)
    assert len([verb for verb in warehouse.asked if verb != "profile"]) == 6
    assert warehouse.asked.count("profile") == 14  # 75 tables of ten columns to a statement
    assert told[:2] == ["1000 relations in raw", "Profiling (14 statements, about 1.0 GB)"]


def test_of_large_tables_samples_share_statements_and_all_rows_are_one_statement_each() -> None:
    warehouse = Warehouse(rows="3000000")
    told = scanned(warehouse)
    assert warehouse.asked.count("profile") == TABLES / 5  # five samples of ten columns
    assert warehouse.asked.count("measures") == TABLES
    assert told[1].startswith("Profiling (1200 statements")


def test_unknown_sizes_are_counted_and_what_cannot_be_counted_is_sampled() -> None:
    warehouse = Warehouse(rows=None)
    scanned(warehouse)
    assert warehouse.asked.count("counts") == 10
    profiles = [t for r in warehouse.requests if r.verb == "profile" for t in r.body["tables"]]
    assert {table["sample"] for table in profiles} == {100_000}


def test_where_bytes_are_billed_the_warehouse_says_how_many() -> None:
    warehouse = Warehouse(rows="1000", billed=True)
    told = scanned(warehouse)
    assert warehouse.estimated == 14
    assert told[1] == "Profiling (14 statements, about 35.0 MB)"


@pytest.mark.parametrize(
    ("rows", "profile", "read"), [("1000", "full", "2.0 GB"), ("1000000", "sample", "200 MB")]
)
def test_json_columns_are_read_once_more_and_that_is_said_before(
    rows: str, profile: str, read: str
) -> None:
    warehouse = Warehouse(rows=rows, documents=True)
    told = scanned(warehouse, profile=profile)
    sent = len([verb for verb in warehouse.asked if verb in ("profile", "json")])
    assert warehouse.asked.count("json") > 0
    assert told[1] == f"Profiling ({sent} statements, about {read})"
    billed = Warehouse(rows=rows, billed=True, documents=True)
    scanned(billed, profile=profile)
    assert billed.estimated == sent


def test_beyond_max_bytes_the_largest_are_sampled_and_listed() -> None:
    warehouse = Warehouse(rows="3000000")  # 1,000 tables of a megabyte each
    told, chosen = Told(), settings({"schemas": "raw", "max_bytes": 997_000_000}, environment={})
    found = scan(warehouse, chosen, told)  # type: ignore[arg-type]
    assert [relation.name for relation in found.relations if relation.beyond] == ["t0", "t1", "t10"]
    assert warehouse.asked.count("measures") == TABLES - 3
    assert {relation.rows for relation in found.relations if relation.beyond} == {3_000_000}
    assert [problem.where for problem in found.problems] == ["raw.t0", "raw.t1", "raw.t10"]
    said = found.problems[0].what
    assert "of its 1.0 MB a sample was read" in said
    assert "1.0 GB, more than max_bytes (997 MB)" in said


def test_where_bytes_are_billed_a_terabyte_is_the_limit_unless_another_is_given() -> None:
    one = {"schema_name": "raw", "rows": 10, "bytes": 6 * 10**11}
    tables = [Relation(name="a", **one), Relation(name="b", **one)]
    for billed, options, expected in (
        (True, {}, [True, False]), (False, {}, [False, False]),
        (True, {"max_bytes": 2 * 10**12}, [False, False]),
    ):  # fmt: skip
        known, _ = within(tables, settings(options, environment={}), billed, Silent())
        assert [relation.beyond for relation in known] == expected


def test_whoever_sits_at_a_terminal_is_asked_once_whether_all_is_read() -> None:
    one = {"schema_name": "raw", "rows": 10, "bytes": 6 * 10**11}
    tables = [Relation(name=name, **one) for name in "abc"]
    for agrees in (True, False):
        told = Told(agrees)
        known, problems = within(tables, settings({}, environment={}), True, told)
        assert told.questions == [
            "All tables together are 1.8 TB, more than max_bytes (1.0 TB): of 2 tables only a "
            "sample is read. Read them all?"
        ]
        assert [each.beyond for each in known] == ([False] * 3 if agrees else [True, True, False])
        assert len(problems) == (0 if agrees else 2)
    asked = Told()
    within(tables[:1], settings({}, environment={}), True, asked)
    assert asked.questions == []


def test_without_a_profile_nothing_is_estimated_and_nothing_read() -> None:
    warehouse = Warehouse(rows="1000", billed=True)
    assert scanned(warehouse, profile="none")[0] == "1000 relations in raw"
    assert len(warehouse.asked) == 6


def test_external_schemas_are_asked_for_apart_and_only_where_they_are_wanted() -> None:
    warehouse = Warehouse(rows="1000")
    assert scanned(warehouse, schemas="raw,spectrum", profile="none")[0] == (
        "1001 relations in raw, spectrum"
    )
    apart = [r.body["schemas"] for r in warehouse.requests if r.verb.startswith("external")]
    assert apart == [["spectrum"], ["spectrum"]]
    other = Warehouse(rows="1000")
    scanned(other, profile="none")
    assert len(other.asked) == 6


def test_schemas_that_cannot_stand_in_one_statement_are_read_one_by_one() -> None:
    warehouse = Warehouse(rows="1000", broken=("relations",))
    told = scanned(warehouse, schemas="raw,other", profile="none")
    assert told[0] == "2000 relations in other, raw"
    assert len(warehouse.asked) == 16
    with pytest.raises(ScanError):
        scanned(Warehouse(rows="1"), schemas="nope")
