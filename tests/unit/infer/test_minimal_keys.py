"""Keys that are no larger than they must be, no smaller than they are meant, and no accident."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dbt_cartridge.documents.scan import Column, Profile
from dbt_cartridge.infer.facts import ColumnFacts
from tests.unit.infer.rows import Rows, World, key


def _key(tables: dict[str, Rows], table: str) -> tuple[str, ...] | None:
    found = {t.id: t for t in World(tables).infer().tables}[f"raw.{table}"].primary_key
    return found.columns if found else None


def _numbers(count: int, step: int = 7, size: int = 97) -> list[Any]:
    return [i * step % size for i in range(count)]


def test_an_id_that_starts_again_in_each_tenant_is_half_a_key() -> None:
    pairs = [(firm, number) for firm in range(1, 6) for number in range(1, 41)]
    rows: Rows = {
        "firm_id": [firm for firm, _ in pairs],
        "member_id": [number for _, number in pairs],
        "email": [f"m{number}@firm{firm}.example" for firm, number in pairs],
    }
    assert _key({"firm_members": rows}, "firm_members") == ("firm_id", "member_id")


def test_a_moment_held_as_a_number_is_no_key_of_events() -> None:
    rows: Rows = {
        "event_name": [("view", "click", "buy")[i % 3] for i in range(60)],
        "event_timestamp": [1_700_000_000_000_000 + 977 * i for i in range(60)],
        "visitor_id": _numbers(60, 7, 13),
    }
    assert _key({"events": rows}, "events") is None


def test_a_bare_uuid_does_not_stand_before_the_number_of_the_row() -> None:
    rows: Rows = {
        "allergy_source_id": list(range(1, 31)),
        "title": [f"t{i % 4}" for i in range(30)],
        "uuid": [f"{i:08x}-0000-4000-8000-000000000000" for i in range(30)],
    }
    assert _key({"source_of_allergies": rows}, "source_of_allergies") == ("allergy_source_id",)


def test_a_set_that_holds_the_tables_own_key_falls_away() -> None:
    rows: Rows = {
        "grade_id": list(range(1, 6)),
        "grade_lookup_id": list(range(11, 16)),
    }
    assert _key({"grade_types": rows}, "grade_types") == ("grade_id",)


def test_a_key_has_no_column_too_many() -> None:
    pairs = [(order, line) for order in range(1, 81) for line in range(1, 4)]
    rows: Rows = {
        "OrdNo": [70_000 + order for order, _ in pairs],
        "LnNo": [line for _, line in pairs],
        "PartCd": [f"P{(order * 7 + line * 3) % 40}" for order, line in pairs],
    }
    assert _key({"tblDtl": rows}, "tblDtl") == ("OrdNo", "LnNo")


def test_text_is_a_key_where_other_tables_hold_its_values() -> None:
    captains = [f"Captain {chr(65 + i)} Smith" for i in range(12)]
    ships = [f"Ship of {chr(65 + i)} Town" for i in range(9)]
    pairs = [(c, s) for i, c in enumerate(captains) for j, s in enumerate(ships) if (i + j) % 3]
    tables: dict[str, Rows] = {
        "persons": {"full": captains, "rank": ["a", "b", "c"] * 4},
        "vessels": {"name": ships, "class": ["x", "y", "z"] * 3},
        "crews": {"captain": [c for c, _ in pairs], "vessel": [s for _, s in pairs]},
    }
    assert _key(tables, "persons") == ("full",)
    assert _key(tables, "vessels") == ("name",)
    assert _key(tables, "crews") == ("captain", "vessel")


def test_a_first_column_that_bears_another_tables_name_is_no_key_word() -> None:
    tables: dict[str, Rows] = {
        "label": {"id": list(range(1, 31)), "town": [f"t{i % 5}" for i in range(30)]},
        "tag": {"id": list(range(1, 21)), "word": [f"w{i % 6}" for i in range(20)]},
        "label_tag": {"label": [3], "tag": [4], "count": [1]},
        "label_note": {"label": [3, 4], "note": [1, 2]},
        "new_label": {"id": [1], "label_name": ["a"]},
    }
    assert _key(tables, "label_tag") == ("label", "tag")


def test_what_an_estimate_says_of_a_unique_column_is_not_known() -> None:
    def column(distinct: int) -> ColumnFacts:
        profile = Profile(rows=10_000_000, nulls=0, distinct=distinct, approximate=True)
        own = Column(
            name="order_id", position=1, native_type="bigint", type="integer", profile=profile
        )
        return ColumnFacts("raw.orders", own, ("order", "id"), "integer")

    assert column(8_200_000).unique is None
    assert column(11_000_000).unique is None
    assert column(4_000_000).unique is False


def test_what_is_told_in_one_language_today_is_known_by_the_language_too() -> None:
    products: Rows = {"product_id": list(range(1, 41)), "weight": _numbers(40)}
    texts: Rows = {
        "product_id": list(range(1, 41)),
        "lang": ["en"] * 40,
        "title": [f"title {n}" for n in range(40)],
    }
    tables = {"products": products, "product_texts": texts}
    assert _key(tables, "product_texts") == ("product_id", "lang")
    (link,) = World(tables).infer().relationships
    assert (link.columns, link.kind, link.one_to_one) == (("product_id",), "reference", False)


def test_an_id_of_the_rows_own_needs_no_language_beside_it() -> None:
    rows: Rows = {
        "order_id": list(range(1, 41)),
        "currency": ["EUR"] * 40,
        "amount": _numbers(40),
    }
    assert _key({"orders": rows}, "orders") == ("order_id",)


def test_a_global_id_does_not_stand_before_the_id_of_the_same_name() -> None:
    rows = range(1, 81)
    bookings = {
        "booking_uuid": [f"{n * 7919:032x}" for n in rows],
        "booking_id": [40_000 + n for n in rows],
        "weight": [n * 1.37 for n in rows],
    }
    assert key(World({"bookings": bookings}).infer(), "bookings") == ("booking_id",)


def test_an_item_is_not_known_by_its_order_because_each_order_has_one_so_far() -> None:
    rows = range(60)
    orders = {"order_id": list(rows), "placed_on": [f"2024-01-{1 + n % 28:02}" for n in rows]}
    products = {"product_id": list(range(20)), "sku": [f"S{n}" for n in range(20)]}
    items = {
        "order_id": list(rows), "product_id": [n * 7 % 20 for n in rows],
        "quantity": [1 + n % 3 for n in rows],
    }  # fmt: skip
    world = World({"orders": orders, "products": products, "order_items": items})
    assert set(key(world.infer(), "order_items")) == {"order_id", "product_id"}


def test_the_id_of_a_historys_rows_is_its_key() -> None:
    jobs = 12
    rows: Rows = {
        "hist_id": list(range(1, 721)),
        "employee_id": [1 + i // 3 for i in range(720)],
        "job_id": [1 + i * 7 % jobs for i in range(720)],
        "effective_date": [date(2015, 1, 1) + timedelta(days=i) for i in range(720)],
        "salary": [30_000 + i * 13 for i in range(720)],
    }
    named: Rows = {"job_id": list(range(1, jobs + 1)), "title": [f"J{i}" for i in range(jobs)]}
    assert _key({"job_hist": rows, "jobs": named}, "job_hist") == ("hist_id",)


def test_what_brings_two_together_is_known_by_both_though_each_has_one_so_far() -> None:
    tables: dict[str, Rows] = {
        "deals": {"id": [100 + n for n in range(50)], "name": [f"D{n}" for n in range(50)]},
        "companies": {"id": [900 + n for n in range(20)], "name": [f"C{n}" for n in range(20)]},
        "deal_company": {
            "deal_id": [100 + n for n in range(50)],
            "company_id": [900 + n * 7 % 20 for n in range(50)],
        },
        "deal_tag": {
            "deal_id": [100 + n for n in range(40)],
            "tag": [("big", "new", "lost")[n % 3] for n in range(40)],
        },
    }
    assert _key(tables, "deal_company") == ("deal_id", "company_id")
    assert _key(tables, "deal_tag") == ("deal_id", "tag")
