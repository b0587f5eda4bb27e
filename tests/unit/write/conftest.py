from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.write.host_project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "host"
    root.mkdir()
    return Project(root)
