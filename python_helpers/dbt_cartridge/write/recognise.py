"""Which of the host's models and sources cartridge wrote on an earlier run, and of what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from dbt_cartridge.documents.host import Host, HostModel, HostSource
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.errors import WriteError
from dbt_cartridge.write.code import host_code, refs
from dbt_cartridge.write.journal import read
from dbt_cartridge.write.ledger import Entry, Ledger, digest
from dbt_cartridge.write.moves import Strays
from dbt_cartridge.write.text import Text


def recognise(host: Host, project_dir: Path, *, extend: bool = False) -> Host:
    """The host with `generated` set where the ledger says so, wherever the user moved the file.

    What is generated is designed anew on each run, under the name that it has; what is not is the
    user's own, and is used.

    Args:
        extend: bring the texts in which the user's own sources are declared.
    """
    entries = Ledger.load(project_dir, bases=False).entries
    places = {entry.at or path for path, entry in entries.items()}
    # A file that is gone from its place was moved, if dbt still knows a model of its name.
    missing = {PurePosixPath(place).name for place in places if not (project_dir / place).exists()}
    followed = {*places, *_moved_yaml(entries, project_dir)}
    made = {e.describes[0]: p for p, e in entries.items() if e.kind == "sql" and e.describes}

    def ours(one: HostModel | HostSource) -> bool:
        return one.path in followed or PurePosixPath(one.path).name in missing

    def recognised(model: HostModel) -> HostModel:
        if model.package != host.project_name or not ours(model):
            return model.model_copy(update={"generated": False})
        path = made.get(model.name, "")
        return _with_entry(model, path, entries[path]) if path else _generated(model)

    def _with_entry(model: HostModel, path: str, entry: Entry) -> HostModel:
        stays = any(path.startswith(f"{root}/") for root in host.model_paths)
        home = path if model.resource == "model" and stays else ""
        known = {"home": home, "relations": entry.relations, "bounds": entry.bounds}
        return _generated(model).model_copy(update=known)

    sources = tuple(s.model_copy(update={"generated": ours(s)}) for s in host.sources)
    return host.model_copy(
        update={
            "models": tuple(recognised(model) for model in host.models),
            "retired": tuple(name for name in host.retired if name not in made),
            "kept_names": {
                PurePosixPath(path).stem: entry.relations
                for path, entry in sorted(entries.items())
                if entry.kind == "sql" and entry.relations
            },
            "kept_layers": {
                PurePosixPath(path).stem: entry.layer
                for path, entry in sorted(entries.items())
                if entry.kind == "sql" and entry.layer
            },
            "kept_entities": {
                PurePosixPath(path).stem: entry.entity
                for path, entry in sorted(entries.items())
                if entry.kind == "sql" and entry.entity
            },
            "yaml_files": tuple(path for path in host.yaml_files if path not in followed),
            "yaml_homes": dict(_yaml_homes(entries)),
            "yaml_edited": tuple(_edited(entries, project_dir)),
            "sources": sources,
            "source_texts": dict(_source_texts(sources, project_dir)) if extend else {},
        }
    )


def _source_texts(sources: Iterable[HostSource], project_dir: Path) -> Iterator[tuple[str, str]]:
    for path in sorted({s.path for s in sources if not s.generated and not s.is_packages}):
        if data := read(project_dir / path):
            yield path, Text.read(data).body


def _moved_yaml(entries: Mapping[str, Entry], project_dir: Path) -> Iterator[str]:
    """Where the user moved generated YAML since the last run, or what they call it now."""
    away = [p for p, e in entries.items() if e.kind == "yaml"
            and not (project_dir / (e.at or p)).exists()]  # fmt: skip
    if not away:
        return
    bases = Ledger.load(project_dir).bases
    strays = Strays(project_dir, {*entries, *(e.at for e in entries.values() if e.at)})
    for path in away:
        if path in bases and (found := strays.find(path, bases[path])):
            strays.claim(found)
            yield found


def with_readers(host: Host, project_dir: Path) -> Host:
    """The host with the files of its people's own that read a model; models that are switched off
    read none."""
    entries = Ledger.load(project_dir, bases=False).entries
    places = {entry.at or path for path, entry in entries.items()}
    on = {model.path for model in host.models}
    roots = tuple(f"{path}/" for path in host.model_paths)
    found: dict[str, list[str]] = {}
    for path, text in host_code(host, project_dir, places):
        if path in on or not (path.endswith(".sql") and path.startswith(roots)):
            for name in sorted(refs(text)):
                found.setdefault(name, []).append(path)
    readers = {name: tuple(paths) for name, paths in found.items()}
    return host.model_copy(update={"readers": readers})


def refuse_another_database(host: Host, scan: Scan) -> None:
    """Tables are known by schema and name: those of another database would take over the models
    that stand, which would mean other rows from then on.

    Raises:
        WriteError: the schema's generated models are made from another database.
    """
    read = {model.source[0] for model in host.models if model.generated and model.source}
    ours = [source for source in host.sources if source.generated or source.name in read]
    here = {r.schema_name.casefold(): r for r in scan.relations if r.database}
    found = {source.schema_name.casefold(): source for source in ours if source.database}
    for schema, relation in here.items():
        databases = {(s.database or "").casefold() for s in ours if _schema(s) == schema} - {""}
        if databases and str(relation.database).casefold() not in databases:
            source = found[schema]
            raise WriteError(
                f"Nothing was written: the models of {relation.schema_name} are made from the "
                f"database {source.database}, and this run reads {relation.database}: they would "
                f"mean other rows. If the tables have moved, say `database: {relation.database}` "
                f"of the source {source.name} in {source.path}; if there are two schemas of that "
                "name, model the other in a project of its own."
            )


def _schema(source: HostSource) -> str:
    return source.schema_name.casefold()


def _yaml_homes(entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """What is described → the file that we describe it in; `source:shop` for a source."""
    models = {name for e in entries.values() if e.kind == "sql" for name in e.describes}
    for path, entry in sorted(entries.items()):
        for name in entry.describes if entry.kind == "yaml" else ():
            yield (name if name in models else f"source:{name}"), path


def _edited(entries: Mapping[str, Entry], project_dir: Path) -> Iterator[str]:
    """The YAML that is there and not as it was generated."""
    for path, entry in sorted(entries.items()):
        place = project_dir / (entry.at or path)
        if entry.kind != "yaml" or not place.is_file():
            continue
        if digest(Text.read(place.read_bytes()).body) != entry.sha256:
            yield path


def _generated(model: HostModel) -> HostModel:
    return model.model_copy(update={"generated": True})
