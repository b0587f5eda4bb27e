"""What is scanned: schemas by exact name, relations by glob."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import Problem, Relation
from dbt_cartridge.engine.base import Row
from dbt_cartridge.errors import ScanError, did_you_mean

_SHOWN = 20
_OWN_TABLE = "cartridge_scans"  # where a scan without the helper is kept


def chosen_schemas(
    rows: Sequence[Row], database: str | None, asked: Sequence[str]
) -> tuple[str, ...]:
    """The schemas by the names that the warehouse has for them; `rows` of the verb `schemas`.

    Raises:
        ScanError: none was asked for, one does not exist, or the role may not use it.
    """
    usable = {str(row[0]): row[1] == "true" for row in rows}
    known = ", ".join(list(usable)[:_SHOWN]) + (" …" if len(usable) > _SHOWN else "")
    if not asked:
        raise ScanError(
            f"Say which schemas hold the raw tables, such as `schemas: [raw]`. "
            f"In {database} there are: {known or 'none'}."
        )
    chosen: list[str] = []
    problems: list[str] = []
    for name in dict.fromkeys(asked):
        found = name if name in usable else _but_for_case(name, usable)
        if found is None:
            near = did_you_mean(name, usable)
            problems.append(
                f"There is no schema '{name}' in {database}.{near} There are: {known or 'none'}."
            )
        elif not usable[found]:
            problems.append(
                f"The role may not use schema '{found}'. Have its owner run "
                f'`grant usage on schema "{found}" to <role>`.'
            )
        elif found not in chosen:
            chosen.append(found)
    if problems:
        raise ScanError("\n".join(problems))
    return tuple(sorted(chosen))


def wanted(
    relations: Sequence[Relation], settings: Settings, built: frozenset[tuple[str, str]]
) -> tuple[tuple[Relation, ...], tuple[Problem, ...]]:
    """The relations that the globs ask for, without what dbt itself builds."""
    kept: list[Relation] = []
    problems: list[Problem] = []
    for relation in relations:
        if not _matches(relation, settings) or relation.name.lower() == _OWN_TABLE:
            continue
        if (relation.schema_name.lower(), relation.name.lower()) in built:
            problems.append(
                Problem(where=relation.id, what="left out: a model of this project builds it")
            )
        else:
            kept.append(relation)
    return tuple(kept), tuple(problems)


def _matches(relation: Relation, settings: Settings) -> bool:
    names = (relation.name.lower(), relation.id.lower())

    def any_of(globs: Sequence[str]) -> bool:
        return any(fnmatchcase(name, glob.lower()) for glob in globs for name in names)

    return (not settings.tables or any_of(settings.tables)) and not any_of(settings.exclude)


def _but_for_case(name: str, known: dict[str, bool]) -> str | None:
    found = [other for other in known if other.lower() == name.lower()]
    return found[0] if len(found) == 1 else None
