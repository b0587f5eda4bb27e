"""The golden files are the specification of what is written; the diff is read in review.

`CARTRIDGE_REGENERATE=1 pytest tests/unit/render/test_golden.py` writes them again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.render import render

GOLDEN = Path(__file__).parents[2] / "golden"
CASES = sorted(path.parent.name for path in GOLDEN.glob("*/design.json"))
REGENERATE = bool(os.environ.get("CARTRIDGE_REGENERATE"))


def rendered(case: str) -> Files:
    design = Design.model_validate_json((GOLDEN / case / "design.json").read_text("utf-8"))
    host = Host.model_validate_json((GOLDEN / case / "host.json").read_text("utf-8"))
    return render(design, host, Settings())


def test_there_are_golden_cases():
    assert len(CASES) >= 5


@pytest.mark.parametrize("case", CASES)
def test_a_design_is_written_as_its_golden_files(case: str):
    files = rendered(case)
    expected = GOLDEN / case / "expected"
    if REGENERATE:
        shutil.rmtree(expected, ignore_errors=True)
        for file in files.files:
            path = expected / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, "utf-8")
    golden = {
        path.relative_to(expected).as_posix(): path.read_text("utf-8")
        for path in expected.rglob("*")
        if path.is_file()
    }
    assert sorted(file.path for file in files.files) == sorted(golden)
    for file in files.files:
        assert file.text == golden[file.path], file.path


@pytest.mark.parametrize("case", CASES)
def test_the_same_design_gives_the_same_bytes(case: str):
    assert rendered(case) == rendered(case)


@pytest.mark.parametrize("case", CASES)
def test_nothing_written_needs_cartridge(case: str):
    for file in rendered(case).files:
        assert "cartridge" not in file.text, file.path
