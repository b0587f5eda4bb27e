"""What only a run can tell of a new project: its README, and queries to look at the data with."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dbt_cartridge.adapters import dialect
from dbt_cartridge.documents.design import Design, Model
from dbt_cartridge.new.connections import Connection
from dbt_cartridge.render.identifiers import write
from dbt_cartridge.report.queries import Queries, styled
from dbt_cartridge.report.words import shown

if TYPE_CHECKING:
    from dbt_cartridge.documents.schema import Schema
    from dbt_cartridge.pipeline import Outcome
    from dbt_cartridge.report.findings import Finding

_MOST_TABLES = 40
_MOST_FINDINGS = 20
_MOST_LISTED = 30
_QUESTIONS = 10
_LAYERS = ("staging", "intermediate", "marts")
_OPENS = re.compile(r"\{(?=[{%#])")


def files(outcome: Outcome, found: Sequence[Finding], connection: Connection) -> dict[str, str]:
    """Path → text. Names and figures only, no value of the data, and no Jinja of anybody's."""
    texts = dict(_analyses(outcome, found))
    texts["README.md"] = _readme(outcome, found, connection, sorted(texts))
    return texts


# ---------------------------------------------------------------- analyses


def _analyses(outcome: Outcome, found: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    of_sources = _Sources(outcome)
    for number, one in enumerate(found[:_MOST_FINDINGS], 1):
        name = "_".join([f"{number:02}", one.kind, *one.table.split(".")[-1:], *one.columns[:2]])
        text = _comment(f"{_place(one)}: {one.text}") + _comment(one.handled)
        yield f"analyses/findings/{_safe(name)}.sql", f"{text}{of_sources.query(one.query)}\n"
    for model in _marts(outcome.design):
        if referring := list(_references(model)):
            yield (
                f"analyses/{model.name}_orphans.sql",
                f"-- Rows of {model.name} whose parent is not there.\n"
                + "\n\nunion all\n\n".join(referring)
                + "\n",
            )
        if len(model.primary_key) == 1 and _is_name(key := model.primary_key[0]):
            yield (
                f"analyses/{model.name}_duplicates.sql",
                f"-- Rows of {model.name} that share a key: none, if the tests hold.\nselect\n    "
                f"{key},\n    count(*) as rows_of_key\nfrom {{{{ ref('{model.name}') }}}}\n"
                f"group by 1\nhaving count(*) > 1\norder by 2 desc\n",
            )
        times = [c.name for c in model.columns if c.type in ("date", "timestamp")]
        if times and model.layer == "marts" and _is_name(times[0]):
            yield (
                f"analyses/{model.name}_freshness.sql",
                f"-- How far {model.name} goes.\nselect\n    min({times[0]}) as earliest,\n    "
                f"max({times[0]}) as latest,\n    count(*) as all_rows\n"
                f"from {{{{ ref('{model.name}') }}}}\n",
            )
        texts = [c.name for c in model.columns if c.type == "text" and c.pii is None]
        if texts and _is_name(texts[0]):
            yield (
                f"analyses/{model.name}_top_values.sql",
                f"-- The most frequent values of {texts[0]}.\nselect\n    {texts[0]},\n    "
                f"count(*) as of_rows\nfrom {{{{ ref('{model.name}') }}}}\ngroup by 1\n"
                "order by 2 desc\nlimit 20\n",
            )


class _Sources:
    """A finding's query as the project's own: its sources, its keywords, no quotes that are not
    needed."""

    def __init__(self, outcome: Outcome) -> None:
        self._adapter = outcome.scan.adapter
        tables = Queries(outcome.scan)
        self._calls = {
            tables.table(table.relation): f"{{{{ source('{source.name}', '{table.name}') }}}}"
            for source in outcome.design.sources
            for table in source.tables
            if table.relation in outcome.scan.by_id and f"'{source.name}{table.name}'".isprintable()
        }

    def query(self, text: str) -> str:
        parts: list[str] = []
        while text:
            known = [(at, name) for name in self._calls if (at := text.find(name)) >= 0]
            at, name = min(known, default=(len(text), ""))
            parts += [_inert(self._styled(text[:at])), self._calls.get(name, "")]
            text = text[at + len(name) :]
        return "".join(parts)

    def _styled(self, text: str) -> str:
        return styled(text, dialect(self._adapter), lambda n: write(n, self._adapter, stored=True))


def _references(model: Model) -> Iterator[str]:
    """One select for each reference that a test holds."""
    for column in model.columns:
        for test in column.tests:
            if test.kind != "relationships" or not test.to:
                continue
            if _is_name(test.field) and _is_name(column.name):
                yield (
                    f"select\n    '{column.name}' as reference,\n    count(*) as orphans\n"
                    f"from {{{{ ref('{model.name}') }}}} as child\n"
                    f"left join {{{{ ref('{test.to}') }}}} as parent\n"
                    f"    on child.{column.name} = parent.{test.field}\n"
                    f"where\n    child.{column.name} is not null\n"
                    f"    and parent.{test.field} is null"
                )


def _comment(text: str) -> str:
    lines = textwrap.wrap(_plain(text), 76, break_long_words=False, break_on_hyphens=False)
    return "".join(f"-- {line}\n" for line in lines)


def _place(finding: Finding) -> str:
    """`raw.orders(customer_id)`."""
    columns = ", ".join(finding.columns)
    return f"{finding.table}({columns})" if columns else finding.table


def _marts(design: Design) -> list[Model]:
    return [model for model in design.models if model.layer == "marts"]


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[a-z_][a-z0-9_]*", name) is not None


def _safe(name: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")


def _plain(text: str) -> str:
    return _inert(shown(" ".join(text.split())))


def _inert(text: str) -> str:
    """dbt renders an analysis and a README block too: a space opens what would be Jinja."""
    return _OPENS.sub("{ ", text)


# ---------------------------------------------------------------- README


def _readme(
    outcome: Outcome, found: Sequence[Finding], connection: Connection, analyses: Sequence[str]
) -> str:
    name = connection.project
    design, schema = outcome.design, outcome.schema
    variables = "\n".join(connection.environment())
    parts = [
        f"# {name}\n\nA dbt project over {', '.join(outcome.scan.schemas)} on "
        f"{connection.adapter}, made by `cartridge new` and proved against the warehouse before "
        "it was written.",
        "## Run it\n\n```console\n$ pip install -r requirements.txt\n$ dbt deps\n$ dbt build\n"
        "```\n\n"
        "`profiles.yml` reads environment variables (`.env.example`); targets are `dev`, "
        f"`staging`, `prod` and `test`:\n\n```sh\n{variables}\n```\n\nWhen the warehouse changes, "
        "`cartridge generate` adds what is new and leaves your edits alone; `cartridge drift` "
        "says what differs.",
        "## What is in it\n\n" + "\n".join(_layers(design)),
        "## How the tables hang together\n\n" + _diagram(schema),
        "## Questions that it answers\n\n" + "\n".join(_questions(design)),
        "## What was found in the data\n\n" + _findings(found),
        f"## Looking at the data\n\n{len(analyses)} queries in `analyses/`: `dbt compile`, then "
        "run them from `target/compiled/`; or `dbt show --inline` one.",
    ]
    return "\n\n".join(parts) + "\n"


def _layers(design: Design) -> Iterator[str]:
    yield "| layer | models | |\n|---|---|---|"
    for layer in _LAYERS:
        models = [m.name for m in design.models if m.layer == layer]
        named = ", ".join(f"`{name}`" for name in models[:12])
        more = f" and {len(models) - 12} more" if len(models) > 12 else ""
        yield f"| {layer} | {len(models)} | {named}{more} |"
    yield f"| snapshots | {len(design.snapshots)} | |"


def _diagram(schema: Schema) -> str:
    shown_ids = {table.id for table in schema.tables[:_MOST_TABLES]}
    names = {table.id: _safe(table.entity) or "t" for table in schema.tables}
    lines = [
        f"    {names[r.ref_table]} ||--o{{ {names[r.table]} : {_safe('_'.join(r.columns)) or 'key'}"
        for r in schema.relationships
        if r.kind != "external" and {r.table, r.ref_table} <= shown_ids
    ]
    if not lines:
        return "No references were found between the tables."
    return "\n".join(["```mermaid", "erDiagram", *lines, "```"])


def _questions(design: Design) -> list[str]:
    """What each mart can be asked: its measures, by its dates and by what it refers to."""
    found: list[str] = []
    for model in _marts(design):
        dates = [c.name for c in model.columns if c.type in ("date", "timestamp")]
        by = f" by month of {_said(dates[0])}" if dates else ""
        rows = f"How many {_said(model.entity)} rows are there{by}?"
        found.append(f"{rows} `{model.name}`")
        numbers = [
            c.name for c in model.columns
            if c.type in ("decimal", "float") and not c.name.endswith(("_id", "_key"))
        ]  # fmt: skip
        found += [f"What is the {_said(n)}{by}? `{model.name}.{n}`" for n in numbers[:2]]
    return [f"{number}. {text}" for number, text in enumerate(found[:_QUESTIONS], 1)]


def _said(name: str) -> str:
    return name.replace("_", " ")


def _findings(found: Sequence[Finding]) -> str:
    if not found:
        return "Nothing that looks wrong."
    lines = [
        f"- {_plain(f'{_place(f)}: {f.text}')}. {_plain(f.handled)}" for f in found[:_MOST_LISTED]
    ]
    if len(found) > _MOST_LISTED:
        lines.append(f"- and {len(found) - _MOST_LISTED} more: see target/cartridge/report.html")
    return "\n".join(lines)
