"""What people have decided, put to inference: keys and references as facts that are declared and
still asked, the rest over what inference found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dbt_cartridge import law
from dbt_cartridge.config import Settings
from dbt_cartridge.documents.decisions import (
    FILE,
    DecidedColumn,
    DecidedReference,
    DecidedTable,
    Decisions,
)
from dbt_cartridge.documents.scan import DeclaredForeignKey, DeclaredKey, Relation, Scan
from dbt_cartridge.documents.schema import (
    ColumnMeaning,
    Evidence,
    Relationship,
    Role,
    Schema,
    Shape,
    Table,
)
from dbt_cartridge.errors import ConfigError, did_you_mean
from dbt_cartridge.stems import called, with_stems
from dbt_cartridge.words import plural

_SHAPES: Mapping[Role, Shape] = {
    "fact": "transaction",
    "dimension": "plain",
    "bridge": "plain",
    "reference": "plain",
    "other": "staging",
}
"""Of a table that inference took for something else."""


def with_terms(settings: Settings, decisions: Decisions) -> Settings:
    """What a provider is told of the business: the user's words, and those that were decided."""
    if not decisions.terms:
        return settings
    lines = [f"{word}: {meaning}" for word, meaning in decisions.terms.items()]
    context = "\n".join([settings.context, *lines]).strip()
    return settings.model_copy(update={"context": context})


def declared(scan: Scan, decisions: Decisions) -> Scan:
    """The facts with what was decided about them: as a key of the catalogue that the warehouse
    does not enforce, so that it is believed and asked all the same.

    Raises:
        ConfigError: it names tables or columns that the scan would have and has not; all at once.
    """
    if not decisions.tables:
        return scan
    problems = list(_unknown(scan, decisions))
    if problems:
        raise ConfigError("\n".join(problems))
    about = {id: said for id, said in decisions.tables.items() if id in scan.by_id}
    out = {id for id, said in about.items() if said.exclude}
    relations = tuple(
        _declared(relation, about.get(relation.id), decisions)
        for relation in scan.relations
        if relation.id not in out
    )
    outside = tuple(sorted({*scan.outside, *out}))
    return scan.model_copy(update={"relations": relations, "outside": outside})


def _unknown(scan: Scan, decisions: Decisions) -> Iterator[str]:
    for id, said in decisions.tables.items():
        relation = scan.by_id.get(id)
        if said.apart and relation is None:
            continue  # its tables stand for themselves
        if relation is None and said.parts and all(part in scan.by_id for part in said.parts):
            continue  # what was scanned before it was decided
        if relation is None:
            # Another schema, or a table that this run leaves out, is none of this run's business.
            if scan.schemas and scan.covers(id):
                near = did_you_mean(id, scan.by_id)
                yield f"{FILE}: there is no table '{id}'.{near}"
            continue
        named = {
            *(said.key or ()),
            *said.no_references,
            *said.columns,
            *(column for one in said.references for column in one.columns),
        }
        for name in sorted(named - relation.by_name.keys()):
            near = did_you_mean(name, relation.by_name)
            yield f"{FILE}: {id} has no column '{name}'.{near}"
        for one in said.references:
            parent = scan.by_id.get(one.to)
            if parent is None and scan.covers(one.to):
                near = did_you_mean(one.to, scan.by_id)
                yield f"{FILE}: {id} leads to '{one.to}', which is not there.{near}"
            for name in one.to_columns if parent else ():
                if parent and name not in parent.by_name:
                    near = did_you_mean(name, parent.by_name)
                    yield f"{FILE}: {one.to} has no column '{name}'.{near}"


def _declared(relation: Relation, said: DecidedTable | None, decisions: Decisions) -> Relation:
    if said is None:
        return relation
    update: dict[str, Any] = {}
    if said.key:
        unique = relation.unique_keys
        if relation.primary_key and set(relation.primary_key.columns) != set(said.key):
            unique = (*unique, relation.primary_key)
        key = DeclaredKey(
            columns=said.key, name=decisions.by, enforced=_is_enforced(relation, said.key)
        )
        update |= {"primary_key": key, "unique_keys": unique}
    if said.references or said.no_references:
        settled = {*(one.columns for one in said.references), *((c,) for c in said.no_references)}
        kept = [key for key in relation.foreign_keys if key.columns not in settled]
        update["foreign_keys"] = (*kept, *(_foreign(one, decisions) for one in said.references))
    return relation.model_copy(update=update)


def _is_enforced(relation: Relation, columns: tuple[str, ...]) -> bool:
    """The catalogue says so too."""
    known = (relation.primary_key, *relation.unique_keys)
    return any(key and key.enforced and set(key.columns) == set(columns) for key in known)


def _foreign(one: DecidedReference, decisions: Decisions) -> DeclaredForeignKey:
    schema, _, table = one.to.partition(".")
    decided = decisions.tables.get(one.to)
    return DeclaredForeignKey(
        columns=one.columns,
        ref_schema=schema,
        ref_table=table,
        ref_columns=one.to_columns or (decided.key or () if decided else ()),
        name=decisions.by,
        enforced=False,
    )


