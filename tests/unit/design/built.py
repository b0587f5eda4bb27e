"""A design's models as views in DuckDB, over rows of a test's own: what a column really holds."""

from __future__ import annotations

import re
from typing import Any

import duckdb

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design, Query
from dbt_cartridge.documents.verdicts import ModelVerdict
from dbt_cartridge.engine.build import NodeResult
from dbt_cartridge.render import render
from dbt_cartridge.verify.conservation import conservation_tests, with_conservation
from tests.unit.design.made import host

Tables = dict[str, tuple[str, list[tuple[Any, ...]]]]
_DAYS = (
    "select cast(day as date) as date_day "
    "from generate_series(date '2023-12-01', date '2024-12-31', interval 1 day) as d (day)"
)
_CONFIG = re.compile(r"\{\{\s*config\(.*?\)\s*\}\}", re.S)


class Built:
    """`tables` are created in the schema `raw` by name: `columns and types`, rows."""

    def __init__(
        self, design: Design, tables: dict[str, tuple[str, list[tuple[Any, ...]]]]
    ) -> None:
        self.design = design
        self.connection = duckdb.connect()
        self.connection.execute("create schema raw")
        for name, (columns, rows) in tables.items():
            self.connection.execute(f'create table raw."{name}" ({columns})')
            if rows:
                marks = ", ".join("?" for _ in rows[0])
                self.connection.executemany(f'insert into raw."{name}" values ({marks})', rows)
        files = {
            file.path.rpartition("/")[2]: file.text
            for file in render(design, host(), Settings()).files
        }
        known = {(s.name, t.name): t.identifier for s in design.sources for t in s.tables}
        # The calendar is made of nothing but itself, and tested by itself: here it has days alone.
        spines = {m.name for m in design.models if not isinstance(m.body, Query)}
        for model in design.models:
            if not isinstance(model.body, Query):
                continue
            if spines & {i.model for i in model.body.inputs}:
                self.connection.execute(f"create view {model.name} as {_DAYS}")
            else:
                text = re.sub(
                    r"\{\{\s*config\(.*?\)\s*\}\}", "", files[f"{model.name}.sql"], flags=re.S
                )
                text = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", text)
                text = re.sub(
                    r"\{\{ source\('(\w+)', '(\w+)'\) \}\}",
                    lambda found: f'raw."{known[found[1], found[2]]}"',
                    text,
                )
                self.connection.execute(f"create view {model.name} as {text}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def same(self, ours: str, other: str) -> bool:
        """Whether two queries give the same rows, and any at all."""
        found = self.rows(ours)
        assert found
        assert found == self.rows(other)
        return True


def lost(built: Built, model: str) -> str:
    """What the proof says of a model's columns."""
    results: dict[str, NodeResult] = {}
    for file in conservation_tests(built.design):
        if f"sums__{model}" not in file.path:
            continue
        text = re.sub(r"\{\{ config\(.*?\) \}\}", "", file.text, flags=re.S)
        text = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", text)
        text = re.sub(r"\{\{ adapter\.quote\((\"\w+\")\) \}\}", r"\1", text)
        name = file.path.rpartition("/")[2].removesuffix(".sql")
        results[name] = NodeResult(name, "warn", int(built.rows(text)[0][0]) + 1)
    assert results
    passed = ModelVerdict(model=model, status="pass", rows=3)
    return with_conservation(passed, built.design, results).message
