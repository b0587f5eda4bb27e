"""The signs of a table's role: what can be said of it in yes or no, or in a share.

Each sign has a phrase, which is what a user reads as the reason. What a sign counts for each role
stands in `role_weights`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbt_cartridge.documents.schema import Relationship
from dbt_cartridge.infer import role_words as lists
from dbt_cartridge.infer.column_words import CALENDAR_PARTS, ORDINAL
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.words import raw_split, singular

PHRASES: dict[str, str] = {
    "prefix_fact": "its name begins as facts do",
    "prefix_dimension": "its name begins as dimensions do",
    "prefix_bridge": "its name begins as bridges do",
    "prefix_reference": "its name begins as lookups do",
    "head_event": "it is named for something that happens",
    "head_line": "it is named for a part of something",
    "head_thing": "it is named for a thing or a person",
    "head_kind": "it is named for a kind or a code",
    "head_link": "it is named for a link",
    "head_history": "it is named as a history",
    "thing_history": "it is named as the history of a thing or a person",
    "event_history": "it is named as the history of something that happens",
    "tags_parent": "it is named for what its parent is sorted by",
    "head_aggregate": "it is named as a summary",
    "body_event": "its name holds something that happens",
    "body_thing": "its name holds a thing or a person",
    "two_tables": "its name is made of two other tables' names",
    "out_0": "it leads to no other table",
    "out_1": "it leads to one other table",
    "out_2": "it leads to two other tables",
    "out_3": "it leads to three or more other tables",
    "out_share": "much of it leads elsewhere",
    "in_0": "no table leads to it",
    "in_1": "one or two tables lead to it",
    "in_3": "three or more tables lead to it",
    "in_link": "bridges lead to it",
    "key_single": "its key is one column",
    "key_of_parents": "its key is made of the keys of others",
    "key_parent_time": "its key is a parent's key and a time",
    "key_own_time": "its key is its own id and a time",
    "key_parent_order": "its key is a parent's key and a number in order",
    "key_parent_own": "its key is a parent's key and something of its own",
    "key_is_parent": "its key is another table's key: it extends that table",
    "key_none": "no key was found",
    "key_text": "its key is a text code",
    "bare": "it holds nothing but keys",
    "payload_1": "it holds one column beside keys",
    "payload_2": "it holds two or three columns beside keys",
    "payload_4": "it holds four to eight columns beside keys",
    "payload_9": "it holds nine or more columns beside keys",
    "bare_pair": "it holds little but two keys of others",
    "additive": "it holds measures that can be summed",
    "additive_2": "it holds two or more measures that can be summed",
    "additive_half": "half of what it holds can be summed",
    "semi_additive": "it holds levels or balances",
    "non_additive": "it holds rates or prices",
    "event_time": "it holds the time of an event",
    "event_times": "it holds several times of one event",
    "created_only": "its only time is when the row was made",
    "no_time": "it holds no time",
    "has_name": "it holds a name",
    "of_others": "the names that it holds are those of others",
    "has_description": "it holds a description",
    "name_alone": "it holds a name and next to nothing else",
    "personal": "it holds personal data",
    "status": "it holds a status",
    "categories": "it holds several categories",
    "flags": "it holds flags",
    "validity": "its rows are valid for a time",
    "versioned": "it holds several versions of an entity",
    "rows_few": "it has few rows for this schema",
    "rows_many": "it has many rows for this schema",
    "rows_tiny": "it has at most thirty rows",
    "outnumbers": "it has many rows for each row of its parents",
    "outnumbered": "it has fewer rows than its parents",
    "calendar": "its columns are parts of the calendar",
    "event_and_parents": "it happens at a time and leads to two or more tables",
    "measure_and_parents": "it holds measures and leads to other tables",
    "leaf_with_time": "it happens at a time, and no table leads to it",
    "hub_with_name": "it has a name, and tables lead to it",
    "of_event": "it belongs to something that happens",
    "above_events": "what happens leads to it",
    "pair_led_to": "it pairs two tables, and others lead to it",
    "alone": "it leads nowhere and no table leads to it",
}

Signs = dict[str, float]
_OF_ITSELF = frozenset("first last middle given family full short long display".split())
"""Words before `name` that tell which of the thing's own names it is."""


@dataclass(frozen=True)
class Around:
    """What surrounds a table."""

    out: tuple[Relationship, ...]
    into: tuple[Relationship, ...]
    names: frozenset[tuple[str, ...]]  # entities, of histories also what they are the history of
    parents: frozenset[tuple[str, ...]]  # entities of the tables that it leads to
    parents_rows: int | None  # rows of the largest parent
    typical_rows: float | None  # median of the schema; None where it has too few rows to say
    linked: bool  # a table that is nothing but keys leads to it
    of_event: bool  # it leads to a table that looks like an event
    above_events: float  # share of the tables that lead to it that look like events


