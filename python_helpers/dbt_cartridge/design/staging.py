"""Staging: one model per source table. Renamed, cast where proved, blanks to NULL; no joins.

Of a table that is loaded again and again, the latest row per key. Rows that a load tool or a
change feed marks as removed are left out; an application's own soft deletes are kept and marked,
since other tables still refer to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dbt_cartridge import law
from dbt_cartridge.design import casting, checks, docs, measures, removed
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.declared import Declared
from dbt_cartridge.design.events import is_of_period
from dbt_cartridge.design.naming import Names, column_names, in_names
from dbt_cartridge.design.parts import Attribute, Offer, Staged, model_columns, ordered
from dbt_cartridge.documents.design import (
    Cte,
    Demanded,
    ExpressionTest,
    Input,
    Latest,
    Model,
    Part,
    Projection,
    Query,
    SourceTable,
    Test,
    Union,
)
from dbt_cartridge.documents.scan import Column, Relation, TypeFamily
from dbt_cartridge.documents.schema import ColumnMeaning, ColumnRole, Identity, Key, Table
from dbt_cartridge.frozen import replaced
from dbt_cartridge.words import raw_split, safe_name


@dataclass(frozen=True)
class Job:
    """What the staging of one table has to know."""

    table: Table
    relation: Relation
    source: str
    source_tables: Sequence[SourceTable]  # one, or one for each shard
    model: str
    parents: Mapping[str, str]  # single foreign key columns → what they name: `album_id`
    parent_entities: Mapping[str, str]  # foreign key columns → the parent's entity
    linked: frozenset[str]  # columns of keys at either end of a relationship
    key_types: Mapping[str, TypeFamily]  # columns that must be cast to fit the other end
    identities: Sequence[Identity]
    declared: Mapping[str, Declared] = field(default_factory=dict[str, Declared])  # by checks
    none_values: Mapping[str, str] = field(default_factory=dict[str, str])  # of foreign keys
    blank_keys: frozenset[str] = frozenset()  # foreign keys whose parents hold an empty key
    given: Mapping[str, str] = field(default_factory=dict[str, str])  # names that the user gave


_MARKS: dict[ColumnRole, tuple[str, ...]] = {
    "valid_from": ("valid", "from"), "valid_to": ("valid", "to"), "is_current": ("is", "current"),
}  # fmt: skip


def stage(job: Job) -> Staged:
    loaded, relation = job.table, job.relation
    table = _of_versions(_of_latest(loaded))
    job = replaced(job, table=table)
    alias = "source"
    key = table.primary_key
    in_key = job.linked | set(key.columns if key else ())
    meanings = {c.name: _meaning(job, c) for c in relation.columns}
    style = casting.number_style(relation)
    columns = [_without_none(c, job.none_values.get(c.name)) for c in relation.columns]
    casts = {
        c.name: casting.stage(
            alias,
            c,
            meanings[c.name],
            casting.Place(
                in_key=c.name in in_key,
                key_type=job.key_types.get(c.name),
                blank_is_key=c.name in job.blank_keys or c.name in (key.columns if key else ()),
                none_value=job.none_values.get(c.name),
                style=style,
            ),
        )
        for c in relation.columns
    }
    claims = {name: _claim(alias, name, cast.claim) for name, cast in casts.items() if cast.claim}
    types: dict[str, str] = {name: cast.type for name, cast in casts.items()}
    names = column_names(table, relation.columns, types, job.parents, job.given)
    attributes: list[Attribute] = []
    expressions: dict[str, tuple[str, str | None]] = {}
    claimed = Names(names.values())
    tellers = {m.unit_column for m in meanings.values() if m.unit_column}
    tellers |= {m.name for m in meanings.values() if m.tells_currency}
    for column in columns:
        cast, meaning, name = casts[column.name], meanings[column.name], names[column.name]
        made = _attribute(job, column, meaning, cast, name, column.name in in_key)
        if meaning.unit_column or column.name in tellers:
            made = replaced(
                made,
                unit_by=None if meaning.unit_table else names.get(meaning.unit_column or ""),
                unit_of=_unit_of(meaning),
                is_currency=meaning.tells_currency,
                units=measures.few_units(column) if column.name in tellers else (),
            )
        attributes.append(made)
        expressions[name] = (cast.expression, cast.comment)
        for path, family, value, always in casting.lifted(alias, column):
            field = claimed.claim(f"{name}_{safe_name(path)}")
            attributes.append(_lifted(table, name, field, path, family, always))
            expressions[field] = (value, None)
    told = removed.find(table, relation, meanings, casts, names)
    deleted = told.removed
    if deleted and deleted.made:
        flag = claimed.claim("is_deleted")
        attributes.append(removed.flag(table, flag))
        expressions[flag] = (deleted.expression, None)
        deleted = removed.Removed(flag, deleted.expression, False, False, deleted.seen)
    later = _later(job.identities)
    attributes = [
        replaced(a, follows=True) if a.origin and a.origin[1] in later else a for a in attributes
    ]
    offered = ordered(attributes)
    entity_key = _entity_key(table)
    staged_key = tuple(names[c] for c in entity_key.columns if c in names) if entity_key else ()
    offer = Offer(job.model, offered, staged_key)
    row_tests = checks.identity_tests(job.identities, names, types)
    hides = bool(deleted and deleted.hidden)
    return Staged(
        table=loaded,
        relation=relation,
        source=job.source,
        offer=offer,
        names=names,
        key_proved=bool(entity_key and (entity_key.proved or entity_key.declared)),
        deleted_flag=deleted.flag if deleted and not hides else None,
        hides_deleted=bool(deleted and hides and deleted.seen),
        model=_model(job, offer, expressions, deleted, alias, told.refused),
        row_tests=row_tests,
        claims=claims,
    )


def _later(identities: Sequence[Identity]) -> frozenset[str]:
    """Columns that in nearly every row are not below another one, at which something happened."""
    return frozenset(
        each.operands[1] for each in identities
        if each.kind == "ordering" and len(each.operands) == 2
        and not is_of_period(raw_split(each.operands[0]))
        and each.hits >= law.HOLDS * each.considered > 0
    )  # fmt: skip


def _claim(alias: str, column: str, claim: str) -> ExpressionTest:
    """On the source, where the value still stands that a cast of staging could not read."""
    return ExpressionTest(
        expression=claim.replace(f"{sql.name(alias)}.", ""),
        name=f"{column}_is_read_by_staging",
        severity=law.severity("observed") or "warn",
        evidence="every value was read when this was generated; staging shows NULL for another",
    )


def _without_none(column: Column, none: str | None) -> Column:
    """A foreign key's column as staging shows it, with NULL for the value that says `none`."""
    if none is None or column.profile is None:
        return column
    counted = next((v.count for v in column.profile.top_values if v.value == none), 1)
    profile = column.profile.model_copy(update={"nulls": column.profile.nulls + counted})
    return column.model_copy(update={"nullable": True, "profile": profile})


