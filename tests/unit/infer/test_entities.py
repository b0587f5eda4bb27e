"""Every table has a name of its own, whatever the warehouse calls it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.entities import entities
from dbt_cartridge.words import Lexicon


def named(*tables: str) -> list[tuple[str, str]]:
    """`schema.table` each; the names that they get, in order."""
    relations = [
        Relation(schema_name=schema, name=name)
        for schema, _, name in (table.partition(".") for table in tables)
    ]
    lexicon = Lexicon.of({relation.name: () for relation in relations})
    made = [Draft(relation, lexicon.entity(relation.name), (), False, ()) for relation in relations]
    found = entities(made)
    return [found[draft.id] for draft in made]


def test_a_table_is_named_for_one_row_and_for_many() -> None:
    assert named("raw.tbl_Order Details", "raw.People") == [
        ("order_detail", "order_details"),
        ("person", "people"),
    ]


def test_tables_alike_but_for_a_prefix_keep_it() -> None:
    assert named("raw.orders", "raw.stg_orders") == [
        ("order", "orders"),
        ("stg_order", "stg_orders"),
    ]


def test_no_english_plural_is_made_of_another_language() -> None:
    german = (
        "raw.Kunden raw.Bestellungen raw.Rechnungen raw.Artikel raw.Lieferanten raw.Mitarbeiter"
    )
    more = "raw.Adressen raw.Filialen raw.Zahlungen"
    found = named(*f"{german} {more}".split())
    assert ("kunden", "kunden") in found
    assert not any(several.endswith("ns") for _, several in found)


def test_tables_of_two_schemas_may_be_called_alike() -> None:
    assert named("crm.orders", "erp.orders") == [("order", "orders"), ("order", "orders")]


def test_a_singular_beside_a_plural_is_called_as_it_is_written() -> None:
    assert named("raw.customer", "raw.customers") == [
        ("customer", "customer"),
        ("customers", "customers"),
    ]


def test_tables_alike_but_for_case_are_numbered() -> None:
    found = named("raw.Orders", "raw.ORDERS", "raw.orders")
    assert len({entity for entity, _ in found}) == 3


@given(st.lists(st.text(min_size=1, max_size=8).map("raw.".__add__), unique=True, max_size=8))
def test_no_two_tables_share_a_name(tables: list[str]) -> None:
    found = named(*tables)
    assert len({entity for entity, _ in found}) == len(found)
    assert len({several for _, several in found}) == len(found)
    assert all(part.isidentifier() for pair in found for part in pair)


def test_the_head_of_a_document_that_has_lines_is_the_document() -> None:
    assert named("raw.SalesOrderHeader", "raw.SalesOrderDetail", "raw.mail_headers") == [
        ("sales_order", "sales_orders"),
        ("sales_order_detail", "sales_order_details"),
        ("mail_header", "mail_headers"),
    ]
