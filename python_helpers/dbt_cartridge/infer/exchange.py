"""Amounts that stand in two currencies, and the rate of exchange between them.

`home_total = total × exchange_rate` in the rows says in which direction the rate is quoted, and
that what `home_` is said of is in one currency. A rate alone says neither: by its name it may be
multiplied or divided by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

from dbt_cartridge.documents.probe import Product
from dbt_cartridge.documents.schema import ColumnMeaning, Identity
from dbt_cartridge.infer.column_words import words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.figures import Figure
from dbt_cartridge.words import split

EXCHANGE = words_of("exchange currency fx forex conversion")
RATES = words_of("rate factor")
FOREIGN = words_of("foreign original transaction document source")
"""Said of an amount as it was agreed, where the plain one is in the currency of the house."""
_MOST = 4
"""Questions per table: one pair of amounts is enough to show the direction."""


def is_rate_of_exchange(words: Iterable[str]) -> bool:
    said = frozenset(words)
    return bool(said & EXCHANGE) and bool(said & RATES | said & {"fx"})


def conversions(table: str, figures: Sequence[Figure]) -> list[Product]:
    """Which of two amounts, whose names differ by what one adds, is the other one converted.

    Both directions are asked. A rate that never differs shows none.
    """
    rates = [f for f in figures if is_rate_of_exchange(f.words) and 0 < f.low < f.high]
    if len(rates) != 1:
        return []
    rate = rates[0]
    amounts = [f for f in figures if f is not rate and f.is_money and not f.share]
    found: list[Product] = []
    for result, amount in permutations(amounts, 2):
        more, less = result.words | amount.words, result.words & amount.words
        if less in (result.words, amount.words) and more != less and _fits(result, amount, rate):
            found.append(
                Product(relation=table, result=result.name, left=amount.name, right=rate.name)
            )
    return found[:_MOST]


def _fits(result: Figure, amount: Figure, rate: Figure) -> bool:
    """The mean lies where rates from the lowest to the highest leave it."""
    ends = sorted((amount.mean * rate.low, amount.mean * rate.high))
    slack = 0.01 * max(abs(amount.mean), 0.01)
    return ends[0] - slack <= result.mean <= ends[1] + slack


def conversion(question: Product) -> dict[str, Any]:
    """The fields of the identity: its result is the amount in the one currency, whichever of the
    two the rate was multiplied with."""
    one, other = (set(split(name)) for name in (question.result, question.left))
    longer_is_foreign = bool((one ^ other) & FOREIGN)
    forth = (len(one) > len(other)) != longer_is_foreign
    home, foreign = (question.result, question.left) if forth else (question.left, question.result)
    form = "plain" if forth else "quotient"
    return {"result": home, "operands": (foreign, question.right), "form": form}


def one_way(found: Sequence[Identity]) -> list[Identity]:
    """Without conversions that hold in both directions: of rates that were all near 1."""
    ways = Counter((i.table, i.result, i.operands) for i in found if i.kind == "conversion")
    return [i for i in found if i.kind != "conversion" or ways[i.table, i.result, i.operands] == 1]


def converted_pairs(identities: Iterable[Identity]) -> list[tuple[str, str]]:
    """(amount, amount in the one currency) of a table's own conversions."""
    return [(i.operands[0], i.result) for i in identities if i.kind == "conversion" and i.result]


def in_one_currency(draft: Draft, pairs: Iterable[tuple[str, str]]) -> tuple[ColumnMeaning, ...]:
    """The meanings of a table's columns, amounts that were converted no longer in several.

    Args:
        pairs: (amount, amount in the one currency).
    """
    said: set[str] = set()
    made: set[str] = set()
    for foreign, home in pairs:
        made.add(home)
        said |= set(draft.by_name[home].words) - set(draft.by_name[foreign].words)
    return tuple(
        m.model_copy(update={"unit_column": None})
        if m.name in made or (m.money and said & set(m.words)) else m
        for m in draft.meanings
    )  # fmt: skip
