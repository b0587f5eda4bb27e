"""Kill a run before its n-th step on the disk, as `kill -9` would."""

from __future__ import annotations

import builtins
import io
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

_STEPS = (
    "replace", "rename", "mkdir", "open", "fsync", "sync", "unlink", "rmdir", "chmod", "write",
)  # fmt: skip


def killed_at_every_step(work: Callable[[], object], reset: Callable[[], None]) -> Iterator[int]:
    """Run `work` in a child process that dies before step 1, then 2, … until it comes to its end.

    `reset` is called before each. Yields after each death, with its step.
    """
    step = 1
    while True:
        reset()
        if _dies(work, step):
            yield step
        else:
            return
        step += 1


def _dies(work: Callable[[], object], step: int) -> bool:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_before(step)
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the run ended with an error"
    return False


def _die_before(step: int) -> None:
    left = step

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return call

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))
    io.open = builtins.open = counted(builtins.open)
