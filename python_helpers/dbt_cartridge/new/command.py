"""`cartridge new`, step by step: the folder, the connection, the run, what the run told."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from dbt_cartridge import report
from dbt_cartridge.config import Settings, settings
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.engine.debug import debug
from dbt_cartridge.errors import ConfigError, EngineError
from dbt_cartridge.new.connections import ADAPTERS, Connection, Field, connection
from dbt_cartridge.new.project import archive, begin, finish
from dbt_cartridge.voice import PLAIN, Voice

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_SETTINGS = ("schemas", "tables", "exclude", "provider", "verify")


def make(
    name: str,
    options: Mapping[str, Any],
    given: Mapping[str, str | None],
    voice: Voice = PLAIN,
) -> int:
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
    ask = _asked if sys.stdin.isatty() and sys.stderr.isatty() else None
    wanted = {key: options[key] for key in _SETTINGS if options.get(key)}
    adapter = str(options["adapter"]) or _needed(_ADAPTER, ask)
    there = connection(folder.name, adapter, given, str(options["schema"]), folder, ask)
    if not wanted.get("schemas"):
        wanted["schemas"] = _needed(_SCHEMAS, ask)
    chosen = settings(wanted, environment=os.environ)
    _require_secrets(there, ask)
    dbt = _dbt(options.get("dbt"), adapter)
    began_empty = not folder.exists()
    begin(folder, there, chosen.schemas, dbt)
    try:
        code = _filled(folder, there, chosen, dbt, voice)
    except BaseException:
        _take_away(folder, began_empty)
        raise
    if code == 1:
        _take_away(folder, began_empty)
        return code
    if place := options.get("archive"):
        archive(folder, Path(place))
    if not voice.quiet:
        print(f"\nMade {folder}. Next: cd {name} && dbt build")
    return code


def _filled(folder: Path, there: Connection, chosen: Settings, dbt: str, voice: Voice) -> int:
    from dbt_cartridge import pipeline

    engine = CommandLineEngine(
        folder, dbt=dbt, profiles_dir=folder, statement_seconds=chosen.statement_seconds
    )
    looked = debug(engine, chosen, folder)
    if not all(finding.ok for finding in looked):
        print("The connection was tested, and something is to be fixed first; nothing was left.")
        return report.tell_debug(looked)
    report.log_to(sys.stderr, voice)
    with report.progress(voice=voice) as progress:
        outcome = pipeline.generate(engine, chosen, folder, progress)
    code = report.tell(outcome, folder, voice=voice)
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


_ADAPTER = Field("adapter", help=", ".join(ADAPTERS))
_SCHEMAS = Field("schemas", help="those that hold the raw tables, apart by commas")


def _asked(field: Field) -> str:
    words = f"{field.name}{f' ({field.help})' if field.help else ''}"
    return str(click.prompt(words, err=True, hide_input=field.secret))


def _needed(field: Field, ask: Callable[[Field], str] | None) -> str:
    if ask is None:
        raise ConfigError(f"Say --{field.name}: {field.help}.")
    return ask(field)


def _require_secrets(there: Connection, ask: Callable[[Field], str] | None) -> None:
    """What is asked for stands in this process's environment, and nowhere else."""
    for field in there.about.fields:
        variable = there.variable(field.name)
        if not field.secret or variable in os.environ:
            continue
        if ask is None:
            raise ConfigError(
                f"Set {variable} in the environment: a password is not given on a command line, "
                "and is written into no file."
            )
        os.environ[variable] = ask(field)


def _dbt(named: str | None, adapter: str) -> str:
    beside = str(Path(sys.executable).parent)
    found = shutil.which(named or "dbt") or (None if named else shutil.which("dbt", path=beside))
    if found is None:
        packages = " ".join(f'"{package}"' for package in ADAPTERS[adapter].packages)
        raise EngineError(f"There is no dbt here. Install it: pip install {packages}")
    return found