def denied(schema: Schema, decisions: Decisions) -> dict[str, str]:
    """Tables of whose decisions the data refutes one, with what was counted: for decisions that
    nobody insists on."""
    found: dict[str, str] = {}
    for id, said in decisions.tables.items():
        one = decisions.model_copy(update={"tables": {id: said}})
        if why := [text for text in _refuted(schema, one) if text]:
            found[id] = " ".join(why)
    return found


def obeyed(schema: Schema, decisions: Decisions) -> Schema:
    """The schema as it was decided. Each decision says whose it is.

    Raises:
        ConfigError: the data refutes decisions; each with what was counted, all at once.
    """
    if not decisions.tables:
        return schema
    refuted = [text for text in _refuted(schema, decisions) if text]
    if refuted:
        raise ConfigError(
            "\n".join(refuted) + f"\nNothing was written. Correct {FILE}, or the data."
        )
    denied = {(id, (c,)) for id, said in decisions.tables.items() for c in said.no_references}
    keep = [r for r in schema.relationships if (r.table, r.columns) not in denied]
    suggested = [r for r in schema.suggestions if (r.table, r.columns) not in denied]
    after = schema.model_copy(
        update={
            "tables": tuple(_table(t, decisions) for t in schema.tables),
            "relationships": tuple(_edge(one, decisions) for one in keep),
            "suggestions": tuple(suggested),
        }
    )
    said = {
        (id, c) for id, its in decisions.tables.items() for c, d in its.columns.items() if d.name
    }
    return with_stems(schema, after, said)


def _refuted(schema: Schema, decisions: Decisions) -> Iterator[str]:
    for id, said in decisions.tables.items():
        table = schema.by_id.get(id)
        if table is None:
            continue
        if said.key and not _is_key(table, said.key):
            found = table.primary_key
            but = f" The data has ({', '.join(found.columns)})." if found else ""
            yield (
                f"{decisions.by} says that the key of {id} is ({', '.join(said.key)}), and in the "
                f"data it repeats or is empty.{but}"
            )
        for one in said.references:
            yield _refuted_edge(id, one, schema.relationships, decisions.by)


def _is_key(table: Table, columns: tuple[str, ...]) -> bool:
    keys = [key.columns for key in (table.primary_key, *table.other_keys) if key]
    if table.versions:  # a row is a version of what the key identifies
        keys.append(table.versions.entity_key)
    return any(set(columns) == set(one) for one in keys)


def _refuted_edge(id: str, said: DecidedReference, edges: Iterable[Relationship], by: str) -> str:
    """Empty where nothing speaks against it."""
    for edge in edges:
        if (edge.table, edge.columns, edge.ref_table) != (id, said.columns, said.to):
            continue
        rows, orphans = edge.rows or 0, edge.orphans or 0
        if law.is_refuted(rows, rows - orphans):
            return (
                f"{by} says that {id} ({', '.join(said.columns)}) leads to {said.to}, and "
                f"{orphans:,} of {rows:,} rows find nothing there."
            )
        return ""
    return ""


def _table(table: Table, decisions: Decisions) -> Table:
    said, by = decisions.tables.get(table.id), decisions.by
    if said is None:
        return table
    update: dict[str, Any] = {}
    evidence = list(table.evidence)
    if said.role and said.role != table.role:
        update |= {"role": said.role, "shape": _SHAPES[said.role], "confidence": 1.0}
        evidence.append(_whose(f"decided: {said.role}", said.why, by))
    if said.entity:
        update["named"] = True
    if said.entity and said.entity != table.entity:
        *first, last = said.entity.split("_")
        update |= {"entity": said.entity, "entities": "_".join((*first, plural(last)))}
    if said.description:
        update["description"] = said.description
    if said.key and table.primary_key and set(said.key) == set(table.primary_key.columns):
        whose = _whose("decided", said.why, by)
        key = table.primary_key
        update["primary_key"] = key.model_copy(update={"evidence": (*key.evidence, whose)})
    columns = tuple(_column(c, said.columns.get(c.name), by) for c in table.columns)
    return table.model_copy(update={**update, "columns": columns, "evidence": tuple(evidence)})


def _column(column: ColumnMeaning, said: DecidedColumn | None, by: str) -> ColumnMeaning:
    if said is None:
        return column
    update: dict[str, Any] = {"evidence": (*column.evidence, _whose("decided", "", by))}
    if said.name:
        column = called(column, tuple(said.name.split("_")))
    if said.unit:
        update |= {"unit": said.unit, "unit_column": None}
    if said.description:
        update["description"] = said.description
    if said.personal:
        update["pii"] = None if said.personal == "none" else said.personal
    return column.model_copy(update=update)


def _edge(edge: Relationship, decisions: Decisions) -> Relationship:
    said = decisions.tables.get(edge.table)
    for one in said.references if said else ():
        if (one.columns, one.to) == (edge.columns, edge.ref_table):
            whose = _whose("decided", one.why, decisions.by)
            return edge.model_copy(update={"evidence": (*edge.evidence, whose)})
    return edge


def _whose(what: str, why: str, by: str) -> Evidence:
    return Evidence(text=f"{what} {'in' if by == FILE else 'by'} {by}{f': {why}' if why else ''}")
