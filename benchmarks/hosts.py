"""Is Cartridge at home in public dbt projects: their sources, staging, style and settings?

    python benchmarks/hosts.py CHECKOUT… [--packages FOLDER] [--tables 60] [--keep FOLDER]

CHECKOUT is a clone that holds one dbt project, written for whatever warehouse. Its own is made
again in DuckDB (`host_warehouse.py`), with two tables in each schema that the project does not
know. What builds there is built before and after. FOLDER holds checkouts of dbt packages by their
dbt names (`dbt_utils`); of a package that is not there, macros that do nothing take the place.

A project fails where it does not parse, where something no longer builds, where a schema has a
second source or a table a second staging, where its linter finds something in a new file, or where
a second run changes a byte.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import bench
import yaml
from host_warehouse import Manifest, Table, databases, make, tables, with_new
from ruamel.yaml import YAML

from tests.support.host import ENVIRONMENT, program

SECONDS = 1800
_SURROGATE_KEY = """{% macro surrogate_key(fields) -%}
    {% set listed = fields if fields is not string else [fields] + (varargs | list) %}
    {{- dbt_utils.generate_surrogate_key(listed) }}
{%- endmacro %}
"""
_IGNORED = "target/\nlogs/\ndbt_packages/\n*.duckdb\n*.duckdb.wal\n.user.yml\nlocal_packages/\n"
_DECLARED = ("packages.yml", "dependencies.yml", "package-lock.yml")
_GOOD = ("success", "pass", "warn", "no-op")
_FOREIGN = (
    "require-dbt-version",
    "on-run-start",
    "on-run-end",
    "target-path",
    "packages-install-path",
)


@dataclass
class Host:
    """A project in a folder of its own, over a warehouse made for it."""

    root: Path  # of the repository
    project: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def name(self) -> str:
        return str(self.settings["name"])

    @cached_property
    def settings(self) -> dict[str, Any]:
        return yaml.safe_load((self.project / "dbt_project.yml").read_text())

    def run(self, *command: str, folder: Path | None = None) -> tuple[int, str]:
        environment = {**os.environ, **ENVIRONMENT, **self.environment, "COLUMNS": "200"}
        done = subprocess.run(
            command, cwd=folder or self.project, env=environment, text=True, timeout=SECONDS,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}\nexit code {done.returncode}\n\n")
        return done.returncode, done.stdout

    def dbt(self, *arguments: str) -> tuple[int, str]:
        return self.run(program("dbt"), *arguments)

    def cartridge(self, *arguments: str) -> tuple[int, str]:
        return self.run(program("cartridge"), *arguments)

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
        return self.run("git", *who, *arguments, folder=self.root)[1]

    def manifest(self) -> Manifest:
        return json.loads((self.project / "target/manifest.json").read_text())

    def built(self) -> set[str]:
        """Unique ids of what a build makes or finds true."""
        results = self.project / "target/run_results.json"
        results.unlink(missing_ok=True)
        self.dbt("build", "--quiet", "--threads", "2")
        if not results.exists():
            return set()
        rows = json.loads(results.read_text())["results"]
        return {row["unique_id"] for row in rows if row["status"] in _GOOD}


@dataclass
class Measured:
    name: str
    sources: int = 0
    models: int = 0
    built: int = 0
    new: int = 0
    lost: list[str] = field(default_factory=list[str])
    seconds: float = 0.0
    linted: str = "none"
    faults: list[str] = field(default_factory=list[str])


# ---------------------------------------------------------------- the project, ready to run


def prepared(checkout: Path, work: Path, packages: Path | None) -> Host:
    """A copy that DuckDB can run: another profile, local packages, its linter told the dialect."""
    root = work / checkout.name
    shutil.copytree(checkout, root, symlinks=True)
    where = min(root.rglob("dbt_project.yml"), key=lambda path: len(path.parts)).parent
    host = Host(root, where, work / f"{checkout.name}.log")
    host.log.unlink(missing_ok=True)
    _without(where / "dbt_project.yml", _FOREIGN)
    for path in _linters(root):
        text = path.read_text()
        for key, value in (("dialect", "duckdb"), ("templater", "jinja")):
            text = re.sub(rf"(?m)^({key} *= *)([\"']?)[\w-]+\2", rf"\g<1>\g<2>{value}\g<2>", text)
        path.write_text(text)
    for path in _texts(where):  # dbt-duckdb would read files in place of the tables
        text = path.read_text(errors="replace")
        if "external_location:" in text:
            path.write_text(text.replace("external_location:", "was_at:"))
    texts = [path.read_text(errors="replace") for path in _texts(where)]
    for name in re.findall(r"env_var\(\s*['\"](\w+)['\"]\s*\)", "\n".join(texts)):
        host.environment[name] = "x"
    _profile(host, ())
    _packages(host, packages, "\n".join(texts))
    (root / ".gitignore").write_text(_IGNORED)
    return host


def _linters(root: Path) -> list[Path]:
    """Files in which sqlfluff's configuration stands."""
    found = [*root.rglob(".sqlfluff"), *root.rglob("pyproject.toml")]
    return [
        path for path in found if path.name == ".sqlfluff" or "[tool.sqlfluff" in path.read_text()
    ]


