"""Files of an earlier run whose tables are gone, or that run no more: removed if asked for and
untouched, else told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from dbt_cartridge.documents.changes import Given
from dbt_cartridge.write.code import refs
from dbt_cartridge.write.journal import read
from dbt_cartridge.write.ledger import Entry, Ledger
from dbt_cartridge.write.outcome import Outcome
from dbt_cartridge.write.text import Text

_GONE = "{cause}; `prune` removes this file."
_EDITED = "{cause}, but you edited this file."
_NEEDED = "{cause}, but {reader} reads this model."


def leftovers(
    rest: Mapping[str, Entry],
    ledger: Ledger,
    others: Sequence[Outcome],
    project_dir: Path,
    given: Given,
) -> list[Outcome]:
    """`rest`: entries that nothing generated belongs to. `others`: what is decided already.

    A file is never removed while another that stays reads its model.
    """
    gone = set(given.gone)
    left: list[Outcome] = []
    causes: dict[str, str] = {}
    staying: dict[str, str] = {}  # name of a model → a file of ours that reads it and stays
    for path, entry in rest.items():
        place = entry.at or path
        if (data := read(project_dir / place)) is None:
            continue
        lost = ", ".join(sorted(gone.intersection(entry.relations)))
        if not (cause := f"{lost} is gone" if lost else given.outdated.get(place, "")):
            staying |= dict.fromkeys(refs(Text.read(data).body), place)
            continue
        untouched = Text.read(data).body == ledger.bases.get(path)
        causes[place] = cause
        why = (_GONE if untouched else _EDITED).format(cause=cause)
        left.append(
            Outcome(place, path, "prune", data, None, why=why)
            if untouched and given.prune
            else Outcome(place, path, "stale", data, data, why=why)
        )
    return _unread(left, causes, others, staying, given) if given.prune else left


def _unread(
    left: list[Outcome],
    causes: Mapping[str, str],
    others: Sequence[Outcome],
    staying: Mapping[str, str],
    given: Given,
) -> list[Outcome]:
    """What is still read stays, and so does what that reads."""
    decided = {name: o.path for o in others for name in refs(o.text or "")}
    known = {o.path for o in others}  # files that the user moved are among them
    theirs = {
        name: path for name, paths in given.needed.items() for path in paths if path not in known
    }
    changed = True
    while changed:
        changed = False
        own = {name: o.path for o in left for name in refs(o.text or "")}
        readers = {**staying, **theirs, **decided, **own}
        for number, outcome in enumerate(left):
            name = PurePosixPath(outcome.path).stem
            if outcome.action != "prune" or not outcome.path.endswith(".sql"):
                continue
            if (reader := readers.get(name)) is not None:
                why = _NEEDED.format(cause=causes[outcome.path], reader=reader)
                left[number] = replace(outcome, action="stale", after=outcome.before, why=why)
                changed = True
    return left
