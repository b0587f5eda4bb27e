"""Personal data is found by name and by shape, and nothing else is called so."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.scan import Column, Scan
from dbt_cartridge.infer.personal import (
    _phrases,  # pyright: ignore[reportPrivateUsage]
    personal,
)
from dbt_cartridge.infer.withheld import without_personal_values
from dbt_cartridge.words import split
from tests.unit.infer.build import column, integer, moment, relation


def kind(one: Column, table: str = "order") -> str | None:
    found = personal(one, split(one.name), (table,))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("one", "pii"),
    [
        (column("email"), "email"),
        (column("CustomerEmailAddr"), "email"),
        (column("home_phone"), "phone"),
        (column("fax_no"), "phone"),
        (column("first_name"), "person_name"),
        (column("LNAME"), "person_name"),
        (column("ContactName"), "person_name"),
        (column("shipping_address"), "address"),
        (column("postal_cd"), "address"),
        (column("ssn"), "national_id"),
        (column("passport_no"), "national_id"),
        (column("client_ip"), "ip_address"),
        (moment("dob", "date"), "birth_date"),
        (column("credit_card_number"), "payment_card"),
        (column("iban"), "bank_account"),
        (column("password_hash"), "credential"),
        (column("user_pass"), "credential"),
        (column("pwd"), "credential"),
        (column("passwd_md5"), "credential"),
        (column("auth_token"), "credential"),
        (column("token_hash"), "credential"),
        (column("two_factor_secret"), "credential"),
        (column("recovery_codes"), "credential"),
        (column("signing_key"), "credential"),
        (column("Passwort"), "credential"),
        (column("contraseña"), "credential"),
        (column("пароль"), "credential"),
        (column("mot_de_passe"), "credential"),
        (column("Geburtsdatum", "date"), "birth_date"),
        (column("prenom"), "person_name"),
        (column("correo_electronico"), "email"),
        (column("dni"), "national_id"),
        (column("national_insurance_no"), "national_id"),
        (column("kontonummer"), "bank_account"),
        (column("annual_salary", "decimal"), "salary"),
        (column("gehalt", "decimal"), "salary"),
    ],
)
def test_personal_data_is_found_by_name(one: Column, pii: str) -> None:
    assert kind(one) == pii


@pytest.mark.parametrize("name", ["token", "hash", "salt", "pin", "digest"])
def test_what_lets_somebody_in_is_a_secret_of_theirs_and_of_nothing_else(name: str) -> None:
    assert kind(column(name), "user") == "credential"
    assert kind(column(name), "parcel") is None


@pytest.mark.parametrize(
    ("patterns", "pii"),
    [
        ({"email": 950}, "email"),
        ({"ip_address": 1000}, "ip_address"),
        ({"national_id": 1000}, "national_id"),
        ({"phone": 900}, "phone"),
        ({"card_number": 900}, "payment_card"),
    ],
)
def test_personal_data_is_found_by_the_shape_of_its_values(
    patterns: dict[str, int], pii: str
) -> None:
    one = column("zorp", patterns=patterns)
    found = personal(one, ("zorp",))
    assert found
    assert found[0] == pii
    assert found[1].value is not None
    assert found[1].value >= 0.8


@pytest.mark.parametrize(
    "one",
    [
        column("zorp", patterns={"email": 300}),
        column("account_number", patterns={"phone": 1000}),
        column("zorp", patterns={"phone": 1000, "integer": 1000, "decimal": 1000}),
        integer("address_id"),
        integer("email_id"),
        column("email_status"),
        column("password_policy"),
        integer("password_attempts"),
        column("access_token_type"),
        column("customer_id_hash"),
        column("commit_hash"),
        column("file_digest"),
        column("secret_santa"),
        column("public_key"),
        column("pin_code"),
        column("max_salary", "decimal"),
        column("salary_grade"),
        column("has_phone", "boolean"),
        column("company"),
        column("product_name"),
        column("name"),
        moment("email_sent_date", "date"),
    ],
)
def test_what_is_not_personal_is_not_called_so(one: Column) -> None:
    assert kind(one) is None


def test_the_name_of_a_person_is_personal_and_of_a_product_is_not() -> None:
    assert kind(column("name"), "customer") == "person_name"
    assert kind(column("name"), "product") is None


def test_values_of_personal_columns_go_no_further_and_counts_do() -> None:
    columns = (
        column("email", values=("ann@example.org",)),
        column("zorp", patterns={"phone": 900}, values=("+1 555 0100",)),
        moment("dob", "date"),
        column("status", values=("open", "closed")),
    )
    scan = Scan(adapter="duckdb", relations=(relation("people", *columns),))
    silent = without_personal_values(scan)
    email, zorp, dob, status = (c.profile for c in silent.relations[0].columns)
    assert status == columns[3].profile
    for kept, one in ((email, columns[0]), (zorp, columns[1]), (dob, columns[2])):
        assert one.profile
        assert kept == one.profile.model_copy(update={"top_values": (), "min": None, "max": None})
    assert "ann@example.org" not in silent.model_dump_json()
    assert without_personal_values(silent) == silent


def test_a_name_that_stands_in_many_tables_is_held_against_the_phrases_once():
    searched = _phrases.cache_info().misses
    for number in range(50):
        assert kind(column("home_phone"), f"table_{number}") == "phone"
    assert _phrases.cache_info().misses - searched <= 1
