"""Names in other languages: which language it is, and what its words mean."""

from __future__ import annotations

import pytest

from dbt_cartridge import glossary, lexicon
from dbt_cartridge.infer import column_words, name_words, role_words
from dbt_cartridge.languages import languages, meant
from dbt_cartridge.words import Lexicon, raw_split


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        ("German", "gesamtbetrag", "total amount"),
        ("German", "stückpreis", "unit price"),
        ("German", "bestellpositionen", "order position"),
        ("German", "mitarbeiter_id", "employee id"),
        ("German", "abteilungsleiter", "department manager"),
        ("German", "zuckermenge", "zucker quantity"),
        ("Dutch", "btw_tarief", "tax rate"),
        ("Dutch", "geboortedatum", "birth date"),
        ("Spanish", "fecha_de_nacimiento", "birth date"),
        ("Spanish", "id_cliente", "customer id"),
        ("Spanish", "es_activo", "is active"),
        ("Portuguese", "valor_total", "total amount"),
        ("French", "date_de_création", "created date"),
        ("French", "lignes_commande", "order line"),
        ("Italian", "righe_ordine", "order line"),
        ("Italian", "prezzo_unitario", "unit price"),
    ],
)
def test_a_name_means_what_it_means_in_english(language: str, name: str, words: str) -> None:
    assert meant(raw_split(name), language) == tuple(words.split())


def test_a_schema_of_one_language_tells_that_of_its_smallest_tables() -> None:
    tables = {
        "kunden": "kunden_nr nachname vorname",
        "bestellungen": "bestell_nr kunden_nr bestelldatum",
        "laender": "id iso",
        "log": "id at",
    }
    found = languages({t: [raw_split(t), *map(raw_split, c.split())] for t, c in tables.items()})
    assert found == dict.fromkeys(("kunden", "bestellungen", "laender"), "German")


@pytest.mark.parametrize(
    "columns",
    [
        "order_id customer_id order_date total status",  # `total` and `status` are everybody's
        "id data valor note region",
        "pump_id menge serial_number last_service installed_at",  # one word tells no language
    ],
)
def test_english_names_are_no_other_language(columns: str) -> None:
    assert languages({"machines": [raw_split("machines"), *map(raw_split, columns.split())]}) == {}


def test_words_of_another_language_are_not_cut_into_english_ones() -> None:
    of = Lexicon.of({"pedidos": ["id_pedido", "desconto", "data_pedido", "valor_total"]})
    assert of.split("desconto") == ("desconto",)
    assert of.meant("pedidos", ("desconto",)) == ("discount",)
    assert of.meant("orders", ("desconto",)) == ("desconto",)


def test_the_glossary_means_words_that_the_lists_know() -> None:
    told = {
        word for known in glossary.LANGUAGES.values() for means in known.values() for word in means
    }
    lists = lexicon.COMMON_WORDS | set(lexicon.ABBREVIATIONS.values())
    for module in (column_words, name_words, role_words):
        lists = lists.union(
            *(each for each in vars(module).values() if isinstance(each, frozenset))
        )
    assert sorted(told - lists) == []
