"""Personal data, by name and by the shape of the values.

The shapes were counted in the warehouse (`TextPatterns`): no value is read here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import Evidence, Pii
from dbt_cartridge.infer.column_words import CODE_WORDS, KEY_WORDS, PERSON_TABLES, words_of
from dbt_cartridge.written import written_time

_MOST = 0.8
"""A shape that this share of the values has is the column's shape. Some dirt is allowed."""

_NAMED: tuple[tuple[Pii, tuple[str, ...]], ...] = (
    ("email", ("email", "e mail", "mail address", "courriel", "correo", "correo electronico")),
    ("ip_address", ("ip", "ip address", "ipaddress", "ipv4", "ipv6", "mac address")),
    ("national_id", ("ssn", "social security", "national id", "national identity", "passport",
                     "nino", "cpf", "aadhaar", "aadhar", "tax identification", "tin",
                     "driver license", "drivers license", "driver licence", "drivers licence",
                     "driving licence", "driving license", "license plate", "national number",
                     "identity card", "identity number", "tax id", "national insurance",
                     "social insurance", "citizen id", "personnummer", "fodselsnummer",
                     "steuer id", "steuernummer", "sozialversicherungsnummer", "dni", "nif", "curp",
                     "pesel", "cnp", "bsn", "codice fiscale", "numero securite sociale",
                     "numero secu", "cedula")),
    ("payment_card", ("card number", "credit card number", "cc number", "card pan", "cvv", "cvc",
                      "cardnumber", "card last", "cc")),
    ("bank_account", ("iban", "bank account number", "bank account", "routing number", "sort code",
                      "swift", "bic", "kontonummer", "bankverbindung", "cuenta bancaria",
                      "conto corrente")),
    ("salary", ("salary", "wage", "wages", "pay rate", "gehalt", "lohn", "sueldo", "salario",
                "salaire", "stipendio")),
    ("birth_date", ("birth date", "date of birth", "birthday", "birthdate", "birth day",
                    "born on", "birth year", "geburtsdatum", "geburtstag", "fecha nacimiento",
                    "fecha de nacimiento", "date naissance", "date de naissance",
                    "data nascimento", "data de nascimento", "data di nascita")),
    ("phone", ("phone", "telephone", "mobile", "cell phone", "cellphone", "fax", "phone number",
               "mobile number", "telefon", "telefono", "telefone", "handy", "mobil", "telefax",
               "handynummer", "telefonnummer")),
    ("person_name", ("first name", "last name", "full name", "surname", "given name", "family name",
                     "middle name", "middle initial", "maiden name", "forename", "firstname",
                     "lastname", "fullname", "contact name", "person name", "patient name",
                     "cardholder name", "holder name", "customer name", "employee name",
                     "reviewer name", "billing name", "shipping name", "recipient name",
                     "passenger name", "student name", "driver name", "sender name",
                     "player name", "owner name", "buyer name", "seller name", "tenant name",
                     "guest name", "donor name", "applicant name", "candidate name",
                     "beneficiary name", "claimant name", "borrower name", "author name",
                     "member name", "user name",
                     "vorname", "nachname", "familienname", "apellido", "apellidos", "prenom",
                     "cognome", "sobrenome", "voornaam", "achternaam")),
    ("address", ("address", "street", "street address", "address line", "address 1", "address 2",
                 "zip", "zip code", "postal code", "postcode", "zipcode", "house number",
                 "strasse", "anschrift", "adresse", "plz", "direccion", "endereco", "indirizzo",
                 "codigo postal", "code postal")),
)  # fmt: skip
"""Phrases of several languages, in Latin letters; another script is compared by its sound."""

