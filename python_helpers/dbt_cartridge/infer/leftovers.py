"""Tables that nobody models: copies of other tables, what tools keep for themselves.

A name never decides: `temp_readings` are temperatures, a backup generator is a machine. A copy has
the columns of another table, or most of them, and its rows; what a tool keeps has the tool's own
full name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbt_cartridge.documents.probe import Inclusion, Probe
from dbt_cartridge.documents.schema import Relationship, Shape
from dbt_cartridge.infer import role_words as lists
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.words import raw_split

_COPIED = 0.8
"""Share of a copy's rows that its original holds still."""
_COLUMNS = 0.7
"""Share of the original's columns that a copy has: the original may have got some since. Whatever
the copy has, the original has too, and a load tool's columns are of the load, not of the table."""
_MOST_COMPARED = 3

_TOOLS = re.compile(
    r"sysdiagrams|schema_?migrations|ar_internal_metadata|databasechangelog(lock)?|alembic_version"
    r"|flyway_schema_history|django_(migrations|session|content_type|admin_log)|_?prisma_migrations"
    r"|knex_migrations(_lock)?|__efmigrationshistory|spatial_ref_sys|pg_stat_.*|sqlite_.*"
    r"|fivetran_(audit|log).*|_airbyte_.*|_dlt_.*|_sdc_.*|goose_db_version",
    re.IGNORECASE,
)


def leftovers(
    drafts: Sequence[Draft], relationships: Sequence[Relationship], ask: Probe
) -> dict[str, tuple[Shape, str]]:
    """What is left over, each with its shape and why. Where nothing was answered, nothing is."""
    led_to = {r.ref_table for r in relationships if r.table != r.ref_table}
    originals = _originals(drafts)
    found: dict[str, tuple[Shape, str]] = {}
    asked: dict[Inclusion, tuple[Draft, str]] = {}
    for draft in drafts:
        if _TOOLS.fullmatch(draft.relation.name):
            found[draft.id] = ("tool", "a table that a tool keeps for itself")
            continue
        original = None if draft.id in led_to else _copied(draft, originals)
        if original is None:
            continue
        name = original.relation.name
        if draft.rows == 0:
            found[draft.id] = (_shape(draft), f"the same columns as {name}, and no row")
        elif question := _question(draft, original):
            asked[question] = (draft, name)
    for (draft, name), answer in zip(asked.values(), ask(list(asked)), strict=True):
        if answer.status == "answered" and answer.considered and answer.share >= _COPIED:
            found[draft.id] = (_shape(draft), f"the same columns as {name}, and its rows")
    return found


Words = tuple[str, ...]  # of a table's name, without marks of a copy and without digits


def _originals(drafts: Sequence[Draft]) -> dict[Words, list[Draft]]:
    """The tables that tell of one thing, the shortest name first."""
    found: dict[Words, list[Draft]] = {}
    for draft in sorted(drafts, key=_length):
        found.setdefault(_words(draft), []).append(draft)
    return found


def _length(draft: Draft) -> int:
    return len(raw_split(draft.relation.name))


def _words(draft: Draft) -> Words:
    words = raw_split(draft.relation.name)
    return tuple(w for w in words if w not in lists.LEFTOVERS and not w.isdigit())


def _columns(draft: Draft) -> frozenset[str]:
    return frozenset(m.name.casefold() for m in draft.meanings if not m.is_load_tool)


def _copied(draft: Draft, originals: dict[Words, list[Draft]]) -> Draft | None:
    """The table of which this one may be a copy: it has these columns, under a shorter name."""
    words = raw_split(draft.relation.name)
    marked = bool({words[0], *words[-2:]} & lists.LEFTOVERS)
    if not marked and not any(word.isdigit() for word in words):
        return None
    own = _columns(draft)
    for original in originals[_words(draft)]:
        if _length(original) >= len(words):
            break  # as are all that follow
        theirs = _columns(original)
        if own <= theirs and len(own) >= _COLUMNS * len(theirs):
            return original
    return None


def _shape(draft: Draft) -> Shape:
    words = raw_split(draft.relation.name)
    return "staging" if {words[0], *words[-2:]} & lists.STAGING else "backup"


def _question(draft: Draft, original: Draft) -> Inclusion | None:
    """Are these rows the original's? By its key, and by what a change seldom touches beside it:
    keys alone may include each other by accident."""
    spelt = {meaning.name.casefold(): meaning.name for meaning in original.meanings}
    filled = [m for m in draft.meanings if _is_filled(draft, m.name) and not m.is_load_tool]
    keyed = {name.casefold() for name in original.key_columns}
    firm = ("key", "foreign_key", "natural_key", "created_time", "name", "event_time")
    filled.sort(key=lambda m: (m.name.casefold() not in keyed, m.role not in firm))
    columns = tuple(m.name for m in filled[: max(_MOST_COMPARED, len(keyed) + 1)])
    if not columns:
        return None
    return Inclusion(
        relation=draft.id,
        columns=columns,
        ref_relation=original.id,
        ref_columns=tuple(spelt[name.casefold()] for name in columns),
    )


def _is_filled(draft: Draft, name: str) -> bool:
    profile = draft.column(name).profile
    return profile is not None and not profile.nulls
