"""A dbt v1 beside the one that runs us: it starts while that one reads, and runs what proves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dbt_cartridge.engine.kept_dbt import KeptDbt
from dbt_cartridge.errors import EngineError

_AHEAD_SECONDS = 600.0


class Beside:
    """One dbt of the Python `python`, kept from its first command on, or from `start`."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._kept: KeptDbt | None = None
        self._refused = False  # it cannot be kept: then each command is a program of its own

    def start(self) -> None:
        """Start it, and do not wait for it. A second time does nothing."""
        if self._kept is None and not self._refused:
            try:
                self._kept = KeptDbt(self._python, Path.cwd(), {})
            except EngineError:
                self._refused = True

    @property
    def runs_ahead(self) -> bool:
        """Whether `start` was called, where there is anything to do ahead."""
        return self._kept is not None

    def ahead(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """As `KeptRunner.ahead`."""
        if self._kept is not None:
            self._kept.ahead(folder, arguments, environment)

    def settle(self) -> None:
        """As `KeptRunner.settle`."""
        if (kept := self._kept) is None:
            return
        try:
            kept.wait()
            if not kept.settle(_AHEAD_SECONDS):
                self.stop()
        except EngineError:
            self._kept, self._refused = None, True
        except BaseException:
            kept.abandon()
            self.stop()
            raise

    def run_in(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        seconds: float,
    ) -> int | None:
        """As `KeptDbt.run_in`; None too where no dbt can be kept."""
        self.start()
        if (kept := self._kept) is None:
            return None
        try:
            kept.wait()
            code = kept.run_in(folder, arguments, environment, on_line, seconds)
        except EngineError:
            self._kept, self._refused = None, True
            return None
        except BaseException:
            kept.abandon()
            self.stop()
            raise
        if code is None:
            self.stop()
        return code

    def end(self) -> None:
        """Have it come to its end while something else is done; `stop` waits for that."""
        if self._kept is not None:
            self._kept.end()

    def stop(self) -> None:
        """End it. The next command starts another."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.stop()