def _meaning(job: Job, column: Column) -> ColumnMeaning:
    """What inference says of a column; of a key, that it is one."""
    table = job.table
    known = table.by_name.get(column.name)
    known = known or ColumnMeaning(name=column.name, words=raw_split(column.name))
    if known.role == "key" and table.primary_key and column.name not in table.primary_key.columns:
        # It told the loads of one row apart, of which staging keeps the last.
        known = known.model_copy(
            update={"role": "technical" if known.is_load_tool else "attribute"}
        )
    if known.role not in ("attribute", "measure", "natural_key", "category", "name", "technical"):
        return known
    if column.name in job.parent_entities:
        return known.model_copy(update={"role": "foreign_key"})
    if table.primary_key and table.primary_key.columns == (column.name,):
        return known.model_copy(update={"role": "key"})
    return known


def _of_latest(table: Table) -> Table:
    """What is left where the key comes back in later loads: one row of each, known by that key."""
    if not table.versions or table.versions.kind != "loads":
        return table
    return table.model_copy(update={"primary_key": _entity_key(table)})


def _of_versions(table: Table) -> Table:
    """The marks by which a load tool tells versions apart (`_fivetran_start`, `dbt_valid_to`) say
    of each row for when it holds: they are columns as good as the source's own, and marts are built
    on them."""
    versions = table.versions
    if versions is None or versions.kind != "slowly_changing":
        return table
    marks = {versions.valid_from, versions.valid_to, versions.is_current, *versions.order_by}
    return table.model_copy(
        update={"columns": tuple(
            each.model_copy(update={"is_load_tool": False, "words": words, "spelt": ()})
            if each.name in marks and each.is_load_tool and (words := _MARKS.get(each.role))
            else each
            for each in table.columns
        )}
    )  # fmt: skip


