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
from typing import Any, Literal, cast, get_args, get_origin

import click
import yaml
from ruamel.yaml import YAML

from dbt_cartridge.agent.explaining import Explained
from dbt_cartridge.cli import main as cartridge
from dbt_cartridge.config import GROUPS, Settings, choices
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.base import Document, Frozen
from dbt_cartridge.documents.changes import Changes
from dbt_cartridge.documents.decisions import Decisions
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.plan import Plan
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.errors import EXIT_CODES
from dbt_cartridge.report.run import Run
from dbt_cartridge.report.tell import Applied, Debugged, Failed

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
        "docs/documents.md": documents(),
        "docs/schemas/cartridge.schema.json": _as_json(Decisions.model_json_schema()),
        "docs/schemas/vars.schema.json": _as_json(vars_schema()),
    }
    schemas = {
        f"docs/schemas/{_schema_name(document)}": _as_json(read_schema(document))
        for document in (*DOCUMENTS, *PRINTED)
    }
    written = {"docs/options.md": options(), "docs/commands.md": commands()}
    return written | macros | documented | schemas


# ---------------------------------------------------------------- documents

DOCUMENTS: dict[type[Document], str] = {
    Run: "What a run did, in figures. `generate --json` and `plan --json` print it.",
    Plan: "What `cartridge apply` would write, and what the warehouse must still be like.",
    Changes: "What became of each file, with its diff.",
    Host: "The dbt project as it was found: its models, folders, habits, version of dbt.",
    Scan: "The facts about the warehouse; `cartridge scan` prints it.",
    Schema: "What the facts mean: keys, references, roles, each with its evidence.",
    Design: "Which models, and what each one is, before any text is written.",
    Files: "The texts of the files.",
    Verdicts: "What the proof said of each model and test.",
    Asked: "What a provider was asked, and what it cost.",
}
PRINTED: dict[type[Frozen], str] = {
    Applied: "`apply --json` and `undo --json`",
    Debugged: "`debug --json`",
    Explained: "`explain --json`",
    Failed: "every command with `--json`, where it ends with an error",
}


def _schema_name(document: type[Frozen]) -> str:
    stem = getattr(document, "file_name", "").removesuffix(".json") or document.__name__.lower()
    return f"{stem}.schema.json"


def _as_json(schema: Any) -> str:
    return json.dumps(schema, indent=1) + "\n"


def read_schema(document: type[Frozen]) -> dict[str, Any]:
    """The JSON Schema for those who read a document: what a later version adds is no fault."""
    return _open(document.model_json_schema())


def _open(schema: Any) -> Any:
    if isinstance(schema, dict):
        held = cast("dict[str, Any]", schema)
        closing = ("additionalProperties", False)
        return {key: _open(value) for key, value in held.items() if (key, value) != closing}
    return [_open(e) for e in cast("list[Any]", schema)] if isinstance(schema, list) else schema


def vars_schema() -> dict[str, Any]:
    """The JSON Schema of `vars: cartridge:` in dbt_project.yml. A list may be one text, too."""
    options = Settings.model_json_schema()
    for name, option in options["properties"].items():
        if option.get("type") == "array":
            option = {"anyOf": [{"type": "string"}, option], "description": option["description"]}
            options["properties"][name] = option
    options["title"] = "vars: cartridge:"
    definitions = options.pop("$defs", {})
    cartridge = {"type": "object", "properties": {"cartridge": options}}
    project = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cartridge's part of dbt_project.yml",
        "type": "object",
        "properties": {"vars": cartridge},
    }
    return project | ({"$defs": definitions} if definitions else {})


