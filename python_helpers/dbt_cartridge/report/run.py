"""`run.json`: what a run did, for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.changes import Action, Change, Changes, SchemaChange
from dbt_cartridge.documents.design import Design, LeftOut
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Problem, Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.upgrade import Upgrade
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.report.arrivals import Arrival, arrivals

if TYPE_CHECKING:
    from dbt_cartridge.pipeline import Outcome


_OF_FOLDERS = ("materialized", "schema", "database", "access", "group")


def _count(description: str) -> Any:
    return Field(default=0, description=description)


class Found(Frozen):
    """What the warehouse holds."""

    schemas: tuple[str, ...] = ()
    tables: int = _count("Tables and views scanned.")
    columns: int = 0
    rows: int = _count("Rows of the tables whose count is known.")
    roles: dict[str, int] = Field(default={}, description="Tables by role.")
    keys: int = _count("Tables with a primary key that is believed.")
    keys_proved: int = _count("Of those, unique and not null in every row.")
    keys_doubted: int = Field(
        default=0, description="Unique in the data, not believed, not tested."
    )
    relationships: int = 0
    relationships_proved: int = _count("Of those, without a single orphan.")
    identities: int = Field(
        default=0, description="Relations between measures that hold in the data."
    )
    personal_columns: int = _count("Columns that hold personal data.")
    unasked: int = _count("Questions that the budget did not allow.")


class Made(Frozen):
    """What was designed, after verification."""

    sources: int = 0
    source_tables: int = 0
    staging: int = 0
    intermediate: int = 0
    marts: int = 0
    snapshots: int = 0
    tests: int = 0
    tests_warn: int = Field(
        default=0, description="Of those, of severity `warn`: they nearly hold."
    )
    columns: int = _count("Columns of the models.")
    columns_described: int = 0


class Placed(Frozen):
    """A folder of models, and what dbt_project.yml says of it."""

    folder: str
    models: int
    settings: dict[str, str] = Field(default={}, description="Schema, materialization and access.")


class Proved(Frozen):
    """What dbt said of it."""

    level: str = "none"
    models: int = _count("Models that ran.")
    models_failed: int = 0
    tests_passed: int = 0
    tests_failed: int = Field(
        default=0, description="Dropped or lowered to warnings before writing."
    )
    unproved: int = Field(
        default=0, description="Models and tests that the warehouse would not answer for."
    )


class Run(Document):
    """One run. Paths are from the host's root, times in seconds."""

    file_name: ClassVar[str] = "run.json"

    cartridge_version: str
    dbt_version: str
    adapter: str
    settings: Settings
    seconds: dict[str, float] = Field(default={}, description="Time of each step.")
    statements: int = Field(
        default=0, description="Statements that the scan sent to the warehouse."
    )
    found: Found = Found()
    made: Made = Made()
    proved: Proved = Proved()
    placed: tuple[Placed, ...] = Field(
        default=(), description="Folders whose models the project's own settings are about."
    )
    suggested: dict[str, Any] = Field(
        default={},
        description="What `models:` of dbt_project.yml may say of folders it says nothing of.",
    )
    rows: tuple[Arrival, ...] = Field(
        default=(), description="What arrived of each table, as it was proved."
    )
    asked: Asked | None = Field(default=None, description="Of a provider, if there was one.")
    dry_run: bool = False
    upgrade: Upgrade | None = Field(
        default=None, description="What a later cartridge would change, by its reasons."
    )
    changes: dict[str, int] = Field(default={}, description="Files by what happened to them.")
    files: dict[str, Action] = Field(default={}, description="Every file that is not unchanged.")
    schema_changes: tuple[SchemaChange, ...] = Field(
        default=(), description="What became of the warehouse since the last run."
    )
    problems: tuple[Problem, ...] = ()
    used: tuple[LeftOut, ...] = Field(default=(), description="What of the project's own is used.")
    left_out: tuple[LeftOut, ...] = ()

    def text(self) -> str:
        """With every field, since its readers do not know our defaults."""
        return self.model_dump_json(indent=1)


def run(outcome: Outcome) -> Run:
    by_action, files = counts(outcome.changes)
    return Run(
        cartridge_version=cartridge_version(),
        dbt_version=outcome.host.dbt_version,
        adapter=outcome.scan.adapter,
        settings=outcome.settings,
        seconds=outcome.seconds,
        statements=outcome.scan.statements,
        found=_found(outcome.scan, outcome.schema),
        made=_made(outcome.design),
        proved=_proved(outcome.verdicts),
        placed=tuple(_placed(outcome.files, outcome.host)),
        suggested=_suggested(outcome.files, outcome.host, outcome.design),
        rows=arrivals(outcome.design, outcome.verdicts),
        asked=outcome.asked,
        dry_run=not outcome.changes.applied,
        upgrade=outcome.upgrade,
        changes=by_action,
        files=files,
        schema_changes=outcome.changes.schema_changes,
        problems=_problems(outcome),
        used=outcome.design.used,
        left_out=(*outcome.design.left_out, *outcome.files.left_out),
    )


def counts(changes: Changes) -> tuple[dict[str, int], dict[str, Action]]:
    """Files by what happened to them; and what happened to each that is not unchanged."""
    by_action = dict(sorted(Counter(one.action for one in changes.changes).items()))
    return by_action, {c.path: c.action for c in changes.changes if c.action != "unchanged"}


