"""Reads the host project: what dbt's manifest and dbt_project.yml say, and the habits in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dbt_cartridge.documents.host import Host, HostModel, HostSource
from dbt_cartridge.engine.base import Target
from dbt_cartridge.engine.folders import Folders
from dbt_cartridge.engine.layout import read_layout
from dbt_cartridge.engine.style import read_style
from dbt_cartridge.engine.templates import read_templates
from dbt_cartridge.errors import HostError

Manifest = Mapping[str, Any]
_OWN_PACKAGE = "cartridge"
_UNIQUE = ("unique", "primary_key")


def read_manifest(target_path: Path) -> Manifest:
    """The manifest that dbt left.

    Raises:
        HostError: there is none, or it is damaged.
    """
    path = target_path / "manifest.json"
    try:
        return cast("Manifest", json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise HostError(
            f"Cannot read {path} ({error}). dbt writes it when it parses the project: leave out "
            "--no-write-json, and run `dbt parse` to see whether the project is whole."
        ) from error


def read_project(project_dir: Path) -> Mapping[str, Any]:
    """dbt_project.yml as it stands, its Jinja not rendered.

    Raises:
        HostError: the file is missing or is no YAML.
    """
    path = project_dir / "dbt_project.yml"
    try:
        yaml: Any = YAML(typ="safe", pure=True)
        loaded = yaml.load(path.read_text("utf-8"))
    except OSError as error:
        raise HostError(
            f"{project_dir} is no dbt project: {path.name} cannot be read "
            f"({error.strerror or error}). Go to the project's root or name it with --project-dir."
        ) from error
    except (YAMLError, ValueError) as error:
        raise HostError(f"{path} is no valid YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise HostError(f"{path} is empty. A dbt project needs at least a `name` there.")
    return cast("Mapping[str, Any]", loaded)


def project_vars(project_dir: Path) -> Mapping[str, Any]:
    """`vars: cartridge:` of the host.

    Raises:
        HostError: dbt_project.yml cannot be read.
    """
    variables = read_project(project_dir).get("vars")
    own = cast("Mapping[str, Any]", variables).get(_OWN_PACKAGE) if variables else None
    return cast("Mapping[str, Any]", own) if isinstance(own, dict) else {}


def read_host(project_dir: Path, manifest: Manifest, target: Target) -> Host:
    """The Host. Conventions follow the majority of the host's own models."""
    project = read_project(project_dir)
    name = str(manifest["metadata"].get("project_name") or project.get("name"))
    model_paths = _paths(project, "model-paths", "models")
    folders = Folders.of(manifest, name, model_paths)
    models = tuple(_models(manifest, folders))
    own = [model for model in models if model.package == name and model.resource == "model"]
    return Host(
        project_name=name,
        adapter=target.adapter,
        dbt_version=target.dbt_version,
        target_schema=target.schema,
        target_database=target.database,
        threads=target.threads,
        model_paths=model_paths,
        macro_paths=_paths(project, "macro-paths", "macros"),
        test_paths=_paths(project, "test-paths", "tests"),
        snapshot_paths=_paths(project, "snapshot-paths", "snapshots"),
        retired=tuple(sorted(_retired(manifest, name))),
        groups=_groups(manifest, name),
        folders=_part(project, "models"),
        packages=tuple(sorted(_packages(manifest) - {name, _OWN_PACKAGE})),
        models=models,
        sources=tuple(_sources(manifest, project_dir, name)),
        **read_layout(manifest, project_dir, name, folders, own),
        templates=read_templates(project_dir),
        style=read_style(project_dir, model_paths, _own_sql(manifest, name)),
    )


def built_relations(manifest: Manifest) -> frozenset[tuple[str, str]]:
    """Schema and name, in lower case, of the models and snapshots. Seeds count as raw tables."""
    return frozenset(
        (str(node.get("schema")).lower(), str(node.get("alias") or node["name"]).lower())
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "snapshot")
    )


def _models(manifest: Manifest, folders: Folders) -> Iterable[HostModel]:
    keys = unique_keys(manifest)
    nodes = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot") and _is_latest(node)
    ]
    for node in sorted(nodes, key=lambda node: str(node["unique_id"])):
        below = cast("list[str]", _part(node, "depends_on").get("nodes") or [])
        its_keys = keys.get(str(node["unique_id"]), ())
        told = (its_keys or len(below) == 1) and node.get("language", "sql") == "sql"
        path = _posix(node["original_file_path"])
        yield HostModel(
            name=node["name"],
            path=path,
            package=node["package_name"],
            resource=node["resource_type"],
            description=str(node.get("description") or "")[:1000],
            layer=folders.layer(path),
            reads=tuple(_called(parent, manifest) for parent in below),
            keys=its_keys,
            source=_only_source(node, below, manifest),
            sql=str(node.get("raw_code") or "") if told else "",
        )


def _is_latest(node: Mapping[str, Any]) -> bool:
    """Of a model with versions, what `ref` of its name means."""
    return str(node.get("version")) in ("None", str(node.get("latest_version")))


def _own_sql(manifest: Manifest, project: str) -> Iterable[str]:
    """The text of the project's own models."""
    for node in manifest["nodes"].values():
        own = node["resource_type"] == "model" and node["package_name"] == project
        if own and node.get("language", "sql") == "sql":
            yield str(node.get("raw_code") or "")


