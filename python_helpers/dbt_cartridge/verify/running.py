"""One round: dbt compiles the copy, what it compiled is asked, and the answers become verdicts."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.engine.build import Build, NodeResult, run_dbt
from dbt_cartridge.engine.nodes import TestNode
from dbt_cartridge.sizes import bytes_of, in_words
from dbt_cartridge.verify.asking import Asking
from dbt_cartridge.verify.commands import (
    Command,
    commands,
    compiled_only,
    compiling,
    too_large,
    without_rows,
)
from dbt_cartridge.verify.counting import Place, counted, has_own_ways, named_by
from dbt_cartridge.verify.dependence import relations
from dbt_cartridge.verify.judging import judge
from dbt_cartridge.verify.reading import is_reading, model_of
from dbt_cartridge.verify.statements import Foreign, Item, Ours, Statement, joint
from dbt_cartridge.verify.stopping import unparsed
from dbt_cartridge.verify.workshop import SECONDS, Ran, Workshop

_RAN = {"success", "pass", "warn", "fail"}


def run_round(
    shop: Workshop, design: Design, files: Files, only: Collection[str] | None
) -> Verdicts:
    """Run the generated tests on the copy, those around the models in `only` if it is given.

    Raises:
        HostError: the host project does not parse without the generated files either.
        VerifyError: it parses without them, and dbt does not say which of them is wrong.
        EngineError: dbt cannot be started or takes too long.
    """
    large = too_large(shop, design)
    ran = run_tests(shop, design, large, only, files)
    if not ran.build.ran:
        return unparsed(shop, design, files, ran.build)
    return judge(shop, design, ran, large, only)


def parses(shop: Workshop, design: Design, files: Files) -> Verdicts | None:
    """None if dbt parses the copy; else the verdicts on what it stumbled over."""
    with shop.engine.released():
        build = run_dbt(shop.engine.command, ("parse",), shop.folder, SECONDS)
    return unparsed(shop, design, files, build) if build.exit_code else None


def run_tests(
    shop: Workshop,
    design: Design,
    large: Mapping[str, str],
    only: Collection[str] | None,
    ours: Files,
) -> Ran:
    """The results of the tests around the models in `only`, or of all.

    Args:
        large: owners whose rows must not be read.
        ours: the files as generated, whose generic tests we know.
    """
    if shop.settings.verify != "data":
        return run_commands(shop, commands(shop, design, large, only))
    compiled = _dbt(shop, compiling(shop.host, design, only))
    if not compiled.ran:
        return Ran(compiled, {}, frozenset())
    if has_own_ways(compiled.parsed.macros):
        return run_commands(shop, commands(shop, design, large, only))
    ran = _asked(shop, design, compiled, [*_chosen(compiled.tests, large, only)], ours)
    unread = run_commands(shop, without_rows(shop, design, large, only))
    return Ran(compiled, {**unread.results, **ran}, unread.unread)


def run_commands(shop: Workshop, todo: Sequence[Command]) -> Ran:
    results: dict[str, NodeResult] = {}
    unread: set[str] = set()
    build = Build(exit_code=0, ran=True, results={})
    for command in todo:
        build = _dbt(shop, command.words)
        if not build.ran:
            break
        results |= build.results
        unread |= set() if command.reads else build.results.keys()
    return Ran(build, results, frozenset(unread))


def _dbt(shop: Workshop, words: Sequence[str]) -> Build:
    with shop.engine.released():
        return run_dbt(
            shop.engine.command, words, shop.folder, shop.settings.verify_max_seconds,
            on_test=lambda name: shop.progress.advance(1, name),
        )  # fmt: skip


# ---------------------------------------------------------------- what dbt compiled, asked by us


def _chosen(
    tests: Iterable[TestNode], large: Mapping[str, str], only: Collection[str] | None
) -> Iterator[TestNode]:
    """As dbt selects them: every test that reads one of these, and none that must not be read."""
    for node in tests:
        read = {named_by(unique_id) for unique_id in node.reads}
        if not read & large.keys() and (only is None or read & set(only)):
            yield node


def _asked(
    shop: Workshop, design: Design, compiled: Build, nodes: Sequence[TestNode], ours: Files
) -> dict[str, NodeResult]:
    texts = {
        PurePosixPath(file.path).stem: file.text for file in ours.files if "/generic/" in file.path
    }
    places = _places(compiled)
    titles = {node.unique_id: node.title for node in nodes}
    items: dict[str, Item] = {}
    for node in nodes:
        item = _ours(node) if _is_ours(node) else None
        if item := item or counted(node, places, texts, compiled.parsed.macros):
            items[node.unique_id] = item
    unknown = [node for node in nodes if node.unique_id not in items]
    results = {
        each.unique_id: each for each in compiled.results.values() if each.status not in _RAN
    }
    for node in _compiled(shop, unknown, results):
        if node.compiled is not None:
            items[node.unique_id] = Foreign(node, node.compiled.whole)
    statements = [statement for group in _groups(items.values()) for statement in joint(group)]
    tables = _tables(shop, design)
    if statements:
        _say(shop, design, statements, tables, compiled, len(nodes))
    asking = Asking(
        shop.engine,
        told=lambda result: shop.progress.advance(1, titles[result.unique_id]),
        late=lambda: time.monotonic() > shop.until,
        results=results,
        kept=shop.unfinished,
        tables=lambda each: [f"{id} {relation.mark}" for id, relation in tables(each).items()],
    )
    asking.ask(statements)
    return asking.results


def _say(
    shop: Workshop,
    design: Design,
    statements: Sequence[Statement],
    tables: Callable[[Statement], Mapping[str, Relation]],
    compiled: Build,
    tests: int,
) -> None:
    """Before a row is read: how many statements, and what they read at most. A warehouse that reads
    column by column reads less."""
    place = {named_by(unique_id): sql for unique_id, sql in compiled.parsed.sources.items()}
    names = {
        table.relation: place.get(f"{source.name}.{table.name}", "\0")
        for source in design.sources
        for table in source.tables
    }
    read = sum(
        each.sql.count(names.get(id, "\0")) * bytes_of(relation)
        for each in statements
        for id, relation in tables(each).items()
    )
    told = f"{len(statements):,} statement{'s' if len(statements) > 1 else ''}"
    told += f" that read at most {in_words(read)}" if read else ""
    if shop.unfinished:
        told += f"; {len(shop.unfinished):,} were answered before it was interrupted"
    shop.progress.start(f"Proving {len(design.models):,} models ({told})", tests)


def _tables(shop: Workshop, design: Design) -> Callable[[Statement], Mapping[str, Relation]]:
    """The tables that a statement reads, by id."""
    ids: dict[str, Collection[str]] = dict(relations(design))
    for source in design.sources:
        ids |= {f"{source.name}.{table.name}": (table.relation,) for table in source.tables}
    known = shop.scan.by_id

    def read(statement: Statement) -> dict[str, Relation]:
        names = {named_by(uid) for item in statement.items for uid in item.node.reads}
        found = {id for name in names for id in ids.get(name, ())}
        return {id: known[id] for id in sorted(found) if id in known}

    return read


def _places(compiled: Build) -> dict[str, Place]:
    """Where models and sources stand in SQL, by unique id."""
    found = {unique_id: Place((), sql) for unique_id, sql in compiled.parsed.sources.items()}
    for node in compiled.tests:
        item = _ours(node) if _is_ours(node) else None
        if item is not None and item.reads and len(node.reads) == 1:
            found[node.reads[0]] = item.place
    return found


def _is_ours(node: TestNode) -> bool:
    return node.arguments is None and model_of(node.name) is not None


def _ours(node: TestNode) -> Ours | None:
    return node.compiled and Ours(node, node.compiled, is_reading(node.name))


def _compiled(
    shop: Workshop, nodes: Sequence[TestNode], results: dict[str, NodeResult]
) -> Iterator[TestNode]:
    """The nodes as dbt compiles them; `results` is told where it does not."""
    yield from (node for node in nodes if node.compiled is not None)
    left = {node.unique_id: node.title for node in nodes if node.compiled is None}
    if left:
        compiled = _dbt(shop, compiled_only(shop.host, *left.values()))
        results |= {id: each for id, each in compiled.results.items() if each.status not in _RAN}
        yield from (node for node in compiled.tests if node.unique_id in left)


def _groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    """By owner; our own tests with those of the model that they are about."""
    found: dict[str, list[Item]] = {}
    for item in items:
        owner = item.node.owner or model_of(item.node.name) or item.node.name
        found.setdefault(owner, []).append(item)
    yield from found.values()
