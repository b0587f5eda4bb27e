"""Where each file goes: from validated names only, below the host's own paths."""

from __future__ import annotations

import re

from dbt_cartridge.documents.design import Layer, Model
from dbt_cartridge.documents.host import Host
from dbt_cartridge.errors import RenderError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*\Z")


def name(value: str) -> str:
    """`value`, if it is fit to be a file's and a dbt resource's name.

    Raises:
        RenderError: it is not.
    """
    if not _NAME.match(value) or len(value) > 200:
        raise RenderError(
            f"{value!r} cannot be the name of a model: use letters, digits and underscores."
        )
    return value


def layer_folder(layer: Layer, host: Host) -> str:
    below = {
        "staging": host.staging_folder,
        "intermediate": host.intermediate_folder,
        "marts": host.marts_folder,
    }
    return _below(_first(host.model_paths, "model-paths"), below[layer])


def folder(layer: Layer, below: str, host: Host) -> str:
    return _below(layer_folder(layer, host), below)


def model(each: Model, host: Host) -> str:
    """Where it was put before, whatever folder would be its now."""
    return host.homes.get(each.name) or (
        f"{folder(each.layer, each.folder, host)}/{name(each.name)}.sql"
    )


def model_yaml(each: Model, host: Host, *, per_model: bool) -> str:
    where = model(each, host).rpartition("/")[0]
    if per_model:
        return f"{where}/{name(each.name)}.yml"
    what = where.rsplit("/", 1)[-1]
    prefix = "int_" if each.layer == "intermediate" and each.folder else ""
    return f"{where}/_{prefix}{what}__models.yml"


def source_yaml(source: str, below: str, host: Host) -> str:
    return f"{folder('staging', below, host)}/_{_file_part(source)}__sources.yml"


def docs(prefix: str, below: str, host: Host) -> str:
    return f"{folder('staging', below, host)}/_{_file_part(prefix)}__docs.md"


def snapshot(each: str, host: Host, extension: str) -> str:
    return f"{_below(_first(host.snapshot_paths, 'snapshot-paths'), '')}/{name(each)}.{extension}"


def generic_test(each: str, host: Host) -> str:
    if host.test_paths:
        return f"{_below(host.test_paths[0], 'generic')}/{name(each)}.sql"
    return f"{_below(_first(host.macro_paths, 'macro-paths'), '')}/{name(each)}.sql"


def _file_part(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "_", value).strip("_") or "source"


def _first(folders: tuple[str, ...], option: str) -> str:
    if not folders:
        raise RenderError(f"dbt_project.yml has an empty `{option}`: name a folder there.")
    return folders[0]


def _below(base: str, folders: str) -> str:
    segments = [part for part in f"{base}/{folders}".split("/") if part not in ("", ".")]
    for segment in segments:
        if not _SEGMENT.match(segment) or segment.strip(". ") != segment:
            raise RenderError(
                f"{base}/{folders} cannot be a folder for models: {segment!r} is not a plain name."
            )
    return "/".join(segments)
