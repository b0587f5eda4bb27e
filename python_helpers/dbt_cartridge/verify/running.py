"""One round: the copy is run by dbt, and its results are read as verdicts on the design."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design, Test
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Problem, Scan
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict, Verdicts
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.engine.build import Build, NodeResult, TestNode, run_dbt
from dbt_cartridge.errors import HostError, VerifyError
from dbt_cartridge.progress import Progress
from dbt_cartridge.verify.dependence import ancestors, owned_tests, relations
from dbt_cartridge.verify.host_copy import READS
from dbt_cartridge.verify.matching import match
from dbt_cartridge.verify.reading import read_name, read_parts
from dbt_cartridge.verify.settle import nearly_holds

_SECONDS = 3600.0  # for one dbt command
_RAN = {"pass", "warn", "fail"}
_BAD = {"fail", "error"}
_UNREAD = "its SQL runs; its rows were not read"


@dataclass(frozen=True)
class Workshop:
    """What stays the same from round to round. `folder` is the copy."""

    folder: Path
    host: Host
    scan: Scan
    engine: Engine
    settings: Settings
    progress: Progress


@dataclass(frozen=True)
class Ran:
    """The results of the commands of one round. `unread`: of tests that saw no rows."""

    build: Build
    results: Mapping[str, NodeResult]
    unread: frozenset[str]


def run_round(
    shop: Workshop, design: Design, files: Files, only: Collection[str] | None
) -> Verdicts:
    """Run the generated tests on the copy, those around the models in `only` if it is given.

    Raises:
        HostError: the host project does not parse without the generated files either.
        VerifyError: it parses without them, and dbt does not say which of them is wrong.
        EngineError: dbt cannot be started or takes too long.
    """
    large = _large(shop, design)
    commands = _commands(shop, design, large, only)
    with shop.engine.released():
        ran = _run(shop, commands)
    if not ran.build.ran:
        return _unparsed(shop, design, files, ran.build)
    return _verdicts(shop, design, ran, large)


def parses(shop: Workshop, design: Design, files: Files) -> Verdicts | None:
    """None if dbt parses the copy; else the verdicts on what it stumbled over."""
    with shop.engine.released():
        build = run_dbt(shop.engine.command, ("parse",), shop.folder, _SECONDS)
    return _unparsed(shop, design, files, build) if build.exit_code else None


# ---------------------------------------------------------------- what is run


def _large(shop: Workshop, design: Design) -> dict[str, str]:
    """Owner → the relation that has too many rows to be read."""
    most = shop.settings.verify_max_rows
    large = {r.id: r.id for r in shop.scan.relations if r.rows is not None and r.rows > most}
    found = {
        f"{source.name}.{table.name}": table.relation
        for source in design.sources
        for table in source.tables
        if table.relation in large
    }
    for model, ids in relations(design).items():
        if over := sorted(ids & large.keys()):
            found[model] = over[0]
    return found


def _commands(
    shop: Workshop, design: Design, large: Mapping[str, str], only: Collection[str] | None
) -> list[tuple[str, ...]]:
    chosen = ("--select", *sorted(only)) if only is not None else ()
    if shop.settings.verify == "sql":
        return [_empty(shop.host, chosen)]
    if not large:
        return [("test", *chosen)]
    names = {model.name for model in design.models}
    over = [name if name in names else f"source:{name}" for name in sorted(large)]
    commands: list[tuple[str, ...]] = [("test", *chosen, "--exclude", *over)]
    again = over if only is None else [name for name in over if name in only]
    return [*commands, _empty(shop.host, ("--select", *again))] if again else commands


def _empty(host: Host, chosen: tuple[str, ...]) -> tuple[str, ...]:
    if host.version < (1, 8, 0):  # no --empty: our reading tests alone, which let no row through
        return ("test", *chosen, "--indirect-selection", "eager")
    return ("build", "--empty", "--resource-type", "test", *chosen)


def _run(shop: Workshop, commands: list[tuple[str, ...]]) -> Ran:
    results: dict[str, NodeResult] = {}
    unread: set[str] = set()
    build = Build(exit_code=0, ran=False, results={})
    for command in commands:
        build = run_dbt(
            shop.engine.command, command, shop.folder, _SECONDS,
            on_test=lambda name: shop.progress.advance(1, name),
        )  # fmt: skip
        if not build.ran:
            break
        results |= build.results
        if "--empty" in command or shop.settings.verify == "sql":
            unread |= build.results.keys()
    return Ran(build, results, frozenset(unread))


# ---------------------------------------------------------------- what it says


def _verdicts(shop: Workshop, design: Design, ran: Ran, large: Mapping[str, str]) -> Verdicts:
    errors, rows = _read(design, ran)
    models = tuple(
        _on_model(model.name, errors, ancestors(design, model.name)) for model in design.models
    )
    broken = {verdict.model for verdict in models if verdict.status != "pass"}
    rows |= _source_rows(design, shop.scan)
    matched, strange = match(owned_tests(design), ran.build.tests)
    tests = tuple(
        _on_test(owner, test, _result(matched.get((owner, test)), ran), rows.get(owner))
        if owner not in broken
        else TestVerdict(owner=owner, test=test, status="skipped", message=f"{owner} does not run")
        for owner, test in dict.fromkeys(owned_tests(design))
    )
    return Verdicts(
        level="sql" if shop.settings.verify == "sql" else "data",
        models=tuple(_unexplained(verdict, strange, ran) for verdict in models),
        tests=tests,
        problems=tuple(
            Problem(
                where=owner,
                what=f"its SQL was run, its rows were not read: {relation} has more rows than "
                f"verify_max_rows ({shop.settings.verify_max_rows:,})",
                next="raise verify_max_rows to prove its tests on the data",
            )
            for owner, relation in sorted(large.items())
            if shop.settings.verify == "data"
        ),
    )


def _read(design: Design, ran: Ran) -> tuple[dict[str, str], dict[str, int]]:
    """Model → what is wrong with it, and model → its number of rows: from our reading tests."""
    by_name = {node.name: node.unique_id for node in ran.build.tests if node.arguments is None}
    errors: dict[str, str] = {}
    rows: dict[str, int] = {}
    for model in design.models:
        for part in range(read_parts(design, model)):
            unique_id = by_name.get(read_name(model.name, part), "")
            result = ran.results.get(unique_id)
            if result is None:
                errors.setdefault(model.name, "dbt gave no result for it; is it turned off?")
            elif result.status not in _RAN:
                errors.setdefault(model.name, in_one_line(result.message) or result.status)
            elif not part and unique_id not in ran.unread:
                rows[model.name] = result.failures
    return errors, rows


def _on_model(name: str, errors: Mapping[str, str], below: tuple[str, ...]) -> ModelVerdict:
    if name not in errors:
        return ModelVerdict(model=name, status="pass")
    if fails := [each for each in below if each in errors]:
        return ModelVerdict(model=name, status="skipped", message=f"it reads {fails[0]}")
    return ModelVerdict(model=name, status="error", message=errors[name])


def _unexplained(verdict: ModelVerdict, strange: Collection[TestNode], ran: Ran) -> ModelVerdict:
    """An error where a test fails that is in the project and not in the design."""
    for node in strange:
        result = ran.results.get(node.unique_id)
        if node.owner == verdict.model and result is not None and result.status in _BAD:
            message = f"{node.title} fails, and the design does not know it"
            return ModelVerdict(model=verdict.model, status="error", message=message)
    return verdict


def _result(node: TestNode | None, ran: Ran) -> tuple[NodeResult | None, bool]:
    """The result of a test, and whether it saw the rows."""
    unique_id = node.unique_id if node is not None else ""
    return ran.results.get(unique_id), unique_id not in ran.unread


def _on_test(
    owner: str, test: Test, found: tuple[NodeResult | None, bool], rows: int | None
) -> TestVerdict:
    result, read = found
    if result is None:
        return TestVerdict(owner=owner, test=test, status="skipped", message="dbt did not run it")
    if result.status not in _RAN:
        message = in_one_line(result.message)
        return TestVerdict(owner=owner, test=test, status="error", message=message)
    if not read:
        return TestVerdict(owner=owner, test=test, status="skipped", message=_UNREAD)
    return judged(owner, test, result.failures, rows)


def judged(owner: str, test: Test, failures: int, rows: int | None) -> TestVerdict:
    """A warning passes where it nearly holds; what is no warning, only where nothing fails."""
    warns = test.severity == "warn" and nearly_holds(test, failures, rows)
    status = "pass" if warns or not failures else "fail"
    return TestVerdict(owner=owner, test=test, status=status, failures=failures, rows=rows)


def _source_rows(design: Design, scan: Scan) -> dict[str, int]:
    return {
        f"{source.name}.{table.name}": relation.rows
        for source in design.sources
        for table in source.tables
        if (relation := scan.by_id.get(table.relation)) is not None and relation.rows is not None
    }


_WHERE = re.compile(r"\A\w+ Error in \w+ .*\n")
_NOISE = re.compile(r"\s*(LINE \d+:.*|compiled code at .*|Candidate bindings:.*)", re.DOTALL)


def in_one_line(message: str, most: int = 300) -> str:
    """dbt's words without the name of our test and the lines of SQL."""
    text = _NOISE.sub("", _WHERE.sub("", message.strip()))
    text = " ".join(text.split()) or " ".join(message.split())
    return text if len(text) <= most else text[: most - 1] + "…"


