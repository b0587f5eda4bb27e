"""Does a re-run keep every line of what people really write?

    python benchmarks/histories.py DIR…

Each DIR is a checked-out public dbt project with seeds. The seeds are loaded into DuckDB and
cartridge generates a project from them; the public project's staging models then take the place of
the generated ones, as if their authors had edited those. Then come a run with nothing changed, and
one after every table got a column, lost one and had one retyped. Every line of theirs must be there
after both, in its order. Nothing of the projects is kept.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import bench
import duckdb

from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.write import apply, fit, plan, survey
from tests.support.host import HostProject, make_host
from tests.support.warehouses import DuckDB

_READ = re.compile(r"""(?:ref|source)\(\s*(?:['"][^'"]+['"]\s*,\s*)?['"]([^'"]+)['"]\s*\)""")
_NOT_STAGING = ("target", "dbt_packages", ".git")


@dataclass
class Told:
    project: str
    seeds: int = 0
    files: int = 0
    lines: int = 0
    lost: int = 0
    with_columns: int = 0  # lines as generated, gone with a dropped column
    generated: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    actions: dict[str, int] = field(default_factory=dict[str, int])
    lost_lines: list[str] = field(default_factory=list[str])


def tell(folder: Path, new: bench.ProjectMaker) -> Told:
    told = Told(folder.name)
    host = new(folder.name)
    assert isinstance(host.warehouse, DuckDB)
    tables = _load_seeds(folder, host.warehouse)
    told.seeds = len(tables)
    if not tables:
        return told
    made = bench.generate(host, verify="none")
    if made.code:
        raise SystemExit(f"{folder}: {bench.last_words(made.output, 10)}")
    theirs = _put_theirs(folder, host)
    base = host.root / ".cartridge" / "base"
    told.generated = {path: _lines((base / path).read_text("utf-8")) for path in theirs}
    told.files, told.lines = len(theirs), sum(len(_lines(text)) for text in theirs.values())
    _rerun(host, host, theirs, told)
    _change(host.warehouse, tables)
    changed = make_host(host.root.parent / "changed", host.warehouse)
    if (made := bench.generate(changed, verify="none")).code:
        raise SystemExit(f"{folder}: {bench.last_words(made.output, 10)}")
    _rerun(host, changed, theirs, told)
    return told


def _rerun(host: HostProject, source: HostProject, theirs: dict[str, str], told: Told) -> None:
    """A run on `host` with what was generated in `source`; it has none of their packages."""
    folder = documents_folder(source.root)
    files, scan, its = Files.load(folder), Scan.load(folder), Host.load(folder)
    given, changes = survey(scan, None, its, host.root)
    files = fit(files, its, host.root, given).files
    done = apply(files, plan(files, its, host.root, given, changes), host.root)
    for change in done.changes:
        if change.path in theirs:
            told.actions[change.action] = told.actions.get(change.action, 0) + 1
    for path, text in theirs.items():
        missing = list(_missing(_lines(text), _lines(host.read(path))))
        # What they left as it was generated goes with the column that is gone.
        own = [line for line in missing if line not in told.generated[path]]
        told.with_columns += len(missing) - len(own)
        told.lost += len(own)
        told.lost_lines += [f"{path}: {line}" for line in own]


def _missing(before: list[str], now: list[str]) -> Iterator[str]:
    """Lines that are no longer there, or not in their order."""
    for kind, start, end, _, _ in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind in ("delete", "replace"):
            yield from before[start:end]


def _put_theirs(folder: Path, host: HostProject) -> dict[str, str]:
    """Path in the host → the text of theirs that now stands there."""
    files = Files.load(documents_folder(host.root))
    by_table = {
        file.relations[0].split(".", 1)[1].lower(): file.path
        for file in files.files
        if file.kind == "sql" and len(file.relations) == 1 and "/staging/" in file.path
    }
    found: dict[str, str] = {}
    for path in _staging(folder):
        text = path.read_text("utf-8")
        read = [name.lower() for name in _READ.findall(text)]
        product = re.match(r"stg_(\w+?)__", path.stem)
        prefix = f"{product[1]}_" if product else ""
        for name in (*read, path.stem):
            wanted = _bare(name)
            target = next(
                (p for t, p in by_table.items() if wanted in (_bare(t), _bare(t, prefix))), None
            )
            if target is not None and target not in found:
                found[target] = text
                host.write(target, text)
                break
    return found


def _bare(name: str, prefix: str = "") -> str:
    """`stg_shopify__order`, `shopify_order_data` and `raw_orders` speak of `order`."""
    last = re.sub(r"_(data|source|tmp)$", "", name.lower().split("__")[-1])
    last = re.sub(r"^(raw|stg|src|seed|base)_", "", last)
    return last.removeprefix(prefix).rstrip("s")


def _staging(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.sql")):
        parts = path.relative_to(folder).parts
        if not set(parts) & set(_NOT_STAGING) and path.stem.startswith(("stg_", "base_")):
            yield path


def _load_seeds(folder: Path, warehouse: DuckDB) -> list[str]:
    warehouse.execute("create schema raw")
    tables: list[str] = []
    for path in sorted(folder.rglob("*.csv")):
        parts = {part.lower() for part in path.relative_to(folder).parts[:-1]}
        if not any("seed" in part or "data" in part for part in parts) or path.stem in tables:
            continue
        name = path.stem.replace('"', "")
        read = f"read_csv('{path}', sample_size = -1, ignore_errors = true)"
        try:
            warehouse.execute(f'create table raw."{name}" as select * from {read} limit 5000')
        except duckdb.Error as error:
            print(f"{path.name}: {str(error).splitlines()[0]}")
            continue
        tables.append(name)
    return tables


def _change(warehouse: DuckDB, tables: list[str]) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        for table in tables:
            name = f'raw."{table}"'
            columns = connection.execute(f"describe {name}").fetchall()
            connection.execute(f"alter table {name} add column added_later varchar")
            if len(columns) > 2:
                connection.execute(f'alter table {name} drop column "{columns[-1][0]}"')
                column = f'"{columns[len(columns) // 2][0]}"'
                connection.execute(f"alter table {name} alter {column} type varchar")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    chosen = parser.parse_args()
    with bench.projects("duckdb") as new:
        told = [tell(folder.resolve(), new) for folder in chosen.folders]
    rows = [
        [
            each.project,
            each.seeds,
            each.files,
            each.lines,
            each.lost,
            each.with_columns,
            _counted(each.actions),
        ]
        for each in told
    ]
    header = [
        "project",
        "seeds",
        "staging models",
        "lines",
        "lost",
        "as generated, of dropped columns",
        "what the two runs did",
    ]
    print(bench.table(header, rows))
    for each in told:
        for line in each.lost_lines[:20]:
            print(f"lost in {each.project}: {line}")
    return 1 if any(each.lost for each in told) else 0


def _counted(actions: dict[str, int]) -> str:
    return ", ".join(f"{number} {action}" for action, number in sorted(actions.items()))


class _Plain(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    raise SystemExit(main())
