"""What cures what dbt or the warehouse says: by its words, and by what lies in the project."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dbt_cartridge.errors import did_you_mean

_PACKAGE_FILES = ("packages.yml", "dependencies.yml")
_TOLD_TARGETS = re.compile(r"^\s*- (\S+)\s*$", re.MULTILINE)


def cure(message: str, project_dir: Path, profiles_dir: Path | None = None) -> str:
    """What to do, in a phrase; empty where nobody knows.

    Args:
        message: dbt's or the warehouse's own words, which are shown beside it.
        profiles_dir: what `--profiles-dir` says.
    """
    for pattern, remedy in _CURES:
        if found := re.search(pattern, message, re.IGNORECASE | re.DOTALL):
            return remedy(found, project_dir, profiles_dir)
    return ""


def _package(_: re.Match[str], project_dir: Path, __: Path | None) -> str:
    for name in _PACKAGE_FILES:
        try:
            if "cartridge" in (project_dir / name).read_text("utf-8"):
                return "run `dbt deps`"
        except (OSError, ValueError):
            continue
    return "run `cartridge init`, then `dbt deps`"


def _profile(found: re.Match[str], project_dir: Path, profiles_dir: Path | None) -> str:
    path = _profiles_file(project_dir, profiles_dir)
    known = _profile_names(path)
    if path is None or not known:
        return _no_profiles(found, project_dir, profiles_dir)
    near = did_you_mean(found[1], known)
    return f"`profile:` in dbt_project.yml must be one of {path}: {', '.join(known)}.{near}"


def _no_profiles(_: re.Match[str], project_dir: Path, profiles_dir: Path | None) -> str:
    where = profiles_dir or Path.home() / ".dbt"
    return (
        f"dbt finds no profiles.yml in {project_dir} or {where}: write one there (`dbt init` asks "
        "for what it needs), or name its folder with --profiles-dir"
    )


def _target(found: re.Match[str], _: Path, __: Path | None) -> str:
    known = _TOLD_TARGETS.findall(found[0])
    near = did_you_mean(found[1], known)
    return f"name one with --target: {', '.join(known)}.{near}" if known else "name one that it has"


def _said(text: str) -> Callable[[re.Match[str], Path, Path | None], str]:
    return lambda found, _, __: text.format(*found.groups())


_CURES: Sequence[tuple[str, Callable[[re.Match[str], Path, Path | None], str]]] = (
    (r"the dbt package cartridge is not installed", _package),
    (r"package\(s\) specified in|run .?dbt deps", _said("run `dbt deps`")),
    (r"could not find profile named '([^']*)'", _profile),
    (
        r"invalid value for '--profiles-dir'|path '[^']*' does not exist|no profiles\.yml",
        _no_profiles,
    ),
    (r"does not have a target named '([^']*)'.*", _target),
    (r"env var required but not provided: '([^']*)'", _said("set {0} in the environment")),
    (
        r"could not find adapter type (\w+)|no module named 'dbt\.adapters\.(\w+)'",
        lambda found, _, __: f"pip install dbt-{found[1] or found[2]}",
    ),
    (r"could not set lock on file", _said("end the program that has the DuckDB file open")),
    (
        r"cannot open (?:file|database) \"([^\"]*)\"",
        _said("name the file that holds the raw tables as `path` in profiles.yml"),
    ),
    (
        r"(?:password |ident )?authentication failed|incorrect username or password"
        r"|access denied for user|no password supplied|role .* does not exist",
        _said("correct user and password in profiles.yml, or in the variables that it reads"),
    ),
    (
        r"could not translate host|name or service not known|connection refused"
        r"|can.t connect to|timeout expired|no route to host",
        _said("correct host and port in profiles.yml, and see that the server runs"),
    ),
    (
        r"database .* does not exist|unknown database",
        _said("correct the name of the database in profiles.yml"),
    ),
)


def _profiles_file(project_dir: Path, profiles_dir: Path | None) -> Path | None:
    """Where dbt looks: what it was told, then the project, then the home."""
    told = profiles_dir or os.environ.get("DBT_PROFILES_DIR")
    places = [Path(told)] if told else [project_dir, Path.home() / ".dbt"]
    return next((p / "profiles.yml" for p in places if (p / "profiles.yml").is_file()), None)


def _profile_names(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        yaml: Any = YAML(typ="safe", pure=True)
        loaded = yaml.load(path.read_text("utf-8"))
    except (OSError, YAMLError, ValueError):
        return []
    names = cast("dict[object, object]", loaded) if isinstance(loaded, dict) else {}
    return [str(name) for name in names if name != "config"]
