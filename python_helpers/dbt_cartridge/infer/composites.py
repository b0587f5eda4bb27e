"""Keys of several columns: the shapes that modellers give them, and a search in the data.

Each proposal is a set of columns with its points, and the reason in words.
"""

from __future__ import annotations

import math
from itertools import combinations

from dbt_cartridge.infer.facts import NEVER_KEY_TYPES, ColumnFacts, measured
from dbt_cartridge.infer.key_columns import (
    CHANGE_WORDS,
    DATE_WORDS,
    LINK_ATTRIBUTES,
    SEGMENT_WORDS,
    TINY,
    VALID_WORDS,
    VERSION_WORDS,
    KeyColumns,
    names_a_time,
)

FULL = 0.6
"""Share of all pairs that are there, from which one column counts within the other."""

Points = list[tuple[str, float]]
Proposal = tuple[tuple[str, ...], Points]


def proposals(own: KeyColumns) -> list[Proposal]:
    """Everything that the shape of the table suggests, without regard to its rows."""
    return [
        *_lines(own), *_bridges(own), *_dated(own), *_of_fields(own), *_reported(own),
        *_marked_off(own),
        *_counted_within(own), *_of_each_part(own), *_told_in(own), *_leading(own),
    ]  # fmt: skip


def _lines(own: KeyColumns) -> list[Proposal]:
    """An owner and a number within it: (order_id, line_number)."""
    out: list[Proposal] = []
    owners = [c for c in own.links if c not in own.ordinals and not own.is_own_key(c)]
    for ordinal in own.ordinals:
        named = [c for c in owners if c.stem and ordinal.words[: len(c.stem)] == c.stem]
        owning = [c for c in owners if own.owns(c)]
        ranked = list({c.name: c for c in (*named, *owning, *owners)}.values())
        for at, owner in enumerate(ranked[:4]):
            why = [(NUMBERED, 4.5 - 0.6 * at)]
            if owner in named or owner in owning:
                why.append(("the owner is in the name", 1.0))
            if ordinal.words == ("index",) and owner in owning and own.unfolds_arrays:
                # Fivetran keys the items of a nested array by parent and index.
                why.append(("an array's items, as the load tool unfolds them", 3.0))
            out.append((own.names_of((owner, ordinal)), why))
    return out


def _counted_within(own: KeyColumns) -> list[Proposal]:
    """An id that starts again in each tenant, shop or document: (tenant_id, customer_id).

    Its name is the table's key, it is not unique, and nearly each of its values stands beside
    nearly each of the other's, which an attribute of the thing itself never does. What it starts
    again in may be known by two columns: a tenant's ticket, of which it counts the comments.
    """
    out: list[Proposal] = []
    ids = [c for c in own.parts if c.unique is False and own.is_own_key(c) and c.distinct]
    scopes = [
        c for c in own.parts
        if c not in ids and not own.is_date(c) and not own.is_load_tool(c) and (c.distinct or 0) > 1
    ]  # fmt: skip
    for id_ in ids:
        rows, each = id_.rows or 0, id_.distinct or 0
        for scope in [*((c,) for c in scopes), *combinations(scopes[:7], 2)] if each > 1 else ():
            pairs = each * math.prod(c.distinct or 1 for c in scope)
            most = (id_.most_distinct or 0) * math.prod(c.most_distinct or 1 for c in scope)
            if rows <= most and pairs <= rows / FULL:
                why = [("its own id, which starts again in each of the other", 5.0)]
                out.append((own.names_of((*scope, id_)), why))
    return out


def _of_each_part(own: KeyColumns) -> list[Proposal]:
    """Of a table in parts (`stock_q1`, `stock_q2`): what each part has once, and which part."""
    shards = own.table.relation.shards
    if not shards:
        return []
    mark = own.all[-1]
    once = [
        c for c in own.parts
        if c is not mark and c.unique is False and not own.is_date(c)
        and (c.has_key_word or own.place[c.name] == 0)
        and (c.most_distinct or 0) * len(shards) >= (c.rows or 0)
    ]  # fmt: skip
    return [(own.names_of((c, mark)), [("once in each part of the table", 5.0)]) for c in once]


FOUND = "found in the data"
NUMBERED = "its owner and its number in it"
TOLD_IN = "what it tells of, and in which language"


