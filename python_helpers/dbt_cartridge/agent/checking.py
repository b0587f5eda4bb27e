"""`check`: an expression over a model, or a model that was written by hand. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dbt_cartridge import adapters
from dbt_cartridge.agent.facts import last_run
from dbt_cartridge.agent.hand_written import read, relations
from dbt_cartridge.documents.base import Frozen, documents_folder
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.host import Host
from dbt_cartridge.errors import ConfigError, DocumentError, did_you_mean
from dbt_cartridge.llm.building import Refused, require_units
from dbt_cartridge.llm.ground import Ground, is_query, types
from dbt_cartridge.llm.sql import NotAllowed, Scope
from dbt_cartridge.render.expressions import sql

_LONGEST = 200_000  # characters of a model


class Checked(Frozen):
    """`grain` of an expression: `row`, or `group` where it sums rows up."""

    ok: bool
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    sql: str = ""
    type: str = ""
    grain: str = ""
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()


def check_expression(project_dir: Path, model: str, expression: str) -> Checked:
    """May it stand in the model: does it bind, is it pure, what is its type and grain, do its units
    add up. `alias.column` names what the model is known to lead to.

    Raises:
        DocumentError: there was no run.
        ConfigError: there is no such model, with the nearest one.
    """
    design = last_design(project_dir)
    its = design.by_name.get(model)
    if its is None or not is_query(its):
        near = did_you_mean(model, design.by_name)
        raise ConfigError(f"'{model}' is no model of the last run.{near}")
    dialect = adapters.dialect(design.adapter)
    ground = Ground(design.by_name, its, dialect)
    open_ = {ground.alias: types(its)}
    open_ |= {alias: types(join.model) for alias, join in ground.joins.items()}
    known = {(ground.alias, column.name): column for column in its.columns}
    known |= {(a, c.name): c for a, join in ground.joins.items() for c in join.model.columns}
    try:
        found = Scope(dialect, open_, ground.alias).check(expression)
    except NotAllowed as error:
        return Checked(ok=False, problems=(str(error),))
    problems: list[str] = []
    notes: list[str] = []
    try:
        require_units(found, known, frozenset())
    except Refused as error:
        several = "several units" in str(error)
        (notes if several else problems).append(str(error))
    if found.windows and its.incremental is not None:
        problems.append("no windows in a model that grows: new rows would not change old ones")
    return Checked(
        ok=not problems,
        problems=tuple(problems),
        notes=tuple(notes),
        reads=tuple(sorted(f"{alias}.{name}" for alias, name in found.columns)),
        sql=sql(found.expression, design.adapter),
        type=found.type,
        grain="group" if found.aggregates else "row",
    )


def check_model(
    project_dir: Path, target: str = "", text: str = "", key: Sequence[str] = ()
) -> Checked:
    """A model of the project by its name or path, or its text: does it only read, bind, multiply
    rows, sum what adds up; and what tells its rows apart.

    Args:
        key: what its rows are said to be per.

    Raises:
        DocumentError: there was no run.
        ConfigError: there is no such model, or it cannot be read.
    """
    design = last_design(project_dir)
    scan, schema = last_run(project_dir)
    if not text:
        text = _text(project_dir, target)
    found = read(text, adapters.dialect(design.adapter), relations(design, schema, scan))
    problems, notes = list(found.problems), list(found.notes)
    if key and found.columns:
        problems += [f"it has no column {name}" for name in key if name not in found.columns]
        if found.key and not set(found.key) <= set(key):
            problems.append(f"one row is one ({', '.join(found.key)}), not one ({', '.join(key)})")
    if not found.key and found.columns:
        notes.append("what one row is cannot be told from the text: `cartridge verify` asks")
    return Checked(
        ok=not problems, problems=tuple(problems), notes=tuple(notes), reads=found.reads,
        columns=found.columns, key=found.key,
        grain=f"one row per {', '.join(found.key)}" if found.key else "",
    )  # fmt: skip


def last_design(project_dir: Path) -> Design:
    """Raises DocumentError: there was no run."""
    try:
        return Design.load(documents_folder(project_dir))
    except DocumentError as error:
        raise DocumentError(
            f"{error} Nothing is known yet: run `cartridge plan --schemas …` first."
        ) from error


def _text(project_dir: Path, target: str) -> str:
    """Of a path inside the project, or of a model that the last run saw."""
    host = Host.last(documents_folder(project_dir))
    paths = {model.name: model.path for model in host.models} if host else {}
    root = project_dir.resolve()
    path = (root / paths.get(target, target)).resolve()
    if not path.is_file():
        path = next((p.resolve() for p in _models(root, target)), path)
    if root not in path.parents or not path.is_file():
        raise ConfigError(
            f"'{target}' is no model of this project, and no file in it."
            f"{did_you_mean(target, paths)}"
        )
    if path.stat().st_size > _LONGEST:
        raise ConfigError(f"{path} is longer than {_LONGEST:,} characters: no such model.")
    return path.read_text("utf-8", "replace")


def _models(root: Path, name: str) -> Iterator[Path]:
    """Files of this name below the project, but not those that dbt made."""
    if not re.fullmatch(r"\w+", name):
        return
    for path in sorted(root.rglob(f"{name}.sql")):
        if not {"target", "dbt_packages", ".cartridge"} & set(path.relative_to(root).parts):
            yield path
