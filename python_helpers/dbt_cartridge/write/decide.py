"""What happens to each file, decided from the generated text, the ledger and the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from dbt_cartridge.documents.changes import NOTHING_GIVEN, Given
from dbt_cartridge.documents.decisions import FILE
from dbt_cartridge.documents.files import File, FileKind, Files
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.errors import WriteError
from dbt_cartridge.frozen import frozen
from dbt_cartridge.write.gate import Gate
from dbt_cartridge.write.journal import read
from dbt_cartridge.write.ledger import Entry, Ledger, base_path, conflict_path, digest
from dbt_cartridge.write.leftovers import leftovers
from dbt_cartridge.write.merge_docs import merge_docs
from dbt_cartridge.write.merge_lines import merge_lines
from dbt_cartridge.write.merge_yaml import merge_yaml
from dbt_cartridge.write.moves import Strays
from dbt_cartridge.write.outcome import Outcome
from dbt_cartridge.write.renaming import Renaming, with_words
from dbt_cartridge.write.text import Text

_MERGES: Mapping[FileKind, Callable[[str, str, str], str | None]] = {
    "sql": merge_lines,
    "yaml": merge_yaml,
    "markdown": merge_docs,
}


_TABLES = "Tables are added to your source, and are yours from now on."
_NAMES = "What `models` adds to is called otherwise now."


@dataclass(frozen=True)
class Decision:
    outcomes: tuple[Outcome, ...]  # ordered by path
    ledger: Ledger  # as found
    gone: frozenset[str]  # ledger entries that now stand under another path, or nowhere
    problems: tuple[Problem, ...]


@frozen
class _Known:
    """A generated file and what the ledger knows of it."""

    file: File
    key: str = ""  # its path in the ledger; "" where it is new
    entry: Entry | None = None
    base: str | None = None


def decide(files: Files, project_dir: Path, given: Given = NOTHING_GIVEN) -> Decision:
    """Reads the project, changes nothing."""
    gate = Gate(project_dir)
    found = Ledger.load(project_dir)
    renaming = Renaming(files.renamed)
    ledger = renaming.ledger(found)
    known = _match(files, ledger)
    strays = Strays(
        project_dir,
        {*ledger.entries, *(e.at for e in ledger.entries.values() if e.at), *files.by_path},
    )
    outcomes = [
        outcome
        for one in known
        for outcome in _decide_one(one, ledger, project_dir, strays, given, gate, renaming)
    ]
    matched = {one.key for one in known}
    rest = {path: entry for path, entry in ledger.entries.items() if path not in matched}
    barred = {p: why for p, e in rest.items() if (why := gate.problem(e.at or p))}
    outcomes += [_barred(rest.pop(path).at or path, path, why) for path, why in barred.items()]
    superseded = list(_superseded(files, rest, ledger, project_dir, strays))
    elsewhere = {outcome.generated for outcome in superseded}
    rest = {path: entry for path, entry in rest.items() if path not in elsewhere}
    left = leftovers(rest, ledger, [*outcomes, *superseded], project_dir, given)
    left += _with_new_names(rest, left, ledger, project_dir, renaming)
    moved = {one.key for one in known if one.key and one.key != one.file.path}
    pruned = {outcome.generated for outcome in left if outcome.action == "prune"}
    return Decision(
        outcomes=tuple(sorted((*outcomes, *superseded, *left), key=lambda o: o.path)),
        ledger=found,
        gone=frozenset(moved | elsewhere | pruned),
        problems=found.problems,
    )


# ---------------------------------------------------------------- which entry belongs to which file


def _match(files: Files, ledger: Ledger) -> list[_Known]:
    """By path, else by where the user moved it, else by file name where that is unique, else by
    what it describes, where that is called otherwise now."""
    free = {p: e for p, e in ledger.entries.items() if p not in files.by_path}
    by_place = {entry.at: path for path, entry in free.items() if entry.at}
    by_name: dict[tuple[FileKind, str], list[str]] = {}
    for path, entry in free.items():
        by_name.setdefault((entry.kind, PurePosixPath(path).name), []).append(path)
    found: list[_Known] = []
    for file in files.files:
        key = file.path if file.path in ledger.entries else by_place.get(file.path, "")
        if not key:
            alike = by_name.get((file.kind, PurePosixPath(file.path).name), [])
            if len(alike) == 1 and ledger.entries[alike[0]].describes == file.describes:
                key = alike.pop()
        if not key and files.renamed.keys() & set(file.describes):
            its = (file.kind, file.describes)
            same = [path for path, entry in free.items() if (entry.kind, entry.describes) == its]
            key = same[0] if len(same) == 1 else ""
        entry = ledger.entries.get(key)
        found.append(_Known(file, key if entry else "", entry, ledger.bases.get(key)))
    return found


def _superseded(
    files: Files, rest: Mapping[str, Entry], ledger: Ledger, project_dir: Path, strays: Strays
) -> Iterable[Outcome]:
    """Untouched files whose every content is now generated elsewhere: else dbt finds it twice.

    What YAML says of a model that is no longer there is none of it.
    """
    described = {(file.kind, name) for file in files.files for name in file.describes}
    described |= {
        ("yaml", name)
        for path, entry in ledger.entries.items()
        if entry.kind == "sql" and not (project_dir / (entry.at or path)).exists()
        if strays.find(path, ledger.bases.get(path, "")) is None
        for name in entry.describes
    }
    for path, entry in rest.items():
        place = entry.at or path
        data = read(project_dir / place)
        if (
            data is not None
            and entry.describes
            and all((entry.kind, name) in described for name in entry.describes)
            and Text.read(data).body == ledger.bases.get(path)
        ):
            yield Outcome(place, path, "prune", data, None, why="It is generated elsewhere now.")


# ---------------------------------------------------------------- one file


def _decide_one(
    known: _Known,
    ledger: Ledger,
    project_dir: Path,
    strays: Strays,
    given: Given,
    gate: Gate,
    renaming: Renaming,
) -> list[Outcome]:
    """Of a file that is called otherwise now, the one that goes too."""
    old, moved = _place(known, project_dir, strays)
    place = _renamed_place(known, old, renaming)
    if why := gate.problem(place) or (gate.problem(old) if old != place else ""):
        barred = _barred(place, known.file.path, why)
        return [replace(barred, entry=known.entry, base=known.base)]
    if (project_dir / old).is_dir():
        raise WriteError(f"Nothing was written: {old} is a folder where a file is needed.")
    data = read(project_dir / old)
    if known.entry is None or (place != old and (project_dir / place).exists()):
        return [_unknown(known.file, data if place == old else read(project_dir / place), ledger)]
    resolved = (
        known.entry.offered == digest(known.file.text)
        and not (project_dir / conflict_path(known.file.path)).exists()
    )
    refuted = given.refuted.get(known.file.path, "")
    mine = _with_names(known.file.kind, data, renaming)
    entry = known.entry
    if renaming.names and mine is not None:
        known, entry, mine = _with_words(known, entry, mine)
    outcome = _decide_known(known, entry, place, mine, resolved=resolved, refuted=refuted)
    if outcome.entry is not None:
        at = place if place != known.file.path and data is not None else None
        outcome = replace(outcome, entry=outcome.entry.model_copy(update={"at": at}))
    if moved:
        outcome = replace(outcome, why=f"{moved} {outcome.why}".strip())
    if data is None:
        return [outcome]
    if place == old:
        return [_written(outcome, data)]
    called = f"It is called {PurePosixPath(place).stem} now."
    return [_written(outcome, None), Outcome(old, known.key, "prune", data, None, why=called)]


def _renamed_place(known: _Known, old: str, renaming: Renaming) -> str:
    """Where the file will lie: beside where it lies, if it is called otherwise now, unless people
    have given it a name of their own."""
    is_ours = PurePosixPath(old).name == PurePosixPath(known.key).name
    if known.entry is None or not is_ours or not renaming.names.keys() & set(known.file.describes):
        return old
    return PurePosixPath(old).with_name(PurePosixPath(known.file.path).name).as_posix()


def _with_names(kind: FileKind, data: bytes | None, renaming: Renaming) -> bytes | None:
    """What lies there, as it would with the new names of models."""
    if data is None or not renaming.names:
        return data
    text = Text.read(data)
    body = renaming.text(kind, text.body)
    return data if body == text.body else text.bytes_of(body)


def _with_words(known: _Known, entry: Entry, mine: bytes) -> tuple[_Known, Entry, bytes]:
    """Both sides as they would be, had the words of the new names stood there before."""
    text, kind = Text.read(mine), known.file.kind
    if known.base is None or kind == "markdown" or text.body == known.base:
        return known, entry, mine
    base, body = with_words(kind, known.base, known.file.text, (known.base, text.body))
    entry = entry.model_copy(update={"sha256": digest(base)})
    return replace(known, base=base), entry, text.bytes_of(body)


def _written(outcome: Outcome, before: bytes | None) -> Outcome:
    """The outcome for what lay there before its models were called otherwise."""
    action = outcome.action
    if outcome.after != before and action in ("unchanged", "kept"):
        action = "update" if action == "unchanged" else "merged"
    return replace(outcome, before=before, action=action)


def _with_new_names(
    rest: Mapping[str, Entry],
    left: Iterable[Outcome],
    ledger: Ledger,
    project_dir: Path,
    renaming: Renaming,
) -> list[Outcome]:
    """Files that nothing generates any more, that stay, and that read what is called otherwise
    now: else dbt would not parse the project."""
    decided = {outcome.generated for outcome in left}
    found: list[Outcome] = []
    for path, entry in rest.items() if renaming.names else ():
        place = entry.at or path
        data = read(project_dir / place)
        after = _with_names(entry.kind, data, renaming)
        if path not in decided and after != data:
            why = "What it reads is called otherwise now."
            base = ledger.bases.get(path)
            found.append(Outcome(place, path, "update", data, after, entry, base, why=why))
    return found


def _barred(place: str, generated: str, why: str) -> Outcome:
    """Not even read: what stands there is none of ours."""
    told = f"{why}: nothing is written there."
    return Outcome(place, generated, "clash", None, None, why=told)


def _place(known: _Known, project_dir: Path, strays: Strays) -> tuple[str, str]:
    """Where the file lies, and in words how it came there if that is news."""
    if known.entry is None:
        return known.file.path, ""
    for place in dict.fromkeys((known.entry.at or known.key, known.key, known.file.path)):
        if (project_dir / place).exists():
            return place, ""
    if known.base is not None and (found := strays.find(known.key, known.base)):
        strays.claim(found)
        return found, f"Moved by you from {known.key}, and followed."
    return known.file.path, ""


def _unknown(file: File, data: bytes | None, ledger: Ledger) -> Outcome:
    """A file that the ledger does not name."""
    if data is None:
        if file.path in ledger.lost:
            why = "It was generated before and is gone; without the ledger it is not made again."
            entry = _entry(file)
            return Outcome(
                file.path, file.path, "deleted_by_user", None, None, entry, file.text, why=why
            )
        ours = file.text.encode("utf-8")
        return Outcome(file.path, file.path, "create", None, ours, _entry(file), file.text)
    text = Text.read(data)
    if file.over:
        return _extended(file, data, text)
    if text.body == file.text:
        return Outcome(file.path, file.path, "unchanged", data, data, _entry(file), file.text)
    why = (
        "Without the ledger, your edits cannot be told from ours."
        if ledger.lost
        else "Cartridge did not write this file."
    )
    return Outcome(file.path, file.path, "clash", data, data, why=why)


def _extended(file: File, data: bytes, text: Text) -> Outcome:
    """A file of the user's with more in it: theirs, before and after, so not in the ledger."""
    if text.body == file.text:
        return Outcome(file.path, file.path, "unchanged", data, data)
    if digest(text.body) == file.over:
        why = _NAMES if file.path == FILE else _TABLES
        return Outcome(file.path, file.path, "update", data, text.bytes_of(file.text), why=why)
    why = "It was edited while it was to be extended: run again."
    return Outcome(file.path, file.path, "clash", data, data, why=why)


