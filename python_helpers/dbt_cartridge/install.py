"""`cartridge init`: the dbt package that this wheel carries, into a host project.

The package is copied to `.cartridge/package` of the host and named there by a relative path, so
that colleagues, CI and dbt Cloud find the same one: a path into site-packages leads nowhere on
another machine.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dbt_cartridge.documents.base import Frozen
from dbt_cartridge.errors import HostError

PLACE = ".cartridge/package"
DBT_PACKAGE = ("dbt_project.yml", "packages.yml", "macros", "skills", "LICENSE", "README.md")


class Installation(Frozen):
    """What `install` did. Nothing is listed where everything was in place already."""

    version: str
    changed: tuple[str, ...] = ()  # paths from the host's root, with forward slashes
    next: str = "Run `dbt deps`, then `cartridge debug`."

    def __str__(self) -> str:
        """For the terminal."""
        done = f"wrote {' and '.join(self.changed)}" if self.changed else "all was in place"
        return f"cartridge {self.version}: {done}. {self.next}"


def install(project_dir: Path) -> Installation:
    """Put the matching package into the host, and its entry into packages.yml.

    A host that keeps its packages in dependencies.yml gets the entry there. An entry that names
    cartridge in another way (git, hub, another path) is replaced by ours, others are untouched.

    Raises:
        HostError: no dbt project in `project_dir`, or its packages file cannot be read or written.
    """
    if not (project_dir / "dbt_project.yml").is_file():
        raise HostError(
            f"{project_dir} holds no dbt_project.yml. Run `cartridge init` in a dbt project, or "
            "name one with --project-dir. To begin one from nothing: `cartridge new`."
        )
    package = package_folder()
    try:
        entry = _entry(project_dir)
        changed = [PLACE] if _copy(package, project_dir / PLACE) else []
        if entry is not None:
            path, text = entry
            _replace(path, text)
            changed.append(path.name)
    except OSError as error:
        raise HostError(
            f"Cannot write to {project_dir}: {error}. Its packages file is as it was."
        ) from error
    return Installation(version=package_version(package), changed=tuple(changed))


def package_folder() -> Path:
    """The dbt package of this installation: in the wheel, or in the checkout it runs from.

    Raises:
        HostError: neither is there.
    """
    here = Path(__file__).parent
    for folder in (here / "package", here.parents[1]):
        if (folder / "dbt_project.yml").is_file() and (folder / "macros").is_dir():
            return folder
    raise HostError("This installation of dbt-cartridge is not whole. Install it again.")


def package_version(folder: Path) -> str:
    """`version:` of a dbt package's dbt_project.yml.

    Raises:
        HostError: there is none.
    """
    text = (folder / "dbt_project.yml").read_text("utf-8")
    found = re.search(r"^version: *['\"]?([^'\"\s]+)", text, re.MULTILINE)
    if found is None:
        raise HostError(f"{folder / 'dbt_project.yml'} names no version.")
    return found[1]


def _entry(project_dir: Path) -> tuple[Path, str] | None:
    """The packages file and its new text, or None where it names our package already."""
    path = _packages_file(project_dir)
    yaml: Any = YAML()
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    document, packages = _read(path, yaml)
    ours = [index for index, package in enumerate(packages) if _is_cartridge(package)]
    if len(ours) == 1 and dict(packages[ours[0]]) == {"local": PLACE}:
        return None
    for index in reversed(ours):
        del packages[index]
    packages.append({"local": PLACE})
    document["packages"] = packages
    text = StringIO()
    yaml.dump(document, text)
    return path, text.getvalue()


def _read(path: Path, yaml: Any) -> tuple[Any, Any]:
    """The document in `path` and its list of packages; both are empty where there is none.

    Raises:
        HostError: it is not YAML, or not of the form that dbt takes.
    """
    try:
        loaded: Any = yaml.load(path.read_text("utf-8")) if path.exists() else None
    except YAMLError as error:
        raise HostError(f"{path} is not YAML that dbt could read: {error}") from error
    document: Any = {} if loaded is None else loaded
    packages: Any = document.get("packages") if hasattr(document, "get") else document
    packages = [] if packages is None else packages
    if not (hasattr(document, "get") and isinstance(packages, list)):
        raise HostError(f"{path}: `packages:` is not a list. Mend it, then run this again.")
    return document, cast("Any", packages)


def _packages_file(project_dir: Path) -> Path:
    """dbt refuses `packages:` in both files: the entry goes where the host has it."""
    dependencies = project_dir / "dependencies.yml"
    if dependencies.exists() and re.search(
        r"^packages:", dependencies.read_text("utf-8"), re.MULTILINE
    ):
        return dependencies
    return project_dir / "packages.yml"


def _is_cartridge(package: Any) -> bool:
    """Whether an entry of packages.yml leads to cartridge: by its last part, without `.git`."""
    if not isinstance(package, dict):
        return False
    words = cast("dict[str, Any]", package)
    place = str(words.get("local") or words.get("git") or words.get("package") or "")
    last = place.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
    return place == PLACE or last in ("cartridge", "dbt-cartridge", "dbt_cartridge")


def _copy(package: Path, target: Path) -> bool:
    """Make `target` the same as the package; whole or not at all. False: it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".package-") as folder:
        fresh = Path(folder) / "package"
        fresh.mkdir()
        for name in DBT_PACKAGE:
            source = package / name
            if source.is_dir():
                shutil.copytree(source, fresh / name)
            elif source.exists():
                shutil.copyfile(source, fresh / name)
        if target.exists() and _same(fresh, target):
            return False
        if target.exists():
            os.replace(target, Path(folder) / "old")
        os.replace(fresh, target)
    return True


def _same(left: Path, right: Path) -> bool:
    names = {path.relative_to(left) for path in left.rglob("*") if path.is_file()}
    if names != {path.relative_to(right) for path in right.rglob("*") if path.is_file()}:
        return False
    return all(filecmp.cmp(left / name, right / name, shallow=False) for name in names)


def _replace(path: Path, text: str) -> None:
    """Write beside and move over: a reader sees the old file or the new one."""
    fresh = path.with_name(f".{path.name}.cartridge")
    fresh.write_text(text, "utf-8")
    os.replace(fresh, path)
