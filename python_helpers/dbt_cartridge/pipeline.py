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
from typing import TypeVar

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
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
from dbt_cartridge.progress import Progress
from dbt_cartridge.render import render
from dbt_cartridge.scan import scan
from dbt_cartridge.verify import prove
from dbt_cartridge.write import apply, plan, recognise, recover

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


def generate(
    engine: Engine,
    settings: Settings,
    project_dir: Path,
    progress: Progress,
    start: str = "scan",
) -> Outcome:
    """Go through the corridor, or through the rest of it from the step `start` on.

    The host project changes in the last step only, all at once.

    Raises:
        CartridgeError: of every kind; the host project is as it was.
    """
    with _few_collections():
        return _corridor(engine, settings, project_dir, progress, start)


def _corridor(
    engine: Engine, settings: Settings, project_dir: Path, progress: Progress, start: str
) -> Outcome:
    skipped = _steps_before(start)
    recover(project_dir)
    folder = documents_folder(project_dir)
    clock = _Clock()

    def step(name: str, document: type[D], work: Callable[[], D]) -> D:
        if name in skipped:
            return document.load(folder)
        with clock.measured(name):
            result = work()
        result.save(folder)
        gc.freeze()
        return result

    def told(label: str, work: Callable[[], D], result: Callable[[D], str]) -> D:
        progress.start(label)
        document = work()
        progress.finish(result(document))
        return document

    host = step("host", Host, lambda: recognise(engine.host(project_dir), project_dir))
    facts = step("scan", Scan, lambda: scan(engine, settings, progress))
    schema = step(
        "infer",
        Schema,
        lambda: told(
            "Inferring keys, relationships and roles",
            lambda: infer(facts, prober(engine, facts), settings),
            lambda s: f"{len(s.relationships)} relationships in {len(s.tables)} tables",
        ),
    )
    designed = step(
        "design",
        Design,
        lambda: told(
            "Designing models",
            lambda: design(schema, facts, host, settings),
            lambda d: f"{len(d.models)} models",
        ),
    )
    files = step("render", Files, lambda: render(designed, host, settings))
    if "verify" in skipped:
        verdicts = Verdicts.load(folder)
    else:
        with clock.measured("verify"):
            designed, files, verdicts = prove(
                designed, files, facts, host, engine, settings, project_dir, progress, render
            )
        for document in (designed, files, verdicts):
            document.save(folder)
    with clock.measured("write"):
        changes = plan(files, host, project_dir)
        if not settings.dry_run:
            changes = apply(files, changes, project_dir)
    changes.save(folder)
    return Outcome(settings, host, facts, schema, designed, files, verdicts, changes, clock.seconds)


def _steps_before(start: str) -> frozenset[str]:
    if start not in STEPS:
        raise ConfigError(
            f"There is no step '{start}': use {', '.join(STEPS)}.{did_you_mean(start, STEPS)}"
        )
    return frozenset(STEPS[: STEPS.index(start)])


@contextmanager
def _few_collections() -> Generator[None]:
    """Documents live until the end and hold no cycles, but Python's collector goes through all of
    them again whenever they have grown by a quarter: a third of the time of a large run."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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
