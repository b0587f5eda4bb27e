"""The names of what belongs to something, in a list: by value, and where there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from dbt_cartridge.documents.design import Design
from tests.unit.design.built import Built
from tests.unit.design.made import column, columns, designed, table

FILL = [column(name) for name in "abcde"]  # wide enough to stand alone as a dimension


def projects_and_components(distinct: int, pii: str | None = None) -> Design:
    meaning: dict[str, Any] = {"meaning": {"pii": pii}} if pii else {}
    projects = table("projects", column("id", role="key", distinct=3),
                     column("name", "text", "name"), *FILL)  # fmt: skip
    components = table(
        "components", column("id", role="key"),
        column("project_id", role="foreign_key", distinct=distinct),
        column("name", "text", "name", **meaning),
        column("created_at", "timestamp", "created_time"), *FILL,
        links={"project_id": "projects.id"},
    )  # fmt: skip
    tickets = table(
        "tickets", column("id", role="key"), column("component_id", role="foreign_key"),
        column("opened_at", "timestamp", "event_time"), role="fact", shape="transaction",
        links={"component_id": "components.id"},
    )  # fmt: skip
    return designed(projects, components, tickets)


@cache
def tracker() -> Built:
    nought, start = "a int, b int, c int, d int, e int", datetime(2024, 1, 1)
    named = [
        (1, "web"),
        (1, "api"),
        (1, "api"),
        (1, None),
        (2, None),
        *((3, f"{n:03}") for n in range(60)),
    ]
    return Built(
        projects_and_components(distinct=40),
        {
            "projects": (f"id int, name text, {nought}",
                         [(n, f"p{n}", *[0] * 5) for n in range(1, 5)]),
            "components": (
                f"id int, project_id int, name text, created_at timestamp, {nought}",
                [(n, project, name, start + timedelta(days=n), *[0] * 5)
                 for n, (project, name) in enumerate(named)],
            ),
            "tickets": ("id int, component_id int, opened_at timestamp", []),
        },
    )  # fmt: skip


def test_the_names_of_what_belongs_to_a_thing_are_listed_each_once_and_bounded() -> None:
    found = tracker().rows(
        "select component_names, component_count from dim_projects order by project_id"
    )
    assert found[:2] == [("api, web", 4), (None, 1)]
    assert found[3] == (None, 0)
    assert found[2][0].split(", ") == [f"{n:03}" for n in range(50)]


def test_of_many_and_of_what_is_personal_no_names_are_listed() -> None:
    assert "component_names" in columns(projects_and_components(40).by_name["dim_projects"])
    for found in (projects_and_components(3), projects_and_components(40, "person_name")):
        assert "component_names" not in columns(found.by_name["dim_projects"])


@cache
def reviews() -> Built:
    """Changes that people review; a person's name is kept in parts."""
    people = table(
        "people", column("id", role="key"),
        column("first_name", "text", "name", meaning={"pii": "person_name"}),
        column("last_name", "text", "name", meaning={"pii": "person_name"}),
        entity="person", plural="people",
    )  # fmt: skip
    changes = table(
        "changes", column("id", role="key"), column("author_id", role="foreign_key"),
        column("opened_at", "timestamp", "event_time"), role="fact", shape="transaction",
        links={"author_id": "people.id"},
    )  # fmt: skip
    given = table(
        "reviews", column("id", role="key"),
        column("change_id", role="foreign_key", distinct=40),
        column("reviewer_id", role="foreign_key", distinct=9),
        column("author_id", role="foreign_key", distinct=9),
        column("given_at", "timestamp", "event_time"), role="fact", shape="transaction",
        links={"change_id": "changes.id", "reviewer_id": "people.id", "author_id": "people.id"},
    )  # fmt: skip
    start = datetime(2024, 1, 1)
    return Built(
        designed(people, changes, given),
        {
            "people": ("id int, first_name text, last_name text",
                       [(1, "Ann", "Lee"), (2, "Bo", None), (3, "Cy", "Oz")]),
            "changes": ("id int, author_id int, opened_at timestamp",
                        [(n, 3, start) for n in (1, 2, 3)]),
            "reviews": ("id int, change_id int, reviewer_id int, author_id int, given_at timestamp",
                        [(1, 1, 2, 3, start), (2, 1, 1, 3, start), (3, 1, 2, 3, start),
                         (4, 2, None, 3, start), (5, 2, 9, 3, start)]),
        },
    )  # fmt: skip


def test_who_had_a_part_in_what_belongs_to_a_row_is_listed_by_name() -> None:
    """Each once; whom nobody knows has no name. No row comes of the join."""
    query = "select reviewer_names, review_count, distinct_reviewer_count from fct_changes"
    assert reviews().rows(f"{query} order by change_id") == [
        ("Ann Lee, Bo", 3, 2), (None, 2, 1), (None, 0, 0),
    ]  # fmt: skip


def test_who_is_named_by_the_row_itself_is_not_listed_again() -> None:
    assert "author_names" not in columns(reviews().design.by_name["fct_changes"])
    (made,) = [
        c for c in reviews().design.by_name["fct_changes"].columns if c.name == "reviewer_names"
    ]
    assert made.pii == "person_name"
