"""Personal data, by name and by the shape of the values.

The shapes were counted in the warehouse (`TextPatterns`): no value is read here.
"""

from __future__ import annotations

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import Evidence, Pii
from dbt_cartridge.infer.column_words import CODE_WORDS, KEY_WORDS, PERSON_TABLES, words_of

_MOST = 0.8
"""A shape that this share of the values has is the column's shape. Some dirt is allowed."""

_NAMED: tuple[tuple[Pii, tuple[str, ...]], ...] = (
    ("credential", ("password", "passwd", "secret", "passphrase", "api key", "access token",
                    "refresh token", "private key", "password hash", "pin code", "otp", "pwd",
                    "passcode", "user pass", "pass hash", "hashed pass", "pwd hash",
                    "auth token", "session token", "remember token", "reset token", "auth key",
                    "secret key", "activation key", "authenticity token", "csrf token",
                    "bearer token", "api token", "token hash", "password digest")),
    ("email", ("email", "e mail", "mail address")),
    ("ip_address", ("ip", "ip address", "ipaddress", "ipv4", "ipv6")),
    ("national_id", ("ssn", "social security", "national id", "national identity", "passport",
                     "nino", "cpf", "aadhaar", "tax identification", "tin", "driver license",
                     "drivers license", "driving licence", "license plate", "national number",
                     "identity card", "tax id")),
    ("payment_card", ("card number", "credit card number", "cc number", "card pan", "cvv", "cvc",
                      "cardnumber", "card last", "cc")),
    ("bank_account", ("iban", "bank account number", "bank account", "routing number", "sort code",
                      "swift", "bic")),
    ("birth_date", ("birth date", "date of birth", "birthday", "birthdate", "birth day",
                    "born on", "birth year")),
    ("phone", ("phone", "telephone", "mobile", "cell phone", "cellphone", "fax", "phone number",
               "mobile number")),
    ("person_name", ("first name", "last name", "full name", "surname", "given name", "family name",
                     "middle name", "middle initial", "maiden name", "forename", "firstname",
                     "lastname", "fullname", "contact name", "person name", "patient name",
                     "cardholder name", "holder name", "customer name", "employee name",
                     "reviewer name", "billing name", "shipping name", "recipient name",
                     "passenger name", "student name", "driver name", "sender name",
                     "player name", "owner name", "author name", "member name", "user name")),
    ("address", ("address", "street", "street address", "address line", "address 1", "address 2",
                 "zip", "zip code", "postal code", "postcode", "zipcode", "house number")),
)  # fmt: skip

_NOT_PERSONAL = words_of(
    "type status check verified verification country state city region count flag is has domain "
    "format template preference promotion opt source label provider failure decline"
)
"""Words beside a personal word that make the column say something about it, not hold it."""


def personal(
    column: Column, words: tuple[str, ...], entity: tuple[str, ...] = ()
) -> tuple[Pii, Evidence] | None:
    """What kind of personal data a column holds, and why; None where it seems to hold none.

    Args:
        words: the column's words, short forms spelt out.
        entity: the table's words; a `name` of people is a person's name.
    """
    return _by_name(column, words, entity) or _by_shape(column, words)


def _by_name(
    column: Column, words: tuple[str, ...], entity: tuple[str, ...]
) -> tuple[Pii, Evidence] | None:
    if not words or column.type in ("boolean", "json", "array", "struct"):
        return None
    if words[-1] == "pass" and column.type == "text" and _is_of_a_person(words, entity):
        return "credential", Evidence(text="the name says 'pass', of one who logs in")
    if words == ("name",) and entity and entity[-1] in PERSON_TABLES:
        return "person_name", Evidence(text=f"the name of a person ({' '.join(entity)})")
    said = f" {' '.join(words)} "
    for pii, phrases in _NAMED:
        found = next((phrase for phrase in phrases if f" {phrase} " in said), None)
        if found is None or not _fits(column, words, pii):
            continue
        if (set(words) - set(found.split())) & _NOT_PERSONAL:
            continue
        return pii, Evidence(text=f"the name says '{found}'")
    return None


def _is_of_a_person(words: tuple[str, ...], entity: tuple[str, ...]) -> bool:
    """`pass` alone can be a mountain's or a ticket."""
    logs_in = {"user", "login", "account", "admin", "member", "db"}
    said = set(words[:-1]) | set(entity[-1:])
    return not logs_in.isdisjoint(said) or bool(entity and entity[-1] in PERSON_TABLES)


def _fits(column: Column, words: tuple[str, ...], pii: Pii) -> bool:
    dated = column.type in ("date", "timestamp")
    if pii == "birth_date":
        return dated or column.type in ("text", "integer")
    if dated or column.type in ("time", "interval"):
        return False
    if words[-1] in KEY_WORDS and pii not in ("national_id", "credential"):
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
