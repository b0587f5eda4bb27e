"""What a source column becomes in staging: its type and its expression.

By the law of evidence nothing is narrowed that was only seen so: a cast is made where every row
proves how the values are written, and is tolerant: a value that is written otherwise tomorrow is
NULL, and `Cast.claim`, a test on the source, counts it. Codes, telephone numbers and keys stay
text, since `007` is not 7; a time of day that was always midnight stays, and so do whole numbers
that were always 0 or 1, unless the name says that they are yes and no.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Literal

from dbt_cartridge.design import expressions as sql
from dbt_cartridge.documents.design import ColumnGroup
from dbt_cartridge.documents.scan import (
    Column,
    JsonPath,
    Profile,
    Relation,
    TextPatterns,
    TypeFamily,
)
from dbt_cartridge.documents.schema import ColumnMeaning
from dbt_cartridge.frozen import frozen
from dbt_cartridge.words import raw_split
from dbt_cartridge.written import (
    EPOCHS,
    WrittenTime,
    epoch_range,
    epoch_scale,
    values,
    written_time,
)

# Words of columns whose digits are no quantity.
_CODES = frozenset(
    """id key code zip postal postcode phone fax mobile telephone number ssn ein npi isbn sku upc
    ean gtin barcode account iban bic version extension reference serial imei hash token""".split()
)
_FLAGS = frozenset({"flag", "deleted_flag", "is_current"})
_YES_OR_NO = frozenset("is has can was should allow allows does did will are were".split())
_YES_OR_NO_ENDS = frozenset("flag indicator bool boolean yn deleted active enabled".split())
_TIMES = frozenset(
    """event_time created_time updated_time load_time deleted_time valid_from valid_to""".split()
)
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")
_ROWS_OF_A_LOAD = 2  # at the least, on average
_STABLE_SHARE = 0.95  # of the rows: a JSON path seen in so many is lifted
_LONGEST_DECIMAL = 18
_NO_CODE = 12
"""A column of so few numbers in text, that is not called a quantity, may hold codes."""
_CURRENCIES = "$€£¥"
_EPOCH_TO_MICROS = {
    "seconds": "{} * 1000000", "milliseconds": "{} * 1000", "microseconds": "{}",
    "nanoseconds": "cast(floor({} / 1000) as bigint)",
}  # fmt: skip
_JSON_TYPES: dict[str, tuple[TypeFamily, str | None]] = {
    "string": ("text", None),
    "integer": ("integer", "bigint"),
    "number": ("float", "double"),
    "boolean": ("boolean", "boolean"),
}
Style = Literal["point", "comma"]
"""What parts a number's fraction from its whole: the other sign can only group thousands."""


@frozen
class Cast:
    """`expression` is over `alias`. `changed`: the source's own type no longer holds.

    `claim`, over the same alias: true where no value was lost by the cast.
    """

    expression: str
    type: TypeFamily
    changed: bool = False
    comment: str | None = None
    claim: str | None = None
    written: WrittenTime | None = None


@frozen
class Place:
    """Where a column stands among others, as far as its staged value depends on it."""

    in_key: bool = False  # of a primary or a foreign key, whose values must go on matching
    key_type: TypeFamily | None = None  # the family of both ends, if it has to be cast to it
    blank_is_key: bool = False  # an empty text is a value of the key like any other
    none_value: str | None = None  # in a reference: the value that says that there is none
    style: Style | None = None  # how the table's other columns write numbers, where one proves it


def stage(alias: str, column: Column, meaning: ColumnMeaning, place: Place) -> Cast:
    """The staged value of a column."""
    raw = sql.column(alias, column.name)
    profile = column.profile
    zero_dates = column.type in ("date", "timestamp") and profile is not None and profile.zeros > 0
    if zero_dates and not place.in_key:
        raw = f"case when month({raw}) > 0 and day({raw}) > 0 then {raw} end"
    if place.none_value is not None:
        counts = column.type in ("integer", "decimal", "float")
        none = place.none_value if counts else sql.literal(place.none_value)
        raw = f"nullif({raw}, {none})"
    if place.key_type and place.key_type != column.type:
        return _key(raw, column.type, place.key_type)
    if place.in_key:
        blank = column.type == "text" and profile is not None and profile.blanks > 0
        blank = blank and not place.blank_is_key
        why = f"{place.none_value or 'an empty text'} says that there is none"
        none = place.none_value is not None
        return Cast(
            sql.blank_key_to_null(raw) if blank else raw, column.type, comment=why if none else None
        )
    if column.type == "text":
        return _text(raw, column, meaning, place.style)
    if column.type == "decimal" and column.native_type.lower() == "money":
        # PostgreSQL's own type compares with nothing but itself.
        return Cast(sql.cast(raw, "decimal(18, 4)"), "decimal", True)
    if column.type == "timestamp" and _has_time_zone(column.native_type):
        # Beside times without one it would be read in whatever zone the session has, and dbt
        # warns at every snapshot that its own times are without.
        return Cast(sql.at_utc(raw), "timestamp", True, "in UTC")
    if column.type in ("integer", "float") and (written := _proved_time(column, meaning)):
        return _number_as_time(raw, written, column.type, bool(profile and profile.zeros))
    if column.type in ("integer", "decimal") and _is_zero_or_one(column, meaning):
        flag = f"case when {raw} = 1 then true when {raw} = 0 then false end"
        return Cast(flag, "boolean", True, claim=f"{raw} in (0, 1)")
    if meaning.role == "measure" and _cannot_go_below_zero(column):
        # MySQL's own `unsigned`, in which 1 - 2 is an error.
        return Cast(sql.cast(raw, "decimal(20, 0)"), "decimal", True)
    return Cast(raw, column.type, comment="0000-00-00 is no date" if zero_dates else None)


