"""One run at a time in a host project."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from dbt_cartridge.errors import WriteError
from dbt_cartridge.write.paths import FOLDER

WAIT_SECONDS = 10.0
_VANISHED = 1000  # times in a row, which no other run can bring about


@contextmanager
def locked(project_dir: Path, wait: float = WAIT_SECONDS) -> Generator[None]:
    """Hold `.cartridge/lock`. The system frees it when its holder dies, so none is ever stale.

    Raises:
        WriteError: another run holds it for longer than `wait` seconds, or it cannot be made.
    """
    path = project_dir / FOLDER / "lock"
    handle = _acquire(path, wait)
    try:
        yield
    finally:
        _release(path, handle)


def _release(path: Path, handle: int) -> None:
    """Leave nothing behind, not even the folder where nothing came of a first run."""
    if sys.platform == "win32":  # an open file cannot be removed there
        os.close(handle)
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()
    if sys.platform != "win32":
        os.close(handle)


def _acquire(path: Path, wait: float) -> int:
    deadline = time.monotonic() + wait
    vanished = 0
    while True:
        try:
            path.parent.mkdir(exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            # Another first run has just removed the folder: before the file was made, or between
            # mkdir's finding it there and its looking whether it is one.
            vanished += isinstance(error, FileNotFoundError | FileExistsError)
            if 0 < vanished < _VANISHED:
                continue
            raise WriteError(
                f"Nothing was written: {path} cannot be made ({error.strerror}). "
                "Make the project folder writable, or use dry_run."
            ) from error
        vanished = 0
        if _try_lock(handle):
            if _is_still(path, handle):
                _sign(handle)
                return handle
        elif time.monotonic() >= deadline:
            holder = _holder(path)
            os.close(handle)
            raise WriteError(
                f"Nothing was written: {holder} is writing to this project. "
                "Run again when it has finished."
            )
        else:
            time.sleep(0.05)
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    """False where the file was removed between our opening and our locking it."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False


def _sign(handle: int) -> None:
    mark = {"pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time())}
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(mark).encode())


def _holder(path: Path) -> str:
    try:
        mark = json.loads(path.read_text("utf-8"))
        since = time.strftime("%H:%M:%S", time.localtime(int(mark["since"])))
        return f"process {int(mark['pid'])} on {mark['host']} (since {since})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run of cartridge"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        # A byte far behind the text, so that the signature can be read by those who wait.
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
