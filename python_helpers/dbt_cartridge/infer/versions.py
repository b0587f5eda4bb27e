"""Tables that hold several rows of one entity: loads of changes, and slowly changing rows.

    find_versions(drafts, ask)  ->  Found

Drafts need their words, meanings and row key; relationships are not needed, so that a parent's
entity key is known before foreign keys are looked for.

A plan is made from names and profile: which column tells the entity, which one the moment. It is
believed when both together are unique in the warehouse and the entity's key alone is not, or
where the names leave no doubt (a history whose row key is an id and a time). Of loads, where all
rows but the last are dropped, that is not enough: `repeats` says whether the rows of a key are
one thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from dbt_cartridge import law
from dbt_cartridge.documents.evidence import EvidenceClass
from dbt_cartridge.documents.probe import Answer, Probe, Unique
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.documents.schema import ColumnMeaning, Evidence, Versions
from dbt_cartridge.infer import repeats
from dbt_cartridge.infer.column_words import KEY_WORDS, OPERATION, is_digest, words_of
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.infer.role_words import HISTORIES
from dbt_cartridge.words import singular

_ENOUGH = 0.99
"""Share of rows that key and moment tell apart. Loads repeated word for word are allowed for."""

_KEY_TAILS = KEY_WORDS | {"code", "number", "alternate", "natural", "business", "no", "ref"}
_BESIDE_SURROGATES = words_of("alternate natural business nk bk")
_SEQUENCES = words_of("sequence lsn scn version offset revision gtid")


@dataclass(frozen=True)
class Found:
    """The versions of every table that has some, and what looked like versions and is kept."""

    versions: dict[str, Versions]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a table's versions would be, and the question that settles it."""

    kind: Literal["loads", "slowly_changing"]
    key: tuple[str, ...]
    order: tuple[str, ...]
    sure: bool  # the names leave no doubt
    why: str

    def question(self, table: str) -> Unique:
        return Unique(relation=table, columns=self.key + self.order)


