"""Numbers that are of one piece, or of another thing in every row, are not to be summed.

`ext_price = quantity × price` says that `price` is that of one, whatever its name says, and that
`ext_price` is what all of them come to, which adds up. Of the two factors, the quantity stays what
it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dbt_cartridge.documents.schema import ColumnMeaning, Evidence, Identity
from dbt_cartridge.infer.column_words import words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.figures import figures

_MULTIPLIED = frozenset(("plain", "discount_rate", "discount_percent", "discount_amount"))


def per_unit(draft: Draft, identities: Iterable[Identity]) -> tuple[ColumnMeaning, ...]:
    """The meanings of a table's columns, its factors not additive, and its products so.

    Args:
        identities: the table's own.
    """
    quantities = {figure.name for figure in figures(draft) if figure.is_quantity}
    of_one: dict[str, str] = {}  # column → what it is a factor of
    of_all: dict[str, str] = {}  # column → of what one it is so many
    for identity in identities:
        factors = _factors(identity.operands[:2], quantities)
        if _is_proved_product(identity) and identity.result and factors:
            of_one.update(dict.fromkeys(factors, identity.result))
            of_all[identity.result] = factors[0]
    told = draft.by_name

    def corrected(m: ColumnMeaning) -> ColumnMeaning:
        if m.name in of_one and m.additivity == "additive":
            why = f"a factor of {of_one[m.name]}: what one unit is worth"
            return _with(m, why, additivity="non_additive")
        if m.name in of_all and m.name not in of_one and m.additivity == "non_additive":
            money = m.money or told[of_all[m.name]].money
            return _with(m, f"so many of {of_all[m.name]}", additivity="additive", money=money)
        return m

    return tuple(map(corrected, draft.meanings))


def _with(meaning: ColumnMeaning, why: str, **update: object) -> ColumnMeaning:
    return meaning.model_copy(
        update={**update, "evidence": (*meaning.evidence, Evidence(text=why))}
    )


def beside_a_price(draft: Draft) -> tuple[ColumnMeaning, ...]:
    """The meanings of the columns of a thing, the cost that stands beside its price as what one
    piece costs: what all products cost each adds up to nothing."""
    priced = any(
        m.role == "measure" and m.additivity == "non_additive" and "price" in m.words
        for m in draft.meanings
    )
    return tuple(
        _with(m, "beside the price of one piece: what one costs", additivity="non_additive")
        if priced and m.role == "measure" and m.additivity == "additive" and "cost" in m.words
        else m
        for m in draft.meanings
    )


_OF_WHAT = words_of("field attribute property metric parameter indicator concept characteristic")
_VALUE = words_of("value numeric number")
_SAID = frozenset({"measure", "flag", "event_time", "description"})


def of_anything(draft: Draft) -> tuple[ColumnMeaning, ...]:
    """The meanings of a table's columns, without a measure of anything.

    A `value` beside the field, the metric or the concept that it is of counts something else in
    every row: neither their sum nor their average says anything.
    """
    beside = any(_OF_WHAT & set(m.words) for m in draft.meanings if m.role not in _SAID)
    return tuple(
        m.model_copy(
            update={
                "role": "attribute",
                "additivity": None,
                "evidence": (*m.evidence, Evidence(text="of another thing in every row")),
            }
        )
        if beside and m.role == "measure" and "value" in m.words and set(m.words) <= _VALUE
        else m
        for m in draft.meanings
    )


def _is_proved_product(identity: Identity) -> bool:
    whole = 0 < identity.considered == identity.hits
    return identity.kind == "product" and identity.form in _MULTIPLIED and whole


def _factors(operands: Sequence[str], quantities: set[str]) -> list[str]:
    """Without the quantity. Where none is one by its name, nothing is known of either."""
    return [o for o in operands if o not in quantities] if quantities & set(operands) else []
