"""`cartridge …`: the same operations as the macros, from a shell, with any dbt behind them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dbt_cartridge.cli_agent import add_commands
from dbt_cartridge.cli_decide import decide
from dbt_cartridge.config import Settings, choices
from dbt_cartridge.errors import INTERRUPTED, CartridgeError

F = TypeVar("F", bound=Callable[..., Any])


class _Group(click.Group):
    """Shows our errors as they are, without a traceback, and ends with their exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        _end_by_signals()
        try:
            return self._flushed(ctx)
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except CartridgeError as error:
            click.echo(f"Error: {error}", err=True)
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


def _end_by_signals() -> None:
    """A run that is ended from outside ends as Ctrl-C ends it: what still runs is given up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):
                signal.signal(number, interrupt)


def _settings_options(command: F) -> F:
    """One command-line option for each field of `Settings`."""
    for name, field in reversed(Settings.model_fields.items()):
        flag = name.replace("_", "-")
        if field.annotation is bool:
            option = click.option(f"--{flag}/--no-{flag}", default=None, help=field.description)
        else:
            several = str(field.annotation).startswith("tuple")
            option = click.option(
                f"--{flag}",
                multiple=several,
                default=None,
                metavar="|".join(choices(field.annotation)) or name.upper(),
                help=_help(field.description or "", field.default),
            )
        command = option(command)
    return command


def _help(text: str, default: Any) -> str:
    if default is None or isinstance(default, tuple):
        return text
    return f"{text}  [default: {default}]"


def _dbt_options(command: F) -> F:
    """Which dbt, and how it finds project and profile."""
    for option in (
        click.option("--dbt", default=None, metavar="PATH", help="The dbt to run."),
        click.option(
            "--project-dir",
            default=".",
            type=click.Path(file_okay=False, path_type=Path),
            help="The host project.  [default: .]",
        ),
        click.option(
            "--profiles-dir",
            default=None,
            type=click.Path(file_okay=False, path_type=Path),
            help="Where profiles.yml is.  [default: as dbt does]",
        ),
        click.option(
            "--dbt-profile",
            default=None,
            help="dbt's --profile. (Ours says how much data is read.)",
        ),
        click.option("--target", default=None, help="dbt's --target."),
    ):
        command = option(command)
    return command


_start_option = click.option(
    "--from",
    "start",
    default="scan",
    metavar="STEP",
    help="Resume from this step with the saved documents: scan, infer, design, render, verify, "
    "write.  [default: scan]",
)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dbt-cartridge", prog_name="cartridge")
def main() -> None:
    """Turn a warehouse schema into the models of a dbt project."""


main.add_command(decide)


@main.command()
@_settings_options
@_dbt_options
@_start_option
def generate(start: str, **options: Any) -> None:
    """Scan, infer, design, render, verify, and write the models."""
    from dbt_cartridge import pipeline, report

    project_dir, engine, settings = _opened(options)
    with report.progress() as progress:
        outcome = pipeline.generate(engine, settings, project_dir, progress, start)
    sys.exit(report.tell(outcome, project_dir))


@main.command()
@_settings_options
@_dbt_options
@_start_option
@click.option(
    "--show-prompts",
    is_flag=True,
    help="Print what the provider would be sent instead, with an estimate, and send nothing.",
)
@click.option("--stat", is_flag=True, help="A line for each file too, with its lines counted.")
@click.option("--diff", is_flag=True, help="The diff of each file too.")
def plan(start: str, show_prompts: bool, stat: bool, diff: bool, **options: Any) -> None:
    """Show what `generate` would write, in short; write nothing.

    The plan is saved as target/cartridge/plan.json, and `cartridge apply` writes just that.
    """
    from dbt_cartridge import pipeline, report

    project_dir, engine, settings = _opened({**options, "dry_run": True})
    if show_prompts:
        with report.progress() as progress:
            shown = pipeline.prompts(engine, settings, project_dir, progress, start)
        report.tell_prompts(shown)
        return
    with report.progress() as progress:
        outcome = pipeline.generate(engine, settings, project_dir, progress, start)
    below = report.Below(files=stat, diffs=diff)
    sys.exit(report.tell(outcome, project_dir, below=below))


@main.command("apply")
@_dbt_options
def apply_command(**options: Any) -> None:
    """Write exactly what `cartridge plan` planned.

    Refuses where the project or the warehouse's tables, columns or keys have changed since.
    """
    from dbt_cartridge import pipeline, report

    project_dir, engine, _ = _opened(options)
    with report.progress() as progress:
        changes = pipeline.apply_plan(engine, project_dir, progress)
    sys.exit(report.tell_changes(changes, "dbt build, then commit the files with .cartridge/"))


@main.command()
@click.option(
    "--project-dir",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="The host project.  [default: .]",
)
def undo(project_dir: Path) -> None:
    """Take back the last run that wrote something.

    Refuses where files were edited since, and names them.
    """
    from dbt_cartridge import pipeline, report

    report.tell_changes(pipeline.undo(project_dir.resolve()))


@main.command()
@_dbt_options
@click.option("--sources", multiple=True, help="Names of the sources to look at.")
@click.option("--tables", multiple=True, help="Globs; only matching tables count as added.")
@click.option("--exclude", multiple=True, help="Globs; matching tables do not count as added.")
@click.option("--warn", is_flag=True, help="End with 0 where there is drift.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def drift(warn: bool, as_json: bool, **options: Any) -> None:
    """Say where the warehouse is no longer as the sources declare it.

    The macro `cartridge_drift`, which runs without this command too. Ends with 1 where it differs.
    """
    asked = {name: options.pop(name) for name in ("sources", "tables", "exclude")}
    arguments: dict[str, Any] = {name: list(value) for name, value in asked.items() if value}
    arguments["on_drift"] = "warn" if warn else "fail"
    arguments["output"] = "json" if as_json else "text"
    _, engine, _ = _opened(options)
    sys.exit(engine.operate("cartridge_drift", arguments))


@main.command()
@click.argument("provider", required=False)
def models(provider: str | None) -> None:
    """List the models that `provider` can name, with their grades."""
    from dbt_cartridge import report
    from dbt_cartridge.llm.models import listed

    report.tell_models(listed(provider))


@main.command("scan")
@_settings_options
@_dbt_options
def scan_command(**options: Any) -> None:
    """Print the facts about the warehouse as JSON, and nothing that was concluded."""
    from dbt_cartridge import report
    from dbt_cartridge.infer import without_personal_values
    from dbt_cartridge.scan import scan

    _, engine, settings = _opened(options)
    with report.progress() as progress:
        document = without_personal_values(scan(engine, settings, progress))
    click.echo(document.model_dump_json(indent=1, exclude_defaults=True))


@main.command()
@_settings_options
@_dbt_options
def debug(**options: Any) -> None:
    """Test the connection, the rights and the versions, and say what to fix."""
    from dbt_cartridge import report
    from dbt_cartridge.engine.debug import debug as examine

    project_dir, engine, settings = _opened(options)
    sys.exit(report.tell_debug(examine(engine, settings, project_dir)))


@main.command()
@click.argument("target")
@click.option(
    "--project-dir",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="The host project.  [default: .]",
)
def explain(target: str, project_dir: Path) -> None:
    """Say why: TARGET is `schema.table` or `schema.table.column` of the last run."""
    from dbt_cartridge.documents.base import documents_folder
    from dbt_cartridge.documents.schema import Schema
    from dbt_cartridge.infer.explain import explain as explanation

    schema = Schema.load(documents_folder(project_dir))
    click.echo(explanation(schema, target))


@main.command()
@click.option(
    "--project-dir",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="The host project.  [default: .]",
)
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
@click.option("--adapter", required=True, help="duckdb, postgres, redshift, snowflake, bigquery or "
              "mysql.")  # fmt: skip
@_connection_options
@click.option("--schemas", multiple=True, required=True, help="Schemas that hold the raw tables.")
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
def new(name: str, **options: Any) -> None:
    """Make a whole dbt project from nothing, in the folder NAME.

    The connection is tested first. A password is read from DBT_ENV_SECRET_<NAME>_PASSWORD, and is
    written nowhere. What is there already is never overwritten.
    """
    from dbt_cartridge.new.command import make

    sys.exit(make(name, options, {field: options.pop(field) for field in _CONNECTION}))


def _opened(options: dict[str, Any]) -> tuple[Path, Any, Settings]:
    """The project's folder, an engine on it, and the settings. Takes the dbt options away."""
    from dbt_cartridge.config import settings
    from dbt_cartridge.engine.command_line import CommandLineEngine
    from dbt_cartridge.engine.host import project_vars

    project_dir: Path = options.pop("project_dir").resolve()
    engine = CommandLineEngine(
        project_dir,
        dbt=options.pop("dbt"),
        profiles_dir=options.pop("profiles_dir"),
        profile=options.pop("dbt_profile"),
        target=options.pop("target"),
    )
    given = {name: value for name, value in options.items() if value not in (None, ())}
    return project_dir, engine, settings(given, project_vars(project_dir))


add_commands(main, _dbt_options, _opened)
