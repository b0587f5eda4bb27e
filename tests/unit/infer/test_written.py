"""What people wrote is a witness of a reference, and the rows are asked all the same."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import DeclaredForeignKey, Index, Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.written import DictionaryEntry, Writer, WrittenJoin
from dbt_cartridge.infer import infer
from dbt_cartridge.infer.told import told
from tests.unit.infer.rows import World, edge, edges, key, table

MANY = list(range(1, 101))
FEW = [n % 20 + 1 for n in MANY]


def world(values: list[int] | None = None) -> World:
    """`zq` says nothing, and its small numbers lie in both tables."""
    return World(
        {
            "clubs": {"id": list(range(1, 21)), "name": [f"club {n}" for n in range(20)]},
            "pubs": {"id": list(range(1, 31)), "name": [f"pub {n}" for n in range(30)]},
            "visits": {"id": MANY, "zq": values or FEW},
            "bills": {"id": MANY, "zq": FEW},
        }
    )


def test_a_name_that_says_nothing_leads_nowhere() -> None:
    assert "visits(zq)" not in edges(world().infer())


@pytest.mark.parametrize(
    "comment",
    [
        "References pubs.id",
        "FK to pubs",
        "where it was; refers to the table `pubs` (id)",
        'foreign key to "raw"."pubs"("id")',
    ],
)
def test_a_comment_says_the_parent(comment: str) -> None:
    told = world()
    told.comments["visits.zq"] = comment
    found = edge(told.infer(), "visits(zq)")
    assert found.ref_table == "raw.pubs"
    assert found.evidence_class == "structural"
    assert "its comment names the table" in [e.text for e in found.evidence]


def test_a_comment_that_the_rows_refute_is_none() -> None:
    told = world([n + 1000 for n in MANY])
    told.comments["visits.zq"] = "References pubs.id"
    assert "visits(zq)" not in edges(told.infer())


def test_a_comment_that_talks_of_a_table_in_passing_says_nothing() -> None:
    told = world()
    told.comments["visits.zq"] = "how many pubs were visited"
    assert "visits(zq)" not in edges(told.infer())


def test_the_index_of_a_foreign_key_is_named_for_its_parent() -> None:
    told = world()
    told.indexes["visits"] = (Index(name="fk_visits_clubs_idx", columns=("zq",)),)
    found = edge(told.infer(), "visits(zq)")
    assert found.ref_table == "raw.clubs"
    assert "an index of it is named for the table" in [e.text for e in found.evidence]


def test_a_key_that_is_declared_elsewhere_tells_of_its_namesakes() -> None:
    told = world()
    told.foreign_keys["bills"] = (
        DeclaredForeignKey(
            columns=("zq",), ref_schema="raw", ref_table="clubs", ref_columns=("id",)
        ),
    )
    found = edge(told.infer(), "visits(zq)")
    assert found.ref_table == "raw.clubs"
    assert not found.declared
    assert "a column of this name leads there by a declared key" in [e.text for e in found.evidence]


def join(by: Writer, where: str, columns: str = "zq", parent: str = "pubs") -> WrittenJoin:
    return WrittenJoin(
        table=f"raw.{parent}", columns=("id",), ref_table="raw.visits", ref_columns=(columns,),
        by=by, where=where,
    )  # fmt: skip


def told_by(*joins: WrittenJoin, values: list[int] | None = None) -> Schema:
    about = world(values)
    return infer(told(about.scan, joins), about.probe, Settings())


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("view", "the view reports.out joins them so"),
        ("model", "your model reports.out joins them so"),
        ("query", "past queries join them so"),
    ],
)
def test_a_join_that_people_wrote_says_the_parent(by: Writer, said: str) -> None:
    found = edge(told_by(join(by, "reports.out")), "visits(zq)")
    assert (found.ref_table, found.evidence_class) == ("raw.pubs", "structural")
    assert said in [e.text for e in found.evidence]


def test_writers_are_told_apart_and_counted() -> None:
    found = told_by(*(join("view", f"v{n}") for n in range(3)), join("model", "sales"))
    said = [e.text for e in edge(found, "visits(zq)").evidence]
    assert "the view v0 joins them so, and so do 2 more" in said
    assert "your model sales joins them so" in said


def test_a_join_that_the_rows_refute_is_none() -> None:
    wrong = [n + 1000 for n in MANY]
    assert "visits(zq)" not in edges(told_by(join("view", "v"), values=wrong))


def test_a_join_of_columns_that_are_no_key_leads_nowhere() -> None:
    sides = WrittenJoin(
        table="raw.bills", columns=("zq",), ref_table="raw.visits", ref_columns=("zq",),
        by="view", where="v",
    )  # fmt: skip
    assert {"visits(zq)", "bills(zq)"}.isdisjoint(edges(told_by(sides)))


def test_a_join_of_several_columns_says_the_parent_of_them_all() -> None:
    pairs = [(a, b) for a in range(1, 11) for b in range(1, 11)]
    about = World(
        {
            "plots": {"ax": [a for a, _ in pairs], "bx": [b for _, b in pairs]},
            "visits": {"id": MANY, "p": [1 + n % 10 for n in MANY], "q": [1 + n % 7 for n in MANY]},
        }
    )
    wide = WrittenJoin(
        table="raw.plots", columns=("ax", "bx"), ref_table="raw.visits", ref_columns=("p", "q"),
        by="view", where="v",
    )  # fmt: skip
    found = infer(told(about.scan, [wide]), about.probe, Settings())
    assert edges(found)["visits(p, q)"] == "plots(ax, bx)"


def test_a_project_may_write_names_in_another_case() -> None:
    loud = join("model", "sales").model_copy(
        update={"table": "RAW.Pubs", "columns": ("ID",), "ref_columns": ("Zq",)}
    )
    assert edge(told_by(loud), "visits(zq)").ref_table == "raw.pubs"
    other = loud.model_copy(update={"columns": ("gone",)})
    assert "visits(zq)" not in edges(told_by(other))


def entry(column: str | None = None, **said: Any) -> DictionaryEntry:
    return DictionaryEntry(table="raw.visits", column=column, where="words.csv, line 2", **said)


def with_dictionary(about: World, *entries: DictionaryEntry) -> Scan:
    return told(about.scan.model_copy(update={"dictionary": entries}))


def test_the_dictionary_describes_where_comments_stand_and_wins_over_them() -> None:
    about = world()
    about.comments["visits.zq"] = "old words"
    about.comments["visits.id"] = "its number"
    found = with_dictionary(
        about, entry(description="Who was where"), entry("zq", description="Where it was")
    ).by_id["raw.visits"]
    assert found.comment == "Who was where"
    assert found.by_name["zq"].comment == "Where it was"
    assert found.by_name["id"].comment == "its number"


def test_the_dictionary_tells_a_key_that_no_name_tells() -> None:
    about = World(
        {"visits": {"first": MANY, "zq": [n * 7 for n in MANY], "note": [f"n{n}" for n in MANY]}}
    )
    assert key(about.infer(), "visits") == ("first",)
    scan = with_dictionary(about, entry("zq", is_key=True))
    found = table(infer(scan, about.probe, Settings()), "visits").primary_key
    assert found is not None
    assert found.columns == ("zq",)
    assert not found.declared
    assert "a data dictionary calls it the key" in [e.text for e in found.evidence]


def test_a_key_of_the_dictionary_that_the_rows_refute_is_none() -> None:
    about = world()
    scan = with_dictionary(about, entry("zq", is_key=True))
    assert key(infer(scan, about.probe, Settings()), "visits") == ("id",)


def test_the_dictionary_tells_the_unit_of_a_measure() -> None:
    about = World({"visits": {"id": MANY, "weight": [n + 0.5 for n in MANY]}})
    scan = with_dictionary(about, entry("weight", unit="kg"))
    found = table(infer(scan, about.probe, Settings()), "visits")
    assert {c.name: c.unit for c in found.columns}["weight"] == "kg"
