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
    columns: dict[frozenset[str], list[Draft]] = {}
    for draft in drafts:
        columns.setdefault(_column_set(draft), []).append(draft)
    found: dict[str, tuple[Shape, str]] = {}
    for draft in drafts:
        if _TOOLS.fullmatch(draft.relation.name):
            found[draft.id] = ("log", "a table that a tool keeps for itself")
            continue
        if draft.id in led_to:
            continue
        why = _left_over(draft, columns[_column_set(draft)])
        if why:
            found[draft.id] = why
    return found


def _column_set(draft: Draft) -> frozenset[str]:
    return frozenset(meaning.name.casefold() for meaning in draft.meanings)


def _left_over(draft: Draft, alike: Sequence[Draft]) -> tuple[Shape, str] | None:
    words = raw_split(draft.relation.name)
    marks = {words[0], words[-1]} | set(words[-2:]) if len(words) > 1 else set[str]()
    marked = marks & lists.LEFTOVERS
    own = [w for w in words if w not in lists.LEFTOVERS and not w.isdigit()]
    original = next(
        (
            other for other in alike
            if other.id != draft.id
            and own == [w for w in raw_split(other.relation.name) if not w.isdigit()]
            and len(raw_split(other.relation.name)) < len(words)
        ),
        None,
    )  # fmt: skip
    staged: Shape = "staging" if marks & lists.STAGING else "backup"
    if original and (marked or any(w.isdigit() for w in words)):
        return staged, f"the same columns as {original.relation.name}, under a name for a copy"
    if marked & lists.SURE_LEFTOVERS:
        return staged, f"'{sorted(marked)[0]}' in its name, and no table leads to it"
    return None
