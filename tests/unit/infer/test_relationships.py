"""Foreign keys: one promise of the inference a test."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dbt_cartridge.documents.scan import DeclaredForeignKey
from tests.unit.infer.rows import World, edge, edges

MANY = list(range(1, 101))
FEW = [n % 20 + 1 for n in MANY]
NAMES = [f"name {n}" for n in range(1, 21)]


def test_a_column_named_after_a_table_leads_to_it_and_is_proved() -> None:
    world = World(
        {
            "customers": {"id": list(range(1, 21)), "name": NAMES},
            "orders": {"id": MANY, "customer_id": FEW},
        }
    )
    found = edge(world.infer(), "orders(customer_id)")
    assert (found.ref_table, found.ref_columns) == ("raw.customers", ("id",))
    assert found.proved
    assert found.orphans == 0
    assert found.rows == 100
    assert found.confidence > 0.9
    assert not found.one_to_one
    assert not found.optional
    assert found.role is None


@pytest.mark.parametrize("name", ["customer", "cust_no", "CUSTOMER_KEY", "custkey"])
def test_other_spellings_of_the_table_lead_there_too(name: str) -> None:
    world = World(
        {
            "customers": {"id": list(range(1, 21)), "name": NAMES},
            "orders": {"id": MANY, name: FEW},
        }
    )
    assert edges(world.infer())[f"orders({name})"] == "customers(id)"


def test_a_role_leads_to_people_when_the_values_do() -> None:
    world = World(
        {
            "users": {"id": list(range(501, 521)), "email": [f"u{n}@x.org" for n in range(20)]},
            "orders": {"id": MANY, "placed_by": [500 + n for n in FEW]},
        }
    )
    assert edges(world.infer())["orders(placed_by)"] == "users(id)"


def test_two_links_to_one_table_are_told_apart_by_role() -> None:
    world = World(
        {
            "addresses": {"address_id": list(range(1, 21)), "city": NAMES},
            "orders": {
                "order_id": MANY,
                "billing_address_id": FEW,
                "shipping_address_id": FEW[::-1],
            },
        }
    )
    schema = world.infer()
    roles = {r.columns[0]: r.role for r in schema.relationships}
    assert roles == {"billing_address_id": "billing", "shipping_address_id": "shipping"}


def test_a_self_reference_is_told_as_one() -> None:
    bosses = [None, *(n // 3 + 1 for n in range(1, 100))]
    world = World({"employees": {"employee_id": MANY, "name": MANY, "reports_to": bosses}})
    found = edge(world.infer(), "employees(reports_to)")
    assert found.ref_table == "raw.employees"
    assert found.kind == "self"
    assert found.optional


def test_codes_are_found_by_their_values_where_no_name_helps() -> None:
    codes = [f"{a}{b}X" for a in "ABCDEFGHIJ" for b in "KLMNOPQRST"]
    world = World(
        {
            "airports": {"faa": codes, "title": [f"the field of {c}" for c in codes]},
            "flights": {"id": MANY, "dest": [codes[n % 60] for n in MANY]},
        }
    )
    assert edges(world.infer())["flights(dest)"] == "airports(faa)"


def test_small_integers_that_are_among_some_keys_make_no_edge() -> None:
    world = World(
        {
            "products": {"id": MANY, "name": [f"thing {n}" for n in MANY]},
            "stores": {"id": list(range(1, 31)), "name": [f"shop {n}" for n in range(30)]},
            "reviews": {"id": MANY, "rating": [n % 5 + 1 for n in MANY], "floor": FEW},
        }
    )
    assert edges(world.infer()) == {}


def test_dirty_data_keeps_the_edge_and_counts_the_orphans() -> None:
    customers = list(range(1001, 1101))
    children = [*(customers[n % 100] for n in range(297)), 9001, 9001, 9002]
    world = World(
        {
            "customers": {"id": customers, "name": [f"c {n}" for n in customers]},
            "orders": {"id": list(range(1, 301)), "customer_id": children},
        }
    )
    found = edge(world.infer(), "orders(customer_id)")
    assert not found.proved
    assert found.orphans == 3
    assert found.rows == 300


def test_a_reference_of_which_no_row_finds_its_parent_is_none() -> None:
    world = World(
        {"customer": {"id": [1, 2], "name": ["a", "b"]}, "orders": {"id": [5, 6],
                                                                   "customer_id": [71, 72]}}
    )  # fmt: skip
    schema = world.infer()
    assert edges(schema) == {}
    assert schema.suggestions == ()


def test_empty_tables_are_joined_by_nothing_and_the_name_is_a_suggestion() -> None:
    world = World({"customers": {"id": [], "name": []}, "orders": {"id": [], "customer_id": []}})
    schema = world.infer()
    assert edges(schema) == {}
    (found,) = schema.suggestions
    assert (found.table, found.ref_table) == ("raw.orders", "raw.customers")
    assert found.evidence_class == "assumed"
    assert found.orphans is None


def test_names_alone_suggest_and_join_nothing() -> None:
    world = World(
        {
            "customers": {"id": [1], "name": ["x"]},
            "orders": {"id": [1], "customer_id": [1], "billing_customer_id": [1]},
        },
        profiled=False,
    )
    schema = world.infer(probed=False)
    assert edges(schema) == {}
    assert {r.columns for r in schema.suggestions} == {("customer_id",), ("billing_customer_id",)}
    assert {r.evidence_class for r in schema.suggestions} == {"assumed"}


def test_a_composite_key_is_referred_to_by_all_its_columns() -> None:
    parts, suppliers = [n // 5 + 1 for n in range(100)], [n % 5 + 1 for n in range(100)]
    world = World(
        {
            "part": {"p_partkey": list(range(1, 21)), "p_name": NAMES},
            "supplier": {"s_suppkey": list(range(1, 6)), "s_name": NAMES[:5]},
            "partsupp": {
                "ps_partkey": parts, "ps_suppkey": suppliers, "ps_availqty": [9] * 100,
                "ps_supplycost": [1.5] * 100,
            },
            "lineitem": {
                "l_orderkey": [n // 2 + 1 for n in range(200)],
                "l_linenumber": [n % 2 + 1 for n in range(200)],
                "l_partkey": parts * 2, "l_suppkey": suppliers * 2,
                "l_quantity": [3] * 200,
            },
        }
    )  # fmt: skip
    found = edge(world.infer(), "lineitem(l_partkey, l_suppkey)")
    assert found.ref_table == "raw.partsupp"
    assert found.proved


def test_an_extension_is_one_to_one_and_leads_to_what_it_extends() -> None:
    world = World(
        {
            "users": {"user_id": MANY, "name": [f"u {n}" for n in MANY]},
            "user_profiles": {"user_id": MANY[:60], "bio": ["long text"] * 60},
            "orders": {"id": MANY, "user_id": [n % 50 + 1 for n in MANY]},
        }
    )
    schema = world.infer()
    found = edge(schema, "user_profiles(user_id)")
    assert found.ref_table == "raw.users"
    assert found.kind == "extension"
    assert found.one_to_one
    assert edges(schema)["orders(user_id)"] == "users(user_id)"


def test_a_type_column_leads_its_id_to_several_tables() -> None:
    world = World(
        {
            "orders": {"id": MANY},
            "customers": {"id": list(range(201, 301)), "name": [f"c {n}" for n in MANY]},
            "comments": {
                "id": MANY,
                "owner_type": ["Order", r"App\Models\Customer"] * 50,
                "owner_id": [n if n % 2 else 200 + n for n in MANY],
            },
        }
    )
    found = [r for r in world.infer().relationships if r.kind == "polymorphic"]
    assert {(r.where_value, r.ref_table, r.orphans) for r in found} == {
        ("Order", "raw.orders", 0),
        (r"App\Models\Customer", "raw.customers", 0),
    }
    assert {r.where_column for r in found} == {"owner_type"}


def test_a_declared_foreign_key_is_taken_whatever_its_name() -> None:
    world = World({"a": {"id": MANY}, "b": {"id": MANY, "thing": FEW}})
    world.foreign_keys["b"] = (
        DeclaredForeignKey(
            columns=("thing",), ref_schema="raw", ref_table="a", ref_columns=("id",)
        ),
        DeclaredForeignKey(columns=("id",), ref_schema="crm", ref_table="x", ref_columns=("id",)),
    )
    schema = world.infer()
    found = edge(schema, "b(thing)")
    assert found.declared
    assert found.proved
    assert found.confidence == 1.0
    outside = edge(schema, "b(id)")
    assert outside.kind == "external"
    assert outside.ref_table == "crm.x"


def test_a_reference_to_a_table_that_was_not_scanned_is_said() -> None:
    world = World({"orders": {"id": MANY, "warehouse_id": FEW}})
    schema = world.infer()
    assert edges(schema) == {}
    assert [p.where for p in schema.problems] == ["raw.orders.warehouse_id"]


def test_another_number_of_the_entity_is_no_reference_to_its_id() -> None:
    world = World(
        {
            "accounts": {"id": MANY, "name": [f"a {n}" for n in MANY]},
            "vendors": {"id": MANY, "account_number": [f"{n:06}" for n in MANY]},
        }
    )
    assert edges(world.infer()) == {}


def test_an_empty_column_follows_its_namesakes_that_hold_another_type() -> None:
    nothing = [None] * 100
    world = World(
        {
            "account": {"id": MANY, "name": [f"a {n}" for n in MANY]},
            "customer": {"id": MANY, "bank_account_id": [f"ba_{n}" for n in MANY]},
            "charge": {"id": MANY, "bank_account_id": nothing},
        }
    )
    assert edges(world.infer()) == {}


def test_times_and_measures_refer_to_nothing() -> None:
    moments = [datetime(2024, 1, 1) + timedelta(hours=n) for n in MANY]
    world = World(
        {
            "prices": {"price": [float(n) for n in MANY], "id": MANY},
            "events": {"id": MANY, "price": [float(n) for n in MANY], "created_at": moments},
            "logs": {"id": MANY, "created_at": moments},
        }
    )
    assert edges(world.infer()) == {}


def test_a_time_held_as_text_is_nobody() -> None:
    moments = [f"2024-01-01 {n % 24:02}:00:00" for n in MANY]
    world = World(
        {
            "users": {"id": list(range(1, 21)), "name": NAMES},
            "comments": {"id": MANY, "created": moments, "created_by": FEW},
        }
    )
    assert edges(world.infer()) == {"comments(created_by)": "users(id)"}


def test_unrelated_tables_whose_keys_have_one_name_do_not_extend_each_other() -> None:
    world = World(
        {
            "clientes": {"codigo": MANY[:40], "nombre": [f"c {n}" for n in MANY[:40]]},
            "pedidos": {"codigo": MANY, "codigo_cliente": [n % 40 + 1 for n in MANY]},
        }
    )
    assert edges(world.infer()) == {"pedidos(codigo_cliente)": "clientes(codigo)"}


def test_a_key_is_no_reference_where_another_column_names_the_parent() -> None:
    world = World(
        {
            "return_reasons": {"return_reason_id": list(range(1, 10)), "name": NAMES[:9]},
            "returns": {"return_id": list(range(1, 9)),
                        "return_reason_id": [2, 1, 1, 3, 6, 5, 2, 4]},
        }
    )  # fmt: skip
    assert edges(world.infer()) == {"returns(return_reason_id)": "return_reasons(return_reason_id)"}


def test_a_subtype_with_its_parents_codes_extends_it() -> None:
    codes = [f"{n * 7919:010x}" for n in MANY]
    world = World(
        {
            "email_event": {"id": codes, "sent_on": [f"2024-01-{n % 28 + 1:02}" for n in MANY]},
            "email_event_click": {"id": codes[::3], "url": [f"u{n % 5}" for n in range(34)]},
        }
    )
    found = edge(world.infer(), "email_event_click(id)")
    assert (found.kind, found.ref_table) == ("extension", "raw.email_event")


def test_two_parents_that_fit_alike_are_a_suggestion_and_ones_own_schema_comes_first() -> None:
    customers = {"id": MANY, "name": [f"c {n}" for n in MANY]}
    orders = {"id": MANY, "customer_id": FEW}
    world = World(
        {
            "us.customers": customers, "us.orders": orders,
            "eu.customers": customers, "eu.orders": orders,
            "crm.notes": {"note_id": [n + 900 for n in MANY], "order_id": FEW},
        }
    )  # fmt: skip
    schema = world.infer()
    assert {(r.table, r.ref_table) for r in schema.relationships} == {
        ("us.orders", "us.customers"), ("eu.orders", "eu.customers"),
    }  # fmt: skip
    assert [r.table for r in schema.suggestions] == ["crm.notes"]


def test_a_load_tools_link_to_the_parent_is_a_reference() -> None:
    marks = [f"{n * 104729:014x}" for n in MANY]
    world = World(
        {
            "orders": {"id": MANY, "_dlt_id": marks},
            "orders__line_items": {
                "sku": [f"s{n % 7}" for n in MANY],
                "_dlt_parent_id": [marks[n // 2] for n in range(100)],
                "_dlt_id": [f"{n * 15485863:014x}" for n in MANY],
            },
        }
    )
    assert edges(world.infer()) == {"orders__line_items(_dlt_parent_id)": "orders(_dlt_id)"}


def test_a_value_that_means_none_is_no_orphan() -> None:
    world = World(
        {
            "users": {"id": [n + 40 for n in MANY], "name": [f"u {n}" for n in MANY]},
            "posts": {"id": MANY, "user_id": [0 if n % 3 else 40 + n for n in MANY]},
        }
    )
    found = edge(world.infer(), "posts(user_id)")
    assert (found.none_value, found.orphans, found.rows) == ("0", 0, 33)


def test_a_reference_under_another_name_is_found_by_numbers_that_do_not_merely_count() -> None:
    people = [2 * n + 10 for n in MANY]
    visitors = [people[n * 3 % 100] if n != 77 else 99_000 for n in range(300)]
    world = World(
        {
            "customers": {"customer_id": people, "name": [f"c {n}" for n in MANY]},
            "visits": {"visit_id": [f"v{n}" for n in range(300)], "user_id": visitors},
        }
    )
    found = edge(world.infer(), "visits(user_id)")
    assert (found.ref_table, found.orphans) == ("raw.customers", 1)


def test_a_scanned_table_is_never_said_to_be_missing() -> None:
    twice = [1, 1, *range(2, 40)]
    world = World(
        {
            "suppliers": {"supplier_id": twice, "name": ["x"] * 40},
            "purchases": {"purchase_id": [n + 500 for n in MANY], "supplier_id": FEW},
        }
    )
    assert world.infer().problems == ()


def test_ids_of_one_form_that_lead_to_two_tables_in_part_are_joined_to_neither() -> None:
    contacts = [f"003{n * 104729 % 99991:012}" for n in MANY]
    leads = [f"00Q{n * 104729 % 99991:012}" for n in MANY]
    world = World(
        {
            "Contact": {"Id": contacts, "Name": [f"c {n}" for n in MANY]},
            "Lead": {"Id": leads, "Name": [f"l {n}" for n in MANY]},
            "Task": {
                "Id": [f"00T{n:012}" for n in range(120)],
                "WhoId": [contacts[n % 40] if n % 2 else leads[n % 30] for n in range(120)],
            },
        }
    )
    schema = world.infer()
    assert edges(schema) == {}
    assert {r.ref_table for r in schema.suggestions} == {"raw.Contact", "raw.Lead"}
    assert schema.problems == ()


def test_a_model_column_leads_the_id_beside_it_to_the_tables_that_it_names() -> None:
    world = World(
        {
            "res_partner": {"id": MANY, "name": [f"p {n}" for n in MANY]},
            "sale_order": {"id": list(range(201, 301)), "state": ["draft"] * 100},
            "mail_message": {
                "id": MANY,
                "model": ["res.partner", "sale.order"] * 50,
                "res_id": [n % 40 + 1 if n % 2 else 200 + n for n in MANY],
            },
        }
    )
    found = [r for r in world.infer().relationships if r.kind == "polymorphic"]
    assert {(r.where_value, r.ref_table) for r in found} == {
        ("res.partner", "raw.res_partner"),
        ("sale.order", "raw.sale_order"),
    }


def test_beside_a_model_the_id_is_the_one_that_does_not_say_whose_it_is() -> None:
    world = World(
        {
            "res_users": {"id": list(range(1, 21)), "login": [f"u{n}" for n in range(20)]},
            "res_partner": {"id": MANY, "name": [f"p {n}" for n in MANY]},
            "sale_order": {"id": list(range(201, 301)), "state": ["draft"] * 100},
            "mail_message": {
                "id": MANY,
                "model": ["res.partner", "sale.order"] * 50,
                "res_id": [n % 40 + 1 if n % 2 else 200 + n for n in MANY],
                "create_uid": FEW,
            },
        }
    )
    found = world.infer().relationships
    assert {(r.columns, r.ref_table) for r in found if r.kind == "polymorphic"} == {
        (("res_id",), "raw.res_partner"),
        (("res_id",), "raw.sale_order"),
    }
    assert edges(world.infer())["mail_message(create_uid)"] == "res_users(id)"


@pytest.mark.parametrize(
    ("role", "people"),
    [("winner_id", "players"), ("loser_id", "players"), ("owner", "editors"),
     ("create_uid", "res_users"), ("responsible", "instructors")],
)  # fmt: skip
def test_a_role_leads_to_the_only_people_that_there_are(role: str, people: str) -> None:
    world = World(
        {
            people: {"id": list(range(1, 21)), "name": NAMES},
            "matches": {"id": MANY, role: FEW},
        }
    )
    assert edges(world.infer())[f"matches({role})"] == f"{people}(id)"


@pytest.mark.parametrize("people", ["customers", "players", "leads"])
def test_who_created_a_row_is_no_customer_because_there_are_no_users(people: str) -> None:
    world = World(
        {
            people: {"id": MANY, "name": [f"n {n}" for n in MANY]},
            "invoices": {"id": MANY, "created_by": FEW, "amount": [1.5 * n for n in MANY]},
        }
    )
    schema = world.infer()
    assert edges(schema) == {}
    assert [(r.columns, r.ref_table) for r in schema.suggestions] == [
        (("created_by",), f"raw.{people}")
    ]


def test_names_of_a_few_things_lead_to_the_table_that_is_known_by_them() -> None:
    clubs = [f"Club {chr(65 + n)}" for n in range(20)]
    games = [(home, away) for home in clubs for away in clubs if home != away]
    world = World(
        {
            "clubs": {"club": clubs, "league": [f"L{n % 3}" for n in range(20)]},
            "fixtures": {
                "fixture_id": list(range(len(games))),
                "home": [home for home, _ in games],
                "away": [away for _, away in games],
                "remark": [f"remark {n} of many" for n in range(len(games))],
            },
        }
    )
    found = edges(world.infer())
    assert found == {"fixtures(home)": "clubs(club)", "fixtures(away)": "clubs(club)"}


@pytest.mark.parametrize("none", ["NONE", "n/a", "-", "0000"])
def test_a_code_of_nothing_is_no_orphan_and_no_reason_against_a_reference(none: str) -> None:
    codes = [f"V{n:03}" for n in MANY]
    world = World(
        {
            "vouchers": {"voucher_code": codes, "percent": FEW},
            "quotes": {"id": MANY, "voucher_code": [none if n % 3 else codes[n - 1] for n in MANY]},
        }
    )
    found = edge(world.infer(), "quotes(voucher_code)")
    assert (found.none_value, found.orphans, found.evidence_class) == (none, 0, "structural")


def test_a_code_that_means_something_is_an_orphan_like_any_other() -> None:
    codes = [f"V{n:03}" for n in MANY]
    world = World(
        {
            "vouchers": {"voucher_code": codes, "percent": FEW},
            "quotes": {
                "id": MANY,
                "voucher_code": ["INTERNAL" if n % 50 == 0 else codes[n - 1] for n in MANY],
            },
        }
    )
    found = edge(world.infer(), "quotes(voucher_code)")
    assert (found.none_value, found.orphans) == (None, 2)


def test_values_that_are_written_differently_are_said_and_not_joined() -> None:
    world = World(
        {
            "branches": {"branch_code": [f"BR{n:03}" for n in MANY], "city": ["x"] * 100},
            "accounts": {
                "account_no": [f"AC{n:05}" for n in MANY],
                "branch_code": [f"BR{n:03}     " for n in FEW],
            },
        }
    )
    schema = world.infer()
    assert edges(schema) == {}
    (found,) = schema.suggestions
    assert "blanks around the values" in found.evidence[-1].text


def test_one_number_that_every_row_holds_does_not_tell_who_played_a_part() -> None:
    world = World(
        {
            "person": {"person_id": MANY, "name": [f"p {n}" for n in MANY]},
            "visits": {"visit_id": [n + 500 for n in MANY], "created_by": [1] * 100},
        }
    )
    schema = world.infer()
    assert edges(schema) == {}
    assert {r.evidence_class for r in schema.suggestions} == {"assumed"}


def test_who_played_a_part_is_found_by_name_among_those_who_are_known_by_it() -> None:
    athletes = {
        "name": [f"Athlete {n:03}" for n in range(120)], "born": [1990 + n % 9 for n in range(120)],
    }  # fmt: skip
    contests = {
        "contest": [f"Contest {n}" for n in range(150)],
        "winner": [f"Athlete {n * 7 % 120:03}" for n in range(150)],
    }
    found = edges(World({"athletes": athletes, "contests": contests}).infer())
    assert found["contests(winner)"] == "athletes(name)"


def test_a_linking_form_of_a_word_leads_to_the_table_of_the_plural() -> None:
    lines = [(n, k) for n in range(1, 91) for k in range(1, 4)]
    orders = {"nr": list(range(1, 91)), "datum": [f"2024-01-{1 + n % 28:02}" for n in range(90)]}
    positions = {
        "auftrags_nr": [n for n, _ in lines], "pos": [k for _, k in lines],
        "menge": [1 + (n * 7 + k) % 9 for n, k in lines],
    }  # fmt: skip
    found = edges(World({"auftraege": orders, "auftragspositionen": positions}).infer())
    assert found["auftragspositionen(auftrags_nr)"] == "auftraege(nr)"


def test_an_id_beside_its_type_is_no_reference_to_a_table_called_like_it() -> None:
    rows = range(60)
    notes = {
        "id": list(rows), "regarding_id": [1000 + n * 37 % 41 for n in rows],
        "regarding_type": ["visit" if n % 2 else "call" for n in rows],
    }  # fmt: skip
    assert not World({"notes": notes}).infer().problems


def test_a_code_behind_a_role_leads_to_the_second_key_that_it_names() -> None:
    entries = {
        "entry_id": list(range(1, 81)),
        "entry_number": [f"JE{number:06d}" for number in range(1, 81)],
        "posted_by": [f"u{number % 5}" for number in range(80)],
    }
    lines = {
        "line_id": list(range(1, 61)),
        "matched_entry_number": [f"JE{1 + number % 70:06d}" for number in range(60)],
    }
    schema = World({"entries": entries, "statement_lines": lines}).infer()
    assert edges(schema) == {"statement_lines(matched_entry_number)": "entries(entry_number)"}


def test_two_letters_that_stand_for_a_table_lead_to_it_in_any_role() -> None:
    schema = World(
        {
            "warehouses": {"wh": list(range(1, 21)), "label": NAMES},
            "transfers": {
                "transfer_id": MANY,
                "origin_wh": FEW,
                "dest_wh": [n * 7 % 20 + 1 for n in MANY],
            },
        }
    ).infer()
    assert edges(schema) == {
        "transfers(origin_wh)": "warehouses(wh)",
        "transfers(dest_wh)": "warehouses(wh)",
    }


def test_a_code_by_which_people_are_known_is_one_whatever_roles_they_play() -> None:
    codes = [f"1{number * 7919 % 10**9:09d}" for number in range(1, 41)]
    schema = World(
        {
            "providers": {
                "provider_seq": list(range(1, 41)),
                "npi": codes,
                "specialty": ["a", "b", "c", "d"] * 10,
            },
            "visits": {
                "visit_id": MANY,
                "attending_npi": [codes[number % 40] for number in MANY],
                "referring_npi": [codes[number * 7 % 40] for number in MANY],
            },
        }
    ).infer()
    assert edges(schema) == {
        "visits(attending_npi)": "providers(npi)",
        "visits(referring_npi)": "providers(npi)",
    }


def test_what_bears_the_key_of_another_table_is_no_reference_to_its_own() -> None:
    world = World(
        {
            "menu_items": {"item_id": list(range(1, 21)), "item_name": NAMES},
            "check_items": {"check_item_id": MANY, "item_id": FEW, "quantity": FEW},
        }
    )
    assert edges(world.infer()) == {"check_items(item_id)": "menu_items(item_id)"}


def test_who_was_led_to_once_so_far_is_no_second_key() -> None:
    world = World(
        {
            "users": {"id": MANY, "handle": [f"u{n}" for n in MANY]},
            "playlists": {
                "playlist_id": list(range(1, 61)),
                "owner_user_id": [101 - n for n in range(1, 61)],
                "title": [f"List {n}" for n in range(60)],
            },
        }
    )
    schema = world.infer()
    assert edges(schema)["playlists(owner_user_id)"] == "users(id)"
    assert ("owner_user_id",) not in [k.columns for k in schema.by_id["raw.playlists"].other_keys]


def test_a_key_of_one_letter_and_id_is_led_to() -> None:
    world = World(
        {
            "student": {"sid": list(range(1, 21)), "sname": NAMES},
            "loan": {"loan_id": MANY, "sid": FEW, "days": FEW},
        }
    )
    assert edges(world.infer()) == {"loan(sid)": "student(sid)"}