def number_style(relation: Relation) -> Style | None:
    """How the columns of a table write numbers in text, where those that leave no doubt agree."""
    proved: set[Style] = {
        style
        for column in relation.columns
        if (p := column.profile) and p.patterns and not p.sampled
        and (style := _style(p.patterns, values(p)))
    }  # fmt: skip
    return proved.pop() if len(proved) == 1 else None


def _style(seen: TextPatterns, filled: int) -> Style | None:
    """How the numbers of one column are written: every value one way, and not every the other."""
    point, comma = seen.money == filled > 0, seen.comma == filled > 0
    if point != comma:
        return "point" if point else "comma"
    # 950 beside 1,250: thousands, where all above 999 are grouped and all below stand bare.
    if point and seen.grouped == filled and 0 < seen.commas < filled:
        return "point"
    return None


def _cannot_go_below_zero(column: Column) -> bool:
    return column.type == "integer" and column.native_type.lower().endswith("unsigned")


def _key(raw: str, family: TypeFamily, wanted: TypeFamily) -> Cast:
    comment = "as in the tables it is joined to"
    if wanted == "integer":
        if family == "text":
            value = sql.blank_to_null(raw)
            return _tolerant(value, sql.try_cast(value, "bigint"), "integer", comment)
        return Cast(sql.cast(raw, "bigint"), "integer", True, comment)
    return Cast(sql.cast(raw, "varchar"), "text", True, comment)


def _tolerant(
    value: str, expression: str, family: TypeFamily, comment: str | None = None,
    written: WrittenTime | None = None, besides: str = "",
) -> Cast:  # fmt: skip
    """Args:
    besides: a condition of values that are meant to be NULL.
    """
    claim = f"{value} is null or {besides}{expression} is not null"
    return Cast(expression, family, True, comment, claim, written)


def _text(raw: str, column: Column, meaning: ColumnMeaning, style: Style | None) -> Cast:
    profile = column.profile
    if profile is None:
        return Cast(raw, "text")
    value = sql.blank_to_null(raw) if profile.blanks else raw
    filled = values(profile)
    seen = profile.patterns
    if seen is None or filled <= 0 or profile.sampled or meaning.pii in _PII_TEXT:
        return Cast(value, "text")
    if meaning.role in _FLAGS and (seen.boolean == filled or _is_zero_or_one(column, meaning)):
        return _boolean(value)
    if (written := _proved_time(column, meaning)) is not None:
        return _text_as_time(value, written, seen)
    if not _CODES.isdisjoint(meaning.words) or seen.leading_zero:
        return Cast(value, "text")
    if seen.decimal == filled:
        return _number(value, meaning, profile, seen, style)
    own = _style(seen, filled) or (style if seen.money == filled == seen.comma else None)
    signs = _signs(profile)
    if own is None or len(signs) > 1 or not _is_number(meaning, profile):
        return Cast(value, "text")
    return _styled(value, own, signs, accounting=seen.accounting > 0)


def _signs(profile: Profile) -> frozenset[str]:
    """The signs of currency in the values that are known: dollars beside euros are no one
    quantity. Bounds of text tell the signs that stand in front."""
    known = [top.value for top in profile.top_values]
    known += [end for end in (profile.min, profile.max) if end is not None]
    return frozenset(_CURRENCIES).intersection(*["".join(known)])


_PII_TEXT = frozenset(
    {"email", "phone", "person_name", "address", "national_id", "payment_card", "bank_account",
     "credential", "ip_address"}
)  # fmt: skip


