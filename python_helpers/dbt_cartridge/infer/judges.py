"""The judges of a column: each knows one kind of column, and says why it is one.

They are asked in the order of `JUDGES`; the first that has an opinion decides.
"""

from __future__ import annotations

from collections.abc import Callable

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import ColumnRole
from dbt_cartridge.frozen import frozen
from dbt_cartridge.infer import column_words as lists
from dbt_cartridge.infer.measures import Measure, measure
from dbt_cartridge.infer.reading import Reading, read
from dbt_cartridge.infer.times import time_role
from dbt_cartridge.words import raw_split


@frozen
class Look:
    """One column, as the judges see it."""

    column: Column
    words: tuple[str, ...]  # in English
    raw: tuple[str, ...]  # as written
    reading: Reading
    entity: tuple[str, ...]
    said: frozenset[str]  # the words, as a set
    load_tool: bool
    spelt: tuple[str, ...] = ()  # the words in another language, where the table's names are

    @property
    def last(self) -> str:
        return self.words[-1] if self.words else ""


@frozen
class Opinion:
    role: ColumnRole
    why: str = ""
    value: float | None = None
    measure: Measure | None = None


Judge = Callable[[Look], "Opinion | None"]


def look(
    column: Column,
    words: tuple[str, ...],
    entity: tuple[str, ...],
    spelt: tuple[str, ...] = (),
) -> Look:
    raw = raw_split(column.name)
    return Look(
        column=column,
        words=words,
        raw=raw,
        reading=read(column),
        entity=entity,
        said=frozenset(words) | frozenset(raw),
        load_tool=_is_load_tool(column.name, raw),
        spelt=spelt,
    )


def judged(seen: Look) -> Opinion:
    """What the column is for: an `attribute` where no judge has an opinion."""
    return next((found for judge in JUDGES if (found := judge(seen))), None) or Opinion("attribute")


def _is_load_tool(name: str, raw: tuple[str, ...]) -> bool:
    """`_fivetran_synced`, `__op`, `_loaded_at`, `etl_batch_id`; not `batch_id` of a brewery.

    A tool marks its columns by an underscore in front, or by a name that means nothing else. Two
    underscores in front are nobody else's (Debezium's `__source_ts_ms`), but on a key.
    """
    if not raw:
        return False
    if name.startswith("_"):
        return (
            raw[0] in lists.LOAD_TOOLS
            or any(word in lists.LOAD_WORDS for word in raw)
            or (name.startswith("__") and raw[-1] not in lists.KEY_WORDS)
            or raw in {("op",), ("deleted",), ("line",), ("row",), ("file",), ("modified",),
                       ("raw", "id"), ("sequence",), ("partition",), ("offset",)}
        )  # fmt: skip
    return raw[0] in lists.COINED_TOOLS and len(raw) > 1


def _by_load_tool(seen: Look) -> Opinion | None:
    if not seen.load_tool:
        return None
    said = seen.said
    dated = seen.reading.kind in ("date", "timestamp") or "at" in said or _counts_time(seen)
    if said & lists.DELETED:
        return Opinion("deleted_time" if dated else "deleted_flag", "written by a load tool")
    if said & {"active", "current"}:
        return Opinion("is_current", "written by a load tool")
    if said & {"start", "end"} and dated:
        role: ColumnRole = "valid_from" if "start" in said else "valid_to"
        return Opinion(role, "written by a load tool")
    if dated or (said & lists.LOAD_WORDS and said & {"date", "time", "timestamp", "ts"}):
        updated = bool(said & {"modified"})
        return Opinion("updated_time" if updated else "load_time", "written by a load tool")
    return Opinion("technical", "written by a load tool")


def _counts_time(seen: Look) -> bool:
    """`__source_ts_ms`: a time, counted since 1970."""
    return time_role(seen.words, seen.raw, seen.column, seen.reading) is not None


def _by_form(seen: Look) -> Opinion | None:
    kind = seen.reading.kind
    if kind == "json":
        native = seen.column.type in ("json", "struct")
        return Opinion("json", "" if native else "the text begins with { or [ in every row")
    if kind == "array":
        return Opinion("array")
    if kind == "binary":
        return Opinion("attribute")
    if lists.is_digest(seen.words):
        return Opinion("technical", "a digest of what the row tells")
    if seen.words in lists.RECORD_SOURCES:
        return Opinion("technical", "the source that the row was loaded from")
    if {"row", "guid"} <= seen.said or seen.words in {("row", "version"), ("xmin",)}:
        return Opinion("technical", "the warehouse's own mark of the row")
    return None


def _by_key_word(seen: Look) -> Opinion | None:
    """Ids and codes are no measures, whatever they hold."""
    if seen.last in lists.KEY_WORDS and not _is_date_key(seen):
        return Opinion("attribute", f"'{seen.last}' names a key")
    if seen.words[:1] == ("id",) and len(seen.words) > 1:
        return Opinion("attribute", "'id' names a key")
    return None


