"""Two runs never write at once, and a dead one never stands in the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from dbt_cartridge.errors import WriteError
from dbt_cartridge.write.lock import locked

_spawn = multiprocessing.get_context("spawn")


def _hold(root: Path, holding: Event, enough: Event) -> None:
    with locked(root):
        holding.set()
        enough.wait(60)


def test_second_run_says_who_holds_the_lock(tmp_path: Path) -> None:
    holding, enough = _spawn.Event(), _spawn.Event()
    other = _spawn.Process(target=_hold, args=(tmp_path, holding, enough))
    other.start()
    try:
        assert holding.wait(30)
        refused = pytest.raises(WriteError, match=f"process {other.pid} on .* Run again")
        with refused, locked(tmp_path, wait=0.1):
            pass
    finally:
        enough.set()
        other.join()
    with locked(tmp_path, wait=0):
        pass


def test_lock_of_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    holding, enough = _spawn.Event(), _spawn.Event()
    other = _spawn.Process(target=_hold, args=(tmp_path, holding, enough))
    other.start()
    assert holding.wait(30)
    assert other.pid is not None
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    assert (tmp_path / ".cartridge" / "lock").exists()
    with locked(tmp_path, wait=0):
        pass


def test_runs_take_turns(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with locked(tmp_path, wait=30):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_nothing_stays_of_a_lock(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert (tmp_path / ".cartridge" / "lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_project_that_cannot_be_written_to_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(WriteError, match="Make the project folder writable"), locked(tmp_path):
        pass
