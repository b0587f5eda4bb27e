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


def test_a_handful_of_rows_that_do_not_join_leaves_a_named_edge_unproved_and_doubted() -> None:
    world = World(
        {"customer": {"id": [1, 2], "name": ["a", "b"]}, "orders": {"id": [5, 6],
                                                                   "customer_id": [71, 72]}}
    )  # fmt: skip
    found = edge(world.infer(), "orders(customer_id)")
    assert not found.proved
    assert found.orphans == 2
    clean = World(
        {"customer": {"id": [1, 2], "name": ["a", "b"]}, "orders": {"id": [5, 6],
                                                                   "customer_id": [1, 2]}}
    )  # fmt: skip
    assert found.confidence < edge(clean.infer(), "orders(customer_id)").confidence


def test_empty_tables_are_joined_by_name() -> None:
    world = World({"customers": {"id": [], "name": []}, "orders": {"id": [], "customer_id": []}})
    found = edge(world.infer(), "orders(customer_id)")
    assert found.orphans is None
    assert not found.proved


def test_names_alone_are_enough_without_a_profile() -> None:
    world = World(
        {
            "customers": {"id": [1], "name": ["x"]},
            "orders": {"id": [1], "customer_id": [1], "billing_customer_id": [1]},
        },
        profiled=False,
    )
    schema = world.infer(probed=False)
    assert set(edges(schema)) == {"orders(customer_id)", "orders(billing_customer_id)"}
    assert not any(r.proved for r in schema.relationships)


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