def _by_the_rules(asked: Asked | None) -> tuple[Problem, ...]:
    """What the provider was asked and the rules decided after all."""
    fallbacks = asked.fallbacks if asked else ()
    questions = asked.questions if asked else ()
    return (
        *(Problem(where=q.what, what=f"a question to you: {q.why}") for q in questions),
        *(Problem(where=f.what, what=f"left to the rules: {f.why}") for f in fallbacks),
    )


def to_look_at(changes: Changes) -> tuple[Change, ...]:
    """The files that did not become what was generated."""
    return tuple(c for c in changes.changes if c.action in ("conflict", "clash", "stale"))


def cartridge_version() -> str:
    try:
        return version("dbt-cartridge")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"


def _found(scan: Scan, schema: Schema) -> Found:
    keys = [table.primary_key for table in schema.tables if table.primary_key]
    return Found(
        schemas=scan.schemas,
        tables=len(scan.relations),
        columns=sum(len(relation.columns) for relation in scan.relations),
        rows=sum(relation.rows or 0 for relation in scan.relations),
        roles=dict(sorted(Counter(table.role for table in schema.tables).items())),
        keys=len(keys),
        keys_proved=sum(key.proved for key in keys),
        keys_doubted=sum(len(table.doubted_keys) for table in schema.tables),
        relationships=len(schema.relationships),
        relationships_proved=sum(r.proved for r in schema.relationships),
        identities=len(schema.identities),
        personal_columns=sum(bool(c.pii) for table in schema.tables for c in table.columns),
        unasked=schema.unproved,
    )


def _made(design: Design) -> Made:
    layers = Counter(model.layer for model in design.models)
    written = [source for source in design.sources if source.written]
    tests = [test for model in design.models for test in model.all_tests]
    for source in written:
        for table in source.written:
            tests += (*table.tests, *(test for column in table.columns for test in column.tests))
    columns = [column for model in design.models for column in model.columns]
    return Made(
        sources=len(written),
        source_tables=sum(len(source.written) for source in written),
        staging=layers["staging"],
        intermediate=layers["intermediate"],
        marts=layers["marts"],
        snapshots=len(design.snapshots),
        tests=len(tests),
        tests_warn=sum(test.severity == "warn" for test in tests),
        columns=len(columns),
        columns_described=sum(bool(column.description) for column in columns),
    )


def _placed(files: Files, host: Host) -> Iterator[Placed]:
    """Where models are that the folder's settings hold for."""
    found: dict[str, list[dict[str, str]]] = {}
    for file in files.files:
        if file.kind == "sql" and file.layer:
            config = host.config_of(file.path)
            said = {key: str(config[key]) for key in _OF_FOLDERS if config.get(key)}
            found.setdefault(file.path.rpartition("/")[0], []).append(said)
    for folder, settings in sorted(found.items()):
        shared = settings[0].items()
        common = {k: v for k, v in shared if all(each.get(k) == v for each in settings)}
        if common:
            yield Placed(folder=folder, models=len(settings), settings=common)


def _suggested(files: Files, host: Host, design: Design) -> dict[str, Any]:
    """How the models of each layer are built and in which schema they stand, once for the folder:
    a project that says nothing of it has all of them in one schema. As dbt reads `models:`."""
    kinds: dict[tuple[str, ...], Counter[str]] = {}
    layers = {host.staging_folder, host.intermediate_folder, host.marts_folder}
    for file in files.files:
        model = design.by_name.get(file.path.rpartition("/")[2].removesuffix(".sql"))
        root = next((p for p in host.model_paths if file.path.startswith(f"{p}/")), None)
        if file.kind != "sql" or not file.layer or model is None or root is None:
            continue
        if any(host.config_of(file.path).get(key) for key in ("materialized", "schema")):
            return {}
        parts = tuple(file.path.removeprefix(f"{root}/").split("/")[:-1])
        depth = next((at for at, part in enumerate(parts, 1) if part in layers), None)
        if depth is not None:
            kinds.setdefault(parts[:depth], Counter())[model.materialized] += 1
    if not kinds:
        return {}
    inside: dict[str, Any] = {}
    for parts, counted in sorted(kinds.items()):
        here = inside
        for part in parts:
            here = here.setdefault(part, {})
        here |= {"+materialized": counted.most_common(1)[0][0], "+schema": parts[-1]}
    return {host.project_name: inside}


def _proved(verdicts: Verdicts) -> Proved:
    return Proved(
        level=verdicts.level,
        models=sum(model.status == "pass" for model in verdicts.models),
        models_failed=sum(model.status == "error" for model in verdicts.models),
        tests_passed=sum(test.status == "pass" for test in verdicts.tests),
        tests_failed=sum(test.status in ("fail", "error") for test in verdicts.tests),
        unproved=sum(v.status == "unproved" for v in (*verdicts.models, *verdicts.tests)),
    )


def _problems(outcome: Outcome) -> tuple[Problem, ...]:
    """Of all steps, each once: a step may hand on what an earlier one said."""
    documents: Iterable[tuple[Problem, ...]] = (
        outcome.scan.problems,
        outcome.schema.problems,
        outcome.design.problems,
        outcome.verdicts.problems,
        outcome.changes.problems,
        _by_the_rules(outcome.asked),
    )
    return tuple(dict.fromkeys(problem for problems in documents for problem in problems))
