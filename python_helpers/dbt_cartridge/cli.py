"""`cartridge …`: the same operations as the macros, from a shell, with any dbt behind them."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dbt_cartridge.cli_agent import COMMANDS
from dbt_cartridge.cli_decide import decide
from dbt_cartridge.cli_options import (
    PROVIDER,
    TARGET,
    Grouped,
    Known,
    dbt_options,
    json_option,
    opened,
    project_option,
    settings_options,
    voice,
    voice_options,
)
from dbt_cartridge.config import STEPS
from dbt_cartridge.errors import EXIT_CODES, INTERRUPTED, INTERRUPTED_LATE, CartridgeError
from dbt_cartridge.voice import take_any_text

F = TypeVar("F", bound=Callable[..., Any])


class _Group(click.Group):
    """Shows our errors as they are, without a traceback, and ends with their exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        _end_by_signals()
        take_any_text()
        try:
            return self._flushed(ctx)
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except CartridgeError as error:
            from dbt_cartridge import report

            if voice().debug:
                traceback.print_exc()
            report.tell_error(error, voice())
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo(INTERRUPTED, err=True)
            ctx.exit(130)

    def _flushed(self, ctx: click.Context) -> Any:
        """What is left in the buffer goes out here, where a closed pipe can still be told."""
        try:
            return super().invoke(ctx)
        finally:
            sys.stdout.flush()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), text) for code, text in EXIT_CODES.items()])


def _end_by_signals() -> None:
    """A run that is ended from outside ends as Ctrl-C ends it: what still runs is given up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):
                signal.signal(number, interrupt)


_start_option = click.option(
    "--from",
    "start",
    default="scan",
    metavar="STEP",
    type=Known(lambda _: STEPS),
    help=f"Resume from this step with the saved documents: {', '.join(STEPS)}.  [default: scan]",
)
_below_options = (
    click.option("--stat", is_flag=True, help="Of a dry run, a line for each file too."),
    click.option("--diff", is_flag=True, help="Of a dry run, the diff of each file too."),
)


def below_options(command: F) -> F:
    for option in reversed(_below_options):
        command = option(command)
    return command


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dbt-cartridge", prog_name="cartridge")
def main() -> None:
    """Turn a warehouse schema into the models of a dbt project."""


for _command in (decide, *COMMANDS):
    main.add_command(_command)


@main.command(cls=Grouped)
@settings_options
@_start_option
@below_options
@json_option
@dbt_options
def generate(start: str, stat: bool, diff: bool, as_json: bool, **options: Any) -> None:
    """Scan, infer, design, render, verify, and write the models.

    A list is given as `--schemas raw,crm` or `--schemas raw --schemas crm`. Any option can stand in
    `vars: cartridge:` of dbt_project.yml instead. With --json: what run.json holds.
    """
    sys.exit(_generated(start, stat, diff, options))


@main.command(cls=Grouped)
@settings_options
@_start_option
@click.option(
    "--show-prompts",
    is_flag=True,
    help="Print what the provider would be sent instead, with an estimate, and send nothing.",
)
@below_options
@json_option
@dbt_options
def plan(
    start: str, show_prompts: bool, stat: bool, diff: bool, as_json: bool, **options: Any
) -> None:
    """Show what `generate` would write, in short; write nothing.

    The plan is saved as target/cartridge/plan.json, and `cartridge apply` writes just that. With
    --json: what run.json holds.
    """
    from dbt_cartridge import pipeline, report

    options["dry_run"] = True
    if not show_prompts:
        sys.exit(_generated(start, stat, diff, options))
    project_dir, engine, settings = opened(options)
    with _progress() as progress:
        shown = pipeline.prompts(engine, settings, project_dir, progress, start)
    report.tell_prompts(shown)


def _generated(start: str, stat: bool, diff: bool, options: dict[str, Any]) -> int:
    from dbt_cartridge import pipeline, report

    project_dir, engine, settings = opened(options)
    with _progress() as progress:
        outcome = pipeline.generate(engine, settings, project_dir, progress, start)
    below = report.Below(files=stat, diffs=diff)
    try:
        return report.tell(outcome, project_dir, below=below, voice=voice())
    except KeyboardInterrupt:
        raise CartridgeError(INTERRUPTED_LATE) from None


def _progress() -> Any:
    from dbt_cartridge import report

    report.log_to(sys.stderr, voice())
    return report.progress(voice=voice())


@main.command("apply")
@json_option
@dbt_options
def apply_command(as_json: bool, **options: Any) -> None:
    """Write exactly what `cartridge plan` planned.

    Refuses where the project or the warehouse's tables, columns or keys have changed since.
    """
    from dbt_cartridge import pipeline, report

    project_dir, engine, _ = opened(options)
    with _progress() as progress:
        changes = pipeline.apply_plan(engine, project_dir, progress)
    then = "dbt build, then commit the files with .cartridge/"
    sys.exit(report.tell_changes(changes, project_dir, then, voice()))


@main.command()
@json_option
@project_option
@voice_options
def undo(as_json: bool, project_dir: Path) -> None:
    """Take back the last run that wrote something.

    Refuses where files were edited since, and names them.
    """
    from dbt_cartridge import pipeline, report

    report.tell_changes(pipeline.undo(project_dir.resolve()), project_dir, voice=voice())


@main.command()
@click.option("--sources", multiple=True, help="Names of the sources to look at.")
@click.option("--tables", multiple=True, help="Globs; only matching tables count as added.")
@click.option("--exclude", multiple=True, help="Globs; matching tables do not count as added.")
@click.option("--warn", is_flag=True, help="End with 0 where there is drift.")
@json_option
@dbt_options
def drift(warn: bool, as_json: bool, **options: Any) -> None:
    """Say where the warehouse is no longer as the sources declare it.

    The macro `cartridge_drift`, which runs without this command too. Ends with 1 where it differs.
    """
    asked = {name: options.pop(name) for name in ("sources", "tables", "exclude")}
    arguments: dict[str, Any] = {name: list(value) for name, value in asked.items() if value}
    arguments["on_drift"] = "warn" if warn else "fail"
    arguments["output"] = "json" if as_json else "text"
    _, engine, _ = opened(options)
    sys.exit(engine.operate("cartridge_drift", arguments))


@main.command()
@click.argument("provider", required=False, type=PROVIDER)
def models(provider: str | None) -> None:
    """List the models that `provider` can name, with their grades."""
    from dbt_cartridge import report
    from dbt_cartridge.llm.models import listed

    report.tell_models(listed(provider))


@main.command("scan", cls=Grouped)
@settings_options
@dbt_options
def scan_command(**options: Any) -> None:
    """Print the facts about the warehouse as JSON, and nothing that was concluded."""
    from dbt_cartridge.infer import without_personal_values
    from dbt_cartridge.scan import scan
    from dbt_cartridge.write.decisions import read_decisions

    _, engine, settings = opened(options)
    with _progress() as progress:
        decisions = read_decisions(engine.project_dir)
        found = scan(engine, settings, progress, decisions=decisions)
        document = without_personal_values(found)
    click.echo(document.model_dump_json(indent=1, exclude_defaults=True))


@main.command(cls=Grouped)
@settings_options
@json_option
@dbt_options
def debug(as_json: bool, **options: Any) -> None:
    """Test the connection, the rights and the versions, and say what to fix."""
    from dbt_cartridge import report
    from dbt_cartridge.engine.debug import debug as examine

    project_dir, engine, settings = opened(options)
    with _progress() as progress:
        progress.start("Asking dbt about the project and the warehouse")
        findings = examine(engine, settings, project_dir)
        progress.finish()
    sys.exit(report.tell_debug(findings, voice()))


@main.command()
@click.argument("target", type=TARGET)
@json_option
@project_option
def explain(target: str, as_json: bool, project_dir: Path) -> None:
    """Say why, of the last run.

    TARGET is `schema.table` or `schema.table.column` of the warehouse, a model or `model.column`,
    or a test as dbt names it.
    """
    from dbt_cartridge import report
    from dbt_cartridge.agent.explaining import explained

    found = explained(project_dir, target)
    report.tell_explained(found, found.lines, voice())


@main.command()
@project_option
def init(project_dir: Path) -> None:
    """Put the dbt package that matches this helper into the project's packages.yml."""
    from dbt_cartridge.install import install

    click.echo(install(project_dir))


