"""What the user renames in a generated staging model is called so everywhere after it."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.design import Design, Query
from dbt_cartridge.documents.host import HostModel
from tests.unit.design.made import column, designed, host, table

KEY = column("id", role="key")


def _designed(sql: str) -> Design:
    things = table("things", KEY, column("colour", "text"), column("weight", "decimal", "measure"))
    standing = HostModel(
        name="stg_raw__things", path="models/staging/raw/stg_raw__things.sql", package="shop",
        source=("raw", "things"), sql=sql, generated=True, relations=("raw.things",),
    )  # fmt: skip
    return designed(
        things, to=host(models=(standing,), kept_names={"stg_raw__things": ("raw.things",)})
    )


def _columns(result: Design) -> dict[str, list[str]]:
    return {model.name: [each.name for each in model.columns] for model in result.models}


def test_a_renamed_column_is_renamed_in_staging_and_in_the_marts():
    result = _designed(
        "select id as thing_id, colour as hue, cast(weight as decimal(10, 2)) as weight "
        "from {{ source('raw', 'things') }}"
    )
    found = _columns(result)
    assert all("hue" in columns and "colour" not in columns for columns in found.values())
    assert result.by_name["stg_raw__things"].follows


def test_a_renamed_key_is_tested_under_its_new_name():
    result = _designed("select id as thing_no, colour, weight from {{ source('raw', 'things') }}")
    staging = result.by_name["stg_raw__things"]
    assert staging.primary_key == ("thing_no",)
    (mart,) = [m for m in result.models if m.layer == "marts"]
    assert mart.primary_key == ("thing_no",)
    assert isinstance(mart.body, Query)


@pytest.mark.parametrize(
    "sql",
    [
        # taken away, made of two columns, and one that dbt alone could read
        "select id as thing_id, weight from {{ source('raw', 'things') }}",
        "select id as thing_id, colour || weight as hue, weight from {{ source('raw', 'things') }}",
        "select id as thing_id, colour as hue, weight from {{ other('raw', 'things') }}",
    ],
)
def test_what_is_no_renaming_changes_no_name(sql: str):
    found = _columns(_designed(sql))
    assert all("colour" in columns for columns in found.values())
