"""The engine over a program: what it sends, what it understands, what it makes of failures."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from dbt_cartridge.engine.base import Reply, Request, first_words, in_order
from dbt_cartridge.engine.command_line import CommandLineEngine
from dbt_cartridge.errors import ConfigError, EngineError, HostError
from dbt_cartridge.version import helper_version

FAKE = """#!{python}
import json, os, sys, time
import yaml
if sys.argv[1] == "parse":
    print("12:00:00  Compilation Error: models/a.sql is broken")
    sys.exit({parse})
if {silent}:
    print("12:00:00  Encountered an error:\\nthe server is down")
    sys.exit(1)
print("12:00:00  something that dbt says")
print(json.dumps(dict(cartridge="{version}", adapter="{adapter}", database="shop", schema="main",
                      threads=3, dbt_version="1.11.0")))
arguments = yaml.safe_load(sys.argv[sys.argv.index("--args") + 1])
for number, (verb, body) in enumerate(arguments["requests"]):
    if verb == "meet":
        open("here_" + str(os.getpid()), "w").close()
        until = time.monotonic() + 20
        while sum(name.startswith("here_") for name in os.listdir()) < 2:
            if time.monotonic() > until:
                sys.exit("alone")
            time.sleep(0.02)
    if verb == "fail":
        print("12:00:01  Encountered an error while running operation: Runtime Error")
        print("  Table gone does not exist")
        print("LINE 1: select secret from gone")
        sys.exit(1)
    print(json.dumps(dict(cartridge_reply=number, rows=[[body["name"], str(len(sys.argv))]])))
"""


def engine(
    folder: Path,
    version: str | None = None,
    silent: bool = False,
    parse: int = 0,
    adapter: str = "duckdb",
) -> CommandLineEngine:
    program = folder / "dbt"
    text = FAKE.format(
        python=sys.executable,
        version=version or helper_version(),
        silent=silent,
        parse=parse,
        adapter=adapter,
    )
    program.write_text(text, "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    return CommandLineEngine(folder, dbt=str(program), target="dev")


def test_a_failing_request_is_its_own_and_the_others_are_answered(tmp_path: Path) -> None:
    requests = [Request("x", {"name": "a"}), Request("fail", {}), Request("x", {"name": "b"})]
    asked = engine(tmp_path)
    first, failed, last = in_order(asked.ask(requests), 3)
    assert first.rows[0][0] == "a"
    assert failed == Reply(error="Table gone does not exist")
    assert last.rows[0][0] == "b"
    assert asked.statements == 3


@pytest.mark.parametrize("name", ["🦆", "it's {{ x }}", 'a"b', "tab\there", "\x7f\x85", "a\\b"])
def test_any_name_reaches_dbt_as_it_is(tmp_path: Path, name: str) -> None:
    (reply,) = in_order(engine(tmp_path).ask([Request("x", {"name": name})]), 1)
    assert reply.rows[0][0] == name


def test_many_requests_are_spread_over_calls_that_the_system_takes(tmp_path: Path) -> None:
    requests = [Request("x", {"name": f"{number}" * 4_000}) for number in range(60)]
    replies = in_order(engine(tmp_path).ask(requests), 60)
    assert [reply.rows[0][0] for reply in replies] == [r.body["name"] for r in requests]


def test_a_statement_that_no_command_line_takes_is_told_and_the_others_are_answered(
    tmp_path: Path,
) -> None:
    requests = [Request("x", {"name": "x" * 130_000}), Request("x", {"name": "b"})]
    long, short = in_order(engine(tmp_path).ask(requests), 2)
    assert long.error is not None
    assert "too long" in long.error
    assert short.rows[0][0] == "b"


def test_calls_go_side_by_side_where_the_warehouse_takes_several_clients(tmp_path: Path) -> None:
    requests = [Request("meet", {"name": name}) for name in "ab"]
    asked = engine(tmp_path, adapter="postgres")
    assert [reply.rows[0][0] for reply in in_order(asked.ask(requests), 2)] == ["a", "b"]


def test_failures_side_by_side_are_their_own_too(tmp_path: Path) -> None:
    verbs = "x fail x x fail x x".split()
    requests = [Request(verb, {"name": str(n)}) for n, verb in enumerate(verbs)]
    asked = engine(tmp_path, adapter="postgres")
    replies = in_order(asked.ask(requests), len(verbs))
    assert [reply.rows[0][0] for reply in replies if reply.rows] == ["0", "2", "3", "5", "6"]
    assert [n for n, reply in enumerate(replies) if reply.error] == [1, 4]
    assert asked.statements == len(verbs)


def test_the_target_is_read_from_dbt(tmp_path: Path) -> None:
    target = engine(tmp_path).target
    assert (target.adapter, target.schema, target.threads) == ("duckdb", "main", 3)


def test_packages_of_two_versions_are_refused_with_what_to_upgrade(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pip install dbt-cartridge==99"):
        _ = engine(tmp_path, version="99.0.0").target
    with pytest.raises(ConfigError, match="cartridge init"):
        _ = engine(tmp_path, version="0.0.1").target


def test_a_broken_project_is_told_from_a_warehouse_that_is_down(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"models/a\.sql is broken"):
        _ = engine(tmp_path, silent=True, parse=1).target
    with pytest.raises(EngineError, match="the server is down"):
        _ = engine(tmp_path, silent=True).target


def test_a_dbt_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no-such-dbt"):
        CommandLineEngine(tmp_path, dbt="no-such-dbt")


def test_an_error_is_one_line_without_headings_and_excerpts() -> None:
    message = "Runtime Error\n  Conversion Error: no number\n\n  LINE 1: select 'secret'\n  ^"
    assert first_words(message) == "Conversion Error: no number"
    driver = (
        "C Data interface error: [libpq] Execution error [PGRES_FATAL_ERROR]: ERROR:  no number"
    )
    assert first_words(f"[error] [DbDriverFailed (dbt1308)]: {driver}") == "no number"
    assert len(first_words("x" * 10_000)) == 300


def test_the_words_of_dbt_v2_are_told_without_rules_codes_and_backtraces() -> None:
    message = (
        "=================== Errors and Warnings ====================\n"
        "[warning] [DuplicateColumns (dbt1033)]: Query returned duplicate column names.\n"
        "[error] [DbDriverFailed (dbt1308)]: Conversion Error: no number\n"
        "   0: <unknown>\n  13: start_thread\n             at ./nptl/pthread_create.c:442:8\n"
    )
    assert first_words(message) == "Conversion Error: no number"
    driver = (
        "C Data interface error: [libpq] Execution error [PGRES_FATAL_ERROR]: ERROR:  no number"
    )
    assert first_words(f"[error] [DbDriverFailed (dbt1308)]: {driver}") == "no number"
