"""A copy of the host project that holds what the generated files need, and nothing that writes.

Kept, as links: the host's macros, generic tests, doc blocks, packages' macros, the host models that
our SQL reads, and whatever else lies beside them (a profile may name a file by a relative path).
Rewritten: `dbt_project.yml` of the host and of each package, without hooks.
Left out: the host's other models, tests, seeds, snapshots and YAML, so that a host of thousands of
models costs no more to parse than an empty one. That no name clashes is checked against the `Host`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.engine.host import read_project
from dbt_cartridge.errors import HostError, VerifyError
from dbt_cartridge.words import MAX_NAME, shortened

PACKAGES = "dbt_packages"
READS = "cartridge_reads"  # the folder of our own tests in the copy

# Never read by dbt at run time, or read by it and better not (a default selector would choose
# among our tests; packages.yml would ask for the cartridge package).
_NOT_COPIED = {
    ".git", ".venv", "venv", "env", "node_modules", "__pycache__", "target", "logs",
    "dbt_packages", "dbt_modules", "dbt_internal_packages", "dbt_project.yml", "selectors.yml",
    "packages.yml", "dependencies.yml", "package-lock.yml", ".user.yml",
}  # fmt: skip
_CTE = "__dbt__cte__"  # what dbt calls an ephemeral model begins so, and its limit is the same
_NOWHERE = "cartridge_nowhere"  # dbt v2 takes an empty list of paths for the default
_HOOKS = {"on-run-start", "on-run-end"}
_NODE_HOOKS = {"pre-hook", "post-hook", "pre_hook", "post_hook"}
# What turns a test off, or makes it quiet, is no fault of a model; `where` is what it means.
_OF_TESTS = {"store_failures", "store_failures_as", "severity", "enabled", "limit", "warn_if",
             "error_if"}  # fmt: skip
_FLAGS = {"warn_error", "warn_error_options", "store_failures", "fail_fast", "target_path",
          "log_path", "log_format", "log_level", "quiet", "write_json"}  # fmt: skip
_SOURCE = re.compile(r"""\bsource\(\s*['"]([^'"]+)['"]\s*,""")
REF = re.compile(r"""\bref\(\s*(?:['"]([^'"]+)['"]\s*,\s*)?['"]([^'"]+)['"]""")


def make_copy(project_dir: Path, host: Host, design: Design, files: Files, folder: Path) -> None:
    """Fill the empty `folder` with the copy and the generated files.

    Raises:
        HostError: the host's `dbt_project.yml` cannot be read.
        VerifyError: a generated file would lie outside of the copy.
    """
    project = read_project(project_dir)
    paths = _resource_paths(project)
    known, packages, named = _referred(project_dir, host, design, files)
    _mirror(project_dir, folder, _skipped(project_dir, paths, files), _real(paths, files))
    for path in (*_docs(project_dir, paths), *_generic_tests(project_dir, paths)):
        if path not in files.by_path:
            _link(project_dir / path, folder / path)
    for model in known:
        if model.path not in files.by_path:
            place = PurePosixPath(model.path)
            if model.resource == "model":  # a version of it is called `x_v2`
                place = place.with_name(model.name + place.suffix)
            _copy_model(project_dir / model.path, folder / place, model)
    _copy_packages(_installed(project_dir, project), folder / PACKAGES, packages)
    _dump(_tamed(project, paths, host), folder / "dbt_project.yml")
    used = {source.name for source in design.sources} | named
    written = {(source.name, table.name) for source in design.sources for table in source.written}
    _existing_sources(project_dir, host, used, written, folder / paths["model-paths"][0])
    if host.groups:
        groups = [{"name": name, "owner": owner} for name, owner in sorted(host.groups.items())]
        place = folder / paths["model-paths"][0] / "cartridge_host_groups.yml"
        _dump({"version": 2, "groups": groups}, place)
    write_files(files, folder)
    if host.version >= (2, 0, 0):
        _mend_v2(folder, paths["macro-paths"])


def _copy_model(source: Path, target: Path, model: HostModel) -> None:
    """A model of the host that ours read. Whether it was ever built does not matter in the copy."""
    if model.resource == "model" and source.suffix == ".sql":
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(ephemeral(source.read_text("utf-8", "replace"), model.name), "utf-8")
    else:
        _link(source, target)


def ephemeral(text: str, name: str) -> str:
    """The model's text, so that nothing is built of it."""
    # The last `config` wins over the one at the top.
    short = shortened(name, MAX_NAME - len(_CTE))
    alias = "" if short == name else f", alias='{short}'"
    return f"{text.rstrip()}\n{{{{ config(materialized='ephemeral'{alias}) }}}}\n"


def copy_surroundings(project_dir: Path, around: Path) -> Path:
    """An empty folder for the copy in `around`, beside links to what lies beside the host.

    A profile may name a file by a path that starts with `../`.
    """
    project_dir = project_dir.resolve()
    folder = around / project_dir.name
    folder.mkdir()
    for entry in project_dir.parent.iterdir():
        if entry != project_dir:
            _link(entry, around / entry.name)
    return folder


def write_files(files: Files, folder: Path) -> None:
    """Put the generated files into the copy.

    Raises:
        VerifyError: a path leads out of it.
    """
    root = folder.resolve()
    for file in files.files:
        target = folder / file.path
        if root not in (target.parent.resolve() / target.name).parents:
            raise VerifyError(
                f"{file.path} would lie outside of the project. Nothing was written; "
                "this is a fault of cartridge, please report it."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_text(file.text, "utf-8")


# dbt v2 reads an ephemeral model through a subquery, and gives it no alias, which PostgreSQL wants
# before 16, and Redshift.
_V2_ALIAS = """\
{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    select
      {{ fail_calc }} as failures,
      {{ fail_calc }} {{ warn_if }} as should_warn,
      {{ fail_calc }} {{ error_if }} as should_error
    from (
      {{ main_sql | replace("--EPHEMERAL-SELECT-WRAPPER-END\\n)",
                            "--EPHEMERAL-SELECT-WRAPPER-END\\n) as cartridge_wrapped") }}
      {{ "limit " ~ limit if limit != none }}
    ) dbt_internal_test
{%- endmacro %}
"""


def _mend_v2(folder: Path, macro_paths: Sequence[str]) -> None:
    """Give the subqueries of dbt v2 their alias, unless the host has a test's SQL of its own."""
    for path in macro_paths:
        for file in (folder / path).rglob("*.sql"):
            if "__get_test_sql" in file.read_text("utf-8", "replace"):
                return
    place = folder / macro_paths[0] / "cartridge_v2.sql"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(_V2_ALIAS, "utf-8")


# ---------------------------------------------------------------- what is copied


def _resource_paths(project: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    defaults = {
        "model-paths": project.get("source-paths") or ["models"],
        "snapshot-paths": ["snapshots"],
        "seed-paths": project.get("data-paths") or ["seeds"],
        "analysis-paths": ["analyses"],
        "test-paths": ["tests"],
        "macro-paths": ["macros"],
    }
    return {
        key: tuple(PurePosixPath(path).as_posix() for path in project.get(key) or default)
        for key, default in defaults.items()
    }


def _skipped(project_dir: Path, paths: Mapping[str, Sequence[str]], files: Files) -> set[str]:
    resources = {path for key, each in paths.items() if key != "macro-paths" for path in each}
    if "." in resources:  # then every folder is one of models, but those of macros
        macros = set(paths["macro-paths"])
        resources |= {
            entry.name for entry in os.scandir(project_dir)
            if entry.name not in macros and (entry.is_dir() or _is_dbt(entry.name))
        }  # fmt: skip
    return _NOT_COPIED | resources | set(files.by_path)


def _is_dbt(name: str) -> bool:
    return PurePosixPath(name).suffix in {".sql", ".yml", ".yaml", ".csv", ".py", ".md"}


def _real(paths: Mapping[str, Sequence[str]], files: Files) -> set[str]:
    """Folders that must not be links: what is written below them must not reach the host."""
    below = [*files.by_path, *(f"{path}/x" for each in paths.values() for path in each)]
    return {parent.as_posix() for path in below for parent in PurePosixPath(path).parents}


def _mirror(source: Path, target: Path, skipped: set[str], real: set[str], at: str = "") -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(os.scandir(source), key=lambda each: each.name):
        path = f"{at}{entry.name}"
        if path in skipped:
            continue
        if path in real and entry.is_dir():
            _mirror(source / entry.name, target / entry.name, skipped, real, f"{path}/")
        else:
            _link(source / entry.name, target / entry.name)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.symlink_to(source.absolute(), target_is_directory=source.is_dir())
    except FileExistsError:
        pass
    except OSError:  # Windows, without the right to make links
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)


def _docs(project_dir: Path, paths: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The host's doc blocks: ours must not bear the name of one of them."""
    for folder in paths["model-paths"]:
        for at, folders, names in os.walk(project_dir / folder):
            folders[:] = [each for each in folders if each not in _NOT_COPIED]
            for name in names:
                if name.endswith(".md"):
                    yield (Path(at) / name).relative_to(project_dir).as_posix()


def _generic_tests(project_dir: Path, paths: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for folder in paths["test-paths"]:
        for file in sorted((project_dir / folder / "generic").rglob("*")):
            if file.is_file():
                yield file.relative_to(project_dir).as_posix()


def _referred(
    project_dir: Path, host: Host, design: Design, files: Files
) -> tuple[tuple[HostModel, ...], frozenset[str], frozenset[str]]:
    """The host's models that the files read, directly or not; packages; sources."""
    own = {model.name for model in design.models} | {each.name for each in design.snapshots}
    theirs = {model.name: model for model in host.models if model.name not in own}
    found: list[HostModel] = []
    packages: set[str] = set()
    sources: set[str] = set()
    texts = [file.text for file in files.files if file.kind != "markdown"]
    while texts:
        text = texts.pop()
        sources.update(_SOURCE.findall(text))
        for _, name in REF.findall(text):
            if (model := theirs.pop(name, None)) is None:
                continue
            if model.package != host.project_name:
                packages.add(model.package)
                continue
            found.append(model)
            if model.path.endswith((".sql", ".py")):
                texts.append((project_dir / model.path).read_text("utf-8", "replace"))
    return tuple(found), frozenset(packages), frozenset(sources)


# ---------------------------------------------------------------- dbt_project.yml


def _tamed(
    project: Mapping[str, Any], paths: Mapping[str, Sequence[str]], host: Host
) -> dict[str, Any]:
    """The host's project without anything that writes, and with our own folder of tests."""
    tamed = {key: value for key, value in project.items() if key not in _HOOKS}
    for key in ("target-path", "log-path", "source-paths", "data-paths", "modules-path"):
        tamed.pop(key, None)
    for key in ("models", "snapshots", "seeds"):
        tamed[key] = _without(tamed.get(key), {*_NODE_HOOKS, "access"})
    main = "data_tests" if "tests" not in tamed and host.version >= (1, 8, 0) else "tests"
    for tests in {main, *(tamed.keys() & {"tests", "data_tests"})}:
        # dbt v2 runs nothing that stands on a failing test, unless the test only warns.
        tamed[tests] = {**_without(tamed.get(tests), _OF_TESTS), "+severity": "warn"}
    tamed["flags"] = _without(tamed.get("flags"), _FLAGS)
    tamed |= {key: list(paths[key]) for key in ("model-paths", "snapshot-paths", "macro-paths")}
    tamed["seed-paths"] = list(paths["seed-paths"])
    tamed["analysis-paths"] = [_NOWHERE]
    tamed["test-paths"] = [*paths["test-paths"], READS]
    tamed["packages-install-path"] = PACKAGES
    return tamed


def _without(config: Any, keys: set[str]) -> Any:
    """`config` without `keys` at any depth, with or without dbt's `+` before them."""
    if not isinstance(config, dict):
        return config or {}
    entries = cast("dict[Any, Any]", config)
    return {
        key: _without(value, keys) if isinstance(value, dict) else value
        for key, value in entries.items()
        if str(key).removeprefix("+") not in keys
    }


def _dump(content: Mapping[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with path.open("w", encoding="utf-8") as stream:
        _yaml().dump(dict(content), stream)


def _yaml() -> Any:
    return YAML(typ="safe", pure=True)  # untyped


# ---------------------------------------------------------------- packages and sources


def _installed(project_dir: Path, project: Mapping[str, Any]) -> Path:
    path = str(project.get("packages-install-path") or project.get("modules-path") or "")
    if not path or "{{" in path:
        path = os.environ.get("DBT_PACKAGES_INSTALL_PATH") or PACKAGES
    return project_dir / path


def _copy_packages(installed: Path, target: Path, with_models: frozenset[str]) -> None:
    """Each package with its macros only: no models, and none of its hooks.

    Cartridge itself stays out: what it generates must work without it.
    """
    for entry in sorted(installed.iterdir()) if installed.is_dir() else ():
        if not (entry / "dbt_project.yml").is_file():
            continue
        project = read_project(entry)
        name = str(project.get("name"))
        if name == "cartridge":
            continue
        for path in entry.iterdir():
            if path.name not in ("dbt_project.yml", "target", "logs"):
                _link(path, target / entry.name / path.name)
        tamed = {key: value for key, value in project.items() if key not in _HOOKS}
        if name not in with_models:
            unread = ("model-paths", "snapshot-paths", "seed-paths", "analysis-paths")
            tamed |= {key: [_NOWHERE] for key in unread}
        _dump(tamed, target / entry.name / "dbt_project.yml")


def _existing_sources(
    project_dir: Path, host: Host, used: set[str], written: set[tuple[str, str]], folder: Path
) -> None:
    """The declarations of the sources that are used, without their tests and the tables that are
    `written` now."""
    declared: list[Any] = []
    for path in sorted({source.path for source in host.sources if source.name in used}):
        for source in _declarations(project_dir / path):
            tables = cast("list[dict[str, Any]]", source.get("tables") or [])
            rest = [t for t in tables if (source.get("name"), t.get("name")) not in written]
            if source.get("name") in used and rest:
                declared.append(_without_tests({**source, "tables": rest}))
    if declared:
        _dump({"version": 2, "sources": declared}, folder / "cartridge_host_sources.yml")


def _declarations(path: Path) -> list[dict[str, Any]]:
    try:
        content: dict[str, Any] = _yaml().load(path.read_text("utf-8")) or {}
    except (OSError, YAMLError) as error:
        raise HostError(
            f"{path} declares a source and cannot be read: {' '.join(str(error).split())}. "
            "Correct it, then run again."
        ) from error
    return cast("list[dict[str, Any]]", content.get("sources") or [])


def _without_tests(entry: Any) -> Any:
    if isinstance(entry, list):
        return [_without_tests(each) for each in cast("list[Any]", entry)]
    if not isinstance(entry, dict):
        return entry
    entries = cast("dict[Any, Any]", entry)
    return {
        key: _without_tests(value)
        for key, value in entries.items()
        if key not in ("tests", "data_tests")
    }
