"""Why staging has fewer rows than its source, in words."""

from __future__ import annotations

from typing import Literal

import pytest

from dbt_cartridge.documents.schema import Versions
from dbt_cartridge.documents.verdicts import ModelVerdict, Verdicts
from dbt_cartridge.report.arrivals import arrivals, reasons
from tests.unit.design.made import column, designed, table


@pytest.mark.parametrize(
    ("kind", "order", "said"),
    [
        ("duplicates", (), "7 repeated rows and 2 deletions"),
        ("loads", ("_loaded_at",), "7 superseded versions and 2 deletions"),
    ],
)
def test_rows_that_stand_again_are_no_versions(
    kind: Literal["duplicates", "loads"], order: tuple[str, ...], said: str
) -> None:
    versions = Versions(kind=kind, entity_key=("id",), order_by=order)
    stamp = column("_loaded_at", "timestamp", "load_time", meaning={"is_load_tool": True})
    design = designed(table("things", column("id", role="key"), stamp, versions=versions))
    staged = ModelVerdict(model="stg_raw__things", status="pass", rows=91, left_out=9, superseded=7)
    (arrived,) = arrivals(design, Verdicts(level="data", models=(staged,)))
    assert arrived.why == reasons([arrived]) == said
    assert arrived.rows == 100


def test_nothing_is_said_where_every_row_arrives() -> None:
    design = designed(table("things", column("id", role="key")))
    staged = ModelVerdict(model="stg_raw__things", status="pass", rows=100)
    assert [each.why for each in arrivals(design, Verdicts(level="data", models=(staged,)))] == [""]
