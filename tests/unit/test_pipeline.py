"""The corridor as a guest in dbt's process."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import cast

import pytest

from dbt_cartridge import pipeline
from dbt_cartridge.config import Settings
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.progress import Silent


def test_after_a_run_the_collector_is_as_it_was_found(tmp_path: Path) -> None:
    before = gc.get_threshold()
    with pytest.raises(ConfigError, match="There is no step 'scna'"):
        pipeline.generate(cast("Engine", None), Settings(), tmp_path, Silent(), start="scna")
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
