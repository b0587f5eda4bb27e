"""A model that reads what is private to another group is refused before dbt sees it."""

from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.verify.access import refused
from tests.unit.design.made import host

STAGING = File(path="models/staging/stg_a.sql", text="", kind="sql", layer="staging")
MART = File(
    path="models/marts/dim_a.sql", text="select * from {{ ref('stg_a') }}", kind="sql",
    layer="marts",
)  # fmt: skip


@pytest.mark.parametrize(
    ("staging", "marts", "is_refused"),
    [
        ({"+access": "private", "+group": "crm"}, {"+group": "crm"}, False),
        ({"+access": "private", "+group": "crm"}, {"+group": "web"}, True),
        ({"+access": "private", "+group": "crm"}, {}, True),
        ({"+access": "protected", "+group": "crm"}, {"+group": "web"}, False),
    ],
)
def test_private_is_private_to_its_group(
    staging: dict[str, Any], marts: dict[str, Any], is_refused: bool
) -> None:
    folders = {"shop": {"staging": staging, "marts": marts}}
    found = refused(Files(files=(STAGING, MART)), host(folders=folders))
    assert list(found) == (["dim_a"] if is_refused else [])
