"""The loop: run, settle, render again, until nothing is refuted."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path, PurePosixPath

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.design import Design, Test
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Problem, Scan
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict, Verdicts
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.build import run_dbt
from dbt_cartridge.errors import VerifyError
from dbt_cartridge.progress import Progress
from dbt_cartridge.verify.access import refused
from dbt_cartridge.verify.ahead import Ahead
from dbt_cartridge.verify.asking import LATE
from dbt_cartridge.verify.commands import too_large, unread_models
from dbt_cartridge.verify.conservation import conservation_names, conservation_tests
from dbt_cartridge.verify.contracts import asked_types, under_contract, untold, with_types
from dbt_cartridge.verify.dependence import ancestors, other_models, owned_tests, parents
from dbt_cartridge.verify.host_copy import ephemeral, make_copy, write_files
from dbt_cartridge.verify.inert import strange_jinja, users_jinja
from dbt_cartridge.verify.judging import judged, unproved_problems, unread_problems
from dbt_cartridge.verify.memory import Memory, was_said
from dbt_cartridge.verify.reading import read_parts, reading_tests
from dbt_cartridge.verify.running import parses, run_round
from dbt_cartridge.verify.settle import settle
from dbt_cartridge.verify.stopping import stopped
from dbt_cartridge.verify.unfinished import FILE_NAME, Unfinished
from dbt_cartridge.verify.workshop import SECONDS, Workshop

_MENDS = 6
_ROUNDS = 10  # each but the first only parses, or runs what the round before it changed


def verify(
    files: Files,
    design: Design,
    scan: Scan,
    host: Host,
    engine: Engine,
    settings: Settings,
    project_dir: Path,
    progress: Progress,
) -> Verdicts:
    """Run every generated model and test on a copy of the host project, once.

    Nothing is created in the warehouse and nothing is written into `project_dir`.

    Raises:
        HostError: the host project cannot be parsed, with or without the generated files.
        VerifyError: dbt cannot parse the generated files and does not say which is wrong.
        EngineError: dbt cannot be started, or takes too long.
    """
    if settings.verify == "none":
        return Verdicts(level="none")
    with workshop(project_dir, scan, host, engine, settings, progress) as shop:
        return _first_round(
            shop, design, files, Memory(None, files, scan, host, settings, project_dir)
        )


def prove(
    design: Design,
    files: Files,
    scan: Scan,
    host: Host,
    engine: Engine,
    settings: Settings,
    project_dir: Path,
    progress: Progress,
    render: Callable[[Design, Host, Settings], Files],
    memory: Memory | None = None,
    mend: Callable[[Design, Verdicts], Design] | None = None,
    ahead: Ahead | None = None,
) -> tuple[Design, Files, Verdicts]:
    """What is left of `design` when all that dbt refutes is gone, with its files and verdicts.

    The verdicts are clean, or there are none (`verify: none`). What a round did not change keeps
    its verdict; a later round runs the rest only, and if that is nothing, parses. The same goes
    for what `memory` holds of earlier runs.

    Args:
        mend: gives another design where some of what failed can be corrected, and the same where
            nothing can. Asked before anything is left out, until it changes nothing.
        ahead: the folder of the copy, where it was begun already.

    Raises:
        HostError, VerifyError, EngineError: as `verify`.
    """
    memory = memory or Memory(None, files, scan, host, settings, project_dir)
    wants_types = bool(under_contract(design, files, host))
    if settings.verify == "none" and not wants_types:
        return design, files, Verdicts(level="none")
    started, designed = time.monotonic(), design.by_name.keys()
    with workshop(
        project_dir, scan, host, engine, settings, progress, goes_on=True, ahead=ahead
    ) as shop:
        if settings.verify == "none":
            design, problems = _typed(shop, design, files, memory)
            return design, render(design, host, settings), Verdicts(level="none", problems=problems)
        verdicts = _first_round(shop, design, files, memory)
        mending = mend is not None
        for _ in range(_ROUNDS + _MENDS if mending else _ROUNDS):
            settled = mend(design, verdicts) if mend is not None and mending else design
            if settled is design:
                mending = False
                settled = settle(design, verdicts)
            if settled is design:
                seconds = round(time.monotonic() - started, 1)
                lost = tuple(sorted(designed - design.by_name.keys()))
                problems = (*verdicts.problems, *unproved_problems(verdicts))
                if wants_types:
                    design, untyped = _typed(shop, design, files, memory)
                    files = render(design, host, settings)
                    problems = (*problems, *untyped)
                if all(each.message != LATE for each in (*verdicts.models, *verdicts.tests)):
                    shop.unfinished.end()
                update = {"seconds": seconds, "lost": lost, "problems": problems}
                return design, files, verdicts.model_copy(update=update)
            new = render(settled, host, settings)
            verdicts = _next_round(shop, (design, files, verdicts), settled, new, memory)
            design, files = settled, new
    raise VerifyError(
        f"The generated project still has errors after {_ROUNDS} rounds of leaving out what "
        "fails. Nothing was written; this is a fault of cartridge, please report it."
    )


@contextmanager
def workshop(
    project_dir: Path,
    scan: Scan,
    host: Host,
    engine: Engine,
    settings: Settings,
    progress: Progress,
    goes_on: bool = False,
    ahead: Ahead | None = None,
) -> Generator[Workshop]:
    """`goes_on`: from where an earlier proof was interrupted; `ahead`: whose folder it is, if it
    was begun already."""
    with nullcontext(ahead) if ahead else Ahead(project_dir) as place:
        folder = place.folder()
        until = time.monotonic() + settings.verify_max_seconds
        place = documents_folder(project_dir) / FILE_NAME if goes_on else None
        kept = Unfinished(place, forget=settings.full)
        yield Workshop(folder, host, scan, engine, settings, progress, until, kept)


def _typed(
    shop: Workshop, design: Design, files: Files, memory: Memory
) -> tuple[Design, tuple[Problem, ...]]:
    """The design with the types that the host's contracts want, and what is missing of them."""
    names = under_contract(design, files, shop.host)
    texts = _fingerprints(design, files)
    types = memory.known_types(design, texts)
    if missing := names - types.keys():
        compiled = shop.folder / "target" / "compiled"
        if missing - {path.stem for path in compiled.rglob("*.sql")}:
            _copy(memory.project_dir, shop, design, files)
            with shop.engine.released():
                run_dbt(shop.engine.command, ("compile",), shop.folder, SECONDS)
        types |= asked_types(design, missing, compiled, shop.engine)
    memory.learn_types(design, texts, types)
    return with_types(design, types), untold(names, types)


