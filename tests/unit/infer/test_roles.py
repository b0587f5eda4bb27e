"""Roles of tables in a small shop, leftovers, shapes, and the reasons given."""

from __future__ import annotations

import time

import pytest

from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Relationship
from dbt_cartridge.infer.role_signs import PHRASES, signs
from dbt_cartridge.infer.role_weights import WEIGHTS
from dbt_cartridge.infer.roles import ROLES, RoleFound, probabilities, roles
from tests.unit.infer.build import (
    SILENT,
    Answers,
    column,
    drafts,
    integer,
    leads,
    moment,
    number,
    relation,
)

CUSTOMERS = relation(
    "customers", integer("customer_id"), column("first_name"), column("last_name"),
    column("email"), integer("country_id", 1, 9), column("segment"), moment("created_at"),
)  # fmt: skip
PRODUCTS = relation(
    "products", integer("product_id"), column("product_name"), column("colour", values=["a", "b"]),
    number("list_price", 1, 900, 40), column("description"), number("weight", 1, 9, 3),
)  # fmt: skip
COUNTRIES = relation("countries", integer("country_id", rows=9), column("country_name", rows=9))
ORDERS = relation(
    "orders", integer("order_id", rows=9000), integer("customer_id", rows=9000),
    moment("order_date", rows=9000), moment("ship_date", rows=9000, nulls=3000),
    moment("delivery_date", rows=9000, nulls=4000), number("total", 1, 900, 99, rows=9000),
    column("status", rows=9000, values=["new", "sent"]),
)  # fmt: skip
LINES = relation(
    "order_lines", integer("order_id", rows=30000), integer("line_no", 1, 9, rows=30000),
    integer("product_id", rows=30000), integer("quantity", rows=30000),
    number("unit_price", 1, 900, 40, rows=30000),
)  # fmt: skip
TAGS = relation("product_tags", integer("product_id", rows=3000), integer("tag_id", rows=3000))
TAG = relation("tags", integer("tag_id", rows=12), column("name", rows=12))
BACKUP = relation("orders_bak_2021", *ORDERS.columns)
STOCK = relation(
    "inventory_snapshots", moment("snapshot_date", "date", rows=50000),
    integer("product_id", rows=50000), integer("units_on_hand", rows=50000),
    integer("units_sold", rows=50000),
)  # fmt: skip
SHOP = [CUSTOMERS, PRODUCTS, COUNTRIES, ORDERS, LINES, TAGS, TAG, BACKUP, STOCK]
KEYS = {
    "customers": "customer_id", "products": "product_id", "countries": "country_id",
    "orders": "order_id", "order_lines": "order_id line_no", "product_tags": "product_id tag_id",
    "tags": "tag_id", "orders_bak_2021": "order_id",
    "inventory_snapshots": "snapshot_date product_id",
}  # fmt: skip
LINKS = [
    leads("customers", "country_id", "countries", "country_id"),
    leads("orders", "customer_id", "customers", "customer_id"),
    leads("order_lines", "order_id", "orders", "order_id"),
    leads("order_lines", "product_id", "products", "product_id"),
    leads("product_tags", "product_id", "products", "product_id"),
    leads("product_tags", "tag_id", "tags", "tag_id"),
    leads("inventory_snapshots", "product_id", "products", "product_id"),
]


@pytest.fixture(scope="module")
def shop() -> dict[str, RoleFound]:
    return roles(drafts(SHOP, KEYS, LINKS), LINKS, Answers())


@pytest.mark.parametrize(
    ("table", "role", "shape"),
    [
        ("customers", "dimension", "plain"),
        ("products", "dimension", "plain"),
        ("countries", "reference", "outrigger"),
        ("orders", "fact", "accumulating_snapshot"),
        ("order_lines", "fact", "transaction"),
        ("product_tags", "bridge", "plain"),
        ("tags", "reference", "plain"),
        ("orders_bak_2021", "other", "backup"),
        ("inventory_snapshots", "fact", "periodic_snapshot"),
    ],
)
def test_a_shop_is_understood(
    shop: dict[str, RoleFound], table: str, role: str, shape: str
) -> None:
    found = shop[f"raw.{table}"]
    assert (found.role, found.shape) == (role, shape)