def _groups(manifest: Manifest, project: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for group in _part(manifest, "groups").values():
        if group.get("package_name", project) == project:
            owner = _part(group, "owner")
            found[str(group["name"])] = {k: v for k, v in owner.items() if v is not None}
    return found


def _part(whole: Mapping[str, Any], key: str) -> dict[str, Any]:
    return cast("dict[str, Any]", whole.get(key) or {})


def _retired(manifest: Manifest, project: str) -> set[str]:
    """dbt wants one entry of YAML for a name, though the model that it is about is off."""
    listed = cast("list[list[dict[str, Any]]]", list(_part(manifest, "disabled").values()))
    return {
        str(node["name"])
        for nodes in listed
        for node in nodes
        if node["resource_type"] == "model" and node["package_name"] == project
        if node.get("patch_path")
    }


def _only_source(
    node: Mapping[str, Any], below: Sequence[str], manifest: Manifest
) -> tuple[str, str] | None:
    source = manifest["sources"].get(below[0]) if len(below) == 1 else None
    if source is None or node.get("language", "sql") != "sql":
        return None
    return source["source_name"], source["name"]


def _called(unique_id: str, manifest: Manifest) -> str:
    if source := manifest["sources"].get(unique_id):
        return f"{source['source_name']}.{source['name']}"
    return str(manifest["nodes"].get(unique_id, {}).get("name", unique_id))


def unique_keys(manifest: Manifest) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Unique id of a model → its keys, by its tests and its constraints."""
    found: dict[str, dict[tuple[str, ...], None]] = {}
    for id, node in manifest["nodes"].items():
        if node["resource_type"] == "test":
            owner, key = _unique_test(node)
            if owner and key:
                found.setdefault(owner, {})[key] = None
            continue
        for column in _part(node, "columns").values():
            if _is_keyed(column):
                found.setdefault(id, {})[(str(column["name"]),)] = None
        for constraint in cast("list[dict[str, Any]]", node.get("constraints") or []):
            if constraint.get("type") in _UNIQUE and constraint.get("columns"):
                found.setdefault(id, {})[tuple(constraint["columns"])] = None
    return {id: tuple(keys) for id, keys in found.items()}


def _is_keyed(column: Mapping[str, Any]) -> bool:
    constraints = cast("list[dict[str, Any]]", column.get("constraints") or [])
    return any(constraint.get("type") in _UNIQUE for constraint in constraints)


def _unique_test(node: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """(the model, its columns) of a test that says that they are unique."""
    generic = _part(node, "test_metadata")
    arguments = _part(generic, "kwargs")
    below = cast("list[str]", _part(node, "depends_on").get("nodes") or [])
    owner = str(node.get("attached_node") or (below[0] if len(below) == 1 else ""))
    if _part(node, "config").get("where"):
        return owner, ()
    if generic.get("name") == "unique":
        column = arguments.get("column_name") or node.get("column_name")
        return owner, (str(column).strip('"`'),) if column else ()
    if generic.get("name") == "unique_combination_of_columns":
        listed = arguments.get("combination_of_columns")
        return owner, tuple(map(str, cast("list[Any]", listed))) if listed else ()
    return owner, ()


def _sources(manifest: Manifest, project_dir: Path, project: str) -> Iterable[HostSource]:
    grouped: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for node in manifest["sources"].values():
        place = (node["source_name"], node["schema"], _posix(node["original_file_path"]))
        grouped.setdefault(place, []).append(node)
    for (name, schema, path), nodes in sorted(grouped.items()):
        ours = nodes[0].get("package_name", project) == project
        yield HostSource(
            name=name,
            schema_name=schema,
            path=path,
            database=nodes[0].get("database"),
            tables=tuple(sorted(node["name"] for node in nodes)),
            identifiers={
                node["name"]: node["identifier"]
                for node in nodes
                if node.get("identifier", node["name"]) != node["name"]
            },
            properties=_properties(project_dir / path, name) if ours else {},
            is_packages=not ours,
        )


def _properties(path: Path, name: str) -> dict[str, Any]:
    """What the file says of the source, but for its tables; its Jinja not rendered."""
    try:
        yaml: Any = YAML(typ="safe", pure=True)
        loaded = cast("dict[str, Any]", yaml.load(path.read_text("utf-8")) or {})
        listed = cast("list[dict[str, Any]]", loaded.get("sources") or [])
    except (OSError, ValueError, YAMLError, AttributeError):
        return {}  # what dbt has read all the same is used, and not said again
    for source in listed:
        if source.get("name") == name:
            return {str(k): v for k, v in source.items() if k not in ("name", "tables")}
    return {}


def _packages(manifest: Manifest) -> set[str]:
    """Every package that brought a macro, dbt's own left out."""
    found = {str(macro["package_name"]) for macro in manifest["macros"].values()}
    adapters = {f"dbt_{manifest['metadata'].get('adapter_type')}"}
    return {name for name in found if name != "dbt" and name not in adapters}


def _paths(project: Mapping[str, Any], key: str, default: str) -> tuple[str, ...]:
    found = project.get(key) or [default]
    listed = cast("list[str]", found if isinstance(found, list) else [found])
    return tuple(_posix(path).rstrip("/") for path in listed)


def _posix(path: str) -> str:
    return str(path).replace("\\", "/")
