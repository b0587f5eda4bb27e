"""`cartridge new`, step by step: the folder, the connection, the run, what the run told."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dbt_cartridge import report
from dbt_cartridge.config import settings
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.engine.debug import debug
from dbt_cartridge.errors import ConfigError, EngineError
from dbt_cartridge.new.connections import ADAPTERS, Connection, Field, connection
from dbt_cartridge.new.project import archive, begin, finish

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_SETTINGS = ("schemas", "tables", "exclude", "provider", "verify")


def make(name: str, options: Mapping[str, Any], given: Mapping[str, str | None]) -> int:
    """Make the project; give the exit code.

    Raises:
        CartridgeError: of every kind. What was begun is taken away again.
    """
    folder = Path(name).resolve()
    if not _NAME.fullmatch(folder.name):
        raise ConfigError(
            f"A dbt project cannot be called {folder.name!r}: lower-case letters, digits and "
            "underscores, and no digit first."
        )
    wanted = {key: options[key] for key in _SETTINGS if options.get(key)}
    chosen = settings(wanted, environment=os.environ)
    adapter = str(options["adapter"])
    ask = _asked if sys.stdin.isatty() and sys.stderr.isatty() else None
    there = connection(folder.name, adapter, given, str(options["schema"]), folder, ask)
    _require_secrets(there)
    dbt = _dbt(options.get("dbt"), adapter)
    began_empty = not folder.exists()
    begin(folder, there, chosen.schemas, dbt)
    try:
        code = _filled(folder, there, chosen, dbt)
    except BaseException:
        _take_away(folder, began_empty)
        raise
    if code == 1:
        _take_away(folder, began_empty)
        return code
    if place := options.get("archive"):
        archive(folder, Path(place))
    print(f"\nMade {folder}. Next: cd {name} && dbt build")
    return code


def _filled(folder: Path, there: Connection, chosen: Any, dbt: str) -> int:
    from dbt_cartridge import pipeline

    engine = CommandLineEngine(folder, dbt=dbt, profiles_dir=folder)
    looked = debug(engine, chosen, folder)
    if not all(finding.ok for finding in looked):
        print("The connection was tested, and something is to be fixed first; nothing was left.")
        return report.tell_debug(looked)
    with report.progress() as progress:
        outcome = pipeline.generate(engine, chosen, folder, progress)
    code = report.tell(outcome, folder)
    finish(folder, outcome, there)
    return code


def _take_away(folder: Path, began_empty: bool) -> None:
    """What we have made, and nothing else: the folder was empty when we began."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
    if began_empty and folder.is_dir():
        folder.rmdir()


def _asked(field: Field) -> str:
    return str(click.prompt(f"{field.name}{f' ({field.help})' if field.help else ''}", err=True))


def _require_secrets(there: Connection) -> None:
    missing = [
        there.variable(field.name)
        for field in there.about.fields
        if field.secret and there.variable(field.name) not in os.environ
    ]
    if missing:
        raise ConfigError(
            f"Set {missing[0]} in the environment: a password is not given on a command line, and "
            "is written into no file."
        )


def _dbt(named: str | None, adapter: str) -> str:
    beside = str(Path(sys.executable).parent)
    found = shutil.which(named or "dbt") or (None if named else shutil.which("dbt", path=beside))
    if found is None:
        packages = " ".join(f'"{package}"' for package in ADAPTERS[adapter].packages)
        raise EngineError(f"There is no dbt here. Install it: pip install {packages}")
    return found