# ---------------------------------------------------------------- rounds


def _first_round(shop: Workshop, design: Design, files: Files, memory: Memory) -> Verdicts:
    count = len(tuple(owned_tests(design)))
    count += sum(read_parts(design, m) + len(conservation_names(design, m)) for m in design.models)
    shop.progress.start(f"Proving {len(design.models):,} models", count)
    if (on_sight := _on_sight(shop, design, files)) is not None:
        shop.progress.finish(_summary(on_sight))
        return on_sight
    known = memory.known(design, _fingerprints(design, files))
    if known.models or known.tests:
        verdicts = _with_known(shop, design, files, known, memory)
    else:
        _copy(memory.project_dir, shop, design, files)
        verdicts = run_round(shop, design, files, None)
    shop.progress.finish(_summary(verdicts))
    return _learnt(memory, design, files, verdicts)


def _with_known(
    shop: Workshop, design: Design, files: Files, known: Verdicts, memory: Memory
) -> Verdicts:
    """The verdicts on `design`, of which some are known; the rest is run."""
    kept = _filled(shop, design, known)
    told = {(verdict.owner, verdict.test) for verdict in kept.tests}
    stale = {model.name for model in design.models} - {verdict.model for verdict in kept.models}
    stale |= {owner for owner, test in owned_tests(design) if (owner, test) not in told}
    if not stale and memory.has_parsed(files):
        return _merged(design, kept, kept)
    _copy(memory.project_dir, shop, design, files)
    if not stale:
        return parses(shop, design, files) or _merged(design, kept, kept)
    new = run_round(shop, design, files, stale)
    return new if new.level == "none" else _merged(design, kept, new)


