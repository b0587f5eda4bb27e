"""What a user can call is documented, and the documentation names nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from dbt_cartridge import report
from dbt_cartridge.cli import main as cartridge
from dbt_cartridge.config import Settings, settings
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.engine.debug import Finding
from dbt_cartridge.errors import ConfigError
from dbt_cartridge.voice import Voice
from docs.build import pages
from tests.support.host import REPOSITORY, HostProject
from tests.unit.report.a_run import outcome

MACROS = REPOSITORY / "macros"
DOCUMENTED = yaml.safe_load((MACROS / "cartridge.yml").read_text("utf-8"))["macros"]
PUBLIC = sorted(path.stem for path in MACROS.glob("cartridge_*.sql"))


@pytest.mark.parametrize("path", pages())
def test_the_generated_pages_are_up_to_date(path: str) -> None:
    assert (REPOSITORY / path).read_text("utf-8") == pages()[path], "run `make docs`"


def test_every_public_macro_is_documented_with_its_arguments() -> None:
    assert sorted(macro["name"] for macro in DOCUMENTED) == PUBLIC
    for macro in DOCUMENTED:
        text = (MACROS / f"{macro['name']}.sql").read_text("utf-8")
        signature = re.search(rf"macro {macro['name']}\((.*?)\)", text, re.DOTALL)
        assert signature, macro["name"]
        arguments = [part.split("=")[0].strip() for part in signature[1].split(",")]
        documented = macro.get("arguments", [])
        assert [argument["name"] for argument in documented] == list(filter(None, arguments))
        assert all(argument["type"] and argument["description"] for argument in documented)


def test_every_option_is_an_argument_of_the_macro_and_of_the_command() -> None:
    [macro] = [m for m in DOCUMENTED if m["name"] == "cartridge_generate"]
    assert [a["name"] for a in macro["arguments"]] == list(Settings.model_fields)
    names = {parameter.name for parameter in cartridge.commands["generate"].params}
    assert names >= set(Settings.model_fields)


def test_no_flag_of_a_command_means_two_things() -> None:
    for name, command in cartridge.commands.items():
        flags = [
            flag
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for flag in (*parameter.opts, *parameter.secondary_opts)
        ]
        assert len(flags) == len(set(flags)), name


def test_every_command_and_option_has_a_help_text() -> None:
    for command in cartridge.commands.values():
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, parameter.name


def test_every_page_is_reached_from_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    start = "index.md"  # the site's, in place of the README
    for page in (REPOSITORY / "docs").glob("*.md"):
        assert page.name == start or f"docs/{page.name}" in readme, page.name


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("*/*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_dbt_finds_the_macros_documented_as_they_are(duckdb_host: HostProject) -> None:
    """`validate_macro_args` compares names and types in the YAML with the macros."""
    project = Path(duckdb_host.root / "dbt_project.yml")
    flags = "flags:\n  validate_macro_args: true\n"
    project.write_text(project.read_text("utf-8").replace("flags:\n", flags), "utf-8")
    run = duckdb_host.dbt("parse").must_succeed()
    assert "macro argument" not in run.output.lower()
    assert "InvalidMacroAnnotation" not in run.output


def test_what_a_run_leaves_fits_the_published_schemas(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = outcome()
    report.tell(said, tmp_path, voice=Voice(as_json=True))
    _fits(json.loads(capsys.readouterr().out), "run")
    _fits(json.loads((documents_folder(tmp_path) / "run.json").read_text("utf-8")), "run")
    for document in (said.scan, said.schema, said.design, said.host, said.verdicts, said.changes):
        path = document.save(tmp_path)
        _fits(json.loads(path.read_text("utf-8")), path.stem)
    report.tell_error(ConfigError("no"), Voice(as_json=True))
    _fits(json.loads(capsys.readouterr().out), "failed")
    report.tell_debug([Finding("schema raw", False, "is empty", "load it")], Voice(as_json=True))
    _fits(json.loads(capsys.readouterr().out), "debugged")


def test_a_reader_may_leave_aside_what_a_later_version_adds(tmp_path: Path) -> None:
    later = json.loads(outcome().scan.save(tmp_path).read_text("utf-8")) | {"invented": 1}
    _fits(later, "scan")


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({"schemas": ["raw"], "verify": "sql"}, True),
        ({"schemas": "raw,crm"}, True),
        ({"schema": ["raw"]}, False),
        ({"verify": "dta"}, False),
    ],
)
def test_the_schema_of_vars_takes_what_the_settings_take(given: Any, fits: bool) -> None:
    document = {"name": "shop", "vars": {"cartridge": given, "other": 1}}
    found = jsonschema.Draft202012Validator(_schema("vars")).is_valid(document)
    assert found == fits
    if fits:
        settings({}, given, {})
    else:
        with pytest.raises(ConfigError):
            settings({}, given, {})


def _schema(name: str) -> Any:
    return json.loads((REPOSITORY / "docs/schemas" / f"{name}.schema.json").read_text("utf-8"))


def _fits(document: Any, name: str) -> None:
    assert document["format_version"] == 1
    jsonschema.Draft202012Validator(_schema(name)).validate(document)
