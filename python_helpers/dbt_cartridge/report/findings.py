"""What is wrong with the data itself: each with a number, a query to look closer, and where the
generated project deals with it. No value of the data stands in any of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.scan import Profile, Relation
from dbt_cartridge.documents.schema import ColumnMeaning, Relationship, Table
from dbt_cartridge.documents.verdicts import TestVerdict
from dbt_cartridge.report import queries
from dbt_cartridge.report.words import count

if TYPE_CHECKING:
    from dbt_cartridge.pipeline import Outcome

FindingKind = Literal[
    "orphans", "duplicates", "unreadable", "mixed_units", "no_key", "stale", "empty", "constant",
    "refuted",
]  # fmt: skip

_FEW = 20  # rows below which a constant column says nothing
_STALE = 90  # days behind the newest row of all tables
_TIMES = ("load_time", "updated_time", "created_time", "event_time")


class Finding(Frozen):
    """`number` counts rows, or days of a stale table; `query` runs on the warehouse as it is."""

    kind: FindingKind
    table: str
    columns: tuple[str, ...] = ()
    number: int
    text: str
    query: str
    handled: str


def findings(outcome: Outcome) -> tuple[Finding, ...]:
    """The worst kinds first, the most rows first."""
    order = {kind: place for place, kind in enumerate(FindingKind.__args__)}
    return tuple(sorted(_all(outcome), key=lambda f: (order[f.kind], -f.number, f.table)))


def _all(outcome: Outcome) -> Iterator[Finding]:
    ask = queries.Queries(outcome.scan)
    relations = outcome.scan.by_id
    yield from _orphans(outcome.schema.relationships, ask)
    yield from _refuted(outcome.schema.suggestions, ask)
    yield from _unreadable(outcome, ask)
    newest = _newest(outcome)
    for table in outcome.schema.tables:
        relation = relations.get(table.id)
        if relation is None:
            continue
        yield from _of_rows(table, relation, outcome, ask)
        yield from _of_columns(table, relation, ask)
        yield from _mixed_units(table, relation, ask)
        yield from _stale(table, relation, newest, ask)


def _orphans(edges: Iterable[Relationship], ask: queries.Queries) -> Iterator[Finding]:
    for edge in edges:
        if edge.orphans and edge.kind != "external":
            yield Finding(
                kind="orphans",
                table=edge.table,
                columns=edge.columns,
                number=edge.orphans,
                text=f"{count(edge.orphans, 'row')}{_of(edge.rows)} without a row in "
                f"{edge.ref_table}",
                query=ask.orphans(edge),
                handled="Joined to the left, so that no row is lost; a test warns.",
            )


def _refuted(edges: Iterable[Relationship], ask: queries.Queries) -> Iterator[Finding]:
    """A name that promises a reference which the rows deny."""
    for edge in edges:
        if edge.orphans and edge.rows and edge.kind != "external":
            yield Finding(
                kind="refuted",
                table=edge.table,
                columns=edge.columns,
                number=edge.orphans,
                text=f"named like a reference to {edge.ref_table}, and "
                f"{count(edge.orphans, 'row')}{_of(edge.rows)} are not found there",
                query=ask.orphans(edge),
                handled="Not joined and not tested.",
            )


def _unreadable(outcome: Outcome, ask: queries.Queries) -> Iterator[Finding]:
    """Values that staging cannot read as what their column holds: NULL there."""
    declared = {
        f"{source.name}.{table.name}": table.relation
        for source in outcome.design.sources
        for table in source.tables
    }
    for verdict in outcome.verdicts.tests:
        table = declared.get(verdict.owner)
        if table is None or verdict.status != "fail" or verdict.test.kind != "expression":
            continue
        yield Finding(
            kind="unreadable",
            table=table,
            number=verdict.failures,
            text=f"{count(verdict.failures, 'row')}: {verdict.test.name.replace('_', ' ')} "
            "does not hold",
            query=ask.where_not(table, verdict.test.expression),
            handled=_test_says(verdict),
        )


def _test_says(verdict: TestVerdict) -> str:
    return "NULL in staging; a test warns." if verdict.test.severity == "warn" else "Not tested."


def _of_rows(
    table: Table, relation: Relation, outcome: Outcome, ask: queries.Queries
) -> Iterator[Finding]:
    rows = relation.rows or 0
    if table.versions and table.versions.kind == "duplicates":
        staged = {m.name for m in outcome.design.models if m.based_on[:1] == (table.id,)}
        gone = next(
            (v.superseded for v in outcome.verdicts.models if v.model in staged and v.superseded), 0
        )
        yield Finding(
            kind="duplicates",
            table=table.id,
            columns=table.versions.entity_key,
            number=gone or 0,
            text=f"{count(gone, 'row')} stand again word for word"
            if gone
            else "rows stand several times word for word",
            query=ask.repeated(table.id, table.versions.entity_key),
            handled="Staging keeps one of each.",
        )
    elif table.primary_key is None and rows > 1:
        yield Finding(
            kind="no_key",
            table=table.id,
            number=rows,
            text=f"no column, and no set of columns, tells its {count(rows, 'row')} apart",
            query=ask.counted(table.id),
            handled="Every row is kept; nothing joins to it.",
        )


def _of_columns(table: Table, relation: Relation, ask: queries.Queries) -> Iterator[Finding]:
    for meaning in table.columns:
        column = relation.by_name.get(meaning.name)
        profile = column.profile if column else None
        if profile is None or profile.sampled or not profile.rows or meaning.is_load_tool:
            continue
        if profile.nulls == profile.rows:
            yield _column("empty", table, meaning, profile, "no row has a value", ask)
        elif profile.distinct == 1 and not profile.nulls and profile.rows >= _FEW:
            yield _column("constant", table, meaning, profile, "every row has the same value", ask)


def _mixed_units(table: Table, relation: Relation, ask: queries.Queries) -> Iterator[Finding]:
    """Measures whose unit stands in another column, where that has several."""
    measures: dict[str, list[str]] = {}
    for meaning in table.columns:
        if meaning.unit_column:
            measures.setdefault(meaning.unit_column, []).append(meaning.name)
    for unit, names in measures.items():
        column = relation.by_name.get(unit)
        several = (column.profile.distinct or 0) if column and column.profile else 0
        if several > 1:
            yield Finding(
                kind="mixed_units",
                table=table.id,
                columns=tuple(names),
                number=several,
                text=f"in {several:,} units, as {unit} says",
                query=ask.by_group(table.id, names, unit),
                handled="Never added up over several units.",
            )


def _column(
    kind: FindingKind,
    table: Table,
    meaning: ColumnMeaning,
    profile: Profile,
    text: str,
    ask: queries.Queries,
) -> Finding:
    return Finding(
        kind=kind,
        table=table.id,
        columns=(meaning.name,),
        number=profile.rows,
        text=text,
        query=ask.values(table.id, meaning.name),
        handled="Kept in staging; nothing is concluded from it.",
    )


def _newest(outcome: Outcome) -> datetime | None:
    found = [
        time
        for table in outcome.schema.tables
        if (relation := outcome.scan.by_id.get(table.id)) and (time := _last(table, relation)[1])
    ]
    return max(found, default=None)


def _stale(
    table: Table, relation: Relation, newest: datetime | None, ask: queries.Queries
) -> Iterator[Finding]:
    column, last = _last(table, relation)
    if newest is None or last is None or table.role != "fact":
        return
    days = (newest - last).days
    if days > _STALE:
        yield Finding(
            kind="stale",
            table=table.id,
            columns=(column,),
            number=days,
            text=f"its last row is {count(days, 'day')} older than the newest of all tables",
            query=ask.last(table.id, column),
            handled="Freshness is not expected of it.",
        )


def _last(table: Table, relation: Relation) -> tuple[str, datetime | None]:
    """The time column that says best when rows arrive, and its last value."""
    for role in _TIMES:
        for meaning in table.columns:
            column = relation.by_name.get(meaning.name)
            if meaning.role == role and column and column.profile and column.profile.max:
                return meaning.name, _day(column.profile.max)
    return "", None


def _day(text: str) -> datetime | None:
    """None of what is no day, or lies ahead: a placeholder."""
    try:
        day = datetime.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 1900 < day.year < 2100 else None


def _of(rows: int | None) -> str:
    return f" of {rows:,}" if rows else ""