def _filled(shop: Workshop, design: Design, known: Verdicts) -> Verdicts:
    """With what follows: where a model is known to fail, nothing that reads it is run."""
    failing = {verdict.model for verdict in known.models if verdict.status == "error"}
    models = {verdict.model: verdict for verdict in known.models}
    tests = {(verdict.owner, verdict.test): verdict for verdict in known.tests}
    for model in design.models if failing else ():
        if lost := sorted(failing & set(ancestors(design, model.name))):
            why = f"it reads {lost[0]}"
            models[model.name] = ModelVerdict(model=model.name, status="skipped", message=why)
    broken = {n for n, v in models.items() if v.status not in ("pass", "unproved")}
    for owner, test in owned_tests(design) if broken else ():
        if owner in broken:
            why = f"{owner} does not run"
            tests[owner, test] = TestVerdict(owner=owner, test=test, status="skipped", message=why)
    return known.model_copy(
        update={
            "models": tuple(models.values()),
            "tests": tuple(tests.values()),
            "problems": unread_problems(shop, too_large(shop, design)),
        }
    )


def _learnt(memory: Memory, design: Design, files: Files, verdicts: Verdicts) -> Verdicts:
    if verdicts.level != "none":
        memory.learn(design, _fingerprints(design, files), verdicts)
        memory.learn_parsed(files)
    return verdicts


def _copy(project_dir: Path, shop: Workshop, design: Design, files: Files) -> None:
    """Make the copy, where no round has made it yet."""
    if not (shop.folder / "dbt_project.yml").exists():
        its = in_copy(shop, design, files)
        make_copy(project_dir, shop.host, design, its, shop.folder)


_State = tuple[Design, Files, Verdicts]


def _next_round(
    shop: Workshop, before: _State, design: Design, files: Files, memory: Memory
) -> Verdicts:
    """The verdicts on `design`: those of the round before where they still hold."""
    if (on_sight := _on_sight(shop, design, files)) is not None:
        return on_sight
    copied = (shop.folder / "dbt_project.yml").exists()
    if copied:
        _replace(shop, before, design, files)
    known = memory.known(design, _fingerprints(design, files))
    if before[2].level != "none":
        known = _joined(known, _kept(before, design, files))
    elif not known.models:
        _copy(memory.project_dir, shop, design, files)
        return _learnt(memory, design, files, run_round(shop, design, files, None))
    shop.progress.start("Proving what changed", None)
    verdicts = _with_known(shop, design, files, known, memory)
    shop.progress.finish(_summary(verdicts))
    return _learnt(memory, design, files, verdicts)


def _joined(known: Verdicts, kept: Verdicts) -> Verdicts:
    """Of an earlier run and of the round before, which knows better."""
    models = {v.model: v for v in (*known.models, *kept.models)}
    tests = {(v.owner, v.test): v for v in (*known.tests, *kept.tests)}
    return kept.model_copy(
        update={"models": tuple(models.values()), "tests": tuple(tests.values())}
    )


def _on_sight(shop: Workshop, design: Design, files: Files) -> Verdicts | None:
    """What need not be run to be refuted."""
    theirs = {
        model.name: model.path
        for model in shop.host.models
        if not model.generated and model.package == shop.host.project_name
    }
    errors = {
        model.name: f"the project has a model of this name: {theirs[model.name]}"
        for model in design.models
        if model.name in theirs
    }
    errors |= refused(files, shop.host)
    strange = strange_jinja(files, shop.host.macro_paths, users_jinja(shop.host))
    for path, problem in strange.items():
        file = files.by_path[path]
        described = {*file.describes, PurePosixPath(path).stem} & design.by_name.keys()
        if not described:
            raise VerifyError(
                f"{path} holds Jinja that it must not hold ({problem}). Nothing was written; "
                "this is a fault of cartridge, please report it."
            )
        errors |= dict.fromkeys(described, f"{path}, {problem}")
    return stopped(design, errors, "not run yet") if errors else None


