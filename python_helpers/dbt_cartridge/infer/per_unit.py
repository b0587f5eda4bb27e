"""Numbers that are of one piece, or of another thing in every row, are not to be summed.

`ext_cost = quantity × cost` says that `cost` is the cost of one, whatever its name says. Of the two
factors, the quantity stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dbt_cartridge.documents.schema import ColumnMeaning, Evidence, Identity
from dbt_cartridge.infer.column_words import words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.figures import figures

_MULTIPLIED = frozenset(("plain", "discount_rate", "discount_amount"))


def per_unit(draft: Draft, identities: Iterable[Identity]) -> tuple[ColumnMeaning, ...]:
    """The meanings of a table's columns, its factors no longer additive.

    Args:
        identities: the table's own.
    """
    quantities = {figure.name for figure in figures(draft) if figure.is_quantity}
    results: dict[str, str] = {}
    for identity in identities:
        if _is_proved_product(identity):
            factors = _factors(identity.operands[:2], quantities)
            results.update(dict.fromkeys(factors, identity.result or ""))
    return tuple(
        m.model_copy(
            update={
                "additivity": "non_additive",
                "evidence": (
                    *m.evidence,
                    Evidence(text=f"a factor of {results[m.name]}: what one unit is worth"),
                ),
            }
        )
        if m.name in results and m.additivity == "additive"
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
