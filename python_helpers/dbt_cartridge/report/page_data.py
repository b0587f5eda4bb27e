"""What the page of a run knows, as one document that its script reads.

Aggregates and names only: of the values of the data, those of closed sets (a status, a kind, a
flag) that are not personal, and the bounds of numbers and times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.changes import Change
from dbt_cartridge.documents.design import Design, Model, Test
from dbt_cartridge.documents.scan import Column, Profile, Relation
from dbt_cartridge.documents.schema import ColumnMeaning, Evidence, Key, Relationship, Table
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict
from dbt_cartridge.report.arrivals import Arrival
from dbt_cartridge.report.findings import Finding, findings
from dbt_cartridge.report.run import Run
from dbt_cartridge.report.words import sentences

if TYPE_CHECKING:
    from dbt_cartridge.pipeline import Outcome

_CLOSED_SETS = ("category", "status", "flag", "type_discriminator", "is_current", "deleted_flag")
_BOUNDED = ("integer", "decimal", "float", "date", "timestamp")
_BOUND = re.compile(r"[-+0-9.,eE: TZ]*")
"""What a number or a time is written with: nothing else is shown as a bound."""
_MOST_TEXT = 20_000  # characters of one file's text or diff


class Count(Frozen):
    value: str
    rows: int


class PageColumn(Frozen):
    """`nulls`, `distinct`: of the profiled rows; None where the column was not profiled."""

    name: str
    native: str
    type: str
    role: str = "attribute"
    personal: str = ""
    unit: str = ""
    additivity: str = ""
    comment: str = ""
    nulls: int | None = None
    distinct: int | None = None
    approximate: bool = False
    low: str = ""
    high: str = ""
    mean: float | None = None
    values: tuple[Count, ...] = ()
    why: tuple[str, ...] = ()


class PageKey(Frozen):
    columns: tuple[str, ...]
    known: str  # class of evidence
    proved: bool = False
    confidence: float = 1.0
    why: tuple[str, ...] = ()


class Reference(Frozen):
    table: str
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    kind: str
    role: str = ""
    known: str = "observed"
    proved: bool = False
    one_to_one: bool = False
    optional: bool = True
    rows: int | None = None
    orphans: int | None = None
    confidence: float = 1.0
    why: tuple[str, ...] = ()
    weighed: tuple[str, ...] = ()


class PageTable(Frozen):
    """`rows`: None where nobody knows. `profiled`: rows that the profile saw."""

    id: str
    schema_name: str
    name: str
    entity: str
    role: str
    shape: str
    kind: str = "table"
    confidence: float = 1.0
    rows: int | None = None
    exact: bool = False
    profiled: int | None = None
    comment: str = ""
    key: PageKey | None = None
    other_keys: tuple[PageKey, ...] = ()
    doubted_keys: tuple[PageKey, ...] = ()
    versions: str = ""
    versions_why: tuple[str, ...] = ()
    columns: tuple[PageColumn, ...] = ()
    why: tuple[str, ...] = ()
    shards: int = 0


class PageTest(Frozen):
    """`status`: pass, fail, error or skipped; empty where the proof was not asked."""

    text: str
    severity: str = "error"
    status: str = ""
    failures: int = 0
    evidence: str = ""


class PageModelColumn(Frozen):
    name: str
    type: str
    description: str = ""
    personal: str = ""


class PageModel(Frozen):
    """`reads`: models, and tables by their ids."""

    name: str
    layer: str
    path: str = ""
    description: str = ""
    grain: str = ""
    materialized: str = "view"
    key: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    based_on: tuple[str, ...] = ()
    columns: tuple[PageModelColumn, ...] = ()
    tests: tuple[PageTest, ...] = ()
    notes: tuple[str, ...] = ()
    sql: str = ""
    status: str = ""
    message: str = ""
    rows: int | None = None


class PageChange(Frozen):
    path: str
    action: str
    why: str = ""
    diff: str = ""


class Note(Frozen):
    what: str
    why: str


class ArrivedMart(Frozen):
    model: str
    rows: int | None = None
    sums: int = 0
    current: bool = False


class Arrived(Frozen):
    """Rows of a table through the layers; None where they were not read."""

    table: str
    source: int | None = None
    staging: int | None = None
    staging_model: str = ""
    marts: tuple[ArrivedMart, ...] = ()
    why: str = ""


class PageData(Frozen):
    project: str
    cartridge: str
    dbt: str
    adapter: str
    schemas: tuple[str, ...] = ()
    dry_run: bool = False
    level: str = "none"  # of the proof
    tests_passed: int = 0
    tests_failed: int = 0
    columns_described: int = 0
    columns_made: int = 0
    tables: tuple[PageTable, ...] = ()
    references: tuple[Reference, ...] = ()
    suggestions: tuple[Reference, ...] = ()
    identities: tuple[Note, ...] = ()
    models: tuple[PageModel, ...] = ()
    rows: tuple[Arrived, ...] = ()
    findings: tuple[Finding, ...] = ()
    used: tuple[Note, ...] = ()
    left_out: tuple[Note, ...] = ()
    problems: tuple[Note, ...] = ()
    refuted_tests: tuple[Note, ...] = ()
    changes: tuple[PageChange, ...] = ()
    seconds: dict[str, float] = Field(default={})


def page_data(run: Run, outcome: Outcome) -> PageData:
    schema, design, verdicts = outcome.schema, outcome.design, outcome.verdicts
    relations = outcome.scan.by_id
    texts = {name: file for file in outcome.files.files for name in file.describes}
    sql = {name: file for name, file in texts.items() if file.kind == "sql"}
    sources = relations_of_sources(design)
    said = {verdict.model: verdict for verdict in verdicts.models}
    tested = verdicts_by_owner(verdicts.tests)
    failed = [t for t in verdicts.tests if t.status in ("fail", "error")]
    return PageData(
        project=outcome.host.project_name,
        cartridge=run.cartridge_version,
        dbt=run.dbt_version,
        adapter=run.adapter,
        schemas=run.found.schemas,
        dry_run=run.dry_run,
        level=run.proved.level,
        tests_passed=run.proved.tests_passed,
        tests_failed=run.proved.tests_failed,
        columns_described=run.made.columns_described,
        columns_made=run.made.columns,
        tables=tuple(page_table(table, relations.get(table.id)) for table in schema.tables),
        references=tuple(page_reference(one) for one in schema.relationships),
        suggestions=tuple(page_reference(one) for one in schema.suggestions),
        identities=tuple(
            Note(what=one.table, why=f"{one.kind}: {'; '.join(_why(one.evidence))}")
            for one in schema.identities
        )
        + tuple(
            Note(what=one.table, why=f"rates of exchange: {'; '.join(_why(one.evidence))}")
            for one in schema.rates
        ),
        models=tuple(
            page_model(model, sources, said.get(model.name), tested.get(model.name, {})).model_copy(
                update={
                    "path": sql[model.name].path if model.name in sql else "",
                    "sql": sql[model.name].text[:_MOST_TEXT] if model.name in sql else "",
                }
            )
            for model in design.models
        ),
        rows=tuple(_arrived(each) for each in run.rows),
        findings=findings(outcome),
        used=tuple(Note(what=one.what, why=one.why) for one in run.used),
        left_out=tuple(Note(what=one.what, why=one.why) for one in run.left_out),
        problems=tuple(
            Note(what=one.where, why=sentences(one.what, one.next)) for one in run.problems
        ),
        refuted_tests=tuple(
            Note(what=one.owner, why=f"{test_words(one.test)}: {_failed(one)}") for one in failed
        ),
        changes=tuple(_change(c) for c in outcome.changes.changes if c.action != "unchanged"),
        seconds=run.seconds,
    )


def relations_of_sources(design: Design) -> dict[tuple[str, str], str]:
    """(source name, table name) → the id of the table in the warehouse."""
    return {
        (source.name, table.name): table.relation
        for source in design.sources
        for table in source.tables
    }


def page_table(table: Table, relation: Relation | None) -> PageTable:
    known = relation.by_name if relation else {}
    profiles = [column.profile for column in known.values() if column.profile]
    versions = table.versions
    return PageTable(
        id=table.id,
        schema_name=relation.schema_name if relation else table.id.partition(".")[0],
        name=relation.name if relation else table.id.partition(".")[2],
        entity=table.entity.replace("_", " "),
        role=table.role,
        shape=table.shape.replace("_", " "),
        kind=relation.kind if relation else "table",
        confidence=round(table.confidence, 2),
        rows=relation.rows if relation else None,
        exact=bool(relation and relation.rows_exact),
        profiled=max((profile.rows for profile in profiles), default=None),
        comment=(relation.comment or "") if relation else "",
        key=_key(table.primary_key) if table.primary_key else None,
        other_keys=tuple(_key(key) for key in table.other_keys),
        doubted_keys=tuple(_key(key) for key in table.doubted_keys),
        versions=versions.kind.replace("_", " ") if versions else "",
        versions_why=_why(versions.evidence) if versions else (),
        columns=tuple(_column(meaning, known.get(meaning.name)) for meaning in table.columns),
        why=_why(table.evidence),
        shards=len(relation.shards) if relation else 0,
    )


def _column(meaning: ColumnMeaning, column: Column | None) -> PageColumn:
    profile = column.profile if column else None
    told = PageColumn(
        name=meaning.name,
        native=column.native_type if column else "",
        type=column.type if column else "other",
        role=meaning.role,
        personal=(meaning.pii or "").replace("_", " "),
        unit=meaning.unit or (f"by {meaning.unit_column}" if meaning.unit_column else ""),
        additivity=(meaning.additivity or "").replace("_", " "),
        comment=(column.comment or "") if column else "",
        why=_why(meaning.evidence),
    )
    if profile is None or column is None:
        return told
    return told.model_copy(
        update={
            "nulls": profile.nulls,
            "distinct": profile.distinct,
            "approximate": profile.approximate,
            **({} if meaning.pii else _shown_values(meaning, column, profile)),
        }
    )


def _shown_values(meaning: ColumnMeaning, column: Column, profile: Profile) -> dict[str, object]:
    """What of the data itself may be seen."""
    shown: dict[str, object] = {}
    if column.type in _BOUNDED:
        bounds = {"low": profile.min or "", "high": profile.max or ""}
        shown = {name: text for name, text in bounds.items() if _BOUND.fullmatch(text)}
        shown["mean"] = profile.mean
    if meaning.role in _CLOSED_SETS:
        shown["values"] = tuple(Count(value=v.value, rows=v.count) for v in profile.top_values)
    return shown


def _key(key: Key) -> PageKey:
    return PageKey(
        columns=key.columns,
        known=key.evidence_class,
        proved=key.proved,
        confidence=round(key.confidence, 2),
        why=_why(key.evidence),
    )


def page_reference(edge: Relationship) -> Reference:
    return Reference(
        table=edge.table,
        columns=edge.columns,
        to=edge.ref_table,
        to_columns=edge.ref_columns,
        kind=edge.kind,
        role=edge.role or "",
        known=edge.evidence_class,
        proved=edge.proved,
        one_to_one=edge.one_to_one,
        optional=edge.optional,
        rows=edge.rows,
        orphans=edge.orphans,
        confidence=round(edge.confidence, 2),
        why=_why(edge.evidence),
        weighed=tuple(f"{c.text} ({c.score:.2f}) {c.why}".strip() for c in edge.candidates),
    )


def page_model(
    model: Model,
    sources: Mapping[tuple[str, str], str],
    verdict: ModelVerdict | None,
    tested: Mapping[str, TestVerdict],
) -> PageModel:
    return PageModel(
        name=model.name,
        layer=model.layer,
        description=model.description,
        grain=model.grain,
        materialized=model.materialized,
        key=model.primary_key,
        reads=tuple(_reads(model, sources)),
        based_on=model.based_on,
        columns=tuple(
            PageModelColumn(
                name=column.name,
                type=column.data_type or column.type,
                description=column.description,
                personal=(column.pii or "").replace("_", " "),
            )
            for column in model.columns
        ),
        tests=tuple(page_test(test, tested) for test in model.all_tests),
        notes=model.notes,
        status=verdict.status if verdict else "",
        message=verdict.message if verdict else "",
        rows=verdict.rows if verdict else None,
    )


def _reads(model: Model, sources: Mapping[tuple[str, str], str]) -> Iterable[str]:
    if model.body.kind == "date_spine":
        yield from dict.fromkeys(name for name, _ in model.body.bounds)
        return
    for each in model.body.inputs:
        if each.model:
            yield each.model
        elif each.source:
            yield sources.get(each.source, ".".join(each.source))


def verdicts_by_owner(tests: Iterable[TestVerdict]) -> dict[str, dict[str, TestVerdict]]:
    found: dict[str, dict[str, TestVerdict]] = {}
    for verdict in tests:
        found.setdefault(verdict.owner, {})[_same(verdict.test)] = verdict
    return found


def _same(test: Test) -> str:
    """A test that was lowered to a warning is the one that was asked."""
    return test.model_copy(update={"severity": "error", "evidence": ""}).model_dump_json()


def page_test(test: Test, tested: Mapping[str, TestVerdict]) -> PageTest:
    """`tested`: the owner's part of `verdicts_by_owner`."""
    verdict = tested.get(_same(test)) if tested else None
    return PageTest(
        text=test_words(test),
        severity=test.severity,
        status=verdict.status if verdict else "",
        failures=verdict.failures if verdict else 0,
        evidence=test.evidence,
    )


