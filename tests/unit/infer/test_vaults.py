"""Data vaults and temporal tables: who holds the entity, and who holds its versions."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import md5

import pytest

from dbt_cartridge.documents.schema import Schema
from tests.unit.infer.rows import Rows, World, edges, key, table

NOON = datetime(2024, 5, 1, 12)


def digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def vault() -> dict[str, Rows]:
    clients, orders = range(1, 41), range(1, 81)
    told = [(i, v) for i in clients for v in range(1 + i % 3)]
    steps = [(i, v) for i in orders for v in range(1 + i % 3)]
    return {
        "h_client": {
            "client_hk": [digest(f"C{i}") for i in clients],
            "client_code": [f"C-{i}" for i in clients],
            "ldts": [NOON + timedelta(minutes=i) for i in clients],
        },
        "h_order": {
            "order_hk": [digest(f"O{i}") for i in orders],
            "order_code": [f"O-{i}" for i in orders],
            "ldts": [NOON + timedelta(minutes=i) for i in orders],
        },
        "l_client_order": {
            "client_order_hk": [digest(f"L{i}") for i in orders],
            "client_hk": [digest(f"C{1 + i % 40}") for i in orders],
            "order_hk": [digest(f"O{i}") for i in orders],
            "ldts": [NOON + timedelta(minutes=i) for i in orders],
        },
        "s_client": {
            "client_hk": [digest(f"C{i}") for i, _ in told],
            "ldts": [NOON + timedelta(minutes=i, days=20 * v) for i, v in told],
            "hd": [digest(f"{i}/{v}") for i, v in told],
            "city": [f"City {(i + v) % 9}" for i, v in told],
        },
        "s_order": {
            "order_hk": [digest(f"O{i}") for i, _ in steps],
            "ldts": [NOON + timedelta(minutes=i, days=3 * v) for i, v in steps],
            "hd": [digest(f"{i}:{v}") for i, v in steps],
            "status": [("new", "paid", "sent")[v] for _, v in steps],
        },
    }


@pytest.fixture(scope="module")
def schema() -> Schema:
    return World(vault()).infer()


@pytest.mark.parametrize(("name", "of"), [("s_client", "client_hk"), ("s_order", "order_hk")])
def test_a_satellite_has_a_row_for_each_load_in_which_its_digest_changed(
    schema: Schema, name: str, of: str
) -> None:
    versions = table(schema, name).versions
    assert versions
    assert (versions.kind, versions.entity_key) == ("slowly_changing", (of,))
    assert key(schema, name) == (of, "ldts")


def test_a_link_is_known_by_its_own_hash_and_leads_to_both_hubs(schema: Schema) -> None:
    assert key(schema, "l_client_order") == ("client_order_hk",)
    found = edges(schema)
    assert found["l_client_order(client_hk)"] == "h_client(client_hk)"
    assert found["l_client_order(order_hk)"] == "h_order(order_hk)"


def test_a_satellite_leads_to_its_hub_and_nothing_leads_to_a_satellite(schema: Schema) -> None:
    found = edges(schema)
    assert found["s_order(order_hk)"] == "h_order(order_hk)"
    assert not [end for end in found.values() if end.startswith("s_")]


def test_a_feed_known_by_a_bare_id_is_led_to_though_every_other_table_has_an_id_too() -> None:
    rows = range(350)
    feed = {
        "accounts": {
            "id": [1 + i % 120 for i in rows],
            "owner": [f"Owner {1 + i % 120}" for i in rows],
            "__op": ["c" if i < 120 else "u" for i in rows],
            "__lsn": [900_000 + 7 * i for i in rows],
        },
        "cards": {
            "id": [5000 + i for i in range(200)],
            "account_id": [1 + i * 7 % 120 for i in range(200)],
            "brand": [("visa", "amex", "mc")[i % 3] for i in range(200)],
        },
    }
    schema = World(feed).infer()
    versions = table(schema, "accounts").versions
    assert versions
    assert (versions.kind, versions.entity_key) == ("loads", ("id",))
    assert edges(schema)["cards(account_id)"] == "accounts(id)"


def test_a_satellite_of_which_nothing_has_changed_yet_is_known_by_its_load_too() -> None:
    tables = vault()
    once = {"order_hk": tables["h_order"]["order_hk"], "ldts": tables["h_order"]["ldts"]}
    once |= {"hd": [digest(f"{i}") for i in range(80)], "cost": [i * 1.5 for i in range(80)]}
    schema = World({**tables, "s_order": once}).infer()
    assert key(schema, "s_order") == ("order_hk", "ldts")
    assert edges(schema)["s_order(order_hk)"] == "h_order(order_hk)"
