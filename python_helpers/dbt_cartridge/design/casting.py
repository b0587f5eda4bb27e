"""What a source column becomes in staging: its type and its expression.

Text is cast only where the profile of every row proves it; codes, telephone numbers and keys stay
text, since `007` is not 7.
"""

from __future__ import annotations

from dataclasses import dataclass

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.documents.design import ColumnGroup
from dbt_cartridge.documents.scan import Column, JsonPath, Profile, TextPatterns, TypeFamily
from dbt_cartridge.documents.schema import ColumnMeaning

# Words of columns whose digits are no quantity.
_CODES = frozenset(
    """id key code zip postal postcode phone fax mobile telephone number ssn ein npi isbn sku upc
    ean gtin barcode account iban bic version extension reference serial imei hash token""".split()
)
_FLAGS = frozenset({"flag", "deleted_flag", "is_current"})
_NUMERIC_ROLES = frozenset({"measure"})
_TIMES = frozenset(
    """event_time created_time updated_time load_time deleted_time valid_from valid_to""".split()
)
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")
_STABLE_SHARE = 0.95  # of the rows: a JSON path seen in so many is lifted
_LONGEST_DECIMAL = 18
_CURRENCIES = ("$", "€", "£", "¥")
_JSON_TYPES: dict[str, tuple[TypeFamily, str | None]] = {
    "string": ("text", None),
    "integer": ("integer", "bigint"),
    "number": ("float", "double"),
    "boolean": ("boolean", "boolean"),
}


@dataclass(frozen=True)
class Cast:
    """`expression` is over `alias`. `changed`: the source's own type no longer holds."""

    expression: str
    type: TypeFamily
    changed: bool = False
    comment: str | None = None
    divisor_of_cents: bool = False


def stage(
    alias: str,
    column: Column,
    meaning: ColumnMeaning,
    in_key: bool,
    key_type: TypeFamily | None,
    blank_is_key: bool = False,
) -> Cast:
    """The staged value of a column.

    Args:
        in_key: it is part of a primary or foreign key, whose values must go on matching.
        key_type: the family that all columns on both ends of its relationships share, if it has
            to be cast to it.
        blank_is_key: an empty text is a value of the key like any other.
    """
    raw = sql.column(alias, column.name)
    profile = column.profile
    zero_dates = column.type in ("date", "timestamp") and profile is not None and profile.zeros > 0
    if zero_dates and not in_key:
        raw = f"case when month({raw}) > 0 and day({raw}) > 0 then {raw} end"
    if key_type and key_type != column.type:
        return _key(raw, column.type, key_type)
    if in_key:
        blank = column.type == "text" and profile is not None and profile.blanks > 0
        blank = blank and not blank_is_key
        return Cast(sql.blank_key_to_null(raw) if blank else raw, column.type)
    if column.type == "text":
        return _text(raw, profile, meaning)
    if column.type == "decimal" and column.native_type.lower() == "money":
        # PostgreSQL's own type compares with nothing but itself.
        return Cast(sql.cast(raw, "decimal(18, 4)"), "decimal", True)
    if column.type == "timestamp" and _is_whole_days(profile, meaning):
        return Cast(sql.cast(raw, "date"), "date", True)
    if column.type == "timestamp" and _has_time_zone(column.native_type):
        # Beside times without one it would be read in whatever zone the session has, and dbt
        # warns at every snapshot that its own times are without.
        return Cast(sql.at_utc(raw), "timestamp", True, "in UTC")
    if column.type in ("integer", "decimal") and _is_zero_or_one(profile, meaning):
        return Cast(f"{raw} = 1", "boolean", True)
    if column.type == "integer" and meaning.unit == "cents" and "cents" in meaning.words:
        return Cast(f"{raw} * 0.01", "decimal", True, divisor_of_cents=True)
    if meaning.role in _NUMERIC_ROLES and _cannot_go_below_zero(column):
        return Cast(sql.cast(raw, "bigint"), "integer", True)
    return Cast(raw, column.type, comment="0000-00-00 is no date" if zero_dates else None)


