"""Make the demo's warehouse: `python demo/shop.py shop.duckdb [--scale 1.0]`.

At scale 1 it holds some 100,000 rows in 26 tables of the schema `raw`, in seconds.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

CUSTOMERS = 4_000
ORDERS = 10_000


def make_shop(path: Path, scale: float = 1.0) -> dict[str, int]:
    """Write the shop into a DuckDB file and return its tables with their rows."""
    script = (Path(__file__).parent / "shop.sql").read_text("utf-8")
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"set variable customers = {max(10, round(CUSTOMERS * scale))}")
        connection.execute(f"set variable orders = {max(40, round(ORDERS * scale))}")
        connection.execute(script)
        for macro in ("chance", "pick", "one_of"):
            connection.execute(f"drop macro {macro}")
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'raw' order by 1"
        ).fetchall()
        return {
            str(name): int(
                connection.execute(f'select count(*) from raw."{name}"').fetchall()[0][0]
            )
            for (name,) in tables
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    chosen = parser.parse_args()
    tables = make_shop(chosen.path, chosen.scale)
    for name, rows in tables.items():
        print(f"{rows:>8,}  {name}")
    print(f"{sum(tables.values()):>8,}  rows in {len(tables)} tables, schema raw")


if __name__ == "__main__":
    main()
