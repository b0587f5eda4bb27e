"""The page: everything in it, nothing from elsewhere, and nothing that a name could do."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_cartridge.documents.changes import Change, Changes
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.scan import Column, Profile, Relation, Scan, ValueCount
from dbt_cartridge.documents.schema import ColumnMeaning, Schema
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.report.page import page, unpacked
from dbt_cartridge.report.page_data import PageData
from dbt_cartridge.report.run import run
from tests.unit.report.a_run import SCAN, SCHEMA, SECRET, outcome


def html(**changes: Any) -> str:
    result = outcome(**changes)
    return page(run(result), result)


def data_of(text: str) -> PageData:
    found = re.search(r'id="data">([A-Za-z0-9+/=]*)<', text)
    assert found is not None
    return unpacked(found[1])


def data(**changes: Any) -> PageData:
    return data_of(html(**changes))


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.bodies: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.bodies.append((self.tags[-1] if self.tags else "", data))


def test_the_page_knows_evidence_models_what_was_left_out_and_changes() -> None:
    told = data().model_dump_json()
    words_of_each = (
        "99.8 % are found", "staff(id)", "98 % look like an address",
        "3 rows of 1,200 without a row in raw.customers", "stg_raw__orders", "One row per order.",
        "A backup of raw.orders.", "The view fails.", "did not hold", "models/a.sql",
    )  # fmt: skip
    for words in words_of_each:
        assert words in told


def test_a_model_is_shown_with_its_sql_and_the_verdict_of_each_test() -> None:
    sql = File(path="models/s.sql", text="select 1", kind="sql", describes=("stg_raw__orders",))
    (model,) = data(files=Files(files=(sql,))).models
    assert (model.path, model.sql, model.status) == ("models/s.sql", "select 1", "pass")
    assert [(test.text, test.status) for test in model.tests] == [
        ("unique: order_id", "pass"),
        ("not null: order_id", ""),
        ("customer_id is in stg_raw__customers", ""),
    ]
    assert model.tests[2].severity == "warn"
    assert model.reads == ("raw.orders",)


def test_without_a_proof_no_test_is_said_to_have_passed() -> None:
    told = data(verdicts=Verdicts(level="none"))
    assert (told.level, told.tests_passed) == ("none", 0)
    assert {test.status for model in told.models for test in model.tests} == {""}


def test_the_page_asks_nothing_of_the_network_and_runs_its_own_script_only() -> None:
    text = html()
    elements = Elements(text)
    assert not {"img", "link", "iframe", "object", "base"} & set(elements.tags)
    assert not [value for name, value in elements.attributes if name in ("href", "src")]
    (policy,) = [v for n, v in elements.attributes if n == "content" and "default-src" in v]
    assert policy.startswith("default-src 'none'; ")
    for tag, words in (("script", "script-src"), ("style", "style-src")):
        # The data is a script element of a type that no browser runs.
        body = max((b for t, b in elements.bodies if t == tag), key=len)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{words} 'sha256-{digest}'" in policy


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30).map(lambda t: f"</script><script>{t}</b>\"'{{{{ x }}}}\u202e"))
def test_a_name_from_the_warehouse_is_only_data(name: str) -> None:
    table = SCHEMA.tables[0].model_copy(update={"id": f"raw.{name}"})
    change = Change(path="a.sql", action="update", diff=f"+{name}", why=name)
    text = html(
        schema=Schema(adapter="duckdb", tables=(table,)), changes=Changes(changes=(change,))
    )
    assert Elements(text).tags == Elements(html()).tags
    assert "\u202e" not in data_of(text).model_dump_json()


def test_same_run_same_bytes() -> None:
    assert html() == html()


def test_no_personal_value_and_no_value_of_an_open_set_is_in_the_page() -> None:
    assert SECRET not in data().model_dump_json()


def a_table(*columns: tuple[Column, ColumnMeaning]) -> PageData:
    scanned = Relation(schema_name="raw", name="t", rows=40, columns=tuple(c for c, _ in columns))
    meant = SCHEMA.tables[0].model_copy(
        update={"id": "raw.t", "columns": tuple(m for _, m in columns)}
    )
    return data(
        scan=SCAN.model_copy(update={"relations": (scanned,)}),
        schema=Schema(adapter="duckdb", tables=(meant,)),
    )


def a_column(name: str, native: str, family: Any, profile: Profile, **meaning: Any) -> Any:
    return (
        Column(name=name, position=1, native_type=native, type=family, profile=profile),
        ColumnMeaning(name=name, words=(name,), **meaning),
    )


def test_closed_sets_and_bounds_are_shown_unless_they_are_personal() -> None:
    words = (ValueCount(value="open", count=30), ValueCount(value="closed", count=10))
    closed = Profile(rows=40, nulls=0, distinct=2, top_values=words)
    spring = Profile(rows=40, nulls=4, min="2024-01-01", max="2024-06-30")
    told = a_table(
        a_column("state", "VARCHAR", "text", closed, role="status"),
        a_column("note", "VARCHAR", "text", closed),
        a_column("born", "DATE", "date", spring, pii="birth_date"),
        a_column("paid", "DATE", "date", spring),
    )
    state, note, born, paid = told.tables[0].columns
    assert [(v.value, v.rows) for v in state.values] == [("open", 30), ("closed", 10)]
    assert note.values == ()
    assert (born.low, born.values) == ("", ())
    assert (paid.low, paid.high, paid.nulls) == ("2024-01-01", "2024-06-30", 4)


def test_findings_have_a_number_a_query_and_where_they_are_dealt_with() -> None:
    told = a_table(
        a_column("fax", "VARCHAR", "text", Profile(rows=40, nulls=40, distinct=0)),
        a_column("land", "VARCHAR", "text", Profile(rows=40, nulls=0, distinct=1)),
        a_column("currency", "VARCHAR", "text", Profile(rows=40, nulls=0, distinct=3)),
        a_column("net", "DECIMAL(9,2)", "decimal", Profile(rows=40, nulls=0, distinct=40),
                 role="measure", unit_column="currency"),
    )  # fmt: skip
    found = {finding.kind: finding for finding in told.findings}
    assert set(found) == {"mixed_units", "empty", "constant"}
    assert (found["mixed_units"].number, found["mixed_units"].columns) == (3, ("net",))
    query = " ".join(found["mixed_units"].query.split())
    assert query == (
        'select "currency", count(*) as number_of_rows, sum("net") as "net" from "raw"."t" '
        "group by 1 order by 2 desc limit 100"
    )
    assert all(finding.handled for finding in told.findings)


def test_the_query_of_orphans_is_in_the_dialect_of_the_warehouse() -> None:
    scan = Scan(adapter="bigquery", relations=SCAN.relations)
    (orphans,) = [f for f in data(scan=scan).findings if f.kind == "orphans"]
    assert " ".join(orphans.query.split()) == (
        "select child.`customer_id`, count(*) as number_of_rows from `raw`.`orders` as child "
        "left join `raw`.`customers` as parent on child.`customer_id` = parent.`id` "
        "where parent.`id` is null and not child.`customer_id` is null "
        "group by 1 order by 2 desc limit 100"
    )


def test_an_empty_run_has_a_page() -> None:
    told = data(schema=Schema(adapter="duckdb"), changes=Changes())
    assert (told.tables, told.changes, told.findings) == ((), (), ())


def test_a_huge_diff_is_cut() -> None:
    changes = Changes(changes=(Change(path="a", action="update", diff="+x\n" * 100_000),))
    (change,) = data(changes=changes).changes
    assert len(change.diff) <= 20_000
