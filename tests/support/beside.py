"""One dbt for all that the tests have proved: a user's run starts its own, for seconds."""

from __future__ import annotations

import sys

from dbt_cartridge.engine.beside import Beside

_SHARED = Beside(sys.executable)


class SharedBeside:
    """In the place of `Beside`: whoever stops it stops only using it."""

    def __init__(self, python: str) -> None:
        assert python == sys.executable

    start = staticmethod(_SHARED.start)
    run_in = staticmethod(_SHARED.run_in)
    ahead = staticmethod(_SHARED.ahead)
    settle = staticmethod(_SHARED.settle)

    @property
    def runs_ahead(self) -> bool:
        return _SHARED.runs_ahead

    def end(self) -> None:
        pass

    def stop(self) -> None:
        pass
