"""The page: everything on it, nothing from elsewhere, and nothing that a name could do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_cartridge.documents.changes import Change, Changes
from dbt_cartridge.documents.schema import Relationship, Schema
from dbt_cartridge.report.erd import MOST_TABLES, drawing
from dbt_cartridge.report.page import page
from dbt_cartridge.report.run import run
from tests.unit.report.a_run import SCHEMA, outcome


def html(**changes: Any) -> str:
    result = outcome(**changes)
    return page(run(result), result)


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "rect", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "path"):
            assert self.open.pop() == tag


def schema_of(names: list[str], edges: list[tuple[int, int]]) -> Schema:
    table = SCHEMA.tables[0]
    tables = tuple(table.model_copy(update={"id": f"raw.{name}"}) for name in names)
    return Schema(
        adapter="duckdb",
        tables=tables,
        relationships=tuple(
            Relationship(
                table=tables[child].id,
                columns=("c",),
                ref_table=tables[parent].id,
                ref_columns=("id",),
            )
            for child, parent in edges
        ),
    )


def test_the_page_shows_evidence_models_what_was_left_out_and_changes() -> None:
    text = html()
    words_of_each = (
        "99.8 % are found", "staff(id)", "98 % look like an address", "3 orphans",
        "stg_raw__orders", "One row per order.", "warns only: 3 of 1,200 rows",
        "A backup of raw.orders.", "The view fails.", "did not hold", "models/a.sql",
    )  # fmt: skip
    for words in words_of_each:
        assert words in text


def test_the_page_is_well_formed_and_asks_nothing_of_the_network() -> None:
    elements = Elements(html())
    assert elements.open == []
    assert not {"script", "img", "link", "iframe", "object"} & set(elements.tags)
    assert all(
        value.startswith("#") for name, value in elements.attributes if name in ("href", "src")
    )
    assert "default-src 'none'" in html()


def test_every_link_leads_somewhere() -> None:
    elements = Elements(html())
    ids = {value for name, value in elements.attributes if name == "id"}
    assert {value[1:] for name, value in elements.attributes if name == "href"} <= ids


def page_about(name: str) -> Elements:
    schema = schema_of([name, "b"], [(0, 1), (1, 0)])
    diff = f"+{name}".replace("\n", " ")
    change = Change(path="a.sql", action="create", diff=diff, why=name)
    text = html(schema=schema, changes=Changes(changes=(change,)))
    assert "\u202e" not in text
    return Elements(text)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30).map(lambda t: f"<script>{t}</b>\"'{{{{ x }}}}\u202e"))
def test_a_name_from_the_warehouse_is_only_text(name: str) -> None:
    assert page_about(name).tags == page_about("a").tags


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_no_two_boxes_of_the_diagram_overlap(edges: list[tuple[int, int]]) -> None:
    drawn = drawing(schema_of([str(n) for n in range(10)], edges))
    assert drawn is not None
    assert len(drawn.boxes) == 10
    assert len(drawn.lines) == len(edges)
    for number, one in enumerate(drawn.boxes):
        assert one.x + one.width <= drawn.width
        assert one.y + one.height <= drawn.height
        for other in drawn.boxes[number + 1 :]:
            apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
            apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert apart_x or apart_y


def test_a_table_stands_left_of_what_it_refers_to() -> None:
    drawn = drawing(schema_of(["line", "header", "customer"], [(0, 1), (1, 2), (0, 2)]))
    assert drawn is not None
    at = {box.table.id: box.x for box in drawn.boxes}
    assert at["raw.line"] < at["raw.header"] < at["raw.customer"]


def test_a_schema_too_large_to_draw_is_listed_only() -> None:
    many = schema_of([f"t{n}" for n in range(MOST_TABLES + 1)], [(0, 1)])
    assert drawing(many) is None
    assert "are not drawn" in html(schema=many)


def test_an_empty_run_has_a_page() -> None:
    text = html(schema=Schema(adapter="duckdb"), changes=Changes())
    assert "No tables." in text
    assert "Nothing changed." in text


def test_huge_diffs_are_left_out_of_the_page() -> None:
    changes = Changes(changes=(Change(path="a", action="update", diff="+x\n" * 100_000),))
    assert len(html(changes=changes)) < 100_000
    assert re.search(r'class="name">a<', html(changes=changes))