def _cannot_go_below_zero(column: Column) -> bool:
    """MySQL's `unsigned`, in which 1 - 2 is an error."""
    greatest = _number(column.profile.max) if column.profile else None
    unsigned = column.type == "integer" and column.native_type.lower().endswith("unsigned")
    return unsigned and greatest is not None and greatest < 2**63


def _key(raw: str, family: TypeFamily, wanted: TypeFamily) -> Cast:
    comment = "as in the tables it is joined to"
    if wanted == "integer":
        inner = sql.blank_to_null(raw) if family == "text" else raw
        return Cast(sql.cast(inner, "bigint"), "integer", True, comment)
    return Cast(sql.cast(raw, "varchar"), "text", True, comment)


def _text(raw: str, profile: Profile | None, meaning: ColumnMeaning) -> Cast:
    if profile is None:
        return Cast(raw, "text")
    value = sql.blank_to_null(raw) if profile.blanks else raw
    filled = profile.rows - profile.nulls - profile.blanks
    seen = profile.patterns
    if seen is None or filled <= 0 or profile.sampled or meaning.pii in _PII_TEXT:
        return Cast(value, "text")
    if meaning.role in _FLAGS and seen.boolean == filled:
        return _boolean(raw, profile, filled)
    if seen.timestamp == filled:
        return Cast(sql.cast(value, "timestamp"), "timestamp", True)
    if seen.date == filled:
        return Cast(sql.cast(value, "date"), "date", True)
    if (written := _written(seen, filled, profile)) is not None:
        return Cast(sql.cast(sql.parsed(value, written), "date"), "date", True)
    if seen.timestamp + seen.date == filled and meaning.role in _TIMES:
        return Cast(sql.cast(value, "timestamp"), "timestamp", True)
    if not _CODES.isdisjoint(meaning.words) or seen.leading_zero:
        return Cast(value, "text")
    longest = profile.max_length or 0
    if seen.integer == filled and longest <= _LONGEST_DECIMAL and _is_number(meaning, profile):
        return Cast(sql.cast(value, "bigint"), "integer", True)
    if seen.decimal == filled and longest <= _LONGEST_DECIMAL:
        return _decimal(value, profile)
    if seen.money == filled and meaning.role in _NUMERIC_ROLES:
        return _money(value, profile)
    return Cast(value, "text")


_PII_TEXT = frozenset(
    {"email", "phone", "person_name", "address", "national_id", "payment_card", "bank_account",
     "credential", "ip_address"}
)  # fmt: skip


def _is_number(meaning: ColumnMeaning, profile: Profile) -> bool:
    """Whole numbers in text are a quantity where the name or the spread says so.

    Two or three digits that are always the same few, in a column called `type`, are codes.
    """
    if meaning.role in _NUMERIC_ROLES:
        return True
    return meaning.role == "attribute" and (profile.distinct or 0) > 12


def _boolean(raw: str, profile: Profile, filled: int) -> Cast:
    seen = {v.value.strip().lower() for v in profile.top_values if v.value.strip()}
    yes = [word for word in _TRUE if not seen or word in seen]
    no = [word for word in _FALSE if not seen or word in seen]
    lowered = f"lower(trim({raw}))"
    if not yes or not no:
        yes, no = list(_TRUE), list(_FALSE)
    branches = (
        f"case when {lowered} in ({sql.literals(yes)}) then true "
        f"when {lowered} in ({sql.literals(no)}) then false end"
    )
    return Cast(branches, "boolean", True)


def _decimal(value: str, profile: Profile) -> Cast:
    """The scale that is seen, to four places; beyond that, floating point."""
    texts = [profile.min, profile.max, *(v.value for v in profile.top_values)]
    scale = max((len(t.partition(".")[2]) for t in texts if t), default=0)
    if scale and scale <= 4:
        return Cast(sql.cast(value, "decimal(18, 4)"), "decimal", True)
    return Cast(sql.cast(value, "double"), "float", True)


