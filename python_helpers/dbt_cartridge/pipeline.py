"""The corridor. The only place that knows the order of the steps.

scan ─▶ infer ─▶ design ─▶ render ─▶ verify ─▶ write ─▶ report
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.asked import Asked
from dbt_cartridge.documents.base import Document, documents_folder
from dbt_cartridge.documents.changes import Changes
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.probe import prober
from dbt_cartridge.errors import ConfigError, did_you_mean
from dbt_cartridge.infer import infer
from dbt_cartridge.llm.improving import Improver, improver
from dbt_cartridge.llm.opening import Opened, open_provider
from dbt_cartridge.llm.showing import Estimate
from dbt_cartridge.llm.showing import prompts as told
from dbt_cartridge.progress import Progress
from dbt_cartridge.render import render
from dbt_cartridge.scan import scan
from dbt_cartridge.verify import prove
from dbt_cartridge.write import apply, plan, recognise, recover
from dbt_cartridge.write.answers import Answers

STEPS = ("scan", "infer", "design", "render", "verify", "write")
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
    opened = opened or open_provider(settings)  # what is missing is said before the scan
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
        return result

    def told(label: str, work: Callable[[], D], result: Callable[[D], str]) -> D:
        progress.start(label)
        document = work()
        progress.finish(result(document))
        return document

    host = step("host", Host, lambda: recognise(engine.host(project_dir), project_dir))
    answers = Answers(project_dir, forget=settings.ask_again)
    better = improver(settings, host, answers, progress, opened)
    facts = step("scan", Scan, lambda: scan(engine, settings, progress))
    schema = step(
        "infer",
        Schema,
        lambda: told(
            "Inferring keys, relationships and roles",
            lambda: infer(facts, prober(engine, facts), settings),
            lambda s: f"{len(s.relationships)} relationships in {len(s.tables)} tables",
        ),
        better and (lambda s: better.understand(s, facts)),
    )
    designed = step(
        "design",
        Design,
        lambda: told(
            "Designing models",
            lambda: design(schema, facts, host, settings),
            lambda d: f"{len(d.models)} models",
        ),
        better and better.improve,
    )
    files = step("render", Files, lambda: render(designed, host, settings))
    if "verify" in skipped:
        verdicts = Verdicts.load(folder)
    else:
        with clock.measured("verify"):
            designed, files, verdicts = prove(
                designed, files, facts, host, engine, settings, project_dir, progress, render,
                better and better.mend,
            )  # fmt: skip
        for document in (designed, files, verdicts):
            document.save(folder)
    with clock.measured("write"):
        changes = plan(files, host, project_dir)
        if not settings.dry_run:
            changes = apply(files, changes, project_dir)
    changes.save(folder)
    asked = _saved(better, folder)
    return Outcome(
        settings, host, facts, schema, designed, files, verdicts, changes, clock.seconds, asked
    )


def _saved(better: Improver | None, folder: Path) -> Asked | None:
    if better is None:
        return None
    asked = better.asked()
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
    skipped = _steps_before(start)
    folder = documents_folder(project_dir)
    host = recognise(engine.host(project_dir), project_dir)
    facts = Scan.load(folder) if "scan" in skipped else scan(engine, settings, progress)
    if "infer" in skipped:
        schema = Schema.load(folder)
    else:
        schema = infer(facts, prober(engine, facts), settings)
    answers = Answers(project_dir, forget=settings.ask_again)
    designed = design(schema, facts, host, settings)
    return list(told(settings, schema, facts, designed, host, answers))


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
