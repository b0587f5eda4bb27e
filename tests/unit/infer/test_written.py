"""What people wrote is a witness of a reference, and the rows are asked all the same."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.scan import DeclaredForeignKey, Index
from tests.unit.infer.rows import World, edge, edges

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