_SECRETS = (
    *"""password passwd pwd passcode passphrase secret credential credentials jwt otp
    passwort kennwort contrasena senha wachtwoord haslo heslo lozinka salasana jelszo sifre mdp
    parol mima pasuwado""".split(),
    "api key", "private key", "secret key", "access key", "auth key", "authorization key",
    "signing key", "encryption key", "activation key", "ssh key", "pgp key", "master key",
    "consumer key", "session key", "user pass", "hashed pass", "mot de passe", "palavra passe",
    "security answer", "secret answer", "recovery code", "recovery codes", "backup codes",
    "totp seed", "pass hash",
)  # fmt: skip
_ISSUED = words_of(
    """
    access refresh auth authorization authenticity session remember reset password activation
    confirmation verification invitation invite csrf xsrf bearer api login magic unsubscribe
    device push oauth security
    """
)
"""Before `token`: whoever holds it is let in. Of a text or a coin a token is another thing."""
_LET_IN = words_of("user login account admin member session client identity subscriber db")
_WRITTEN = words_of(
    "hash hashed digest encrypted enc salt salted md sha bcrypt argon text value plain old new"
)
"""What follows a secret's name and says only how it is written."""
_KEEPS_SECRETS = words_of("token hash digest salt pass pin")
_LONG = 16  # characters: nobody tells such a thing by heart

_NOT_PERSONAL = words_of(
    "type status check verified verification country state city region count flag is has domain "
    "format template preference promotion opt source label provider failure decline"
)
"""Words beside a personal word that make the column say something about it, not hold it."""
_OF_A_POST = words_of("min minimum max maximum lowest highest average avg grade range band total")
"""Beside a salary: what a post offers, or a group gets; nobody's own."""


def personal(
    column: Column,
    words: tuple[str, ...],
    entity: tuple[str, ...] = (),
    spelt: tuple[str, ...] = (),
) -> tuple[Pii, Evidence] | None:
    """What kind of personal data a column holds, and why; None where it seems to hold none.

    Args:
        words: the column's words, short forms spelt out.
        entity: the table's words; a `name` of people is a person's name.
        spelt: the column's words in another language, of which `words` are the English ones.
    """
    named = _by_name(column, words, entity) or _by_name(column, spelt, entity)
    return named or _by_shape(column, words)


def _by_name(
    column: Column, words: tuple[str, ...], entity: tuple[str, ...]
) -> tuple[Pii, Evidence] | None:
    if not words or column.type in ("boolean", "json", "array", "struct"):
        return None
    plain = tuple(_plain(word) for word in words)
    if _TELLING.isdisjoint(plain):
        return None
    if column.type in ("text", "binary", "uuid", "other"):
        secret = _secret(plain) or _of_who_logs_in(column, plain, entity)
        if secret:
            return "credential", Evidence(text=f"the name says '{secret}'")
    if words == ("name",) and entity and entity[-1] in PERSON_TABLES:
        return "person_name", Evidence(text=f"the name of a person ({' '.join(entity)})")
    for pii, found in _phrases(plain):
        if not _fits(column, words, pii):
            continue
        if (set(words) - set(found.split())) & _NOT_PERSONAL:
            continue
        return pii, Evidence(text=f"the name says '{found}'")
    return None


@lru_cache(maxsize=16_384)  # most names stand in many tables
def _phrases(words: tuple[str, ...]) -> tuple[tuple[Pii, str], ...]:
    """What the words name of each kind of personal data."""
    said = f" {' '.join(words)} "
    return tuple(
        (pii, next(each for each in phrases if f" {each} " in said))
        for pii, phrases in _NAMED
        if any(f" {each} " in said for each in phrases)
    )


_TELLING = frozenset(
    word for phrases in (*(p for _, p in _NAMED), _SECRETS, _KEEPS_SECRETS, ("name",))
    for phrase in phrases for word in phrase.split()
)  # fmt: skip
"""Every word of all that names something personal. Most columns bear none of them."""


@lru_cache(maxsize=65_536)
def _plain(word: str) -> str:
    """`contraseña` → contrasena, `пароль` → parol."""
    return word if word.isascii() else re.sub(r"[^a-z0-9]", "", anyascii(word).lower())