def in_copy(shop: Workshop, design: Design, files: Files) -> Files:
    """The files as they stand in the copy: models are ephemeral, and each is read once.

    The branch of an incremental model that `is_incremental()` opens is not taken there.
    """
    own = [_ephemeral(file) if is_model(file, design) else file for file in files.files]
    unread = unread_models(shop, design)
    return Files(files=(*own, *reading_tests(design, unread), *conservation_tests(design, unread)))


def _ephemeral(file: File) -> File:
    text = ephemeral(file.text, PurePosixPath(file.path).stem)
    return file.model_copy(update={"text": text})


def is_model(file: File, design: Design) -> bool:
    return file.kind == "sql" and PurePosixPath(file.path).stem in design.by_name


def _replace(shop: Workshop, before: _State, design: Design, files: Files) -> None:
    new = in_copy(shop, design, files)
    for path in in_copy(shop, before[0], before[1]).by_path.keys() - new.by_path.keys():
        (shop.folder / path).unlink(missing_ok=True)
    write_files(new, shop.folder)


# ---------------------------------------------------------------- what still holds


def _kept(before: _State, design: Design, files: Files) -> Verdicts:
    """The verdicts of the round before on models whose SQL, down to the sources, is the same."""
    old, new = _fingerprints(before[0], before[1]), _fingerprints(design, files)
    same = {name for name in new if old.get(name) == new[name]}
    models = tuple(
        verdict for verdict in before[2].models
        if verdict.model in same and verdict.status in ("pass", "unproved")
    )  # fmt: skip
    found = {(verdict.owner, _bare(verdict.test)): verdict for verdict in before[2].tests}
    tests: list[TestVerdict] = []
    for owner, test in dict.fromkeys(owned_tests(design)):
        verdict = found.get((owner, _bare(test)))
        reads = {*other_models(test), owner} & new.keys()
        if verdict is not None and reads <= same and _is_settled(verdict):
            tests.append(_judged_again(verdict, test))
    return before[2].model_copy(update={"models": models, "tests": tuple(tests)})


def _is_settled(verdict: TestVerdict) -> bool:
    """Whether asking again, in this run, would say no more."""
    return was_said(verdict) or verdict.status == "unproved"


def _judged_again(verdict: TestVerdict, test: Test) -> TestVerdict:
    if verdict.status in ("pass", "fail"):
        return judged(verdict.owner, test, verdict.failures, verdict.rows)
    return verdict.model_copy(update={"test": test})


def _bare(test: Test) -> Test:
    """The claim alone: a test that became a warning claims the same."""
    return test.model_copy(update={"severity": "error", "evidence": ""})


def _fingerprints(design: Design, files: Files) -> Mapping[str, str]:
    """Model → a digest of its SQL and of all that lies below it."""
    texts = {
        PurePosixPath(file.path).stem: file.text for file in files.files if is_model(file, design)
    }
    found: dict[str, str] = {}
    for model in design.models:
        below = [found.get(name, name) for name in parents(model)]
        digest = hashlib.sha256("\0".join([texts.get(model.name, ""), *below]).encode())
        found[model.name] = digest.hexdigest()
    return found


def _merged(design: Design, kept: Verdicts, new: Verdicts) -> Verdicts:
    """What was kept, and the new verdicts on the rest, in the order of the design."""
    models = {v.model: v for v in new.models} | {v.model: v for v in kept.models}
    tests = {(v.owner, v.test): v for v in new.tests} | {(v.owner, v.test): v for v in kept.tests}
    return kept.model_copy(
        update={
            "models": tuple(models[model.name] for model in design.models),
            "tests": tuple(tests[each] for each in dict.fromkeys(owned_tests(design))),
        }
    )


def _summary(verdicts: Verdicts) -> str:
    passed = sum(verdict.status == "pass" for verdict in verdicts.models)
    holds = sum(verdict.status == "pass" for verdict in verdicts.tests)
    wrong = sum(verdict.status == "error" for verdict in verdicts.models)
    fails = sum(verdict.status in ("fail", "error") for verdict in verdicts.tests)
    text = f"{passed:,} models run, {holds:,} tests hold"
    return text + (f"; {wrong:,} models and {fails:,} tests do not" if wrong or fails else "")
