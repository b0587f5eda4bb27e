"""Tables that nobody models: backups, temporary tables, what tools keep for themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbt_cartridge.documents.schema import Relationship, Shape
from dbt_cartridge.infer import role_words as lists
from dbt_cartridge.infer.drafts import Draft
from dbt_cartridge.words import raw_split

_TOOLS = re.compile(
    r"sysdiagrams|schema_?migrations|ar_internal_metadata|databasechangelog(lock)?|alembic_version"
    r"|flyway_schema_history|django_(migrations|session|content_type|admin_log)|_?prisma_migrations"
    r"|knex_migrations(_lock)?|__efmigrationshistory|spatial_ref_sys|pg_stat_.*|sqlite_.*"
    r"|fivetran_(audit|log).*|_airbyte_.*|_dlt_.*|_sdc_.*|dbt_.*_log|goose_db_version"
    r"|(aw|adventureworks|db)?_?build_?version|database_?log|error_?log|etl_.*(log|control|audit)",
    re.IGNORECASE,
)


def leftovers(
    drafts: Sequence[Draft], relationships: Sequence[Relationship]
) -> dict[str, tuple[Shape, str]]:
    """What is left over, each with its shape and why.

    A word such as `old` or `tmp` is enough only where nothing leads to the table and its
    original stands beside it, or where the word can mean nothing else.
    """
    led_to = {r.ref_table for r in relationships if r.table != r.ref_table}
    originals = _originals(drafts)
    found: dict[str, tuple[Shape, str]] = {}
    for draft in drafts:
        if _TOOLS.fullmatch(draft.relation.name):
            found[draft.id] = ("log", "a table that a tool keeps for itself")
            continue
        why = None if draft.id in led_to else _left_over(draft, originals)
        if why:
            found[draft.id] = why
    return found


Likeness = tuple[frozenset[str], tuple[str, ...]]  # column names; words without marks and digits


def _originals(drafts: Sequence[Draft]) -> dict[Likeness, str]:
    """The table with the shortest name among those alike in columns and in what they tell."""
    found: dict[Likeness, str] = {}
    for draft in drafts:
        name = draft.relation.name
        known = found.get(_likeness(draft))
        if known is None or len(raw_split(name)) < len(raw_split(known)):
            found[_likeness(draft)] = name
    return found


def _likeness(draft: Draft) -> Likeness:
    columns = frozenset(meaning.name.casefold() for meaning in draft.meanings)
    words = raw_split(draft.relation.name)
    return columns, tuple(w for w in words if w not in lists.LEFTOVERS and not w.isdigit())


def _left_over(draft: Draft, originals: dict[Likeness, str]) -> tuple[Shape, str] | None:
    words = raw_split(draft.relation.name)
    if len(words) < 2:
        return None
    marks = {words[0], *words[-2:]}
    marked = marks & lists.LEFTOVERS
    staged: Shape = "staging" if marks & lists.STAGING else "backup"
    original = originals[_likeness(draft)]
    copied = len(raw_split(original)) < len(words)
    if copied and (marked or any(word.isdigit() for word in words)):
        return staged, f"the same columns as {original}, under a name for a copy"
    if marked & lists.SURE_LEFTOVERS:
        return staged, f"'{min(marked)}' in its name, and no table leads to it"
    return None
