"""The real SDKs against servers that speak their protocols, in the oldest and newest versions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environments import Environment, EnvironmentMissing
from tests.support.host import REPOSITORY
from tests.support.llm_scenarios import CLOUDS, OF_CLOUDS, SCENARIOS

WIRES = ("anthropic", "responses", "chat", "gemini")
# The lower bounds of the extras in pyproject.toml; the newest are pinned for development.
OLDEST = Environment(
    "llm-oldest",
    ("anthropic[bedrock,vertex]==0.87.0", "openai==2.0.0", "google-genai==1.40.0"),
    editable=REPOSITORY,
)


def python_of(versions: str) -> Path:
    if versions == "newest":
        return Path(sys.executable)
    try:
        return OLDEST.made() / "bin" / "python"
    except EnvironmentMissing as reason:
        pytest.skip(f"no environment with the oldest SDKs: {reason}")


@pytest.mark.parametrize("versions", ["oldest", "newest"])
def test_every_fault_ends_as_it_should_through_every_sdk(versions: str) -> None:
    done = subprocess.run(
        [str(python_of(versions)), "-m", "tests.support.llm_scenarios",
         "anthropic", "openai", "gemini", "clouds"],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {(line["wire"], line["scenario"]) for line in lines} == {
        *((wire, scenario) for wire in WIRES for scenario in SCENARIOS),
        *((cloud, scenario) for cloud in CLOUDS for scenario in OF_CLOUDS),
    }
    assert [line for line in lines if line["problem"]] == []
