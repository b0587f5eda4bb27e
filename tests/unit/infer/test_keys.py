"""Primary keys: names propose, the data disposes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dbt_cartridge.documents.scan import DeclaredKey
from tests.unit.infer.rows import Rows, World, key, table

MANY = range(1, 101)
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(100)]


def test_the_column_named_after_the_table_is_its_key() -> None:
    world = World({"Customer": {"Name": [f"n{n}" for n in MANY], "CustomerID": list(MANY)}})
    assert key(world.infer(), "Customer") == ("CustomerID",)


def test_a_key_seen_unique_by_the_whole_profile_is_proved_without_a_question() -> None:
    world = World({"orders": {"id": list(MANY), "note": ["x"] * 100}})
    found = table(world.infer(), "orders").primary_key
    assert found is not None
    assert found.proved
    assert found.kind == "surrogate"
    assert not [question for question in world.asked if question.kind == "unique"]


def test_a_price_that_happens_to_be_unique_is_no_key() -> None:
    prices = [n + 0.37 for n in MANY]
    moments = [datetime(2024, 1, 1) + timedelta(hours=n) for n in MANY]
    world = World({"sales": {"price": prices, "sold_at": moments, "colour": ["red", "blue"] * 50}})
    assert key(world.infer(), "sales") == ()


def test_a_natural_key_is_taken_where_no_surrogate_stands() -> None:
    codes = [f"A{n:03}" for n in MANY]
    world = World(
        {
            "airports": {"code": codes, "title": [f"The airport of {c}" for c in codes]},
            "flights": {"id": list(MANY), "airport_code": codes},
        }
    )
    found = table(world.infer(), "airports").primary_key
    assert found is not None
    assert found.columns == ("code",)
    assert found.kind == "natural"


def test_a_surrogate_goes_before_a_natural_key_which_is_kept() -> None:
    world = World({"users": {"id": list(MANY), "user_number": [f"U-{n}" for n in MANY]}})
    found = table(world.infer(), "users")
    assert found.primary_key is not None
    assert found.primary_key.columns == ("id",)
    assert [k.columns for k in (*found.other_keys, *found.doubted_keys)] == [("user_number",)]


def test_a_bridge_is_keyed_by_its_links_even_where_one_of_them_is_unique() -> None:
    world = World(
        {
            "film": {"film_id": list(MANY)},
            "actor": {"actor_id": list(range(1, 31))},
            "film_actor": {
                "film_id": list(MANY),
                "actor_id": [n % 30 + 1 for n in MANY],
                "last_update": DAYS,
            },
        }
    )
    assert key(world.infer(), "film_actor") == ("film_id", "actor_id")


def test_a_line_is_keyed_by_its_owner_and_its_number() -> None:
    world = World(
        {
            "orders": {"order_id": list(range(1, 26))},
            "order_lines": {
                "order_id": [n // 4 + 1 for n in range(100)],
                "line_number": [n % 4 + 1 for n in range(100)],
                "quantity": [3] * 100,
            },
        }
    )
    found = table(world.infer(), "order_lines").primary_key
    assert found is not None
    assert found.columns == ("order_id", "line_number")
    assert found.kind == "composite"
    assert found.proved


def test_a_history_is_keyed_by_what_it_is_about_and_since_when() -> None:
    world = World(
        {
            "employee": {"emp_no": list(range(1, 51))},
            "salary": {
                "emp_no": [n % 50 + 1 for n in range(100)],
                "amount": [1000 + n % 7 for n in range(100)],
                "from_date": [DAYS[n // 50] for n in range(100)],
                "to_date": [DAYS[99]] * 100,
            },
        }
    )
    assert key(world.infer(), "salary") == ("emp_no", "from_date")


def test_unlikely_names_are_searched_in_the_data() -> None:
    stations, hours = ["EWR", "JFK"], [datetime(2024, 1, 1) + timedelta(hours=n) for n in range(50)]
    world = World(
        {
            "weather": {
                "origin": [s for s in stations for _ in hours],
                "temperature": [n + 0.5 for n in range(100)],
                "time_hour": hours * 2,
            }
        }
    )
    assert key(world.infer(), "weather") == ("origin", "time_hour")


def test_two_rows_do_not_make_a_foreign_key_the_key() -> None:
    world = World(
        {
            "candidate": {"id": [1, 2]},
            "tag": {"id": [7, 8]},
            "candidate_tag": {"candidate_id": [1, 2], "tag_id": [7, 8]},
        }
    )
    assert key(world.infer(), "candidate_tag") == ("candidate_id", "tag_id")


def test_an_extension_has_the_key_of_what_it_extends() -> None:
    world = World(
        {
            "person": {"person_id": list(MANY), "name": [f"n {n}" for n in MANY]},
            "driver_detail": {"person_id": list(range(1, 61)), "licence": ["B"] * 60},
        }
    )
    assert key(world.infer(), "driver_detail") == ("person_id",)


def test_names_alone_give_keys_that_are_not_called_proved() -> None:
    world = World({"customers": {"customer_id": [1], "name": ["x"]}}, profiled=False)
    found = table(world.infer(probed=False), "customers").primary_key
    assert found is not None
    assert found.columns == ("customer_id",)
    assert not found.proved


def test_a_declared_key_is_believed_over_names_and_proved_if_enforced() -> None:
    world = World({"t": {"id": list(MANY), "badge": [f"B{n}" for n in MANY]}})
    world.primary_keys["t"] = DeclaredKey(columns=("badge",))
    found = table(world.infer(), "t").primary_key
    assert found is not None
    assert found.columns == ("badge",)
    assert found.declared
    assert found.proved


def test_a_declared_key_that_is_not_enforced_falls_by_a_duplicate() -> None:
    world = World({"t": {"id": list(MANY), "badge": ["B1", "B1", *(f"B{n}" for n in range(98))]}})
    world.primary_keys["t"] = DeclaredKey(columns=("badge",), enforced=False)
    assert key(world.infer(), "t") == ("id",)


def test_a_key_that_comes_back_in_later_loads_is_keyed_by_load() -> None:
    loads = [datetime(2024, 1, 1), datetime(2024, 1, 2)]
    world = World(
        {
            "accounts": {
                "id": list(range(1, 51)) * 2,
                "status": ["open", "shut"] * 50,
                "_loaded_at": [loads[n // 50] for n in range(100)],
            },
            "payments": {"id": list(MANY), "account_id": [n % 50 + 1 for n in MANY]},
        }
    )
    schema = world.infer()
    found = table(schema, "accounts")
    assert found.versions is not None
    assert found.versions.entity_key == ("id",)
    assert key(schema, "accounts") == ("id", "_loaded_at")


def test_a_sample_proves_no_key_but_has_the_warehouse_asked() -> None:
    world = World({"orders": {"id": list(MANY), "note": ["x"] * 100}}, sampled=True)
    unasked = table(world.infer(probed=False), "orders").primary_key
    assert unasked is not None
    assert not unasked.proved
    asked = table(world.infer(), "orders").primary_key
    assert asked is not None
    assert asked.proved


def test_the_items_of_an_unfolded_array_are_keyed_by_parent_and_index() -> None:
    synced = [datetime(2024, 1, 1)] * 4
    world = World(
        {
            "charge": {"id": [1, 2], "_fivetran_synced": synced[:2]},
            "charge_tax_line": {
                "charge_id": [1, 1, 2, 2],
                "index": [0, 1, 0, 1],
                "price": [1.5, 2.5, 3.5, 4.5],
                "_fivetran_synced": synced,
            },
        }
    )
    assert key(world.infer(), "charge_tax_line") == ("charge_id", "index")


def test_a_time_counted_since_1970_is_no_key_though_no_two_are_alike() -> None:
    visits = World(
        {
            "visits": {
                "visit_id": list(range(400)),
                "visited": [str(1_700_000_000 + 7 * n) for n in range(400)],
                "pages": [n % 30 for n in range(400)],
            }
        }
    ).infer()
    found = table(visits, "visits")
    assert found.other_keys == ()
    assert found.by_name["visited"].role == "event_time"


def test_a_temporal_table_is_keyed_by_its_own_id_and_since_when() -> None:
    """SQL Server's, whose name says nothing of it."""
    ends = [datetime(2023, 1, 1) + timedelta(100 * n) for n in range(4)]
    rows = [(c, v) for c in range(1, 101) for v in range(1 + c % 3)]
    contracts = World(
        {
            "contracts": {
                "contract_id": [c for c, _ in rows],
                "member_id": [3 * c for c, _ in rows],
                "fee": [10 + 2 * v for _, v in rows],
                "sysstarttime": [ends[v] for _, v in rows],
                "sysendtime": [
                    ends[v + 1] if v < c % 3 else datetime(9999, 12, 31) for c, v in rows
                ],
            }
        }
    ).infer()
    found = table(contracts, "contracts")
    assert key(contracts, "contracts") == ("contract_id", "sysstarttime")
    assert found.versions is not None
    assert (found.versions.kind, found.versions.entity_key) == ("slowly_changing", ("contract_id",))


