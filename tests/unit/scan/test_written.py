"""Views, past queries and a data dictionary: read once, and nothing of SQL kept but the joins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.config import settings
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.written import WrittenJoin
from dbt_cartridge.engine.base import Reply, Request
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.progress import Silent
from dbt_cartridge.scan import scan
from tests.support.rendered import Rendered

SHOP = (
    "create schema raw",
    "create schema reports",
    "create table raw.orders as select i as id, i % 5 as who from range(20) as t (i)",
    "create table raw.people as select i as nr, 'p' || i as name from range(5) as t (i)",
)
VIEW = "create view reports.sales as select o.id, p.name from raw.orders as o join raw.people as p on o.who = p.nr"  # noqa: E501


class Warehouse(Rendered):
    """`built` by dbt; `history`: the past queries, or None where it refuses."""

    def __init__(self, folder: Path, *made: str, built: Sequence[str] = ()) -> None:
        super().__init__(*made)
        self.project_dir = folder
        self._built = frozenset(("analytics", name) for name in built)
        self.history: Sequence[str] | None = ()
        self.hides_views = False

    def built(self) -> frozenset[tuple[str, str]]:
        return self._built

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for position, reply in super().ask(requests):
            verb = requests[position].verb
            if verb == "views" and self.hides_views:
                yield position, Reply(error="permission denied for views")
            elif verb == "queries" and self.history is None:
                yield position, Reply(error="permission denied for history")
            elif verb == "queries" and self.history:
                yield position, Reply(rows=tuple((text,) for text in self.history))
            else:
                yield position, reply


def scanned(warehouse: Warehouse, **options: Any) -> Scan:
    return scan(warehouse, settings({"schemas": "raw", **options}, environment={}), Silent())


def test_a_view_of_another_schema_joins_the_tables_that_are_scanned(tmp_path: Path) -> None:
    found = scanned(Warehouse(tmp_path, *SHOP, VIEW))
    assert found.joins == (
        WrittenJoin(
            table="raw.orders", columns=("who",), ref_table="raw.people", ref_columns=("nr",),
            by="view", where="reports.sales",
        ),
    )  # fmt: skip
    assert "join" not in found.model_dump_json().replace('"joins"', "")


def test_a_view_that_dbt_builds_is_no_witness_in_whichever_schema(tmp_path: Path) -> None:
    assert scanned(Warehouse(tmp_path, *SHOP, VIEW, built=["sales"])).joins == ()


def test_views_that_may_not_be_read_are_a_problem_and_not_the_end(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, *SHOP, VIEW)
    warehouse.hides_views = True
    found = scanned(warehouse)
    assert found.joins == ()
    (problem,) = found.problems
    assert problem.where == "views"
    assert "permission denied" in problem.what
    assert len(found.relations) == 2


JOIN = "select * from raw.orders o join raw.people p on p.nr = o.who where p.nr = $1"


def test_past_queries_are_asked_for_where_the_option_says_so(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, *SHOP)
    warehouse.history = [JOIN, "select 1", "begin", "<insufficient privilege>"]
    assert scanned(warehouse).joins == ()
    (join,) = scanned(warehouse, query_history=True).joins
    assert (join.by, join.table, join.ref_table) == ("query", "raw.orders", "raw.people")


@pytest.mark.parametrize(
    "text",
    [
        f'/* {{"app": "dbt", "dbt_version": "1.11.16"}} */ {JOIN}',
        f"select count(*) as failures from ({JOIN}) dbt_internal_test",
        f"create table mine as {JOIN}",
    ],
)
def test_what_dbt_ran_is_no_witness_of_what_was_guessed(tmp_path: Path, text: str) -> None:
    warehouse = Warehouse(tmp_path, *SHOP)
    warehouse.history = [text]
    assert scanned(warehouse, query_history=True).joins == ()


def test_a_history_that_is_not_there_or_not_to_be_read_is_said(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, *SHOP)
    (problem,) = scanned(warehouse, query_history=True).problems
    assert problem.what == "this warehouse keeps none that can be asked for"
    warehouse.history = None
    (problem,) = scanned(warehouse, query_history=True).problems
    assert "permission denied for history" in problem.what


CSV = """\
Schema;Table Name;Column;Definition;PK;References;Unit
raw;orders;id;;yes;;
RAW;ORDERS;WHO;Who bought it;;people.nr;
raw;people;;Everybody we know;nr;;
raw;gone;x;;;;
crm;else;x;of another schema;;;
"""
YAML = """\
tables:
  raw.orders:
    columns:
      id: {key: yes}
      who:
        description: Who bought it
        references: people (nr)
  people: {description: Everybody we know, key: [nr]}
  raw.gone: {columns: {x: nothing}}
"""


@pytest.mark.parametrize(("name", "text"), [("words.csv", CSV), ("docs/words.yml", YAML)])
def test_a_dictionary_tells_descriptions_keys_and_references(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    found = scanned(Warehouse(tmp_path, *SHOP), dictionary=name)
    said = {(e.table, e.column): (e.description, e.is_key) for e in found.dictionary}
    assert said[("raw.orders", "who")] == ("Who bought it", False)
    assert said[("raw.people", None)] == ("Everybody we know", False)
    assert {place for place, (_, key) in said.items() if key} == {
        ("raw.orders", "id"), ("raw.people", "nr")
    }  # fmt: skip
    (join,) = found.joins
    assert (join.table, join.columns) == ("raw.orders", ("who",))
    assert (join.ref_table, join.ref_columns, join.by) == ("raw.people", ("nr",), "dictionary")
    assert join.where.startswith(f"{name}, line ")
    (problem,) = found.problems
    assert problem.where == name
    assert "raw.gone" in problem.what
    assert "else" not in problem.what


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gone.csv", None, "cannot be read"),
        ("a.csv", "column,description\nid,x\n", "a.csv, line 1: no column says the table"),
        ("a.csv", "table,column,key\norders,id,yes\norders,who,maybe\n", "line 3: 'maybe' says no"),
        ("a.csv", "table,column\n,id\n", "line 2: no table is named"),
        ("a.csv", "table,column,references\norders,who,see the (wiki) page\n", "line 2: 'see the"),
        ("a.yml", "orders: {}\n", "line 1: `tables:` is missing"),
        ("a.yml", "tables: {orders: [1]}\n", "line 1: '[1]' stands where a mapping belongs"),
        (
            "a.yml",
            "tables:\n  orders:\n    columns:\n      id: {descripton: x}\n",
            "line 4: a dictionary says no 'descripton'. Did you mean 'description'?",
        ),
        ("a.yml", "tables: {\n", "a.yml is no valid YAML"),
    ],
)
def test_a_dictionary_that_cannot_be_taken_is_refused_with_its_line(
    tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as refused:
        scanned(Warehouse(tmp_path, *SHOP), dictionary=name)
    assert said in str(refused.value)
