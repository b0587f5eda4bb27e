"""`make demo`: from the raw tables of a messy shop to a built dbt project.

Makes its own environment under `.demo/` (nothing but Python is needed), writes the shop into a
DuckDB file, starts an empty dbt project, and runs what a user would run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PLACE = REPOSITORY / ".demo"
BIN = PLACE / "venv" / "bin"
PROJECT = PLACE / "shop"
WAREHOUSE = PLACE / "shop.duckdb"
# One set that is known to work together.
DBT = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==1.5.5"]
TO_SHOW = ["models/marts/**/fct_order_lines.sql", "models/marts/**/fct_*.sql"]
ENVIRONMENT = {
    **os.environ,
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
}


def main() -> None:
    make_environment()
    began = time.monotonic()
    make_warehouse()
    start_project()
    run("cartridge", "init")
    run("dbt", "--quiet", "deps")
    run("dbt", "run-operation", "cartridge_generate", "--args", "{schemas: [raw]}")
    build()
    show_tree()
    show_file()
    say(f"Done in {time.monotonic() - began:.0f} seconds. The project: {PROJECT}")
    print(f"The page of the run, for a browser: {PROJECT / 'target/cartridge/report.html'}")


def make_environment() -> None:
    """A virtual environment with dbt and this checkout's wheel. Kept for the next time."""
    if not (BIN / "python").exists():
        say("Making an environment in .demo/venv")
        venv.create(PLACE / "venv", with_pip=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, *DBT, str(REPOSITORY)], check=True, env=ENVIRONMENT)


def make_warehouse() -> None:
    say("A shop's warehouse")
    WAREHOUSE.unlink(missing_ok=True)
    run("python", str(REPOSITORY / "demo" / "shop.py"), str(WAREHOUSE))


def start_project() -> None:
    """An empty dbt project, in place of what an earlier demo made."""
    shutil.rmtree(PROJECT, ignore_errors=True)
    (PROJECT / "models").mkdir(parents=True)
    (PROJECT / "dbt_project.yml").write_text('name: shop\nversion: "1.0.0"\nprofile: shop\n')
    (PROJECT / "profiles.yml").write_text(
        "shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n"
        f"      path: {WAREHOUSE}\n      schema: analytics\n      threads: 4\n"
    )


def run(*command: str) -> None:
    """Show the command, then run it in the project; stop the demo where it fails."""
    say("$ " + " ".join(f"'{word}'" if " " in word else word for word in command))
    folder = PROJECT if PROJECT.exists() else PLACE
    program = str(BIN / command[0])
    done = subprocess.run([program, *command[1:]], cwd=folder, env=ENVIRONMENT)
    if done.returncode:
        sys.exit(f"demo: `{command[0]}` ended with exit code {done.returncode}; stopped there.")


def build() -> None:
    """`dbt build`, of which the warnings, the failures and the summary are shown."""
    say("$ dbt build")
    command = [str(BIN / "dbt"), "--no-use-colors", "build"]
    done = subprocess.run(command, cwd=PROJECT, env=ENVIRONMENT, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if re.search(r" (WARN|FAIL|ERROR) \d+ |ERROR creating|Done\. PASS", line):
            print(line)
    if done.returncode:
        sys.exit(
            f"demo: `dbt build` ended with exit code {done.returncode}.\n{done.stdout[-4000:]}"
        )


def show_tree() -> None:
    say("What came out")
    for path in sorted((PROJECT / "models").rglob("*")) + sorted(PROJECT.glob("snapshots/*")):
        depth = len(path.relative_to(PROJECT).parts) - 1
        print("  " * depth + path.name + ("/" if path.is_dir() else ""))


def show_file() -> None:
    for pattern in TO_SHOW:
        for path in sorted(PROJECT.glob(pattern)):
            say(str(path.relative_to(PROJECT)))
            print(path.read_text("utf-8"))
            return


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


if __name__ == "__main__":
    main()
