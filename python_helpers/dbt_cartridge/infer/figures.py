"""The numbers of a table that formulas can be made of."""

from __future__ import annotations

from dbt_cartridge.frozen import frozen
from dbt_cartridge.infer.column_words import MONEY, words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.reading import read
from dbt_cartridge.words import singular

_QUANTITIES = words_of("quantity units unit hours days slots pieces number count items minutes")
_PRICES = words_of("price rate cost amount fare charge wage fee value")
_TOTALS = words_of("total amount subtotal extended sum due net gross line cost sales revenue value "
                   "price balance paid charge pay")  # fmt: skip


@frozen
class Figure:
    """A numeric column with its mean and range."""

    name: str
    words: frozenset[str]  # singular
    low: float
    high: float
    mean: float
    filled: int
    share: bool  # between 0 and 1, with fractions

    @property
    def is_quantity(self) -> bool:
        return bool(self.words & _QUANTITIES_SINGULAR) and not self.is_price

    @property
    def is_price(self) -> bool:
        """What one piece costs."""
        return bool(self.words & _PRICES) and not self.words & {"total", "extended", "discount"}

    @property
    def is_total(self) -> bool:
        return bool(self.words & _TOTALS) and not self.words & {"discount", "unit", "rate"}

    @property
    def is_discount(self) -> bool:
        return bool(self.words & {"discount", "rebate", "markdown"})

    @property
    def is_money(self) -> bool:
        return bool(self.words & MONEY)

    @property
    def sum(self) -> float:
        return self.mean * self.filled


_QUANTITIES_SINGULAR = frozenset(singular(word) for word in _QUANTITIES)


def figures(draft: Draft) -> tuple[Figure, ...]:
    """Measures with values that differ. Text that holds numbers is left out: it cannot be summed.

    Keys, flags and constants take part in no formula.
    """
    found: list[Figure] = []
    for meaning in draft.meanings:
        column = draft.column(meaning.name)
        if meaning.role != "measure" or column.type not in ("integer", "decimal", "float"):
            continue
        seen = read(column)
        if seen.mean is None or seen.low is None or seen.high is None or not seen.filled:
            continue
        if seen.low == seen.high == 0:
            continue
        share = seen.low >= 0 and seen.high <= 1 and not seen.whole
        words = frozenset(singular(word) for word in meaning.words)
        found.append(
            Figure(meaning.name, words, seen.low, seen.high, seen.mean, seen.filled, share)
        )
    return tuple(found)
