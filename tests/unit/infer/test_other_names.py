"""References that neither a key word nor the parent's name gives away, and keys of text."""

from __future__ import annotations

from datetime import date, timedelta

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


def _people(kind: str = "name") -> dict[str, list[object]]:
    return {"id": list(range(1, 21)), kind: list(NAMES)}


@pytest.mark.parametrize(
    ("column", "table"),
    [("client_id", "customers"), ("vendor_id", "suppliers"), ("item_id", "products"),
     ("doctor_id", "physicians"), ("billing_client_id", "customers")],
)  # fmt: skip
def test_what_is_called_by_another_word_leads_to_the_table_of_that_thing(
    column: str, table: str
) -> None:
    world = World({table: _people(), "deals": {"deal_no": MANY, column: FEW}})
    assert edges(world.infer())[f"deals({column})"] == f"{table}(id)"


def test_a_client_is_no_customer_where_there_are_clients_too() -> None:
    tables = {"customers": _people(), "clients": _people(), "deals": {"id": MANY, "client_id": FEW}}
    assert edges(World(tables).infer())["deals(client_id)"] == "clients(id)"


def test_beside_the_orders_own_id_nothing_else_is_the_order_of_an_order_line() -> None:
    orders = {"id": MANY, "placed_on": [date(2024, 1, 1) + timedelta(n) for n in MANY]}
    lines = {
        "id": list(range(1, 301)),
        "order_id": [n % 100 + 1 for n in range(300)],
        "gadget_id": [n * 7 % 40 + 1 for n in range(300)],
    }
    found = edges(World({"orders": orders, "order_lines": lines}).infer())
    assert found == {"order_lines(order_id)": "orders(id)"}


def test_children_are_counted_and_lead_to_no_parent() -> None:
    rows = {"booking_id": MANY, "adults": FEW, "children": [n % 3 for n in MANY]}
    assert not edges(World({"bookings": rows}).infer())


def test_each_check_with_one_tender_so_far_is_the_checks_number_all_the_same() -> None:
    places = [(check, store) for store in (1, 2) for check in range(1, 31)]
    checks = {
        "check_no": [check for check, _ in places],
        "store_no": [store for _, store in places],
        "guests": [1 + check % 5 for check, _ in places],
    }
    tenders = {
        "check_no": checks["check_no"],
        "store_no": checks["store_no"],
        "kind": ["cash" if check % 2 else "card" for check, _ in places],
        "paid": [float(check * 3) for check, _ in places],
    }
    found = edges(World({"checks": checks, "tenders": tenders}).infer())
    assert found["tenders(check_no, store_no)"] == "checks(check_no, store_no)"


def test_an_id_leads_to_the_entity_of_a_history_though_the_name_begins_like_another_table() -> None:
    forms = [(form, at) for form in range(1000, 1004) for at in range(10)]
    world = World(
        {
            "ticket": {"id": MANY, "ticket_form_id": [1000 + n % 4 for n in MANY]},
            "ticket_form_history": {
                "id": [form for form, _ in forms],
                "updated_at": [date(2024, 1, 1) + timedelta(days=at) for _, at in forms],
                "name": [f"form {form}" for form, _ in forms],
            },
        }
    )
    assert edges(world.infer())["ticket(ticket_form_id)"] == "ticket_form_history(id)"


def test_a_glued_name_that_ends_in_a_table_and_id_leads_there() -> None:
    world = World(
        {
            "companies": {"id": [9000 + 3 * n for n in range(1, 21)], "name": NAMES},
            "contacts": {
                "id": [50 * n for n in MANY],
                "associatedcompanyid": [9000 + 3 * n for n in FEW],
            },
        }
    )
    assert edges(world.infer())["contacts(associatedcompanyid)"] == "companies(id)"
