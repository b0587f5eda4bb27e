"""The catalogue's rows, assembled into relations."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.scan import (
    Check,
    Column,
    DeclaredForeignKey,
    DeclaredKey,
    Index,
    Problem,
    Relation,
)
from dbt_cartridge.engine.base import Engine, Request, Row, in_order
from dbt_cartridge.errors import ScanError
from dbt_cartridge.scan.scope import chosen_schemas

_VERBS = ("schemas", "relations", "columns", "constraints", "indexes")
_EXTERNAL = ("external_relations", "external_columns")
Name = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Catalogue:
    database: str | None
    schemas: tuple[str, ...]
    relations: tuple[Relation, ...]
    problems: tuple[Problem, ...]
    billed: bool = False  # by the bytes that statements read, which can be told beforehand


def read_catalogue(engine: Engine, settings: Settings) -> Catalogue:
    """Everything about the schemas but the data, in as many statements as there are verbs.

    All are sent at once. Only where a schema's name was given in another case than the
    warehouse's, and its SQL did not find it so, are they sent again.

    Raises:
        ScanError: a statement failed, or there is no such schema.
    """
    replies = _asked(engine, settings.database, settings.schemas)
    database = settings.database or engine.target.database
    schemas = chosen_schemas(replies["schemas"], database, settings.schemas)
    found = {_text(row[0]) for row in replies["relations"]}
    if not set(schemas) <= found | set(settings.schemas):
        replies = _asked(engine, database, schemas)
    database = _own_name(replies["schemas"], database)
    external = [_text(r[0]) for r in replies["schemas"] if _is_external(r) and r[0] in schemas]
    if external:
        more = _asked(engine, database, external, _EXTERNAL)
        for verb, other in zip(("relations", "columns"), _EXTERNAL, strict=True):
            replies[verb] += more[other]
    chosen = {
        verb: tuple(row for row in rows if verb == "schemas" or _text(row[0]) in schemas)
        for verb, rows in replies.items()
    }
    relations, problems = assemble(database, chosen)
    billed = any(len(row) > 3 and _true(row[3]) for row in replies["schemas"])
    return Catalogue(database, schemas, relations, problems, billed)


def _own_name(rows: Sequence[Row], database: str | None) -> str | None:
    """The database as the warehouse calls it: a profile may name Snowflake's in another case."""
    return next((row[2] for row in rows if len(row) > 2), None) or database


def _is_external(row: Row) -> bool:
    return len(row) > 4 and _true(row[4])


def _asked(
    engine: Engine, database: str | None, schemas: Sequence[str], verbs: Sequence[str] = _VERBS
) -> dict[str, tuple[Row, ...]]:
    body = {"database": database, "schemas": list(schemas)}
    verbs = verbs if schemas else verbs[:1]
    replies = in_order(engine.ask([Request(verb, body) for verb in verbs]), len(verbs))
    if len(schemas) > 1 and any(reply.error is not None for reply in replies):
        # BigQuery's datasets of two regions cannot stand in one statement.
        each = [_asked(engine, database, [schema], verbs) for schema in schemas]
        return {verb: tuple(row for found in each for row in found[verb]) for verb in verbs}
    for verb, reply in zip(verbs, replies, strict=True):
        if reply.error is not None:
            where = ", ".join(schemas) or database
            raise ScanError(f"The {verb} of {where} cannot be read: {reply.error}")
    return dict(zip(verbs, (reply.rows for reply in replies), strict=True))


