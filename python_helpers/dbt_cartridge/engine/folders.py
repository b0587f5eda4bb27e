"""Which folders of the host hold which layer: by their names, else by what their models do.

Half of all projects call their folders otherwise: `raw`, `L1_inlets`, `sources`. Where no folder
bears a layer's name, staging is where models read one source table each, and other models read
them; marts are where models read no source, and no other folder reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, cast

Manifest = Mapping[str, Any]
WORDS = {
    "staging": ("staging", "stage", "stg"),
    "intermediate": ("intermediate", "int"),
    "marts": ("marts", "mart", "core", "warehouse", "dwh"),
}
_LEAST = 2  # models that show a habit


@dataclass(frozen=True)
class _Deeds:
    """What one model of the project does."""

    folders: tuple[str, ...]  # those that it lies in, the outermost first
    stages: bool  # reads one source table, and nothing else
    reads_source: bool
    parents: frozenset[str]


@dataclass(frozen=True)
class Folders:
    model_paths: tuple[str, ...]
    by_deed: Mapping[str, str] = field(default_factory=dict[str, str])  # folder → layer

    @classmethod
    def of(cls, manifest: Manifest, project: str, model_paths: Sequence[str]) -> Folders:
        named = cls(tuple(model_paths))
        nodes = {
            str(id): node
            for id, node in cast("Mapping[str, Any]", manifest["nodes"]).items()
            if node["resource_type"] == "model" and node["package_name"] == project
        }
        paths = {id: posix(node["original_file_path"]) for id, node in nodes.items()}
        layers = {named.layer(path) for path in paths.values()}
        unnamed = {
            id: _deeds(node, manifest, list(named.above(paths[id])))
            for id, node in nodes.items()
            if not named.layer(paths[id])
        }
        readers = _readers(nodes)
        found: dict[str, str] = {}
        for layer, fits in (("staging", _mostly_stages), ("marts", _all_are_marts)):
            if layer not in layers:
                found |= dict.fromkeys(_chosen(unnamed, readers, fits), layer)
        return cls(named.model_paths, found)

    def layer(self, path: str) -> str:
        """The layer whose folder the model lies in; "" if none does."""
        found = self.folder(path)
        return found[0] if found else ""

    def folder(self, path: str) -> tuple[str, str] | None:
        """(layer, the folder below the model path that is the layer's)."""
        for folder in self.above(path):
            name = folder.rpartition("/")[2].lower()
            for layer, words in WORDS.items():
                if name in words:
                    return layer, folder
            if folder in self.by_deed:
                return self.by_deed[folder], folder
        return None

    def above(self, path: str) -> Iterator[str]:
        """The folders below the model path that the file lies in, the outermost first."""
        parts = self.below(path).parts[:-1]
        for depth in range(1, len(parts) + 1):
            yield "/".join(parts[:depth])

    def below(self, path: str) -> PurePosixPath:
        for root in self.model_paths:
            if path.startswith(root + "/"):
                return PurePosixPath(path[len(root) + 1 :])
        return PurePosixPath(path)


def posix(path: Any) -> str:
    return str(path).replace("\\", "/")


# ---------------------------------------------------------------- by deed

_Models = Mapping[str, _Deeds]
_Readers = Mapping[str, set[str]]
_Fits = Callable[[_Models, list[_Models], _Readers], bool]


def _deeds(node: Mapping[str, Any], manifest: Manifest, folders: list[str]) -> _Deeds:
    below = cast("dict[str, Any]", node.get("depends_on") or {})
    parents = frozenset(str(parent) for parent in below.get("nodes") or ())
    sources = parents & set(cast("Mapping[str, Any]", manifest["sources"]))
    return _Deeds(tuple(folders), len(parents) == len(sources) == 1, bool(sources), parents)


def _readers(nodes: Mapping[str, Any]) -> _Readers:
    """Model → the project's models that read it."""
    found: dict[str, set[str]] = {}
    for id, node in nodes.items():
        below = cast("dict[str, Any]", node.get("depends_on") or {})
        for parent in below.get("nodes") or ():
            found.setdefault(str(parent), set()).add(id)
    return found


def _chosen(models: _Models, readers: _Readers, fits: _Fits) -> list[str]:
    """The outermost folders that fit; of those that lie at one depth, the nearest to the model
    path, the ones by the name under which most models lie: `nba/raw` and `nfl/raw`."""
    inside: dict[str, dict[str, _Deeds]] = {}
    direct: dict[str, dict[str, _Deeds]] = {}
    for id, each in models.items():
        for folder in each.folders:
            inside.setdefault(folder, {})[id] = each
        if each.folders:
            direct.setdefault(each.folders[-1], {})[id] = each
    good = {
        folder
        for folder, its in inside.items()
        if len(its) >= _LEAST and fits(its, _of_folder(folder, direct), readers)
    }
    outermost = [f for f in good if not any(f.startswith(f"{other}/") for other in good)]
    nearest = min((folder.count("/") for folder in outermost), default=0)
    counts: Counter[str] = Counter()
    for folder in outermost:
        if folder.count("/") == nearest:
            counts[_last(folder)] += len(inside[folder])
    most = min(counts, key=lambda name: (-counts[name], name), default="")
    return [f for f in outermost if f.count("/") == nearest and _last(f) == most]


def _of_folder(folder: str, direct: Mapping[str, _Models]) -> list[_Models]:
    return [its for other, its in direct.items() if f"{other}/".startswith(f"{folder}/")]


def _mostly_stages(within: _Models, parts: list[_Models], readers: _Readers) -> bool:
    """Some of its folders may hold other things, as a helper or a copy of a seed."""
    staging = [id for id, each in within.items() if each.stages]
    if not any(readers.get(id, set()) - within.keys() for id in staging):
        return False
    good = [its for its in parts if 2 * sum(each.stages for each in its.values()) > len(its)]
    return 3 * len(good) >= 2 * len(parts) and 3 * len(staging) >= 2 * len(within)


def _all_are_marts(within: _Models, _: list[_Models], readers: _Readers) -> bool:
    if any(each.reads_source or not each.parents for each in within.values()):
        return False
    return not any(readers.get(id, set()) - within.keys() for id in within)


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]
