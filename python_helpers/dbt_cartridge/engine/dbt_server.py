"""dbt v1, kept running: a program that another environment's Python runs, so it imports dbt alone.

Each line of standard input is the arguments of a dbt command, as JSON. dbt writes to standard
output as it always does; after each command comes a line `{"cartridge_done": exit code}`. The
project is parsed once, at the first command.

Standard input ends when nobody waits any more: cartridge has closed it, or was killed. What then
runs in the warehouse is cancelled there, by dbt's own adapter, and this program ends. Drivers are
deaf to signals while they wait, so that a thread listens.
"""

import sys

# The folder of this file, whose modules must not stand in the way of those that dbt imports.
sys.path.pop(0)

import contextlib
import contextvars
import json
import os
import queue
import signal
import threading
from collections.abc import Generator

_GRACE_SECONDS = 5.0  # for the warehouse to cancel what runs


def main() -> None:
    from typing import Any

    from dbt.cli import main as dbt

    # Ctrl-C reaches the whole group of processes: cartridge decides what becomes of this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runner: Any = dbt.dbtRunner  # untyped
    manifest: Any = None
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    listener = _Listener(lines)
    threading.Thread(target=listener.listen, daemon=True).start()
    _say({"cartridge_ready": True})
    while line := lines.get():
        arguments: list[str] = json.loads(line)
        options = arguments[arguments.index("-q") :]
        result: Any = None
        if manifest is None or arguments[0] == "parse":
            result = runner().invoke(["parse", *options])
            manifest = result.result if result.success else None
        if manifest is not None and arguments[0] != "parse":
            with listener.at_work():
                result = runner(manifest).invoke(arguments)
        if type(result.exception).__name__ == "DbtUsageException":
            # Which dbt itself leaves to its command line to show.
            print(f"Error: {result.exception}", flush=True)
        _say({"cartridge_done": 0 if result.success else 1})


class _Listener:
    """Hands on the lines of standard input, and ends what runs where they end."""

    def __init__(self, lines: "queue.SimpleQueue[str]") -> None:
        self._lines = lines
        self._context: contextvars.Context | None = None  # of the command that runs

    def listen(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)
        if (context := self._context) is not None:
            cancelling = threading.Thread(target=context.run, args=(_cancel,), daemon=True)
            cancelling.start()
            cancelling.join(_GRACE_SECONDS)
            os._exit(1)
        self._lines.put("")

    @contextlib.contextmanager
    def at_work(self) -> Generator[None]:
        self._context = contextvars.copy_context()  # dbt keeps its events and its adapters there
        try:
            yield
        finally:
            self._context = None


def _cancel() -> None:
    from typing import Any

    from dbt.adapters import factory

    untyped: Any = factory
    for adapter in list(untyped.FACTORY.adapters.values()):
        with contextlib.suppress(Exception):
            if adapter.is_cancelable():
                with adapter.connection_named("cartridge_cancel"):
                    adapter.cancel_open_connections()


def _say(message: "dict[str, int]") -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
