"""The generated files, made to fit what the user did to the project: it must parse afterwards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import yaml

from dbt_cartridge.documents.changes import Given
from dbt_cartridge.documents.design import LeftOut
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.fit import Fit
from dbt_cartridge.documents.host import Host
from dbt_cartridge.write.code import doc_blocks, docs, host_code, refs, sources
from dbt_cartridge.write.decide import Decision, decide
from dbt_cartridge.write.journal import read
from dbt_cartridge.write.ledger import base_path
from dbt_cartridge.write.merge_yaml import merge_yaml
from dbt_cartridge.write.text import Text
from dbt_cartridge.write.yaml_nodes import DUMPER, LOADER

_TESTS = ("data_tests", "tests")
_TABLE = re.compile(r"^ {6}- name: .+$", re.MULTILINE)  # in a file of sources as we write it


def fit(
    files: Files,
    host: Host,
    project_dir: Path,
    given: Given,
    lost: Mapping[str, str] | None = None,
) -> Fit:
    """Leave out what cannot stand, and keep what the user's code still names.

    Left out: a model that the user deleted, a new one of a table that the user's file of sources
    does not list, what would read them, and every test and description of them. Kept: a source
    table and a doc block that standing files still name, and what YAML says of a model that stands
    though this run is not about it.

    Args:
        lost: models that are not to be written, and why.
    """
    decision = decide(files, project_dir, given)
    absent = _absent(decision, files, host, lost or {})
    if absent:
        files = _without(files, absent)
        decision = decide(files, project_dir, given)
    if decision.ledger.entries:
        for keep in (_with_what_stands, _with_what_is_named):
            kept = keep(files, decision, host, project_dir, given)
            if kept is not files:
                files = kept
                decision = decide(files, project_dir, given)
    return _fitted(files, decision, project_dir)


def _fitted(files: Files, decision: Decision, project_dir: Path) -> Fit:
    standing: list[File] = []
    for outcome in decision.outcomes:
        file = files.by_path.get(outcome.generated)
        if file is not None and outcome.text is not None:
            update = {"path": outcome.path, "text": outcome.text}
            standing.append(file.model_copy(update=update))
    return Fit(
        files,
        Files(files=tuple(standing), left_out=files.left_out),
        Files(files=tuple(_old(files, decision, project_dir))),
        {o.path: o.action for o in decision.outcomes},
        {o.path: o.generated for o in decision.outcomes},
        frozenset(_gone(decision, standing)),
    )


def _gone(decision: Decision, standing: Collection[File]) -> set[str]:
    made = {name for file in standing for name in file.describes}
    pruned = [o.generated for o in decision.outcomes if o.action == "prune"]
    entries = decision.ledger.entries
    return {name for path in pruned if path in entries for name in entries[path].describes} - made


def _old(files: Files, decision: Decision, project_dir: Path) -> Iterator[File]:
    decided = {outcome.generated: outcome for outcome in decision.outcomes}
    for path, entry in decision.ledger.entries.items():
        outcome = decided.get(path)
        if entry.kind != "sql" or not entry.layer or path in decision.gone | files.by_path.keys():
            continue
        place = entry.at or path
        data = outcome.after if outcome else read(project_dir / place)
        if data is not None:
            yield File(
                path=place, text=Text.read(data).body, kind="sql", describes=entry.describes,
                relations=entry.relations, layer=entry.layer, entity=entry.entity,
            )  # fmt: skip


# ---------------------------------------------------------------- what the user deleted


def _absent(
    decision: Decision, files: Files, host: Host, lost: Mapping[str, str]
) -> dict[str, str]:
    """Name → why nothing of that name will be there."""
    known = {model.name for model in host.models}
    absent = dict(lost)
    unlisted = _unlisted(decision, files, host)
    written: dict[str, frozenset[str]] = {}
    for outcome in decision.outcomes:
        file = files.by_path.get(outcome.generated)
        if file is None or file.kind != "sql":
            continue
        if outcome.action == "deleted_by_user":
            why = f"you deleted it; {base_path(outcome.generated)} has its text"
            absent |= {name: why for name in file.describes if name not in known}
        elif outcome.action in ("create", "update", "merged"):
            written |= dict.fromkeys(file.describes, refs(outcome.text or ""))
            read = sources(outcome.text or "") & unlisted.keys()
            if read and outcome.action == "create":
                (source, table), where = min((pair, unlisted[pair]) for pair in read)
                why = f"{where}, which you edited, does not list its table {source}.{table}"
                absent |= dict.fromkeys(file.describes, why)
    more = True
    while more:
        more = False
        for name, read in written.items():
            if name not in absent and (missing := sorted(read & absent.keys())):
                absent[name] = f"it reads {missing[0]}, which is not there"
                more = True
    return absent


def _unlisted(decision: Decision, files: Files, host: Host) -> dict[tuple[str, str], str]:
    """Source tables that we list and the file that will stand there does not, and that file."""
    found: dict[tuple[str, str], str] = {}
    for outcome in decision.outcomes:
        file = files.by_path.get(outcome.generated)
        if file is None or not _lists_sources(file) or outcome.text == file.text:
            continue
        with suppress(yaml.YAMLError):  # what dbt cannot read either, it says best itself
            standing = _tables(_load(outcome.text or ""))
            found |= dict.fromkeys(_tables(_load(file.text)) - standing, outcome.path)
    listed = {(s.name, table) for s in host.sources if not s.generated for table in s.tables}
    return {pair: at for pair, at in found.items() if pair not in listed}


def _lists_sources(file: File) -> bool:
    return file.kind == "yaml" and "\nsources:" in f"\n{file.text}"


def _without(files: Files, absent: Mapping[str, str]) -> Files:
    kept: list[File] = []
    for file in files.files:
        if file.kind == "sql":
            # A file that the user deleted stays known as that.
            if not set(file.describes) & absent.keys() or _is_deleted(file, absent):
                kept.append(file)
        elif file.kind == "yaml" and (changed := _yaml_without(file, absent)) is not None:
            kept.append(changed)
        elif file.kind != "yaml":
            kept.append(file)
    told = tuple(LeftOut(what=name, why=why) for name, why in absent.items())
    return files.model_copy(update={"files": tuple(kept), "left_out": (*files.left_out, *told)})


def _is_deleted(file: File, absent: Mapping[str, str]) -> bool:
    return any(absent.get(name, "").startswith("you deleted it") for name in file.describes)


def _yaml_without(file: File, absent: Mapping[str, str]) -> File | None:
    if not any(name.removeprefix("test_") in file.text for name in absent):
        return file
    data = _load(file.text)
    if not _prune(data, absent):
        return file
    if not any(data.get(key) for key in ("models", "snapshots", "sources")):
        return None
    plain = _dump(data)
    text = merge_yaml(file.text, file.text, plain) or plain
    names = tuple(name for name in file.describes if name not in absent)
    return file.model_copy(update={"text": text, "describes": names})


def _prune(data: dict[str, Any], absent: Mapping[str, str]) -> bool:
    """Take the absent out of a properties file; says whether anything was."""
    found = False
    for kind in ("models", "snapshots"):
        entries = _entries(data, kind)
        kept = [
            entry for entry in entries
            if entry.get("name") not in absent
            and not refs(str(entry.get("relation", ""))) & absent.keys()
        ]  # fmt: skip
        if len(kept) != len(entries):
            data[kind], found = kept, True
    for owner in _owners(data):
        for key in _TESTS:
            tests = cast("list[Any]", owner.get(key) or [])
            kept = [test for test in tests if not _names(test, absent)]
            if len(kept) != len(tests):
                found = True
                owner[key] = kept
                if not kept:
                    del owner[key]
    return found


def _owners(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything in a properties file that may have tests."""
    entries = [*_entries(data, "models"), *_entries(data, "snapshots")]
    for source in _entries(data, "sources"):
        entries += _entries(source, "tables")
    for entry in entries:
        yield entry
        yield from _entries(entry, "columns")


