from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.write.host_project import MEMORY, Project


@pytest.fixture
def project() -> Iterator[Project]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        root = Path(place) / "host"
        root.mkdir()
        yield Project(root)
