"""The end of a run: its summary on the terminal, `run.json` and the page."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.errors import BrokenError, ConflictError, LostError
from dbt_cartridge.report.console import Say
from dbt_cartridge.report.diffs import diff_lines
from dbt_cartridge.report.page import save_page
from dbt_cartridge.report.run import run
from dbt_cartridge.report.summary import HEADING, file_lines, summary
from dbt_cartridge.report.words import count, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbt_cartridge.documents.changes import Changes
    from dbt_cartridge.engine.debug import Finding
    from dbt_cartridge.llm.showing import Estimate
    from dbt_cartridge.pipeline import Outcome


@dataclass(frozen=True)
class Below:
    """What is printed of a dry run below its summary."""

    files: bool = True
    diffs: bool = True


WHOLE = Below()


def tell(outcome: Outcome, project_dir: Path, say: Say | None = None, below: Below = WHOLE) -> int:
    """Write the reports, print the summary and what is to be shown of a dry run; give the exit
    code.

    Args:
        say: prints one line; standard output, in colour on a terminal, if None.
    """
    document = run(outcome)
    folder = documents_folder(project_dir)
    document.save(folder)
    save_page(document, outcome, folder)
    colour = say is None and sys.stdout.isatty()
    printed = say or print
    for line in summary(document, outcome.schema, outcome.changes):
        printed(f"\x1b[1m{line[:HEADING]}\x1b[0m{line[HEADING:]}" if colour else line)
    if document.dry_run and below.files:
        for line in file_lines(outcome.changes):
            printed(shown(line))
    if document.dry_run and below.diffs:
        for line in diff_lines(outcome.changes, colour=colour):
            printed(line)
    if document.changes.get("conflict"):
        return ConflictError.exit_code
    if outcome.verdicts.broken:
        return BrokenError.exit_code
    return LostError.exit_code if _much_is_lost(outcome) else 0


def _much_is_lost(outcome: Outcome) -> bool:
    """Or nothing was made, though models were asked for and the project has none of its own."""
    made = len(outcome.design.models)
    wanted = "staging" in outcome.settings.layers and not outcome.design.used
    return len(outcome.verdicts.lost) > made or (wanted and not made)


def tell_changes(changes: Changes, then: str = "") -> int:
    """Print what was done to each file, and what is next; give the exit code."""
    for line in file_lines(changes):
        print(shown(line))
    unchanged = changes.count("unchanged")
    print(f"{count(len(changes.changes) - unchanged, 'file')} changed, {unchanged:,} unchanged.")
    if then:
        print(f"Next      {then}")
    return ConflictError.exit_code if changes.count("conflict") else 0


def tell_prompts(requests: Sequence[str | Estimate]) -> None:
    """Print each request, and what all of them would come to."""
    for number, request in enumerate(requests, 1):
        if isinstance(request, str):
            print(f"──── request {number}\n{request}\n")
            continue
        price = "price unknown" if request.price is None else f"about ${request.price:,.2f}"
        known = f" {request.known:,} questions are answered already." if request.known else ""
        print(
            f"{request.requests:,} requests, about {request.tokens_in:,} tokens to read and "
            f"{request.tokens_out:,} to write, {price}.{known} Nothing was sent. Corrections of "
            "what fails in the warehouse would come on top."
        )


def tell_models(models: Sequence[tuple[str, str]]) -> None:
    width = max((len(name) for name, _ in models), default=0)
    for name, grade in models:
        print(f"{name:<{width}}  {grade}".rstrip())


def tell_debug(findings: Sequence[Finding]) -> int:
    """Print what was looked at and what is to be fixed; give the exit code."""
    for finding in findings:
        print(f"{'ok' if finding.ok else 'FIX':<4} {shown(f'{finding.what}: {finding.detail}')}")
        if finding.next:
            print(f"     → {shown(finding.next)}")
    return 0 if all(finding.ok for finding in findings) else 1