def _written(seen: TextPatterns, filled: int, profile: Profile) -> str | None:
    """How days are written, `%m/%d/%Y`; None where that is not proved: 01/02 is either."""
    if (seen.month_first == filled) == (seen.day_first == filled):
        return None
    if seen.month_first == filled:
        return "%m/%d/%Y"
    sign = "." if "." in (profile.min or "") else "/"
    return f"%d{sign}%m{sign}%Y"


def _money(value: str, profile: Profile) -> Cast:
    """`$1,234.50` without what is not a number. Which signs there are, the values seen tell."""
    texts = [t for t in (profile.min, profile.max, *(v.value for v in profile.top_values)) if t]
    signs = [sign for sign in (*_CURRENCIES, " ") if any(sign in t.strip() for t in texts)]
    bare = value
    for sign in (*signs, ","):
        bare = f"replace({bare}, {sql.literal(sign)}, '')"
    return Cast(sql.cast(bare, "decimal(18, 4)"), "decimal", True)


def _is_whole_days(profile: Profile | None, meaning: ColumnMeaning) -> bool:
    """Every time of day seen is midnight: a date in a timestamp's clothes."""
    if profile is None or profile.midnights is None or profile.sampled or meaning.is_load_tool:
        return False
    filled = profile.rows - profile.nulls
    return filled > 0 and profile.midnights == filled and meaning.role != "load_time"


def _has_time_zone(native_type: str) -> bool:
    native = native_type.lower()
    return native.startswith("timestamptz") or native.endswith(" with time zone")


def _is_zero_or_one(profile: Profile | None, meaning: ColumnMeaning) -> bool:
    if meaning.role not in _FLAGS or profile is None:
        return False
    if profile.sampled or profile.rows == profile.nulls:
        return False
    return (
        _number(profile.min) in (0, 1)
        and _number(profile.max) in (0, 1)
        and (not profile.fractions)
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def lifted(alias: str, column: Column) -> list[tuple[str, TypeFamily, str, bool]]:
    """Typed scalars inside a JSON column: (path, family, expression, in every row).

    Only paths in nearly every row and always of one scalar type: anything else stays in the JSON.
    """
    profile = column.profile
    if profile is None or not profile.json_paths or profile.sampled:
        return []
    filled = profile.rows - profile.nulls - profile.blanks
    raw = sql.column(alias, column.name)
    # PostgreSQL's function takes json, not jsonb; DuckDB takes text too, but checks less.
    document = raw if column.native_type.lower() in ("json", "super") else sql.cast(raw, "json")
    found: list[tuple[str, TypeFamily, str, bool]] = []
    for path in profile.json_paths:
        key = _plain_key(path)
        if key is None or path.type not in _JSON_TYPES or path.count < _STABLE_SHARE * filled:
            continue
        family, to = _JSON_TYPES[path.type]
        value = f"json_extract_string({document}, {sql.literal('$.' + key)})"
        found.append((key, family, sql.cast(value, to) if to else value, path.count == filled))
    return found


def _plain_key(path: JsonPath) -> str | None:
    key = path.path.removeprefix("$").removeprefix(".").strip('"')
    return key if key.isascii() and key.replace("_", "").isalnum() else None


_GROUPS: dict[str, ColumnGroup] = {
    "integer": "numerics", "decimal": "numerics", "float": "numerics", "boolean": "booleans",
    "date": "dates", "time": "timestamps", "timestamp": "timestamps", "json": "semi_structured",
    "array": "semi_structured", "struct": "semi_structured",
}  # fmt: skip
_ID_ROLES = frozenset({"key", "foreign_key"})


def group(meaning: ColumnMeaning, family: TypeFamily, in_key: bool) -> ColumnGroup:
    if meaning.is_load_tool or meaning.role == "load_time":
        return "metadata"
    if in_key and family not in ("date", "timestamp"):
        return "ids"
    is_id = meaning.role in _ID_ROLES or (len(meaning.words) > 1 and meaning.words[-1] == "id")
    if is_id and family in ("integer", "text", "uuid", "decimal"):
        return "ids"
    return _GROUPS.get(family, "strings")