def _arrived(each: Arrival) -> Arrived:
    return Arrived(
        table=each.table,
        source=each.rows,
        staging=each.staging.rows,
        staging_model=each.staging.model,
        marts=tuple(
            ArrivedMart(
                model=mart.model,
                rows=mart.rows,
                sums=mart.sums,
                current=mart.model in each.current,
            )
            for mart in each.marts
        ),
        why=each.why,
    )


def _change(change: Change) -> PageChange:
    """The diff of a file that is new is its text, which the model's own page shows."""
    diff = "" if change.action == "create" else change.diff[:_MOST_TEXT]
    return PageChange(path=change.path, action=change.action, why=change.why, diff=diff)


def _failed(verdict: TestVerdict) -> str:
    rows = f" in {verdict.failures:,} rows" if verdict.failures else ""
    return f"did not hold{rows}"


def _why(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """As `cartridge explain` prints it."""
    return tuple(one.text + ("" if one.value is None else f" [{one.value:g}]") for one in evidence)


def test_words(test: Test) -> str:
    """What a test claims, in a few words."""
    match test.kind:
        case "unique" | "not_null" | "range" | "accepted_values":
            return f"{test.kind.replace('_', ' ')}: {test.column}"
        case "relationships":
            return f"{test.column} is in {test.to or '.'.join(test.to_source or ())}"
        case "composite_unique":
            return f"unique together: {', '.join(test.columns)}"
        case "composite_relationships":
            return f"{', '.join(test.columns)} are in {test.to}"
        case "expression":
            return test.name.replace("_", " ")
        case "same_row_count":
            return f"as many rows as {test.as_model}"
        case "fewest_rows":
            return f"at least {test.min_rows:,} rows"
        case "reconciles":
            return f"adds up to {test.to}.{test.field}"
