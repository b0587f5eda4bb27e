"""What dbt is told to do for a round."""

from __future__ import annotations

import pytest

from dbt_cartridge.verify.commands import compiling
from tests.unit.verify import shop


@pytest.mark.parametrize(("version", "one"), [("1.11.16", True), ("2.0.0-preview.196", False)])
@pytest.mark.parametrize("only", [None, {"fct_orders"}])
def test_dbt_v1_compiles_on_one_thread_so_that_one_model_has_one_text(
    version: str, one: bool, only: set[str] | None
) -> None:
    host = shop.host("duckdb").model_copy(update={"dbt_version": version})
    words = compiling(host, shop.design(), only)
    assert (words[1:3] == ("--threads", "1")) is one
    assert "--select" in words
