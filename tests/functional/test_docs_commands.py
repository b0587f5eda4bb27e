"""Every command that the README and the docs show is one that there is, and does what it is for.

What is ours (`cartridge …`, `dbt …`) runs, in the order of the page, in a project that has the
tables the docs speak of. What needs another world (a provider's key, a scan that dbt Cloud stored,
MySQL) is held against the command's own options and arguments instead.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from dbt_cartridge.cli import main as cartridge
from tests.support.host import REPOSITORY, HostProject

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
OURS = ("cartridge", "dbt")
ELSEWHERE = {
    "--provider": "a key and a network",
    "--from-warehouse": "a scan that dbt Cloud has stored",
    "mysql_shop": "a MySQL that DuckDB has attached",
    "schemas: [shop]": "a MySQL of its own",
    "mcp": "a program at the other end; tests/functional/test_mcp.py is one",
    "new": "an empty folder; tests/functional/test_new.py has one",
    "add": "a file of one's own; tests/functional/test_agent_session.py has one",
    "check": "a model of one's own, as there",
    "verify": "a model of one's own, as there",
    "fct_revenue_monthly": "a model of one's own, as there",
    "deps": "dbt's own, and the package from the wheel: tests/functional/test_wheel.py",
}
SHOP = (
    "create schema raw",
    "create table raw.customers as select i as id, 'c' || i as name from range(1, 21) as t(i)",
    "create table raw.orders as select 1 + i // 2 as order_id, 1 + i % 2 as line_no,"
    " 1 + i % 20 as customer_id, i * 1.5 as amount from range(0, 60) as t(i)",
    "create table raw.people as select i as nr, 'p' || i as name from range(1, 9) as t(i)",
    "create table raw.visits as select 'hall ' || (i // 10) as place, i % 10 as seq,"
    " 1 + i % 8 as guide, i as batch_no, i * 25 as amount from range(0, 50) as t(i)",
    "create table raw.visits_old as select 1 as place, 2 as seq",
)


def shown() -> Iterator[tuple[Path, list[str]]]:
    """(page, words of a command that is ours)"""
    for page in PAGES:
        for block in _BLOCK.findall(page.read_text("utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                if not line.startswith("$ "):
                    continue
                for command in re.split(r"\s&&\s", line[2:]):
                    words = shlex.split(command, comments=True)
                    if words and words[0] in OURS:
                        yield page, words


def _elsewhere(words: list[str]) -> bool:
    said = " ".join(words)
    return any(word in words[1:3] if word.isalpha() else word in said for word in ELSEWHERE)


def test_there_are_commands_to_be_tried() -> None:
    every = list(shown())
    assert len(every) > 40
    assert sum(not _elsewhere(words) for _, words in every) > 25


@pytest.mark.parametrize(
    "words", [pytest.param(w, id=f"{p.name}: {' '.join(w)}") for p, w in shown()]
)
def test_a_command_is_one_that_there_is(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "additions.yml").write_text("columns: []\n")
    if words[0] == "cartridge":
        _parsed(words[1:])
    elif words[1] == "run-operation":
        _known_operation(words[2:])
    else:
        assert words[1] in ("deps", "build", "parse", "compile", "debug", "show")


@pytest.mark.slow
def test_what_can_run_here_runs(duckdb_host: HostProject) -> None:
    host = duckdb_host
    host.warehouse.execute(*SHOP)
    _run(host, ["cartridge", "generate", "--schemas", "raw"])
    project = host.read("dbt_project.yml")
    host.write("dbt_project.yml", f"{project}vars:\n  cartridge:\n    schemas: [raw]\n")
    for page, words in shown():
        if not _elsewhere(words) and words != ["cartridge", "init"]:
            _run(host, words, f"{page.name}: ")


def _run(host: HostProject, words: list[str], where: str = "") -> None:
    said = f"{where}{' '.join(words)}"
    if words[0] == "dbt":
        ran = host.dbt(*words[1:])
        assert ran.success, f"{said}\n{ran.output[-3000:]}"
        return
    done = host.cartridge(*words[1:])
    # What does not hold, or has drifted, is the answer of these two: the code says it.
    codes = (0, 1) if words[1] in ("probe", "drift") else (0,)
    assert done.returncode in codes, f"{said}\n{(done.stdout + done.stderr)[-3000:]}"
    assert "Traceback" not in done.stderr, said


def _parsed(words: list[str]) -> None:
    """Raises what click says to an option, an argument or a command that there is not."""
    command: click.Command = cartridge
    context = click.Context(command, info_name="cartridge")
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, name
        command = found
    command.make_context(command.name or "", list(words), parent=context)


def _known_operation(words: list[str]) -> None:
    documented = yaml.safe_load((REPOSITORY / "macros/cartridge.yml").read_text("utf-8"))["macros"]
    known = {m["name"]: {a["name"] for a in m.get("arguments", [])} for m in documented}
    name, *options = words
    assert name in known
    given: dict[str, Any] = yaml.safe_load(options[1]) if options else {}
    assert options[:1] in ([], ["--args"])
    assert given.keys() <= known[name]