_CONNECTION = ("path", "host", "server", "port", "user", "username", "dbname", "account", "role",
               "warehouse", "database", "project", "location")  # fmt: skip


def _connection_options(command: F) -> F:
    """The fields of profiles.yml, by dbt's names. Passwords come from the environment."""
    for name in reversed(_CONNECTION):
        command = click.option(f"--{name}", default=None, help="As dbt calls it in a profile.")(
            command
        )
    return command


@main.command()
@click.argument("name")
@click.option("--adapter", default="", help="duckdb, postgres, redshift, snowflake, bigquery or "
              "mysql.")  # fmt: skip
@_connection_options
@click.option("--schemas", multiple=True, help="Schemas that hold the raw tables.")
@click.option("--tables", multiple=True, help="Globs; only matching tables are taken.")
@click.option("--exclude", multiple=True, help="Globs; matching tables are left out.")
@click.option("--schema", default="analytics", help="Where models go.  [default: analytics]")
@click.option("--provider", default=None, help="As in `generate`.")
@click.option("--verify", default=None, help="As in `generate`.")
@click.option(
    "--archive",
    default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Pack the project into this .tar.gz, too.",
)
@click.option("--dbt", default=None, metavar="PATH", help="The dbt to run.")
@voice_options
def new(name: str, **options: Any) -> None:
    """Make a whole dbt project from nothing, in the folder NAME.

    What is not given is asked for where a terminal is there to answer. The connection is tested
    first. A password is read from DBT_ENV_SECRET_<NAME>_PASSWORD, and is written nowhere. What is
    there already is never overwritten.
    """
    from dbt_cartridge.new.command import make

    given = {field: options.pop(field) for field in _CONNECTION}
    sys.exit(make(name, options, given, voice()))
