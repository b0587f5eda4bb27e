"""What `cartridge debug` looks at. Each finding says what to fix."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dbt_cartridge.config import Settings
from dbt_cartridge.engine.base import Engine, Request, in_order
from dbt_cartridge.engine.cures import cure
from dbt_cartridge.errors import CartridgeError, did_you_mean
from dbt_cartridge.version import helper_version


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `next` is empty where nothing is to be done."""

    what: str
    ok: bool
    detail: str
    next: str = ""


def debug(engine: Engine, settings: Settings, project_dir: Path) -> tuple[Finding, ...]:
    """Versions, connection, rights on the schemas and their relations, the host project."""
    try:
        target = engine.target
    except CartridgeError as error:
        return (_stopped("dbt", error, "run `dbt debug`"),)
    where = f"{target.adapter}, database {target.database}, dbt {target.dbt_version}"
    return (
        Finding("versions", True, f"dbt package and helper {helper_version()}"),
        Finding("target", True, where),
        *_project(engine, project_dir),
        *_schemas(engine, settings, settings.database or target.database),
    )


def _stopped(what: str, error: CartridgeError, otherwise: str) -> Finding:
    """What was said, in its own words, and what cures it."""
    return Finding(what, False, error.said, error.cure or otherwise)


def _project(engine: Engine, project_dir: Path) -> list[Finding]:
    try:
        host = engine.host(project_dir)
    except CartridgeError as error:
        advice = "run `dbt parse` and mend what it names"
        return [_stopped("project", error, advice)]
    found = f"{host.project_name}: {len(host.models)} models, {len(host.sources)} sources"
    return [Finding("project", True, found)]


def _schemas(engine: Engine, settings: Settings, database: str | None) -> list[Finding]:
    request = Request("schemas", {"database": database})
    (reply,) = in_order(engine.ask([request]), 1)
    if reply.error is not None:
        advice = cure(reply.error, engine.project_dir) or "run `dbt debug`"
        return [Finding("connection", False, reply.error, advice)]
    usable = {str(row[0]): row[1] == "true" for row in reply.rows}
    findings = [Finding("connection", True, f"{len(usable)} schemas in {database}")]
    if not settings.schemas:
        advice = "name one: `--args '{schemas: [raw]}'` or `cartridge debug --schemas raw`"
        return [*findings, Finding("schemas", False, f"there are {', '.join(usable)}", advice)]
    for schema in settings.schemas:
        findings += _schema(engine, database, schema, usable)
    return findings


def _schema(
    engine: Engine, database: str | None, schema: str, usable: dict[str, bool]
) -> list[Finding]:
    what = f"schema {schema}"
    if schema not in usable:
        near = did_you_mean(schema, usable)
        return [Finding(what, False, "does not exist", f"use one of {', '.join(usable)}.{near}")]
    if not usable[schema]:
        return [
            Finding(what, False, "the role may not use it", f'grant usage on schema "{schema}"')
        ]
    request = Request("relations", {"database": database, "schemas": [schema]})
    (reply,) = in_order(engine.ask([request]), 1)
    if reply.error is not None:
        return [Finding(what, False, reply.error, "check the role's rights on the catalogue")]
    closed = [str(row[1]) for row in reply.rows if row[6] != "true"]
    detail = f"{len(reply.rows)} relations, {len(reply.rows) - len(closed)} of them readable"
    if closed:
        shown = ", ".join(closed[:5]) + (" …" if len(closed) > 5 else "")
        advice = f'`grant select on all tables in schema "{schema}"`; not readable: {shown}'
        return [Finding(what, False, detail, advice)]
    if not reply.rows:
        return [Finding(what, False, "is empty", "load the raw tables, or name another schema")]
    return [Finding(what, True, detail)]
