"""The last screen of a run: what was found, made, proved, written, left out, and what is next."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.changes import Changes, SchemaChange
from dbt_cartridge.documents.plan import planned_files
from dbt_cartridge.documents.schema import Relationship, Schema
from dbt_cartridge.documents.upgrade import Upgrade
from dbt_cartridge.report.arrivals import Arrival, reasons
from dbt_cartridge.report.run import Found, Made, Placed, Proved, Run, to_look_at
from dbt_cartridge.report.words import count, listed, seconds, sentences, shown

HEADING = 10  # characters
_MOST = 6  # lines of one list; the rest is in the report
_LONG = 240  # characters of one line
_ROLES = {
    "fact": "fact",
    "dimension": "dimension",
    "bridge": "bridge",
    "reference": "reference table",
    "other": "other",
}
_MODELS = 4
_BECAME = {
    "added": "is new",
    "dropped": "is gone",
    "retyped": "is now",
    "renamed": "seems to be renamed to",
}
_DONE = {
    "create": "created",
    "update": "updated",
    "merged": "merged with your edits",
    "kept": "kept as you edited them",
    "unchanged": "unchanged",
    "deleted_by_user": "left deleted",
    "prune": "removed",
    "stale": "left of tables that are gone",
    "clash": "not ours and left alone",
    "conflict": "in conflict",
}


def summary(run: Run, schema: Schema, changes: Changes) -> list[str]:
    """Plain lines, a heading in the first ten columns. Names only: no value of the data."""
    return [
        *_block("Found", _found(run.found)),
        *_block("Made", _made(run.made)),
        *_block("Used", _limited(f"{one.what}: {one.why}" for one in run.used)),
        *_block("Placed", _limited(_placed(run.placed))),
        *_block("Settings", _suggested(run.suggested)),
        *_block("Asked", _asked(run.asked)),
        *_block("Proved", _proved(run.proved)),
        *_block("Rows", _rows(run.rows)),
        *_block("Changed", _limited(schema_lines(changes))),
        *_block("Upgrade", _limited(_upgrade(run.upgrade))),
        *_block("Would do" if run.dry_run else "Wrote", _written(run)),
        *_block("Look at", _limited(_look_at(schema, changes))),
        *_block("Left out", _limited(_brief(f"{one.what}: {one.why}") for one in run.left_out)),
        *_block("Problems", _limited(_problem_lines(run))),
        *_block("Next", _next(run)),
    ]


def _block(heading: str, lines: Sequence[str]) -> list[str]:
    return [
        f"{heading if number == 0 else '':<{HEADING}}{shown(line)}"
        for number, line in enumerate(lines)
        if line
    ]


def _found(found: Found) -> list[str]:
    where = f" in {listed(found.schemas)}" if found.schemas else ""
    roles = [count(n, name) for role, name in _ROLES.items() if (n := found.roles.get(role))]
    keys = f"{count(found.keys, 'primary key')} ({found.keys_proved:,} proved)"
    edges = f"{count(found.relationships, 'relationship')} ({found.relationships_proved:,} proved)"
    return [
        f"{count(found.tables, 'table')}{where}, {count(found.columns, 'column')}, "
        f"{count(found.rows, 'row')}: {listed(roles) or 'no roles'}",
        f"{keys}, {edges}",
        listed(_more_found(found)),
    ]


def _more_found(found: Found) -> list[str]:
    more: list[str] = []
    if found.identities:
        more.append(f"{count(found.identities, 'relation')} between measures")
    if found.personal_columns:
        more.append(f"{count(found.personal_columns, 'column')} with personal data")
    if found.keys_doubted:
        more.append(f"{count(found.keys_doubted, 'key')} unique but not believed")
    if found.unasked:
        more.append(f"{count(found.unasked, 'question')} left unasked by the budget")
    return more


def _made(made: Made) -> list[str]:
    parts = [
        (made.sources, f"{count(made.sources, 'source')} of {count(made.source_tables, 'table')}"),
        (made.staging, f"{made.staging:,} staging"),
        (made.intermediate, f"{made.intermediate:,} intermediate"),
        (made.marts, count(made.marts, "mart")),
        (made.snapshots, count(made.snapshots, "snapshot")),
    ]
    warn = f" ({made.tests_warn:,} that only warn)" if made.tests_warn else ""
    return [
        listed([text for number, text in parts if number]) or "nothing",
        f"{count(made.tests, 'test')}{warn}, {made.columns_described:,} of "
        f"{count(made.columns, 'column')} described",
    ]


def _placed(placed: Sequence[Placed]) -> Iterable[str]:
    for each in placed:
        said = listed([f"{name} {value}" for name, value in each.settings.items()])
        yield f"{each.folder}: {count(each.models, 'model')}, by your settings with {said}"


def _suggested(folders: Mapping[str, Any]) -> list[str]:
    """One line of YAML, to be pasted."""
    if not folders:
        return []
    text = yaml.safe_dump(folders, default_flow_style=True, sort_keys=False, width=math.inf)
    return [f"dbt_project.yml may say: models: {text.strip()}"]


def _asked(asked: Asked | None) -> list[str]:
    if asked is None:
        return []
    kept = f", {asked.kept:,} known from before" if asked.kept else ""
    rejected = f", {count(asked.rejected, 'question')} left to the rules" if asked.rejected else ""
    price = "price unknown" if asked.price is None else f"about ${asked.price:,.2f}"
    cached = f" ({asked.tokens_cached:,} from its cache)" if asked.tokens_cached else ""
    return [
        f"{asked.model}: {count(asked.accepted, 'answer')} taken{kept}{rejected}; "
        f"{count(asked.edits, 'addition')} stand",
        f"{count(asked.requests, 'request')} ({asked.retries:,} of them retries), "
        f"{asked.tokens_in:,} tokens read{cached} and {asked.tokens_out:,} written, {price}, "
        f"{seconds(asked.seconds)}"
        if asked.requests
        else "no request was needed",
    ]


def _proved(proved: Proved) -> list[str]:
    if proved.level == "none":
        return ["nothing: verify is none"]
    how = "on the data" if proved.level == "data" else "as SQL, without rows"
    failed = f", {proved.models_failed:,} failed" if proved.models_failed else ""
    dropped = (
        f", {proved.tests_failed:,} did not hold and were dropped or lowered"
        if proved.tests_failed
        else ""
    )
    return [
        f"{how}: {count(proved.models, 'model')} ran{failed}, "
        f"{count(proved.tests_passed, 'test')} passed{dropped}",
        f"{count(proved.unproved, 'model or test', 'models and tests')} not proved: see below"
        if proved.unproved
        else "",
    ]


def _rows(arrived: Sequence[Arrival]) -> list[str]:
    """Nothing where no row was read."""
    read = [(each, each.rows) for each in arrived if each.rows is not None]
    if not read:
        return []
    left_out = reasons([each for each, _ in read])
    but = f"; {left_out} left out" if left_out else ""
    sums = sum(mart.sums for each, _ in read for mart in each.marts)
    unread = len(arrived) - len(read)
    return [
        f"{count(len(read), 'table')}, {count(sum(rows for _, rows in read), 'row')}: "
        f"{'all others' if left_out else 'all'} arrive{but}",
        f"{count(sums, 'sum')} of measures in the marts {'is' if sums == 1 else 'are'} kept"
        if sums
        else "",
        f"{count(unread, 'table')} not counted" if unread else "",
    ]


def _upgrade(found: Upgrade | None) -> Iterable[str]:
    if found is None:
        return
    yield f"from cartridge {found.before} to {found.now}: this is a plan, and nothing was written"
    for reason in found.reasons:
        columns = f"{count(len(reason.columns), 'column')} in " if reason.columns else ""
        such = f", such as {reason.columns[0]}" if reason.columns else ""
        no = f"; not wanted: cartridge decide decline {reason.rule}" if reason.rule else ""
        yield f"{reason.why}: {columns}{count(len(reason.files), 'file')}{such}{no}"


def _written(run: Run) -> list[str]:
    parts = [f"{n:,} {_DONE[action]}" for action in _DONE if (n := run.changes.get(action))]
    return [f"{count(sum(run.changes.values()), 'file')}: {listed(parts) or 'none'}"]


def schema_lines(changes: Changes) -> Iterable[str]:
    """What became of the warehouse since the last run, and where the user's code names it."""
    for change in changes.schema_changes:
        yield " ".join(_said(change))
        if change.used:
            yield f"  still named in {', '.join(change.used)}"


