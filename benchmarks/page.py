"""Is the page still a page when the warehouse is large?

    python benchmarks/page.py [TABLES…]         default: 30 300 1000

Synthetic schemas (those of scale.py), designed and rendered without a warehouse. Each page is
opened in headless Chromium: the time until its overview stands, and until its diagram does. The
last line judges the largest: at most 3 MB, both within 2 s on two quiet cores.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import REPOSITORY  # noqa: F401  (puts the repository on the path)
from scale import planted

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.changes import Change, Changes
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.infer import infer
from dbt_cartridge.pipeline import Outcome
from dbt_cartridge.render import render
from dbt_cartridge.report.page import save_page
from dbt_cartridge.report.run import run
from tests.support.browser import browser

MOST_MEGABYTES, MOST_SECONDS = 3.0, 2.0


def outcome(tables: int) -> Outcome:
    made, settings = planted(tables), Settings()
    host = Host(project_name="large", adapter="duckdb", dbt_version="1.11.16")
    schema = infer(made.scan, made.probe, settings)
    designed = design(schema, made.scan, host, settings)
    files = render(designed, host, settings)
    changes = Changes(changes=tuple(Change(path=f.path, action="create") for f in files.files))
    none = Verdicts(level="none")
    return Outcome(settings, host, made.scan, schema, designed, files, none, changes)


def seconds_until(page: Any, address: str, selector: str) -> float:
    """From asking for the page to the first picture in which the selector is visible."""
    page.goto("about:blank")
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(selector, timeout=120_000)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="Size and speed of the page of a run.")
    parser.add_argument("tables", nargs="*", type=int, default=[30, 300, 1000])
    verdict, good = "", False
    print("tables      MB  overview s  diagram s  nodes")
    with browser() as chromium, tempfile.TemporaryDirectory() as place:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        for tables in parser.parse_args().tables:
            result = outcome(tables)
            path = save_page(run(result), result, Path(place))
            size = path.stat().st_size / 1e6
            overview = seconds_until(page, f"{path.as_uri()}#/overview", ".cards")
            nodes = page.evaluate("document.querySelectorAll('*').length")
            diagram = seconds_until(page, f"{path.as_uri()}#/diagram", ".box")
            print(f"{tables:6d}  {size:6.2f}  {overview:10.2f}  {diagram:9.2f}  {nodes:5d}")
            good = size <= MOST_MEGABYTES and max(overview, diagram) <= MOST_SECONDS
            verdict = f"page: {tables} tables, {size:.2f} MB, {max(overview, diagram):.1f} s: "
            verdict += "within the limits" if good else "beyond the limits"
    print(verdict)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
