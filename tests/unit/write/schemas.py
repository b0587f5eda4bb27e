"""A small shop as a warehouse that changes, and what cartridge generates from each state of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dbt_cartridge.config import Settings, settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.probe import Answer, Inclusion, Question, Unique
from dbt_cartridge.documents.scan import Column, Profile, Relation, Scan, TextPatterns, TypeFamily
from dbt_cartridge.infer import infer
from dbt_cartridge.render import render

CHANGES = ("add_column", "drop_column", "retype", "rename", "drop_table", "add_table")
ROWS = 200
_NATIVE: dict[TypeFamily, str] = {
    "integer": "INTEGER", "text": "VARCHAR", "decimal": "DECIMAL(10,2)", "float": "DOUBLE",
    "timestamp": "TIMESTAMP", "date": "DATE",
}  # fmt: skip
Columns = dict[str, TypeFamily]


def tables(changes: frozenset[str]) -> dict[str, Columns]:
    """Table → column → type, after the changes."""
    customers: Columns = {"id": "integer", "full_name": "text", "region": "text",
                          "updated_at": "timestamp"}  # fmt: skip
    orders: Columns = {"id": "integer", "customer_id": "integer", "status": "text",
                       "total": "decimal", "ordered_on": "date"}  # fmt: skip
    payments: Columns = {"id": "integer", "order_id": "integer", "amount": "decimal"}
    found = {"customers": customers, "orders": orders, "payments": payments}
    if "add_column" in changes:
        orders["note"] = "text"
    if "drop_column" in changes:
        del orders["status"]
    if "retype" in changes:
        orders["total"] = "float"
    if "rename" in changes:
        found["customers"] = {"area" if n == "region" else n: t for n, t in customers.items()}
    if "drop_table" in changes:
        del found["payments"]
    if "add_table" in changes:
        found["refunds"] = {"id": "integer", "order_id": "integer", "amount": "decimal"}
    return found


@lru_cache
def scanned(changes: frozenset[str]) -> Scan:
    return Scan(
        adapter="duckdb",
        database="shop",
        schemas=("raw",),
        relations=tuple(
            Relation(
                schema_name="raw",
                name=name,
                rows=ROWS,
                rows_exact=True,
                columns=tuple(
                    _column(column, at, type) for at, (column, type) in enumerate(columns.items())
                ),
            )
            for name, columns in sorted(tables(changes).items())
        ),
    )


def generated_from(changes: frozenset[str], host: Host) -> Files:
    """What cartridge generates, without verification; the host's habits do not change it here."""
    theirs = tuple(m for m in host.models if not m.generated)
    return _generated(changes, host.model_copy(update={"models": theirs, "sources": ()}))


def _generated(changes: frozenset[str], host: Host) -> Files:
    key = (changes, host.model_dump_json())
    if key not in _MADE:
        chosen: Settings = settings({"schemas": "raw"}, environment={})
        scan = scanned(changes)
        schema = infer(scan, _holds, chosen)
        _MADE[key] = render(design(schema, scan, host, chosen), host, chosen)
    return _MADE[key]


_MADE: dict[tuple[frozenset[str], str], Files] = {}


def _holds(questions: Sequence[Question]) -> Sequence[Answer]:
    """Keys are unique and references found; nothing else holds."""
    return [
        Answer(rows=ROWS, considered=ROWS, hits=ROWS, keys=ROWS // 2, key_hits=ROWS // 2)
        if isinstance(question, Unique | Inclusion)
        else Answer(rows=ROWS, considered=ROWS)
        for question in questions
    ]


def _column(name: str, at: int, type: TypeFamily) -> Column:
    facts: dict[str, Any] = {"distinct": ROWS, "min": "1", "max": str(ROWS)}
    if name == "id":
        pass
    elif name.endswith("_id"):
        facts["distinct"] = ROWS // 2
    elif type == "text":
        facts |= {"distinct": 7, "patterns": TextPatterns(), "mean_length": 5.0}
        facts |= {"min": "a", "max": "z", "min_length": 3, "max_length": 9}
    elif type in ("date", "timestamp"):
        facts |= {"min": "2024-01-01", "max": "2024-12-31", "distinct": 150}
    else:
        facts |= {"distinct": 90, "mean": 50.0, "fractions": 100}
    profile = Profile(rows=ROWS, nulls=0, **facts)
    native = _NATIVE[type]
    return Column(name=name, position=at + 1, native_type=native, type=type, profile=profile)
