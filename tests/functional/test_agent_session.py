"""A coding agent models a database from nothing, by the command line and by MCP.s tools, with wrong
turns, until dbt has built what it applied. The transcript is kept in the fixtures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.agent.server import Tools
from dbt_cartridge.config import Settings
from dbt_cartridge.engine.command_line import CommandLineEngine
from tests.support import databases
from tests.support.experts import expert
from tests.support.host import HostProject, make_host, program
from tests.support.warehouses import DuckDB

pytestmark = pytest.mark.slow
TRANSCRIPT = Path(__file__).parents[1] / "fixtures" / "agent_session.md"
WRONG_SQL = """\
with requests as (select * from {{ ref('fct_service_requests') }}),
milestones as (select * from {{ ref('fct_service_milestones') }})
select requests.mechanic_id, sum(requests.cost) as cost
from requests left join milestones
    on milestones.service_request_id = requests.service_request_id
group by requests.mechanic_id
"""
RIGHT_SQL = """\
with requests as (select * from {{ ref('fct_service_requests') }})
select requests.mechanic_id, sum(requests.cost) as cost
from requests
group by requests.mechanic_id
"""
ADDED = {
    "fct_service_requests": {
        "columns": [
            {"name": "hours_in_shop", "expression": "date_diff('hour', time_in, time_out)",
             "unit": "hours"},
            {"name": "is_slow", "expression": "hours_in_shop > 72"},
            {"name": "secret", "expression": "read_csv('/etc/passwd')"},
        ],
        "marts": [
            {"name": "mechanic_months", "description": "What each mechanic did, month by month.",
             "by": [{"name": "mechanic_id", "expression": "mechanic_id"},
                    {"name": "month", "expression": "date_trunc('month', time_in_date)"}],
             "columns": [{"name": "requests", "expression": "count(*)"},
                         {"name": "cost", "expression": "sum(cost)", "unit": "USD"},
                         {"name": "cost_per_request", "expression": "cost / requests"}]},
            {"name": "too_many_rows", "description": "A join that gives rows more.",
             "join_to": [{"alias": "marks", "model": "fct_service_milestones",
                          "match": [{"left": "service_request_id",
                                     "right": "service_request_id"}]}],
             "columns": [{"name": "notes", "expression": "marks.notes"}]},
        ],
    },
}  # fmt: skip


class Session:
    """Calls, and what came back, as a transcript without times and places."""

    def __init__(self, host: HostProject) -> None:
        self.host = host
        self.lines: list[str] = []
        engine = CommandLineEngine(
            host.root, dbt=program("dbt"), profiles_dir=host.root, profile=None, target=None
        )
        settings = Settings(schemas=("raw",))
        tools = Tools(host.root, engine, settings).offered(write=True)
        self.tools = {tool.__name__: tool for tool in tools}

    def tool(self, name: str, **arguments: Any) -> Any:
        said = self.tools[name](**arguments)
        self._keep(f"tool {name} {json.dumps(arguments)}", said)
        try:
            return json.loads(said)
        except ValueError:
            return said

    def shell(self, *words: str, code: int = 0) -> str:
        done = self.host.cartridge(*words)
        assert done.returncode == code, done.stderr + done.stdout
        self._keep(f"$ cartridge {' '.join(words)}   # {code}", done.stdout)
        return done.stdout

    def _keep(self, call: str, said: str) -> None:
        shown = said.strip().replace(str(self.host.root), "shop").splitlines()
        kept = [line[:160] for line in shown[:8]] + (["…"] if len(shown) > 8 else [])
        self.lines += [call[:400], *(f"    {line}" for line in kept), ""]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    source = expert("bike_shop").folder
    folder = tmp_path_factory.mktemp("agent")
    host = make_host(folder / "shop", DuckDB(folder / "warehouse.duckdb"))
    databases.load(source, host.warehouse)
    host.warehouse.release()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_PROFILES_DIR", str(host.root))
        its = Session(host)
        _talk(its)
    return its


def _talk(its: Session) -> None:
    """The session; each answer is held against what it has to say."""
    # Nothing is known yet: the way is said.
    assert "cartridge plan" in its.tool("facts")["error"]
    assert "Would do" in its.tool("plan")
    # Looking around, with a slip.
    known = {each["id"] for each in its.tool("facts")["tables"]}
    assert "raw.Service Requests" in known
    assert "Did you mean" in its.tool("facts", table="raw.Service Request")["error"]
    assert its.tool("facts", table="raw.Service Requests")["table"]["role"] == "fact"
    # Two guesses, asked instead of believed.
    wrong = its.tool("probe", table="raw.Service Milestones", columns=["service_request_id"])
    assert wrong["refuted"] is True
    right = its.tool("probe", table="raw.Service Requests", columns=["customer_id"],
                     to="raw.Customers", to_columns=["id"])  # fmt: skip
    assert right["holds"] is True
    # A decision that the data denies never reaches the file's end of a run.
    its.shell("decide", "column", "raw.Service Requests", "cost", "--unit", "USD", "--json")
    assert "no column" in its.tool("decide", table="raw.Mechanics",
                                   decision={"key": ["nmae"]})["error"]  # fmt: skip
    # A model by hand: first wrong, then right.
    first = its.tool("check", sql=WRONG_SQL)
    assert first["ok"] is False
    assert any("gives rows more" in each for each in first["problems"])
    second = its.tool("check", sql=RIGHT_SQL, key=["mechanic_id"])
    assert (second["ok"], second["key"]) == (True, ["mechanic_id"])
    assert its.tool("check", model="fct_service_requests", expression="now()")["ok"] is False
    # Additions: what does not fit is refused, the rest is kept.
    added = its.tool("add", models=ADDED)
    assert added["written"] is True
    lost = {each["part"] for each in added["models"][0]["refused"]}
    assert lost == {"columns secret", "marts too_many_rows"}
    assert "Would do" in its.tool("plan")
    its.tool("apply")
    # The hand-written model stands beside, and is asked.
    its.host.write("models/own/mechanic_costs.sql", RIGHT_SQL)
    done = json.loads(its.shell("verify", "mechanic_costs", "--json"))
    assert (done["ok"], done["rows"], done["repeated"]) == (True, 5, 0)
    its.host.write("models/own/mechanic_costs_wrong.sql", WRONG_SQL)
    its.shell("verify", "mechanic_costs_wrong", "--json", code=1)
    (its.host.root / "models/own/mechanic_costs_wrong.sql").unlink()
    kept = its.tool("probe", table="raw.Service Requests", columns=["cost"],
                    to="fct_mechanic_months", to_columns=["cost"])  # fmt: skip
    assert kept["holds"] is True


def test_a_session_from_nothing_to_applied_with_wrong_turns_builds_clean(session: Session) -> None:
    built = session.host.dbt("build").must_succeed()
    assert {"error", "fail", "warn"}.isdisjoint(built.statuses.values())
    (count, cost), = session.host.warehouse.query(
        "select sum(requests), round(sum(cost), 2) from analytics.fct_mechanic_months"
    )  # fmt: skip
    meant = session.host.warehouse.query(
        'select count(*), round(sum(cost), 2) from raw."Service Requests"'
    )
    assert [(int(count), float(cost))] == [(int(n), float(c)) for n, c in meant]


def test_the_transcript_of_the_session_is_kept(session: Session) -> None:
    text = "\n".join(["# A coding agent models a bike shop", "", "```text", *session.lines, "```"])
    if os.environ.get("CARTRIDGE_REGENERATE") or not TRANSCRIPT.exists():
        TRANSCRIPT.write_text(f"{text}\n", "utf-8")
    calls = [line for line in text.splitlines() if line.startswith(("tool ", "$ "))]
    kept = TRANSCRIPT.read_text("utf-8").splitlines()
    assert [line for line in kept if line.startswith(("tool ", "$ "))] == calls
