"""`cartridge decide …`: what people know, into the host's `cartridge.yml`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import click

from dbt_cartridge.cli_options import TABLE, Known, json_option, project_option
from dbt_cartridge.documents.decisions import FILE
from dbt_cartridge.documents.design import RULES
from dbt_cartridge.documents.schema import Pii, Role

_why = click.option("--why", default="", help="The reason, kept with the decision.")


@click.group()
def decide() -> None:
    """Say what the data cannot: into cartridge.yml, weighed and obeyed by the next run.

    TABLE is `schema.table`.
    """


@decide.command()
@click.argument("table", type=TABLE)
@click.argument("columns", nargs=-1, required=True)
@_why
@json_option
@project_option
def key(table: str, columns: tuple[str, ...], why: str, as_json: bool, project_dir: Path) -> None:
    """These columns are the table's primary key."""
    _keep(project_dir, table, {"key": list(columns), **_reason(why)}, as_json)


@decide.command()
@click.argument("table", type=TABLE)
@click.argument("columns", nargs=-1, required=True)
@click.option(
    "--to", required=True, metavar="TABLE", type=TABLE, help="The table that they lead to."
)
@click.option("--to-columns", multiple=True, help="The columns there.  [default: its key]")
@_why
@json_option
@project_option
def reference(
    table: str,
    columns: tuple[str, ...],
    to: str,
    to_columns: tuple[str, ...],
    why: str,
    as_json: bool,
    project_dir: Path,
) -> None:
    """These columns lead to another table."""
    said = {"columns": list(columns), "to": to, "to_columns": list(to_columns), "why": why}
    _keep(project_dir, table, {"references": said}, as_json)


@decide.command("no-reference")
@click.argument("table", type=TABLE)
@click.argument("column")
@json_option
@project_option
def no_reference(table: str, column: str, as_json: bool, project_dir: Path) -> None:
    """This column leads to no table, whatever its name says."""
    _keep(project_dir, table, {"no_references": column}, as_json)


@decide.command()
@click.argument("table", type=TABLE)
@click.argument("role", type=click.Choice(get_args(Role)))
@_why
@json_option
@project_option
def role(table: str, role: str, why: str, as_json: bool, project_dir: Path) -> None:
    """What the table is among the marts."""
    _keep(project_dir, table, {"role": role, **_reason(why)}, as_json)


@decide.command()
@click.argument("table", type=TABLE)
@click.argument("name")
@json_option
@project_option
def entity(table: str, name: str, as_json: bool, project_dir: Path) -> None:
    """What one row is, in the singular: `order_line`."""
    _keep(project_dir, table, {"entity": name}, as_json)


@decide.command()
@click.argument("table", type=TABLE)
@_why
@json_option
@project_option
def exclude(table: str, why: str, as_json: bool, project_dir: Path) -> None:
    """The table is not modelled."""
    _keep(project_dir, table, {"exclude": True, **_reason(why)}, as_json)


@decide.command()
@click.argument("table")
@click.argument("parts", nargs=-1, required=True, type=TABLE)
@_why
@json_option
@project_option
def merge(table: str, parts: tuple[str, ...], why: str, as_json: bool, project_dir: Path) -> None:
    """TABLE is these tables, one below the other; a column tells of which a row is."""
    _keep(project_dir, table, {"parts": list(parts), **_reason(why)}, as_json)


@decide.command()
@click.argument("table", type=TABLE)
@_why
@json_option
@project_option
def split(table: str, why: str, as_json: bool, project_dir: Path) -> None:
    """TABLE, `schema.events_*`, is no table: its parts are tables of their own."""
    _keep(project_dir, table, {"apart": True, **_reason(why)}, as_json)


@decide.command()
@click.argument("table", type=TABLE)
@click.argument("column")
@click.option("--name", default=None, help="What it is called in staging and marts.")
@click.option("--unit", default=None, help="The unit of a measure: USD, cents, seconds, …")
@click.option("--description", default=None, help="What it means.")
@click.option(
    "--personal",
    default=None,
    type=click.Choice([*get_args(Pii), "none"]),
    help="Which personal data it holds; none where it only looks so.",
)
@json_option
@project_option
def column(table: str, column: str, as_json: bool, project_dir: Path, **facts: Any) -> None:
    """The name, unit or meaning of a column."""
    given = {name: value for name, value in facts.items() if value is not None}
    if not given:
        raise click.UsageError("Say what of it: --name, --unit, --description or --personal.")
    _keep(project_dir, table, {"columns": {column: given}}, as_json)


@decide.command()
@click.argument("table", type=TABLE)
@click.argument("text")
@json_option
@project_option
def description(table: str, text: str, as_json: bool, project_dir: Path) -> None:
    """What the table is about."""
    _keep(project_dir, table, {"description": text}, as_json)


@decide.command()
@click.argument("rules", nargs=-1, required=True, metavar="RULE…", type=Known(lambda _: RULES))
@click.option("--undo", is_flag=True, help="Their columns are wanted again.")
@json_option
@project_option
def decline(rules: tuple[str, ...], undo: bool, as_json: bool, project_dir: Path) -> None:
    """No mart computes columns of these rules, now or in any later version.

    RULE is what the plan after an upgrade names, and `cartridge explain` of a column.
    """
    from dbt_cartridge.write.decisions import decline as put

    put(project_dir, rules, again=undo)
    if as_json:
        click.echo(json.dumps({"file": FILE, "wanted" if undo else "declined": list(rules)}))
    else:
        said = "wanted again" if undo else "declined"
        click.echo(f"{FILE}: {said}: {', '.join(rules)}. The next run obeys it.")


def _reason(why: str) -> dict[str, str]:
    return {"why": why} if why else {}


def _keep(project_dir: Path, table: str, said: dict[str, Any], as_json: bool) -> None:
    """Into the file, unless the last scan knows no such table or column."""
    from dbt_cartridge.agent.deciding import keep_decision

    kept = keep_decision(project_dir, table, said)
    if as_json:
        click.echo(json.dumps({"file": FILE, "table": table, "decided": said}))
    else:
        click.echo(f"{kept} The next run weighs and obeys it.")
