"""`verify`: any model of the project, asked of the warehouse as it stands: how many rows, whether
its key holds, and how many rows each model has that it reads. Nothing is created there.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from dbt_cartridge.agent.checking import check_model
from dbt_cartridge.agent.facts import last_run
from dbt_cartridge.agent.probing import known_relation
from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.engine.base import Engine, Reply, Request, in_order
from dbt_cartridge.engine.build import run_dbt
from dbt_cartridge.errors import ConfigError, DocumentError, EngineError, did_you_mean
from dbt_cartridge.render import identifiers
from dbt_cartridge.verify.host_copy import REF, copy_surroundings, ephemeral, make_copy
from dbt_cartridge.verify.workshop import SECONDS

_ASKS = "cartridge_asks__"
_TEXT = {"bigquery": "string", "mysql": "char", "spark": "string", "databricks": "string"}


class Counted(Frozen):
    model: str
    rows: int


class Verified(Frozen):
    """`repeated`: rows beyond the first of their key; `empty`: rows without a value in one of its
    columns. `problems`: what the text shows (see `check`), and what the rows deny."""

    model: str
    ok: bool
    rows: int = 0
    key: tuple[str, ...] = ()
    repeated: int | None = None
    empty: int | None = None
    reads: tuple[Counted, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def verify_model(engine: Engine, project_dir: Path, name: str, key: Sequence[str] = ()) -> Verified:
    """Run a model's select, and ask of its rows whether the key holds.

    Args:
        key: what its rows are per; what its text says, if none is given.

    Raises:
        ConfigError: there is no such model.
        EngineError: dbt cannot compile it, or the warehouse cannot run it, with its words.
    """
    host = engine.host(project_dir)
    models = {model.name: model for model in host.models if model.package == host.project_name}
    if name not in models or not models[name].path.endswith(".sql"):
        near = did_you_mean(name, models)
        raise ConfigError(f"'{name}' is no SQL model of this project.{near}")
    problems: list[str] = []
    notes: list[str] = []
    try:
        said = check_model(project_dir, models[name].path, key=key)
        problems, notes = list(said.problems), list(said.notes)
        key = key or said.key
    except DocumentError:
        notes.append("there was no run yet: its text was not read against what is known")
    parents = [each for each in _refs(project_dir, models[name]) if each in models]
    compiled = _compiled(engine, project_dir, host, models, [name, *parents])
    adapter = engine.target.adapter
    queries = [
        _of_key(compiled[name], key, adapter),
        *(_rows(compiled[p], adapter) for p in parents),
    ]
    replies = in_order(
        engine.ask([Request("statement", {"sql": query}) for query in queries]), len(queries)
    )
    rows, *rest = _numbers(name, replies[0])
    counted = [
        Counted(model=parent, rows=_numbers(parent, reply)[0])
        for parent, reply in zip(parents, replies[1:], strict=True)
    ]
    repeated, empty = (rest[0], rest[1]) if rest else (None, None)
    if repeated:
        problems.append(f"({', '.join(key)}) repeats: {repeated:,} rows too many of {rows:,}")
    if empty:
        problems.append(f"({', '.join(key)}) is empty in {empty:,} of {rows:,} rows")
    return Verified(
        model=name, ok=not problems, rows=rows, key=tuple(key), repeated=repeated, empty=empty,
        reads=tuple(counted), problems=tuple(dict.fromkeys(problems)), notes=tuple(notes),
    )  # fmt: skip


class Sums(Frozen):
    """`holds`: both are the same, to a hundredth."""

    question: str
    holds: bool
    in_table: str | None = None
    in_model: str | None = None


def is_conserved(
    engine: Engine, project_dir: Path, table: str, column: str, model: str, model_column: str
) -> Sums:
    """Is the sum of a raw table's column that of a model's?

    Raises:
        ConfigError: there is no such table, column or model.
        EngineError: dbt cannot compile the model, or the warehouse cannot run it.
    """
    relation = known_relation(last_run(project_dir)[0], table, [column])
    host = engine.host(project_dir)
    models = {each.name: each for each in host.models if each.package == host.project_name}
    if model not in models:
        raise ConfigError(
            f"'{model}' is no SQL model of this project.{did_you_mean(model, models)}"
        )
    text = _compiled(engine, project_dir, host, models, [model])[model]
    adapter = engine.target.adapter

    def stored(name: str) -> str:
        return identifiers.write(name, adapter, stored=True)

    place = f"{stored(relation.schema_name)}.{stored(relation.name)}"
    written = identifiers.write(model_column, adapter)
    asked = (
        f"select {_text(f'sum({stored(column)})', adapter)} from {place}",
        f"select {_text(f'sum({written})', adapter)} from (\n{text}\n) as asked",
    )
    replies = in_order(engine.ask([Request("statement", {"sql": sql}) for sql in asked]), 2)
    here, there = (_cell(name, each) for name, each in zip((table, model), replies, strict=True))
    same = abs(Decimal(here or 0) - Decimal(there or 0)) <= Decimal("0.01")
    return Sums(
        question=f"the sum of {table}.{column} is that of {model}.{model_column}",
        holds=same, in_table=here, in_model=there,
    )  # fmt: skip


def _cell(name: str, reply: Reply) -> str | None:
    if reply.error is not None:
        raise EngineError(f"The warehouse cannot sum {name}: {' '.join(reply.error.split())[:300]}")
    return reply.rows[0][0] if reply.rows else None


def _refs(project_dir: Path, model: HostModel) -> list[str]:
    path = project_dir / model.path
    text = path.read_text("utf-8", "replace") if path.suffix == ".sql" and path.is_file() else ""
    return list(dict.fromkeys(name for _, name in REF.findall(text)))


def _compiled(
    engine: Engine,
    project_dir: Path,
    host: Host,
    models: Mapping[str, HostModel],
    names: Sequence[str],
) -> dict[str, str]:
    """The SQL of each, down to the sources: in a copy where all that they read is ephemeral."""
    empty = Design(adapter=host.adapter)  # what the texts name is taken from the project's files
    files = Files(files=tuple(_files(project_dir, host, models, names)))
    with tempfile.TemporaryDirectory(prefix="cartridge-verify-") as around:
        folder = copy_surroundings(project_dir, Path(around).resolve())
        make_copy(project_dir, host, empty, files, folder)
        with engine.released():
            chosen = ("compile", "--select", " ".join(f"{_ASKS}{name}" for name in names))
            build = run_dbt(engine.command, chosen, folder, SECONDS)
        if not build.ran or build.exit_code:
            bad = "; ".join(r.message for r in build.results.values() if r.status == "error")
            raise EngineError(f"dbt cannot compile {names[0]}: {bad or build.error}")
        texts = {path.stem: path for path in (folder / "target" / "compiled").rglob("*.sql")}
        missing = [name for name in names if f"{_ASKS}{name}" not in texts]
        if missing:
            raise EngineError(f"dbt compiled nothing of {', '.join(missing)}.")
        return {
            name: texts[f"{_ASKS}{name}"].read_text("utf-8").strip().rstrip(";") for name in names
        }


def _files(
    project_dir: Path, host: Host, models: Mapping[str, HostModel], names: Sequence[str]
) -> Iterator[File]:
    """The models and all that they read, and beside each that is asked for one that reads it."""
    for name in names:
        text = f"select * from {{{{ ref('{name}') }}}}\n"
        path = f"{host.model_paths[0]}/{_ASKS}{name}.sql"
        yield File(path=path, text=text, kind="sql", describes=(f"{_ASKS}{name}",))
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        model = models.get(name)
        if model is None or name in seen or not model.path.endswith(".sql"):
            continue
        seen.add(name)
        text = (project_dir / model.path).read_text("utf-8", "replace")
        if model.resource != "model":
            continue
        yield File(path=model.path, text=ephemeral(text, name), kind="sql", describes=(name,))
        waiting += _refs(project_dir, model)


# ---------------------------------------------------------------- what is asked


def _text(value: str, adapter: str) -> str:
    """A value of any type as text, which every engine can hand over."""
    return f"cast({value} as {_TEXT.get(adapter, 'varchar')})"


def _rows(query: str, adapter: str) -> str:
    return f"select {_text('count(*)', adapter)} from (\n{query}\n) as asked"


def _of_key(query: str, key: Sequence[str], adapter: str) -> str:
    """Rows, rows beyond the first of their key, rows without one: one reading."""
    if not key:
        return _rows(query, adapter)
    names = [identifiers.write(name, adapter) for name in key]
    empty = " or ".join(f"{name} is null" for name in names)
    repeated = "coalesce(sum(case when complete = 1 then n - 1 else 0 end), 0)"
    lacking = "coalesce(sum(case when complete = 0 then n else 0 end), 0)"
    said = ", ".join(_text(each, adapter) for each in ("sum(n)", repeated, lacking))
    return (
        f"select {said} from (select count(*) as n, "
        f"min(case when {empty} then 0 else 1 end) as complete from (\n{query}\n) as asked "
        f"group by {', '.join(names)}) as keyed"
    )


def _numbers(name: str, reply: Reply) -> list[int]:
    """Raises EngineError: the warehouse could not run it."""
    if reply.error is not None:
        said = re.sub(r"\s+", " ", reply.error)
        raise EngineError(f"The warehouse cannot run {name}: {said[:300]}")
    row = reply.rows[0] if reply.rows else ()
    return [int(float(cell)) if cell is not None else 0 for cell in row]
