"""How long it took between two times of one row, where the rows show which comes first.

Lateness is the same measured against a time that was only planned: due, promised, required.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from dbt_cartridge import law
from dbt_cartridge.design import docs
from dbt_cartridge.design.derive.derivation import Derivation, Rank
from dbt_cartridge.design.derive.row import Row
from dbt_cartridge.design.events import event_time, is_filled, is_planned
from dbt_cartridge.design.parts import Attribute
from dbt_cartridge.design.placeholders import measured
from dbt_cartridge.words import is_participle, verb_of

_TIMES = frozenset({"event_time", "created_time", "valid_from", "valid_to"})
_ENDINGS = ("_date", "_at", "_time", "_timestamp", "_on", "_datetime")
_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400}
_UNDONE = frozenset(("cancel", "return", "refund", "void", "delete", "update", "modify", "change"))
_PERIOD = frozenset({"from", "to", "until", "through"})
"""The ends of a period that a row is about: a bill's, which nobody has to keep to."""
_BROKEN_OFF = frozenset(
    """cancel cancelled canceled cancellation void voided terminated termination refund
    refunded""".split()
)
"""What ends a thing before its day: nothing that was planned is kept by it."""
_PARTICLES = frozenset("in out up off down on over back".split())
_MOST = 4
DURATIONS = "durations"
PLANNED = "planned"


def durations(row: Row) -> Iterator[Derivation]:
    """From the first time to each later one, and from each to the next where that was proved."""
    start = event_time(row.own)
    pairs = [
        (low, high) for low, high, known in row.ordered()
        if known.hits >= law.HOLDS * known.considered and not is_planned(high)
        and {low.role, high.role} <= _TIMES and not _is_one(low, high)
    ]  # fmt: skip
    pairs.sort(key=lambda pair: pair[0] is not start)
    for number, (low, high) in enumerate(pairs[:_MOST]):
        unit = unit_of(low, high)
        end = step(row, high)
        from_start = number == 0 or low is start or low == start
        name = f"{unit}_to_{end}" if from_start else f"{unit}_from_{step(row, low)}_to_{end}"
        if _is_span(low, high):
            name = f"{_span(row, low, high)}_{unit}"
        yield Derivation(
            DURATIONS,
            _duration(name, unit, f"{unit.capitalize()} from `{low.name}` to `{high.name}`; empty "
                      "while either is missing.", "date" in (low.type, high.type)),
            between(row[low], row[high], unit, low, high), Rank.FIRST,
        )  # fmt: skip


def planned(row: Row) -> Iterator[Derivation]:
    """From when it began to the day that was promised: how long was planned, beside how long it
    took. Their difference is how late it came."""
    start = event_time(row.own)
    for low, high, known in row.ordered():
        firm = known.hits >= law.HOLDS * known.considered
        if start is None or low.name != start.name or not firm or not _is_deadline(high):
            continue
        if not _PERIOD.isdisjoint(high.words):
            continue
        unit = unit_of(low, high)
        yield Derivation(
            PLANNED,
            _duration(f"{unit}_to_{_bare(row, high)}", unit, f"{unit.capitalize()} from "
                      f"`{low.name}` to `{high.name}`, as planned; empty while either is missing.",
                      "date" in (low.type, high.type)),
            between(row[low], row[high], unit, low, high), Rank.OFTEN,
        )  # fmt: skip


def _bare(row: Row, time: Attribute) -> str:
    plain = bare(time)
    return plain.removeprefix(f"{row.entity}_") or plain


def lateness(row: Row) -> Iterator[Derivation]:
    """Whether it came after the day on which it was due, and by how many days."""
    for planned, actual in deadlines(row):
        due, came = (f"cast({row[a]} as date)" if a.type != "date" else row[a]
                     for a in (planned, actual))  # fmt: skip
        several = sum(_is_deadline(a) for a in row.own) > 1
        label = f"_{step(row, actual)}" if several else ""
        flag = Attribute(
            name=f"is_late{label}", type="boolean", group="booleans", role="flag",
            description=f"True where `{actual.name}` is a later day than `{planned.name}`; empty "
            "while either is missing.",
        )  # fmt: skip
        yield Derivation(DURATIONS, flag, f"{came} > {due}", Rank.FIRST)
        text = f"Days from `{planned.name}` to `{actual.name}`: negative where it came early."
        yield Derivation(
            DURATIONS, _duration(f"days_late{label}", "days", text, True),
            between(row[planned], row[actual], "days", planned, actual), Rank.FIRST,
        )  # fmt: skip


def deadlines(row: Row) -> Iterator[tuple[Attribute, Attribute]]:
    """(what was planned, the time at which it happened)."""
    for planned in row.own:
        actual = _fulfilment(row, planned) if _is_deadline(planned) else None
        if actual is not None:
            yield planned, actual


def _is_deadline(attribute: Attribute) -> bool:
    return (
        attribute.type in ("date", "timestamp") and is_planned(attribute)
        and attribute.role in (*_TIMES, "attribute")
    )  # fmt: skip


