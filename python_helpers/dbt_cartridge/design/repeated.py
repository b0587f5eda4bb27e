"""Repeated records (BigQuery's ARRAY of STRUCT): a staging model of each, with its parent's key.

Its key is the parent's and the place in the array: unique by construction.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbt_cartridge.design import checks, docs
from dbt_cartridge.design import expressions as sql
from dbt_cartridge.design.naming import Names
from dbt_cartridge.design.parts import Attribute, Staged, model_columns, ordered
from dbt_cartridge.documents.design import (
    ColumnGroup,
    Cte,
    Model,
    Projection,
    Query,
    RelationshipsTest,
    Test,
    Unnest,
)
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Column, TypeFamily
from dbt_cartridge.words import raw_split, safe_name, singular, snake

_ARRAY, _RECORD = "ARRAY<", "STRUCT<"
_FAMILIES: dict[str, TypeFamily] = {
    "INT64": "integer", "NUMERIC": "decimal", "BIGNUMERIC": "decimal", "FLOAT64": "float",
    "STRING": "text", "BOOL": "boolean", "DATE": "date", "TIME": "time", "DATETIME": "timestamp",
    "TIMESTAMP": "timestamp", "BYTES": "binary", "JSON": "json", "ARRAY": "array",
    "GEOGRAPHY": "geography", "INTERVAL": "interval",
}  # fmt: skip
_GROUPS: dict[TypeFamily, ColumnGroup] = {
    "integer": "numerics", "decimal": "numerics", "float": "numerics", "boolean": "booleans",
    "date": "dates", "timestamp": "timestamps", "time": "timestamps", "json": "semi_structured",
    "array": "semi_structured",
}  # fmt: skip


def repeated(staged: Staged, names: Names, host: Host) -> Iterator[Model]:
    """A model of each repeated record of a staged table. None where no key tells its rows apart."""
    if not staged.offer.key or not isinstance(staged.model.body, Query):
        return
    for column in staged.relation.columns:
        native = column.native_type
        if native.startswith(_ARRAY + _RECORD):
            fields = tuple(record_fields(native[len(_ARRAY) : -1]))
            if fields:
                yield _model(staged, column, fields, names, host)


def record_fields(native: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(path, type) of each field of `STRUCT<a INT64, b STRUCT<c STRING>>`: `a`, `b.c`.

    An array inside is a field like any other.
    """
    for part in _parts(native[len(_RECORD) : -1]):
        name, _, kind = part.strip().partition(" ")
        path = f"{prefix}{name.strip('`')}"
        if kind.startswith(_RECORD):
            yield from record_fields(kind, f"{path}.")
        elif kind:
            yield path, kind


def _parts(text: str) -> Iterator[str]:
    """`text` at its commas, but for those in brackets."""
    depth = start = 0
    for place, char in enumerate(text):
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _model(
    staged: Staged,
    column: Column,
    fields: tuple[tuple[str, str], ...],
    names: Names,
    host: Host,
) -> Model:
    body = staged.model.body
    assert isinstance(body, Query)
    *before, last = body.ctes
    element, parent = _element(column), docs.words(staged.table.entity)
    known = {each.name: each.expression for each in last.projections}
    taken = Names(staged.offer.key)
    number = taken.claim(f"{element}_number")
    attributes = [
        Attribute(a.name, a.type, a.group, a.description, data_type=a.data_type, required=True)
        for a in staged.offer.attributes
        if a.name in staged.offer.key
    ]
    expressions = {a.name: known[a.name] for a in attributes}
    text = f"Place of the {docs.words(element)} in its {parent}, from 1 on."
    attributes.append(Attribute(number, "integer", "ids", text, required=True))
    alias, position = _aliases(staged, element)
    expressions[number] = f"{sql.name(position)} + 1"
    for path, native in fields:
        name = taken.claim(safe_name(path), f"{element}_{safe_name(path)}")
        family = _FAMILIES.get(native.split("(")[0].split("<")[0], "other")
        attributes.append(Attribute(name, family, _group(path, family), "", data_type=native))
        expressions[name] = sql.column(alias, path)
    offered = ordered(attributes)
    key = (*staged.offer.key, number)
    by_column, of_model = checks.key_tests(key)
    if len(staged.offer.key) == 1 and staged.key_proved:
        own = staged.offer.key[0]
        link: Test = RelationshipsTest(column=own, to=staged.offer.model, field=own)
        by_column[own].append(link)
    unnested = Cte(
        name=last.name,
        from_alias=last.from_alias,
        projections=tuple(Projection(name=a.name, expression=expressions[a.name], group=a.group)
                          for a in offered),
        unnest=Unnest(array=sql.column(last.from_alias, column.name), alias=alias,
                      position=position),
        where=last.where,
    )  # fmt: skip
    label = host.label_of("staging", staged.model.name)
    wish = host.called("staging", f"{label}_{safe_name(column.name)}")
    return Model(
        name=names.claim(wish, owner=staged.id),
        layer="staging",
        folder=staged.model.folder,
        source=staged.source,
        description=f"The {docs.words(safe_name(column.name))} that each {parent} holds as a "
        "repeated record.",
        grain=docs.grain(f"{docs.words(element)} of {docs.a(parent)}"),
        entity=element,
        body=Query(inputs=body.inputs, ctes=(*before, unnested)),
        columns=model_columns(offered, by_column),
        tests=of_model,
        primary_key=key,
    )


def _element(column: Column) -> str:
    """`address.phone_numbers` → `phone_number`."""
    words = raw_split(column.name.rpartition(".")[2])
    return snake((*words[:-1], singular(words[-1]))) if words else "item"


def _aliases(staged: Staged, element: str) -> tuple[str, str]:
    """Names for the element and its place that no column of the table bears."""
    taken = Names(column.name.partition(".")[0] for column in staged.relation.columns)
    return taken.claim(element, f"one_{element}"), taken.claim(f"{element}_offset")


def _group(path: str, family: TypeFamily) -> ColumnGroup:
    words = raw_split(path)
    if words and words[-1] == "id" and family in ("integer", "text"):
        return "ids"
    return _GROUPS.get(family, "strings")
