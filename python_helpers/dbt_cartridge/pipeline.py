"""The corridor. The only place that knows the order of the steps.

scan ─▶ infer ─▶ design ─▶ render ─▶ verify ─▶ write ─▶ report
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dbt_cartridge.config import STEPS, Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.base import Document, documents_folder, put
from dbt_cartridge.documents.changes import Changes, Given
from dbt_cartridge.documents.decisions import Decisions
from dbt_cartridge.documents.design import Design, Offline
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.fit import Fit
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.memory import Answers, EditsFound, Proofs
from dbt_cartridge.documents.plan import Plan, catalogue_digest, planned_files
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.upgrade import Upgrade, upgrade
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.probe import prober
from dbt_cartridge.engine.remembering import Remembering
from dbt_cartridge.engine.stored import stored
from dbt_cartridge.errors import ConfigError, DocumentError, WriteError, did_you_mean
from dbt_cartridge.garbage import few_collections
from dbt_cartridge.infer import infer, without_personal_values
from dbt_cartridge.infer.decided import declared, denied, obeyed, with_terms
from dbt_cartridge.infer.told import told as with_told
from dbt_cartridge.progress import Progress
from dbt_cartridge.render import macros, render
from dbt_cartridge.scan import read_catalogue, scan, united
from dbt_cartridge.verify import (
    Ahead,
    Memory,
    changed_on_disk,
    prove,
    prove_edits,
    users_jinja,
    with_outdated,
)
from dbt_cartridge.version import helper_version
from dbt_cartridge.write import (
    apply,
    extended,
    fit,
    plan,
    recognise,
    recover,
    refuse_another_database,
    survey,
    with_readers,
    written_by,
)
from dbt_cartridge.write import undo as take_back
from dbt_cartridge.write.answers import KeptAnswers
from dbt_cartridge.write.decisions import decisions_in, followed, read_decisions

if TYPE_CHECKING:  # `llm` is imported where a provider or a decision about models asks for it
    from dbt_cartridge.llm.improving import Improver
    from dbt_cartridge.llm.opening import Opened
    from dbt_cartridge.llm.showing import Estimate

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Outcome:
    """Everything that a run knows, for the report."""

    settings: Settings
    host: Host
    scan: Scan
    schema: Schema
    design: Design
    files: Files
    verdicts: Verdicts
    changes: Changes
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    asked: Asked | None = None  # None where the rules were alone
    upgrade: Upgrade | None = None  # on the first run of a later version that changes something


def generate(
    engine: Engine,
    settings: Settings,
    project_dir: Path,
    progress: Progress,
    start: str = "scan",
    opened: Opened | None = None,
) -> Outcome:
    """Go through the corridor, or through the rest of it from the step `start` on.

    The host project changes in the last step only, all at once.

    Args:
        opened: the provider; the one that the settings name if None.

    Raises:
        CartridgeError: of every kind; the host project is as it was.
    """
    skipped = _steps_before(start)
    opened = opened or _opened(settings)  # what is missing is said before the scan
    with few_collections(), Ahead(project_dir) as ahead:
        return _corridor(engine, settings, project_dir, progress, skipped, opened, ahead)


def _corridor(
    engine: Engine,
    settings: Settings,
    project_dir: Path,
    progress: Progress,
    skipped: frozenset[str],
    opened: Opened | None,
    ahead: Ahead,
) -> Outcome:
    recover(project_dir)
    folder = documents_folder(project_dir)
    clock = _Clock()

    def step(
        name: str,
        document: type[D],
        work: Callable[[], D],
        improve: Callable[[D], D] | None = None,
    ) -> D:
        if name in skipped:
            return document.load(folder)
        with clock.measured(name):
            result = work() if improve is None else improve(work())
        result.save(folder)
        gc.freeze()
        return result

    def told(label: str, work: Callable[[], D], result: Callable[[D], str]) -> D:
        progress.start(label)
        document = work()
        progress.finish(result(document))
        return document

    decisions = read_decisions(project_dir)
    settings = with_terms(settings, decisions)
    before = None if settings.full else Scan.last(folder)
    reader: Engine = engine
    if settings.from_warehouse and "scan" not in skipped:
        reader, settings = stored(engine, settings)
    host = step(
        "host",
        Host,
        lambda: told(
            "Waiting for dbt to read the project",
            lambda: _host(engine, project_dir, settings, decisions),
            lambda h: f"{h.project_name}, dbt {h.dbt_version}",
        ),
    )
    ahead.begin(host, engine)
    said = KeptAnswers(project_dir, forget=settings.ask_again)
    better = None
    if opened is not None or decisions.models:
        from dbt_cartridge.llm.improving import improver

        better = improver(settings, host, said, progress, opened, decisions)

    def seen() -> Scan:
        found = without_personal_values(
            scan(reader, settings, progress, before, marks=True, decisions=decisions)
        )
        refuse_another_database(host, found)
        return found

    catalogue = step("scan", Scan, seen)
    known = with_told(catalogue, host.joins)
    facts = declared(known, decisions)
    answers = Answers.last(folder) if before else None
    probe = Remembering(prober(engine, facts), facts, answers)

    def weighed(wanted: Decisions) -> tuple[Schema, dict[str, str]]:
        found = infer(declared(facts, wanted), probe, settings)
        refuted = denied(found, wanted)
        return (found if refuted else obeyed(found, wanted)), refuted

    if better is not None:
        better.weigh = weighed
    schema = step(
        "infer",
        Schema,
        lambda: told(
            "Inferring keys, relationships and roles",
            lambda: infer(facts, probe, settings),
            lambda s: f"{len(s.relationships)} relationships in {len(s.tables)} tables",
        ),
        lambda s: obeyed(better.understand(s, facts) if better else s, decisions),
    )
    if "infer" not in skipped:
        probe.answers.save(folder)

    def improved(rules: Design) -> Design:
        if better is None:
            return rules
        if (named := followed(project_dir, rules)) is not None:
            better.decisions = decisions_in(named.text)
        return better.improve(_kept(rules, folder))

    designed = step(
        "design",
        Design,
        lambda: told(
            "Designing models",
            lambda: design(schema, facts, host, settings, decisions.declined),
            lambda d: f"{len(d.models)} models",
        ),
        improved,
    )
    if better is None and "design" not in skipped:
        _keep_as_designed(folder)
    files = step("render", Files, lambda: render(designed, host, settings))
    saved = (designed, files)
    if "render" in skipped:
        _refuse_changed(files, Files.file_name, lambda: host)
    given, schema_changes = survey(facts, before, host, project_dir, prune=settings.prune)
    if "verify" in skipped:
        verdicts = Verdicts.load(folder)
        if verdicts.texts != files.digest:
            raise DocumentError(
                f"{folder / Files.file_name} is not what was proved, so nothing was written. "
                "Prove it: --from verify."
            )
        files = fit(files, host, project_dir, given).files
    else:
        proofs = Proofs.last(folder) if before else None
        memory = Memory(proofs, files, facts, host, settings, project_dir)
        with clock.measured("verify"):
            designed, files, verdicts = prove(
                designed, files, facts, host, engine, settings, project_dir, progress, render,
                memory, better and better.mend, ahead,
            )  # fmt: skip

            def with_edits(fitted: Fit) -> EditsFound:
                return prove_edits(
                    designed, fitted, facts, host, engine, settings, project_dir, progress, memory,
                )  # fmt: skip

            files, given, found = _fitted(files, host, project_dir, given, with_edits)
            problems = (*verdicts.problems, *found.problems)
            update = {"problems": problems, "broken": found.broken, "texts": files.digest}
            verdicts = verdicts.model_copy(update=update)
        for document in (designed, files, verdicts, memory.proofs):
            if not any(document is each for each in saved):
                document.save(folder)
    files = extended(files, host)  # the proof declares the user's sources in words of its own
    files = files.with_files(followed(project_dir, designed))
    with clock.measured("write"):
        changes = plan(files, host, project_dir, given, schema_changes)
        upgraded = upgrade(written_by(project_dir), helper_version(), designed, changes)
        if settings.dry_run or upgraded:  # what other rules change is looked at first
            _plan(facts, catalogue, files, changes, decisions).save(folder)
        else:
            changes = apply(files, changes, project_dir)
    changes.save(folder)
    asked = _saved(better, folder)
    return Outcome(
        settings, host, facts, schema, designed, files, verdicts, changes, clock.seconds, asked,
        upgraded,
    )  # fmt: skip


def was_proved(project_dir: Path) -> bool:
    """Whether an earlier run has left verdicts: then little may be left to prove."""
    return (documents_folder(project_dir) / Proofs.file_name).exists()


def _host(engine: Engine, project_dir: Path, settings: Settings, decisions: Decisions) -> Host:
    """The host as dbt and the ledger know it, and what its people join."""
    extend = settings.extend_own_sources
    host = recognise(engine.host(project_dir), project_dir, extend=extend)
    if any(said.entity for said in decisions.tables.values()):  # which may rename what they read
        host = with_readers(host, project_dir)
    return host.model_copy(update={"joins": engine.joins(host)})


def _kept(design: Design, folder: Path) -> Design:
    """What is added later is weighed against what the rules made."""
    Offline.model_construct(**dict(design)).save(folder)
    return design


def _keep_as_designed(folder: Path) -> None:
    """Where the rules are alone, what they made is the design, to the byte."""
    put(folder / Offline.file_name, (folder / Design.file_name).read_text("utf-8"))


def _opened(settings: Settings) -> Opened | None:
    if settings.provider == "offline":
        return None
    from dbt_cartridge.llm.opening import open_provider

    return open_provider(settings)


def _saved(better: Improver | None, folder: Path) -> Asked | None:
    asked = better.asked() if better is not None else None
    if asked is not None:
        asked.save(folder)
    return asked


def prompts(
    engine: Engine, settings: Settings, project_dir: Path, progress: Progress, start: str = "scan"
) -> list[str | Estimate]:
    """What a provider would be sent, and an estimate. Nothing is sent, nothing is written but the
    documents.

    Raises:
        CartridgeError: as `generate`; ConfigError where the rules are alone.
    """
    if settings.provider == "offline":
        raise ConfigError("Nothing is sent: name a `provider` to see what it would be told.")
    from dbt_cartridge.llm.showing import prompts as told

    skipped = _steps_before(start)
    folder = documents_folder(project_dir)
    decisions = read_decisions(project_dir)
    host = _host(engine, project_dir, settings, decisions)
    if "scan" in skipped:
        facts = Scan.load(folder)
    else:
        facts = without_personal_values(scan(engine, settings, progress, decisions=decisions))
    settings = with_terms(settings, decisions)
    facts = declared(with_told(facts, host.joins), decisions)
    if "infer" in skipped:
        schema = Schema.load(folder)
    else:
        schema = obeyed(infer(facts, prober(engine, facts), settings), decisions)
    said = KeptAnswers(project_dir, forget=settings.ask_again)
    designed = design(schema, facts, host, settings, decisions.declined)
    return list(told(settings, schema, facts, designed, host, said))


def apply_plan(engine: Engine, project_dir: Path, progress: Progress) -> Changes:
    """Write exactly what the last dry run planned.

    Raises:
        WriteError: the warehouse or the project is not as it was then; nothing is written.
        DocumentError: there is no plan, or it is another version's.
    """
    folder = documents_folder(project_dir)
    if not (folder / Plan.file_name).exists():
        raise WriteError("There is no plan to apply: run `cartridge plan` first.")
    planned = Plan.load(folder)
    if planned.version != helper_version():
        raise WriteError(
            f"Nothing was written: the plan was made by cartridge {planned.version}. Plan again."
        )
    if planned.texts != planned.files.digest:
        raise WriteError(
            f"Nothing was written: {folder / Plan.file_name} is not as it was planned and proved. "
            "Plan again."
        )
    if planned.decisions != read_decisions(project_dir).digest:
        raise WriteError("Nothing was written: cartridge.yml changed since the plan. Plan again.")
    extend = any(file.over for file in planned.files.files)
    _refuse_changed(
        planned.files,
        Plan.file_name,
        lambda: recognise(engine.host(project_dir), project_dir, extend=extend),
    )
    progress.start("Reading the catalogue")
    scope = {"database": planned.database, "schemas": planned.schemas}
    asked = Settings.model_validate(scope)
    now = read_catalogue(engine, asked).relations
    built = engine.built()
    new = {r.id for r in now if (r.schema_name.lower(), r.name.lower()) not in built}
    new -= {*planned.relations, *planned.outside}
    theirs = [relation for relation in now if relation.id in set(planned.relations)]
    as_scanned = (theirs, united(theirs, engine.target.adapter))
    same = planned.catalogue in [catalogue_digest(relations) for relations in as_scanned]
    progress.finish()
    if new or not same:
        what = f"{', '.join(sorted(new))} is new" if new else "tables, columns or keys differ"
        raise WriteError(
            f"Nothing was written: the warehouse changed since the plan ({what}). Plan again."
        )
    changes = apply(planned.files, planned.changes, project_dir)
    changes.save(folder)
    (folder / Plan.file_name).unlink()
    return changes


def undo(project_dir: Path) -> Changes:
    """Take back the last run that wrote something.

    Raises:
        WriteError: there is none, or files were edited since; they are named.
    """
    return take_back(project_dir)


def _fitted(
    files: Files,
    host: Host,
    project_dir: Path,
    given: Given,
    with_edits: Callable[[Fit], EditsFound],
) -> tuple[Files, Given, EditsFound]:
    """The files that fit the user's edits, once dbt has nothing left to say against any of ours."""
    lost: dict[str, str] = {}
    while True:
        fitted = fit(files, host, project_dir, given, lost)
        found = with_edits(fitted)
        merged = {p for p in found.refuted if fitted.actions[p] == "merged"}
        new = {fitted.generated[path]: found.refuted[path] for path in merged}
        ours = {
            name: f"with your edits it does not run: {why}"
            for path, why in found.refuted.items()
            if path not in merged
            for name in fitted.files.by_path[fitted.generated[path]].describes
        }
        more = new.keys() - given.refuted.keys() or ours.keys() - lost.keys()
        if not (more or found.outdated.keys() - given.outdated.keys()):
            return fitted.files, given, with_outdated(found, given, fitted)
        update = {
            "refuted": given.refuted | new,
            "outdated": given.outdated | found.outdated,
        }
        given = given.model_copy(update=update)
        lost |= ours


