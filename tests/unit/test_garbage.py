"""What a run tells the collector."""

from __future__ import annotations

import gc

from dbt_cartridge.garbage import few_collections


def test_what_stands_already_is_not_gone_through_again() -> None:
    gc.collect()
    standing = len(gc.get_objects())
    with few_collections():
        assert gc.get_freeze_count() >= standing
        assert len(gc.get_objects()) < standing / 10
        with few_collections():
            assert gc.get_freeze_count() >= standing
        assert gc.get_freeze_count() >= standing
    assert gc.get_freeze_count() == 0
