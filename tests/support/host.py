"""A host dbt project in a folder of its own, and the ways to run dbt and cartridge in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.warehouses import Warehouse

REPOSITORY = Path(__file__).parents[2]
SECONDS = 600
ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "PYTHONDONTWRITEBYTECODE": "",  # else each dbt compiles all its modules anew, for seconds
}
_AGAIN = """
import sys
from dbt.cli.main import dbtRunner
for _ in range(int(sys.argv[1])):
    if not dbtRunner().invoke(sys.argv[2:]).success:
        sys.exit(1)
"""
NOT_THE_PROJECT = {"target", "logs", "dbt_packages", ".user.yml"}


@dataclass(frozen=True)
class DbtRun:
    """What an in-process dbt said. `statuses`: last part of each node's unique id → status."""

    success: bool
    exception: BaseException | None
    output: str
    statuses: Mapping[str, str] = field(default_factory=dict[str, str])

    def must_succeed(self) -> DbtRun:
        assert self.success, f"{self.exception or ''}\n{self.output[-4000:]}"
        return self


@dataclass(frozen=True)
class HostProject:
    """A dbt project named `shop` that has cartridge in its packages, over one warehouse."""

    root: Path
    warehouse: Warehouse
    schema: str = "analytics"
    programs: Path = Path(sys.executable).parent  # of the dbt that it is run with

    def write(self, path: str, text: str) -> Path:
        """Write a file of the project, folders and all."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file that belongs to the project, by path: compare before and after."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and path.relative_to(self.root).parts[0] not in NOT_THE_PROJECT
        }

    def dbt(self, *arguments: str) -> DbtRun:
        """Run dbt in this process: the second run and all later ones cost under a second."""
        from dbt.cli.main import dbtRunner

        lines: list[str] = []
        runner = dbtRunner(callbacks=[lambda event: lines.append(str(event.info.msg))])
        with _inside(self.root):
            # Without a log file: dbt leaves it open, and warnings are errors here.
            result = runner.invoke(["--log-level-file", "none", *arguments, *self._folders()])
        self.warehouse.release()
        return DbtRun(result.success, result.exception, "\n".join(lines), _statuses(result.result))

    def operation(self, macro: str, **arguments: Any) -> DbtRun:
        """`dbt run-operation`, in this process."""
        return self.dbt("run-operation", macro, "--args", json.dumps(arguments))

    def dbt_process(
        self, *arguments: str, dbt: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt as users do, in a process of its own. `dbt`: another than the tests' own."""
        return self._process([dbt or self.program("dbt"), *arguments, *self._folders()], variables)

    def dbt_again(self, times: int, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same command of the warehouse's own dbt so many times, for the price of one start."""
        command = [self.program("python"), "-c", _AGAIN, str(times), *arguments, *self._folders()]
        return self._process(command, {})

    def cartridge(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the `cartridge` command in the project's folder."""
        return self._process([self.program("cartridge"), *arguments], variables)

    def program(self, name: str) -> str:
        """A program of the environment that has the warehouse's adapter."""
        return str(self.programs / name)

    def _folders(self) -> Sequence[str]:
        return ("--project-dir", str(self.root), "--profiles-dir", str(self.root))

    def _process(
        self, command: Sequence[str], variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **ENVIRONMENT, "DBT_PROFILES_DIR": str(self.root)}
        # `cartridge` drives the dbt that it finds on the PATH.
        beside = [str(Path(command[0]).parent), environment.get("PATH", "")]
        environment["PATH"] = os.pathsep.join(beside)
        return subprocess.run(
            command, cwd=self.root, env=environment | variables, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip


def make_host(
    root: Path,
    warehouse: Warehouse,
    schema: str = "analytics",
    *,
    package: bool = True,
    programs: Path | None = None,
) -> HostProject:
    """An empty dbt project. `package`: cartridge is in packages.yml, and installed as a link.
    `programs`: the folder of the dbt to run it with, where it is not that of the tests.

    `dbt deps` would make the same link for a local package; one test proves that it does.
    """
    host = HostProject(
        root,
        warehouse,
        schema,
        programs or getattr(warehouse, "programs", None) or Path(sys.executable).parent,
    )
    root.mkdir(parents=True, exist_ok=True)
    profile = {"target": "dev", "outputs": {"dev": warehouse.output(schema)}}
    host.write("profiles.yml", yaml.safe_dump({"shop": profile}))
    project = {
        "name": "shop",
        "version": "1.0.0",
        "profile": "shop",
        "flags": {"send_anonymous_usage_stats": False},
    }
    host.write("dbt_project.yml", yaml.safe_dump(project, sort_keys=False))
    (root / "models").mkdir(exist_ok=True)
    files: Mapping[str, str] = getattr(warehouse, "files", {})
    for path, text in files.items():
        host.write(path, text)
    if package:
        host.write("packages.yml", yaml.safe_dump({"packages": [{"local": str(REPOSITORY)}]}))
        (root / "dbt_packages").mkdir(exist_ok=True)
        (root / "dbt_packages" / "cartridge").symlink_to(REPOSITORY, target_is_directory=True)
    return host


def program(name: str) -> str:
    """A program of the environment that runs the tests."""
    return str(Path(sys.executable).parent / name)


def _statuses(result: Any) -> dict[str, str]:
    found = getattr(result, "results", None) or ()
    return {
        run.node.unique_id.split(".", 2)[-1]: str(run.status)
        for run in found
        if getattr(run, "node", None)
    }


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """dbt changes the working directory; whoever runs it in process gets it back."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
