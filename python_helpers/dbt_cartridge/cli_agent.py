"""`cartridge facts`, `cartridge probe …`, `cartridge mcp`: for programs and coding agents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dbt_cartridge.cli_options import TABLE, dbt_options, opened, project_option
from dbt_cartridge.documents.base import Frozen


@click.command("facts")
@click.argument("table", required=False, type=TABLE)
@click.option("--like", default="", help="Without TABLE: only tables with this in their name.")
@project_option
def facts_command(table: str | None, like: str, project_dir: Path) -> None:
    """Print what the last run knows as JSON: of TABLE (`schema.table`), or of all in short.

    Profile, keys, references and reasons; no personal value.
    """
    from dbt_cartridge.agent import facts, tables

    _print(facts(project_dir, table) if table else tables(project_dir, like))


@click.group()
def probe() -> None:
    """Ask the warehouse whether something holds, and print the counts as JSON.

    Ends with 1 where it does not hold. Needs an earlier run.
    """


@probe.command("key")
@click.argument("table", type=TABLE)
@click.argument("columns", nargs=-1, required=True)
@dbt_options
def probe_key(table: str, columns: tuple[str, ...], **options: Any) -> None:
    """Do these columns tell every row of TABLE apart?"""
    from dbt_cartridge.agent import is_key

    project_dir, engine, _ = opened(options)
    found = is_key(engine, project_dir, table, columns)
    _print(found)
    raise SystemExit(0 if found.holds else 1)


@probe.command("reference")
@click.argument("table", type=TABLE)
@click.argument("columns", nargs=-1, required=True)
@click.option("--to", required=True, metavar="TABLE", type=TABLE, help="The parent.")
@click.option("--to-columns", multiple=True, required=True, help="Its columns.")
@dbt_options
def probe_reference(
    table: str, columns: tuple[str, ...], to: str, to_columns: tuple[str, ...], **options: Any
) -> None:
    """Does every value of these columns find a row in another table?"""
    from dbt_cartridge.agent import is_reference

    project_dir, engine, _ = opened(options)
    found = is_reference(engine, project_dir, table, columns, to, to_columns)
    _print(found)
    raise SystemExit(0 if found.holds else 1)


@click.command()
@click.option("--write", is_flag=True, help="Offer decide, apply and undo too.")
@dbt_options
def mcp(write: bool, **options: Any) -> None:
    """Serve the same to a coding agent, over MCP on standard input and output.

    Read-only unless --write. Needs `pip install "dbt-cartridge[mcp]"`.
    """
    from dbt_cartridge.agent.server import serve

    project_dir, engine, settings = opened(options)
    serve(project_dir, engine, settings, write=write)


def _print(document: Frozen) -> None:
    click.echo(document.model_dump_json(indent=1, exclude_defaults=True))
