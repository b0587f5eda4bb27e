"""Schemas without rows: names, types and declared keys of public applications, as Scans."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from scoring import Gold

from dbt_cartridge.documents.scan import Column, Relation, Scan, TypeFamily

_FAMILIES: tuple[tuple[str, TypeFamily], ...] = (
    (r"bool|bit\b|tinyint\(1\)", "boolean"),
    (r"int|serial|year", "integer"),
    (r"decimal|numeric|money|number", "decimal"),
    (r"float|double|real", "float"),
    (r"datetime|timestamp", "timestamp"),
    (r"date", "date"),
    (r"time", "time"),
    (r"blob|binary|bytea", "binary"),
    (r"json", "json"),
    (r"uuid", "uuid"),
    (r"char|text|enum|set|string|clob", "text"),
)


def schemas_alone(folder: Path) -> Iterator[tuple[str, list[tuple[Scan, Gold]]]]:
    """Each file of the folder: its name, and the schemas in it with what they declare."""
    for file in sorted(folder.glob("*.json")):
        found = json.loads(file.read_text("utf-8"))
        known = [gold for gold in found.values() if "tables" in gold]
        if known:
            yield file.stem, [(_scan(gold), gold) for gold in known]


def _scan(gold: Gold) -> Scan:
    relations = tuple(
        Relation(
            schema_name="raw",
            name=name,
            kind="table",
            columns=tuple(
                Column(name=column, position=at, native_type=native, type=_family(native))
                for at, (column, native) in enumerate(table["columns"], 1)
            ),
        )
        for name, table in gold["tables"].items()
    )
    return Scan(adapter="duckdb", relations=relations, profile="none")


def _family(native: str) -> TypeFamily:
    written = native.lower()
    for form, family in _FAMILIES:
        if re.search(form, written):
            return family
    return "other"