def _number(
    value: str, meaning: ColumnMeaning, profile: Profile, seen: TextPatterns, style: Style | None
) -> Cast:
    """Plain digits: a quantity where the name says so, or many different fractions do.

    Whole numbers in a column that is not called a quantity are codes: customer 100, level 2.
    """
    filled = values(profile)
    if seen.integer == filled:
        fits = meaning.role == "measure" and (profile.max_length or 0) <= _LONGEST_DECIMAL
        if not fits:
            return Cast(value, "text")
        return _tolerant(value, sql.try_cast(value, "bigint"), "integer")
    if not _is_number(meaning, profile) or (profile.max_length or 0) > _LONGEST_DECIMAL:
        return Cast(value, "text")
    if seen.comma == filled and style != "point":  # 1.250 in every row: which of the two?
        return _styled(value, "comma") if style == "comma" else Cast(value, "text")
    if seen.four_places == filled:
        return _tolerant(value, sql.try_cast(value, "decimal(18, 4)"), "decimal")
    return _tolerant(value, sql.try_cast(value, "double"), "float")


def _is_number(meaning: ColumnMeaning, profile: Profile) -> bool:
    if meaning.role == "measure":
        return True
    return meaning.role == "attribute" and (profile.distinct or 0) > _NO_CODE


def _form(style: Style, signs: frozenset[str], *, accounting: bool) -> str:
    """What such a number looks like, with the one sign of currency that was seen."""
    of = "".join(sorted(signs))
    before = f"(-?[{of}] ?|[{of}] ?-|-)?" if of else "-?"
    if style == "point":
        grouped = "[1-9][0-9]{0,2}(,[0-9]{2,3})*,[0-9]{3}"
        number, behind = f"([0-9]{{1,12}}|{grouped})([.][0-9]{{1,4}})?", ""
    else:
        grouped = "[1-9][0-9]{0,2}(([.][0-9]{3})+|( [0-9]{3})+)"
        number = f"([0-9]{{1,12}}|{grouped})(,[0-9]{{1,4}})?"
        behind = f"( ?[{of}])?" if of else ""
    if not accounting:
        return f"^{before}{number}{behind}$"
    sign = f"([{of}] ?)?" if of else ""
    return f"^({before}|[(]{sign}){number}[)-]?{behind}$"


def _styled(
    value: str, style: Style, signs: frozenset[str] = frozenset(), *, accounting: bool = False
) -> Cast:
    """`$1,234.50` or `1.234,50 €` without what is not a number.

    Args:
        accounting: what is less than nothing stands in brackets, or has its minus behind.
    """
    point = "." if style == "point" else ","
    bare = f"regexp_replace({value}, '[^0-9{point}{'' if accounting else '-'}]', '', 'g')"
    if style == "comma":
        bare = f"replace({bare}, ',', '.')"
    if accounting:
        bare = f"case when regexp_matches({value}, '[()-]') then '-' else '' end || {bare}"
    form = sql.literal(_form(style, signs, accounting=accounting))
    number = sql.cast(bare, "decimal(18, 4)")  # what has the form is a number
    read = f"case when regexp_matches({value}, {form}) then {number} end"
    return _tolerant(value, read, "decimal")


def _boolean(value: str) -> Cast:
    lowered = f"lower(trim({value}))"
    branches = (
        f"case when {lowered} in ({sql.literals(_TRUE)}) then true "
        f"when {lowered} in ({sql.literals(_FALSE)}) then false end"
    )
    claim = f"{lowered} in ({sql.literals((*_TRUE, *_FALSE))})"
    return Cast(branches, "boolean", True, claim=claim)


def _proved_time(column: Column, meaning: ColumnMeaning) -> WrittenTime | None:
    """How the column's times are written, where its name and its values agree that it has some."""
    if column.profile is None or column.profile.sampled:
        return None
    written = written_time(column)
    if written is None or meaning.role in _TIMES:
        return written
    is_iso = column.type == "text" and written.certain and written.form != "%Y%m%d"
    return written if is_iso or meaning.pii == "birth_date" else None


def _text_as_time(value: str, written: WrittenTime, seen: TextPatterns) -> Cast:
    if written.form in EPOCHS:
        return _epoch(value, sql.try_cast(value, "bigint"), written)
    besides = f"{value} like '0000-00-00%' or " if seen.zero_date else ""
    comment = "0000-00-00 is no date" if seen.zero_date else None
    if written.kind == "timestamp":
        plain = sql.try_cast(value, "timestamp")
        zoned = sql.at_utc(sql.try_cast(value, "timestamptz"))
        if seen.zoned == 0:
            expression = plain
        else:
            both = seen.zoned < seen.timestamp + seen.date
            expression = f"coalesce({zoned}, {plain})" if both else zoned
            comment = comment or "in UTC"
        return _tolerant(value, expression, "timestamp", comment, written, besides)
    if written.form == "%Y%m%d" and seen.zero_date:
        besides, comment = f"{value} = '00000000' or ", "00000000 is no date"
    day = value if written.form == "iso" else sql.parsed(value, written.form)
    return _tolerant(value, sql.try_cast(day, "date"), "date", comment, written, besides)