def _texts(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix in (".sql", ".yml", ".yaml") and path.is_file():
            yield path


def _without(path: Path, keys: Iterable[str]) -> None:
    yaml = YAML()
    yaml.preserve_quotes = True
    text = yaml.load(path.read_text())
    for key in keys:
        text.pop(key, None)
    with path.open("w") as file:
        yaml.dump(text, file)


def _profile(host: Host, attached: Iterable[str]) -> dict[str, Path]:
    """profiles.yml; its other databases lie beside the main one."""
    places = {name: host.project / f"{name}.duckdb" for name in attached}
    output = {
        "type": "duckdb", "path": str(host.project / "warehouse.duckdb"), "schema": "analytics",
        "threads": 2, "attach": [{"path": str(p), "alias": f'"{n}"'} for n, p in places.items()],
    }  # fmt: skip
    profile = {host.settings["profile"]: {"target": "dev", "outputs": {"dev": output}}}
    (host.project / "profiles.yml").write_text(yaml.safe_dump(profile))
    return places


def _packages(host: Host, folder: Path | None, text: str) -> None:
    """Local packages in place of those of the hub; what is not at hand has empty macros."""
    names = _declared_packages(host.project)
    if "dbt_expectations" in names:
        names.add("dbt_date")
    entries: list[dict[str, str]] = []
    for name in sorted(names):
        place = host.project / "local_packages" / name
        if folder and (folder / name).is_dir():
            shutil.copytree(folder / name, place)
            _without(place / "dbt_project.yml", _FOREIGN)
            for declared in _DECLARED:  # what it needs is local too
                (place / declared).unlink(missing_ok=True)
            if (old := place / "macros/sql/surrogate_key.sql").exists():  # before dbt_utils 1.0
                old.write_text(_SURROGATE_KEY)
        else:
            _empty_package(place, name, text)
        entries.append({"local": f"local_packages/{name}"})
    for name in _DECLARED:
        (host.project / name).unlink(missing_ok=True)
    if entries:
        (host.project / "packages.yml").write_text(yaml.safe_dump({"packages": entries}))


def _declared_packages(project: Path) -> set[str]:
    found: set[str] = set()
    for name in ("packages.yml", "dependencies.yml"):
        if (project / name).exists():
            said = yaml.safe_load((project / name).read_text()) or {}
            for each in said.get("packages") or ():
                address = str(each.get("package") or each.get("git") or "")
                found.add(address.removesuffix(".git").rpartition("/")[2].replace("-", "_"))
    return found - {""}


def _empty_package(place: Path, name: str, text: str) -> None:
    (place / "macros").mkdir(parents=True)
    (place / "dbt_project.yml").write_text(f"name: {name}\nversion: '1.0'\n")
    as_tests = set(re.findall(rf"(?m)^\s*- *{name}\.(\w+)", text))
    for macro in sorted(set(re.findall(rf"\b{name}\.(\w+)", text))):
        said = "{% set _ = (varargs, kwargs) %}"
        body = f"{{% macro {macro}() %}}{said}{{% endmacro %}}"
        if macro in as_tests:
            used = "{% set _ = kwargs %}"
            body = f"{{% test {macro}(model) %}}{used}select 1 where false{{% endtest %}}"
        (place / "macros" / f"{macro}.sql").write_text(body + "\n")


# ---------------------------------------------------------------- what is asked


def measured(checkout: Path, work: Path, packages: Path | None, most: int) -> Measured:
    host = prepared(checkout, work, packages)
    result = Measured(checkout.name)
    if _failed(host.dbt("deps"), result) or _failed(_parsed(host), result):
        return result
    manifest = host.manifest()
    warehouse = with_new(_some(tables(manifest), most))
    attached = {name for name in _of_one_case(databases(manifest)) if name != "warehouse"}
    make(warehouse, host.project / "warehouse.duckdb", _profile(host, attached))
    before = host.built()
    result.models = _count(manifest, "model", host.name)
    result.sources = len(warehouse)
    result.built = sum(id.startswith("model.") for id in before)
    if _failed(host.cartridge("init"), result) or _failed(host.dbt("deps"), result):
        return result
    host.git("init", "--quiet")
    host.git("add", "--all")
    host.git("commit", "--quiet", "--message", "as it was")
    began = time.perf_counter()
    for each in _runs(warehouse, attached):
        _failed(host.cartridge(*each), result)
    result.seconds = time.perf_counter() - began
    _look(host, manifest, before, result)
    host.git("add", "--all")
    host.git("commit", "--quiet", "--message", "generated")
    for each in _runs(warehouse, attached):
        host.cartridge(*each)
    if changed := host.git("status", "--porcelain").splitlines():
        result.faults.append(f"a second run changes {len(changed)} files: {changed[0].strip()}")
    return result


def _parsed(host: Host) -> tuple[int, str]:
    """dbt parse; a model of a package that is not public is one of no rows."""
    while True:
        code, output = host.dbt("parse")
        missing = re.search(r"node named '(\w+)' (?:in package or project '(\w+)' )?which", output)
        if not code or missing is None:
            return code, output
        own = host.project / host.settings.get("model-paths", ["models"])[0] / "not_public"
        folder = host.project / f"local_packages/{missing[2]}/models" if missing[2] else own
        folder.mkdir(exist_ok=True)
        if (place := folder / f"{missing[1]}.sql").exists():
            return code, output
        place.write_text("select 1 as id where false\n")


def _look(host: Host, before: Manifest, built: set[str], result: Measured) -> None:
    if _failed(host.dbt("parse", "--no-partial-parse"), result):
        return
    after = host.manifest()
    new = after["nodes"].keys() - before["nodes"].keys()
    result.new = sum(id.startswith("model.") for id in new)
    now = host.built()
    result.lost = sorted(built - now)
    result.faults += [f"no longer builds: {id}" for id in result.lost]
    bad = sorted(id for id in new - now if _should_build(id, after, new, now))
    result.faults += [f"new and does not build: {id}" for id in bad]
    result.faults += second_sources(before, after)
    result.faults += staged_twice(before, after)
    result.linted, found = lint(host)
    result.faults += found


def _should_build(id: str, manifest: Manifest, new: set[str], built: set[str]) -> bool:
    """Unless it is ephemeral, or stands on something of the project that does not build here."""
    node = manifest["nodes"][id]
    parents = [p for p in node["depends_on"]["nodes"] if p in manifest["nodes"]]
    whole = all(
        _should_build(parent, manifest, new, built) if parent in new else parent in built
        for parent in parents
    )
    return whole and node["config"].get("materialized") != "ephemeral"


def second_sources(before: Manifest, after: Manifest) -> Iterator[str]:
    """Sources that lie where the project has one, and tables that are declared twice."""
    theirs = {_place(source) for source in before["sources"].values()}
    for id, source in after["sources"].items():
        if id not in before["sources"] and _place(source) in theirs:
            names = {s["source_name"] for s in before["sources"].values()}
            if source["source_name"] not in names:
                yield f"a second source for {'.'.join(_place(source))}: {source['source_name']}"
    relations = Counter(
        (*_place(s), s["identifier"].lower()) for i, s in after["sources"].items()
        if i not in before["sources"]
    )  # fmt: skip
    known = {(*_place(s), s["identifier"].lower()) for s in before["sources"].values()}
    for relation, count in relations.items():
        if relation in known or count > 1:
            yield f"declared twice: {'.'.join(relation)}"


def staged_twice(before: Manifest, after: Manifest) -> Iterator[str]:
    """New models on a raw table that a model of the project stands on alone."""
    theirs: dict[str, list[str]] = {}
    for node in before["nodes"].values():
        parents = node.get("depends_on", {}).get("nodes", [])
        if node["resource_type"] == "model" and len(parents) == 1:
            theirs.setdefault(parents[0], []).append(node["name"])
    for id in sorted(after["nodes"].keys() - before["nodes"].keys()):
        node = after["nodes"][id]
        for parent in node["depends_on"]["nodes"] if node["resource_type"] == "model" else ():
            if parent.startswith("source.") and parent in theirs:
                yield f"staged twice: {node['name']} beside {', '.join(theirs[parent])}"


def _place(source: Mapping[str, Any]) -> tuple[str, str]:
    return (str(source["database"]).lower(), source["schema"].lower())


def lint(host: Host) -> tuple[str, list[str]]:
    """What the project's own linter says of new files; ("none", nothing) where it has none."""
    if not any(
        path.parent in (host.project, *host.project.parents) for path in _linters(host.root)
    ):
        return "none", []
    listed = host.git("status", "--porcelain", "--untracked-files=all").splitlines()
    files = [str(host.root / line[3:]) for line in listed if line[3:].endswith(".sql")]
    models = [path for path in files if "/.cartridge/" not in path]
    if not models:
        return "0 files", []
    _, out = host.run(
        program("sqlfluff"),
        "lint",
        "--nofail",
        "--disable-progress-bar",
        "--format",
        "json",
        *models,
        folder=host.root,
    )
    start = out.find("[{")
    if start < 0:
        return "failed", [f"linter: {bench.last_words(out)}"]
    found = json.loads(out[start:])
    codes = Counter(v["code"] for file in found for v in file["violations"])
    said = [f"linter: {count} {code}" for code, count in codes.most_common()]
    return f"{codes.total()} in {len(models)}", said


def _runs(warehouse: list[Table], attached: set[str]) -> Iterator[tuple[str, ...]]:
    """A run of generate for each database, of all schemas that are scanned in it."""
    by_database: dict[str, dict[str, None]] = {}
    for table in warehouse:
        known = (table.database or "").lower() in {name.lower() for name in attached}
        by_database.setdefault((table.database or "") if known else "", {})[table.schema] = None
    for database, schemas in by_database.items():
        where = ("--database", database) if database else ()
        yield ("generate", *where, "--schemas", ",".join(schemas))


def _some(found: list[Table], most: int) -> list[Table]:
    """The first so many of each schema."""
    counts: Counter[tuple[str, str]] = Counter()
    kept: list[Table] = []
    for table in found:
        place = (table.database or "", table.schema)
        counts[place] += 1
        if counts[place] <= most:
            kept.append(table)
    return kept


def _of_one_case(names: Iterable[str]) -> set[str]:
    return set({name.lower(): name for name in sorted(names)}.values())


def _count(manifest: Manifest, kind: str, package: str) -> int:
    nodes = cast("Iterable[dict[str, Any]]", manifest["nodes"].values())
    return sum(n["resource_type"] == kind and n["package_name"] == package for n in nodes)


def _failed(done: tuple[int, str], result: Measured) -> bool:
    code, output = done
    if code:
        result.faults.append(f"exit code {code}: {bench.last_words(output)[-300:]}")
    return bool(code)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkouts", nargs="+", type=Path, metavar="CHECKOUT")
    parser.add_argument("--packages", type=Path, metavar="FOLDER")
    parser.add_argument("--tables", type=int, default=60, help="at most so many of a schema")
    parser.add_argument("--keep", type=Path, help="make the projects here, and leave them")
    chosen = parser.parse_args()
    work = chosen.keep or Path(tempfile.mkdtemp(prefix="cartridge-hosts-"))
    work.mkdir(parents=True, exist_ok=True)
    results: list[Measured] = []
    try:
        for checkout in chosen.checkouts:
            result = measured(checkout.resolve(), work, chosen.packages, chosen.tables)
            results.append(result)
            for fault in result.faults:
                print(f"{result.name}: {fault}", flush=True)
    finally:
        if chosen.keep is None:
            shutil.rmtree(work, ignore_errors=True)
    rows = [
        (
            *(r.name, r.sources, r.models, r.built, r.new),
            *(len(r.lost), r.linted, len(r.faults), round(r.seconds)),
        )
        for r in results
    ]
    heads = (
        "project",
        "tables",
        "models",
        "that build here",
        "new",
        "lost",
        "linter",
        "faults",
        "s",
    )
    print(bench.table(heads, rows))
    held = sum(not r.faults for r in results)
    print(f"hosts: {held} of {len(results)} at home")
    return 0 if held == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
