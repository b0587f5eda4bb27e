"""The copy is begun while the warehouse is read.

dbt reads what lies in every copy of the host: macros above all, its own and those of packages. What
is generated comes later, and then dbt's partial parsing reads only that. Beside its files there is
one of each kind that we generate, since dbt prepares much when it meets the first of a kind.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.engine.base import Engine, KeptRunner
from dbt_cartridge.engine.build import parse_ahead
from dbt_cartridge.errors import CartridgeError
from dbt_cartridge.verify.host_copy import READS, copy_surroundings, make_copy

_READ = "target"  # where dbt keeps what it has read
_NAME = "cartridge_ahead"
# None reads another: dbt must be able to forget each alone.
_MODEL = f"{{{{ config(materialized='ephemeral') }}}}\nselect 1 as {_NAME}\n"
_TEST = f"select 1 as {_NAME} where 1 = 0\n"
_YAML = f"""\
version: 2

models:
  - name: {_NAME}
    description: Read ahead.
    columns:
      - name: {_NAME}
        description: A column.
        TESTS:
          - not_null:
              config:
                severity: warn
"""


class Ahead:
    """The folder of a proof's copy, from before there is anything to prove."""

    def __init__(self, project_dir: Path) -> None:
        self._project_dir = project_dir
        self._around = tempfile.TemporaryDirectory(
            prefix="cartridge-verify-", ignore_cleanup_errors=True
        )
        self._folder: Path | None = None
        self._reading: KeptRunner | None = None

    def begin(self, host: Host, engine: Engine) -> None:
        """Where a dbt was started ahead, have it read what is known already. What goes wrong here
        is told by the proof, which does it again."""
        dbt = engine.command
        if dbt.kept is None or not dbt.kept.runs_ahead:
            return
        with suppress(CartridgeError, OSError):
            design = Design(adapter=engine.target.adapter)
            make_copy(self._project_dir, host, design, _one_of_each(host), self._made())
            parse_ahead(dbt, dbt.kept, self._made())
            self._reading = dbt.kept

    def folder(self) -> Path:
        """The folder for the copy: there is nothing in it but what dbt has read ahead."""
        if self._reading is not None:
            self._reading.settle()
            self._reading = None
        folder = self._made()
        for entry in folder.iterdir():
            if entry.is_symlink() or entry.is_file():
                entry.unlink()
            elif entry.name != _READ:
                shutil.rmtree(entry)
        return folder

    def _made(self) -> Path:
        if self._folder is None:
            around = Path(self._around.name).resolve()
            self._folder = copy_surroundings(self._project_dir, around)
        return self._folder

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, kind: object, error: object, where: object) -> None:
        if self._reading is not None:  # nothing came to be proved
            self._reading.stop()
        self._around.cleanup()


def _one_of_each(host: Host) -> Files:
    tests = "data_tests" if host.version >= (1, 8, 0) else "tests"
    models = host.model_paths[0]
    return Files(
        files=(
            File(path=f"{models}/{_NAME}.sql", kind="sql", text=_MODEL),
            File(path=f"{models}/{_NAME}.yml", kind="yaml", text=_YAML.replace("TESTS", tests)),
            File(path=f"{READS}/{_NAME}_test.sql", kind="sql", text=_TEST),
        )
    )
