"""How the host names and places its models and its YAML, read from what is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, cast

from dbt_cartridge.documents.host import HostModel, Place
from dbt_cartridge.engine.folders import WORDS, Folders, Manifest, posix
from dbt_cartridge.words import safe_name, singular

# Words that dbt projects put before or behind a model's name, or call a folder by.
_AFFIXES = {
    "staging": ("stg", "staging", "base", "src"),
    "intermediate": ("int", "intermediate"),
    "dimension": ("dim", "d"),
    "fact": ("fct", "fact", "f"),
}
_DEFAULTS = {"staging": "stg_", "intermediate": "int_", "dimension": "dim_", "fact": "fct_"}
_BEFORE = re.compile(rf"(?:{'|'.join(word for words in _AFFIXES.values() for word in words)})_")
_TESTS = re.compile(r"^\s*(?:- )?(tests|data_tests):", re.MULTILINE)
_GENERAL = re.compile(
    r"(?<![a-z])(schema|sources?|src|models?|properties|props|config|docs?|tests?)(?![a-z])", re.I
)
_FILES = 300  # of YAML, that are read for the word for tests


def read_layout(
    manifest: Manifest, project_dir: Path, project: str, folders: Folders,
    models: Sequence[HostModel],
) -> dict[str, Any]:  # fmt: skip
    """The fields of the Host that say how the project is laid out.

    Args:
        models: of the project itself.
    """
    nodes = [
        node
        for node in cast("Iterable[dict[str, Any]]", manifest["nodes"].values())
        if node["resource_type"] == "model" and node["package_name"] == project
    ]
    patches = [_file(str(node["patch_path"])) for node in nodes if node.get("patch_path")]
    declared = {
        (str(s["source_name"]), posix(s["original_file_path"]))
        for s in manifest["sources"].values()
        if s.get("package_name", project) == project
    }
    found: dict[str, Any] = {
        "yaml_files": tuple(sorted({*patches, *(path for _, path in declared)})),
        "models_yaml": _models_yaml(nodes),
        "sources_yaml": _habit([(_source_file(*each), each[1]) for each in declared]),
        "places": _places(manifest, nodes, folders),
        "staging_label": _staging_label(models, _affix(models, "staging")),
        "staging_by_source": _is_by_source(models, folders),
    }
    suffixes = Counter(PurePosixPath(path).suffix for path in found["yaml_files"])
    found["yaml_suffix"] = ".yaml" if suffixes[".yaml"] > suffixes[".yml"] else ".yml"
    found["yaml_layout"] = "model" if "{model}" in found["models_yaml"] else "folder"
    found["tests_key"] = _tests_key(project_dir, found["yaml_files"])
    for kind in _AFFIXES:
        found[f"{kind}_prefix"], found[f"{kind}_suffix"] = _affix(models, kind)
    places = [place for model in models if (place := folders.folder(model.path))]
    named = {folder.rpartition("/")[2] for _, folder in places}
    like = str.capitalize if named and all(name.istitle() for name in named) else str
    for layer in WORDS:
        counts = Counter(folder for its, folder in places if its == layer)
        found[f"{layer}_folder"] = _most(counts, like(layer))
    found["domains"] = tuple(sorted(_domains(models, folders)))
    return found


# ---------------------------------------------------------------- names of models


def _affix(models: Sequence[HostModel], kind: str) -> tuple[str, str]:
    """What most models of the kind begin or end with, of which one is empty.

    Where there are none of the kind, its word stands where those of the others do.
    """
    if found := _own_affix(models, kind):
        return found
    others = [affix for each in _AFFIXES if (affix := _own_affix(models, each))]
    word = _DEFAULTS[kind]
    behind = others and all(suffix for _, suffix in others)
    return ("", f"_{word.strip('_')}") if behind else (word, "")


def _own_affix(models: Sequence[HostModel], kind: str) -> tuple[str, str] | None:
    before = re.compile(rf"(?:{'|'.join(_AFFIXES[kind])})_+")
    # A letter at the end of a name says nothing, nor does a word behind another kind's.
    words = "|".join(word for word in _AFFIXES[kind] if len(word) > 1)
    behind = re.compile(rf".*?(_+(?:{words}))\Z")
    counts: Counter[tuple[str, str]] = Counter()
    for model in models:
        if match := before.match(model.name):
            counts[match.group(), ""] += 1
        elif not _BEFORE.match(model.name) and (match := behind.match(model.name)):
            counts["", match.group(1)] += 1
    if not counts:
        return None
    # Where there are as many of one as of the other, staging stands on base models.
    words = _AFFIXES[kind]
    return min(
        counts, key=lambda each: (-counts[each], each[1], words.index("".join(each).strip("_")))
    )


def _staging_label(models: Sequence[HostModel], affix: tuple[str, str]) -> str:
    """What stands between: the table with its source before it, or without."""
    counts: Counter[str] = Counter()
    for model, place in _staging(models):
        if not model.name.startswith(affix[0]):
            continue
        label = model.name.removeprefix(affix[0]).removesuffix(affix[1])
        source, table = (safe_name(name) for name in place)
        for pattern in ("{source}__{table}", "{source}_{table}", "{table}"):
            if _alike(label, pattern.format(source=source, table=table)):
                counts[pattern] += 1
                break
    return _most(counts, "{source}__{table}")


def _staging(models: Sequence[HostModel]) -> Iterator[tuple[HostModel, tuple[str, str]]]:
    """What stands on one source table, itself or through one base model."""
    direct = {model.name: model.source for model in models}
    for model in models:
        below = direct.get(model.reads[0]) if len(model.reads) == 1 else None
        if place := model.source or below:
            yield model, place


def _alike(one: str, other: str) -> bool:
    """The same but for the plural of the last word."""
    return singular(one) == singular(other) or one == other


# ---------------------------------------------------------------- folders


def _domains(models: Sequence[HostModel], folders: Folders) -> set[str]:
    """The folders above those of the layers; "" where most models lie in none of them."""
    counts: Counter[str] = Counter()
    for model in models:
        if place := folders.folder(model.path):
            counts[place[1].rpartition("/")[0]] += 1
    within = sum(
        any(f"{folder}/".startswith(f"{domain}/") for domain in counts)
        for model in models
        for folder in [folders.below(model.path).parent.as_posix()]
    )
    return {*counts, *([""] if counts and 2 * within < len(models) else [])}


def _places(
    manifest: Manifest, nodes: Iterable[dict[str, Any]], folders: Folders
) -> dict[str, Place]:
    """Source → where most of what stands on it lies, by layer.

    In a staging folder is what selects from the source itself; elsewhere, what does so at all.
    """
    counts: dict[str, dict[str, Counter[str]]] = {}
    domains: dict[str, Counter[str]] = {}
    above = _Sources(manifest)
    for node in nodes:
        path = posix(node["original_file_path"])
        if (found := folders.folder(path)) is None:
            continue
        layer, folder = found
        direct = set(above.direct(node))
        for source in direct if layer == "staging" else above.of(node["unique_id"]):
            below = folders.below(path).parent.as_posix()
            counts.setdefault(source, {}).setdefault(layer, Counter())[below] += 1
            if source in direct or layer != "staging":
                domains.setdefault(source, Counter())[folder.rpartition("/")[0]] += 1
    return {
        source: Place(
            domain=_most(domains[source], ""),
            folders={layer: _most(each, "") for layer, each in by_layer.items()},
        )
        for source, by_layer in sorted(counts.items())
    }


class _Sources:
    """The sources that a model stands on, through whatever models."""

    def __init__(self, manifest: Manifest) -> None:
        self._nodes = cast("Mapping[str, Any]", manifest["nodes"])
        self._sources = cast("Mapping[str, Any]", manifest["sources"])
        self._known: dict[str, frozenset[str]] = {}

    def direct(self, node: Mapping[str, Any]) -> Iterator[str]:
        for parent in self._parents(node):
            if parent in self._sources:
                yield str(self._sources[parent]["source_name"])

    def of(self, unique_id: str) -> frozenset[str]:
        waiting = [unique_id]
        while waiting:
            current = waiting[-1]
            node = self._nodes.get(current, {})
            parents = [p for p in self._parents(node) if p in self._nodes]
            if unknown := [p for p in parents if p not in self._known and p not in waiting]:
                waiting += unknown
                continue
            found = {source for p in parents for source in self._known.get(p, ())}
            self._known[current] = frozenset({*found, *self.direct(node)})
            waiting.pop()
        return self._known[unique_id]

    def _parents(self, node: Mapping[str, Any]) -> list[str]:
        below = cast("dict[str, Any]", node.get("depends_on") or {})
        return cast("list[str]", below.get("nodes") or [])


def _is_by_source(models: Sequence[HostModel], folders: Folders) -> bool:
    """Whether staging has a folder for each source; so it has where there is none yet."""
    flat: Counter[bool] = Counter()
    for model, _ in _staging(models):
        found = folders.folder(model.path)
        if found and found[0] == "staging":
            flat[folders.below(model.path).parent.as_posix() == found[1]] += 1
    return flat[True] <= flat[False]


# ---------------------------------------------------------------- YAML


def _models_yaml(nodes: Iterable[Mapping[str, Any]]) -> str:
    """What most described models' files are called: `schema.yml`, `_{folder}__models.yml`."""
    found: list[tuple[str, str]] = []
    for node in nodes:
        if not node.get("patch_path"):
            continue
        path = PurePosixPath(_file(str(node["patch_path"])))
        own = _with_word(path.name, str(node["name"]), "{model}")
        # `_sales.yml` beside the folder `sales` is called after it too.
        above = PurePosixPath(posix(node["original_file_path"])).parts[-2::-1]
        for folder in (path.parent.name, *above):
            own = own if own != path.name else _with_word(path.name, folder, "{folder}")
        found.append((own, path.as_posix()))
    return _habit(found)


