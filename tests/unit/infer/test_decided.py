"""What people decided is weighed against the rows, obeyed where they do not deny it, and refused
with what was counted where they do."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.decisions import Decisions
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.infer import infer
from dbt_cartridge.infer.decided import declared, obeyed, with_terms
from tests.unit.infer.rows import World, edge, edges, key, table

ROWS = range(1, 41)
SHOP = {
    "visits": {
        "code": [f"v{n}" for n in ROWS],
        "place": [n // 2 for n in ROWS],  # 0 … 20
        "seq": [n % 2 for n in ROWS],
        "guide": [100 + n % 4 for n in ROWS],
        "amount": [n * 7 % 50 for n in ROWS],
    },
    "people": {"nr": [100, 101, 102, 103], "label": ["a", "b", "c", "d"]},
    "old_stuff": {"id": [1, 2, 3], "word": ["x", "y", "z"]},
}


def said(**tables: Any) -> Decisions:
    return Decisions.model_validate({"tables": {f"raw.{n}": t for n, t in tables.items()}})


def decided(decisions: Decisions, world: World | None = None) -> Schema:
    world = world or World(SHOP)
    return obeyed(infer(declared(world.scan, decisions), world.probe, Settings()), decisions)


def test_without_decisions_nothing_is_touched() -> None:
    scan = World(SHOP).scan
    assert declared(scan, Decisions()) is scan


def test_a_decided_key_is_the_key_and_says_whose_it_is() -> None:
    one = {"key": ["place", "seq"], "why": "the paper form"}
    schema = decided(said(visits=one))
    assert set(key(schema, "visits")) == {"place", "seq"}
    found = table(schema, "visits").primary_key
    assert found is not None
    assert found.evidence_class == "declared"
    assert found.evidence[-1].text == "decided in cartridge.yml: the paper form"


def test_a_key_that_the_rows_deny_is_an_error_that_says_so() -> None:
    with pytest.raises(ConfigError, match=r"the key of raw.visits is \(place\), and in the data"):
        decided(said(visits={"key": ["place"]}))


def test_a_decided_reference_is_joined_though_no_name_suggests_it() -> None:
    assert "visits(guide)" not in edges(World(SHOP).infer())
    one = {"columns": ["guide"], "to": "raw.people", "to_columns": ["nr"]}
    schema = decided(said(visits={"references": [one]}))
    found = edge(schema, "visits(guide)")
    assert (found.ref_table, found.ref_columns) == ("raw.people", ("nr",))
    assert (found.evidence_class, found.orphans) == ("declared", 0)


def test_the_key_of_the_parent_need_not_be_said_twice() -> None:
    one = {"columns": ["guide"], "to": "raw.people"}
    schema = decided(said(visits={"references": [one]}, people={"key": ["nr"]}))
    assert edge(schema, "visits(guide)").ref_columns == ("nr",)


def test_a_reference_that_the_rows_deny_is_an_error_with_the_count() -> None:
    one = {"columns": ["amount"], "to": "raw.people", "to_columns": ["nr"]}
    with pytest.raises(ConfigError, match="40 of 40 rows find nothing there"):
        decided(said(visits={"references": [one]}))


def test_every_contradiction_is_told_at_once() -> None:
    wrong = {"columns": ["amount"], "to": "raw.people", "to_columns": ["nr"]}
    with pytest.raises(ConfigError) as caught:
        decided(said(visits={"key": ["seq"], "references": [wrong]}))
    assert str(caught.value).count("cartridge.yml says") == 2


def test_what_leads_nowhere_is_neither_joined_nor_suggested() -> None:
    shop = {"orders": {"order_id": list(ROWS), "agent_id": [n % 9 + 1 for n in ROWS]},
            "agents": {"agent_id": list(range(1, 10)), "name": list("abcdefghi")}}  # fmt: skip
    assert "orders(agent_id)" in edges(World(shop).infer())
    schema = decided(said(orders={"no_references": ["agent_id"]}), World(shop))
    assert "orders(agent_id)" not in edges(schema)
    assert not [r for r in schema.suggestions if r.columns == ("agent_id",)]


def test_role_entity_unit_and_description_are_as_decided() -> None:
    columns = {"amount": {"unit": "cents", "name": "paid_amount", "personal": "none"}}
    one = {"role": "fact", "entity": "guided_tour", "description": "Tours.", "columns": columns}
    found = table(decided(said(visits=one)), "visits")
    assert (found.role, found.entity, found.entities) == ("fact", "guided_tour", "guided_tours")
    assert found.description == "Tours."
    amount = found.by_name["amount"]
    assert (amount.unit, amount.words, amount.pii) == ("cents", ("paid", "amount"), None)


def test_an_excluded_table_is_not_modelled_and_not_taken_for_dropped() -> None:
    scan = declared(World(SHOP).scan, said(old_stuff={"exclude": True}))
    assert "raw.old_stuff" not in scan.by_id
    assert "raw.old_stuff" in scan.outside


def test_unknown_tables_and_columns_are_named_with_the_nearest_right_ones() -> None:
    scan = World(SHOP).scan.model_copy(update={"schemas": ("raw",)})
    with pytest.raises(ConfigError) as caught:
        declared(scan, said(visit={"key": ["code"]}, people={"key": ["nrr"]}))
    told = str(caught.value)
    assert "no table 'raw.visit'. Did you mean 'raw.visits'?" in told
    assert "raw.people has no column 'nrr'. Did you mean 'nr'?" in told


def test_a_decision_about_another_schema_waits_for_its_run() -> None:
    scan = World(SHOP).scan.model_copy(update={"schemas": ("raw",)})
    other = Decisions.model_validate({"tables": {"crm.people": {"key": ["nr"]}}})
    assert declared(scan, other).relations == scan.relations


def test_words_of_the_business_go_to_the_provider_with_the_users_own() -> None:
    told = with_terms(Settings(context="A museum."), Decisions(terms={"tour": "a guided walk"}))
    assert told.context == "A museum.\ntour: a guided walk"
