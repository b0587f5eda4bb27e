"""Where the host enforces contracts, dbt wants the type of every column: the warehouse is asked for
those of the very SQL that dbt compiled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from dbt_cartridge.documents.design import Design, Model
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.folder_config import is_enforced
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.engine.base import Engine, Request, in_order
from dbt_cartridge.verify.reading import is_quoted

Types = Mapping[str, Mapping[str, str]]
"""Model → column → type, in the warehouse's words."""
_LONGEST = 100_000  # characters of a query: it may have to go through a command line


def under_contract(design: Design, files: Files, host: Host) -> frozenset[str]:
    """The models of which dbt will want the types."""
    places = {
        name: file.path for file in files.files if file.kind == "sql" for name in file.describes
    }
    return frozenset(
        model.name
        for model in design.models
        if model.name in places and is_enforced(host.config_of(places[model.name]))
    )


def asked_types(
    design: Design, names: Collection[str], compiled: Path, engine: Engine
) -> dict[str, dict[str, str]]:
    """Of the models in `names`, the types of all columns; a model of which one is not told is left
    out.

    Args:
        compiled: the folder in which dbt left the models' SQL, however deep.
    """
    texts = {path.stem: path for path in sorted(compiled.rglob("*.sql"))}
    asked = [design.by_name[name] for name in sorted(names) if name in texts]
    queries = [texts[model.name].read_text("utf-8").strip().rstrip(";") for model in asked]
    put = [(m, q) for m, q in zip(asked, queries, strict=True) if len(q) <= _LONGEST and m.columns]
    requests = [_request(model, query, design.adapter) for model, query in put]
    replies = in_order(engine.ask(requests), len(requests)) if requests else []
    found: dict[str, dict[str, str]] = {}
    for (model, _), reply in zip(put, replies, strict=True):
        row: Sequence[str | None] = reply.rows[0] if reply.rows else ()
        if len(row) == len(model.columns) and all(row):
            found[model.name] = {c.name: str(t) for c, t in zip(model.columns, row, strict=True)}
    return found


def _request(model: Model, query: str, adapter: str) -> Request:
    columns = [{"name": c.name, "quoted": is_quoted(c.name, adapter)} for c in model.columns]
    return Request("types", {"query": query, "columns": columns})


def with_types(design: Design, types: Types) -> Design:
    """The design with these types, or itself where it says all of that already."""
    models = tuple(
        _with_types(model, types[model.name]) if model.name in types else model
        for model in design.models
    )
    return design if models == design.models else design.model_copy(update={"models": models})


def _with_types(model: Model, types: Mapping[str, str]) -> Model:
    columns = tuple(
        column.model_copy(update={"data_type": types.get(column.name, column.data_type)})
        for column in model.columns
    )
    return model.model_copy(update={"columns": columns})


def untold(names: Collection[str], types: Types) -> tuple[Problem, ...]:
    """Models that dbt will refuse to build, since a type is missing in their YAML."""
    return tuple(
        Problem(
            where=name,
            what="your project enforces its contract, and the warehouse did not tell the types of "
            "all its columns: add the missing `data_type`s, or dbt will not build it",
        )
        for name in sorted(names)
        if name not in types
    )