def _by_flag(seen: Look) -> Opinion | None:
    reading = seen.reading
    boolean = seen.column.type == "boolean"
    named = bool(
        seen.last in lists.FLAG_ENDS
        or (seen.words and seen.words[0] in lists.FLAG_STARTS and len(seen.words) > 1)
        or seen.last in lists.FLAG_WORDS
        or (seen.words and seen.words[0] in {"active", "deleted"} and len(seen.words) == 1)
    )
    pair = reading.truth and reading.distinct == 2
    numeric = reading.kind == "number"
    if not boolean:
        if not reading.truth or not (named or (pair and not _counts(seen))):
            return None
        if numeric and _counts(seen) and seen.last not in lists.FLAG_ENDS:
            return None
        if numeric and not named:  # few zeros and ones among counts are a count too
            return None
    why = "" if boolean else f"every value is one of {_shown(reading)}"
    if seen.said & lists.DELETED:
        return Opinion("deleted_flag", why or "the name says that the row is deleted")
    if seen.said & lists.CURRENT and not seen.said & (lists.MONEY | lists.PLACE):
        return Opinion("is_current", why or "the name says that the row is the current one")
    return Opinion("flag", why)


def _counts(seen: Look) -> bool:
    return bool(seen.said & (lists.COUNTED | lists.MONEY)) or seen.last in lists.ADDITIVE


def _by_time(seen: Look) -> Opinion | None:
    found = time_role(seen.words, seen.raw, seen.column, seen.reading)
    return Opinion(found.role, found.why) if found else None


def _by_operation(seen: Look) -> Opinion | None:
    reading = seen.reading
    short = reading.values is not None and all(len(value) <= 8 for value in reading.values)
    letters = frozenset("iudcr") | {"insert", "update", "delete", "create", "read"}
    if short and reading.values and reading.values <= letters and seen.said & lists.OPERATION:
        return Opinion("technical", f"a change operation: {_shown(reading)}")
    return None


def _by_number(seen: Look) -> Opinion | None:
    if seen.reading.kind != "number":
        return None
    found = measure(seen.words, seen.column, seen.reading)
    if isinstance(found, Measure):
        return Opinion("measure", found.why, measure=found)
    if seen.words[-1:] and seen.last in lists.CODE_WORDS:
        return Opinion("natural_key" if _unique(seen) else "attribute", found)
    few = seen.reading.distinct is not None and seen.reading.values is not None
    named = seen.last in lists.CATEGORY or seen.last in lists.STATUS
    if few and named and seen.reading.whole:
        role: ColumnRole = "status" if seen.last in lists.STATUS else "category"
        return Opinion(role, f"a few whole numbers: {_shown(seen.reading)}")
    return Opinion("attribute", found)


def _by_text(seen: Look) -> Opinion | None:
    reading, last = seen.reading, seen.last
    if reading.kind != "text" or not seen.words:
        return None
    if last in lists.STATUS and (last != "state" or _looks_like_states(seen)):
        return Opinion("status", _domain_words(reading))
    if last == "name" and set(seen.words[-2:-1]) & (lists.STATUS - {"state"}) and not _unique(seen):
        return Opinion("status", _domain_words(reading))  # `stage_name` of an opportunity
    long = (reading.length or 0) > 60 and reading.spaced > 0.5
    if last in lists.DESCRIPTION or long:
        why = "" if last in lists.DESCRIPTION else "long text with blanks"
        return Opinion("description", why, reading.length if not why else None)
    if "title" in seen.said and (
        seen.said & {"job", "contact", "courtesy", "position"}
        or seen.entity[-1] in lists.PERSON_TABLES
    ):
        return Opinion("category", "the title of a person")
    if last in lists.NAME or (len(seen.words) > 1 and seen.words[-2] == "name"):
        return Opinion("name")
    if last in lists.CODE_WORDS:
        unique = _unique(seen)
        return Opinion("natural_key" if unique else "attribute",
                       "unique in the profiled rows" if unique else "")  # fmt: skip
    if last in lists.CATEGORY and not seen.said & {"file", "url", "path"}:
        return Opinion("category", _domain_words(reading))
    if seen.entity and tuple(seen.words) == seen.entity and reading.ratio == 1.0:
        return Opinion("name", "named as the table, and different in every row")
    if _few(reading) and not seen.said & lists.PLACE:
        return Opinion("category", _domain_words(reading), reading.distinct)
    return None


def _unique(seen: Look) -> bool:
    return seen.reading.ratio == 1.0 and seen.reading.filled == seen.reading.rows > 1


def _looks_like_states(seen: Look) -> bool:
    """`state` of a process, not of a country: few values, longer than a two-letter code."""
    values = seen.reading.values
    return values is not None and not all(len(value) <= 3 for value in values)


def _few(reading: Reading) -> bool:
    """A small stable domain: at most twelve values, each seen in ten rows on average."""
    return (
        reading.values is not None
        and reading.distinct is not None
        and 2 <= reading.distinct <= 12
        and reading.filled >= 10 * reading.distinct
    )


def _domain_words(reading: Reading) -> str:
    return f"a small set of values: {_shown(reading)}" if reading.values else ""


def _shown(reading: Reading) -> str:
    """How many values; what they are stays in the warehouse unless they are yes and no."""
    if reading.truth and reading.values:
        return ", ".join(sorted(reading.values))
    return f"{reading.distinct} values"


def _is_date_key(seen: Look) -> bool:
    return "date" in seen.said and seen.reading.kind in ("date", "timestamp")


JUDGES: tuple[Judge, ...] = (
    _by_load_tool, _by_form, _by_key_word, _by_operation, _by_flag, _by_time, _by_number, _by_text,
)  # fmt: skip
