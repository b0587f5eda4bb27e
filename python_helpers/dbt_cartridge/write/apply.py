"""Plan, apply, recover, undo: what the pipeline calls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dbt_cartridge.documents.changes import NOTHING_GIVEN, Change, Changes, Given, SchemaChange
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.errors import WriteError
from dbt_cartridge.write import journal, paths
from dbt_cartridge.write.decide import Decision, decide
from dbt_cartridge.write.gate import Gate, sound
from dbt_cartridge.write.git import uncommitted
from dbt_cartridge.write.journal import Write
from dbt_cartridge.write.ledger import (
    DAMAGED,
    LEDGER,
    base_path,
    conflict_path,
    stored_text,
)
from dbt_cartridge.write.lock import locked
from dbt_cartridge.write.outcome import Outcome
from dbt_cartridge.write.survey import FACTS, facts_text
from dbt_cartridge.write.text import Text, unified_diff
from dbt_cartridge.write.uses import with_uses

# Line ends of the bases must not be changed by git, and a review need not show them.
_GIT = {
    f"{paths.FOLDER}/.gitattributes": "base/** -text linguist-generated\nconflicts/** -text\n",
    f"{paths.FOLDER}/.gitignore": "/lock\n/txn/\n/undo/\n",
}


_ENTRY = re.compile(rb"^ {0,4}- name: *(\S+)", re.MULTILINE)


def plan(
    files: Files,
    host: Host,
    project_dir: Path,
    given: Given = NOTHING_GIVEN,
    schema_changes: Iterable[SchemaChange] = (),
) -> Changes:
    """What `apply` would do, with unified diffs. Changes nothing, but for a crashed run's rest.

    Raises:
        WriteError: a path that cartridge may not write to.
    """
    Gate(project_dir).check_generated(files)
    recovered = recover(project_dir)
    decision = decide(files, project_dir, given)
    changes = _changes(decision, given, files, (*recovered, *uncommitted(decision, project_dir)))
    uses = with_uses(schema_changes, decision, files, host, project_dir)
    return changes.model_copy(update={"schema_changes": uses})


def apply(files: Files, changes: Changes, project_dir: Path) -> Changes:
    """Do what was planned, all of it or nothing.

    A second run on unchanged input changes no byte and no time of any file.

    Raises:
        WriteError: the project changed since the plan, another run is writing, or the disk
            refuses. The project is as it was.
    """
    recover(project_dir)
    decision = decide(files, project_dir, changes.given)
    _refuse_other_than(changes, _changes(decision, changes.given, files, ()))
    writes = _writes(decision, project_dir, changes.given)
    if writes:
        with locked(project_dir):
            if problems := paths.unwritable((w.path for w in writes), project_dir):
                raise WriteError(
                    "Nothing was written:\n  " + "\n  ".join(problems) + "\nMake them writable, or "
                    "use dry_run to see what would be written."
                )
            # Refuses where another run has changed a file, or the ledger, since we looked.
            journal.commit(project_dir, writes)
        _forget_parse(writes, project_dir)
    return changes.model_copy(update={"applied": True})


def recover(project_dir: Path) -> tuple[Problem, ...]:
    """Finish or forget what a crashed run left; to be called before the project is read.

    Raises:
        WriteError: another run is writing, what is left can be neither finished nor undone, or
            `.cartridge` is not what cartridge makes of it.
    """
    sound(project_dir)
    if not journal.pending(project_dir):
        return ()
    with locked(project_dir):
        problem = journal.recover(project_dir)
    return (problem,) if problem else ()


def undo(project_dir: Path) -> Changes:
    """Take back the last run that wrote something.

    Raises:
        WriteError: there is none, or files were edited since (they are named; nothing is done).
    """
    recover(project_dir)
    folder = project_dir / paths.FOLDER / "undo"
    with locked(project_dir):
        last = journal.load(folder)
        if last is None:
            raise WriteError("There is no run to undo: the last one wrote nothing, or is undone.")
        journal.admit(last, project_dir)
        writes: list[Write] = []
        edited: list[str] = []
        for number, step in enumerate(last.steps):
            now = journal.read(project_dir / step.path)
            if journal.checksum(now) != step.after:
                edited.append(step.path)
            writes.append(Write(step.path, now, journal.read(folder / "old" / str(number))))
        if edited:
            raise WriteError(
                "Nothing was undone, files were edited since the last run:\n  "
                + "\n  ".join(edited)
                + "\nTake those edits back first, or use version control."
            )
        journal.commit(project_dir, writes)
        _forget_parse(writes, project_dir)
        journal.forget_undo(project_dir)
        journal.remove_empty(project_dir, last.folders)
    return Changes(changes=tuple(_undone(writes)), applied=True)


def _forget_parse(writes: Iterable[Write], project_dir: Path) -> None:
    """Have dbt parse the whole project next time, where something went that others name.

    dbt 1.11 fails on its partial parse where a doc block goes at the same time as the description
    that named it ("depends on doc … which was not found"), and where an entry of a YAML file comes
    back in another one.
    """
    if any(write.path.endswith(".md") or _lost_entries(write) for write in writes):
        with suppress(OSError):
            (project_dir / "target" / "partial_parse.msgpack").unlink()


def _lost_entries(write: Write) -> bool:
    if write.before is None or not write.path.endswith((".yml", ".yaml")):
        return False
    return bool({*_ENTRY.findall(write.before)} - {*_ENTRY.findall(write.after or b"")})


# ---------------------------------------------------------------- from decisions to documents


def _changes(decision: Decision, given: Given, files: Files, more: Iterable[Problem]) -> Changes:
    described = {file.path: file.describes for file in files.files}
    entries = decision.ledger.entries
    described = {path: entry.describes for path, entry in entries.items()} | described
    return Changes(
        changes=tuple(
            Change(
                path=o.path,
                action=o.action,
                models=described.get(o.generated, ()),
                diff=_diff(o),
                why=o.why,
            )
            for o in decision.outcomes
        ),
        given=given,
        problems=(*more, *decision.problems),
    )


def _diff(outcome: Outcome) -> str:
    """What happens to the file; for a conflict, what would have happened."""
    before = Text.read(outcome.before or b"").body
    if outcome.conflict is not None:
        return unified_diff(before, outcome.conflict, outcome.path)
    if outcome.before == outcome.after:
        return ""
    after = Text.read(outcome.after or b"").body
    return unified_diff(before, after, outcome.path, created=outcome.before is None)


def _undone(writes: Iterable[Write]) -> Iterable[Change]:
    for write in writes:
        if write.path.startswith(paths.FOLDER):
            continue
        outcome = Outcome(write.path, write.path, "update", write.before, write.after)
        yield Change(
            path=write.path,
            action="prune" if write.after is None else "update",
            diff=_diff(outcome),
            why="Taken back.",
        )


def _refuse_other_than(planned: Changes, now: Changes) -> None:
    if planned.changes == now.changes:
        return
    before = {change.path: change for change in planned.changes}
    after = {change.path: change for change in now.changes}
    other = sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    raise WriteError(
        f"Nothing was written: the project changed since the plan ({', '.join(other[:5])}"
        f"{', …' if len(other) > 5 else ''}). Plan again."
    )


# ---------------------------------------------------------------- from decisions to bytes


def _writes(decision: Decision, project_dir: Path, given: Given) -> list[Write]:
    """Everything that changes on disk: the host's files, the ledger, its bases, the conflicts."""
    wanted: dict[str, bytes | None] = {}
    entries = {p: e for p, e in decision.ledger.entries.items() if p not in decision.gone}
    for path in decision.gone:
        wanted[base_path(path)] = None
    for outcome in decision.outcomes:
        if outcome.action in ("prune", "stale"):
            continue
        if outcome.entry is not None:
            entries[outcome.generated] = outcome.entry
            if outcome.base is not None:
                wanted[base_path(outcome.generated)] = outcome.base.encode("utf-8")
        ours = outcome.conflict
        wanted[conflict_path(outcome.generated)] = None if ours is None else ours.encode("utf-8")
    writes = [Write(o.path, o.before, o.after) for o in decision.outcomes]
    # A later version that changes nothing is written down too: what comes next is no upgrade.
    later = bool(entries) and decision.ledger.version != _version()
    if entries != decision.ledger.entries or decision.ledger.damaged or later:
        wanted[LEDGER] = stored_text(entries, _version()).encode("utf-8")
        for path, text in _GIT.items():
            if not (project_dir / path).exists():
                wanted[path] = text.encode()
    if given.facts:
        wanted[FACTS] = facts_text(given.facts)
    if decision.ledger.damaged:
        wanted[DAMAGED] = journal.read(project_dir / LEDGER)
    writes += [Write(p, journal.read(project_dir / p), after) for p, after in wanted.items()]
    return [write for write in writes if write.before != write.after]


def _version() -> str:
    try:
        return version("dbt-cartridge")
    except PackageNotFoundError:
        return "unknown"
