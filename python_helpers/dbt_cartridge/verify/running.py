"""One round: the copy is run by dbt, and its results are read as verdicts on the design."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
_NO_RESULT = "dbt gave no result for it; is it turned off in the project?"
UNREAD = "its SQL runs; its rows were not read"


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
    return _verdicts(shop, design, ran, large, only)


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


@dataclass(frozen=True)
class _Command:
    """A dbt command. `reads`: its tests see the rows."""

    words: tuple[str, ...]
    reads: bool = True


def _commands(
    shop: Workshop, design: Design, large: Mapping[str, str], only: Collection[str] | None
) -> list[_Command]:
    if shop.settings.verify == "sql":
        return _without_rows(shop.host, design, only)
    chosen = _select(design, only) if only is not None else ()
    if not large:
        return [_Command(("test", *chosen))]
    with_rows = _Command(("test", *chosen, "--exclude", *_select(design, large)[1:]))
    again = large.keys() if only is None else large.keys() & set(only)
    return [with_rows, *(_without_rows(shop.host, design, again) if again else ())]


def _without_rows(host: Host, design: Design, only: Collection[str] | None) -> list[_Command]:
    if has_empty(host):
        chosen = _select(design, only) if only is not None else ()
        words = ("build", "--empty", "--resource-type", "test", *chosen)
        return [_Command(words, reads=False)]
    # Then our reading tests alone, which let no row through.
    names = [
        read_name(model.name, part)
        for model in design.models
        if only is None or model.name in only
        for part in range(read_parts(design, model))
    ]
    return [_Command(("test", "--select", *names), reads=False)] if names else []


def _select(design: Design, owners: Iterable[str]) -> tuple[str, ...]:
    named = (name if name in design.by_name else f"source:{name}" for name in sorted(owners))
    return ("--select", *named)


def has_empty(host: Host) -> bool:
    """Whether dbt can run SQL without reading a row."""
    return host.version >= (1, 8, 0)


def unread_models(shop: Workshop, design: Design) -> Collection[str]:
    """The models whose reading tests must themselves let no row through."""
    if has_empty(shop.host):
        return ()
    if shop.settings.verify == "sql":
        return design.by_name.keys()
    return _large(shop, design).keys()


def _run(shop: Workshop, commands: Sequence[_Command]) -> Ran:
    results: dict[str, NodeResult] = {}
    unread: set[str] = set()
    build = Build(exit_code=0, ran=True, results={})
    for command in commands:
        build = run_dbt(
            shop.engine.command, command.words, shop.folder, _SECONDS,
            on_test=lambda name: shop.progress.advance(1, name),
        )  # fmt: skip
        if not build.ran:
            break
        results |= build.results
        unread |= set() if command.reads else build.results.keys()
    return Ran(build, results, frozenset(unread))


# ---------------------------------------------------------------- what it says


def _verdicts(
    shop: Workshop,
    design: Design,
    ran: Ran,
    large: Mapping[str, str],
    only: Collection[str] | None,
) -> Verdicts:
    """Verdicts on the models in `only`, or on all; tests of others may be among them as well."""
    chosen = design.by_name.keys() if only is None else design.by_name.keys() & set(only)
    errors, rows = _read(design, ran, chosen)
    models = [
        _on_model(name, errors, ancestors(design, name))
        for name in design.by_name
        if name in chosen
    ]
    matched, strange = match(owned_tests(design), ran.build.tests)
    models = [_unexplained(verdict, _strange_failures(strange, ran)) for verdict in models]
    broken = {verdict.model for verdict in models if verdict.status != "pass"}
    rows |= _source_rows(design, shop.scan)
    tests = tuple(
        _on_test(owner, test, _result(matched.get((owner, test)), ran), rows.get(owner))
        if owner not in broken
        else TestVerdict(owner=owner, test=test, status="skipped", message=f"{owner} does not run")
        for owner, test in dict.fromkeys(owned_tests(design))
    )
    return Verdicts(
        level="sql" if shop.settings.verify == "sql" else "data",
        models=tuple(_none_unsaid(models, tests)),
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


def _read(
    design: Design, ran: Ran, chosen: Collection[str]
) -> tuple[dict[str, NodeResult], dict[str, int]]:
    """Model → the result that is wrong, and model → its number of rows: of our reading tests."""
    by_name = {node.name: node.unique_id for node in ran.build.tests if node.arguments is None}
    errors: dict[str, NodeResult] = {}
    rows: dict[str, int] = {}
    for model in design.models:
        for part in range(read_parts(design, model)) if model.name in chosen else ():
            unique_id = by_name.get(read_name(model.name, part), "")
            result = ran.results.get(unique_id) or NodeResult(unique_id, "error", 0, _NO_RESULT)
            if result.status not in _RAN:
                errors.setdefault(model.name, result)
            elif not part and unique_id not in ran.unread:
                rows[model.name] = result.failures
    return errors, rows


def _on_model(name: str, errors: Mapping[str, NodeResult], below: tuple[str, ...]) -> ModelVerdict:
    if (result := errors.get(name)) is None:
        return ModelVerdict(model=name, status="pass")
    if fails := [each for each in below if each in errors]:
        return ModelVerdict(model=name, status="skipped", message=f"it reads {fails[0]}")
    message = in_one_line(result.message) or result.status
    # dbt v2 runs nothing that stands on a test with an error.
    status = "skipped" if result.status == "skipped" else "error"
    return ModelVerdict(model=name, status=status, message=message)


def _none_unsaid(
    models: Sequence[ModelVerdict], tests: Sequence[TestVerdict]
) -> Iterator[ModelVerdict]:
    """Skipped is an outcome only where something else failed: it is run again without that."""
    failed = any(v.status == "error" for v in models) or any(v.status in _BAD for v in tests)
    for verdict in models:
        unsaid = verdict.status == "skipped" and not failed
        yield verdict.model_copy(update={"status": "error"}) if unsaid else verdict


def _strange_failures(strange: Collection[TestNode], ran: Ran) -> dict[str | None, str]:
    """Owner → a test that fails, and that the design does not know.

    Raises:
        VerifyError: it stands on a source, which cannot be left out for it.
    """
    found: dict[str | None, str] = {}
    for node in strange:
        result = ran.results.get(node.unique_id)
        if result is None or (result.status in _RAN and not result.failures):
            continue
        if node.owner is None or "." in node.owner:
            raise VerifyError(
                f"The test {node.title} on {node.owner} fails, and the design does not hold it. "
                "Nothing was written; this is a fault of cartridge, please report it."
            )
        found[node.owner] = node.title
    return found


def _unexplained(verdict: ModelVerdict, strange: Mapping[str | None, str]) -> ModelVerdict:
    if (test := strange.get(verdict.model)) is None:
        return verdict
    message = f"its test {test} fails, and the design does not hold that test"
    return ModelVerdict(model=verdict.model, status="error", message=message)


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
        # dbt v2 skips what stands on a test with an error; it is run again without that.
        status = "skipped" if result.status == "skipped" else "error"
        message = in_one_line(result.message) or result.status
        return TestVerdict(owner=owner, test=test, status=status, message=message)
    if not read:
        return TestVerdict(owner=owner, test=test, status="skipped", message=UNREAD)
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