def signs(drafts: Mapping[str, Draft], relationships: Sequence[Relationship]) -> dict[str, Signs]:
    """The signs of every table. A sign that is not there is 0."""
    out: dict[str, list[Relationship]] = {table: [] for table in drafts}
    into: dict[str, list[Relationship]] = {table: [] for table in drafts}
    for relationship in relationships:
        if relationship.table in out:
            out[relationship.table].append(relationship)
        if relationship.ref_table in into and relationship.kind != "self":
            into[relationship.ref_table].append(relationship)
    entities = {draft.entity for draft in drafts.values()}
    names = frozenset(entities | {_but_history(entity) for entity in entities})
    counts = sorted(draft.rows for draft in drafts.values() if draft.rows)
    typical = float(counts[len(counts) // 2]) if counts and counts[-1] >= 200 else None
    bare = {t for t, draft in drafts.items() if len(out[t]) > 1 and not payload(draft, out[t])}
    events = {table for table, draft in drafts.items() if _happens(draft, out[table])}
    found: dict[str, Signs] = {}
    for table, draft in drafts.items():
        children = {r.table for r in into[table]}
        parents = [drafts[r.ref_table].rows or 0 for r in out[table] if r.ref_table in drafts
                   and r.kind != "self"]  # fmt: skip
        around = Around(
            tuple(out[table]), tuple(into[table]), names,
            frozenset(drafts[r.ref_table].entity for r in out[table] if r.ref_table in drafts),
            max(parents, default=None), typical, bool(children & bare),
            any(r.ref_table in events for r in out[table] if r.kind != "self"),
            len(children & events) / max(1, len(children)),
        )  # fmt: skip
        found[table] = {name: value for name, value in _signs(draft, around).items() if value}
    return found


def _happens(draft: Draft, out: Sequence[Relationship]) -> bool:
    """It leads to others and has a time of its own, or measures that can be summed."""
    leads = {column for r in out for column in r.columns}
    roles = [m for m in draft.meanings if m.name not in leads]
    timed = any(m.role == "event_time" for m in roles)
    counted = any(m.additivity == "additive" for m in roles)
    named = singular(draft.sense[-1]) in lists.EVENTS
    return bool(out) and timed + counted + named >= 2


def payload(draft: Draft, out: Sequence[Relationship]) -> list[str]:
    """Columns that say something: no keys, no foreign keys, nothing of the load or the row."""
    leads = {column for relationship in out for column in relationship.columns}
    keys = set(draft.key_columns)
    silent = {"technical", "load_time", "created_time", "updated_time", "deleted_flag",
              "deleted_time", "is_current"}  # fmt: skip
    return [
        m.name for m in draft.meanings
        if m.name not in leads and m.name not in keys
        and not m.is_load_tool and m.role not in silent
    ]  # fmt: skip


def _signs(draft: Draft, around: Around) -> Signs:
    held = payload(draft, around.out)
    found: Signs = {}
    for part in (_by_name, _by_key, _by_place, _by_columns, _by_rows):
        found.update({name: float(value) for name, value in part(draft, around, held).items()})
    found["event_and_parents"] = min(found["event_time"], found["out_2"] + found["out_3"])
    found["measure_and_parents"] = min(found["additive"], 1 - found["out_0"])
    found["leaf_with_time"] = min(found["event_time"], found["in_0"])
    found["hub_with_name"] = min(found["has_name"], 1 - found["in_0"])
    found["bare_pair"] = float(len(held) <= 1 and found["out_2"] + found["out_3"] > 0)
    found["pair_led_to"] = min(found["bare_pair"], 1 - found["in_0"])
    found["alone"] = min(found["in_0"], found["out_0"])
    return found


def _by_name(draft: Draft, around: Around, held: list[str]) -> dict[str, bool]:
    raw = raw_split(draft.relation.name)
    first = raw[0] if len(raw) > 1 else ""
    own = tuple(singular(word) for word in draft.entity if not word.isdigit())
    words = [singular(word) for word in draft.sense if not word.isdigit()] or ["table"]
    head, body = words[-1], set(words[:-1])
    of_parent = own[:-1] in around.parents
    single = len(draft.key_columns) == 1
    return {
        "prefix_fact": first in lists.FACT_PREFIXES,
        "prefix_dimension": first in lists.DIMENSION_PREFIXES,
        "prefix_bridge": first in lists.BRIDGE_PREFIXES,
        "prefix_reference": first in lists.REFERENCE_PREFIXES,
        "head_event": head in lists.EVENTS,
        "head_line": head in lists.LINES and (around.of_event or bool(body & lists.EVENTS)),
        "head_thing": head in lists.THINGS,
        "head_kind": head in lists.KINDS,
        "head_link": bool(set(words[-2:]) & lists.LINKS) or (head == "member" and of_parent),
        "tags_parent": head in lists.KINDS and of_parent and not around.into and not single,
        "head_history": head in lists.HISTORIES,
        "thing_history": head in lists.HISTORIES and words[-2:][0] in lists.THINGS,
        "event_history": head in lists.HISTORIES and words[-2:][0] in lists.EVENTS,
        "head_aggregate": bool(set(words) & lists.AGGREGATES),
        "body_event": bool(body & lists.EVENTS),
        "body_thing": bool(body & lists.THINGS),
        "two_tables": _is_of_two(own, around),
    }


def _is_of_two(words: tuple[str, ...], around: Around) -> bool:
    """`film_actor` beside film and actor; of histories, what they are the history of."""
    names, words = around.names, _but_history(words)
    return any(words[:cut] in names and words[cut:] in names for cut in range(1, len(words)))


def _but_history(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[:-1] if len(words) > 1 and words[-1] in lists.HISTORIES else words


def _by_key(draft: Draft, around: Around, held: list[str]) -> dict[str, bool]:
    key = draft.key_columns
    leads = {column for r in around.out for column in r.columns}
    own = [name for name in key if name not in leads]
    meant = [draft.by_name[name] for name in own if name in draft.by_name]
    timed = any(m.role.endswith("_time") or m.role in ("valid_from", "valid_to") for m in meant)
    ordered = any(set(m.words) & (ORDINAL | {"number", "line"}) for m in meant)
    composite = len(key) > 1
    with_parent = composite and len(own) < len(key)
    entity = tuple(word for word in draft.sense if word not in lists.HISTORIES)
    versioned = any(m.words in (("id",), (*entity, "id")) for m in meant)
    return {
        "key_single": len(key) == 1 and not with_parent and bool(own),
        "key_of_parents": composite and not own,
        "key_parent_time": composite and timed and not versioned,
        "key_own_time": composite and timed and versioned,
        "key_parent_order": with_parent and ordered and not timed,
        "key_parent_own": with_parent and bool(own) and not ordered and not timed,
        "key_is_parent": len(key) == 1 and not own,
        "key_none": not key,
        "key_text": len(key) == 1 and draft.column(key[0]).type == "text",
    }


def _by_place(draft: Draft, around: Around, held: list[str]) -> dict[str, float]:
    parents = {r.columns for r in around.out if r.kind != "self"}
    children = {r.table for r in around.into}
    leads = {column for r in around.out for column in r.columns}
    return {
        "out_0": not parents,
        "out_1": len(parents) == 1,
        "out_2": len(parents) == 2,
        "out_3": len(parents) >= 3,
        "out_share": len(leads) / max(1, len(leads) + len(held)),
        "in_0": not children,
        "in_1": 1 <= len(children) <= 2,
        "in_3": len(children) >= 3,
        "in_link": around.linked,
        "of_event": around.of_event,
        "above_events": around.above_events,
    }


def is_own(words: Sequence[str], draft: Draft) -> bool:
    """Do words before a column's last say nothing but whose it is?

    `name`, `customer_name` and `first_name` of customers; not `customer_name` of charges.
    """
    return {singular(word) for word in words} <= _OF_ITSELF | set(draft.sense)


def _by_columns(draft: Draft, around: Around, held: list[str]) -> dict[str, bool]:
    meant = [draft.by_name[name] for name in held]
    roles = [m.role for m in meant]
    additive = sum(m.additivity == "additive" for m in meant)
    times = roles.count("event_time")
    keyed = [draft.by_name[name] for name in draft.key_columns if name in draft.by_name]
    times += sum(m.role == "event_time" for m in keyed)
    made = any(m.role == "created_time" and not m.is_load_tool for m in draft.meanings)
    named = "name" in roles
    own_name = any(m.role == "name" and is_own(m.words[:-1], draft) for m in meant)
    calendar = sum(bool(set(m.words) & CALENDAR_PARTS) for m in draft.meanings)
    size = len(held)
    return {
        "bare": size == 0,
        "payload_1": size == 1,
        "payload_2": 2 <= size <= 3,
        "payload_4": 4 <= size <= 8,
        "payload_9": size >= 9,
        "additive": additive > 0,
        "additive_2": additive > 1,
        "additive_half": additive * 2 >= size > 0,
        "semi_additive": any(m.additivity == "semi_additive" for m in meant),
        "non_additive": any(m.additivity == "non_additive" for m in meant),
        "event_time": times > 0,
        "event_times": times > 1,
        "created_only": made and not times,
        "no_time": not made and not times,
        "has_name": named,
        "has_description": "description" in roles,
        "name_alone": (named and size <= 2) or (size == 1 and "description" in roles),
        "personal": any(m.pii not in (None, "salary") for m in meant),
        "of_others": named and not own_name,
        "status": "status" in roles,
        "categories": roles.count("category") >= 2,
        "flags": "flag" in roles,
        "validity": "valid_from" in roles or "valid_to" in roles,
        "versioned": draft.versions is not None and draft.versions.kind != "duplicates",
        "calendar": calendar >= 4 and calendar * 2 >= len(draft.meanings),
    }


def _by_rows(draft: Draft, around: Around, held: list[str]) -> dict[str, bool]:
    rows, typical, parents = draft.rows, around.typical_rows, around.parents_rows
    known = rows is not None and typical is not None
    return {
        "rows_few": known and rows * 5 <= typical,  # type: ignore[operator]
        "rows_many": known and rows >= 5 * typical,  # type: ignore[operator]
        "rows_tiny": known and rows <= 30,  # type: ignore[operator]
        "outnumbers": known and parents is not None and rows >= 3 * max(1, parents),  # type: ignore[operator]
        "outnumbered": known and parents is not None and rows < parents,  # type: ignore[operator]
    }