def test_every_role_has_reasons_and_a_likelihood(shop: dict[str, RoleFound]) -> None:
    for found in shop.values():
        assert found.evidence
        assert all(reason.text for reason in found.evidence)
        assert 0 < found.confidence <= 1


def test_the_roles_that_lost_are_told_with_their_likelihood(shop: dict[str, RoleFound]) -> None:
    found = shop["raw.orders"]
    assert found.candidates[0].text == "fact"
    assert {c.text for c in found.candidates} == set(ROLES)
    assert sum(c.score for c in found.candidates) == pytest.approx(1, abs=1e-3)


def test_the_same_schema_gives_the_same_roles_in_any_order(shop: dict[str, RoleFound]) -> None:
    turned = roles(drafts(SHOP[::-1], KEYS, LINKS[::-1]), LINKS[::-1], Answers())
    assert turned == shop


def test_names_and_types_alone_are_enough_for_the_plain_cases() -> None:
    bare = [relation(r.name, *(column(c.name, c.type, rows=None) for c in r.columns)) for r in SHOP]
    found = roles(drafts(bare, KEYS, LINKS), LINKS, Answers())
    expected = {"customers": "dimension", "orders": "fact", "order_lines": "fact",
                "product_tags": "bridge", "countries": "reference"}  # fmt: skip
    assert {table: found[f"raw.{table}"].role for table in expected} == expected


def test_a_house_that_says_dim_and_fact_is_believed() -> None:
    dim = relation("DimTerritory", integer("TerritoryKey"), column("TerritoryName"))
    fact = relation("FactThing", integer("ThingKey"), integer("TerritoryKey"), column("Note"))
    links = [leads("FactThing", "TerritoryKey", "DimTerritory", "TerritoryKey")]
    found = roles(drafts([dim, fact], {"DimTerritory": "TerritoryKey"}, links), links, Answers())
    assert found["raw.DimTerritory"].role == "dimension"
    assert found["raw.FactThing"].role == "fact"


@pytest.mark.parametrize(
    "name", ["orders_old", "tmp_orders", "orders_20210301", "copy_orders", "orders_backup"]
)
def test_a_copy_beside_its_original_is_left_over(name: str) -> None:
    copy = relation(name, *ORDERS.columns)
    assert roles(drafts([ORDERS, copy], KEYS), [], Answers())[f"raw.{name}"].role == "other"


def test_a_copy_is_one_though_its_original_has_got_a_column_since() -> None:
    grown = relation("orders", *ORDERS.columns, moment("_loaded_at", rows=9000))
    found = roles(drafts([grown, BACKUP], KEYS), [], Answers())
    assert found["raw.orders_bak_2021"].shape == "backup"


def test_a_table_with_a_column_of_its_own_is_no_copy() -> None:
    own = relation("orders_2021", *ORDERS.columns, column("approved_by", rows=9000))
    found = roles(drafts([ORDERS, own], KEYS), [], Answers())["raw.orders_2021"]
    assert found.shape not in ("backup", "staging", "tool")


@pytest.mark.parametrize("name", ["orders_old", "tmp_orders", "orders_2021"])
def test_the_columns_of_another_table_without_its_rows_are_no_copy(name: str) -> None:
    own = relation(name, *ORDERS.columns)
    for other in (Answers(share=0.1), SILENT):
        found = roles(drafts([ORDERS, own], KEYS), [], other)[f"raw.{name}"]
        assert found.shape not in ("backup", "staging", "tool")


@pytest.mark.parametrize("name", ["schema_migrations", "sysdiagrams", "alembic_version"])
def test_what_tools_keep_for_themselves_is_left_over(name: str) -> None:
    found = roles(drafts([relation(name, column("version"))], {}), [], Answers())
    assert (found[f"raw.{name}"].role, found[f"raw.{name}"].shape) == ("other", "tool")


