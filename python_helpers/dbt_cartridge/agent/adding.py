"""`add`: columns, rules and models of an agent's or a person's, into the host's decisions.

They are what a provider answers with, pass the same checks, and stand in `cartridge.yml` from then
on: each run lays them on what the rules design, and proves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from dbt_cartridge import adapters
from dbt_cartridge.agent.checking import last_design
from dbt_cartridge.documents.base import Frozen, documents_folder
from dbt_cartridge.documents.decisions import FILE, Decisions
from dbt_cartridge.documents.design import Design, Offline
from dbt_cartridge.llm.designing import weighed_raw
from dbt_cartridge.llm.sifting import Refused
from dbt_cartridge.write.decisions import add_models, parsed_file, read_decisions


class Unfit(Frozen):
    """`part`: `columns margin`, `marts monthly_revenue`; empty: all that was said of the model."""

    part: str
    faults: tuple[str, ...]


class OfModel(Frozen):
    model: str
    taken: tuple[str, ...] = ()
    refused: tuple[Unfit, ...] = ()


class Added(Frozen):
    """`written`: into `file`; nothing is where `only_check` was asked for, or nothing fits."""

    file: str = FILE
    ok: bool
    written: bool
    models: tuple[OfModel, ...] = ()


def read_additions(path: Path) -> Mapping[str, Any]:
    """The `models:` of a YAML or JSON file, or the file itself, by model.

    Raises:
        ConfigError: it cannot be read.
    """
    data = parsed_file(path)
    inner: Any = data.get("models", data)
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def add(project_dir: Path, models: Mapping[str, Any], *, only_check: bool = False) -> Added:
    """Weigh additions, model by model and part by part, and keep those that fit.

    Raises:
        DocumentError: there was no run.
        ConfigError: the decisions as they are cannot be read.
        WriteError: they cannot be written.
    """
    design: Design = Offline.last(documents_folder(project_dir)) or last_design(project_dir)
    dialect = adapters.dialect(design.adapter)
    before = read_decisions(project_dir)
    found: list[OfModel] = []
    kept: dict[str, Any] = {}
    for name, value in models.items():
        said = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        standing = _standing(before, name)
        fit = weighed_raw(design, name, _over(standing, said), dialect)
        refused = [*fit.refused, *_shapeless(value)]
        found.append(_told(name, said, refused))
        if fit.answer is not None:
            kept[name] = fit.answer.model_dump(mode="json", exclude_defaults=True)
    kept = {name: each for name, each in kept.items() if each}
    changed = any(each != _standing(before, name) for name, each in kept.items())
    if changed and not only_check:
        add_models(project_dir, kept)
    return Added(
        ok=not any(each.refused for each in found),
        written=changed and not only_check,
        models=tuple(found),
    )


def _over(standing: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What stands, with what is said now in the place of what has the same name, or behind it."""
    found = dict(standing)
    for field, value in said.items():
        before: Any = standing.get(field)
        if isinstance(before, list) and isinstance(value, list):
            new = cast("list[Any]", value)
            names = {_called(each, -n): each for n, each in enumerate(new, 1)}
            old = {_called(each, n): each for n, each in enumerate(cast("list[Any]", before), 1)}
            found[field] = [*(old | names).values()]
        else:
            found[field] = value
    return found


def _standing(decisions: Decisions, name: str) -> dict[str, Any]:
    its = decisions.models.get(name)
    return its.model_dump(mode="json", exclude_defaults=True) if its else {}


def _shapeless(value: Any) -> list[Refused]:
    return [] if isinstance(value, dict) else [Refused("", "", ("it is no map of parts",))]


def _told(name: str, said: Mapping[str, Any], refused: list[Refused]) -> OfModel:
    lost = {each.part for each in refused}
    parts: list[str] = []
    for field, value in said.items():
        if isinstance(value, list):
            parts += [f"{field} {_called(each, n)}" for n, each in enumerate(value, 1)]  # pyright: ignore
        elif value:
            parts.append(field)
    taken = () if "" in lost else tuple(part for part in parts if part not in lost)
    return OfModel(
        model=name,
        taken=taken,
        refused=tuple(Unfit(part=each.part, faults=each.faults) for each in refused),
    )


def _called(part: Any, number: int) -> str:
    if isinstance(part, dict):
        for field in ("name", "column", "text"):
            own: Any = part.get(field)  # pyright: ignore
            if isinstance(own, str):
                return own[:60]
    return str(part) if isinstance(part, str) else str(number)
