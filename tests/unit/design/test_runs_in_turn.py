"""Runs over this schema and that one, with these options and those, between a user's edits: what a
model is made from stays, the YAML is whole, and every model binds.

The rules, the files, the ledger and the merge are real; dbt is not: its calls are filled in, and
DuckDB makes a view of each model over empty tables. `CARTRIDGE_SEQUENCES` is how many sequences
there are, 6 if nothing is said.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.host import Host, HostModel, HostSource
from dbt_cartridge.documents.scan import Relation, Scan
from dbt_cartridge.infer import infer
from dbt_cartridge.render import render
from dbt_cartridge.write import apply, fit, plan, recognise, survey
from dbt_cartridge.write.ledger import Ledger
from tests.unit.design.made import host
from tests.unit.infer.build import column, integer, number, relation

SEQUENCES = int(os.environ.get("CARTRIDGE_SEQUENCES", "6"))
TABLES = ("customers", "orders", "order_lines", "Orders", "customer", "events")
OPTIONS: list[dict[str, Any]] = [
    {}, {}, {"yaml_layout": "model"}, {"personal_data": "hash"},
]  # fmt: skip
RUNS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(["shop", "crm"]), st.sampled_from(TABLES)), max_size=3),
        st.sampled_from([("shop",), ("crm",), ("shop", "crm")]),
        st.sampled_from(OPTIONS),
        st.sampled_from(["nothing", "comment", "describe", "move", "delete"]),
    ),
    min_size=2,
    max_size=4,
)
_CONFIG = re.compile(r"\{\{\s*config\(.*?\)\s*\}\}", re.DOTALL)
_CALL = re.compile(r"\{\{ (ref|source)\('([^']+)'(?:, '([^']+)')?\) \}\}")


class Project:
    """A project on disk, and the warehouse that it is generated from again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.relations: dict[str, Relation] = {}
        self.deleted: set[str] = set()

    def add(self, schema: str, name: str) -> None:
        columns = [integer("id"), column("note"), number("amount", 1, 99, 9)]
        if name.lower() == "orders":
            columns.append(integer("customer_id"))
        made = relation(name, *columns).model_copy(update={"schema_name": schema})
        if not any(made.id.lower() == id.lower() for id in self.relations):
            self.relations[made.id] = made

    def generate(self, schemas: tuple[str, ...], **options: Any) -> None:
        its = Settings(schemas=schemas, **options)
        found = tuple(r for _, r in sorted(self.relations.items()) if r.schema_name in schemas)
        scan = Scan(adapter="duckdb", schemas=schemas, relations=found)
        to = recognise(self._host(), self.root)
        made = design(infer(scan, None, its), scan, to, its)
        given, changed = survey(scan, None, to, self.root, prune=False)
        fitted = fit(render(made, to, its), to, self.root, given)
        apply(fitted.files, plan(fitted.files, to, self.root, given, changed), self.root)

    def edit(self, what: str) -> None:
        pages = sorted(self.root.glob("models/**/*models.yml"))
        if what == "describe" and pages:
            text = pages[0].read_text()
            pages[0].write_text(text.replace("description: ", "description: By me. ", 1))
        models = sorted(self.root.glob("models/**/*.sql"))
        if not models or what in ("nothing", "describe"):
            return
        path = models[len(models) // 2]
        if what == "comment":
            path.write_text(path.read_text() + "\n-- seen by me\n")
        elif what == "move":
            (self.root / "models/mine").mkdir(exist_ok=True)
            path.rename(self.root / "models/mine" / path.name)
        else:
            self.deleted.add(path.stem)
            path.unlink()

    def pages(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self.root.glob("models/**/*.yml")):
            yield yaml.safe_load(path.read_text())

    def _host(self) -> Host:
        models = tuple(
            HostModel(
                name=path.stem, path=path.relative_to(self.root).as_posix(), package="shop",
                sql=path.read_text(),
            )
            for path in sorted(self.root.glob("models/**/*.sql"))
        )  # fmt: skip
        sources = tuple(
            HostSource(
                name=source["name"], schema_name=source.get("schema", source["name"]),
                path=path.relative_to(self.root).as_posix(),
                tables=tuple(table["name"] for table in source["tables"]),
            )
            for path in sorted(self.root.glob("models/**/*.yml"))
            for source in yaml.safe_load(path.read_text()).get("sources", ())
        )  # fmt: skip
        return host(models=models, sources=sources)

    def unbound(self) -> dict[str, str]:
        """Model → why DuckDB makes no view of it, but for those that read what the user deleted."""
        waiting = {path.stem: path.read_text() for path in self.root.glob("models/**/*.sql")}
        problems: dict[str, str] = {}
        tables = {
            (source["name"], table["name"]): (source.get("schema", source["name"]),
                                              table.get("identifier", table["name"]))
            for page in self.pages() for source in page.get("sources", ())
            for table in source["tables"]
        }  # fmt: skip
        with duckdb.connect() as warehouse:
            for each in self.relations.values():
                warehouse.execute(f'create schema if not exists "{each.schema_name}"')
                columns = ", ".join(f'"{c.name}" {c.native_type}' for c in each.columns)
                warehouse.execute(f'create table "{each.schema_name}"."{each.name}" ({columns})')

            def called(match: re.Match[str]) -> str:
                kind, name, table = match.groups()
                if kind == "ref":
                    return f'"{name}"'
                schema, identifier = tables[name, table]
                return f'"{schema}"."{identifier}"'

            while waiting:
                made: list[str] = []
                for name, text in sorted(waiting.items()):
                    sql = _CALL.sub(
                        called, re.sub(r"\{\{\s*config\(.*?\)\s*\}\}", "", text, flags=re.S)
                    )
                    try:
                        warehouse.execute(f'create view "{name}" as {sql}')
                        made.append(name)
                    except duckdb.Error as error:
                        problems[name] = str(error)
                if not made:
                    break
                waiting = {name: text for name, text in waiting.items() if name not in made}
        lost = set(self.deleted)
        while more := {n for n, t in waiting.items() if n not in lost and _reads(t) & lost}:
            lost |= more
        return {name: problems[name] for name in waiting if name not in lost}


def _reads(text: str) -> set[str]:
    return {match[2] for match in _CALL.finditer(text) if match[1] == "ref"}


@settings(deadline=None, max_examples=SEQUENCES, suppress_health_check=[HealthCheck.too_slow])
@given(runs=RUNS)
def test_runs_in_turn_leave_a_project_whose_models_mean_what_they_did(
    runs: list[tuple[list[tuple[str, str]], tuple[str, ...], dict[str, Any], str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        project.add("shop", "customers")
        project.add("crm", "events")
        staged: dict[str, tuple[str, ...]] = {}
        for tables, schemas, options, edit in runs:
            for schema, name in tables:
                project.add(schema, name)
            project.generate(schemas, **options)
            for path, entry in Ledger.load(project.root, bases=False).entries.items():
                if entry.layer == "staging":
                    assert staged.setdefault(Path(path).stem, entry.relations) == entry.relations
            models = [each for page in project.pages() for each in page.get("models", ())]
            described = Counter(each["name"] for each in models)
            assert [name for name, times in described.items() if times > 1] == []
            declared = Counter(
                (s["name"], t["name"]) for page in project.pages()
                for s in page.get("sources", ()) for t in s["tables"]
            )  # fmt: skip
            assert [name for name, times in declared.items() if times > 1] == []
            assert project.unbound() == {}
            project.edit(edit)