def _said(change: SchemaChange) -> Iterable[str]:
    yield f"{change.where} {_BECAME[change.kind]}"
    if change.to:
        yield change.to if change.kind != "added" else f"({change.to})"
    if change.why:
        yield f"({change.why})"
    if change.kind == "renamed" and change.used:
        yield "- take the new name over where the old one is named:"


def file_lines(changes: Changes) -> Iterable[str]:
    """A line for each file that is not unchanged: what happens to it, its models, its lines."""
    for planned in planned_files(changes.changes):
        lines = f" +{planned.added} -{planned.removed}" if planned.added or planned.removed else ""
        more = f" and {len(planned.models) - _MODELS} more" if len(planned.models) > _MODELS else ""
        models = ", ".join(planned.models[:_MODELS]) + more
        yield f"{planned.action:<15} {planned.path}{lines}{f'  ({models})' if models else ''}"


def _look_at(schema: Schema, changes: Changes) -> Iterable[str]:
    for change in to_look_at(changes):
        yield f"{change.path}: {change.why}"
    for edge in schema.relationships:
        if not edge.proved:
            yield _unproved(edge)


def _unproved(edge: Relationship) -> str:
    child = f"{edge.table}({', '.join(edge.columns)})"
    parent = f"{edge.ref_table}({', '.join(edge.ref_columns)})"
    if edge.orphans:
        of = f" of {edge.rows:,}" if edge.rows else ""
        return f"{child} → {parent}: {count(edge.orphans, 'row')}{of} without a parent"
    return f"{child} → {parent}: not proved"


def _problem_lines(run: Run) -> Iterable[str]:
    for problem in run.problems:
        yield f"{problem.where}: {sentences(problem.what, problem.next)}"


def _brief(text: str) -> str:
    """The beginning of what is a paragraph; all of it is in the report."""
    if len(text) <= _LONG:
        return text
    return f"{text[:_LONG].rpartition(' ')[0].rstrip(',;')} …"


def _limited(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    if len(every) <= _MOST:
        return every
    return [*every[: _MOST - 1], f"… and {len(every) - _MOST + 1:,} more, in the report"]


def _next(run: Run) -> list[str]:
    report = "target/cartridge/report.html has the evidence for every decision"
    if run.dry_run:
        how = "`cartridge apply` writes just this; a run without dry_run plans anew."
        if run.upgrade is not None:
            how = "`cartridge apply` writes just this. After you decline something, plan again."
        return [f"Nothing was written. {how}", report]
    if run.changes.get("conflict"):
        first = "Settle the conflicts: take what you want from .cartridge/conflicts/, remove it"
        return [first, report]
    if not run.changes.keys() - {"unchanged", "kept", "deleted_by_user"}:
        return ["Nothing changed.", report]
    return ["dbt build, then commit the new files with .cartridge/", report]
