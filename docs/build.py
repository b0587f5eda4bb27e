"""Writes docs/options.md and docs/commands.md: `make docs`.

Options come from `config.Settings`, commands from the command line itself, macros from
`macros/cartridge.yml`. A test says whether the pages are up to date.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import yaml

from dbt_cartridge.cli import main as cartridge
from dbt_cartridge.config import Settings, choices

DOCS = Path(__file__).parent
MACROS = DOCS.parent / "macros" / "cartridge.yml"


def pages() -> dict[str, str]:
    """The generated pages: file names and their text."""
    return {"options.md": options(), "commands.md": commands()}


def options() -> str:
    parts = [
        "# Options\n",
        "Each option can stand in four places; an earlier one wins:\n",
        "1. the arguments: the macro's `--args '{schemas: [raw]}'`, the command's `--schemas raw`",
        "2. `vars: cartridge:` in the host's `dbt_project.yml`",
        "3. the environment: `CARTRIDGE_SCHEMAS=raw`",
        "4. the defaults below\n",
        "An unknown option or value is refused, with the nearest right one.\n",
        "```yaml",
        "# dbt_project.yml",
        "vars:",
        "  cartridge:",
        "    schemas: [raw]",
        '    exclude: ["*_bak_*", "tmp_*"]',
        "```\n",
    ]
    for name, field in Settings.model_fields.items():
        values = choices(field.annotation)
        parts += [f"## `{name}`\n", f"{field.description}\n"]
        if values:
            parts.append(f"- one of: {', '.join(f'`{value}`' for value in values)}")
        parts.append(f"- default: {_default(field.default)}")
        parts.append(f"- command line: `{_flag(name, field.annotation)}`\n")
    return "\n".join(parts)


def commands() -> str:
    parts = [
        "# Commands and macros\n",
        "The two front doors take the same [options](options.md) and give the same result.\n",
        "## Macros\n",
        "Run with `dbt run-operation <macro> --args '{…}'`.\n",
    ]
    for macro in yaml.safe_load(MACROS.read_text("utf-8"))["macros"]:
        parts += [f"### `{macro['name']}`\n", f"{_one_line(macro['description'])}\n"]
        extra = [a for a in macro.get("arguments", []) if a["name"] not in Settings.model_fields]
        if any(a["name"] in Settings.model_fields for a in macro.get("arguments", [])):
            parts.append("Arguments: every [option](options.md).\n")
        parts += [f"- `{a['name']}` ({a['type']}): {_one_line(a['description'])}" for a in extra]
        parts += [""] if extra else []
    parts += [
        "## The command line\n",
        "`pip install dbt-cartridge` brings it. It runs whichever `dbt` is on the PATH, or the one "
        "that `--dbt` names.\n",
    ]
    context = click.Context(cartridge, info_name="cartridge")
    for name in cartridge.list_commands(context):
        command = cartridge.get_command(context, name)
        assert command is not None
        parts += _command(name, command)
    return "\n".join(parts)


def _command(name: str, command: click.Command) -> list[str]:
    parts = [f"### `cartridge {name}`\n", f"{_one_line(command.help or '')}\n"]
    if any(parameter.name in Settings.model_fields for parameter in command.params):
        parts.append("Takes every [option](options.md), and:\n")
    for parameter in command.params:
        if parameter.name in Settings.model_fields:
            continue
        if isinstance(parameter, click.Option):
            shown = " / ".join(f"`{flag}`" for flag in parameter.opts)
            parts.append(f"- {shown}: {_one_line(parameter.help or '')}")
        else:
            parts.append(f"- `{parameter.human_readable_name}`")
    return [*parts, ""]


def _flag(name: str, annotation: Any) -> str:
    flag = name.replace("_", "-")
    return f"--{flag} / --no-{flag}" if annotation is bool else f"--{flag}"


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{part}`" for part in value)
    return f"`{value}`"


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    for page, text in pages().items():
        (DOCS / page).write_text(text, "utf-8")
