"""Which tables hold rates of exchange, and whose currencies lie among them.

A table of rates has a currency and a day that are unique together, and a figure above 0 that is
called a rate. Between two currencies, one of them is the base of all rows. Its home currency is
that base, or the one at par in every row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbt_cartridge import law
from dbt_cartridge.documents.probe import Par, Probe, Quotes
from dbt_cartridge.documents.schema import ColumnMeaning
from dbt_cartridge.infer.column_words import CURRENCIES
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.exchange import EXCHANGE, RATES
from dbt_cartridge.infer.probing import inclusion
from dbt_cartridge.infer.reading import read
from dbt_cartridge.infer.units import names_currency

_FEWEST = 10  # rows
NUMBERS = frozenset({"integer", "decimal", "float"})
_DAYS = frozenset({"date", "timestamp"})
_NOT_SINCE = frozenset({"load_time", "created_time", "updated_time", "deleted_time", "valid_to"})
_MOST_CURRENCIES = 40  # that are looked at to find the one at par
_MOST_RATES = 3  # columns of one table
_MOST_TIMES = 2  # of a row: the rate is of one of them


@dataclass(frozen=True)
class Quoted:
    """A table that holds rates by currency and day."""

    draft: Draft
    currency: str
    since: str
    rates: tuple[str, ...]
    base: str | None = None
    home: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (*([self.base] if self.base else []), self.currency, self.since)

    def quotes(self, rate: str) -> Quotes:
        return Quotes(
            relation=self.draft.id, currency=self.currency, since=self.since, rate=rate,
            home=self.home, base=self.base,
        )  # fmt: skip


@dataclass(frozen=True)
class Priced:
    """A table whose rows are in several currencies, and when they happened."""

    draft: Draft
    currency: str
    times: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str]:
        return self.draft.id, self.currency

    @property
    def amounts(self) -> list[ColumnMeaning]:
        return [m for m in self.draft.meanings if m.money and m.unit_column == self.currency]


def quoted_tables(draft: Draft) -> Iterator[Quoted]:
    """A currency, a day, and figures that are rates; of two currencies one is the base of all."""
    if draft.versions is not None or (draft.rows or 0) < _FEWEST:
        return
    rates = _rates(draft)
    since = _since(draft)
    if not rates or since is None:
        return
    told = [m.name for m in draft.meanings if _holds_currencies(draft, m)]
    base = [name for name in told if draft.distinct(name) == 1]
    others = [name for name in told if name not in base]
    if len(others) != 1 or len(base) > 1:
        return
    home = _values(draft, base[0])[:1] if base else []
    if base and not home:
        return
    yield Quoted(draft, others[0], since, rates, base[0] if base else None, *home)


def _holds_currencies(draft: Draft, meaning: ColumnMeaning) -> bool:
    column = draft.column(meaning.name)
    if column.type not in ("text", "integer"):
        return False
    if names_currency(meaning, draft.relation):
        return True
    values = read(column).values
    return bool(values and values <= CURRENCIES)


def _rates(draft: Draft) -> tuple[str, ...]:
    """Numbers above 0 that are called rates; the only number of a table that is called so."""
    numbers: list[ColumnMeaning] = []
    for meaning in draft.meanings:
        column = draft.column(meaning.name)
        if column.type in NUMBERS and meaning.role in ("measure", "attribute"):
            seen = read(column)
            positive = seen.low is not None and seen.low >= 0 and (seen.high or 0) > 0
            numbers += [meaning] if positive else []
    called = [m.name for m in numbers if set(m.words) & (RATES | EXCHANGE)]
    if not called and len(numbers) == 1 and set(draft.sense) & (RATES | EXCHANGE | {"rate"}):
        called = [numbers[0].name]
    return tuple(called) if len(called) <= _MOST_RATES else ()


def _since(draft: Draft) -> str | None:
    """The one time of the key; else the one from which on a row holds."""
    times = [
        m for m in draft.meanings
        if draft.column(m.name).type in _DAYS and m.role not in _NOT_SINCE and not m.is_load_tool
    ]  # fmt: skip
    for found in (
        [m for m in times if m.name in draft.key_columns],
        [m for m in times if m.role == "valid_from"],
        times,
    ):
        if len(found) == 1:
            return found[0].name
    return None


def priced_tables(draft: Draft) -> Iterator[Priced]:
    """By each column that names the currency of amounts; of a header its lines' amounts."""
    named = dict.fromkeys(m.unit_column for m in draft.meanings if m.money and m.unit_column)
    told = [name for name in named if name] or [m.name for m in draft.meanings if m.tells_currency]
    by_role = {
        role: [m.name for m in draft.meanings
               if m.role == role and draft.column(m.name).type in _DAYS]
        for role in ("event_time", "created_time")
    }  # fmt: skip
    times = (*by_role["event_time"], *by_role["created_time"])[:_MOST_TIMES]
    for currency in told if times else ():
        yield Priced(draft, currency, times)


def within(quoted: Quoted, priced: Sequence[Priced], ask: Probe) -> list[Priced]:
    """Those whose currencies lie among the table's, spelt alike."""
    family = quoted.draft.column(quoted.currency).type
    apart = [
        p for p in priced
        if p.draft.id != quoted.draft.id and p.draft.column(p.currency).type == family
    ]  # fmt: skip
    answers = ask([
        inclusion(p.draft.id, (p.currency,), quoted.draft.id, (quoted.currency,)) for p in apart
    ])  # fmt: skip
    if quoted.base:  # which has no rate of its own
        return [
            p for p, answer in zip(apart, answers, strict=True)
            if answer.status == "answered" and answer.hits > 0
            and answer.hits + _count(p, quoted.home) >= law.HOLDS * answer.considered
        ]  # fmt: skip
    return [
        p for p, answer in zip(apart, answers, strict=True)
        if answer.status == "answered" and answer.considered and answer.share >= law.HOLDS
    ]  # fmt: skip


def _count(priced: Priced, value: str) -> int:
    """The rows that hold a value, as far as the profile knows."""
    profile = priced.draft.column(priced.currency).profile
    seen = profile.top_values if profile else ()
    return sum(top.count for top in seen if top.value == value)


def _values(draft: Draft, name: str) -> list[str]:
    profile = draft.column(name).profile
    return [top.value for top in profile.top_values if top.value.strip()] if profile else []


def at_par(quoted: Quoted, priced: Sequence[Priced], ask: Probe) -> str:
    """The one currency whose rate is 1 in every row; "" where there is none, or are several."""
    seen = [value for p in priced for value in _values(p.draft, p.currency)]
    seen += _values(quoted.draft, quoted.currency)
    values = list(dict.fromkeys(seen))[:_MOST_CURRENCIES] if priced else []
    for rate in quoted.rates:
        answers = ask([
            Par(relation=quoted.draft.id, currency=quoted.currency, value=value, rate=rate)
            for value in values
        ])  # fmt: skip
        found = [
            value for value, answer in zip(values, answers, strict=True)
            if answer.status == "answered" and 0 < answer.considered == answer.hits
        ]  # fmt: skip
        if len(found) == 1:
            return found[0]
    return ""
