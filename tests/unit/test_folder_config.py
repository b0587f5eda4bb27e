"""The folder's materialization holds for what is generated as for the host's own models."""

from __future__ import annotations

import pytest

from dbt_cartridge.documents.folder_config import materialized


@pytest.mark.parametrize(
    ("own", "folder", "said"),
    [
        ("table", None, "table"),
        ("view", None, ""),  # dbt's default
        ("table", "view", ""),
        ("view", "table", ""),
        ("table", "{{ 'table' if target.name == 'prod' else 'view' }}", ""),
        ("incremental", "table", "incremental"),  # else every row would be read each time
        ("incremental", "incremental", ""),
        ("view", "incremental", "view"),  # else each run would add all rows again
        ("table", "{{ var('how', 'incremental') }}", "table"),
    ],
)
def test_a_model_says_only_what_its_folder_does_not(own: str, folder: str | None, said: str):
    assert materialized(own, {} if folder is None else {"materialized": folder}) == said