# ---------------------------------------------------------------- where dbt stopped


def _unparsed(shop: Workshop, design: Design, files: Files, build: Build) -> Verdicts:
    """Errors for the models in the file that dbt names; all others skipped."""
    blamed = _blamed(design, files, build.error)
    if not blamed:
        _require_sound_host(shop, files, build)
    message = in_one_line(build.error)
    return stopped(design, dict.fromkeys(blamed, message), "the project does not parse")


def stopped(design: Design, errors: Mapping[str, str], why: str) -> Verdicts:
    """Verdicts of a round in which nothing ran. `errors`: model → what is wrong with it."""
    return Verdicts(
        level="none",
        models=tuple(
            ModelVerdict(model=model.name, status="error", message=errors[model.name])
            if model.name in errors
            else ModelVerdict(model=model.name, status="skipped", message=why)
            for model in design.models
        ),
        tests=tuple(
            TestVerdict(owner=owner, test=test, status="skipped", message=why)
            for owner, test in dict.fromkeys(owned_tests(design))
        ),
    )


def _blamed(design: Design, files: Files, error: str) -> set[str]:
    named = [file for file in files.files if file.path in error.replace("\\", "/")]
    models = {
        name
        for file in named
        for name in (*file.describes, PurePosixPath(file.path).stem)
        if name in design.by_name
    }
    words = set(re.findall(r"\w+", error))
    return {name for name in models if name in words} or models


def _require_sound_host(shop: Workshop, files: Files, build: Build) -> None:
    """Say whose fault it is that the copy does not parse: always raises."""
    for file in files.files:
        (shop.folder / file.path).unlink(missing_ok=True)
    shutil.rmtree(shop.folder / READS, ignore_errors=True)
    alone = run_dbt(shop.engine.command, ("parse",), shop.folder, _SECONDS)
    if alone.exit_code:
        raise HostError(
            "dbt cannot parse the host project, with or without the generated files: "
            f"{in_one_line(alone.error)} Correct it, then run again."
        )
    raise VerifyError(
        f"dbt cannot parse the generated files: {in_one_line(build.error)} Nothing was written. "
        "This is a fault of cartridge; please report it with target/cartridge/files.json."
    )
