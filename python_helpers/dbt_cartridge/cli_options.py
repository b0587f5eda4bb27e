"""What several commands take: each option declared once, and what is made of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from dbt_cartridge.config import GROUPS, OFFERED, Settings, choices
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.errors import CartridgeError
from dbt_cartridge.voice import Voice

F = TypeVar("F", bound=Callable[..., Any])
_SAID = "dbt_cartridge.said"


# ---------------------------------------------------------------- values for the shell


class Known(click.ParamType):  # pyright: ignore[reportMissingTypeArgument]: not so before 8.4
    """Any text; the shell is offered what `values` gives for the project. What is wrong is said by
    whoever reads it, with the nearest right one."""

    name = "text"

    def __init__(self, values: Callable[[Path], Iterable[str]], several: bool = False) -> None:
        self._values = values
        self._several = several

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",") if self._several else ("", "", incomplete)
        try:
            values = sorted(set(self._values(Path(ctx.params.get("project_dir") or "."))))
        except CartridgeError:  # there was no run
            return []
        return [
            CompletionItem(f"{before}{comma}{value}")
            for value in values
            if value.casefold().startswith(last.casefold())
        ]


def _schemas(project_dir: Path) -> Iterable[str]:
    from dbt_cartridge.documents.scan import Scan

    return Scan.load(documents_folder(project_dir)).schemas


def _tables(project_dir: Path) -> Iterable[str]:
    from dbt_cartridge.documents.scan import Scan

    return (one.name for one in Scan.load(documents_folder(project_dir)).relations)


def _ids(project_dir: Path) -> Iterable[str]:
    from dbt_cartridge.documents.scan import Scan

    return (one.id for one in Scan.load(documents_folder(project_dir)).relations)


def _explained(project_dir: Path) -> Iterable[str]:
    from dbt_cartridge.documents.design import Design

    yield from _ids(project_dir)
    yield from (one.name for one in Design.load(documents_folder(project_dir)).models)


def _providers(project_dir: Path) -> Iterable[str]:
    from dbt_cartridge.llm.models import listed

    return (*OFFERED, *(name for name, _ in listed(None)))


TABLE = Known(_ids)
TARGET = Known(_explained)
PROVIDER = Known(lambda _: OFFERED)
_VALUES = {
    "schemas": Known(_schemas, several=True),
    "tables": Known(_tables, several=True),
    "exclude": Known(_tables, several=True),
    "provider": Known(_providers),
}


# ---------------------------------------------------------------- help in groups


class Grouped(click.Command):
    """A command with many options, whose help shows them by what they are about."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = {p.name: r for p in self.get_params(ctx) if (r := p.get_help_record(ctx))}
        for heading, names in GROUPS.items():
            if rows := [shown.pop(name) for name in names if name in shown]:
                with formatter.section(heading):
                    formatter.write_dl(rows)
        for heading, names in (("dbt", _DBT), ("Output", _OUTPUT)):
            if rows := [shown.pop(name) for name in names if name in shown]:
                with formatter.section(heading):
                    formatter.write_dl(rows)
        if shown:
            with formatter.section("Options"):
                formatter.write_dl(list(shown.values()))


_DBT = ("project_dir", "profiles_dir", "dbt_profile", "target", "dbt")
_OUTPUT = ("stat", "diff", "as_json", "quiet", "debug", "log_format")


# ---------------------------------------------------------------- the options


def settings_options(command: F) -> F:
    """One command-line option for each field of `Settings`."""
    for name, field in reversed(Settings.model_fields.items()):
        flag = name.replace("_", "-")
        if field.annotation is bool:
            option = click.option(f"--{flag}/--no-{flag}", default=None, help=field.description)
        else:
            several = str(field.annotation).startswith("tuple")
            values = choices(field.annotation)
            option = click.option(
                f"--{flag}",
                multiple=several,
                default=None,
                type=Known(lambda _, v=values: v, several) if values else _VALUES.get(name),
                metavar=_metavar(values, several, field.annotation),
                help=_help(field.description or "", field.default),
            )
        command = option(command)
    return command


def _metavar(values: tuple[str, ...], several: bool, annotation: Any) -> str:
    if values:
        return "|".join(values) + (",…" if several else "")
    if several:
        return "NAME,…"
    return "NUMBER" if "int" in str(annotation) or "float" in str(annotation) else "TEXT"


def _help(text: str, default: Any) -> str:
    if default in (None, "") or isinstance(default, tuple):
        return text
    return f"{text}  [default: {default}]"


project_option = click.option(
    "--project-dir",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="The dbt project.  [default: .]",
)


def dbt_options(command: F) -> F:
    """Which dbt, how it finds project and profile, and how much is said meanwhile."""
    for option in (
        click.option("--dbt", default=None, metavar="PATH", help="The dbt to run."),
        click.option("--target", default=None, help="dbt's --target."),
        click.option(
            "--dbt-profile",
            default=None,
            help="dbt's --profile. (Ours says how much data is read.)",
        ),
        click.option(
            "--profiles-dir",
            default=None,
            type=click.Path(file_okay=False, path_type=Path),
            help="Where profiles.yml is.  [default: as dbt does]",
        ),
        project_option,
    ):
        command = option(command)
    return voice_options(command)


def _kept(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    ctx.meta.setdefault(_SAID, {})[parameter.name] = value
    return value


def voice_options(command: F) -> F:
    """How much is said, and in which form. They are read by `voice`."""
    for option in (
        click.option(
            "--log-format",
            default="text",
            type=click.Choice(["text", "json"]),
            expose_value=False,
            callback=_kept,
            help="Progress, warnings and errors on standard error: as text, or an object of JSON "
            "a line.  [default: text]",
        ),
        click.option(
            "--debug",
            is_flag=True,
            expose_value=False,
            callback=_kept,
            help="Also what is asked of dbt and how long it takes; of an error, where it arose.",
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            expose_value=False,
            callback=_kept,
            help="Warnings and errors only.",
        ),
    ):
        command = option(command)
    return command


json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    callback=_kept,
    help="Print one JSON document, and nothing else, on standard output.",
)


def voice() -> Voice:
    """What was said of it on the command line."""
    context = click.get_current_context(silent=True)
    said: dict[str, Any] = context.meta.get(_SAID, {}) if context else {}
    return Voice(
        quiet=bool(said.get("quiet")),
        debug=bool(said.get("debug")),
        as_json=bool(said.get("as_json")),
        json_log=said.get("log_format") == "json",
    )


def opened(options: dict[str, Any]) -> tuple[Path, Any, Settings]:
    """The project's folder, an engine on it, and the settings. Takes the dbt options away."""
    from dbt_cartridge.config import settings
    from dbt_cartridge.engine.command_line import CommandLineEngine
    from dbt_cartridge.engine.host import project_vars

    if voice().debug:
        logging.getLogger("dbt_cartridge").setLevel(logging.DEBUG)
    project_dir: Path = options.pop("project_dir").resolve()
    dbt, target = options.pop("dbt"), options.pop("target")
    profiles_dir, profile = options.pop("profiles_dir"), options.pop("dbt_profile")
    variables = project_vars(project_dir)
    given = {name: value for name, value in options.items() if value not in (None, ())}
    chosen = settings(given, variables)
    engine = CommandLineEngine(
        project_dir,
        dbt=dbt,
        profiles_dir=profiles_dir,
        profile=profile,
        target=target,
        statement_seconds=chosen.statement_seconds,
    )
    return project_dir, engine, chosen
