"""A dbt v1 that is kept running: where it can be, and what becomes of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from dbt_cartridge.engine import kept_dbt
from dbt_cartridge.engine.beside import Beside
from dbt_cartridge.engine.calls import Caller
from dbt_cartridge.engine.kept_dbt import KeptDbt, interpreter_of
from dbt_cartridge.errors import EngineError

ENTRY = "import sys\nfrom dbt.cli.main import cli\nsys.exit(cli())\n"
SERVER = """
import json, sys
print("dbt says hello")
print(json.dumps(dict(cartridge_ready=True)), flush=True)
for line in sys.stdin:
    words = json.loads(line)
    if isinstance(words, dict):
        words = [*words["arguments"], words["folder"], *words["environment"].values()]
    if words is None:
        words = ["let go"]
    if words[0] == "hang":
        import time
        time.sleep(60)
    if words[0] == "die":
        sys.exit(3)
    print("ran", *words)
    print(json.dumps(dict(cartridge_done=len(words) - 1)), flush=True)
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"#!{sys.executable}\n{ENTRY}", True),
        (f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n{ENTRY}", True),
        (f"#!{sys.executable}\nimport os; os.environ['A'] = 'b'; import other\n", False),
        (f"#!/usr/bin/env bash\nexec dbt  # {ENTRY}", False),
        (f"#!/nowhere/bin/python\n{ENTRY}", False),
    ],
    ids=["pip", "long path", "a wrapper", "a shell script", "gone"],
)
def test_only_the_plain_entry_point_tells_its_python(
    tmp_path: Path, text: str, found: bool
) -> None:
    program = tmp_path / "dbt"
    program.write_text(text)
    assert interpreter_of(str(program)) == (sys.executable if found else None)


def test_a_binary_tells_none(tmp_path: Path) -> None:
    program = tmp_path / "dbt"
    program.write_bytes(b"\x7fELF\xff\xfe")
    assert interpreter_of(str(program)) is None


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptDbt:
    server = tmp_path / "server.py"
    server.write_text(SERVER)
    monkeypatch.setattr(kept_dbt, "_SERVER", server)
    kept = KeptDbt(sys.executable, tmp_path, {})
    kept.wait()
    return kept


def test_it_runs_command_after_command_and_passes_on_what_dbt_says(kept: KeptDbt) -> None:
    said: list[str] = []
    assert kept.run(["parse"], said.append, 30) == 0
    assert kept.run(["parse", "-q"], said.append, 30) == 1
    assert said == ["ran parse\n", "ran parse -q\n"]
    kept.stop()
    kept.stop()


def test_it_runs_a_command_in_another_project_and_lets_go_of_the_warehouse(
    kept: KeptDbt, tmp_path: Path
) -> None:
    said: list[str] = []
    assert kept.run_in(tmp_path, ["parse"], {"A": "b"}, said.append, 30) == 2
    assert said == [f"ran parse {tmp_path} b\n"]
    assert kept.let_go(30)
    kept.stop()


def test_a_command_ahead_is_waited_for_by_the_next_one_whose_words_are_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = tmp_path / "server.py"
    server.write_text(SERVER)
    monkeypatch.setattr(kept_dbt, "_SERVER", server)
    beside = Beside(sys.executable)
    assert not beside.runs_ahead
    beside.ahead(tmp_path, ["parse"], {})  # nothing runs yet, so nothing is done
    beside.start()
    assert beside.runs_ahead
    for words in (["first"], ["second", "-q"]):
        beside.ahead(tmp_path, words, {})
    said: list[str] = []
    assert beside.run_in(tmp_path, ["compile"], {"A": "b"}, said.append, 30) == 2
    assert said == [f"ran compile {tmp_path} b\n"]
    beside.end()
    beside.stop()


def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str) -> Beside:
    """A dbt beside, of which `server` is the program."""
    place = tmp_path / "server.py"
    place.write_text(server)
    monkeypatch.setattr(kept_dbt, "_SERVER", place)
    beside = Beside(sys.executable)
    beside.start()
    return beside


@pytest.mark.parametrize("server", ["import no_dbt_here", SERVER])
def test_what_goes_wrong_ahead_is_told_by_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    beside = started(tmp_path, monkeypatch, server)
    beside.ahead(tmp_path, ["die"], {})
    beside.settle()
    beside.settle()
    again = beside.run_in(tmp_path, ["parse"], {}, lambda line: None, 30)
    assert again == (None if "no_dbt" in server else 1)
    beside.stop()


def test_one_that_is_stopped_before_it_is_ready_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = tmp_path / "server.py"
    server.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(kept_dbt, "_SERVER", server)
    began = time.monotonic()
    KeptDbt(sys.executable, tmp_path, {}).stop()
    assert time.monotonic() - began < 9


@pytest.mark.parametrize("server", ["import no_dbt_here", SERVER])
def test_a_dbt_beside_that_cannot_run_a_command_gives_none_and_the_next_starts_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    beside = started(tmp_path, monkeypatch, server)
    assert beside.run_in(tmp_path, ["die"], {}, lambda line: None, 30) is None
    again = beside.run_in(tmp_path, ["parse"], {}, lambda line: None, 30)
    assert again == (None if "no_dbt" in server else 1)
    beside.stop()


@pytest.mark.parametrize(("word", "seconds"), [("die", 30), ("hang", 1)])
def test_one_that_ends_or_hangs_has_no_exit_code(kept: KeptDbt, word: str, seconds: float) -> None:
    assert kept.run([word], lambda line: None, seconds) is None
    assert kept.run(["parse"], lambda line: None, seconds) is None
    kept.stop()


def test_a_dbt_that_ends_is_started_for_each_call_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, program = tmp_path / "server.py", tmp_path / "dbt"
    server.write_text(SERVER)
    monkeypatch.setattr(kept_dbt, "_SERVER", server)
    program.write_text(f"#!{sys.executable}\nprint('as a program')\n# {ENTRY.splitlines()[1]}\n")
    program.chmod(0o755)
    caller = Caller(str(program), (), tmp_path, 30)
    assert caller.is_kept
    assert caller.run("parse").words[-1].startswith("ran parse -q")
    assert caller.run("die").words == ["as a program"]
    assert not caller.is_kept
    caller.stop()


def test_a_python_without_dbt_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "server.py"
    server.write_text("import no_dbt_here")
    monkeypatch.setattr(kept_dbt, "_SERVER", server)
    with pytest.raises(EngineError, match="no_dbt_here"):
        KeptDbt(sys.executable, tmp_path, {}).wait()


def test_the_server_imports_nothing_of_ours() -> None:
    """It runs in dbt's environment, where cartridge may be missing."""
    text = Path(kept_dbt.__file__).with_name("dbt_server.py").read_text("utf-8")
    assert "dbt_cartridge" not in text
    assert json.dumps({"cartridge_done": 0}).startswith('{"cartridge_done"')
