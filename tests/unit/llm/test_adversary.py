"""Whatever a provider answers: the files are inert, below the model paths, and SELECTs alone."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
import sqlglot
import yaml
from sqlglot import exp

from dbt_cartridge.config import Settings
from dbt_cartridge.design import design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.verdicts import ModelVerdict, Verdicts
from dbt_cartridge.llm.protocol import Ask
from dbt_cartridge.llm.providers.mock import scripted
from dbt_cartridge.render import render
from dbt_cartridge.verify.inert import strange_jinja
from tests.unit.llm.adversary import ATTACKS, RAW, adversary
from tests.unit.llm.helpers import expert, few, improved_by, shop

SETTINGS = Settings(provider="mock", concurrency=2)


def files_after(attack: str) -> Files:
    schema, scan, host = few()
    better = improved_by(adversary(attack), SETTINGS)
    assert better.session is not None
    better.session.pace._wait = lambda _: None  # pyright: ignore[reportPrivateUsage]
    understood = better.understand(schema, scan)
    return render(better.improve(design(understood, scan, host, SETTINGS)), host, SETTINGS)


@pytest.mark.parametrize("attack", [*ATTACKS, *RAW])
def test_nothing_of_an_attack_lives_in_the_files(attack: str):
    found = files_after(attack)
    assert strange_jinja(found, shop()[2].macro_paths) == {}
    for file in found.files:
        path = PurePosixPath(file.path)
        assert path.parts[0] in ("models", "macros", "snapshots", "tests"), path
        assert ".." not in path.parts
        assert re.fullmatch(r"[a-z0-9_.]+", path.name), path
        assert "<script" not in file.text
        assert "\u202e" not in file.text
        if file.kind == "yaml":
            yaml.safe_load(file.text)  # a tag of Python's would be an error
            assert "post_hook" not in file.text
        if file.kind == "sql" and path.parts[0] == "models":
            _require_select(file.text)


def _require_select(text: str) -> None:
    plain = re.sub(r"\{\{\s*config\(.*?\)\s*\}\}", "", text, flags=re.S)
    plain = re.sub(r"\{%.*?%\}", "", plain, flags=re.S)
    plain = re.sub(r"\{\{ '\{' \}\}", "{", plain)
    plain = re.sub(r"\{\{.*?\}\}", "a_relation", plain, flags=re.S)
    trees = sqlglot.parse(plain, read="duckdb")
    assert len(trees) == 1
    assert isinstance(trees[0], exp.Select), plain
    assert not list(trees[0].find_all(exp.Anonymous)), plain


def test_an_attack_in_a_correction_ends_in_the_offline_design():
    schema, scan, host = shop()
    good = scripted(expert())
    for attack in ("SQL injection", "legal poison", "not JSON"):
        bad = adversary(attack)

        def script(request: Ask, bad: object = bad) -> object:
            return (bad if request.kind == "mend" else good)(request)  # type: ignore[operator]

        better = improved_by(script, SETTINGS)  # type: ignore[arg-type]
        understood = better.understand(schema, scan)
        offline = design(understood, scan, host, SETTINGS)
        designed = better.improve(offline)
        failed = Verdicts(
            level="data",
            models=(
                ModelVerdict(model="fct_customer_retention", status="error", message="no"),
                ModelVerdict(model="fct_orders", status="error", message="no"),
            ),
        )
        for _ in range(4):
            again = better.mend(designed, failed)
            if again is designed:
                break
            designed = again
        assert "fct_customer_retention" not in designed.by_name, attack
        assert designed.by_name["fct_orders"].body == offline.by_name["fct_orders"].body, attack
