"""All or nothing: a set of file changes that survives a crash at any step.

Every new content is first staged and synced under `.cartridge/txn/`. Writing `journal.json` there
is the point of no return: before it the project is untouched, after it every change is a rename
that the next run can finish. A finished transaction is kept as `.cartridge/undo/`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.errors import WriteError
from dbt_cartridge.frozen import frozen
from dbt_cartridge.write.gate import Gate
from dbt_cartridge.write.paths import FOLDER

_JOURNAL = "journal.json"
_MANY = 50  # files


@frozen
class Write:
    """One file: what is there now, and what shall be. None: no file."""

    path: str
    before: bytes | None
    after: bytes | None


class Step(Frozen):
    path: str
    before: str | None  # sha256 of the bytes
    after: str | None


class Journal(Frozen):
    steps: tuple[Step, ...]
    folders: tuple[str, ...] = ()  # that did not exist, outermost first


def pending(project_dir: Path) -> bool:
    """A transaction was begun and not ended: its run died, or is at it now."""
    return (project_dir / FOLDER / "txn").exists()


def commit(project_dir: Path, writes: Sequence[Write]) -> None:
    """Make all changes, or none. The caller holds the lock.

    Raises:
        WriteError: a change cannot be made, a path is not ours to write, or a file is no longer
            what `before` says.
    """
    wanted = [write for write in writes if write.before != write.after]
    if not wanted:
        return
    Gate(project_dir).check(write.path for write in wanted)
    stale = [write.path for write in wanted if read(project_dir / write.path) != write.before]
    if stale:
        raise WriteError(
            f"Nothing was written: {', '.join(stale)} changed during the run. Run again."
        )
    txn = project_dir / FOLDER / "txn"
    try:
        journal = _stage(txn, project_dir, wanted)
    except OSError as error:
        _discard(txn)
        raise WriteError(f"Nothing was written: {_words(error)}.") from error
    try:
        _forward(txn, project_dir, journal)
    except OSError as error:
        _take_back(txn, project_dir, journal, error)
        raise WriteError(
            f"Nothing was written, the project is as it was: {_words(error)}."
        ) from error
    with suppress(OSError):  # all is written; the next run finds nothing left to do
        _keep_for_undo(txn)


def recover(project_dir: Path) -> Problem | None:
    """Finish the transaction of a run that died, or forget it where nothing was changed yet.

    Files that the user has changed since are left as they are. The caller holds the lock.

    Raises:
        WriteError: the journal cannot be read, names what is not ours, or the changes cannot be
            made.
    """
    txn = project_dir / FOLDER / "txn"
    if not txn.exists():
        return None
    journal = load(txn)
    if journal is None:
        _discard(txn)
        return None
    admit(journal, project_dir)
    try:
        skipped = _forward(txn, project_dir, journal)
    except OSError as error:
        _take_back(txn, project_dir, journal, error)
        return Problem(
            where=FOLDER,
            what=f"An earlier run was interrupted and could not be finished ({_words(error)}): "
            "its changes were taken back.",
        )
    _keep_for_undo(txn)
    left = f" Changed since, and left alone: {', '.join(skipped)}." if skipped else ""
    return Problem(
        where=FOLDER,
        what=f"An earlier run was interrupted while it wrote: its changes were finished.{left}",
    )


def load(folder: Path) -> Journal | None:
    """The journal in `folder`, or None where there is none.

    Raises:
        WriteError: there is one and it cannot be read.
    """
    try:
        return Journal.model_validate_json((folder / _JOURNAL).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise WriteError(
            f"{folder / _JOURNAL} cannot be read. Look at the project in version control, "
            f"then remove {folder}."
        ) from error


def admit(journal: Journal, project_dir: Path) -> None:
    """A journal lies on disk between its writing and its use, so what it names is asked for again.

    Raises:
        WriteError: it names what cartridge does not write.
    """
    gate = Gate(project_dir)
    gate.check(step.path for step in journal.steps)
    gate.check_folders(journal.folders)


def read(path: Path) -> bytes | None:
    """The file's bytes; None where there is no file."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def checksum(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def remove_empty(project_dir: Path, folders: Sequence[str]) -> None:
    """Of folders that a run made, those that nothing is in any more; outermost first given."""
    for folder in reversed(folders):
        with suppress(OSError):
            (project_dir / folder).rmdir()


def forget_undo(project_dir: Path) -> None:
    _discard(project_dir / FOLDER / "undo")


# ---------------------------------------------------------------- the steps of a transaction