def assemble(
    database: str | None, rows: dict[str, tuple[Row, ...]]
) -> tuple[tuple[Relation, ...], tuple[Problem, ...]]:
    """Relations ordered by schema and name; what cannot be read is a Problem instead."""
    columns = _by_relation(rows["columns"], _column)
    closed = _by_relation(
        [row for row in rows["columns"] if not _true(row[11])], lambda row: _text(row[3])
    )
    constraints = _by_relation(rows["constraints"], lambda row: row)
    indexes = _by_relation(rows["indexes"], _index)
    relations: list[Relation] = []
    problems: list[Problem] = []
    for row in sorted(rows["relations"], key=lambda row: (_text(row[0]), _text(row[1]))):
        name = (_text(row[0]), _text(row[1]))
        where = ".".join(name)
        hidden = set(closed.get(name, ()))
        shown = [column for column in columns[name] if column.name not in hidden]
        if not _true(row[6]):
            what = "left out: the role has no right to read it"
            problems.append(Problem(where=where, what=what, next=f"grant select on {where}"))
            continue
        if not shown:
            problems.append(Problem(where=where, what="left out: it has no columns"))
            continue
        problems += [
            Problem(
                where=f"{where}.{column}",
                what="left out: the role has no right to read this column",
                next=f"grant select on {where}",
            )
            for column in sorted(hidden)
        ]
        relations.append(_relation(database, row, shown, constraints[name], indexes[name]))
    return tuple(relations), tuple(problems)


def _relation(
    database: str | None,
    row: Row,
    columns: Sequence[Column],
    constraints: Sequence[Row],
    indexes: Sequence[Index],
) -> Relation:
    known = {column.name for column in columns}
    of_kind: dict[str, list[Row]] = defaultdict(list)
    for constraint in constraints:
        of_kind[_text(constraint[2])].append(constraint)
    primary = [_key(constraint) for constraint in of_kind["primary"]]
    unique = [_key(constraint) for constraint in of_kind["unique"]]
    foreign = [_foreign_key(constraint) for constraint in of_kind["foreign"]]
    return Relation(
        schema_name=_text(row[0]),
        name=_text(row[1]),
        kind=cast("Any", _text(row[2])),
        database=database,
        comment=row[3] or None,
        rows=_number(row[4]),
        bytes=_number(row[5]),
        partition_filter=row[7] if len(row) > 7 else None,
        columns=tuple(sorted(columns, key=lambda column: column.position)),
        primary_key=next((key for key in primary if known.issuperset(key.columns)), None),
        unique_keys=tuple(key for key in unique if known.issuperset(key.columns)),
        foreign_keys=tuple(key for key in foreign if known.issuperset(key.columns)),
        checks=tuple(
            Check(expression=_text(check[8]), name=check[3]) for check in of_kind["check"]
        ),
        indexes=tuple(sorted(indexes, key=lambda index: index.name)),
    )


def _column(row: Row) -> Column:
    return Column(
        name=_text(row[3]),
        position=int(_text(row[2])),
        native_type=_text(row[4]),
        type=cast("Any", _text(row[5])),
        nullable=_true(row[6]),
        default=row[7],
        generated=_true(row[8]),
        comment=row[9] or None,
        enum_values=_list(row[10]),
    )


def _key(row: Row) -> DeclaredKey:
    return DeclaredKey(columns=_list(row[4]), name=row[3], enforced=_true(row[9]))


def _foreign_key(row: Row) -> DeclaredForeignKey:
    return DeclaredForeignKey(
        columns=_list(row[4]),
        ref_schema=_text(row[5]),
        ref_table=_text(row[6]),
        ref_columns=_list(row[7]),
        name=row[3],
        enforced=_true(row[9]),
    )


def _index(row: Row) -> Index:
    return Index(name=_text(row[2]), columns=_list(row[3]), unique=_true(row[4]))


def _by_relation(rows: Sequence[Row], read: Callable[[Row], T]) -> dict[Name, list[T]]:
    grouped: dict[Name, list[T]] = defaultdict(list)
    for row in rows:
        grouped[_text(row[0]), _text(row[1])].append(read(row))
    return grouped


def _text(cell: str | None) -> str:
    return cell or ""


def _true(cell: str | None) -> bool:
    return cell == "true"


def _number(cell: str | None) -> int | None:
    return None if cell is None else int(cell)


def _list(cell: str | None) -> tuple[str, ...]:
    return tuple(json.loads(cell)) if cell else ()