def _told_in(own: KeyColumns) -> list[Proposal]:
    return [
        (own.names_of((own.table.columns[thing], own.table.columns[kind])), [(TOLD_IN, 5.0)])
        for thing, kind in own.told_in.items()
    ]


def _dated(own: KeyColumns) -> list[Proposal]:
    """What it is about, and when: (employee_id, start_date)."""
    versions = own.keeps_versions
    about = [c for c in own.links if versions or own.references[c.name] or not c.is_generic]
    about = [c for c in about if versions or not own.is_own_key(c)]
    about.sort(key=lambda c: not (versions and own.is_own_key(c)))
    out: list[Proposal] = []
    first = own.all[:2]
    nested = versions and len(first) == 2 and first[1].is_generic and first[0] in about
    for date in own.dates[:5]:
        words = set(date.words)
        points = 2.6 + 0.7 * bool(words & VALID_WORDS)
        points -= 0.5 * (not words & DATE_WORDS)
        points -= 3.0 * bool(words & CHANGE_WORDS and not own.is_history)
        points -= 1.5 * bool(words & {"to", "end", "until", "created", "due", "submitted"})
        if (versions and words & VALID_WORDS) or (own.is_history and "created" not in words):
            points += 2.0
        points += 0.3 * bool(versions and words & VERSION_WORDS)
        for size in (1, 2):
            for group in combinations(about[:5], size):
                lost = 0.4 * (size - 1) + 0.3 * sum(about.index(link) for link in group)
                if not versions:
                    lost += 1.5 * sum(not own.references[link.name] for link in group)
                told = "its entity, and since when" if versions else "what it is about, and when"
                why = [(told, points - lost)]
                if size == 2 and nested and set(group) == set(first):
                    why.append(("its id stands below its owner's", 1.5))
                if size == 2 and all(own.is_in_name(c) for c in group):
                    why.append(("the table is named after both", 1.2))
                out.append((own.names_of((*group, date)), why))
    return out


def _of_fields(own: KeyColumns) -> list[Proposal]:
    """What it is about, the field whose value it tells, and since when that is so.

    Two fields change in one moment as soon as a form is saved, though none did so far. Not where
    the load tool numbers the rows: it does where they have no key of their own.
    """
    if any(own.is_load_tool(c) and c.words[-1:] == ("id",) for c in own.all):
        return []
    about = [c for c in own.links if own.references[c.name] >= 0.5 and c not in own.fields]
    out: list[Proposal] = []
    for field in own.fields[:2]:
        for at, link in enumerate(about[:2]):
            for later, date in enumerate(own.dates[:2]):
                why = [("each field of what it is about, and when", 5.0 - at - 0.5 * later)]
                out.append((own.names_of((link, field, date)), why))
            if not own.dates:
                why = [("each field of what it is about", 4.0 - at)]
                out.append((own.names_of((link, field)), why))
    return out


def _reported(own: KeyColumns) -> list[Proposal]:
    """A report by day: what it is about, the date, and the segments that split it."""
    date = next((c for c in own.parts if c.words in (("date",), ("day",))), None)
    measures = sum(c.family in ("integer", "decimal", "float") for c in own.all)
    if date is None or measures < 4 or not own.has_load_tool:
        return []
    segments = [c for c in own.parts if c.family == "text" and set(c.words) & SEGMENT_WORDS
                and c not in own.links]  # fmt: skip
    thing = measured(own.table.entity)
    about = [
        c for c in own.links
        if (own.is_own_key(c) or (thing and c.stem == thing)) and not own.is_load_tool(c)
    ]  # fmt: skip
    named = bool(about)
    natural = [c for c in own.links if not own.is_load_tool(c)]
    about = about or (natural if len(natural) == 1 else [])
    out: list[Proposal] = []
    if about:
        why = [("a report: what it is about, its date and its segments", 6.0)]
        out.append((own.names_of((about[0], date, *segments[:3])), why))
    row_hash = [c for c in own.parts if own.is_load_tool(c) and c.words[-1:] == ("id",)]
    # The tool makes an id where the rows have none of their own.
    points = 4.6 if named else 6.5
    out += [
        (own.names_of((c, date)), [("the load tool's id and the date", points)]) for c in row_hash
    ]
    return out


