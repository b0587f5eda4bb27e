from __future__ import annotations

import threading
import time

import pytest

from dbt_cartridge.engine.stopwatch import stopwatch


def test_what_takes_too_long_is_stopped_and_told() -> None:
    stopped = threading.Event()
    with stopwatch(0.01, stopped.set) as late:
        assert stopped.wait(30)
    assert late.is_set()


def test_what_ends_in_time_is_not_stopped() -> None:
    stopped = threading.Event()
    with stopwatch(0.2, stopped.set) as late:
        pass
    time.sleep(0.4)
    assert not stopped.is_set()
    assert not late.is_set()


def test_ctrl_c_while_it_is_started_leaves_nothing_that_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[threading.Thread] = []

    def interrupted(timer: threading.Timer) -> None:
        threading.Thread.start(timer)
        started.append(timer)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Timer, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), stopwatch(600, lambda: None):
        pass
    (timer,) = started
    timer.join(30)
    assert not timer.is_alive()
