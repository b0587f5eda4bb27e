"""Which moment a date or a timestamp is: of the event, of the row's creation, change, load, end."""

from __future__ import annotations

from dataclasses import dataclass

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import ColumnRole
from dbt_cartridge.infer import column_words as lists
from dbt_cartridge.infer.reading import Reading
from dbt_cartridge.written import written_time


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
               "ingestion", "ldts"}:  # fmt: skip
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
    written = written_time(column)
    counts = words[-1:] and words[-1] in lists.CODE_WORDS
    certain = written is not None and written.certain and not counts  # part 20240101 is no day
    if written is None or not (certain or _says_time(raw)):
        return None
    if written.form == "%Y%m%d":
        return f"whole numbers like {column.profile.min if column.profile else ''}: days"
    return f"{written.form} since 1970, by their range and the name"


def _says_time(raw: tuple[str, ...]) -> bool:
    """`started`, `last_seen_ms`, `created_ts`; not `bytes_received`."""
    meant = [word for word in raw if word not in lists.EPOCH_UNITS]
    if len(meant) < len(raw) and not meant:
        return True
    if not meant or not lists.COUNTED.isdisjoint(meant) or not lists.MONEY.isdisjoint(meant):
        return False
    if not lists.UNITS.keys().isdisjoint(meant):
        return False
    moments = lists.TIME_WORDS | lists.CREATED | lists.UPDATED | lists.DELETED
    last = meant[-1]
    if last in moments | lists.FROM | lists.UNTIL | {"seen"} or last.endswith("ed"):
        return True
    return not lists.EPOCH_MARKS.isdisjoint(raw)
