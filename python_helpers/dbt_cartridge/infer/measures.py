"""Which numbers are measures, whether they may be summed, and in what unit they count."""

from __future__ import annotations

from dataclasses import dataclass

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import Additivity
from dbt_cartridge.infer import column_words as lists
from dbt_cartridge.infer.reading import Reading
from dbt_cartridge.words import is_common, singular


@dataclass(frozen=True)
class Measure:
    additivity: Additivity
    unit: str | None
    money: bool
    why: str


def measure(words: tuple[str, ...], column: Column, reading: Reading) -> Measure | str:
    """A measure, or in words why the number is none."""
    named = [word for word in words if not word.isdigit()]
    last = named[-1] if named else ""
    counted = bool(named) and named[0] == "number" and len(named) > 1  # number_of_children
    if not counted and (why := _no_measure(named, last, reading)):
        return why
    additivity = "additive" if counted else _additivity(named, reading)
    if additivity is None and not (column.type in ("decimal", "float") and not reading.whole):
        one = singular(last)
        plural_count = reading.whole and last.endswith("s") and one != last and is_common(one)
        if not plural_count:
            return "a whole number whose name tells no quantity"
        additivity = "additive"
    why = "" if additivity else "a number with fractions whose name tells no total"
    money = _is_money(named) and not _is_share(named) and not counted
    return Measure(additivity or "non_additive", _unit(named, reading), money, why)


_OF_ANYTHING = frozenset("value min max minimum maximum average mean median reading".split())


def _is_money(named: list[str]) -> bool:
    """A `value` alone is one of anything, as is its lowest and highest."""
    told = bool(set(named) & (lists.MONEY | {"cents"}))
    return told and not set(named) <= _OF_ANYTHING


def _no_measure(named: list[str], last: str, reading: Reading) -> str:
    if reading.coded:
        return "digits with leading zeros: a code"
    if last in lists.KIND:
        return f"'{last}' names a kind"
    if last in lists.CODE_WORDS and not set(named) & {"amount", "count"}:
        return f"'{last}' names a code"
    if last in lists.CALENDAR_PARTS and not set(named) & {"per", "duration", "total", "ytd"}:
        return f"'{last}' names a part of the calendar"
    if len(named) > 1 and named[0] in lists.CALENDAR_PARTS and last in ("year", "month", "week"):
        return "a part of the calendar"
    if last in {"latitude", "longitude", "zip", "postal", "postcode", "phone", "fax", "timezone"}:
        return f"'{last}' is a place or a number to call"
    quantities = {"quantity", "units", "amount", "count", "hours", "total", "number"}
    if last in lists.ORDINAL and not set(named) & (lists.SEMI_ADDITIVE | quantities):
        return f"'{last}' names an order"
    return ""


_SHARES_BY_RANGE = frozenset(("discount", "tax", "vat", "commission", "margin", "markup"))


def _within_one(reading: Reading) -> bool:
    """Fractions between 0 and 1: a rate, where the name leaves it open."""
    low, high = reading.low, reading.high
    return low is not None and high is not None and low >= 0 and high <= 1 and not reading.whole


def _is_share(named: list[str]) -> bool:
    return bool({"percent", "percentage", "ratio", "rate", "share"} & set(named))


def _additivity(named: list[str], reading: Reading) -> Additivity | None:
    """By the words, the last one first: what a name ends in says most."""
    said = set(named)
    if _is_share(named) or said & {"average", "mean", "median", "per", "min", "max", "minimum",
                                   "maximum", "index", "exchange", "factor"}:  # fmt: skip
        return "non_additive"
    if said & _SHARES_BY_RANGE and _within_one(reading):
        return "non_additive"
    if said & {"unique", "distinct", "reach"}:
        return "non_additive"  # who was there in January is there in February again
    if "price" in said:
        return (
            "additive"
            if said & {"total", "subtotal", "extended", "amount", "sum"}
            else "non_additive"
        )
    if said & {"unit", "standard"} and said & {"cost", "amount", "price", "value"}:
        return "non_additive"  # a standard cost is that of one piece
    if named[1:2] == ["to"] and named[0] in lists.UNITS:
        return "non_additive"  # days to manufacture: how long one takes
    on_order = "on" in said and bool(said & {"order", "hand"})
    if on_order or (said & lists.SEMI_ADDITIVE and not said & {"change", "sold", "sale"}):
        return "semi_additive"
    if said & {"years", "year", "months", "weeks"} and not said & {"amount", "count", "total"}:
        return "non_additive"  # an age or a term: it grows by itself
    if "total" in said:
        return "additive"  # the weight of all that was shipped, not of one piece
    for word in reversed(named):
        if word in lists.NON_ADDITIVE:
            return "non_additive"
        if word in lists.ADDITIVE or word in lists.MONEY:
            return "additive"
    # In what it is counted says less than what is counted: a `height_cm` does not add up.
    return "additive" if said & lists.UNITS.keys() else None


_WEIGHTS = {"g": "grams", "kg": "kilograms", "lb": "pounds", "oz": "ounces", "t": "tonnes"}


def _unit(named: list[str], reading: Reading) -> str | None:
    for word in named:
        if word in lists.CURRENCIES:
            return word.upper()
    for word in reversed(named):
        if word in lists.UNITS and word != "percent":
            return lists.UNITS[word]
    if "weight" in named and named[-1] in _WEIGHTS:
        return _WEIGHTS[named[-1]]
    if _is_share(named) and reading.high is not None and reading.low is not None:
        if "exchange" in named or "currency" in named:
            return None
        if _within_one(reading):
            return "ratio"
        if "percent" in named:
            return "percent"
    return "percent" if "percent" in named else None
