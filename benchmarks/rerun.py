"""What does a re-run of an unchanged project cost, and does it change a byte?

    python benchmarks/rerun.py [--tables 1000] [--adapter duckdb|postgres] [--verify data]

A project of many tables is generated, then generated again twice, with nothing changed: no byte of
the project may change, and a re-run may take half of the first run's time at most. Then one table
gets a row, and only that is asked and proved again. `--full` is timed for comparison.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import bench
from wide import make_tables

from tests.support.host import HostProject

SHARE = 0.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--adapter", choices=["duckdb", "postgres"], default="duckdb")
    parser.add_argument("--verify", choices=["none", "sql", "data"], default="data")
    parser.add_argument("--keep", type=Path, help="a folder for the project, which stays")
    chosen = parser.parse_args()
    with bench.projects(chosen.adapter, chosen.keep) as new:
        host = new("rerun")
        make_tables(host.warehouse, chosen.tables)
        rows: list[list[object]] = []
        first = _run(host, "first run", rows, chosen.verify)
        before = host.files()
        again = [_run(host, "nothing changed", rows, chosen.verify) for _ in range(2)]
        changed = sorted(p for p, data in host.files().items() if before.get(p) != data)
        host.warehouse.execute("insert into raw.entity_0000 select * from raw.entity_0001 limit 0")
        host.warehouse.execute("update raw.entity_0000 set quantity = quantity where true")
        host.warehouse.execute("delete from raw.entity_0000 where entity_0000_id = 100")
        _run(host, "one row less in one table", rows, chosen.verify)
        _run(host, "--full", rows, chosen.verify, full=True)
    print(bench.table(["run", "s", "of the first", "statements", "dbt's part s"], rows))
    share = max(again) / first
    print(f"\n{chosen.tables} tables on {chosen.adapter}, {len(before)} files, verify: "
          f"{chosen.verify}. Bytes changed by a re-run: {len(changed)} files "
          f"{changed[:5]}. Re-run: {share:.0%} of the first run (limit {SHARE:.0%}).")  # fmt: skip
    return 0 if not changed and share <= SHARE else 1


def _run(
    host: HostProject, name: str, rows: list[list[object]], verify: str, *, full: bool = False
) -> float:
    done = bench.generate(host, verify=verify, full=full)
    if done.code:
        raise SystemExit(f"{name}: {bench.last_words(done.output, 20)}")
    told = json.loads((host.root / "target" / "cartridge" / "run.json").read_text("utf-8"))
    share = f"{done.seconds / float(rows[0][1]):.0%}" if rows else "100%"  # type: ignore[arg-type]
    proved = told["seconds"].get("verify", 0)
    rows.append([name, f"{done.seconds:.1f}", share, told["statements"], f"{proved:.1f}"])
    print(f"{name}: {done.seconds:.0f} s", file=sys.stderr, flush=True)
    return done.seconds


class _Plain(argparse.RawDescriptionHelpFormatter):
    pass


if __name__ == "__main__":
    raise SystemExit(main())
