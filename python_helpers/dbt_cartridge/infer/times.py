"""Which moment a date or a timestamp is: of the event, of the row's creation, change, load, end."""

from __future__ import annotations

from dataclasses import dataclass

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import ColumnRole
from dbt_cartridge.infer import column_words as lists
from dbt_cartridge.infer.reading import Reading


@dataclass(frozen=True)
class TimeRole:
    role: ColumnRole
    why: str = ""


def time_role(
    words: tuple[str, ...], raw: tuple[str, ...], column: Column, reading: Reading
) -> TimeRole | None:
    """The role of a column of times; None where it holds none."""
    held = _holds_times(words, raw, column, reading)
    if held is None:
        return None
    said = frozenset(words) | frozenset(raw)
    if said & {"birth", "birthday", "birthdate", "born", "death"}:
        return TimeRole("attribute", held)
    role = _row_time(said, words)
    return TimeRole(role or "event_time", held)


def _row_time(said: frozenset[str], words: tuple[str, ...]) -> ColumnRole | None:
    """Times of the row itself, not of what it tells."""
    if said & (lists.DELETED - {"delete"}):
        return "deleted_time"
    validity = said & lists.VALIDITY
    if validity and said & lists.FROM:
        return "valid_from"
    if validity and said & lists.UNTIL:
        return "valid_to"
    if said & {"effective", "eff"} and len(said - lists.TIME_WORDS) <= 2:
        return "valid_from"
    if words in (("from", "date"), ("date", "from"), ("from", "timestamp")):
        return "valid_from"
    if words in (("to", "date"), ("date", "to"), ("to", "timestamp")):
        return "valid_to"
    meant = said - lists.TIME_WORDS - {"last", "row", "record", "dt", "ts", "datetime", "utc",
                                       "gmt", "on", "system"}  # fmt: skip
    if said & {"loaded", "ingested", "extracted", "synced", "etl", "elt", "dwh", "load",
               "ingestion"}:  # fmt: skip
        return "load_time"
    if said & lists.UPDATED and len(meant) <= 2:
        return "updated_time"
    if said & lists.CREATED and len(meant) <= 2:
        return "created_time"
    return None


def _holds_times(
    words: tuple[str, ...], raw: tuple[str, ...], column: Column, reading: Reading
) -> str | None:
    """Why the column holds times ("" for a native type); None where it does not."""
    if reading.kind in ("date", "timestamp"):
        return "" if column.type != "text" else "the text is a date in every row"
    if reading.kind != "number" or not reading.whole or reading.low is None:
        return None
    low, high = reading.low, reading.high or reading.low
    said = frozenset(words) | frozenset(raw)
    named = bool(
        said & (lists.TIME_WORDS | lists.CREATED | lists.UPDATED | {"ts", "epoch", "unix"})
    )
    if not named or low >= high:
        return None
    if "date" in said and low >= 19000101 and high <= 29991231 and 1 <= low // 100 % 100 <= 12:
        return f"whole numbers like {int(low)}: year, month and day"
    for unit, scale in (("seconds", 1.0), ("milliseconds", 1e3), ("microseconds", 1e6)):
        if 3e8 * scale <= low and high <= 4.2e9 * scale:
            return f"{unit} since 1970, by their range"
    return None