def _entity_key(table: Table) -> Key | None:
    """The key of a staged row: of loads that repeat, the entity's."""
    if table.versions and table.versions.kind == "loads":
        return Key(columns=table.versions.entity_key, proved=True)
    return table.primary_key


def _attribute(
    job: Job, column: Column, meaning: ColumnMeaning, cast: casting.Cast, name: str, in_key: bool
) -> Attribute:
    profile = column.profile
    description = docs.column(
        job.table, column, meaning, cast.type, name, job.parent_entities.get(column.name)
    )
    if told := docs.source_name(column.name, name):
        description = f"{description} {told}".strip()
    none = job.none_values.get(column.name)
    if none is not None:
        said = f"`{none}`" if none else "An empty text"
        description += f" {said} in the source says that there is none, and is NULL here."
    seen = profile is not None and profile.rows > 0 and not profile.sampled
    return Attribute(
        name=name,
        type=cast.type,
        group=casting.group(meaning, cast.type, in_key, profile),
        description=description,
        role=meaning.role,
        additivity=meaning.additivity,
        unit=meaning.unit,
        money=meaning.money,
        pii=meaning.pii,
        data_type=None if cast.changed else column.native_type,
        required=not column.nullable
        or (seen and profile is not None and not profile.nulls and not profile.blanks),
        profile=casting.as_read(profile, cast),
        origin=(job.relation.id, column.name),
        is_tool=meaning.is_load_tool,
        sense=meaning.words if meaning.spelt else (),
        tests=checks.value_tests(
            name, column, meaning, cast, job.declared.get(column.name, Declared())
        ),
    )


def _unit_of(meaning: ColumnMeaning) -> tuple[str, str] | None:
    table, column = meaning.unit_table, meaning.unit_column
    return (table, column) if table and column else None


def _lifted(
    table: Table, parent: str, name: str, path: str, family: TypeFamily, always: bool
) -> Attribute:
    groups = {"integer": "numerics", "float": "numerics", "boolean": "booleans"}
    return Attribute(
        name=name,
        type=family,
        group=groups.get(family, "strings"),  # pyright: ignore[reportArgumentType]
        description=f"`{path}` out of the JSON document in `{parent}`.",
        required=always,
    )


def _model(
    job: Job,
    offer: Offer,
    expressions: Mapping[str, tuple[str, str | None]],
    deleted: removed.Removed | None,
    alias: str,
    refused: str | None,
) -> Model:
    table = job.table
    versions = table.versions
    projections = tuple(
        Projection(name=a.name, expression=expressions[a.name][0], group=a.group,
                   comment=expressions[a.name][1])
        for a in offer.attributes
    )  # fmt: skip
    ctes: list[Cte] = []
    feeding = alias
    if versions and versions.kind in ("loads", "duplicates"):
        once = _latest(job, alias) if versions.kind == "loads" else _each_once(job, alias)
        feeding = once.name
        ctes.append(once)
        projections = tuple(
            p.model_copy(update={"expression": _from(p.expression, alias, feeding)})
            for p in projections
        )
    where: tuple[str, ...] = ()
    if deleted and deleted.hidden:
        where = (f"not {_bracketed(_from(deleted.expression, alias, feeding))}",)
    ctes.append(Cte(name="renamed", from_alias=feeding, projections=projections, where=where))
    by_column, of_model = checks.key_tests(offer.key, table)
    return Model(
        name=job.model,
        layer="staging",
        folder=in_names(job.source),
        source=job.source,
        follows=bool(job.given),
        description=_description(job, deleted, refused),
        grain=_grain(table, offer.key),
        entity=table.entity,
        body=Query(
            inputs=(_input(job, alias),),
            ctes=tuple(ctes),
        ),
        columns=model_columns(offer.attributes, by_column),
        tests=of_model,
        primary_key=offer.key,
        based_on=(job.relation.id,),
    )


def _input(job: Job, alias: str) -> Input:
    needed = job.relation.partition_filter
    names = [(job.source, table.name) for table in job.source_tables]
    return Input(
        alias=alias,
        source=names[0],
        union=_union(job.relation, names),
        demanded=_demanded(job.relation, needed) if needed else None,
        foreign=job.relation.kind == "foreign",
    )


