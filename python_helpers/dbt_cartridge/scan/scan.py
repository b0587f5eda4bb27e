"""The step itself: which relations, their catalogue, their profile."""

from __future__ import annotations

from collections.abc import Sequence

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.decisions import FILE, Decisions
from dbt_cartridge.documents.scan import Problem, Relation, Scan
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.errors import ConfigError, ScanError
from dbt_cartridge.progress import Progress
from dbt_cartridge.scan.catalogue import Catalogue, read_catalogue
from dbt_cartridge.scan.marks import known_from, marked
from dbt_cartridge.scan.profile import estimated, profiled, sized, within
from dbt_cartridge.scan.scope import wanted
from dbt_cartridge.scan.shards import UNDECIDED, united
from dbt_cartridge.scan.written import read_written
from dbt_cartridge.version import helper_version


def scan(
    engine: Engine,
    settings: Settings,
    progress: Progress,
    before: Scan | None = None,
    *,
    marks: bool = False,
    decisions: Decisions = UNDECIDED,
) -> Scan:
    """Read the catalogue in a fixed number of statements, then profile what was asked for.

    A relation that cannot be read is a Problem, never the end of the scan. What the host's own
    models and snapshots build is left out; its seeds count as raw tables.

    Args:
        before: the scan of the last run; what it says of tables with the same mark is believed.
        marks: ask for marks.
        decisions: which tables are one, and which are not.

    Raises:
        ConfigError: what was decided to be one table is none.
        ScanError: no such schema, no rights on it, or nothing in it that was asked for.
    """
    sent = engine.statements
    progress.start("Reading the catalogue")
    catalogue = read_catalogue(engine, settings)
    schemas = catalogue.schemas
    kept, left_out = wanted(catalogue.relations, settings, engine.built())
    if not kept:
        raise ScanError(_nothing(schemas, settings, catalogue.problems + left_out))
    if not settings.from_warehouse:  # a stored scan has asked table by table
        kept = united(kept, engine.target.adapter, decisions)
    elif any(said.parts for said in decisions.tables.values()):
        raise ConfigError(
            f"{FILE}: tables that are one, `parts`, cannot be had of a stored scan, which has read "
            "each by itself. Run without `from_warehouse`."
        )
    written = read_written(engine, kept, catalogue.database, schemas, settings)
    problems = catalogue.problems + left_out + written.problems
    told = f"{len(kept)} relations in {', '.join(schemas)}"
    if settings.profile == "none":
        progress.finish(told)
    else:
        kept = marked(engine, kept, settings) if marks else kept
        known = known_from(before, kept, settings)
        asked = [relation for relation in kept if relation.id not in known]
        progress.finish(told if asked else f"{told}, none changed")
        new, troubles = _profiled(engine, asked, settings, catalogue, progress)
        known |= {relation.id: relation for relation in new}
        kept = tuple(known[relation.id] for relation in kept if relation.id in known)
        problems += troubles
    scanned = {table.id for relation in kept for table in (relation, *relation.tables)}
    unread = (problem.where for problem in catalogue.problems if problem.where.count(".") == 1)
    return Scan(
        adapter=engine.target.adapter,
        database=catalogue.database,
        schemas=schemas,
        profile=settings.profile,
        relations=kept,
        sample_rows=settings.sample_rows,
        made_by=helper_version(),
        joins=written.joins,
        dictionary=written.dictionary,
        outside=tuple(sorted({*(r.id for r in catalogue.relations), *unread} - scanned)),
        problems=tuple(sorted(problems, key=lambda problem: (problem.where, problem.what))),
        statements=engine.statements - sent,
    )


def _profiled(
    engine: Engine,
    relations: Sequence[Relation],
    settings: Settings,
    catalogue: Catalogue,
    progress: Progress,
) -> tuple[tuple[Relation, ...], tuple[Problem, ...]]:
    """Sizes before all else, so that it is known what will be read before it is."""
    if not relations:
        return (), ()
    known = sized(engine, relations, settings, progress)
    asked, beyond = within(known, settings, catalogue.billed, progress)
    for problem in beyond:
        progress.warn(f"{problem.where}: {problem.what}")
    cost = estimated(engine, asked, settings, catalogue.billed)
    new, troubles = profiled(engine, asked, settings, progress, cost)
    return new, beyond + troubles


def _nothing(schemas: tuple[str, ...], settings: Settings, problems: tuple[Problem, ...]) -> str:
    where = f"schema {schemas[0]}" if len(schemas) == 1 else f"schemas {', '.join(schemas)}"
    if settings.tables or settings.exclude:
        globs = f"`tables: {list(settings.tables)}`, `exclude: {list(settings.exclude)}`"
        message = f"No relation in {where} is left after {globs}. Loosen the globs."
    else:
        message = f"Nothing can be scanned in {where}. Name a schema that holds raw tables."
    said = [f"  {problem.where}: {problem.what}" for problem in problems[:5]]
    return "\n".join([message, *said])
