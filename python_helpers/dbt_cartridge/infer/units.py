"""In which unit or currency a table's measures count, where a column beside them says it.

A column of currencies or units that holds one value gives the unit. One that holds several makes
each row's number a thing of its own: such numbers are never added up across it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import FRACTIONS, ColumnMeaning, Evidence, Relationship
from dbt_cartridge.frozen import replaced
from dbt_cartridge.infer import column_words as lists
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.reading import Reading, read
from dbt_cartridge.words import singular

_NO_CURRENCY = frozenset(("rate", "exchange", "amount", "value", "factor", "name", "symbol"))
"""`currency_rate` and `currency_amount` are numbers, `currency_name` says what a code says."""
_HELD = frozenset(("asset", "coin", "token", "denomination"))
"""What amounts are of, beside currencies, where some are in currencies."""
_UNIT_ENDS = (("unit",), ("units",), ("unit", "of", "measure"), ("uom",))


def with_units(found: Sequence[ColumnMeaning], relation: Relation) -> tuple[ColumnMeaning, ...]:
    """The meanings, with the unit of each measure whose unit a column of the table tells."""
    found = [_with_own(meaning, relation) for meaning in found]
    named = {m.name for m in found if names_currency(m, relation)}
    found = [_as_teller(m, relation) if m.name in named else m for m in found]
    currencies = [m for m in found if m.name in named]
    units = [m for m in found if _names_unit(m)]
    if currencies and not units:  # a deal's `value` is in its currency
        found = [_as_money(m) for m in found]
    if not currencies and not units:
        return tuple(found)
    return tuple(_told(m, currencies if m.money else units, relation) for m in found)


_COUNTED = frozenset(("value", "reading", "measurement", "result", "quantity", "level"))
"""What says nothing of what it counts in: that is for the thing to say that is measured."""
_ANYTHING = _COUNTED - {"quantity"}


def _as_money(meaning: ColumnMeaning) -> ColumnMeaning:
    if meaning.role != "measure" or set(meaning.words) != {"value"}:
        return meaning
    return meaning.model_copy(update={"money": True})


def by_parents(drafts: Sequence[Draft], edges: Sequence[Relationship]) -> list[Draft]:
    """The drafts, their plain measures in the unit that the row of a parent names: a reading's unit
    is its sensor's, a quantity's its product's.

    Of several units, a value of anything adds up over nothing: degrees do not, where kilowatt hours
    would.
    """
    by_id = {draft.id: draft for draft in drafts}
    tellers: dict[str, list[tuple[str, str]]] = {}
    for edge in edges:
        name = _unit_of_each(by_id[edge.ref_table]) if edge.ref_table in by_id else None
        if name is not None and edge.where_column is None and edge.table != edge.ref_table:
            tellers.setdefault(edge.table, []).append((edge.ref_table, name))
    return [
        replaced(draft, meanings=tuple(_by_parent(m, draft, *tellers[draft.id][0])
                                      for m in draft.meanings))
        if len(tellers.get(draft.id, ())) == 1
        else draft
        for draft in drafts
    ]  # fmt: skip


def _unit_of_each(draft: Draft) -> str | None:
    """The one plain column of several units: no `weight_unit`."""
    found = [
        m.name for m in draft.meanings
        if _names_unit(m) and (m.words in _UNIT_ENDS or m.words[:-1] == draft.entity)
    ]  # fmt: skip
    if len(found) != 1:
        return None
    distinct = read(draft.column(found[0])).distinct
    return found[0] if distinct is None or distinct > 1 else None


def _by_parent(meaning: ColumnMeaning, draft: Draft, table: str, column: str) -> ColumnMeaning:
    words = {singular(word) for word in meaning.words}
    plain = meaning.role == "measure" and not meaning.money and meaning.unit is None
    if not plain or meaning.unit_column is not None or words.isdisjoint(_COUNTED):
        return meaning
    update: dict[str, object] = {"unit_column": column, "unit_table": table}
    if meaning.additivity == "additive" and words & _ANYTHING:
        update["additivity"] = "non_additive"
    why = Evidence(text=f"in the unit that {table}.{column} names")
    return meaning.model_copy(update={**update, "evidence": (*meaning.evidence, why)})


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