def _of_a_house(tables: int, rows: int = 60) -> dict[str, Rows]:
    """`crm_thing0` to …: each refers to the first one, and has texts of its own as all have."""
    return {
        f"crm_thing{number}": {
            f"crm_thing{number}_id": list(range(1, rows + 1)),
            ("parent_" if not number else "") + "crm_thing0_id": _spread(rows),
            "name": [f"Thing {i} of {number}" for i in range(rows)],
            "email": [f"a{i}@b{number}.example" for i in range(rows)],
            "code": [f"c{i % 20}" for i in range(rows)],
        }
        for number in range(tables)
    }


def _spread(rows: int) -> list[int]:
    return [1 + i * 7 % 23 for i in range(rows)]


def test_a_prefix_of_the_house_is_left_out_of_keys_as_of_tables() -> None:
    schema = World(_of_a_house(6)).infer()
    keys = {t.id: t.primary_key for t in schema.tables}
    assert all(
        own and own.columns == (f"{id.removeprefix('raw.')}_id",)
        and any("named after the table" in e.text for e in own.evidence)
        for id, own in keys.items()
    )  # fmt: skip
    assert {(r.table, r.ref_table) for r in schema.relationships} == {
        (f"raw.crm_thing{number}", "raw.crm_thing0") for number in range(6)
    }


def test_where_keys_are_named_no_text_is_asked_whose_values_it_holds() -> None:
    world = World(_of_a_house(24))
    world.infer()
    assert not world.asked  # whole numbers that count are told by the profile
