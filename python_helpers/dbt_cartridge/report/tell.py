"""The end of a run: its summary on the terminal, `run.json` and the page."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbt_cartridge.documents.base import Frozen, documents_folder
from dbt_cartridge.documents.changes import Action, Changes
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.errors import BrokenError, CartridgeError, ConflictError, LostError
from dbt_cartridge.garbage import few_collections
from dbt_cartridge.report.applied import corrected
from dbt_cartridge.report.console import Say, event
from dbt_cartridge.report.diffs import diff_lines
from dbt_cartridge.report.page import save_page
from dbt_cartridge.report.run import counts, run
from dbt_cartridge.report.summary import HEADING, file_lines, summary
from dbt_cartridge.report.words import count, shown, width, wrapped
from dbt_cartridge.voice import PLAIN, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from dbt_cartridge.engine.debug import Finding
    from dbt_cartridge.llm.showing import Estimate
    from dbt_cartridge.pipeline import Outcome


@dataclass(frozen=True)
class Below:
    """What is printed of a dry run below its summary."""

    files: bool = False
    diffs: bool = False


def tell(
    outcome: Outcome,
    project_dir: Path,
    say: Say | None = None,
    below: Below = Below(),
    voice: Voice = PLAIN,
) -> int:
    """Write the reports, print the summary and what is to be shown of a dry run; give the exit
    code.

    Args:
        say: prints one line; standard output, in colour on a terminal, if None.
    """
    folder = documents_folder(project_dir)
    with few_collections():
        document = run(outcome)
        document.save(folder)
        save_page(document, outcome, folder)
    if voice.as_json:
        print(document.text())
    elif not voice.quiet:
        colour = say is None and sys.stdout.isatty()
        printed = say or print
        for whole in summary(document, outcome.schema, outcome.changes):
            for place, line in enumerate(wrapped(whole, width(), HEADING)):
                bold = colour and place == 0
                printed(f"\x1b[1m{line[:HEADING]}\x1b[0m{line[HEADING:]}" if bold else line)
        if document.dry_run:
            _below(outcome.changes, printed, below, colour=colour)
    if document.changes.get("conflict"):
        return ConflictError.exit_code
    if outcome.verdicts.broken:
        return BrokenError.exit_code
    return LostError.exit_code if _much_is_lost(outcome) else 0


def _below(changes: Changes, printed: Say, below: Below, *, colour: bool) -> None:
    if below.files:
        for line in file_lines(changes):
            printed(shown(line))
    if below.diffs:
        for line in diff_lines(changes, colour=colour):
            printed(line)


def _much_is_lost(outcome: Outcome) -> bool:
    """Or nothing was made, though models were asked for and the project has none of its own."""
    made = len(outcome.design.models)
    wanted = "staging" in outcome.settings.layers and not outcome.design.used
    return len(outcome.verdicts.lost) > made or (wanted and not made)


class Applied(Frozen):
    """What `apply` and `undo` print as JSON."""

    format_version: int = 1
    changes: dict[str, int]
    files: dict[str, Action]
    problems: tuple[Problem, ...] = ()


class Looked(Frozen):
    what: str
    ok: bool
    detail: str
    next: str = ""


class Debugged(Frozen):
    """What `debug` prints as JSON. `next` is empty where nothing is to be done."""

    format_version: int = 1
    ok: bool
    findings: tuple[Looked, ...]


class Error(Frozen):
    kind: str
    message: str
    exit_code: int


class Failed(Frozen):
    """What any command prints as JSON where it ends with an error."""

    format_version: int = 1
    error: Error


def tell_changes(changes: Changes, project_dir: Path, then: str = "", voice: Voice = PLAIN) -> int:
    """Say what was done to each file, and what is next; correct run.json and the page, which tell
    of what was planned. Gives the exit code."""
    if then:
        corrected(changes, documents_folder(project_dir))
    if voice.as_json:
        by_action, files = counts(changes)
        document = Applied(changes=by_action, files=files, problems=changes.problems)
        print(document.model_dump_json(indent=1))
    elif not voice.quiet:
        unchanged = changes.count("unchanged")
        changed = len(changes.changes) - unchanged
        _print(file_lines(changes), hang=16)
        print(f"{count(changed, 'file')} changed, {unchanged:,} unchanged.")
        if then:
            next_ = then if changed else "Nothing changed."
            _print([f"{'Next':<{HEADING}}{next_}"], HEADING)
    return ConflictError.exit_code if changes.count("conflict") else 0


def _print(lines: Iterable[str], hang: int | None = None) -> None:
    """Each on as many lines as the terminal needs."""
    for whole in lines:
        for line in wrapped(whole, width(), hang):
            print(line)


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


def tell_debug(findings: Sequence[Finding], voice: Voice = PLAIN) -> int:
    """Print what was looked at and what is to be fixed; give the exit code."""
    fine = all(finding.ok for finding in findings)
    if voice.as_json:
        looked = tuple(Looked(**vars(finding)) for finding in findings)
        print(Debugged(ok=fine, findings=looked).model_dump_json(indent=1))
        return 0 if fine else 1
    for finding in findings:
        if finding.ok and voice.quiet:
            continue
        state = f"{'ok' if finding.ok else 'FIX':<5}"
        _print([f"{state}{shown(f'{finding.what}: {finding.detail}')}"], 5)
        if finding.next:
            _print([f"     → {shown(finding.next)}"], 7)
    return 0 if fine else 1


def tell_explained(explained: Frozen, lines: Iterable[str], voice: Voice = PLAIN) -> None:
    if voice.as_json:
        print(explained.model_dump_json(indent=1))
    else:
        _print(lines)


def tell_error(error: CartridgeError, voice: Voice = PLAIN) -> None:
    """On standard error, in its form; and where a document was asked for, as one."""
    if voice.as_json:
        kind = type(error).__name__
        told = Error(kind=kind, message=str(error), exit_code=error.exit_code)
        print(Failed(error=told).model_dump_json(indent=1))
    if voice.json_log:
        print(event("error", "error", message=str(error)), file=sys.stderr, flush=True)
        return
    for whole in f"Error: {error}".splitlines():
        columns = width() if sys.stderr.isatty() else None
        print(*wrapped(whole, columns), sep="\n", file=sys.stderr)
