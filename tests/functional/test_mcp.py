"""A coding agent's session over MCP, with both major versions of the SDK."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.documents.base import documents_folder
from tests.support.environments import Environment, EnvironmentMissing
from tests.support.host import REPOSITORY
from tests.unit.report.a_run import SCAN, SCHEMA

CLIENT = REPOSITORY / "tests" / "support" / "mcp_client.py"
SDKS = ("1.30.0", "2.3.0")
Session = Any


@pytest.fixture(scope="module", params=SDKS)
def environment(request: pytest.FixtureRequest) -> Path:
    made = Environment(f"mcp-{request.param}", (f"mcp=={request.param}",), editable=REPOSITORY)
    try:
        return made.made()
    except EnvironmentMissing as missing:
        pytest.skip(f"mcp {request.param}: {missing}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    for document in (SCAN, SCHEMA):
        document.save(documents_folder(tmp_path))
    return tmp_path


def session(environment: Path, project: Path, calls: list[Any], *options: str) -> dict[str, Any]:
    programs = environment / "bin"
    command = [str(programs / "python"), str(CLIENT), str(programs / "cartridge"), str(project)]
    dbt = str(Path(sys.executable).parent)  # the server asks the warehouse through it
    done = subprocess.run(
        [*command, *options],
        input=json.dumps(calls),
        env={**os.environ, "PATH": f"{dbt}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_agent_reads_facts_and_reasons_and_is_helped_where_it_errs(
    environment: Path, project: Path
) -> None:
    calls = [
        ["facts", {}],
        ["facts", {"table": "raw.order"}],
        ["facts", {"table": "raw.orders"}],
        ["explain", {"target": "raw.orders.customer_id"}],
    ]
    said = session(environment, project, calls)
    assert said["tools"] == [
        "facts", "explain", "probe", "check", "verify", "plan",
    ]  # fmt: skip
    tables, wrong, right, reasons = said["texts"]
    assert [t["id"] for t in json.loads(tables)["tables"]] == ["raw.customers", "raw.orders"]
    assert "Did you mean 'raw.orders'?" in json.loads(wrong)["error"]
    assert json.loads(right)["refers_to"][0]["to"] == "raw.customers"
    assert "99.8 % are found" in reasons


def test_nothing_can_be_written_unless_the_server_was_started_so(
    environment: Path, project: Path
) -> None:
    decision = {"table": "raw.orders", "decision": {"role": "dimension"}}
    session(environment, project, [["facts", {}]])
    assert not (project / "cartridge.yml").exists()
    said = session(environment, project, [["decide", decision]], "--write")
    assert {"decide", "add", "apply", "undo"} < set(said["tools"])
    assert len(said["tools"]) <= 10
    assert "role: dimension" in (project / "cartridge.yml").read_text()
