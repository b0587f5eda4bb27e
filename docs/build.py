"""Writes what follows from `config.Settings` and the command line: `make docs`.

The pages docs/options.md and docs/commands.md; and, since dbt checks a macro's arguments by its
own signature, the arguments of the macros that take every option. A test says whether all of it
is up to date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
import yaml
from ruamel.yaml import YAML

from dbt_cartridge.cli import main as cartridge
from dbt_cartridge.config import Settings, choices
from dbt_cartridge.documents.decisions import Decisions
from dbt_cartridge.errors import EXIT_CODES

REPOSITORY = Path(__file__).parent.parent
MACROS = REPOSITORY / "macros" / "cartridge.yml"
# The macros that take every option.
OPERATIONS = ("cartridge_generate", "cartridge_scan", "cartridge_debug")
_IN_DBT: dict[Any, str] = {str: "string", int: "integer", float: "float", bool: "bool"}


def pages() -> dict[str, str]:
    """The generated files: paths in the repository, and their text."""
    macros = {f"macros/{name}.sql": operation(name) for name in OPERATIONS}
    documented = {
        "macros/cartridge.yml": macro_properties(),
        "docs/schemas/cartridge.schema.json": decisions_schema(),
    }
    return {"docs/options.md": options(), "docs/commands.md": commands()} | macros | documented


def decisions_schema() -> str:
    """The JSON Schema of the host's cartridge.yml, for editors."""
    return json.dumps(Decisions.model_json_schema(), indent=1) + "\n"


def operation(name: str) -> str:
    """The macro's file, with the options in its signature and in what it hands over."""
    text = (REPOSITORY / "macros" / f"{name}.sql").read_text("utf-8")
    signature = ",\n".join(f"    {option}=none" for option in Settings.model_fields)
    handed = ",\n".join(f"        '{option}': {option}" for option in Settings.model_fields)
    text = re.sub(rf"(macro {name}\(\n).*?(\n\) %\}})", rf"\g<1>{signature}\2", text, flags=re.S)
    return re.sub(r"(set options = \{\n).*?(\n    \} %\})", rf"\g<1>{handed}\2", text, flags=re.S)


def macro_properties() -> str:
    """macros/cartridge.yml, with the options as arguments of the operations."""
    editor = YAML()
    editor.width = 95
    editor.preserve_quotes = True
    editor.indent(mapping=2, sequence=4, offset=2)
    document = editor.load(MACROS.read_text("utf-8"))
    for macro in document["macros"]:
        if macro["name"] in OPERATIONS:
            macro["arguments"] = [_argument(name) for name in Settings.model_fields]
    out = StringIO()
    editor.dump(document, out)
    return out.getvalue()


def _argument(name: str) -> dict[str, str]:
    field = Settings.model_fields[name]
    values = choices(field.annotation)
    only = f" One of: {', '.join(values)}." if values else ""
    return {
        "name": name,
        "type": _macro_type(field.annotation),
        "description": f"{field.description}{only}",
    }


def _macro_type(annotation: Any) -> str:
    """An option's type in dbt's words."""
    if get_origin(annotation) is tuple:
        return "list[string]"
    if get_origin(annotation) is Literal:
        return "string"
    if inner := [part for part in get_args(annotation) if part is not type(None)]:
        return _macro_type(inner[0])
    return _IN_DBT[annotation]


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
        takes_all = macro["name"] in OPERATIONS
        extra = [] if takes_all else macro.get("arguments", [])
        if takes_all:
            parts.append("Arguments: every [option](options.md).\n")
        parts += [f"- `{a['name']}` ({a['type']}): {_one_line(a['description'])}" for a in extra]
        parts += [""] if extra else []
    parts += [
        "## The command line\n",
        "`pip install dbt-cartridge` brings it. It runs whichever `dbt` is on the PATH, or the one "
        "that `--dbt` names.\n",
    ]
    context = click.Context(cartridge, info_name="cartridge")
    for name, command in _all_commands(cartridge, context):
        parts += _command(name, command)
    parts += [
        "## Exit codes\n",
        "| code | it means |",
        "|---|---|",
        *(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()),
        "",
    ]
    return "\n".join(parts)


def _all_commands(
    group: click.Group, context: click.Context, above: str = ""
) -> Iterator[tuple[str, click.Command]]:
    """Every command, those of a group after it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{above}{name}", command
        if isinstance(command, click.Group):
            yield from _all_commands(command, context, f"{above}{name} ")


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
    for path, text in pages().items():
        (REPOSITORY / path).write_text(text, "utf-8")
