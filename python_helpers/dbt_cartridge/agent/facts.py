"""What the last run knows of the tables."""

from __future__ import annotations

from pathlib import Path

from dbt_cartridge.documents.base import Frozen, documents_folder
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.errors import ConfigError, DocumentError, did_you_mean
from dbt_cartridge.report.page_data import PageTable, Reference, page_reference, page_table

_MOST = 500  # tables of one answer


class Short(Frozen):
    id: str
    role: str
    entity: str
    rows: int | None = None
    key: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()


class Tables(Frozen):
    tables: tuple[Short, ...]
    more: int = 0  # that are not in this answer


class TableFacts(Frozen):
    table: PageTable
    refers_to: tuple[Reference, ...] = ()
    referred_to_by: tuple[Reference, ...] = ()
    suggested: tuple[Reference, ...] = ()  # not joined
    models: tuple[str, ...] = ()  # made from it


def tables(project_dir: Path, like: str = "") -> Tables:
    """All tables of the last run, or those whose name holds `like`.

    Raises:
        DocumentError: there was no run.
    """
    scan, schema = last_run(project_dir)
    found = [
        Short(
            id=table.id,
            role=table.role,
            entity=table.entity,
            rows=relation.rows if (relation := scan.by_id.get(table.id)) else None,
            key=table.primary_key.columns if table.primary_key else (),
            refers_to=tuple(dict.fromkeys(r.ref_table for r in schema.parents.get(table.id, ()))),
        )
        for table in schema.tables
        if like.casefold() in table.id.casefold()
    ]
    return Tables(tables=tuple(found[:_MOST]), more=max(0, len(found) - _MOST))


def facts(project_dir: Path, id: str) -> TableFacts:
    """All that is known of one table: profile, keys and references with their reasons.

    Raises:
        DocumentError: there was no run.
        ConfigError: there is no such table, with the nearest one.
    """
    scan, schema = last_run(project_dir)
    known = {table.id.casefold(): table for table in schema.tables}
    table = known.get(id.strip().casefold())
    if table is None:
        near = did_you_mean(id, [one.id for one in schema.tables])
        raise ConfigError(f"'{id}' is no table of the last run.{near} Write schema.table.")
    suggested = [r for r in schema.suggestions if table.id in (r.table, r.ref_table)]
    return TableFacts(
        table=page_table(table, scan.by_id.get(table.id)),
        refers_to=tuple(page_reference(r) for r in schema.parents.get(table.id, ())),
        referred_to_by=tuple(page_reference(r) for r in schema.children.get(table.id, ())),
        suggested=tuple(page_reference(r) for r in suggested),
        models=_models(project_dir, table.id),
    )


def _models(project_dir: Path, id: str) -> tuple[str, ...]:
    design = Design.last(documents_folder(project_dir))
    return tuple(m.name for m in design.models if id in m.based_on) if design else ()


def last_run(project_dir: Path) -> tuple[Scan, Schema]:
    folder = documents_folder(project_dir)
    try:
        return Scan.load(folder), Schema.load(folder)
    except DocumentError as error:
        raise DocumentError(
            f"{error} Nothing is known yet: run `cartridge plan --schemas …` first."
        ) from error
