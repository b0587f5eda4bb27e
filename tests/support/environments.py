"""Python environments of their own: versions of dbt, adapters and stand-ins that do not live
together.

Each is made once, by uv, in a cache outside the repository, and found again by what it holds.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 900


class EnvironmentMissing(Exception):
    """The environment cannot be had on this machine; says why."""


@dataclass(frozen=True)
class Environment:
    """What an environment holds.

    `overrides` are uv's: requirements that replace what packages ask for. `no_deps` are installed
    after the rest, alone. `editable`: a folder, such as this repository.
    """

    name: str
    requirements: tuple[str, ...]
    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"
    overrides: tuple[str, ...] = ()
    no_deps: tuple[str, ...] = ()
    editable: Path | None = None

    def made(self) -> Path:
        """The folder of the environment; its programs are in `bin/`.

        Raises:
            EnvironmentMissing: no uv, no such Python, or a package that cannot be had.
        """
        parts = (self.requirements, self.python, self.overrides, self.no_deps, self.editable)
        digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
        folder = _cache() / f"{self.name}-{digest}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Tests run in several processes: one of them makes it, the others wait.
        with (folder.parent / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ready = folder / ".ready"
            if not ready.exists():
                shutil.rmtree(folder, ignore_errors=True)
                self._make(folder)
                ready.touch()
        return folder

    def _make(self, folder: Path) -> None:
        _uv("venv", "--quiet", "--python", _interpreter(self.python), str(folder))
        install = ["pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
        wanted = list(self.requirements)
        if self.editable is not None:
            wanted += ["--editable", str(self.editable)]
        if self.overrides:
            overrides = folder / "overrides.txt"
            overrides.write_text("\n".join(self.overrides), "utf-8")
            wanted += ["--override", str(overrides)]
        _uv(*install, *wanted)
        if self.no_deps:
            _uv(*install, "--no-deps", *self.no_deps)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cartridge-development"


def _interpreter(version: str) -> str:
    """pyenv's interpreter where there is one, which uv does not look for; else what uv finds."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = sorted((root / "versions").glob(f"{version}.*/bin/python"))
    return str(found[-1]) if found else version


def _uv(*arguments: str) -> None:
    beside = str(Path(sys.executable).parent)
    program = shutil.which("uv", path=beside) or shutil.which("uv")
    if program is None:
        raise EnvironmentMissing("uv is not installed (`make env` brings it)")
    try:
        done = subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise EnvironmentMissing(f"uv took longer than {SECONDS} s") from late
    if done.returncode:
        raise EnvironmentMissing(done.stderr.strip()[-600:])