def find_versions(
    drafts: Sequence[Draft],
    ask: Probe,
    nearly: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Found:
    """All questions go out in two batches: what could be, and whether the rows are one thing.

    Args:
        nearly: what would be a table's key, were it not for rows that hold it twice.
    """
    owners = _owners(drafts)
    plans = {draft.id: made for draft in drafts if (made := plan(draft, owners))}
    questions = [p.question(table) for table, group in plans.items() for p in group]
    answers = dict(zip(questions, ask(questions), strict=True)) if questions else {}
    found: dict[str, Versions] = {}
    loaded: dict[str, repeats.Case] = {}
    for draft in drafts:
        for one in plans.get(draft.id, ()):
            versions = _settle(draft, one, answers[one.question(draft.id)])
            if versions:
                found[draft.id] = versions
                break
        if draft.id not in found or found[draft.id].kind == "loads":
            case = _case(draft, found.pop(draft.id, None), nearly.get(draft.id, ()))
            loaded |= {draft.id: case} if case else {}
    problems: list[Problem] = []
    for case, said in repeats.judged(list(loaded.values()), ask):
        if said.versions and law.allows(said.versions.evidence_class, "drop_rows"):
            found[case.draft.id] = said.versions
        elif said.problem:
            problems.append(said.problem)
    return Found(found, tuple(problems))


def _case(draft: Draft, loads: Versions | None, nearly: tuple[str, ...]) -> repeats.Case | None:
    """Rows that may be copies of each other: of a load, or of a table that has no key."""
    if loads is not None:
        return repeats.Case(draft, loads, _witness(draft))
    if draft.key is not None and (draft.key.proved or draft.key.declared):
        return None
    key = nearly or tuple(k.name for k in _entity_keys(draft)[:1] if _repeats(draft, k.name))
    if not key:
        return None
    return repeats.Case(draft, Versions(kind="duplicates", entity_key=key, order_by=()), "")


def _witness(draft: Draft) -> str:
    """What only a feed of changes has: its operations, or its place in a log."""
    for meaning in draft.meanings:
        profile = draft.column(meaning.name).profile
        changes = profile is None or (profile.distinct or 0) > 1
        if meaning.role == "technical" and set(meaning.words) & OPERATION and changes:
            return f"{meaning.name} holds the operation of each change"
        in_log = bool(set(meaning.words) & _SEQUENCES) and meaning.is_load_tool
        if in_log and changes:
            return f"{meaning.name} is the place of each change in a log"
    return ""


def of_itself(draft: Draft, versions: Versions) -> bool:
    """The entity whose versions are kept is the table's own.

    Not so in a history of prices that is kept by product: others mean the product, not its price.
    """
    own = {meaning.name for meaning in _entity_keys(draft)}
    return set(versions.entity_key) <= own


def _digests(draft: Draft) -> list[ColumnMeaning]:
    return [m for m in draft.meanings if is_digest(m.words)]


def _owners(drafts: Sequence[Draft]) -> dict[str, set[str]]:
    """The tables in which a column of this name is different in every row, satellites apart."""
    found: dict[str, set[str]] = {}
    for draft in drafts:
        if _digests(draft):
            continue
        for meaning in draft.meanings:
            if _unique(draft, meaning.name):
                found.setdefault(meaning.name.casefold(), set()).add(draft.id)
    return found


def plan(draft: Draft, owners: Mapping[str, set[str]] = MappingProxyType({})) -> tuple[Plan, ...]:
    """What could be, the likeliest first; at most four questions. Nothing for most tables."""
    by_role: dict[str, list[ColumnMeaning]] = {}
    for meaning in draft.meanings:
        by_role.setdefault(meaning.role, []).append(meaning)
    starts = _starts(draft, by_role)
    history = bool({singular(word) for word in draft.sense} & HISTORIES)
    found = _satellite(draft, by_role, owners)  # a digest leaves no doubt what the rows are
    for key in (_entity_keys(draft) or _marked_key(draft, by_role))[:2]:
        names = (key.name,)
        in_key = set(draft.key_columns)
        repeats = _repeats(draft, key.name)
        for start in starts[:1] if not _numbers_periods(draft, key.name) else ():
            keyed = in_key == {key.name, start.name}
            if keyed or (repeats and not _stands_alone(start, by_role)):
                why = f"{key.name} has a row for each {start.name}"
                found.append(Plan("slowly_changing", names, (start.name,), keyed, why))
        changed = by_role.get("updated_time", [])
        for moment in changed[:1]:
            keyed = in_key == {key.name, moment.name}
            if (history and repeats) or keyed:
                why = f"a history: {key.name} has a row for each {moment.name}"
                found.append(Plan("slowly_changing", names, (moment.name,), keyed, why))
        if repeats and in_key != {key.name}:
            found += _loads(draft, names, by_role)
    return tuple(dict.fromkeys(found))[:4]


def _numbers_periods(draft: Draft, name: str) -> bool:
    """The column starts again each year: the first period of one is no version of that of another.

    Each of its values stands beside each year, once.
    """
    profile = draft.column(name).profile
    years = [m.name for m in draft.meanings if m.words[-1:] == ("year",)]
    return profile is not None and any(
        (draft.distinct(year) or 0) * (profile.distinct or 0) == profile.rows for year in years
    )


def _stands_alone(start: ColumnMeaning, by_role: Mapping[str, list[ColumnMeaning]]) -> bool:
    """A row that says when it was made and when it was changed is a thing, and no version of one: a
    meeting starts and ends. A version is closed, and another one begins."""
    happens = start.role == "event_time"
    return happens and bool(by_role.get("created_time") and by_role.get("updated_time"))


def _satellite(
    draft: Draft, by_role: dict[str, list[ColumnMeaning]], owners: Mapping[str, set[str]]
) -> list[Plan]:
    """What a data vault tells of a hub: a row for each load in which something had changed.

    Known by the digest of what it tells, and by the hub's key, which the hub holds once. That
    nothing has changed since the first load makes it no other table.
    """
    digests = _digests(draft)
    moments = by_role.get("load_time", []) or by_role.get("event_time", [])
    keys = [
        m for m in draft.meanings
        if owners.get(m.name.casefold(), set()) - {draft.id}
        and (_repeats(draft, m.name) or _unique(draft, m.name))
        and m.role not in ("measure", "flag") and m not in (*moments, *digests)
    ]  # fmt: skip
    if not digests or len(moments) != 1 or not keys:
        return []
    why = f"{keys[0].name} has a row for each {moments[0].name} in which something had changed"
    return [Plan("slowly_changing", (keys[0].name,), (moments[0].name,), False, why)]


def _loads(
    draft: Draft, key: tuple[str, ...], by_role: dict[str, list[ColumnMeaning]]
) -> list[Plan]:
    """A load time or a log position tells the moment; several changes of one load are told apart
    by the time of the change."""
    moments = [m.name for m in by_role.get("load_time", []) if not _constant(draft, m.name)]
    marks = [m.name for m in _marks(draft)]
    positions = [
        m.name for m in draft.meanings
        if m.role in ("technical", "attribute", "measure") and set(m.words) & _SEQUENCES
        and (m.is_load_tool or marks)
    ]  # fmt: skip
    changed = [m.name for m in by_role.get("updated_time", [])]
    why = f"{key[0]} comes back in later loads"
    orders: list[tuple[str, ...]] = [(name,) for name in positions[:1] + moments[:1]]
    if moments and changed:
        orders.append((moments[0], changed[0]))
    if marks and changed:
        orders.append((changed[0],))
    # `op_ts` beside `op_type`: when the change was made that the operation names.
    operated = [m.name for m in by_role.get("event_time", []) if set(m.words) & OPERATION]
    if operated and any(set(m.words) & OPERATION for m in _marks(draft)):
        orders.append((operated[0],))
    return [Plan("loads", key, order, False, why) for order in orders]


def _marks(draft: Draft) -> list[ColumnMeaning]:
    """Columns that mark a removed row: a change operation first, then flags and times."""
    operations = [m for m in draft.meanings if m.role == "technical" and set(m.words) & OPERATION]
    flags = [m for m in draft.meanings if m.role in ("deleted_flag", "deleted_time")]
    flags.sort(key=lambda m: (not m.is_load_tool, m.role != "deleted_flag"))
    return operations + flags


def _starts(draft: Draft, by_role: dict[str, list[ColumnMeaning]]) -> list[ColumnMeaning]:
    """Where validity begins: by role, or a start that has an end beside it."""
    named = by_role.get("valid_from", [])
    times = by_role.get("event_time", [])
    spans = [
        m for m in times
        if {"start", "begin"} & set(m.words) and len(m.words) <= 2 and _end_of(draft, m)
    ]  # fmt: skip
    return named + spans


def _end_of(draft: Draft, start: ColumnMeaning) -> ColumnMeaning | None:
    swaps = {"start": "end", "begin": "end", "from": "to", "started": "ended"}
    wanted = tuple(swaps.get(word, word) for word in start.words)
    by_words = {m.words: m for m in draft.meanings}
    return by_words.get(wanted) if wanted != start.words else None


def _entity_keys(draft: Draft) -> list[ColumnMeaning]:
    """Columns named as the key of the table's own entity, whose values may come back."""
    entity = tuple(w for w in draft.sense if singular(w) not in HISTORIES)
    own: list[tuple[int, ColumnMeaning]] = []
    for meaning in draft.meanings:
        if meaning.is_load_tool or meaning.role in ("measure", "event_time", "flag"):
            continue
        stem = list(meaning.words)
        tails = 0
        while stem and stem[-1] in _KEY_TAILS:
            stem.pop()
            tails += 1
        if not tails or (_unique(draft, meaning.name) and len(draft.key_columns) < 2):
            continue
        if len(draft.key_columns) > 1 and meaning.name not in draft.key_columns:
            continue
        named = tuple(singular(word) for word in stem)
        if named == entity or (not named and meaning.words[-1] in KEY_WORDS):
            own.append((0, meaning))
        elif named and named == entity[-len(named) :]:
            own.append((1, meaning))  # `account_no` of crm_accounts
        elif named[: len(entity)] == entity and set(meaning.words) & _BESIDE_SURROGATES:
            own.append((1, meaning))
    own.sort(key=lambda pair: (pair[0], pair[1].name not in draft.key_columns))
    return [meaning for _, meaning in own]


def _marked_key(draft: Draft, by_role: dict[str, list[ColumnMeaning]]) -> list[ColumnMeaning]:
    """The one id that comes back in rows marked as valid from, valid to and current.

    `product_id` of a history of prices: its name is not the table's, but the marks say it.
    """
    if not all(by_role.get(role) for role in ("valid_from", "valid_to", "is_current")):
        return []
    ids = [
        m for m in draft.meanings
        if m.words[-1] in KEY_WORDS and not m.is_load_tool and _repeats(draft, m.name)
    ]  # fmt: skip
    return ids if len(ids) == 1 and _current(draft, ids[0].name) else []


def _repeats(draft: Draft, name: str) -> bool:
    """Some values stand in several rows, and the column is never null."""
    profile = draft.column(name).profile
    if profile is None or profile.distinct is None or profile.nulls:
        return False
    seen = profile.distinct < profile.rows * (0.97 if profile.approximate else 1)
    return seen and profile.distinct > 1


def _unique(draft: Draft, name: str) -> bool:
    profile = draft.column(name).profile
    return profile is not None and profile.distinct == profile.rows > 0 and not profile.approximate


def _constant(draft: Draft, name: str) -> bool:
    profile = draft.column(name).profile
    return profile is not None and profile.distinct is not None and profile.distinct <= 1


def _settle(draft: Draft, one: Plan, answer: Answer) -> Versions | None:
    evidence = [Evidence(text=one.why)]
    if answer.status == "answered" and answer.rows:
        if answer.hits < _ENOUGH * answer.rows:
            return None
        text = f"{' and '.join(one.key + one.order)} together are different in every row"
        share = round(answer.hits / answer.rows, 4)
        if share < 1:
            text = f"{' and '.join(one.key + one.order)} together are different in nearly every row"
        evidence.append(Evidence(text=text, value=share))
    elif not one.sure:
        return None
    profile = draft.column(one.key[0]).profile
    if profile and profile.distinct:
        text = f"rows per {one.key[0]}"
        evidence.append(Evidence(text=text, value=round(profile.rows / profile.distinct, 2)))
    meaning = draft.by_name[one.order[0]]
    slowly = one.kind == "slowly_changing"
    start = meaning if slowly and meaning.role not in ("updated_time", "load_time") else None
    marks = _marks(draft)
    return Versions(
        kind=one.kind,
        entity_key=one.key,
        order_by=one.order,
        valid_from=start.name if start else None,
        valid_to=_valid_to(draft, start),
        is_current=_current(draft, one.key[0]) if slowly else None,
        deleted=marks[0].name if marks and not slowly else None,
        evidence_class=_class(answer, slowly and meaning.role != "updated_time"),
        evidence=tuple(evidence),
    )


def _class(answer: Answer, dated: bool) -> EvidenceClass:
    """Of rows that are all kept: what says from when one holds is the meaning, the warehouse the
    proof."""
    if answer.status != "answered":
        return "assumed"
    return "structural" if dated and not answer.sampled else "observed"


def _valid_to(draft: Draft, start: ColumnMeaning | None) -> str | None:
    if start is None:
        return None
    named = [m for m in draft.meanings if m.role == "valid_to"]
    end = named[0] if named else _end_of(draft, start)
    return end.name if end else None


def _current(draft: Draft, key: str) -> str | None:
    """The flag of the current row: true in no more rows than there are entities."""
    entities = draft.column(key).profile
    for meaning in draft.meanings:
        if meaning.role != "is_current":
            continue
        profile = draft.column(meaning.name).profile
        if profile is None or entities is None or not entities.distinct:
            return meaning.name
        true = sum(t.count for t in profile.top_values if t.value.lower() in _TRUE)
        if 0.5 * entities.distinct <= true <= entities.distinct:
            return meaning.name
    return None


_TRUE = frozenset(("true", "t", "1", "y", "yes", "current"))
