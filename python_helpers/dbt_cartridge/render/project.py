"""The corridor of this room: a design becomes the files of a dbt project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dbt_cartridge.config import Settings
from dbt_cartridge.documents import folder_config
from dbt_cartridge.documents.design import DateSpine, Design, LeftOut, Model, Query
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.errors import RenderError
from dbt_cartridge.render import (
    doc_blocks,
    generic_tests,
    identifiers,
    own_templates,
    paths,
    properties,
    queries,
    snapshots,
    styled,
    syntax,
    writable,
    yaml_text,
)
from dbt_cartridge.render.data_tests import Dialect
from dbt_cartridge.render.doc_blocks import DocBlocks


def render(design: Design, host: Host, settings: Settings) -> Files:
    """Every file of the design, in the host's dialect, dbt version and conventions.

    Pure: the same documents give the same bytes. What cannot be written safely (a table whose name
    is Jinja, and what is built on it) is left out and named in `Files.left_out`.

    Raises:
        RenderError: a path or a name of the design's own is not fit to be written.
    """
    design, left_out = writable.without_unnameable(design)
    adapter = design.adapter or host.adapter
    texts, failed = _model_texts(design.models, adapter, host)
    design, lost = writable.without_models({left.what: left.why for left in failed}, design)
    its = syntax.of(host)
    dialect = Dialect(adapter, its, host.has_dbt_utils)
    sources = [each for each in design.sources if each.written]
    folders = {each.name: _folder(each.name, design.models) for each in design.sources}
    prefix = design.sources[0].name if design.sources else host.project_name
    docs = doc_blocks.collect(design, prefix)

    model_properties = {each.name: properties.model(each, dialect, docs) for each in design.models}
    source_properties = {each.name: properties.source(each, dialect, docs) for each in sources}
    every = [*source_properties.values(), *model_properties.values()]

    files = [
        File(
            path=paths.model(each, host),
            text=texts[each.name],
            kind="sql",
            describes=(each.name,),
            bounds=each.body.bounds if isinstance(each.body, DateSpine) else (),
            layer=each.layer,
            entity=each.entity,
            follows=each.follows,
        )
        for each in design.models
    ]
    pages = _Pages()
    for each in sources:
        path = paths.source_yaml(each.name, folders[each.name], host, alone=bool(each.extends))
        pages.add(path, "sources", each.name, source_properties[each.name].yaml, each.extends)
    layout = None if settings.yaml_layout == "host" else settings.yaml_layout
    staying = host.staying_yaml(model_properties)
    for each in design.models:
        path = paths.model_yaml(each, host, layout, staying)
        pages.add(path, "models", each.name, model_properties[each.name].yaml)
    files += pages.files()
    files += [
        file for each in design.snapshots
        for file in snapshots.files(each, adapter, its, host)
    ]  # fmt: skip
    if docs.names:
        files.append(_docs_file(docs, prefix, folders.get(prefix, prefix), host))
    files += _generic_tests((need for each in every for need in each.needs), host)
    unsaid = (left for each in every for left in each.left_out)
    made_from = _made_from(design)
    made = [_with_relations(file, made_from) for file in files]
    return Files(files=_ordered(made), left_out=(*left_out, *lost, *unsaid), renamed=design.renamed)


def _made_from(design: Design) -> dict[str, tuple[str, ...]]:
    """What a file may describe → the relations that it is made from."""
    found = {each.name: tuple(t.relation for t in each.tables) for each in design.sources}
    found |= {each.name: each.based_on for each in design.models}
    return found | {each.name: found.get(each.model, ()) for each in design.snapshots}


def _with_relations(file: File, made_from: dict[str, tuple[str, ...]]) -> File:
    found = sorted({id for name in file.describes for id in made_from.get(name, ())})
    return file.model_copy(update={"relations": tuple(found)}) if found else file


def _ordered(files: list[File]) -> tuple[File, ...]:
    paths_seen: dict[str, File] = {}
    for file in files:
        if file.path.casefold() in paths_seen:
            raise RenderError(
                f"Two parts of the design would be written to {file.path}. Give the models other "
                "names or folders."
            )
        paths_seen[file.path.casefold()] = file
    return tuple(sorted(files, key=lambda file: file.path))


# ---------------------------------------------------------------- kinds of files


def _model_texts(
    models: Iterable[Model], adapter: str, host: Host
) -> tuple[dict[str, str], tuple[LeftOut, ...]]:
    """The SQL of each model, and those that have none, each with the reason."""
    texts: dict[str, str] = {}
    failed: list[LeftOut] = []
    for each in models:
        folder = host.config_of(paths.model(each, host))
        try:
            ctes, last = queries.body(each, adapter, host.style)
            config = _config(each, adapter, folder)
        except RenderError as error:
            failed.append(LeftOut(what=each.name, why=str(error)))
        else:
            text = own_templates.model_text(each, host, config, ctes, last) + "\n"
            texts[each.name] = styled.styled(
                text, host.style, adapter, queries.names_in(each, adapter)
            )
    return texts, tuple(failed)


def _config(each: Model, adapter: str, folder: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Only what differs from dbt's own defaults, and from what the host says of the folder."""
    config: list[tuple[str, str]] = []
    if its := folder_config.materialized(each.materialized, folder):
        config.append(("materialized", repr(its)))
    if each.tags:
        config.append(("tags", repr(list(each.tags))))
    if each.incremental is not None:
        key = [identifiers.write(column, adapter) for column in each.incremental.unique_key]
        if key:
            config.append(("unique_key", repr(key[0]) if len(key) == 1 else repr(key)))
    if each.dist is not None:
        config.append(("dist", repr(identifiers.write(each.dist, adapter))))
    if each.sort:
        config.append(("sort", repr([identifiers.write(name, adapter) for name in each.sort])))
    return config


class _Pages:
    """Files of YAML: a file may describe sources and models, where the host's do."""

    def __init__(self) -> None:
        self._by_path: dict[str, dict[str, dict[str, Any]]] = {}
        self._extends: dict[str, str] = {}

    def add(self, path: str, kind: str, name: str, yaml: dict[str, Any], extends: str = "") -> None:
        self._extends[path] = extends
        self._by_path.setdefault(path, {}).setdefault(kind, {})[name] = yaml

    def files(self) -> Iterator[File]:
        for path, page in self._by_path.items():
            content = {kind: [each[name] for name in sorted(each)] for kind, each in page.items()}
            text = yaml_text.dump({"version": 2, **content})
            names = sorted({name for each in page.values() for name in each})
            extends = self._extends[path]
            yield File(path=path, text=text, kind="yaml", describes=tuple(names), extends=extends)


def _docs_file(docs: DocBlocks, prefix: str, below: str, host: Host) -> File:
    path = paths.docs(prefix, below, host)
    return File(path=path, text=docs.markdown, kind="markdown")


def _generic_tests(needs: Iterable[str], host: Host) -> list[File]:
    return [
        File(
            path=paths.generic_test(name, host),
            text=generic_tests.text(name),
            kind="sql",
            describes=(f"test_{name}",),
        )
        for name in sorted(set(needs))
    ]


def _folder(source: str, models: Iterable[Model]) -> str:
    """Where the source's staging models are."""
    for model in models:
        inputs = model.body.inputs if isinstance(model.body, Query) else ()
        if model.layer == "staging" and any(x.source and x.source[0] == source for x in inputs):
            return model.folder
    return "".join(c if c.isalnum() or c == "_" else "_" for c in source)
