"""Questions that inference asks of the warehouse, and their answers.

A question holds names and numbers, never SQL: the SQL is in `macros/`.
NULL in any asked column leaves the row out, everywhere but in the column of an agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from dbt_cartridge.documents.base import Frozen

Discount = Literal["discount_rate", "discount_percent", "discount_amount"]
"""0.15 off, 15 percent off, 15 euros off."""
ProductForm = Literal["plain", "sum", "difference"] | Discount


class Unique(Frozen):
    """How many rows, how many with every column not null, how many distinct among those."""

    kind: Literal["unique"] = "unique"
    relation: str
    columns: tuple[str, ...]


class Inclusion(Frozen):
    """How many rows of the child have no match in the parent. Compared as text if types differ.

    `where_column` and `where_value` narrow the child's rows (polymorphic references).
    """

    kind: Literal["inclusion"] = "inclusion"
    relation: str
    columns: tuple[str, ...]
    ref_relation: str
    ref_columns: tuple[str, ...]
    where_column: str | None = None
    where_value: str | None = None


class Product(Frozen):
    """In how many rows `result = left × right` (minus `discount` share where given), to 0.01.

    `form`: `plain` left×right; `discount_rate` left×right×(1−third);
    `discount_percent` left×right×(1−third/100); `discount_amount` left×right−third;
    `sum` left+right(+third); `difference` left−right(−third).
    """

    kind: Literal["product"] = "product"
    relation: str
    result: str
    left: str
    right: str
    third: str | None = None
    form: ProductForm = "plain"


class Ordering(Frozen):
    """In how many rows `lower <= upper`; `by_day` where one of them is a date and one a moment."""

    kind: Literal["ordering"] = "ordering"
    relation: str
    lower: str
    upper: str
    by_day: bool = False


class Total(Frozen):
    """In how many parent rows the measure equals the sum over its child rows, to 0.01.

    `factor` is multiplied with `amount` in each child row; `discount` is a rate taken off.
    """

    kind: Literal["total"] = "total"
    relation: str  # the header
    key: tuple[str, ...]
    total: str
    child: str  # the line
    child_key: tuple[str, ...]
    amount: str
    factor: str | None = None
    discount: str | None = None


class Agreement(Frozen):
    """Of the keys that stand in several rows, how many hold one and the same `column` in them all.

    NULL agrees with NULL, and with no value.
    """

    kind: Literal["agreement"] = "agreement"
    relation: str
    key: tuple[str, ...]
    column: str


class Rise(Frozen):
    """How often `column` rises where it changes, from row to row of one key by `order`."""

    kind: Literal["rise"] = "rise"
    relation: str
    key: tuple[str, ...]  # () where the whole table is one series
    order: str
    column: str


class Par(Frozen):
    """In how many rows of one currency the rate is 1. `value` is compared as text."""

    kind: Literal["par"] = "par"
    relation: str
    currency: str
    value: str
    rate: str


class Quotes(Frozen):
    """Where rates of exchange stand: of each currency one a day, from which on it holds.

    `home`: the currency at par. `base`: the column that names it in each row, of rates between two
    currencies; rows of another base are left out.
    """

    relation: str
    currency: str
    since: str
    rate: str
    home: str
    base: str | None = None


class Exchange(Frozen):
    """Amounts times (`plain`) or by (`quotient`) the rate of their currency on their day: the last
    above 0 at or before it.

    With `result`: in how many rows that is `result`, to 0.01; of rows at par nothing is learned.
    Without: of the currencies whose mean rate is 3 or more, or a third or less, and that stand in
    10 rows, how many have a mean within a factor of 3 of the mean amount in `home`.
    """

    kind: Literal["exchange"] = "exchange"
    relation: str
    currency: str
    at: str
    amount: str
    result: str | None = None
    form: Literal["plain", "quotient"] = "plain"
    quotes: Quotes


Question = Annotated[
    Unique | Inclusion | Product | Ordering | Total | Agreement | Rise | Par | Exchange,
    Field(discriminator="kind"),
]


class Answer(Frozen):
    """Counts for one question.

    unique: `rows`, `considered` rows without NULL, `hits` distinct keys.
    inclusion: `considered` child rows, `hits` that match, `keys` distinct child keys,
        `key_hits` distinct child keys that match.
    product, ordering: `considered` rows, `hits` that hold.
    total: `considered` parents with child rows, `hits` that agree.
    agreement: `considered` keys in several rows, `hits` of which agree.
    rise: `considered` rows that differ from the one before them, `hits` that are greater.
    par: `considered` rows of the currency, `hits` whose rate is 1.
    exchange: `considered` rows, or currencies, `hits` that hold.
    """

    status: Literal["answered", "unasked", "failed"] = "answered"
    rows: int = 0
    considered: int = 0
    hits: int = 0
    keys: int = 0
    key_hits: int = 0
    sampled: bool = False
    reason: str = ""  # why unasked or failed

    @property
    def share(self) -> float:
        """`hits / considered`; 0.0 where nothing was considered."""
        return self.hits / self.considered if self.considered else 0.0


Probe = Callable[[Sequence[Question]], Sequence[Answer]]
"""Answers come in the order of the questions. What the budget did not allow is `unasked`."""
