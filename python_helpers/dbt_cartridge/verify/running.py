"""One round: dbt runs the copy, and what it says becomes verdicts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.engine.build import Build, NodeResult, run_dbt
from dbt_cartridge.verify.commands import Command, commands, too_large
from dbt_cartridge.verify.judging import judge
from dbt_cartridge.verify.stopping import unparsed
from dbt_cartridge.verify.workshop import SECONDS, Ran, Workshop


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
    with shop.engine.released():
        ran = run_commands(shop, commands(shop, design, large, only))
    if not ran.build.ran:
        return unparsed(shop, design, files, ran.build)
    return judge(shop, design, ran, large, only)


def parses(shop: Workshop, design: Design, files: Files) -> Verdicts | None:
    """None if dbt parses the copy; else the verdicts on what it stumbled over."""
    with shop.engine.released():
        build = run_dbt(shop.engine.command, ("parse",), shop.folder, SECONDS)
    return unparsed(shop, design, files, build) if build.exit_code else None


def run_commands(shop: Workshop, todo: Sequence[Command]) -> Ran:
    results: dict[str, NodeResult] = {}
    unread: set[str] = set()
    build = Build(exit_code=0, ran=True, results={})
    for command in todo:
        build = run_dbt(
            shop.engine.command, command.words, shop.folder, SECONDS,
            on_test=lambda name: shop.progress.advance(1, name),
        )  # fmt: skip
        if not build.ran:
            break
        results |= build.results
        unread |= set() if command.reads else build.results.keys()
    return Ran(build, results, frozenset(unread))
