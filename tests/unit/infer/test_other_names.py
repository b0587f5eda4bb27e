"""References that neither a key word nor the parent's name gives away, and keys of text."""

from __future__ import annotations

import pytest

from tests.unit.infer.rows import World, edges, key

MANY = list(range(1, 101))
FEW = [n % 20 + 1 for n in MANY]
NAMES = [f"name {n}" for n in range(1, 21)]


def test_a_name_that_ends_with_a_key_of_another_table_leads_to_it() -> None:
    world = World(
        {
            "airports": {"apid": list(range(1, 21)), "city": NAMES},
            "routes": {"rid": MANY, "dst_apid": FEW, "src_apid": FEW[::-1]},
        }
    )
    found = edges(world.infer())
    assert found["routes(dst_apid)"] == found["routes(src_apid)"] == "airports(apid)"


def test_what_the_name_of_an_association_holds_is_what_its_numbered_columns_mean() -> None:
    world = World(
        {
            "artist": {"id": [7 * n for n in range(1, 21)], "name": NAMES},
            "label": {"id": [11 * n for n in range(1, 21)], "name": NAMES},
            "l_artist_label": {
                "id": MANY,
                "entity0": [7 * n for n in FEW],
                "entity1": [11 * n for n in FEW[::-1]],
            },
        }
    )
    found = edges(world.infer())
    assert found["l_artist_label(entity0)"] == "artist(id)"
    assert found["l_artist_label(entity1)"] == "label(id)"


def test_a_whole_number_called_like_a_table_leads_there_though_it_could_be_a_measure() -> None:
    world = World(
        {
            "area": {"id": [3 * n for n in range(1, 21)], "name": NAMES},
            "place": {"id": MANY, "area": [3 * n for n in FEW], "name": [f"p {n}" for n in MANY]},
        }
    )
    assert edges(world.infer())["place(area)"] == "area(id)"


@pytest.mark.parametrize("column", ["created_by", "creator"])
def test_who_wrote_a_row_is_a_user_or_nobody_that_is_known(column: str) -> None:
    """The one user is not among persons by the number 1, and no person is who was logged in."""
    tables = {
        "person": {"person_id": list(range(1, 21)), "name": NAMES},
        "users": {"user_id": [501, 502], "person_id": [3, 4], "username": ["a", "b"]},
    }
    entries = {
        name: {f"{name}_id": MANY, column: [n % 2 + 1 for n in MANY]}
        for name in ("visit", "orders", "note", "form")
    }
    found = edges(World({**tables, **entries}).infer())
    assert not [edge for edge in found if f"({column})" in edge]


def test_columns_that_say_who_did_something_in_several_tables_are_each_others_witness() -> None:
    people = {"personnel": {"personnel_id": list(range(1, 21)), "name": NAMES}}
    tables = {
        name: {f"{name}_id": [100 + n for n in MANY], "created_by": [n % 2 + 1 for n in MANY]}
        for name in ("fee", "loan", "office")
    }
    found = edges(World({**people, **tables}).infer())
    assert {found.get(f"{name}(created_by)") for name in tables} == {"personnel(personnel_id)"}


def test_a_text_to_which_many_tables_point_is_the_key_before_a_number_in_front() -> None:
    films = [f"The film of {n}" for n in range(1, 31)]
    world = World(
        {
            "films": {"number": list(range(1, 31)), "film": films},
            **{
                name: {"film": [films[n % 29] for n in range(60)], "value": list(range(60))}
                for name in ("awards", "ratings", "genres", "people", "themes")
            },
        }
    )
    assert key(world.infer(), "films") == ("film",)


def test_a_member_of_a_project_is_not_who_wrote_its_issues() -> None:
    users = [7 * n for n in range(1, 21)]
    world = World(
        {
            "users": {"id": users, "login": NAMES},
            "members": {"id": [7 * n for n in range(1, 41)], "user_id": users * 2,
                        "project_id": [n // 20 for n in range(40)]},
            "issues": {"id": MANY, "author_id": [7 * n for n in FEW]},
        }
    )  # fmt: skip
    assert edges(world.infer())["issues(author_id)"] == "users(id)"


def test_a_word_that_is_a_tables_name_is_short_for_no_other() -> None:
    world = World(
        {
            "wp_users": {"ID": list(range(1, 21)), "user_login": NAMES},
            "wp_posts": {
                "ID": MANY,
                "post_author": [0 if n % 3 == 0 else n % 20 + 1 for n in MANY],
                "post_title": [f"post {n}" for n in MANY],
            },
            "wp_postmeta": {"meta_id": list(range(1, 201)), "post_id": [*MANY, *MANY]},
        }
    )
    assert edges(world.infer()).get("wp_posts(post_author)") == "wp_users(ID)"
