"""Why inference decided as it did, in words: for a table, or for one column of it."""

from __future__ import annotations

from collections.abc import Iterable

from dbt_cartridge.documents.schema import Candidate, Evidence, Key, Relationship, Schema, Table
from dbt_cartridge.errors import ConfigError, did_you_mean


def explain(schema: Schema, target: str) -> str:
    """The decisions about `raw.orders` or `raw.orders.customer`: candidates, scores, probe results.

    Raises:
        ConfigError: no such table or column, with the nearest right one.
    """
    if (found := found_in(schema, target)) is None:
        near = did_you_mean(target, names(schema))
        raise ConfigError(f"'{target}' is no table or column of the last run.{near}")
    table, column = found
    lines = _of_column(schema, table, column) if column else _of_table(schema, table)
    return "\n".join(lines) + "\n"


def names(schema: Schema) -> list[str]:
    """What `explain` can be asked about."""
    return [t.id for t in schema.tables] + [
        f"{t.id}.{c.name}" for t in schema.tables for c in t.columns
    ]


def found_in(schema: Schema, target: str) -> tuple[Table, str | None] | None:
    """The table, and the column if one is meant."""
    folded = {table.id.casefold(): table for table in schema.tables}
    low = target.strip().casefold()
    if low in folded:
        return folded[low], None
    # A name may hold dots itself, so that every cut is tried.
    for at in (i for i, letter in enumerate(low) if letter == "."):
        table = folded.get(low[:at])
        if table is None:
            continue
        for meaning in table.columns:
            if meaning.name.casefold() == low[at + 1 :]:
                return table, meaning.name
    return None


def _of_table(schema: Schema, table: Table) -> list[str]:
    lines = [
        f"{table.id}: {table.entity.replace('_', ' ')}",
        f"  role {table.role} ({table.shape}), confidence {table.confidence:.2f}",
        *_evidence(table.evidence, "    "),
    ]
    lines += _key_lines("primary key", table.primary_key) if table.primary_key else [
        "  primary key: none was found"
    ]  # fmt: skip
    for key in table.other_keys:
        lines += _key_lines("also a key", key)
    for key in table.doubted_keys:
        text = ", ".join(key.columns)
        lines.append(f"  unique in the data, but not believed to be a key: ({text})")
    if table.versions:
        versions = table.versions
        lines.append(
            f"  keeps versions ({versions.kind.replace('_', ' ')}) of "
            f"({', '.join(versions.entity_key)}), the last by ({', '.join(versions.order_by)})"
        )
        lines += _evidence(versions.evidence, "    ")
    lines += _candidates("  weighed:", table.candidates)
    for one in schema.parents.get(table.id, ()):
        lines.append(f"  {_arrow(one)}")
    for one in schema.children.get(table.id, ()):
        if one.table != table.id:
            lines.append(f"  referred to by {one.table}({', '.join(one.columns)})")
    return lines


def _of_column(schema: Schema, table: Table, column: str) -> list[str]:
    meaning = table.by_name[column]
    lines = [f"{table.id}.{column}: {' '.join(meaning.words)}", f"  role {meaning.role}"]
    if meaning.unit:
        lines.append(f"  unit {meaning.unit}")
    if meaning.pii:
        lines.append(f"  personal data: {meaning.pii.replace('_', ' ')}")
    lines += _evidence(meaning.evidence, "    ")
    keys = (table.primary_key, *table.other_keys, *table.doubted_keys)
    for key in keys:
        if key is not None and column in key.columns:
            label = "part of the primary key" if key is table.primary_key else "part of a key"
            lines += _key_lines(label, key)
    leading = [r for r in schema.parents.get(table.id, ()) if column in r.columns]
    for one in leading:
        lines.append(f"  {_arrow(one)}")
        lines += _evidence(one.evidence, "    ")
        lines += _candidates("    weighed:", one.candidates)
    if not leading:
        lines.append("  leads to no other table")
    return lines


def _key_lines(label: str, key: Key) -> list[str]:
    state = "proved" if key.proved else "declared" if key.declared else "not proved"
    text = f"  {label} ({', '.join(key.columns)}), {state}, confidence {key.confidence:.2f}"
    return [text, *_evidence(key.evidence, "    ")]


def _arrow(one: Relationship) -> str:
    where = f" where {one.where_column} = '{one.where_value}'" if one.where_column else ""
    orphans = "" if one.orphans is None else f", {one.orphans} of {one.rows} rows are orphans"
    state = "proved" if one.proved else "not proved"
    return (
        f"({', '.join(one.columns)}) → {one.ref_table}({', '.join(one.ref_columns)}){where}: "
        f"{one.kind}, {state}{orphans}, confidence {one.confidence:.2f}"
    )


def _evidence(found: Iterable[Evidence], indent: str) -> list[str]:
    return [f"{indent}{e.text}" + ("" if e.value is None else f" [{e.value:g}]") for e in found]


def _candidates(title: str, found: Iterable[Candidate]) -> list[str]:
    lines = [f"    {c.score:8.3f}  {c.text}" + (f"  ({c.why})" if c.why else "") for c in found]
    return [title, *lines] if lines else []