def _number_as_time(raw: str, written: WrittenTime, family: TypeFamily, zeros: bool) -> Cast:
    if written.form == "%Y%m%d":
        cast = sql.try_cast(sql.parsed(sql.cast(raw, "varchar"), written.form), "date")
        besides, comment = (f"{raw} = 0 or ", "0 is no date") if zeros else ("", None)
        return _tolerant(raw, cast, "date", comment, written, besides)
    number = raw if family == "float" else sql.cast(raw, "bigint")
    return _epoch(raw, number, written, family, zeros=zeros)


def _epoch(
    raw: str, number: str, written: WrittenTime, family: TypeFamily = "integer", *,
    zeros: bool = False,
) -> Cast:  # fmt: skip
    """Only what is a time of the form today: milliseconds among seconds would be no time on a
    clock, or break the view."""
    low, high = epoch_range(written.form)
    micros = _EPOCH_TO_MICROS[written.form].format(number)
    if family == "float":
        micros = sql.cast(f"round({micros})", "bigint")
    made = f"case when {number} between {low} and {high} then make_timestamp({micros}) end"
    besides, none = (f"{raw} = 0 or ", "; 0 is no time") if zeros else ("", "")
    comment = f"{written.form} since 1970, in UTC{none}"
    return _tolerant(raw, made, "timestamp", comment, written, besides)


def as_read(profile: Profile | None, cast: Cast) -> Profile | None:
    """The profile with its bounds as the staged column has them, where they are numbers."""
    written = cast.written
    if profile is None or written is None or written.form == "iso":
        return profile
    low, high = (_read_time(end, written) for end in (profile.min, profile.max))
    return profile.model_copy(update={"min": low, "max": high})


def _read_time(text: str | None, written: WrittenTime) -> str | None:
    if text is None:
        return None
    if written.form == "%Y%m%d":
        return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and int(text) else None
    if written.form not in EPOCHS:
        return text
    second = int(float(text)) // epoch_scale(written.form)
    return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def _has_time_zone(native_type: str) -> bool:
    """Snowflake's TIMESTAMP_LTZ is a moment too, which each session shows in its own zone."""
    native = native_type.lower()
    zoned = ("timestamptz", "timestamp_tz", "timestamp_ltz")
    return native.startswith(zoned) or native.endswith(" with time zone")


def _is_zero_or_one(column: Column, meaning: ColumnMeaning) -> bool:
    """0 and 1 that mean no and yes: the name says so, and no row holds anything else."""
    profile = column.profile
    if meaning.role not in _FLAGS or profile is None or profile.sampled or values(profile) <= 0:
        return False
    said = raw_split(column.name)
    named = len(said) > 1 and said[0] in _YES_OR_NO
    named = named or (bool(said) and said[-1] in _YES_OR_NO_ENDS)
    if not named and meaning.role == "flag":
        return False
    if column.type == "text":
        seen = {v.value.strip() for v in profile.top_values}
        known = profile.distinct is not None and len(profile.top_values) >= profile.distinct
        return known and seen - {""} <= {"0", "1"}
    return {profile.min, profile.max} <= {"0", "1"} and not profile.fractions


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
        read = sql.try_cast(value, to) if to else value
        found.append((key, family, read, path.count == filled))
    return found


def _plain_key(path: JsonPath) -> str | None:
    key = path.path.removeprefix("$").removeprefix(".").strip('"')
    return key if key.isascii() and key.replace("_", "").isalnum() else None


def _is_of_loads(profile: Profile | None) -> bool:
    """A time that many rows share: a load's. When a lorry was loaded is its own, as a rule."""
    if profile is None or profile.distinct is None:
        return False
    return profile.distinct * _ROWS_OF_A_LOAD <= profile.rows - profile.nulls


_GROUPS: dict[str, ColumnGroup] = {
    "integer": "numerics", "decimal": "numerics", "float": "numerics", "boolean": "booleans",
    "date": "dates", "time": "timestamps", "timestamp": "timestamps", "json": "semi_structured",
    "array": "semi_structured", "struct": "semi_structured",
}  # fmt: skip
_ID_ROLES = frozenset({"key", "foreign_key"})


def group(
    meaning: ColumnMeaning, family: TypeFamily, in_key: bool, profile: Profile | None
) -> ColumnGroup:
    if meaning.is_load_tool or (meaning.role == "load_time" and _is_of_loads(profile)):
        return "metadata"
    if in_key and family not in ("date", "timestamp"):
        return "ids"
    is_id = meaning.role in _ID_ROLES or (len(meaning.words) > 1 and meaning.words[-1] == "id")
    if is_id and family in ("integer", "text", "uuid", "decimal"):
        return "ids"
    return _GROUPS.get(family, "strings")