def documents() -> str:
    """The page of what programs may read."""
    return "\n".join(
        [
            "# What programs may read\n",
            "Each step of a run leaves its document in `target/cartridge/`. They hold names and "
            "aggregates; values of personal columns stand in none.\n",
            "| file | what it says | schema |",
            "|---|---|---|",
            *(
                f"| `{document.file_name}` | {what} | {_link(document)} |"
                for document, what in DOCUMENTS.items()
            ),
            "",
            "With `--json` a command prints one document on standard output and nothing else; "
            "progress and warnings go to standard error (as JSON with `--log-format json`).\n",
            "| printed by | schema |",
            "|---|---|",
            *(f"| {what} | {_link(document)} |" for document, what in PRINTED.items()),
            "",
            "What people write has its schemas as well, for editors: "
            "[`vars: cartridge:`](schemas/vars.schema.json) of dbt_project.yml, and "
            "[`cartridge.yml`](schemas/cartridge.schema.json).\n",
            "```yaml",
            "# yaml-language-server: $schema=vars.schema.json",
            "vars:",
            "  cartridge:",
            "    schemas: [raw]",
            "```\n",
            "## What is promised\n",
            "- Every document has a `format_version`. While it is the same, no field goes away, "
            "changes its type or its meaning, and none that is left out gets another default.",
            "- Fields, and values of a closed set (a role, a status, an action), may be added. A "
            "reader leaves aside what it does not know; the schemas allow it.",
            "- A field that is as nothing was said is left out, except in `run.json` and in what "
            "is printed by `--json`, which hold every field. The schemas give the defaults.",
            "- What raises a `format_version` stands in the CHANGELOG under *Changed*, and the "
            "major version of cartridge is raised with it (until 1.0, the minor one).",
            "- [Exit codes](commands.md#exit-codes) keep their meanings in the same way.",
            "- `--from` and `cartridge apply` take documents of the same version of cartridge "
            "alone. `answers.json` and `proofs.json` are its memory, and promise nothing.",
            "",
        ]
    )


def _link(document: type[Frozen]) -> str:
    return f"[schema](schemas/{_schema_name(document)})"


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
        "A list is `[raw, crm]` in YAML, `--schemas raw,crm` or `--schemas raw --schemas crm` on "
        "the command line, and `raw,crm` in the environment.\n",
        "An unknown option or value is refused, with the nearest right one.\n",
        "```yaml",
        "# dbt_project.yml",
        "vars:",
        "  cartridge:",
        "    schemas: [raw]",
        '    exclude: ["*_bak_*", "tmp_*"]',
        "```\n",
    ]
    for heading, names in GROUPS.items():
        parts.append(f"## {heading}\n")
        for name in names:
            parts += _option(name)
    return "\n".join(parts)


def _option(name: str) -> list[str]:
    field = Settings.model_fields[name]
    values = choices(field.annotation)
    return [
        f"### `{name}`\n",
        f"{field.description}\n",
        *([f"- one of: {', '.join(f'`{value}`' for value in values)}"] if values else []),
        f"- default: {_default(field.default)}",
        f"- command line: `{_flag(name, field.annotation)}`\n",
    ]


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
    every = list(_all_commands(cartridge, context))
    for name, command in every:
        parts += _command(name, command)
    shared = {p.name: p for _, command in every for p in command.params if p.name in _COMMON}
    parts += [
        "### Common options\n",
        *(_parameter(shared[name]) for name in _COMMON),
        "",
        "## Completion\n",
        "The shell completes commands, options and their values; schemas, tables, models and tests "
        "are those of the last run.\n",
        "```sh",
        'eval "$(_CARTRIDGE_COMPLETE=bash_source cartridge)"   # in ~/.bashrc',
        'eval "$(_CARTRIDGE_COMPLETE=zsh_source cartridge)"    # in ~/.zshrc',
        "_CARTRIDGE_COMPLETE=fish_source cartridge | source    # in ~/.config/fish/config.fish",
        "```\n",
    ]
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


_COMMON = (
    "project_dir", "profiles_dir", "dbt_profile", "target", "dbt", "quiet", "debug", "log_format",
)  # fmt: skip


def _command(name: str, command: click.Command) -> list[str]:
    parts = [f"### `cartridge {name}`\n", f"{_one_line(command.help or '')}\n"]
    takes = {parameter.name for parameter in command.params}
    takes_all = takes >= set(Settings.model_fields)
    listed = [
        _parameter(parameter)
        for parameter in command.params
        if parameter.name not in _COMMON
        and not (takes_all and parameter.name in Settings.model_fields)
    ]
    if takes_all:
        parts.append(f"Takes every [option](options.md){', and:' if listed else '.'}\n")
    parts += [*listed, *([""] if listed else [])]
    if {"dbt", "project_dir"} <= takes:
        parts.append("And the [common options](#common-options).\n")
    elif common := [f"`--{name.replace('_', '-')}`" for name in _COMMON if name in takes]:
        parts.append(f"Of the [common options](#common-options): {', '.join(common)}.\n")
    return parts


def _parameter(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        shown = " / ".join(f"`{flag}`" for flag in parameter.opts)
        return f"- {shown}: {_one_line(parameter.help or '')}"
    return f"- `{parameter.human_readable_name.upper()}`"


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
