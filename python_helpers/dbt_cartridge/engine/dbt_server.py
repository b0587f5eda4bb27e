"""dbt v1, kept running: a program that another environment's Python runs, so it imports dbt alone.

Each line of standard input is JSON: the arguments of a dbt command in the folder where this program
was started, whose project is parsed once, at the first command; or `{"folder", "arguments",
"environment"}` of a command in another project; or `null`, to let go of the warehouse. dbt writes
to standard output as it always does; after each command comes a line
`{"cartridge_done": exit code}`.

Standard input ends when nobody waits any more: cartridge has closed it, or was killed. What then
runs in the warehouse is cancelled there, by dbt's own adapter, and this program ends. Drivers are
deaf to signals while they wait, so that a thread listens.

A `compile` in another project comes to the same with less work: ephemeral models are put in front
of what reads them without reading all of it (see `joined`), and the manifest is written once, when
all is compiled.
"""

import sys

if __name__ == "__main__":
    # The folder of this file: its modules must not stand in the way of those that dbt imports.
    sys.path.pop(0)

import contextlib
import contextvars
import json
import os
import queue
import re
import signal
import threading
from collections.abc import Generator, Sequence
from typing import Any

_GRACE_SECONDS = 5.0  # for the warehouse to cancel what runs


def main() -> None:
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
        message: Any = json.loads(line)
        if message is None or "folder" in message:
            code = _elsewhere(runner, message, listener) if message else 0
            _let_go()
            _say({"cartridge_done": code})
            continue
        arguments: list[str] = message
        options = arguments[arguments.index("-q") :]
        result: Any = None
        if manifest is None or arguments[0] == "parse":
            result = runner().invoke(["parse", *options])
            manifest = result.result if result.success else None
        if manifest is not None and arguments[0] != "parse":
            with listener.at_work():
                result = runner(manifest).invoke(arguments)
        _say({"cartridge_done": _exit_code(result)})


def _elsewhere(runner: Any, message: dict[str, Any], listener: "_Listener") -> int:
    """Run a command in another project, as a program of its own would."""
    home, own = os.getcwd(), dict(os.environ)
    try:
        os.chdir(message["folder"])
        _set_environment(message["environment"])
        compiles = message["arguments"][0] == "compile"
        with listener.at_work(), _less_work() if compiles else contextlib.nullcontext():
            return _exit_code(runner().invoke(message["arguments"]))
    finally:
        os.chdir(home)  # a folder that somebody works in cannot be removed everywhere
        _set_environment(own)


# ---------------------------------------------------------------- what is compiled

_LEADING_WITH = re.compile(r"\s*with\s+(?=[\w\"`\[])(?!(?:recursive|with)\b)", re.IGNORECASE)
_ANY_WITH = re.compile(r"with", re.IGNORECASE)
_MORE_STATEMENTS = re.compile(r";|\bgo\s+\d", re.IGNORECASE)  # of which dbt keeps the first


def joined(sql: str, expressions: Sequence[str]) -> str | None:
    """`sql` with ephemeral models in front of it, byte for byte as dbt would write it; None where
    that takes more than a look at its beginning.

    dbt has sqlparse read the whole text to find the `with` that it may begin with: of a proof's
    time in dbt that was nearly half, and beyond 10,000 words sqlparse refuses.

    Args:
        expressions: `name as (…)`, at least one.
    """
    if not sql.strip() or _MORE_STATEMENTS.search(sql):
        return None
    if begins := _LEADING_WITH.match(sql):
        return f"{begins[0]}{', '.join(expressions)}, {sql[begins.end() :]}"
    if _ANY_WITH.search(sql):  # in a comment before it, or nowhere that matters
        return None
    start = len(sql) - len(sql.lstrip())
    return f"{sql[:start]}with{', '.join(expressions)} {sql[start:]}"


@contextlib.contextmanager
def _less_work() -> Generator[None]:
    """Where this dbt has the functions that are known, others in their places, for one command."""
    # What it imports here is dbt's own function, which writes when all is compiled.
    import dbt.task.runnable  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from dbt import compilation
    from dbt.parser import manifest

    def inject(own: Any) -> Any:
        def injected(sql: str, ctes: Any) -> str:
            short = joined(sql, [each.sql for each in ctes]) if ctes else None
            return own(sql, ctes) if short is None else short

        return injected

    def unwritten(own: Any) -> Any:
        """The manifest before anything is compiled: half a second of a larger project's."""

        def nothing(*_: Any, **__: Any) -> None:
            return None

        return nothing

    with (
        _instead(compilation, "inject_ctes_into_sql", inject),
        _instead(manifest, "write_manifest", unwritten),
    ):
        yield


@contextlib.contextmanager
def _instead(module: Any, name: str, other: Any) -> Generator[None]:
    """`other(own)` in the place of a module's function, if it has one of that name."""
    own = getattr(module, name, None)
    if own is None:
        yield
        return
    setattr(module, name, other(own))
    try:
        yield
    finally:
        setattr(module, name, own)


def _set_environment(variables: dict[str, str]) -> None:
    for name in os.environ.keys() - variables.keys():
        del os.environ[name]
    os.environ.update(variables)


def _exit_code(result: Any) -> int:
    """As dbt's command line gives it."""
    if type(result.exception).__name__ == "DbtUsageException":
        # Which dbt itself leaves to its command line to show.
        print(f"Error: {result.exception}", flush=True)
    return 0 if result.success else 1 if result.exception is None else 2


def _let_go() -> None:
    """Close what an adapter keeps open between commands: DuckDB's file, which it locks."""
    from dbt.adapters import factory

    untyped: Any = factory
    for plugin in list(untyped.FACTORY.plugins.values()):
        close = getattr(plugin.adapter.ConnectionManager, "close_all_connections", None)
        if close is not None:
            close()


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