def _decide_known(
    known: _Known, entry: Entry, place: str, data: bytes | None, *, resolved: bool, refuted: str
) -> Outcome:
    """A file that the ledger names: what was generated, what is there, what is generated now."""
    file, base = known.file, known.base
    settled = entry.model_copy(update={"offered": None})
    stays = Outcome(place, file.path, "kept", data, data, settled, base)
    ours = replace(stays, entry=_entry(file), base=file.text)
    if data is None:
        why = f"To have it again, restore it from {base_path(file.path)}."
        return replace(stays, action="deleted_by_user", why=why)
    text = Text.read(data)
    if text.body == file.text:
        return replace(ours, action="unchanged")
    if base is None:
        return replace(stays, why="Its record in the ledger is damaged.")
    if text.body == base:
        return replace(ours, action="update", after=text.bytes_of(file.text))
    if base == file.text:
        return stays
    if resolved:
        return replace(ours, action="kept", why="You removed our version: yours is taken as final.")
    return _merge(stays, ours, text, base, file, refuted)


def _merge(
    stays: Outcome, ours: Outcome, text: Text, base: str, file: File, refuted: str
) -> Outcome:
    """Both sides changed the file. `refuted`: what dbt said of the merge, if it refuted it."""
    mixed = text.is_foreign and not file.text.isascii()
    merged = None if mixed else _merged(file.kind, base, text.body, file.text)
    if merged is None and file.follows:
        return ours  # what is new on our side are the user's own names
    if merged is None:
        return _conflict(stays, file, "Its encoding is not UTF-8." if mixed else "")
    if merged == text.body:
        return ours
    if refuted:
        return _conflict(stays, file, f"Merged, it does not run: {refuted}")
    return replace(ours, action="merged", after=text.bytes_of(merged))


@lru_cache(maxsize=10_000)  # `apply` decides again what `plan` has decided
def _merged(kind: FileKind, base: str, mine: str, new: str) -> str | None:
    return _MERGES[kind](base, mine, new)


def _conflict(stays: Outcome, file: File, why: str) -> Outcome:
    """The base stays, so that the next run tries again once the user has worked on the file."""
    assert stays.entry is not None
    entry = stays.entry.model_copy(update={"offered": digest(file.text)})
    return replace(
        stays,
        action="conflict",
        entry=entry,
        conflict=file.text,
        why=f"{why or 'Both sides changed the same place.'} Yours is untouched; ours is "
        f"{conflict_path(file.path)}: take over what you want, then remove it.",
    )


def _entry(file: File) -> Entry:
    return Entry(
        kind=file.kind,
        sha256=digest(file.text),
        describes=file.describes,
        relations=file.relations,
        bounds=file.bounds,
        layer=file.layer,
        entity=file.entity,
    )
