"""The operations behind the macros, in process: an engine on the adapter, then the corridor."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from dbt_cartridge import report
from dbt_cartridge.config import Settings, settings
from dbt_cartridge.engine.in_process import InProcess
from dbt_cartridge.errors import INTERRUPTED_LATE, BrokenError, CartridgeError, LostError
from dbt_cartridge.version import check_versions
from dbt_cartridge.voice import take_any_text

Sql = Callable[..., str]
Options = Mapping[str, Any]


def generate(options: Options, version: str, project_vars: Options, adapter: Any, sql: Sql) -> str:
    """`cartridge_generate`. Raises CartridgeError, of every kind."""
    from dbt_cartridge import pipeline

    opened = _opened(options, version, project_vars, adapter, sql)
    with opened as (engine, chosen):
        with report.progress() as progress:
            if chosen.verify != "none" and not pipeline.was_proved(engine.project_dir):
                engine.start_ahead()
            outcome = pipeline.generate(engine, chosen, engine.project_dir, progress)
        try:
            engine.end_ahead()
            code = report.tell(outcome, engine.project_dir)
        except KeyboardInterrupt:
            raise CartridgeError(INTERRUPTED_LATE) from None
    if code == LostError.exit_code:
        raise LostError("cartridge refuted most of its models; Left out, above, says why.")
    if code == BrokenError.exit_code:
        raise BrokenError("With your edits a generated model does not run; Problems names it.")
    if code:
        raise CartridgeError("cartridge found conflicts; the files named above are untouched.")
    return ""


def scan_json(options: Options, version: str, project_vars: Options, adapter: Any, sql: Sql) -> str:
    """`cartridge_scan`: the Scan as JSON."""
    from dbt_cartridge.infer import without_personal_values
    from dbt_cartridge.scan import scan
    from dbt_cartridge.write.decisions import read_decisions

    opened = _opened(options, version, project_vars, adapter, sql)
    with opened as (engine, chosen), report.progress() as progress:
        decisions = read_decisions(engine.project_dir)
        found = scan(engine, chosen, progress, decisions=decisions)
        document = without_personal_values(found)
    return document.model_dump_json(indent=1, exclude_defaults=True)


def debug(options: Options, version: str, project_vars: Options, adapter: Any, sql: Sql) -> str:
    """`cartridge_debug`: raises CartridgeError if something is to be fixed."""
    from dbt_cartridge.engine.debug import debug as examine

    with _opened(options, version, project_vars, adapter, sql) as (engine, chosen):
        examined = examine(engine, chosen, engine.project_dir)
    if report.tell_debug(examined):
        raise CartridgeError("cartridge_debug found something to fix; see above.")
    return ""


@contextmanager
def _opened(
    options: Options, version: str, project_vars: Options, adapter: Any, sql: Sql
) -> Generator[tuple[InProcess, Settings]]:
    take_any_text()
    check_versions(version)
    given = {name: value for name, value in options.items() if value is not None}
    chosen = settings(given, project_vars)
    with closing(InProcess(adapter, sql, chosen.statement_seconds)) as engine:
        yield engine, chosen
