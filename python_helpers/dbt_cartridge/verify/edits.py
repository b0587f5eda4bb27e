"""The files as they will stand, with the user's edits: dbt runs those that differ, what reads them,
and what earlier runs left, since they are what will be built. The design was proved without the
edits and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.changes import Action
from dbt_cartridge.documents.design import Design, Test
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.fit import Fit
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.memory import EditsFound
from dbt_cartridge.documents.scan import Problem, Scan
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.nodes import TestNode
from dbt_cartridge.errors import VerifyError
from dbt_cartridge.progress import Progress
from dbt_cartridge.verify.commands import Command, too_large
from dbt_cartridge.verify.dependence import owned_tests
from dbt_cartridge.verify.host_copy import REF, make_copy
from dbt_cartridge.verify.matching import match
from dbt_cartridge.verify.memory import Memory
from dbt_cartridge.verify.outdated import Old, outdated
from dbt_cartridge.verify.proof import in_copy, workshop
from dbt_cartridge.verify.reading import read_name
from dbt_cartridge.verify.running import run_commands, run_tests
from dbt_cartridge.verify.wording import in_one_line
from dbt_cartridge.verify.workshop import Ran

_OURS: frozenset[Action] = frozenset({"create", "update", "merged"})
_RAN = {"pass", "warn", "fail"}


def prove_edits(
    design: Design,
    fitted: Fit,
    scan: Scan,
    host: Host,
    engine: Engine,
    settings: Settings,
    project_dir: Path,
    progress: Progress,
    memory: Memory,
) -> EditsFound:
    """What dbt says of the files that are to stand, where they are not as generated.

    A model that the user edited and that fails is a problem to be told; one that we would write,
    or merge with the user's, is refuted; one of an earlier run, that nothing generates any more, is
    outdated.

    Raises:
        VerifyError: the project would not parse, and no file of ours is to blame.
        EngineError: dbt cannot be started or takes too long.
    """
    files, standing, actions = fitted.files, fitted.standing, fitted.actions
    names = {file.describes: file for file in files.files if file.kind == "sql"}
    models = {
        file.describes[0]: file for file in standing.files if file.kind == "sql" and file.describes
    }
    left = outdated(fitted.old, frozenset(models), fitted.gone, host)
    affected = _affected(names, models) & design.by_name.keys()
    affected |= {model.name for model in left.models}
    owners = affected | _with_other_tests(files, standing)
    if settings.verify == "none" or not (owners or _differ(files, standing)):
        return EditsFound(outdated=dict(left.lost))
    whole = standing.model_copy(update={"files": (*standing.files, *left.touched)})
    if (known := memory.known_edits(whole)) is not None:
        memory.learn_edits(whole, known)
        return known
    present = tuple(
        model.model_copy(update={"columns": ()})  # the user may have taken some away
        for model in design.models
        if model.name in models
    )
    reduced = design.model_copy(update={"models": (*present, *left.models), "snapshots": ()})
    with workshop(project_dir, scan, host, engine, settings, progress) as shop:
        progress.start(f"Proving {len(affected):,} models with your edits")
        make_copy(project_dir, host, reduced, in_copy(shop, reduced, whole), shop.folder)
        if owners:
            ran = run_tests(shop, reduced, too_large(shop, reduced), owners, files)
        else:
            ran = run_commands(shop, [Command(("parse",))])
        if ran.build.exit_code if not owners else not ran.build.ran:
            found = _unparsed(ran, standing, actions)
        else:
            found = _judged(ran, design, models, affected, _edited(names, models), actions)
            found = found.model_copy(update={"outdated": {**left.lost, **_outdated(ran, left)}})
        told = len(found.problems) + len(found.refuted) + len(found.outdated)
        progress.finish(f"{told:,} do not run or hold")
    memory.learn_edits(whole, found)
    return found


# ---------------------------------------------------------------- what has to be run


def _affected(generated: Mapping[tuple[str, ...], File], models: Mapping[str, File]) -> set[str]:
    """Models whose SQL is not as generated, and all that reads them."""
    found = _edited(generated, models)
    if not found:
        return found
    reads = {name: {ref for _, ref in REF.findall(file.text)} for name, file in models.items()}
    more = True
    while more:
        readers = {name for name, read in reads.items() if read & found} - found
        found |= readers
        more = bool(readers)
    return found


def _edited(generated: Mapping[tuple[str, ...], File], models: Mapping[str, File]) -> set[str]:
    return {
        name
        for name, file in models.items()
        if (ours := generated.get(file.describes)) is None or ours.text != file.text
    }


def _with_other_tests(files: Files, standing: Files) -> set[str]:
    """Owners (as `owned_tests` names them) whose tests are not the generated ones."""
    ours = {file.describes: file for file in files.files if file.kind == "yaml"}
    found: set[str] = set()
    for file in standing.files:
        was = ours.get(file.describes)
        if file.kind != "yaml" or was is None or was.text == file.text:
            continue
        before, now = _tests_by_owner(was.text), _tests_by_owner(file.text)
        found |= {owner for owner in now if now[owner] != before.get(owner)}
    return found


def _tests_by_owner(text: str) -> dict[str, str]:
    try:
        data: Any = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    except yaml.YAMLError:
        return {}
    owned = [(str(entry.get("name")), entry) for entry in data.get("models") or ()]
    owned += [
        (f"{source.get('name')}.{table.get('name')}", table)
        for source in data.get("sources") or ()
        for table in source.get("tables") or ()
    ]
    return {owner: repr(list(_tests(entry))) for owner, entry in owned}


def _tests(entry: dict[str, Any]) -> Iterator[Any]:
    for each in (entry, *cast("list[dict[str, Any]]", entry.get("columns") or [])):
        tests = [*(each.get("data_tests") or ()), *(each.get("tests") or ())]
        if tests:
            yield each.get("name"), tests


def _differ(files: Files, standing: Files) -> bool:
    return {f.text for f in files.files} != {f.text for f in standing.files}


# ---------------------------------------------------------------- what dbt says


def _unparsed(ran: Ran, standing: Files, actions: Mapping[str, Action]) -> EditsFound:
    error = ran.build.error.replace("\\", "/")
    ours = {file.path for file in standing.files if actions.get(file.path) in _OURS}
    merged = {path for path in ours if actions[path] == "merged"}
    blamed = {path for path in ours if path in error} or merged
    message = in_one_line(ran.build.error)
    if not blamed:
        raise VerifyError(
            "Nothing was written: with your edits, the project would not parse: "
            f"{message} Correct the file, then run again."
        )
    return EditsFound(refuted=dict.fromkeys(blamed, message))


def _judged(
    ran: Ran,
    design: Design,
    models: Mapping[str, File],
    affected: set[str],
    edited: set[str],
    actions: Mapping[str, Action],
) -> EditsFound:
    errors = dict(_errors(ran, affected & models.keys()))
    problems: list[Problem] = []
    refuted: dict[str, str] = {}
    broken: list[str] = []
    for name, message in errors.items():
        file = models[name]
        if any(ref in errors for _, ref in REF.findall(file.text) if ref != name):
            continue  # what it reads is to blame
        if actions.get(file.path) in _OURS:
            refuted[file.path] = message
        else:
            cause = sorted({ref for _, ref in REF.findall(file.text)} & edited)
            read = f"it reads {', '.join(cause)}, which you edited; " if cause else ""
            what = f"with your edits this model does not run: {read}{message}"
            broken.append(name)
            problems.append(Problem(where=file.path, what=what))
    problems += _failing(ran, design, set(errors))
    return EditsFound(problems=tuple(problems), refuted=refuted, broken=tuple(broken))


def _outdated(ran: Ran, left: Old) -> dict[str, str]:
    """Path → why a model of an earlier run does not run any more."""
    named = {file.describes[0]: file.path for file in left.touched}
    return {named[name]: message for name, message in _errors(ran, set(named))}


def _errors(ran: Ran, affected: set[str]) -> Iterator[tuple[str, str]]:
    """Model → dbt's words, where our reading test did not run."""
    by_name = {node.name: node.unique_id for node in ran.build.tests if node.arguments is None}
    for model in sorted(affected):
        result = ran.results.get(by_name.get(read_name(model), ""))
        if result is not None and result.status == "error":
            yield model, in_one_line(result.message) or result.status


def _failing(ran: Ran, design: Design, broken: set[str]) -> Iterator[Problem]:
    """Tests that do not hold with the edits, ours and the user's."""
    matched, _ = match(owned_tests(design), ran.build.tests)
    ours = {node.unique_id: test for (_, test), node in matched.items()}
    for node in ran.build.tests:
        result = ran.results.get(node.unique_id)
        if node.arguments is None or result is None or node.owner in broken:
            continue
        if result.status in _RAN and (not result.failures or _is_warning(ours, node)):
            continue
        if result.status in ("skipped", "unproved") or node.unique_id in ran.unread:
            continue
        said = f"{result.failures:,} failures" if result.status in _RAN else ""
        what = f"with your edits its test {node.title} does not hold: "
        yield Problem(where=node.owner or "", what=what + (said or in_one_line(result.message)))


def _is_warning(ours: Mapping[str, Test], node: TestNode) -> bool:
    """It was proved to hold nearly, and says so."""
    test = ours.get(node.unique_id)
    return test is not None and test.severity == "warn"
