"""The page in a real browser: it opens, draws, searches, follows links, and keeps quiet."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.report.page import save_page
from dbt_cartridge.report.run import run
from tests.support.browser import BrowserMissing, browser
from tests.unit.report.a_run import SCHEMA, outcome

REPOSITORY = Path(__file__).parents[2]
FRONTEND = REPOSITORY / "frontend"
BUILT = REPOSITORY / "python_helpers" / "dbt_cartridge" / "report" / "built"
SECONDS = 15_000  # for one thing to appear; milliseconds
WIDE, NARROW = (1280, 800), (390, 800)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    try:
        with browser() as started:
            yield started
    except BrowserMissing as missing:
        pytest.skip(str(missing))


@dataclass
class Tab:
    page: Any
    address: str
    said: list[str]  # what the console said

    def go(self, route: str) -> None:
        self.page.goto(f"{self.address}#/{route}")
        self.page.wait_for_selector("main h2, main p", timeout=SECONDS)

    def text(self) -> str:
        return self.page.inner_text("main")


def opened(chromium: Any, folder: Path, size: tuple[int, int] = WIDE, **changes: Any) -> Tab:
    result = outcome(**changes)
    path = save_page(run(result), result, folder)
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if "file:" not in request.url
            and not request.url.startswith(("data:", "blob:")) else None)  # fmt: skip
    return Tab(page, path.as_uri(), said)


@pytest.fixture
def tab(chromium: Any, tmp_path: Path) -> Iterator[Tab]:
    found = opened(chromium, tmp_path)
    yield found
    found.page.close()
    assert found.said == []  # no message, no error, no request


def test_the_overview_shows_findings_first_and_a_query_to_copy(tab: Tab) -> None:
    tab.go("overview")
    first = tab.page.locator("main h2").first
    assert first.inner_text() == "Data quality"
    tab.page.get_by_text("Query", exact=True).first.click()
    assert "left join" in tab.page.locator("pre").first.inner_text()


def test_the_diagram_draws_tables_with_columns_and_opens_them(tab: Tab) -> None:
    tab.go("diagram")
    boxes = tab.page.locator(".box")
    boxes.first.wait_for(timeout=SECONDS)
    assert sorted(boxes.nth(n).locator(".boxhead").inner_text() for n in range(2)) == [
        "customers",
        "orders",
    ]
    assert "customer_id" in tab.page.locator(".box.fact").inner_text()
    assert tab.page.locator(".link").count() == 2
    tab.page.locator(".box.fact").click()
    assert "raw.orders" in tab.page.locator("aside.chosen").inner_text()
    tab.page.locator(".box.fact").dblclick()
    tab.page.wait_for_url("**#/table/raw.orders", timeout=SECONDS)


def test_the_lineage_leads_to_the_model_and_its_tests(tab: Tab) -> None:
    tab.go("lineage")
    tab.page.locator(".box.staging").dblclick()
    tab.page.wait_for_url("**#/model/stg_raw__orders", timeout=SECONDS)
    assert "held unique: order_id" in tab.text()


def test_search_finds_a_column_by_keyboard(tab: Tab) -> None:
    tab.go("overview")
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("customer_id")
    tab.page.locator("#hits [role=option]").first.wait_for(timeout=SECONDS)
    kinds = tab.page.locator("#hits .badge").all_inner_texts()
    assert kinds == ["column", "column", "finding"]  # of the table, of the model, of its rows
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**#/table/raw.orders", timeout=SECONDS)


def test_a_deep_link_to_a_table_shows_its_key_and_reasons(tab: Tab) -> None:
    tab.go("table/raw.customers")
    assert "Primary key: id" in tab.text()
    assert "personal: email" in tab.text()


def test_a_link_to_what_is_gone_says_so(tab: Tab) -> None:
    tab.go("table/raw.gone")
    assert "There is no raw.gone in this run." in tab.text()


@pytest.mark.parametrize("kind", ["SVG", "Mermaid", "DBML"])
def test_the_diagram_can_be_taken_away(tab: Tab, kind: str) -> None:
    tab.go("diagram")
    tab.page.locator(".box").first.wait_for(timeout=SECONDS)
    with tab.page.expect_download(timeout=SECONDS) as download:
        tab.page.get_by_role("button", name=kind).click()
    text = Path(download.value.path()).read_text()
    assert "customers" in text
    assert "customer_id" in text


def test_a_picture_of_the_diagram_is_a_png(tab: Tab) -> None:
    tab.go("diagram")
    tab.page.locator(".box").first.wait_for(timeout=SECONDS)
    with tab.page.expect_download(timeout=SECONDS) as download:
        tab.page.get_by_role("button", name="PNG").click()
    assert Path(download.value.path()).read_bytes()[:4] == b"\x89PNG"


def test_print_shows_the_whole_diagram(tab: Tab) -> None:
    tab.go("diagram")
    tab.page.locator(".box").first.wait_for(timeout=SECONDS)
    tab.page.emulate_media(media="print")
    drawing = tab.page.locator("main svg[aria-label=Diagram]")
    drawing.wait_for(timeout=SECONDS)
    assert drawing.bounding_box()["width"] <= WIDE[0]
    assert not tab.page.locator("nav").is_visible()


def test_on_a_telephone_the_diagram_is_in_view_and_nothing_is_wider_than_the_screen(
    chromium: Any, tmp_path: Path
) -> None:
    tab = opened(chromium, tmp_path, NARROW)
    for route in ("overview", "tables", "table/raw.orders", "model/stg_raw__orders", "diagram"):
        tab.go(route)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= NARROW[0], route
    tab.page.locator(".box").first.wait_for(timeout=SECONDS)
    tab.page.wait_for_timeout(300)
    for number in range(2):
        at = tab.page.locator(".box").nth(number).bounding_box()
        assert at["x"] >= 0
        assert at["x"] + at["width"] <= NARROW[0]
    tab.page.close()


def test_a_name_that_is_html_is_shown_as_text(chromium: Any, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)></script><script>alert(1)</script>"
    table = SCHEMA.tables[0].model_copy(update={"id": f"raw.{name}"})
    tab = opened(chromium, tmp_path, schema=Schema(adapter="duckdb", tables=(table,)))
    tab.page.on("dialog", lambda dialog: tab.said.append(dialog.message))
    tab.go("tables")
    assert name in tab.text()
    assert tab.said == []
    tab.page.close()


def test_the_built_files_are_what_the_sources_build(tmp_path: Path) -> None:
    npm = ["npm", "ci", "--no-audit", "--no-fund", "--prefix", str(FRONTEND)]
    try:
        subprocess.run(npm, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"npm cannot install the packages of frontend/: {error}")
    build = ["node", str(FRONTEND / "build.mjs"), str(tmp_path)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    for name in ("page.js", "page.css"):
        assert (tmp_path / name).read_bytes() == (BUILT / name).read_bytes(), (
            f"{name} is not what frontend/ builds: npm run build there, and commit it"
        )


def test_the_types_of_the_script_are_those_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FRONTEND))
    import data_types

    assert data_types.TARGET.read_text("utf-8") == data_types.text(), (
        "run .venv/bin/python frontend/data_types.py"
    )


def test_what_leads_to_a_model_and_what_it_feeds_is_not_dimmed(tab: Tab) -> None:
    tab.go("lineage/stg_raw__orders")
    tab.page.locator(".box.chosen").first.wait_for(timeout=SECONDS)
    assert tab.page.locator(".box").count() > 1
    assert tab.page.locator(".box.dim").count() == 0
