"""Where each file goes: from validated names only, below the host's own paths."""

from __future__ import annotations

import re
from collections.abc import Collection

from dbt_cartridge.documents.design import Layer, Model
from dbt_cartridge.documents.host import Host, YamlLayout
from dbt_cartridge.errors import RenderError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_OURS = "_{folder}__models"
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


def folder(layer: Layer, source: str, below: str, host: Host) -> str:
    """Where models of the layer go that stand on the source.

    Args:
        below: a folder of their own, if there they do not lie with others of the source anyway.
    """
    place, is_own = host.place(layer, _file_part(source) if source not in host.places else source)
    flat = is_own or (layer == "staging" and not host.staging_by_source)
    found = _below(_first(host.model_paths, "model-paths"), place)
    own = below or _file_part(source)
    return _below(found, own if (below and not flat) or _is_taken(found, host) else "")


def _is_taken(place: str, host: Host) -> bool:
    """Whether the user's own YAML bears the name there that ours would have."""
    ours = _yaml_name(host.models_yaml or _OURS + host.yaml_suffix, place, "")
    return "{model}" not in ours and f"{place}/{ours}" in host.yaml_files


def model(each: Model, host: Host) -> str:
    """Where it was put before, whatever folder would be its now."""
    return host.homes.get(each.name) or (
        f"{folder(each.layer, each.source, each.folder, host)}/{name(each.name)}.sql"
    )


def model_yaml(
    each: Model, host: Host, layout: YamlLayout | None, staying: Collection[str] = ()
) -> str:
    """Where it is described; `layout` None: as the host does, and what is described stays there.

    Args:
        staying: generated YAML out of which nothing moves.
    """
    if (home := host.yaml_homes.get(each.name)) in staying and home is not None:
        return home
    where = model(each, host).rpartition("/")[0]
    pattern = host.models_yaml
    if layout is None and (home := host.described_in(each.name, where)):
        return home
    if (layout or host.yaml_layout) == "model":
        own = pattern if "{model}" in pattern else "{model}" + host.yaml_suffix
        return f"{where}/{_named(own, model=name(each.name))}"
    ours = _OURS + host.yaml_suffix
    if layout is None and pattern not in ("", ours) and "{model}" not in pattern:
        return f"{where}/{_yaml_name(pattern, where, '')}"
    what = where.rsplit("/", 1)[-1]
    prefix = "int_" if each.layer == "intermediate" and each.folder else ""
    return f"{where}/_{prefix}{what}__models{host.yaml_suffix}"


def source_yaml(source: str, below: str, host: Host, alone: bool = False) -> str:
    """`alone`: in a file that describes nothing else."""
    if home := host.yaml_homes.get(f"source:{source}"):
        return home
    where = folder("staging", source, below, host)
    own = f"{where}/{_yaml_name(host.sources_yaml, where, source)}"
    ours = f"{where}/_{_file_part(source)}__sources{host.yaml_suffix}"
    return own if host.sources_yaml and own not in host.yaml_files and not alone else ours


def _yaml_name(pattern: str, where: str, source: str) -> str:
    return _named(pattern, folder=where.rsplit("/", 1)[-1], source=_file_part(source))


def _named(pattern: str, **words: str) -> str:
    for word, value in words.items():
        pattern = pattern.replace("{" + word + "}", value)
    return pattern


def docs(prefix: str, below: str, host: Host) -> str:
    return f"{folder('staging', prefix, below, host)}/_{_file_part(prefix)}__docs.md"


def snapshot(each: str, host: Host, extension: str) -> str:
    return f"{_below(_first(host.snapshot_paths, 'snapshot-paths'), '')}/{name(each)}.{extension}"


def generic_test(each: str, host: Host) -> str:
    if host.test_paths:
        return f"{_below(host.test_paths[0], 'generic')}/{name(each)}.sql"
    return f"{_below(_first(host.macro_paths, 'macro-paths'), '')}/{name(each)}.sql"


def _file_part(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "_", value).strip("_").lower() or "source"


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