def _demanded(relation: Relation, column: str) -> Demanded:
    """A pseudo-column, `_PARTITIONTIME`, is a timestamp."""
    own = relation.by_name.get(column)
    return Demanded(column=column, type=own.native_type if own else "timestamp")


def _union(relation: Relation, names: Sequence[tuple[str, str]]) -> Union | None:
    if not relation.shards:
        return None
    *own, mark = (column.name for column in relation.columns)
    parts = tuple(
        Part(source=name, label=shard.label, missing=shard.missing)
        for shard, name in zip(relation.shards, names, strict=True)
    )
    return Union(parts=parts, columns=tuple(own), label_column=mark)


def _latest(job: Job, alias: str) -> Cte:
    versions = job.table.versions
    assert versions is not None
    return Cte(
        name="latest",
        comment="The key repeats across loads: the row loaded last is the truth.",
        from_alias=alias,
        latest=Latest(
            keys=tuple(sql.column(alias, name) for name in versions.entity_key),
            order_by=tuple(sql.column(alias, name) for name in versions.order_by),
        ),
    )


def _each_once(job: Job, alias: str) -> Cte:
    """Rows alike in all columns, once. By all of them, not by the key: rows of one key that differ
    one day are a fault, which the key's test shall find."""
    columns = [c for c in job.relation.columns if not _meaning(job, c).is_load_tool]
    arrived = [c for c in job.relation.columns if _meaning(job, c).role == "load_time"]
    keys = tuple(_groupable(alias, column) for column in columns)
    order = tuple(sql.column(alias, column.name) for column in arrived) or keys[:1]
    return Cte(
        name="each_once",
        comment="Some rows stand several times, the same in every column: one of each is kept.",
        from_alias=alias,
        latest=Latest(keys=keys, order_by=order, of_copies=True),
    )


def _groupable(alias: str, column: Column) -> str:
    """Not every warehouse takes a fraction as a part of a partition."""
    plain = sql.column(alias, column.name)
    return sql.cast(plain, "text") if column.type == "float" else plain


def _from(expression: str, old: str, new: str) -> str:
    return expression.replace(f"{sql.name(old)}.", f"{sql.name(new)}.")


def _bracketed(expression: str) -> str:
    return (
        expression
        if expression.startswith("coalesce(") and expression.endswith(")")
        else (f"({expression})")
    )


def _grain(table: Table, key: tuple[str, ...]) -> str:
    own = docs.words(table.entity)
    if table.versions and table.versions.kind == "slowly_changing":
        return docs.grain(f"version of {docs.a(own)}")
    if not key:
        return f"One row per row of the source table; no key was found that tells {own} apart."
    return docs.grain(own)


def _description(job: Job, deleted: removed.Removed | None, refused: str | None) -> str:
    table = job.table
    own = docs.words(table.entities)
    parts = [job.source_tables[0].description]
    if job.relation.shards:
        parts.append(f"{len(job.relation.shards)} tables, one below the other.")
    if table.versions and table.versions.kind == "loads":
        parts = [f"{own.capitalize()}, each as it was loaded last."]
    elif table.versions and table.versions.kind == "duplicates":
        surplus = sum(int(e.value or 0) for e in table.versions.evidence)
        parts.append(
            f"Rows that stand several times, the same in every column, are kept once "
            f"({surplus} too many when this was written)."
        )
    if deleted and deleted.hidden:
        parts.append(f"Removed {own} are left out.")
    elif deleted:
        parts.append(f"Removed {own} are kept and marked by `{deleted.flag}`.")
    if refused:
        parts.append(f"`{refused}` is not read as a mark of removal: nearly every row has it.")
    return " ".join(parts)


def staging_tests(
    staged: Staged, by_column: Mapping[str, Sequence[Test]], of_model: Sequence[Test]
) -> Model:
    """The staging model with the tests of its values too: where no mart shows all its rows."""
    model = staged.model
    columns = tuple(
        column.model_copy(update={"tests": merged(column.tests, by_column.get(column.name, ()))})
        for column in model.columns
    )
    return model.model_copy(update={"columns": columns, "tests": (*model.tests, *of_model)})


def merged(first: Sequence[Test], second: Sequence[Test]) -> tuple[Test, ...]:
    """Both, no claim twice."""
    found = list(first)
    kinds = {test.kind for test in first}
    found += [test for test in second if test.kind not in kinds or test.kind == "relationships"]
    return tuple(found)
