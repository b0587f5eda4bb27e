"""The command line: options become settings, errors become one clear paragraph."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from dbt_cartridge import cli, pipeline
from dbt_cartridge.config import GROUPS, Settings, settings
from dbt_cartridge.documents import verdicts as said
from dbt_cartridge.documents.base import documents_folder
from dbt_cartridge.documents.design import Design, Input, Model, ModelColumn, NotNullTest, Query
from dbt_cartridge.documents.scan import Column, Relation, Scan
from dbt_cartridge.documents.schema import ColumnMeaning, Schema, Table
from dbt_cartridge.documents.verdicts import ModelVerdict, Verdicts
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


def test_ctrl_c_after_the_files_were_written_does_not_say_that_nothing_happened(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    def through(*_: object) -> object:
        return object()

    monkeypatch.setattr(pipeline, "generate", through)
    monkeypatch.setattr("dbt_cartridge.report.tell", interrupt)
    result = invoked("generate", "--project-dir", str(host))
    assert "Traceback" not in result.output
    assert "cartridge undo" in result.output, result.output


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


def explained(host: Path, target: str, *more: str) -> Any:
    return invoked("explain", target, *more, "--project-dir", str(host))


@pytest.fixture
def designed(host: Path) -> Path:
    folder = documents_folder(host)
    test = NotNullTest(column="order_id", severity="warn", evidence="no NULL so far")
    columns = (
        ModelColumn(name="order_id", type="integer", description="The order.", tests=(test,)),
    )
    model = Model(
        name="fct_orders", layer="marts", folder="", description="",
        grain="One row per order.",
        entity="order", body=Query(inputs=(Input(alias="o", model="stg_raw__orders"),), ctes=()),
        columns=columns, primary_key=("order_id",), based_on=("raw.orders",),
    )  # fmt: skip
    Schema(adapter="duckdb").save(folder)
    Design(adapter="duckdb", models=(model,)).save(folder)
    verdict = said.TestVerdict(owner="fct_orders", test=test, status="fail", failures=3)
    ran = ModelVerdict(model="fct_orders", status="pass", rows=12)
    Verdicts(level="data", models=(ran,), tests=(verdict,)).save(folder)
    return host


def test_explain_knows_models_their_columns_and_tests_by_dbts_name(designed: Path) -> None:
    model = explained(designed, "fct_orders").output
    assert "One row per order." in model
    assert "12 rows" in model
    assert "reads stg_raw__orders" in model
    column = explained(designed, "fct_orders.order_id").output
    assert "The order." in column
    for name in ("not_null_fct_orders_order_id", "not_null_fct_orders_order_id__1234abcd"):
        test = explained(designed, name).output
        assert "not null: order_id: does not hold in 3 rows, only warns; no NULL so far" in test
    wrong = explained(designed, "fct_ordes")
    assert wrong.exit_code == ConfigError.exit_code
    assert "Did you mean 'fct_orders'?" in wrong.output


def test_explain_gives_a_document(designed: Path) -> None:
    found = json.loads(explained(designed, "fct_orders", "--json").stdout)
    assert (found["format_version"], found["kind"]) == (1, "model")
    assert found["model"]["rows"] == 12


def test_an_error_is_a_document_too_where_one_was_asked_for(host: Path) -> None:
    result = invoked("generate", "--verify", "dta", "--json", "--project-dir", str(host))
    assert result.exit_code == ConfigError.exit_code
    told = json.loads(result.stdout)["error"]
    assert (told["kind"], told["exit_code"]) == ("ConfigError", 2)
    assert "Did you mean 'data'?" in result.stderr


def test_an_error_is_an_object_of_json_in_a_log_of_json(host: Path) -> None:
    arguments = ["--verify", "dta", "--log-format", "json", "--project-dir", str(host)]
    result = invoked("generate", *arguments)
    event = json.loads(result.stderr)
    assert (event["level"], event["event"]) == ("error", "error")


def test_debug_shows_where_an_error_arose(host: Path) -> None:
    result = invoked("generate", "--verify", "dta", "--debug", "--project-dir", str(host))
    assert "Traceback" in result.stderr
    assert result.exit_code == ConfigError.exit_code


@pytest.mark.parametrize("name", ["generate", "plan", "apply", "debug", "explain", "undo", "drift"])
def test_commands_that_programs_read_give_a_document(name: str) -> None:
    assert "--json" in {flag for p in cli.main.commands[name].params for flag in p.opts}


def test_every_option_of_the_settings_stands_in_one_group() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(Settings.model_fields)


def test_help_comes_in_groups_and_says_how_lists_are_given() -> None:
    said = invoked("generate", "--help").output
    assert [f"{heading}:" in said for heading in GROUPS] == [True] * len(GROUPS)
    assert "--schemas raw,crm" in said


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        (["generate", "--verify"], "d", ["data", "dbt"]),
        (["generate", "--layers"], "sources,s", ["sources,snapshots", "sources,sources",
                                                 "sources,staging"]),
        (["generate", "--from"], "re", ["render"]),
        (["explain"], "fct", ["fct_orders"]),
        (["models"], "anth", ["anthropic"]),
    ],
)  # fmt: skip
def test_the_shell_is_offered_values(
    designed: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], incomplete: str,
    expected: list[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(designed)
    Scan(adapter="duckdb", schemas=("raw",)).save(documents_folder(designed))
    complete = ShellComplete(cli.main, {}, "cartridge", "_CARTRIDGE_COMPLETE")
    assert [item.value for item in complete.get_completions(words, incomplete)] == expected
