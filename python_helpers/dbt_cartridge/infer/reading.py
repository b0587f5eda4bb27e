"""What the values of a column are, whatever its native type: read from the profile alone."""

from __future__ import annotations

from typing import Literal

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.frozen import frozen
from dbt_cartridge.written import EPOCHS, written_time

Kind = Literal[
    "number", "text", "boolean", "date", "timestamp", "time", "json", "array", "binary", "other"
]

_TRUTHS = (
    frozenset("yn"), frozenset("tf"), frozenset("01"), frozenset(("yes", "no")),
    frozenset(("true", "false")), frozenset(("on", "off")),
)  # fmt: skip
_MOST = 0.98
"""Text is a number, a date or JSON when this share of its values is."""


@frozen
class Reading:
    """One column's values in short."""

    kind: Kind
    whole: bool  # of numbers: no fractions
    rows: int  # profiled
    filled: int  # with a value, blanks left out
    distinct: int | None
    low: float | None
    high: float | None
    mean: float | None
    values: frozenset[str] | None  # all values in lower case, where they are few enough to be known
    truth: bool  # the values are a pair of yes and no, or one of such a pair
    length: float | None  # of text, mean
    spaced: float  # share of text values that hold a blank
    coded: bool  # digits with leading zeros: a code, not a number

    @property
    def ratio(self) -> float | None:
        """Distinct values per filled row; None where not known."""
        return self.distinct / self.filled if self.filled and self.distinct is not None else None


def read(column: Column) -> Reading:
    """What is known of a column's values. Without a profile, only what its type says."""
    profile = column.profile
    if profile is None:
        whole = column.type == "integer" or column.native_type.replace(" ", "").endswith(",0)")
        return Reading(_by_type(column), whole, 0, 0, None, None, None, None, None, False, None,
                       0.0, False)  # fmt: skip
    filled = profile.rows - profile.nulls - profile.blanks
    kind, coded = _kind(column, filled)
    values = _domain(column)
    mean = profile.mean if column.type in ("integer", "decimal", "float") else None
    patterns = profile.patterns
    whole = column.type == "integer" or (
        profile.fractions == 0
        if column.type in ("decimal", "float")
        else bool(patterns and patterns.integer >= _MOST * filled > 0)
    )
    distinct = profile.distinct
    if distinct and profile.blanks:
        distinct -= 1
    return Reading(
        kind=kind,
        whole=whole,
        rows=profile.rows,
        filled=filled,
        distinct=distinct,
        low=_number(profile.min) if kind == "number" and column.type != "text" else None,
        high=_number(profile.max) if kind == "number" and column.type != "text" else None,
        mean=mean,
        values=values,
        truth=bool(values) and any(values <= pair for pair in _TRUTHS),
        length=profile.mean_length,
        spaced=patterns.spaced / filled if patterns and filled else 0.0,
        coded=coded,
    )


def _by_type(column: Column) -> Kind:
    if column.type in ("integer", "decimal", "float"):
        return "number"
    if column.type in ("text", "boolean", "date", "timestamp", "time", "json", "array", "binary"):
        return column.type  # type: ignore[return-value]
    return {"struct": "json", "uuid": "text"}.get(column.type, "other")  # type: ignore[return-value]


def _kind(column: Column, filled: int) -> tuple[Kind, bool]:
    kind = _by_type(column)
    profile = column.profile
    if kind != "text" or profile is None or profile.patterns is None or filled == 0:
        return kind, False
    enough = _MOST * filled
    patterns = profile.patterns
    if patterns.leading_zero:
        return "text", patterns.integer >= enough
    written = written_time(column)
    if written is not None and written.form not in EPOCHS:
        return written.kind, False
    if max(patterns.decimal, patterns.money, patterns.comma) >= enough:
        return "number", False
    times = patterns.timestamp + patterns.date
    if times and times + patterns.zero_date >= enough:
        return ("timestamp" if patterns.timestamp else "date"), False
    if max(patterns.month_first, patterns.day_first) >= enough:
        return "date", False
    if patterns.json_like >= enough:
        return "json", False
    return "text", False


def _domain(column: Column) -> frozenset[str] | None:
    profile = column.profile
    if profile is None or profile.distinct is None or not profile.top_values:
        return None
    seen = {top.value for top in profile.top_values}
    if len(seen) < profile.distinct:
        return None
    return frozenset(value.strip().lower() for value in seen if value.strip())


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
