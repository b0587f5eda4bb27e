"""Random edits × random schema changes: no edit is lost, the project parses, a re-run is a no-op.

A thousand cases here, on what cartridge really generates, with the parse looked at by its structure
(names, sources, doc blocks, kinds of tests, SQL by sqlglot); dbt itself parses a sample of them in
tests/functional/test_edits.py.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.write.host_project import MEMORY, Project
from tests.unit.write.living import EDITS, Edit, Living
from tests.unit.write.schemas import CHANGES

PARTS = 4  # tests run in parallel
CASES = 1000
STATES = st.frozensets(st.sampled_from(CHANGES), max_size=4)
EDIT = st.tuples(st.sampled_from(EDITS), st.integers(0, 40), st.integers(0, 40))
ROUND = st.tuples(st.lists(EDIT, max_size=4), STATES, st.booleans())


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, PARTS))]
)
def test_people_and_cartridge_work_on_one_project(part: int) -> None:
    @settings(
        max_examples=CASES // PARTS,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(STATES, st.lists(ROUND, min_size=1, max_size=1 if part else 2))
    def holds(
        first: frozenset[str], rounds: Sequence[tuple[list[Edit], frozenset[str], bool]]
    ) -> None:
        root = Path(tempfile.mkdtemp(dir=MEMORY))
        try:
            for path, data in _first_run(first).items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(data)
            _live(Living(root), rounds)
        finally:
            shutil.rmtree(root)

    holds()


@cache
def _first_run(state: frozenset[str]) -> dict[str, bytes]:
    """What the first run leaves: the same for every case that begins with this state."""
    root = Path(tempfile.mkdtemp(dir=MEMORY))
    try:
        living = Living(root)
        living.run(state)
        living.must_parse()
        return {path: data for path, (data, _) in Project(root).everything().items()}
    finally:
        shutil.rmtree(root)


def _live(living: Living, rounds: Sequence[tuple[list[Edit], frozenset[str], bool]]) -> None:
    for edits, state, prune in rounds:
        for edit in edits:
            living.edit(edit)
        living.run(state, prune=prune)
        living.must_hold_every_edit()
        living.must_parse()
        before = Project(living.root).everything()
        living.run(state, prune=prune)
        assert Project(living.root).everything() == before