@pytest.mark.parametrize(
    "name", ["temp_readings", "old_age_homes", "test_results", "backup_generators"]
)
def test_a_word_that_can_mean_something_is_not_enough_for_a_leftover(name: str) -> None:
    one = relation(name, integer("id"), moment("taken_at"), number("amount", 1, 9, 3))
    assert roles(drafts([one], {name: "id"}), [], Answers())[f"raw.{name}"].role != "other"


def test_a_calendar_is_a_date_dimension() -> None:
    one = relation("dim_date", integer("date_key"), moment("date", "date"), integer("year"),
                   integer("month"), integer("quarter"), column("day_of_week"))  # fmt: skip
    found = roles(drafts([one], {"dim_date": "date_key"}), [], Answers())["raw.dim_date"]
    assert (found.role, found.shape) == ("dimension", "date")


def test_a_table_that_shares_its_parents_key_is_an_extension() -> None:
    more = relation("customer_profiles", integer("customer_id"), column("hobby"), column("bio"),
                    column("language", values=["de", "fr"]))  # fmt: skip
    links = [leads("customer_profiles", "customer_id", "customers", "customer_id",
                   kind="extension", one_to_one=True)]  # fmt: skip
    keys = {**KEYS, "customer_profiles": "customer_id"}
    found = roles(drafts([CUSTOMERS, more], keys, links), links, Answers())["raw.customer_profiles"]
    assert (found.role, found.shape) == ("dimension", "extension")


def test_an_event_without_measures_is_a_factless_fact() -> None:
    visit = relation("visits", integer("visit_id", rows=9000), integer("customer_id", rows=9000),
                     integer("store_id", rows=9000), moment("visited_at", rows=9000))  # fmt: skip
    links = [leads("visits", "customer_id", "customers", "customer_id"),
             leads("visits", "store_id", "stores", "store_id")]  # fmt: skip
    keys = {**KEYS, "visits": "visit_id"}
    found = roles(drafts([CUSTOMERS, visit], keys, links), links, Answers())["raw.visits"]
    assert (found.role, found.shape) == ("fact", "factless")


def test_every_sign_can_be_said_in_words_and_is_weighed_for_known_roles() -> None:
    assert set(WEIGHTS) == set(ROLES)
    weighed = {name for weights in WEIGHTS.values() for name in weights}
    assert weighed - {"bias"} <= set(PHRASES)
    shown = {name for found in signs({d.id: d for d in drafts(SHOP, KEYS, LINKS)}, LINKS).values()
             for name in found}  # fmt: skip
    assert shown <= set(PHRASES)


def test_likelihoods_sum_to_one_without_any_sign() -> None:
    assert sum(probabilities({}).values()) == pytest.approx(1)


def test_a_table_alone_in_the_world_has_a_role() -> None:
    assert roles(drafts([relation("x", column("?"))], {}), [], Answers())["raw.x"].role in ROLES
    assert roles([], [], Answers()) == {}


def test_a_thousand_tables_get_their_roles_in_about_a_second() -> None:
    made: list[Relation] = []
    links: list[Relationship] = []
    for n in range(250):
        for one in (CUSTOMERS, ORDERS, LINES, PRODUCTS):
            made.append(one.model_copy(update={"name": f"{one.name}_{n}"}))
        links.append(leads(f"orders_{n}", "customer_id", f"customers_{n}", "customer_id"))
        links.append(leads(f"order_lines_{n}", "order_id", f"orders_{n}", "order_id"))
    known = drafts(made, {}, links[:20])
    start = time.process_time()
    roles(known, links, Answers())
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("account_balances", "periodic_snapshot"),
        ("account_balance_history", "periodic_snapshot"),
        ("balance_transactions", "transaction"),
    ],
)
def test_what_moves_a_balance_is_no_balance(name: str, shape: str) -> None:
    made = relation(
        name, integer("id", rows=900), integer("customer_id", rows=900),
        moment("booked_at", rows=900), number("amount", 1, 900, 40, rows=900),
    )  # fmt: skip
    links = [leads(name, "customer_id", "customers", "customer_id")]
    tables = drafts([CUSTOMERS, made], {"customers": "customer_id", name: "id"}, links)
    assert roles(tables, links, Answers())[f"raw.{name}"].shape == shape
