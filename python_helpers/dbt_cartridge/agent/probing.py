"""Questions that an agent puts to the warehouse instead of guessing: counts, never rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dbt_cartridge import law
from dbt_cartridge.documents.base import Frozen, documents_folder
from dbt_cartridge.documents.probe import Answer, Inclusion, Question, Unique
from dbt_cartridge.documents.scan import Relation, Scan
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.probe import prober
from dbt_cartridge.errors import ConfigError, EngineError, did_you_mean


class Probed(Frozen):
    """`holds`: of every row. `refuted`: of most rows it does not.

    A key: `considered` rows have a value in every column, `hits` distinct ones. A reference:
    `considered` rows have a value, `hits` of them find a row in the parent.
    """

    question: str
    holds: bool
    refuted: bool
    rows: int
    considered: int
    hits: int


def is_key(engine: Engine, project_dir: Path, table: str, columns: Sequence[str]) -> Probed:
    """Do these columns tell every row apart, and are they never empty?

    Raises:
        ConfigError: no such table or column, with the nearest one.
        EngineError: the warehouse could not answer.
    """
    scan = Scan.load(documents_folder(project_dir))
    relation = known_relation(scan, table, columns)
    answer = _asked(engine, scan, Unique(relation=relation.id, columns=tuple(columns)))
    holds = answer.hits == answer.rows
    return Probed(
        question=f"({', '.join(columns)}) is a key of {relation.id}",
        holds=holds,
        refuted=not holds,
        rows=answer.rows,
        considered=answer.considered,
        hits=answer.hits,
    )


def is_reference(
    engine: Engine,
    project_dir: Path,
    table: str,
    columns: Sequence[str],
    to: str,
    to_columns: Sequence[str],
) -> Probed:
    """Does every value find a row there?

    Raises:
        ConfigError: no such table or column, or not as many columns there as here.
        EngineError: the warehouse could not answer.
    """
    scan = Scan.load(documents_folder(project_dir))
    child, parent = known_relation(scan, table, columns), known_relation(scan, to, to_columns)
    if len(columns) != len(to_columns) or not columns:
        raise ConfigError("Name as many columns of the parent as of the child, at least one.")
    question = Inclusion(
        relation=child.id,
        columns=tuple(columns),
        ref_relation=parent.id,
        ref_columns=tuple(to_columns),
    )
    answer = _asked(engine, scan, question)
    here, there = ", ".join(columns), ", ".join(to_columns)
    return Probed(
        question=f"{child.id} ({here}) leads to {parent.id} ({there})",
        holds=answer.considered > 0 and answer.hits == answer.considered,
        refuted=law.is_refuted(answer.considered, answer.hits),
        rows=answer.rows,
        considered=answer.considered,
        hits=answer.hits,
    )


def known_relation(scan: Scan, table: str, columns: Sequence[str]) -> Relation:
    relation = scan.by_id.get(table)
    if relation is None:
        raise ConfigError(
            f"'{table}' is no table of the last run.{did_you_mean(table, scan.by_id)}"
        )
    for name in columns:
        if name not in relation.by_name:
            near = did_you_mean(name, relation.by_name)
            raise ConfigError(f"{table} has no column '{name}'.{near}")
    return relation


def _asked(engine: Engine, scan: Scan, question: Question) -> Answer:
    (answer,) = prober(engine, scan)([question])
    if answer.status != "answered":
        raise EngineError(f"The warehouse could not answer: {answer.reason or 'no reason given'}.")
    return answer