def _fulfilment(row: Row, planned: Attribute) -> Attribute | None:
    """The time at which what was planned happened: the one that shares its words, else the only
    one that follows the first and that not every row has had, else the end of the way: what was
    promised for a day is kept when it arrives, not when it leaves.

    Of a thing or a person only the first: what is expected of a customer is not kept by whatever
    else is known of them.
    """
    start = event_time(row.own)
    if start is not None and not is_filled(start):
        start = None  # of an instalment that nobody has paid: it is what was planned
    others = [
        a for a in row.own
        if a.type in ("date", "timestamp") and a.role in _TIMES and not is_planned(a)
        and a is not start and (_PERIOD | _BROKEN_OFF).isdisjoint(a.words)
    ]  # fmt: skip
    stem = {verb_of(w) for w in planned.name.split("_")} - {"date", "at", "time", row.entity}
    shared = [a for a in others if stem & {verb_of(w) for w in a.name.split("_")}]
    if len(shared) == 1 or not row.is_fact:
        return shared[0] if len(shared) == 1 else None
    later = {
        high.name for low, high, _ in row.ordered()
        if start and low.name == start.name and not is_planned(high)
    }  # fmt: skip
    open_ended = [a for a in others if not a.required and (a.name in later or not later)]
    if len(open_ended) == 1 and not shared:
        return open_ended[0]
    return _last_of(row, others) if not shared else None


def _last_of(row: Row, times: Sequence[Attribute]) -> Attribute | None:
    """The one of the times that was proved to come after another one, and that none comes after."""
    known = {a.name for a in times}
    proved = [(low.name, high) for low, high, _ in row.ordered() if high.name in known]
    before = {low for low, _ in proved}
    last = {high.name: high for _, high in proved if high.name not in before}
    undone = _UNDONE.isdisjoint
    found = [a for a in last.values() if undone(verb_of(w) for w in a.name.split("_"))]
    return found[0] if len(found) == 1 else None


def step(row: Row, time: Attribute) -> str:
    """What happens at a time, in one word where it can: `shipped_at` → ship."""
    plain = bare(time)
    plain = plain.removeprefix(f"{row.entity}_") or plain
    *before, last = plain.split("_")
    if last in _PARTICLES and before and is_participle(before[-1]):
        return "_".join([*before[:-1], verb_of(before[-1]), last])
    return "_".join([*before, verb_of(last) if is_participle(last) else last])


def bare(time: Attribute) -> str:
    """`created_at` → created."""
    plain = time.name
    for ending in _ENDINGS:
        plain = plain.removesuffix(ending)
    return plain


def _is_span(low: Attribute, high: Attribute) -> bool:
    """`rental_start` and `rental_end`: one thing with two ends."""
    one, two = set(low.name.split("_")), set(high.name.split("_"))
    words = {"start", "started", "end", "ended", "from", "until", "to", "begin", "finish"}
    return bool(one - two) and bool(two - one) and (one - two) | (two - one) <= words


def _span(row: Row, low: Attribute, high: Attribute) -> str:
    shared = [w for w in low.name.split("_") if w in high.name.split("_")]
    plain = [w for w in shared if w not in ("date", "at", "time", "timestamp", "on")]
    return "_".join(plain) or row.entity


def unit_of(low: Attribute, high: Attribute) -> str:
    """Days between dates; between moments what keeps the numbers readable, by how far apart both
    ends of the two ranges lie."""
    if "date" in (low.type, high.type):
        return "days"
    if all(_is_midnight(a, which) for a in (low, high) for which in ("min", "max")):
        return "days"
    gaps = [
        (b - a).total_seconds() for which in ("min", "max")
        if (a := _moment(low, which)) and (b := _moment(high, which)) and b >= a
    ]  # fmt: skip
    if not gaps:
        return "hours"
    typical = max(gaps)
    return "minutes" if typical < 2 * 3600 else "hours" if typical < 4 * 86400 else "days"


def _moment(attribute: Attribute, which: str) -> datetime | None:
    text = getattr(attribute.profile, which) if attribute.profile else None
    try:
        return datetime.fromisoformat(str(text)[:19]) if text else None
    except ValueError:
        return None


def _is_midnight(attribute: Attribute, which: str) -> bool:
    """A day that is kept as a moment."""
    moment = _moment(attribute, which)
    return moment is not None and (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def _is_one(low: Attribute, high: Attribute) -> bool:
    """One time under two names, as load tools keep it: as many, from the same first to the same
    last. Between them nothing passes."""
    one, other = low.profile, high.profile
    return (
        one is not None and other is not None and one.min is not None
        and (one.distinct, one.min, one.max, one.nulls)
        == (other.distinct, other.min, other.max, other.nulls)
    )  # fmt: skip


def between(start: str, end: str, unit: str, low: Attribute, high: Attribute) -> str:
    """SQL: whole days between dates; else with two decimals."""
    start, end = measured(start, low), measured(end, high)
    if "date" in (low.type, high.type):
        start, end = (
            text if a.type == "date" else f"cast({text} as date)"
            for text, a in ((start, low), (end, high))
        )
        return f"date_diff('day', {start}, {end})"
    return f"round(date_diff('second', {start}, {end}) / {_SECONDS[unit]}.0, 2)"


def _duration(name: str, unit: str, description: str, whole: bool) -> Attribute:
    return Attribute(
        name=name, type="integer" if whole else "decimal",
        group="numerics", role="measure", additivity="non_additive", unit=unit,
        description=docs.sentence(description),
    )  # fmt: skip
