"""The host's own staging: a model that selects the rows of one source table, whatever its name.

New models are built on it. Which of its columns is which of the table's is read from its SQL; what
is computed there, by a macro or otherwise, is not known here, and is left to the host. Where the
SQL cannot be read the model may well be the staging: nothing is staged beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dbt_cartridge.design.labels import kept_staging
from dbt_cartridge.design.lineage import (
    filters,
    keeps_grain,
    made_from,
    origin,
    output_name,
    outputs,
    parsed,
)
from dbt_cartridge.design.parts import Attribute, Staged
from dbt_cartridge.documents.design import LeftOut, Source
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Schema, Table
from dbt_cartridge.frozen import replaced
from dbt_cartridge.host_sql import without_tags


@dataclass(frozen=True)
class Own:
    model: HostModel
    columns: dict[str, str]  # of the table → of the model
    missing: tuple[str, ...]  # columns of the table that it does not show as they are
    computed: frozenset[str] = frozenset()  # of these, what others of its columns are made from
    outputs: tuple[str, ...] = ()  # all of its columns
    filtered: bool = False  # it may not show all rows


def own_staging(
    relations: Iterable[Relation], declared: Iterable[Source], schema: Schema, host: Host
) -> dict[str, Own]:
    """Relation → the host's staging of it: of several, the one that shows most of its rows and
    columns; where staging models stand on base models, the last of them.

    Where a generated staging model stands, it goes on being the one.
    """
    above = _single_readers(host)
    found: dict[str, Own] = {}
    for relation, models in _readers(relations, declared, host):
        names = {name: name for name in relation.by_name}
        own, waiting = None, [_own(model, relation, names, names, host) for model in models]
        while best := _best(waiting, schema.by_id[relation.id]):
            own = best
            waiting = [
                _own(model, relation, own.columns, own.outputs, host)
                for model in above.pop(own.model.name, ())
            ]
        if own:
            found[relation.id] = own
    return found


def _best(found: Iterable[Own | None], table: Table) -> Own | None:
    staging = [own for own in found if own and _is_staging(own, table)]
    return min(
        staging, key=lambda own: (own.filtered, len(own.missing), own.model.name), default=None
    )


def _single_readers(host: Host) -> dict[str, list[HostModel]]:
    """Model → what is called staging and reads that model alone."""
    found: dict[str, list[HostModel]] = {}
    for model in host.models:
        alone = len(model.reads) == 1 and model.source is None and not model.generated
        if alone and _is_called_staging(model, host):
            found.setdefault(model.reads[0], []).append(model)
    return found


def unread(relations: Iterable[Relation], declared: Iterable[Source], host: Host) -> dict[str, str]:
    """Relation → a model of the host that stages it and that nothing can be built on here.

    It lies with the staging models or is called as they are, and has another grain; or its SQL
    cannot be read, and what of it stands between Jinja's tags counts nothing together.
    """
    return {
        relation.id: model.name
        for relation, models in _readers(relations, declared, host)
        for model in models
        if _is_called_staging(model, host) or _may_be_staging(model, relation, host)
    }


def _is_called_staging(model: HostModel, host: Host) -> bool:
    named = any(host.affix("staging")) and host.is_called("staging", model.name)
    return model.layer == "staging" or named


def _may_be_staging(model: HostModel, relation: Relation, host: Host) -> bool:
    if parsed(model.sql, relation.by_name, host.adapter) is not None:
        return False
    scope = parsed(without_tags(model.sql), relation.by_name, host.adapter)
    return scope is None or keeps_grain(scope)


def _readers(
    relations: Iterable[Relation], declared: Iterable[Source], host: Host
) -> Iterator[tuple[Relation, list[HostModel]]]:
    """The host's models that stand on a relation alone; none where ours stages it already."""
    ours = {model.name for model in host.models if model.generated}
    staged = {id for id, model in kept_staging(host).items() if model in ours}
    by_source: dict[tuple[str, str], list[HostModel]] = {}
    for model in host.models:
        if model.source and not model.generated:
            by_source.setdefault(model.source, []).append(model)
    places = {t.relation: (s.name, t.name) for s in declared for t in s.tables if t.existing}
    for relation in relations:
        if relation.id not in staged:
            yield relation, by_source.get(places.get(relation.id, ("", "")), [])


def _is_staging(own: Own, table: Table) -> bool:
    """It shows the table's key, if there is one, and most of its columns: else it is a report."""
    key = table.primary_key.columns if table.primary_key else ()
    unseen = len(own.missing) - len(own.computed)
    return set(key) <= own.columns.keys() and len(own.columns) + len(own.computed) >= unseen


def adopted(staged: Staged, own: Own) -> Staged:
    """The table behind the host's model. Columns that our staging would cast are as they are."""
    names = {column: own.columns[column] for column in staged.names if column in own.columns}
    return replaced(
        staged,
        names=names,
        offer=replaced(
            staged.offer,
            attributes=tuple(_attributes(staged, own)),
            key=tuple(
                own.columns[column]
                for name in staged.key
                for column, ours in staged.names.items()
                if ours == name and column in own.columns
            ),
        ),
        deleted_flag=None,
        hides_deleted=False,
        row_tests=(),
        claims={},
        own=True,
    )


def _attributes(staged: Staged, own: Own) -> Iterator[Attribute]:
    stored = staged.relation.by_name
    for attribute in staged.offer.attributes:
        column = attribute.origin[1] if attribute.origin else ""
        if column not in own.columns:
            continue
        cast = attribute.type != stored[column].type
        if cast and attribute.role not in ("key", "foreign_key"):
            continue
        yield replaced(
            attribute,
            name=own.columns[column],
            type=stored[column].type,
            data_type=None if cast else attribute.data_type,
            tests=(),
        )


def told(found: dict[str, Own], declared: Iterable[Source]) -> Iterator[LeftOut]:
    """What of the host's own is used, in words."""
    for source in declared:
        existing = [table.name for table in source.tables if table.existing]
        if existing and source.written:
            more = ", ".join(table.name for table in source.written)
            yield LeftOut(what=source.name, why=f"your source, extended by {more}")
        elif existing:
            yield LeftOut(what=source.name, why="your source, as you declare it")
    for id, own in found.items():
        gaps = f"; not as it is there: {', '.join(own.missing)}" if own.missing else ""
        yield LeftOut(what=own.model.name, why=f"your staging of {id}{gaps}")


def _own(
    model: HostModel, relation: Relation, names: Mapping[str, str], read: Iterable[str], host: Host
) -> Own | None:
    """None where its rows may not be those of the table.

    Args:
        names: columns of the table → what is read.
        read: all columns of what is read.
    """
    scope = parsed(model.sql, read, host.adapter)
    if scope is None or not keeps_grain(scope):
        return None
    stored = {name.casefold(): column for column, name in names.items()}
    columns: dict[str, str] = {}
    used: set[str] = set()
    for projection in outputs(scope):
        used |= made_from(scope, projection)
        column = origin(scope, projection) or ""
        if (name := stored.get(column.casefold())) and name not in columns:
            columns[name] = output_name(projection)
    missing = tuple(column for column in relation.by_name if column not in columns)
    computed = frozenset(c for c in missing if names.get(c, c).casefold() in used)
    shown = tuple(output_name(projection) for projection in outputs(scope))
    return Own(model, columns, missing, computed, shown, filters(scope))
