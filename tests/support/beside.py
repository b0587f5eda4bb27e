"""One dbt for all that the tests have proved: a user's run starts its own, for seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dbt_cartridge.engine.beside import Beside

_SHARED = Beside(sys.executable)


class SharedBeside:
    """In the place of `Beside`: whoever stops it stops only using it."""

    def __init__(self, python: str) -> None:
        assert python == sys.executable

    def start(self) -> None:
        _SHARED.start()

    def run_in(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        seconds: float,
    ) -> int | None:
        return _SHARED.run_in(folder, arguments, environment, on_line, seconds)

    def stop(self) -> None:
        pass
