"""`report.html`: the whole run on one page that needs nothing but itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from dbt_cartridge.documents.design import Model, Test
from dbt_cartridge.documents.schema import Evidence, Relationship
from dbt_cartridge.report.erd import MOST_TABLES, drawing
from dbt_cartridge.report.run import Run
from dbt_cartridge.report.words import count, shown

if TYPE_CHECKING:
    from dbt_cartridge.pipeline import Outcome

_MOST_DIFF = 200_000  # characters of all diffs together; a first run writes thousands of files


def page(run: Run, outcome: Outcome) -> str:
    """HTML without a script or a request. Everything from the warehouse is escaped."""
    environment = Environment(
        loader=PackageLoader("dbt_cartridge.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    schema = outcome.schema
    return environment.get_template("page.html.jinja").render(
        count=count,
        edge_words=edge_words,
        test_words=test_words,
        why=why,
        run=run,
        project=outcome.host.project_name,
        schema=schema,
        numbers={table.id: number for number, table in enumerate(schema.tables)},
        relations=outcome.scan.by_id,
        drawing=drawing(schema),
        most_tables=MOST_TABLES,
        design=outcome.design,
        layers=_layers(outcome),
        failed=[t for t in outcome.verdicts.tests if t.status in ("fail", "error")],
        changes=[c for c in outcome.changes.changes if c.action != "unchanged"],
        show_diffs=sum(len(c.diff) for c in outcome.changes.changes) <= _MOST_DIFF,
    )


def save_page(run: Run, outcome: Outcome, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(page(run, outcome), "utf-8")
    return path


def why(evidence: Evidence) -> str:
    """As `cartridge explain` prints it."""
    return evidence.text + ("" if evidence.value is None else f" [{evidence.value:g}]")


def edge_words(relationship: Relationship) -> str:
    """`raw.orders (customer_id) → raw.customers (id)`"""
    child = f"{relationship.table} ({', '.join(relationship.columns)})"
    return f"{child} → {relationship.ref_table} ({', '.join(relationship.ref_columns)})"


def test_words(test: Test) -> str:
    """What a test claims, in a few words."""
    match test.kind:
        case "unique" | "not_null" | "range" | "accepted_values":
            return f"{test.kind.replace('_', ' ')}: {test.column}"
        case "relationships":
            return f"{test.column} is in {test.to or '.'.join(test.to_source or ())}"
        case "composite_unique":
            return f"unique together: {', '.join(test.columns)}"
        case "composite_relationships":
            return f"{', '.join(test.columns)} are in {test.to}"
        case "expression":
            return test.name.replace("_", " ")
        case "same_row_count":
            return f"as many rows as {test.as_model}"
        case "fewest_rows":
            return f"at least {test.min_rows:,} rows"
        case "reconciles":
            return f"adds up to {test.to}.{test.field}"


def _layers(outcome: Outcome) -> list[tuple[str, list[Model]]]:
    names = ("marts", "intermediate", "staging")
    found = [(name, [m for m in outcome.design.models if m.layer == name]) for name in names]
    return [(name, models) for name, models in found if models]


def _visible(value: object) -> object:
    """Text without what hides: a browser obeys bidirectional marks too. Diffs keep their lines."""
    if type(value) is str and not value.replace("\n", "").isprintable():
        return "\n".join(
            shown(line) if not line.isprintable() else line for line in value.split("\n")
        )
    return value