def _stage(txn: Path, project_dir: Path, writes: Sequence[Write]) -> Journal:
    _discard(txn)
    (txn / "new").mkdir(parents=True)
    (txn / "old").mkdir()
    staged: list[Path] = []
    for number, write in enumerate(writes):
        mode = _mode(project_dir / write.path)
        for folder, data in (("new", write.after), ("old", write.before)):
            if data is not None:
                staged.append(txn / folder / str(number))
                _write(staged[-1], data, mode)
    _sync(staged)
    journal = Journal(
        steps=tuple(Step(path=w.path, before=checksum(w.before), after=checksum(w.after))
                    for w in writes),
        folders=_missing_folders(project_dir, writes),
    )  # fmt: skip
    text = journal.model_dump_json(indent=1)
    _write(txn / "journal.new", text.encode())
    _sync([txn / "journal.new"])
    _sync_folders((txn / "new", txn / "old"))
    os.replace(txn / "journal.new", txn / _JOURNAL)
    _sync_folders((txn, txn.parent, project_dir))
    return journal


def _forward(txn: Path, project_dir: Path, journal: Journal) -> list[str]:
    """Make every change that is not made yet; gives the paths that the user changed meanwhile."""
    for folder in journal.folders:
        (project_dir / folder).mkdir(exist_ok=True)
    skipped: list[str] = []
    touched: dict[Path, None] = {}
    resolved = _Resolved(project_dir)
    for number, step in enumerate(journal.steps):
        target = resolved(step.path)
        now = checksum(read(target))
        if now not in (step.before, step.after):
            skipped.append(step.path)
        elif now != step.after:
            _put(txn / "new" / str(number), target, step.after)
        touched[target.parent] = None
    _sync_folders(touched)
    return skipped


def _backward(txn: Path, project_dir: Path, journal: Journal) -> None:
    resolved = _Resolved(project_dir)
    for number, step in enumerate(journal.steps):
        target = resolved(step.path)
        if checksum(read(target)) == step.after != step.before:
            _put(txn / "old" / str(number), target, step.before)
    remove_empty(project_dir, journal.folders)


def _take_back(txn: Path, project_dir: Path, journal: Journal, cause: OSError) -> None:
    try:
        _backward(txn, project_dir, journal)
    except OSError as error:
        raise WriteError(
            f"The changes could neither be finished ({_words(cause)}) nor taken back "
            f"({_words(error)}). Mend that and run again: the next run finishes them."
        ) from error
    _discard(txn)


def _put(staged: Path, target: Path, wanted: str | None) -> None:
    """Replace `target` by the staged file in one step; `wanted` None removes it."""
    if wanted is None:
        target.unlink(missing_ok=True)
        return
    if checksum(read(staged)) != wanted:
        raise OSError(errno.EIO, "it is no longer what the journal says", os.fspath(staged))
    try:
        os.replace(staged, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The folder is a mount of its own: stage once more, beside the target.
        beside = target.with_name(f".{target.name}.cartridge")
        _write(beside, staged.read_bytes(), stat.S_IMODE(staged.stat().st_mode))
        _sync([beside])
        os.replace(beside, target)


def _keep_for_undo(txn: Path) -> None:
    undo = txn.with_name("undo")
    _discard(undo)
    os.replace(txn, undo)
    _sync_folders((txn.parent,))


def _discard(folder: Path) -> None:
    """The journal goes first: without it the folder means nothing."""
    with suppress(FileNotFoundError):
        (folder / _JOURNAL).unlink()
    shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- the disk


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


class _Resolved:
    """Where paths of the project lead, through links; each folder is looked up once."""

    def __init__(self, project_dir: Path) -> None:
        self._project_dir = project_dir
        self._folders: dict[str, str] = {}

    def __call__(self, path: str) -> Path:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(self._project_dir / folder)
        place = os.path.join(self._folders[folder], name)
        return Path(os.path.realpath(place) if os.path.islink(place) else place)


def _missing_folders(project_dir: Path, writes: Sequence[Write]) -> tuple[str, ...]:
    missing: dict[str, None] = {}
    kept = [write for write in writes if write.after is not None]
    for parent in dict.fromkeys(PurePosixPath(write.path).parent for write in kept):
        for folder in (*reversed(parent.parents), parent):
            if not (project_dir / folder).exists():
                missing[folder.as_posix()] = None
    return tuple(missing)


def _write(path: Path, data: bytes, mode: int | None = None) -> None:
    path.write_bytes(data)
    if mode is not None:
        os.chmod(path, mode)


def _sync(paths: Sequence[Path]) -> None:
    """Have the contents of these files on the disk."""
    if sys.platform == "linux" and len(paths) > _MANY:
        os.sync()  # waits, on Linux; thousands of single waits would take a minute
        return
    for path in paths:
        _sync_one(path, os.O_RDWR)


def _sync_one(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folders(folders: Iterable[Path]) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        for folder in folders:
            _sync_one(folder, os.O_RDONLY)


def _words(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