def _plan(facts: Scan, found: Scan, files: Files, changes: Changes, decisions: Decisions) -> Plan:
    """`found`: the catalogue as the warehouse tells it, before people's decisions."""
    theirs = tuple(relation for relation in found.relations if relation.id in facts.by_id)
    return Plan(
        version=helper_version(),
        schemas=facts.schemas,
        database=facts.database,
        relations=tuple(sorted(facts.tables)),
        decisions=decisions.digest,
        outside=facts.outside,
        catalogue=catalogue_digest(theirs),
        summary=planned_files(changes.changes),
        changes=changes,
        files=files,
        texts=files.digest,
    )


def _refuse_changed(files: Files, name: str, host: Callable[[], Host]) -> None:
    """Documents lie where others can change them, and dbt runs the Jinja that it compiles.

    Raises:
        DocumentError: a text that was read back holds Jinja that we never write.
    """
    if not changed_on_disk(files, macros()):
        return
    if found := changed_on_disk(files, macros(), users_jinja(host())):
        path, problem = min(found.items())
        raise DocumentError(
            f"target/cartridge/{name} was changed: {path} holds Jinja that cartridge does not "
            f"write ({problem}). Nothing was written. Run the earlier steps again."
        )


def _steps_before(start: str) -> frozenset[str]:
    if start not in STEPS:
        raise ConfigError(
            f"There is no step '{start}': use {', '.join(STEPS)}.{did_you_mean(start, STEPS)}"
        )
    return frozenset(STEPS[: STEPS.index(start)])


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measured(self, name: str) -> Generator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - began, 3)
