"""What people wrote is read from real warehouses and real dbt, and speaks for references."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Relationship, Schema
from tests.functional.engines import scanned
from tests.support.host import HostProject

# What the columns are called says nothing, and their small numbers lie in several tables.
CLUBS, PUBS, VISITS = "raw.clubs", "raw.pubs", "raw.visits"
RAW = (
    "create schema raw",
    "create schema reports",
    *(
        f"create table {table} (id integer, name varchar(20), zq integer, zw integer, zx integer)"
        for table in (CLUBS, PUBS, VISITS)
    ),
    *(
        f"insert into {table} select i, '{table[-4:]} ' || i, null, null, null"
        f" from generate_series(1, {rows}) as t (i)"
        for table, rows in ((CLUBS, 20), (PUBS, 30))
    ),
    f"insert into {VISITS} select i, 'on ' || i, i % 20 + 1, i % 19 + 1, i % 18 + 1"
    " from generate_series(1, 100) as t (i)",
)
VIEW = (
    f"create view reports.visited as with p as (select id as pub, name from {PUBS})"
    f" select v.id, p.name from {VISITS} as v left join p on v.zq = p.pub"
)
SOURCES = """\
version: 2
sources:
  - name: raw
    tables: [{name: visits}, {name: clubs}, {name: pubs}]
"""
STAGING = "select id as visit_id, name, zw as club, zq, zx from {{ source('raw', 'visits') }}"
MODEL = """\
select v.visit_id, c.name
from {{ ref('base_visits') }} as v
inner join {{ source('raw', 'clubs') }} as c on v.club = c.id
"""
DICTIONARY = """\
table,column,description,references
visits,zx,Where they went to after,clubs.id
visits,,One evening of one person,
"""


def found(host: HostProject, column: str) -> Relationship:
    schema = Schema.load(documents_folder(host.root))
    return next(r for r in schema.relationships if (r.table, r.columns) == (VISITS, (column,)))


def test_views_models_and_a_dictionary_tell_what_no_name_tells(host: HostProject) -> None:
    host.warehouse.execute(*RAW, VIEW)
    host.write("models/sources.yml", SOURCES)
    host.write("models/base_visits.sql", STAGING)
    host.write("models/nights.sql", MODEL)
    host.write("words.csv", DICTIONARY)
    ran = host.cartridge("generate", "--schemas", "raw", "--dictionary", "words.csv")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for column, parent, said in (
        ("zq", PUBS, "the view reports.visited joins them so"),
        ("zw", CLUBS, "your model nights joins them so"),
        ("zx", CLUBS, "the data dictionary says so: words.csv, line 2"),
    ):
        one = found(host, column)
        assert (one.ref_table, one.evidence_class) == (parent, "structural")
        assert said in [evidence.text for evidence in one.evidence]
    shown = host.cartridge("explain", f"{VISITS}.zq")
    assert "the view reports.visited joins them so" in shown.stdout
    kept = [(documents_folder(host.root) / d.file_name).read_text() for d in (Scan, Host)]
    assert not any("left join" in text for text in kept)
    described = [text for path, text in host.files().items() if path.endswith(".yml")]
    assert any(b"Where they went to after" in text for text in described)
    # Its own models join the same columns now: no witness of themselves.
    again = host.cartridge("generate", "--schemas", "raw", "--dictionary", "words.csv", "--full")
    assert again.returncode == 0, again.stdout + again.stderr
    assert {join.where for join in Host.load(documents_folder(host.root)).joins} == {"nights"}
    assert "nothing changed" in again.stdout.lower() or "unchanged" in again.stdout.lower()


def test_past_queries_of_postgres_are_read_where_its_extension_counts_them(
    postgres_host: HostProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_host.warehouse.execute(*RAW)
    without = scanned(postgres_host, monkeypatch, query_history=True)
    (problem,) = [p for p in without.problems if p.where == "query history"]
    assert "pg_stat_statements" in problem.what
    (loaded,) = postgres_host.warehouse.query("select current_setting('shared_preload_libraries')")
    if "pg_stat_statements" not in str(loaded[0]):
        pytest.skip("this PostgreSQL has no pg_stat_statements")
    postgres_host.warehouse.execute(
        "create extension pg_stat_statements",
        f"select v.id from {VISITS} v join {PUBS} p on p.id = v.zq where p.id = 7",
    )
    assert scanned(postgres_host, monkeypatch).joins == ()
    seen = scanned(postgres_host, monkeypatch, query_history=True)
    assert [(j.by, j.table, j.columns, j.ref_table, j.ref_columns) for j in seen.joins] == [
        ("query", PUBS, ("id",), VISITS, ("zq",))
    ]