def _entries(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    listed = cast("list[Any]", data.get(key) or [])
    return [cast("dict[str, Any]", entry) for entry in listed if isinstance(entry, dict)]


def _names(test: Any, absent: Mapping[str, str]) -> bool:
    """A test of a kind that is gone, or that reads a model that is."""
    kinds = cast("dict[str, Any]", test) if isinstance(test, dict) else {str(test): None}
    kind = next(iter(kinds), "")
    return f"test_{kind}" in absent or bool(refs(str(kinds)) & absent.keys())


# ---------------------------------------------------------------- what the user's code names


def _with_what_stands(
    files: Files, decision: Decision, _: Host, project_dir: Path, given: Given
) -> Files:
    """With the YAML of generated models that stand and that this run did not make again.

    Several runs share a file of YAML: one about another schema, or about fewer tables, takes
    nothing away from what the others said.
    """
    made = {name for file in files.files if file.kind == "sql" for name in file.describes}
    entries = decision.ledger.entries
    pruned = {outcome.generated for outcome in decision.outcomes if outcome.action == "prune"}
    stand: set[str] = set()
    gone: set[str] = set()
    for path, entry in entries.items():
        if entry.kind == "sql" and not made.intersection(entry.describes):
            there = (project_dir / (entry.at or path)).exists()
            lost = not there or path in pruned or set(given.gone).intersection(entry.relations)
            (gone if lost else stand).update(entry.describes)
    texts: dict[str, str] = {}
    for file in files.files:
        base = decision.ledger.bases.get(file.path, "")
        if file.kind == "yaml" and base not in ("", file.text):
            data = _load(base)
            _prune(data, dict.fromkeys(gone, ""))
            names = _kept_names(data, file.describes, stand)
            if any(names.values()):
                texts[file.path] = _with_entries(file.text, base, data, names)
    return _with_texts(files, texts)


def _kept_names(
    data: dict[str, Any], described: Collection[str], stand: Collection[str]
) -> dict[str, set[str]]:
    return {
        kind: {
            name
            for entry in _entries(data, kind)
            if (name := str(entry.get("name"))) in stand and name not in described
        }
        for kind in ("models", "snapshots")
    }


def _with_entries(
    text: str, base: str, data: dict[str, Any], keep: Mapping[str, Collection[str]]
) -> str:
    """`text` with entries of `data`, which is what `base` holds, in the order of before."""
    now = _load(text)
    for kind, names in keep.items():
        new = {str(entry.get("name")): entry for entry in _entries(now, kind)}
        order = [str(entry.get("name")) for entry in _entries(data, kind)]
        old = {str(e.get("name")): e for e in _entries(data, kind) if e.get("name") in names}
        both = {name: entry for name in order if (entry := new.get(name) or old.get(name))}
        if both or new:
            now[kind] = list((both | new).values())
    plain = _dump(now)
    return merge_yaml(base, base, plain) or merge_yaml(text, text, plain) or plain


def _with_texts(files: Files, texts: Mapping[str, str]) -> Files:
    if not texts:
        return files
    return files.model_copy(
        update={
            "files": tuple(
                file.model_copy(update={"text": texts[file.path]}) if file.path in texts else file
                for file in files.files
            )
        }
    )


def _with_what_is_named(
    files: Files, decision: Decision, host: Host, project_dir: Path, _: Given
) -> Files:
    """With the source tables and doc blocks that are no longer generated but are still named."""
    lost_tables = dict(_lost_tables(files, decision))
    lost_blocks = dict(_lost_blocks(files, decision))
    if not any(lost_tables.values()) and not any(lost_blocks.values()):
        return files
    texts = [o.text for o in decision.outcomes if o.text is not None]
    decided = {outcome.path for outcome in decision.outcomes}
    texts += [text for _, text in host_code(host, project_dir, decided)]
    named = {pair for text in texts for pair in sources(text)}
    described = {name for text in texts for name in docs(text)}
    changed: dict[str, str] = {}
    for path, tables in lost_tables.items():
        if keep := tables & named:
            changed[path] = _with_tables(files.by_path[path].text, decision, path, keep)
    for path, blocks in lost_blocks.items():
        if keep := [blocks[name] for name in sorted(blocks.keys() & described)]:
            changed[path] = "\n".join([files.by_path[path].text.rstrip("\n") + "\n", *keep])
    return _with_texts(files, changed)


def _lost_tables(files: Files, decision: Decision) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """Path → the source tables that were generated there and now are not."""
    for file in files.files:
        if not _lists_sources(file):
            continue
        base = decision.ledger.bases.get(file.path)
        if base is None or base == file.text:
            continue
        if set(_TABLE.findall(base)) <= set(_TABLE.findall(file.text)):
            continue  # to load a thousand tables takes seconds
        yield file.path, _tables(_load(base)) - _tables(_load(file.text))


def _tables(data: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (str(source.get("name")), str(table.get("name")))
        for source in _entries(data, "sources")
        for table in _entries(source, "tables")
    }


def _with_tables(
    text: str, decision: Decision, path: str, keep: Collection[tuple[str, str]]
) -> str:
    """`text` and, of the text before it, the entries of the tables to keep."""
    base = decision.ledger.bases[path]
    data = _load(base)
    for source in _entries(data, "sources"):
        source["tables"] = [
            table for table in _entries(source, "tables")
            if (source.get("name"), table.get("name")) not in keep
        ]  # fmt: skip
    if (merged := merge_yaml(_dump(data), text, base)) is not None:
        both = _load(merged)
        if _tables(both) == _tables(_load(text)) | set(keep):
            return merged
    return _dump(_joined(_load(text), _load(base), keep))


def _joined(
    data: dict[str, Any], base: dict[str, Any], keep: Collection[tuple[str, str]]
) -> dict[str, Any]:
    for old in _entries(base, "sources"):
        tables = [t for t in _entries(old, "tables") if (old.get("name"), t.get("name")) in keep]
        for source in _entries(data, "sources"):
            if source.get("name") == old.get("name"):
                source["tables"] = [*_entries(source, "tables"), *tables]
    return data


def _lost_blocks(files: Files, decision: Decision) -> Iterator[tuple[str, dict[str, str]]]:
    """Path → the doc blocks that were generated there and now are not."""
    for file in files.files:
        base = decision.ledger.bases.get(file.path)
        if file.kind == "markdown" and base is not None and base != file.text:
            now = doc_blocks(file.text)
            yield file.path, {n: b for n, b in doc_blocks(base).items() if n not in now}


# ---------------------------------------------------------------- YAML as values


def _load(text: str) -> dict[str, Any]:
    loaded: Any = yaml.load(text, LOADER)
    return cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}


def _dump(data: dict[str, Any]) -> str:
    return str(yaml.dump(data, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=10_000))
