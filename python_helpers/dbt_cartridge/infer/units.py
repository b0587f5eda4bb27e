"""In which unit or currency a table's measures count, where a column beside them says it.

A column of currencies or units that holds one value gives the unit. One that holds several makes
each row's number a thing of its own: such numbers are never added up across it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import FRACTIONS, ColumnMeaning
from dbt_cartridge.infer import column_words as lists
from dbt_cartridge.infer.reading import Reading, read

_NO_CURRENCY = frozenset(("rate", "exchange", "amount", "value", "factor", "name", "symbol"))
"""`currency_rate` and `currency_amount` are numbers, `currency_name` says what a code says."""
_HELD = frozenset(("asset", "coin", "token", "denomination"))
"""What amounts are of, beside currencies, where some are in currencies."""
_UNIT_ENDS = (("unit",), ("units",), ("unit", "of", "measure"))


def with_units(found: Sequence[ColumnMeaning], relation: Relation) -> tuple[ColumnMeaning, ...]:
    """The meanings, with the unit of each measure whose unit a column of the table tells."""
    found = [_with_own(meaning, relation) for meaning in found]
    named = {m.name for m in found if names_currency(m, relation)}
    found = [_as_teller(m, relation) if m.name in named else m for m in found]
    currencies = [m for m in found if m.name in named]
    units = [m for m in found if _names_unit(m)]
    if not currencies and not units:
        return tuple(found)
    return tuple(_told(m, currencies if m.money else units, relation) for m in found)


def _as_teller(meaning: ColumnMeaning, relation: Relation) -> ColumnMeaning:
    """A column of currencies, marked where it holds several: the amounts may be those of a header's
    lines."""
    distinct = read(relation.by_name[meaning.name]).distinct
    return meaning.model_copy(update={"tells_currency": distinct is None or distinct > 1})


def _with_own(meaning: ColumnMeaning, relation: Relation) -> ColumnMeaning:
    """With what a data dictionary says of the measure itself."""
    unit = relation.by_name[meaning.name].unit
    if unit is None or meaning.role != "measure" or meaning.unit is not None:
        return meaning
    return meaning.model_copy(update={"unit": unit.upper() if meaning.money else unit})


def _told(
    measure: ColumnMeaning, beside: Sequence[ColumnMeaning], relation: Relation
) -> ColumnMeaning:
    if measure.role != "measure" or measure.unit not in (None, *FRACTIONS):
        return measure
    teller = _nearest(measure, beside)
    if teller is None:
        return measure
    reading = read(relation.by_name[teller.name])
    if reading.distinct is not None and reading.distinct > 1:
        return measure.model_copy(update={"unit_column": teller.name})
    if not measure.money or measure.unit is not None:
        return measure
    return measure.model_copy(update={"unit": _one(reading)})


def _nearest(measure: ColumnMeaning, beside: Iterable[ColumnMeaning]) -> ColumnMeaning | None:
    """`price_currency` for `price`, else the plain `currency`; `weight_unit` for `weight` alone."""
    said = set(measure.words)
    own = [m for m in beside if set(m.words[:-1]) & said]
    plain = [
        m for m in beside
        if m.words[0] in ("currency", "unit", "units", "iso") or len(m.words) == 1
    ]  # fmt: skip
    found = own or plain
    return found[0] if found else None


def names_currency(meaning: ColumnMeaning, relation: Relation) -> bool:
    """By its name, or by its values: `ccy` and `valuta` are told by EUR and USD, and so is an
    `asset`, which is a machine elsewhere."""
    said = set(meaning.words)
    if said & _NO_CURRENCY or meaning.role == "measure":
        return False
    if "currency" in said:
        return True
    values = read(relation.by_name[meaning.name]).values or ()
    codes = [value for value in values if value in lists.CURRENCIES]
    several = len(codes) > 1 and len(codes) == len(values)
    return several or (bool(codes) and meaning.words[-1] in _HELD)


def _names_unit(meaning: ColumnMeaning) -> bool:
    return meaning.role in ("attribute", "category") and any(
        meaning.words[-len(end) :] == end for end in _UNIT_ENDS
    )


def _one(reading: Reading) -> str | None:
    """The one currency of the table, where it is known by its code."""
    if not reading.values or len(reading.values) != 1:
        return None
    (value,) = reading.values
    return value.upper() if value in lists.CURRENCIES else None
