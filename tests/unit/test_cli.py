"""The command line: options become settings, errors become one clear paragraph."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner

from dbt_cartridge import cli, pipeline
from dbt_cartridge.config import Settings, settings
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.scan import Column, Relation, Scan
from dbt_cartridge.documents.schema import ColumnMeaning, Schema, Table
from dbt_cartridge.engine.base import Engine
from dbt_cartridge.errors import ConfigError, WriteError
from dbt_cartridge.progress import Silent


@pytest.fixture
def host(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text(
        "name: shop\nprofile: shop\nvars:\n  cartridge:\n    schemas: [raw]\n    verify: sql\n"
    )
    return tmp_path


def invoked(*arguments: str) -> Any:
    return CliRunner().invoke(cli.main, list(arguments))


def test_every_option_of_the_settings_is_an_option_of_generate() -> None:
    said = invoked("generate", "--help").output
    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')}" in said


def test_a_wrong_value_is_refused_with_the_nearest_right_one(host: Path) -> None:
    result = invoked("generate", "--verify", "dta", "--project-dir", str(host))
    assert result.exit_code == ConfigError.exit_code
    assert "Did you mean 'data'?" in result.output
    assert "Traceback" not in result.output


def test_options_come_over_those_of_the_project(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Settings, Path, str]] = []

    def generate(engine: Any, settings: Settings, folder: Path, progress: Any, start: str) -> None:
        seen.append((settings, folder, start))
        raise ConfigError("enough")

    monkeypatch.setattr(pipeline, "generate", generate)
    arguments = ["generate", "--schemas", "app,crm", "--dry-run", "--from", "design"]
    result = invoked(*arguments, "--project-dir", str(host))
    ((settings, folder, start),) = seen
    assert settings.schemas == ("app", "crm")
    assert (settings.verify, settings.dry_run, start) == ("sql", True, "design")
    assert folder == host
    assert "Error: enough" in result.output


def test_a_step_that_does_not_exist_is_named(host: Path) -> None:
    result = invoked("generate", "--from", "desing", "--project-dir", str(host))
    assert result.exit_code == ConfigError.exit_code
    assert "Did you mean 'design'?" in result.output


def test_resuming_without_an_earlier_run_says_what_to_leave_out(host: Path) -> None:
    result = invoked("explain", "raw.orders", "--project-dir", str(host))
    assert result.exit_code == 1
    assert "leave out --from" in result.output


def test_explain_reads_the_last_run(host: Path) -> None:
    table = Table(
        id="raw.orders",
        entity="order",
        entities="orders",
        role="fact",
        shape="transaction",
        confidence=0.9,
        columns=(ColumnMeaning(name="total", words=("total",), role="measure"),),
    )
    Schema(adapter="duckdb", tables=(table,)).save(documents_folder(host))
    result = invoked("explain", "raw.orders.total", "--project-dir", str(host))
    assert result.exit_code == 0
    assert "measure" in result.output


def test_ctrl_c_is_not_a_traceback(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "generate", interrupted)
    result = invoked("generate", "--project-dir", str(host))
    assert result.exit_code == 130
    assert "as it was before" in result.output


def test_a_decision_goes_into_the_hosts_file(host: Path) -> None:
    arguments = ["decide", "key", "raw.orders", "order_id", "line_no", "--why", "the form"]
    result = invoked(*arguments, "--project-dir", str(host), "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["decided"]["key"] == ["order_id", "line_no"]
    assert "key: [order_id, line_no]" in (host / "cartridge.yml").read_text()


def test_a_decision_about_what_the_last_scan_does_not_know_is_refused(host: Path) -> None:
    column = Column(name="order_id", position=1, native_type="INTEGER", type="integer")
    scan = Scan(
        adapter="duckdb",
        schemas=("raw",),
        relations=(Relation(schema_name="raw", name="orders", columns=(column,)),),
    )
    scan.save(documents_folder(host))
    result = invoked("decide", "key", "raw.orders", "order_ids", "--project-dir", str(host))
    assert result.exit_code == ConfigError.exit_code
    assert "Did you mean 'order_id'?" in result.output
    assert not (host / "cartridge.yml").exists()


def test_a_closed_pipe_is_no_error() -> None:
    """`| head`, which has seen enough before we have said all."""
    command = f"{sys.executable} -m dbt_cartridge models | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_offered_and_what_is_near_is_said_in_whole_sentences() -> None:
    with pytest.raises(ConfigError) as error:
        settings({"provider": "antropic"}, environment={})
    assert str(error.value).endswith("Did you mean 'anthropic'?")
    assert "mock" not in str(error.value)


def test_apply_without_a_plan_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="`cartridge plan`"):
        pipeline.apply_plan(cast("Engine", None), tmp_path, Silent())
