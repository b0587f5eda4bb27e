"""Does dbt-project-evaluator, with its default rules, find anything in what cartridge generates?

    python benchmarks/evaluator.py --evaluator CHECKOUT --dbt-utils CHECKOUT DIR… [--demo]

The checkouts are clones of dbt-labs/dbt-project-evaluator and dbt-labs/dbt-utils. They are in the
project before cartridge is, as in the project of someone who uses them; cartridge then writes
dbt_utils' test of composite keys, the only one of its kind that the evaluator knows. Cartridge has
left the project when the evaluator looks.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import bench

from demo.shop import make_shop
from tests.support import databases
from tests.support.host import HostProject, program
from tests.support.warehouses import DuckDB


def findings(host: HostProject, evaluator: Path, dbt_utils: Path) -> list[str]:
    """Generate, then let the evaluator look. What it says, one line a rule."""
    bench.with_packages(host, dbt_project_evaluator=evaluator, dbt_utils=dbt_utils)
    with (host.root / "dbt_project.yml").open("a") as project:
        # The evaluator's README asks for this of a DuckDB project.
        project.write(
            "\ndispatch:\n  - macro_namespace: dbt\n"
            "    search_order: [shop, dbt_project_evaluator, dbt]\n"
        )
    generated = bench.generate(host)
    if generated.code:
        return [f"generate: {bench.last_words(generated.output)}"]
    bench.without_cartridge(host)
    built = bench.timed(
        host, [program("dbt"), "build", "--select", "package:dbt_project_evaluator"]
    )
    nodes = bench.results(host)
    if built.code and not nodes:
        return [f"evaluator: {bench.last_words(built.output)}"]
    return [
        f"{node.name}: {node.message}"
        for node in nodes
        if node.status in (*bench.BAD, "warn", "skipped")
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    parser.add_argument("--demo", action="store_true", help="the demo's shop too")
    parser.add_argument("--evaluator", type=Path, default=os.environ.get("CARTRIDGE_EVALUATOR"))
    parser.add_argument("--dbt-utils", type=Path, default=os.environ.get("CARTRIDGE_DBT_UTILS"))
    parser.add_argument("--keep", type=Path, help="make the projects here, and leave them")
    chosen = parser.parse_args()
    if chosen.evaluator is None or chosen.dbt_utils is None:
        parser.error("--evaluator and --dbt-utils: the paths of their clones")
    checkouts = chosen.evaluator.resolve(), chosen.dbt_utils.resolve()
    with bench.projects("duckdb", chosen.keep) as make:
        found = {
            name: findings(_filled(make(name), fill), *checkouts)
            for name, fill in _fillers(chosen.folders, chosen.demo).items()
        }
    for name, lines in found.items():
        for line in lines:
            print(f"{name}: {line}")
    total = sum(map(len, found.values()))
    print(f"evaluator: {total} findings in {len(found)} projects")
    return 1 if total or not found else 0


Filler = Callable[[HostProject], object]


def _fillers(folders: list[Path], demo: bool) -> dict[str, Filler]:
    """What loads each project's warehouse, by the project's name."""

    def loads(folder: Path) -> Filler:
        return lambda host: databases.load(folder, host.warehouse)

    def shop(host: HostProject) -> object:
        assert isinstance(host.warehouse, DuckDB)
        return make_shop(host.warehouse.path)

    found = {folder.name: loads(folder) for folder in bench.database_folders(folders)}
    return {**({"demo": shop} if demo else {}), **found}


def _filled(host: HostProject, fill: Filler) -> HostProject:
    fill(host)
    return host


if __name__ == "__main__":
    sys.exit(main())