def _marked_off(own: KeyColumns) -> list[Proposal]:
    """The columns before the load tool's mark: Fivetran writes keys, then its own columns."""
    first = next((at for at, c in enumerate(own.all) if own.is_load_tool(c)), 0)
    group = own.all[:first]
    if len(own.all) <= first + 1:
        # The mark is last: a list of few columns that leads somewhere, or no sign at all.
        group = [c for c in group if c.words != ("value",)]
        if len(group) > 3 or not any(own.references[c.name] > 0.5 for c in group):
            return []
    if not 1 < len(group) <= 4:
        return []
    if any(c.family in NEVER_KEY_TYPES or c.is_free_text for c in group):
        return []
    if not all(own.is_link(c) or own.is_ordinal(c) or own.is_date(c)
               or c.family == "text" for c in group):  # fmt: skip
        return []
    if own.is_own_key(group[0]) and not all(own.is_date(c) for c in group[1:]):
        return []
    points = 5.5 if (own.rows or 0) < TINY else 3.0
    return [(own.names_of((*group,)), [("stands before the load tool's columns", points)])]


def _bridges(own: KeyColumns) -> list[Proposal]:
    """Links to other tables, together: (film_id, category_id)."""
    out: list[Proposal] = []
    links = [c for c in own.links if c not in own.ordinals and not own.is_own_key(c)]
    named = [(a, b) for a in links for b in own.parts
             if b not in links and b.name in own.sides and own.joins_two((a, b))]  # fmt: skip
    out += [(own.names_of(pair), [("the table is named after both", 4.0)]) for pair in named]
    rest = [c for c in own.all if c not in links and own.is_content(c)]
    for size in (2, 3, 4):
        for group in combinations(links[:7], size):
            points = 3.2 - 0.5 * (size - 2) - 0.25 * sum(links.index(c) for c in group)
            points -= 0.1 * min(20, max(0, len(rest) - 2)) + 1.5 * own.is_history
            points -= 1.2 * sum(names_a_time(c) for c in group) + 4.0 * own.has_own_key
            why = [("links to other tables, together", points)]
            if size == 2 and own.joins_two(group):
                more = not rest and len(links) > 2
                why.append(("the table is named after both", 1.0 if more else 3.5))
            if size == len(links) and not rest:
                why.append(("and nothing but links", 2.5))
            out.append((own.names_of(group), why))
            if len(rest) == 1 and set(rest[0].words) <= LINK_ATTRIBUTES and size == len(links):
                told = [*why, ("told apart by their kind", 0.5)]
                out.append((own.names_of((*group, rest[0])), told))
    return out


def _leading(own: KeyColumns) -> list[Proposal]:
    """The columns that stand first, two to four of them: who writes a table begins with its key."""
    group = own.all[:4]
    barred = next((at for at, c in enumerate(group) if not own.can_lead(c)), len(group))
    out: list[Proposal] = []
    for size in range(2, barred + 1):
        links = sum(own.is_link(c) for c in group[:size])
        why = [("stands first", 0.5 - 0.5 * (size - 2)), ("with links among them", 0.5 * links)]
        out.append((own.names_of(tuple(group[:size])), why))
    return out


def searched(own: KeyColumns) -> list[Proposal]:
    """Combinations that could be unique, by the distinct counts of their columns."""
    if not own.table.has_data or any(c.unique for c in own.parts if not own.is_date(c)):
        return []
    value = {c.name: _part_points(own, c) for c in own.parts}
    ranked = sorted(own.parts, key=lambda c: -value[c.name])[:7]
    out: list[Proposal] = []
    for size in (2, 3, 4):
        for group in combinations(ranked, size):
            if math.prod(c.most_distinct or 1 for c in group) < (group[0].rows or 0):
                continue
            points = sum(value[c.name] for c in group) / size - 1.2 * (size - 2) - 1.0
            out.append((own.names_of(group), [(FOUND, points)]))
    return out


def _part_points(own: KeyColumns, column: ColumnFacts) -> float:
    points = 2.0 * own.is_link(column) + 1.5 * own.is_ordinal(column)
    points += 1.0 * own.is_date(column) + 0.8 * column.has_key_word
    return points - 0.15 * min(6, own.place[column.name]) - 1.5 * names_a_time(column)
