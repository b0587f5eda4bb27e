"""What the benchmarks share: fresh projects, timed commands, and dbt's results as rows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support import dbt_v2, kinds
from tests.support.host import ENVIRONMENT, REPOSITORY, HostProject, make_host

Adapter = str  # one of tests.support.kinds.KINDS
Engine = Literal["in_process", "command_line", "v2"]
BAD = ("fail", "error", "runtime error")


@dataclass(frozen=True)
class Node:
    """One node of dbt's run_results.json."""

    unique_id: str
    status: str
    failures: int
    message: str

    @property
    def is_test(self) -> bool:
        return self.unique_id.startswith("test.")

    @property
    def name(self) -> str:
        """`model.shop.fct_orders` → `fct_orders`; of a test, its name without the hash."""
        return self.unique_id.split(".")[2]


@dataclass(frozen=True)
class Timed:
    """A command that has ended. `megabytes` is its own peak, without its children's; `processor`
    its seconds on a processor, its threads' and its children's too."""

    seconds: float
    processor: float
    megabytes: float
    code: int
    output: str


@contextmanager
def projects(adapter: Adapter, keep: Path | None = None) -> Iterator[ProjectMaker]:
    """A maker of fresh host projects; all that it made is gone afterwards, but for `keep`."""
    folder = keep or Path(tempfile.mkdtemp(prefix="cartridge-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    kind = kinds.KINDS[adapter]()
    try:
        yield ProjectMaker(folder, kind)
    finally:
        kind.stop()
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class ProjectMaker:
    folder: Path
    kind: kinds.Kind

    def __call__(self, name: str) -> HostProject:
        """An empty dbt project over an empty warehouse, in a folder of this name."""
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        return make_host(place / "shop", self.kind.warehouse(f"bench_{uuid4().hex[:12]}", place))


def generate(host: HostProject, engine: Engine = "in_process", **options: object) -> Timed:
    """Run cartridge by one of its two front doors, over the schema `raw`."""
    chosen = {"schemas": ["raw"], **options}
    if engine != "in_process":
        words = [f"--{name.replace('_', '-')}={_word(value)}" for name, value in chosen.items()]
        command = [host.program("cartridge"), "generate", *words, "--dbt", dbt(engine, host)]
        return timed(host, command)
    command = ["run-operation", "cartridge_generate", "--args", json.dumps(chosen)]
    return timed(host, [host.program("dbt"), *command])


def dbt(engine: Engine, host: HostProject) -> str:
    """The dbt of an engine.

    Raises:
        EnvironmentMissing: it cannot be had.
    """
    return dbt_v2.program() if engine == "v2" else host.program("dbt")


def timed(host: HostProject, command: Sequence[str], seconds: float = 3600) -> Timed:
    """Run a command in the host's folder, with its wall time and its peak memory."""
    environment = {**os.environ, **ENVIRONMENT, "DBT_PROFILES_DIR": str(host.root)}
    environment["PATH"] = os.pathsep.join(
        [str(Path(command[0]).parent), environment.get("PATH", "")]
    )
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=host.root, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        code, processor, usage = _wait(process, began + seconds)
        took = time.monotonic() - began
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    return Timed(took, processor, usage / 1024, code, text)


def _wait(process: subprocess.Popen[bytes], until: float) -> tuple[int, float, int]:
    """Exit code, processor seconds and peak kilobytes. `wait4` alone tells one process from the
    others."""
    while time.monotonic() < until:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss
        time.sleep(0.01)
    process.kill()
    process.wait()
    return -9, 0.0, 0


def results(host: HostProject) -> list[Node]:
    """What the last dbt command in the project said of each node."""
    path = host.root / "target" / "run_results.json"
    if not path.exists():
        return []
    return [
        Node(
            node["unique_id"],
            node["status"],
            node.get("failures") or 0,  # dbt v2 leaves it out for a model
            str(node["message"] or ""),
        )
        for node in json.loads(path.read_text("utf-8"))["results"]
    ]


def without_cartridge(host: HostProject) -> None:
    """Take the package out of the project: what was generated must not need it."""
    packages = yaml.safe_load(host.read("packages.yml"))["packages"]
    kept = [package for package in packages if package["local"] != str(REPOSITORY)]
    host.write("packages.yml", yaml.safe_dump({"packages": kept}))
    (host.root / "dbt_packages" / "cartridge").unlink()


def with_packages(host: HostProject, **checkouts: Path) -> None:
    """Install packages by links to their checkouts, as `dbt deps` does for local ones."""
    packages = yaml.safe_load(host.read("packages.yml"))["packages"]
    packages += [{"local": str(checkout)} for checkout in checkouts.values()]
    host.write("packages.yml", yaml.safe_dump({"packages": packages}))
    for name, checkout in checkouts.items():
        (host.root / "dbt_packages" / name).symlink_to(checkout, target_is_directory=True)


def database_folders(places: Sequence[Path]) -> list[Path]:
    """Those that hold a database; of the others one is told, so that none is missed unseen."""
    for place in places:
        if not (place / "tables").is_dir():
            print(f"{place}: no folder `tables` in it, left out", file=sys.stderr)
    return [place for place in places if (place / "tables").is_dir()]


def last_words(output: str, lines: int = 3) -> str:
    """The end of a command's output, on one line."""
    kept = [line.strip() for line in output.splitlines() if line.strip()]
    return " | ".join(kept[-lines:])


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table with padded columns; numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]

    def line(row: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(header), rule, *map(line, cells)])


def _word(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(str(part) for part in value)
    return str(value)