@lru_cache(maxsize=16_384)
def _secret(words: tuple[str, ...]) -> str | None:
    """The phrase that names a secret, where nothing but how it is written comes after it: a
    `password_policy` is none."""
    written = _without(words, _WRITTEN)
    for said in (words, written, _without(words, _WRITTEN | _KEEPS_SECRETS)):
        text = f" {' '.join(said)}"
        found = next((phrase for phrase in _SECRETS if text.endswith(f" {phrase}")), None)
        if found:
            return found
    issued = written != words or not _ISSUED.isdisjoint(written[:-1])
    return " ".join(words) if written[-1:] == ("token",) and issued else None


def _without(words: tuple[str, ...], last: frozenset[str]) -> tuple[str, ...]:
    while words and (words[-1].rstrip("0123456789") or "md") in last:  # `md5`, `2`
        words = words[:-1]
    return words


def _of_who_logs_in(column: Column, words: tuple[str, ...], entity: tuple[str, ...]) -> str | None:
    """`pass` alone can be a mountain's, `token` a coin's, `hash` a file's: of somebody who logs in
    it lets in, and so does a token that is too long to be told."""
    if words[-1] not in _KEEPS_SECRETS:
        return None
    before = set(words[:-1])
    logs_in = not _LET_IN.isdisjoint(before | set(entity[-1:]))
    if not before and (logs_in or (entity and entity[-1] in PERSON_TABLES)):
        return words[-1]
    if words[-1] == "pass" and not _LET_IN.isdisjoint(before):
        return "pass"
    profile = column.profile
    long = profile is not None and (profile.min_length or 0) >= _LONG
    return "token" if words[-1] == "token" and long else None


def _fits(column: Column, words: tuple[str, ...], pii: Pii) -> bool:
    dated = column.type in ("date", "timestamp")
    if pii == "salary":
        paid = column.type in ("integer", "decimal", "float", "text")
        return paid and words[-1] not in KEY_WORDS and _OF_A_POST.isdisjoint(words)
    if pii == "birth_date":
        return dated or column.type in ("text", "integer")
    if dated or column.type in ("time", "interval"):
        return False
    if words[-1] in KEY_WORDS and pii != "national_id":
        return False  # `email_id` leads to another table
    if pii in ("email", "person_name", "address", "ip_address") and column.type != "text":
        return pii == "address" and "code" in words  # postal codes as numbers
    return column.type in ("text", "integer", "decimal", "float", "uuid", "other", "binary")


def _by_shape(column: Column, words: tuple[str, ...]) -> tuple[Pii, Evidence] | None:
    profile = column.profile
    if column.type != "text" or profile is None or profile.patterns is None:
        return None
    filled = profile.rows - profile.nulls - profile.blanks
    if filled < 3:
        return None
    patterns = profile.patterns
    plain = patterns.decimal + patterns.date + patterns.timestamp >= filled * (1 - _MOST)
    plain = plain or written_time(column) is not None  # 31.12.2024 is no number to call
    coded = not words or words[-1] in CODE_WORDS or words[-1] in KEY_WORDS
    shapes: tuple[tuple[Pii, int, str], ...] = (
        ("email", patterns.email, "e-mail addresses"),
        ("ip_address", patterns.ip_address, "IP addresses"),
        ("national_id", patterns.national_id, "national numbers (ddd-dd-dddd)"),
        # Digits alone are ids more often than phones or cards: only written with signs they count.
        ("phone", 0 if plain or coded else patterns.phone, "phone numbers"),
        ("payment_card", 0 if plain or coded else patterns.card_number, "payment cards"),
    )
    for pii, count, what in shapes:
        share = count / filled
        if share >= _MOST:
            text = f"{share:.0%} of the values look like {what}"
            return pii, Evidence(text=text, value=share)
    return None
