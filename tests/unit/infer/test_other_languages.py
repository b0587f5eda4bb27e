"""A shop whose names are in another language is understood as the English one is."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.schema import ColumnMeaning, Schema
from dbt_cartridge.infer import without_personal_values
from tests.unit.design.made import host
from tests.unit.infer.rows import World

# The order of the names in each language.
_THINGS = """
    customers customer_id last_name first_name city birth_date credit_limit active
    products product_id label category stock
    orders order_id order_date delivery_date status total
    lines position quantity unit_price tax_rate
    payments payment_id payment_date amount payment_method
""".split()
_NAMES = {
    "English": """
        customers customer_id last_name first_name city birth_date credit_limit active
        products product_id product_name category stock
        orders order_id order_date delivery_date status total
        order_lines position quantity unit_price tax_rate
        payments payment_id payment_date amount payment_method""",
    "German": """
        kunden kunden_nr nachname vorname ort geburtsdatum kreditlimit aktiv
        artikel artikel_nr bezeichnung kategorie bestand
        bestellungen bestell_nr bestelldatum lieferdatum status gesamtbetrag
        bestellpositionen position menge einzelpreis mwst_satz
        zahlungen zahlung_nr zahlungsdatum betrag zahlungsart""",
    "Dutch": """
        klanten klant_id achternaam voornaam plaats geboortedatum kredietlimiet actief
        artikelen artikel_id naam categorie voorraad
        bestellingen bestelling_id besteldatum leverdatum status totaalbedrag
        bestelregels regelnummer aantal stukprijs btw_tarief
        betalingen betaling_id betaaldatum bedrag betaalwijze""",
    "Spanish": """
        clientes id_cliente apellido nombre ciudad fecha_nacimiento limite_credito activo
        productos id_producto titulo categoria existencias
        pedidos id_pedido fecha_pedido fecha_entrega estado importe_total
        lineas_pedido posicion cantidad precio_unitario tasa_iva
        pagos id_pago fecha_pago importe metodo_pago""",
    "Portuguese": """
        clientes id_cliente sobrenome nome cidade data_nascimento limite_credito ativo
        produtos id_produto titulo categoria estoque
        pedidos id_pedido data_pedido data_entrega situacao valor_total
        itens_pedido posicao quantidade preco_unitario aliquota_iva
        pagamentos id_pagamento data_pagamento valor forma_pagamento""",
    "French": """
        clients id_client nom prenom ville date_naissance plafond_credit actif
        produits id_produit libelle categorie stock
        commandes id_commande date_commande date_livraison statut montant_total
        lignes_commande position quantite prix_unitaire taux_tva
        paiements id_paiement date_paiement montant mode_paiement""",
    "Italian": """
        clienti id_cliente cognome nome citta data_nascita limite_credito attivo
        prodotti id_prodotto titolo categoria giacenza
        ordini id_ordine data_ordine data_consegna stato importo_totale
        righe_ordine posizione quantita prezzo_unitario aliquota_iva
        pagamenti id_pagamento data_pagamento importo metodo_pagamento""",
}
_OTHERS = [language for language in _NAMES if language != "English"]


def _shop(language: str) -> World:
    called = dict(zip(_THINGS, _NAMES[language].split(), strict=True))
    chance, day = random.Random(7), date(2024, 1, 1)
    lines = [(order, at) for order in range(400) for at in range(1, 2 + order % 3)]
    ordered = [day + timedelta(chance.randrange(300)) for _ in range(400)]
    tables: dict[str, dict[str, list[Any]]] = {
        "customers": {
            "customer_id": list(range(80)),
            "last_name": [f"Nm{chance.randrange(60)}" for _ in range(80)],
            "first_name": [f"Vn{chance.randrange(40)}" for _ in range(80)],
            "city": [f"C{chance.randrange(9)}" for _ in range(80)],
            "birth_date": [date(1970, 1, 1) + timedelta(97 * n) for n in range(80)],
            "credit_limit": [100.5 * chance.randrange(1, 40) for _ in range(80)],
            "active": [chance.random() > 0.2 for _ in range(80)],
        },
        "products": {
            "product_id": list(range(40)),
            "label": [f"Prod {n}" for n in range(40)],
            "category": [f"K{chance.randrange(5)}" for _ in range(40)],
            "stock": [chance.randrange(300) for _ in range(40)],
        },
        "orders": {
            "order_id": list(range(400)),
            "customer_id": [chance.randrange(80) for _ in range(400)],
            "order_date": ordered,
            "delivery_date": [each + timedelta(chance.randrange(1, 8)) for each in ordered],
            "status": [chance.choice("ABC") for _ in range(400)],
            "total": [chance.randrange(1000, 90000) / 100 for _ in range(400)],
        },
        "lines": {
            "order_id": [order for order, _ in lines],
            "position": [at for _, at in lines],
            "product_id": [chance.randrange(40) for _ in lines],
            "quantity": [chance.randrange(1, 9) for _ in lines],
            "unit_price": [chance.randrange(100, 9000) / 100 for _ in lines],
            "tax_rate": [chance.choice((0.07, 0.19)) for _ in lines],
        },
        "payments": {
            "payment_id": list(range(500)),
            "order_id": [chance.randrange(400) for _ in range(500)],
            "payment_date": [day + timedelta(chance.randrange(330)) for _ in range(500)],
            "amount": [chance.randrange(100, 9000) / 100 for _ in range(500)],
            "payment_method": [chance.choice("XYZ") for _ in range(500)],
        },
    }
    return World(
        {
            called[table]: {called[column]: values for column, values in own.items()}
            for table, own in tables.items()
        }
    )


def _understood(schema: Schema, language: str) -> dict[str, tuple[Any, ...]]:
    """What is meant by each thing of the shop."""
    things = dict(zip(_NAMES[language].split(), _THINGS, strict=True))
    found: dict[str, tuple[Any, ...]] = {}
    for table in schema.tables:
        found[things[table.id.removeprefix("raw.")]] = (table.role,)
        for column in table.columns:
            meant = (column.role, column.additivity, column.money, column.pii)
            found[f"{things[table.id.removeprefix('raw.')]}.{things[column.name]}"] = meant
    return found


@pytest.mark.parametrize("language", _OTHERS)
def test_roles_measures_and_personal_data_are_those_of_the_english_shop(language: str) -> None:
    found = _understood(_shop(language).infer(), language)
    assert found == _understood(_shop("English").infer(), "English")


@pytest.mark.parametrize("language", _OTHERS)
def test_no_persons_name_is_kept(language: str) -> None:
    called = dict(zip(_THINGS, _NAMES[language].split(), strict=True))
    scan = without_personal_values(_shop(language).scan)
    columns = scan.by_id[f"raw.{called['customers']}"].by_name
    for thing in ("last_name", "first_name", "birth_date"):
        profile = columns[called[thing]].profile
        assert profile is not None
        assert (profile.top_values, profile.min, profile.max) == ((), None, None)


@pytest.fixture(scope="module")
def german() -> Design:
    world = _shop("German")
    return design(world.infer(), world.scan, host(), Settings())


def test_names_stay_in_their_language(german: Design) -> None:
    staged = german.by_name["stg_raw__bestellungen"]
    assert {c.name for c in staged.columns} >= {"bestell_nr", "kunden_nr", "bestelldatum",
                                                "lieferdatum", "gesamtbetrag"}  # fmt: skip
    marts = {m.name for m in german.models if m.layer == "marts"} - {"dim_dates"}
    assert marts == {"dim_artikel", "dim_kunden", "fct_bestellpositionen", "fct_bestellungen",
                     "fct_zahlungen"}  # fmt: skip


def test_what_is_computed_is_computed_of_german_columns_too(german: Design) -> None:
    lines = german.by_name["fct_bestellpositionen"]
    assert "line_amount" in {c.name for c in lines.columns}
    customers = {c.name for c in german.by_name["dim_kunden"].columns}
    assert {"total_bestellungen_gesamtbetrag", "total_zahlungen_betrag"} <= customers
    assert "has_bestellungen" in customers


def test_a_providers_name_leaves_the_meaning() -> None:
    column = ColumnMeaning(name="betrag", words=("amount",), spelt=("betrag",))
    assert column.said == ("betrag",)
    assert ColumnMeaning(name="amt", words=("amount",)).said == ("amount",)
