"""`cartridge facts`, `probe`, `check`, `verify`, `add`, `mcp`: for programs and coding agents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dbt_cartridge.cli_options import (
    TABLE,
    TARGET,
    dbt_options,
    json_option,
    opened,
    project_option,
)
from dbt_cartridge.documents.base import Frozen

if TYPE_CHECKING:
    from dbt_cartridge.agent.adding import Added
    from dbt_cartridge.agent.checking import Checked


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


@probe.command("sum")
@click.argument("table", type=TABLE)
@click.argument("column")
@click.option("--in", "model", required=True, metavar="MODEL", help="The model.")
@click.option("--as", "model_column", default="", help="Its column.  [default: COLUMN]")
@dbt_options
def probe_sum(table: str, column: str, model: str, model_column: str, **options: Any) -> None:
    """Is the sum of a raw column that of a model's, so that nothing is lost or counted twice?"""
    from dbt_cartridge.agent import is_conserved

    project_dir, engine, _ = opened(options)
    found = is_conserved(engine, project_dir, table, column, model, model_column or column)
    _print(found)
    raise SystemExit(0 if found.holds else 1)


@click.command()
@click.argument("target", type=TARGET)
@click.argument("expression", required=False)
@click.option("--key", multiple=True, help="What one row of the model is said to be per.")
@json_option
@project_option
def check(
    target: str, expression: str | None, key: tuple[str, ...], as_json: bool, project_dir: Path
) -> None:
    """Read an expression or a model without running it. Ends with 1 where it is wrong.

    With EXPRESSION: may it stand in the model TARGET? Does it bind, is it pure, what is its type,
    do its units add up. Without: TARGET is a model, or the path of one that was written by hand:
    does it only read, bind, multiply rows, sum what adds up, and what is one row.
    """
    from dbt_cartridge.agent import check_expression, check_model

    if expression is None:
        found = check_model(project_dir, target, key=key)
    else:
        found = check_expression(project_dir, target, expression)
    if as_json:
        _print(found)
    else:
        _say(found.ok, found.problems, found.notes, _checked_lines(found))
    raise SystemExit(0 if found.ok else 1)


@click.command()
@click.argument("model", type=TARGET)
@click.option("--key", multiple=True, help="What one row is per.  [default: as its text says]")
@json_option
@dbt_options
def verify(model: str, key: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Ask the warehouse of any model, hand-written too: rows, and whether its key holds.

    Nothing is created. Ends with 1 where something is wrong.
    """
    from dbt_cartridge.agent import verify_model

    project_dir, engine, _ = opened(options)
    found = verify_model(engine, project_dir, model, key)
    if as_json:
        _print(found)
    else:
        per = f", one per {', '.join(found.key)}" if found.key else ""
        read = [f"reads {each.model}: {each.rows:,} rows" for each in found.reads]
        lines = [f"{found.model}: {found.rows:,} rows{per}", *read]
        _say(found.ok, found.problems, found.notes, lines)
    raise SystemExit(0 if found.ok else 1)


@click.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Weigh it, and write nothing.")
@json_option
@project_option
def add_command(file: Path, only_check: bool, as_json: bool, project_dir: Path) -> None:
    """Keep columns, rules and models of FILE (YAML or JSON) in cartridge.yml.

    By the name of a model, in the form that a provider answers in. What fits is kept and proved by
    the next run; what does not is refused with all its faults, and the end is 1.
    """
    from dbt_cartridge.agent import add, read_additions

    found = add(project_dir, read_additions(file), only_check=only_check)
    if as_json:
        _print(found)
    else:
        for line in _added_lines(found):
            click.echo(line)
    raise SystemExit(0 if found.ok else 1)


@click.command()
@click.option("--write", is_flag=True, help="Offer decide, add, apply and undo too.")
@dbt_options
def mcp(write: bool, **options: Any) -> None:
    """Serve the same to a coding agent, over MCP on standard input and output.

    Read-only unless --write. Needs `pip install "dbt-cartridge[mcp]"`.
    """
    from dbt_cartridge.agent.server import serve

    project_dir, engine, settings = opened(options)
    serve(project_dir, engine, settings, write=write)


def _say(ok: bool, problems: Sequence[str], notes: Sequence[str], lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)
    for problem in problems:
        click.echo(f"wrong: {problem}")
    for note in notes:
        click.echo(f"note: {note}")
    if ok and not notes:
        click.echo("Nothing is wrong.")


def _checked_lines(found: Checked) -> list[str]:
    said = [found.sql] if found.sql else []
    if found.type:
        said.append(f"{found.type}, of {'one row' if found.grain == 'row' else 'a group of rows'}")
    elif found.grain:
        said.append(found.grain)
    return said


def _added_lines(found: Added) -> list[str]:
    lines: list[str] = []
    for each in found.models:
        lines += [f"{each.model}: {part}" for part in each.taken]
        for lost in each.refused:
            what = f"{each.model}: {lost.part}" if lost.part else each.model
            lines.append(f"{what}: refused: {'; '.join(lost.faults)}")
    end = "The next run lays it on and proves it." if found.written else "Nothing was written."
    return [*lines, f"{found.file}: {end}"]


def _print(document: Frozen) -> None:
    click.echo(document.model_dump_json(indent=1, exclude_defaults=True))


COMMANDS = (facts_command, probe, check, verify, add_command, mcp)