def _habit(found: Sequence[tuple[str, str]]) -> str:
    """The commonest pattern of (pattern, file). A name of its own that only one file has, `hr.yml`,
    is none, but where it says what YAML is for: `sources.yml`."""
    counts = Counter(pattern for pattern, _ in found)
    for pattern in list(counts):
        files = {path for its, path in found if its == pattern}
        if "{" not in pattern and len(files) == 1 and not _GENERAL.search(pattern):
            del counts[pattern]
    return _most(counts, "")


def _source_file(source: str, path: str) -> str:
    """What a source's file is called: after the source, else after its folder, else alike."""
    place = PurePosixPath(path)
    own = _with_word(place.name, source, "{source}")
    return own if own != place.name else _with_word(place.name, place.parent.name, "{folder}")


def _with_word(name: str, word: str, mark: str) -> str:
    """`name` with `mark` for a whole word of it."""
    return (
        re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", mark, name) if word else name
    )


def _tests_key(project_dir: Path, paths: Sequence[str]) -> str:
    counts: Counter[str] = Counter()
    for path in paths[:_FILES]:
        try:
            counts.update(_TESTS.findall((project_dir / path).read_text("utf-8")))
        except (OSError, ValueError):
            continue
    return _most(counts, "")


def _file(patch_path: str) -> str:
    return posix(patch_path.rpartition("://")[2])


def _most(counts: Counter[str], default: str) -> str:
    return min(counts, key=lambda name: (-counts[name], name)) if counts else default
