"""How dbt is run, stopped, and read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dbt_cartridge.engine.base import DbtCommand
from dbt_cartridge.engine.build import NodeResult, run_dbt
from dbt_cartridge.engine.nodes import relation_named
from dbt_cartridge.errors import EngineError
from tests.unit.verify.fake_dbt import event, fake_dbt


def test_results_and_tests_are_read_from_the_artifacts(tmp_path: Path) -> None:
    node = {
        "resource_type": "test",
        "name": "unique_orders_id",
        "test_metadata": {
            "name": "unique",
            "kwargs": {"column_name": "id", "model": "{{ get_where_subquery(ref('orders')) }}"},
        },
        "config": {"where": "id > 1"},
    }
    dbt = fake_dbt(
        tmp_path,
        results={"test.shop.unique_orders_id": ("fail", 3, "Got 3 results")},
        tests={"test.shop.unique_orders_id": node, "model.shop.orders": {"resource_type": "model"}},
        exit_code=1,
    )

    build = run_dbt(dbt, ("test",), tmp_path, 30)

    assert build.ran
    assert build.errors == ()
    assert build.results == {
        "test.shop.unique_orders_id": NodeResult(
            "test.shop.unique_orders_id", "fail", 3, "Got 3 results"
        )
    }
    (test,) = build.tests
    assert (test.name, test.owner, test.column, test.where) == ("unique", "orders", "id", "id > 1")


def test_dbt_v2_calls_a_failed_statement_a_warning_and_its_words_are_in_its_log_of_statements(
    tmp_path: Path,
) -> None:
    dbt = fake_dbt(
        tmp_path,
        version="2.0.0-alpha.4",
        results={
            "test.a": ("warn", 0, "Warn"),
            "test.b": ("fail", 1, "Error"),
            "test.c": ("warn", 2, "Warn"),
        },
        query_log="-- outcome: success\n-- dialect: duckdb\n-- node_id: test.c\nselect 1;\n"
        "-- outcome: error\n-- error vendor code: -1\n"
        "-- error message: Internal: Binder Error: no column x\n\nLINE 1: x\n"
        "-- dialect: duckdb\n-- node_id: test.a\n-- query_id: not available\nselect x;\n",
    )

    results = run_dbt(dbt, ("test",), tmp_path, 30).results

    assert {name: result.status for name, result in results.items()} == {
        "test.a": "error", "test.b": "error", "test.c": "warn"
    }  # fmt: skip
    assert results["test.a"].message.startswith("Binder Error: no column x")


def test_dbt_v2_that_stops_at_a_model_leaves_results_and_has_not_run(tmp_path: Path) -> None:
    dbt = fake_dbt(
        tmp_path,
        version="2.0.0-alpha.4",
        results={"model.shop.orders": ("error", 0, "Compilation Error")},
        lines=[event("Generic", "error", exc="[error] [DependencyNotFound (dbt1048)]: Ref 'no'")],
        exit_code=1,
    )

    build = run_dbt(dbt, ("test",), tmp_path, 30)

    assert not build.ran
    assert build.error == "Ref 'no'"


def test_results_of_an_earlier_run_are_never_taken_for_those_of_this_one(tmp_path: Path) -> None:
    run_dbt(fake_dbt(tmp_path, results={"test.a": ("pass", 0, "")}), ("test",), tmp_path, 30)

    build = run_dbt(fake_dbt(tmp_path, exit_code=2), ("test",), tmp_path, 30)

    assert not build.ran
    assert build.results == {}


def test_dbts_own_error_is_told_where_it_stops(tmp_path: Path) -> None:
    lines = ["Traceback, say", event("MainEncounteredError", "error", exc="Parsing Error\n  bad")]

    build = run_dbt(fake_dbt(tmp_path, lines=lines, exit_code=2), ("test",), tmp_path, 30)

    assert build.error == "Parsing Error\n  bad"


def test_last_lines_are_told_where_dbt_says_nothing_in_its_log(tmp_path: Path) -> None:
    dbt = fake_dbt(tmp_path, lines=["Segmentation fault"], exit_code=139)

    assert run_dbt(dbt, ("test",), tmp_path, 30).error == "Segmentation fault"


def test_exit_code_is_told_where_dbt_says_nothing_at_all(tmp_path: Path) -> None:
    dbt = fake_dbt(tmp_path, exit_code=7)

    assert run_dbt(dbt, ("parse",), tmp_path, 30).error == "dbt ended with exit code 7"


def test_each_result_is_passed_on_as_it_comes_in(tmp_path: Path) -> None:
    seen: list[str] = []
    lines = [event("LogTestResult", name="one"), event("Other", name="x"), "LogTestResult"]

    run_dbt(fake_dbt(tmp_path, lines=lines), ("test",), tmp_path, 30, seen.append)

    assert seen == ["one"]


def test_dbt_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    began = time.monotonic()

    with pytest.raises(EngineError, match="longer than 1 s"):
        run_dbt(fake_dbt(tmp_path, seconds=60), ("test",), tmp_path, 1)

    assert time.monotonic() - began < 30


def test_interrupt_ends_dbt_before_it_goes_on(tmp_path: Path) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    dbt = fake_dbt(tmp_path, lines=[event("LogTestResult", name="one")], seconds=60)
    began = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        run_dbt(dbt, ("test",), tmp_path, 120, interrupted)

    assert time.monotonic() - began < 30
    assert not (tmp_path / "target" / "manifest.json").exists()  # it did not go on to its end


def test_dbt_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="/no/such/dbt"):
        run_dbt(DbtCommand(("/no/such/dbt",)), ("test",), tmp_path, 30)


def test_settings_of_the_shell_that_would_change_the_outcome_are_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_WARN_ERROR", "true")
    monkeypatch.setenv("DBT_STORE_FAILURES", "true")
    monkeypatch.setenv("DBT_ENV_SECRET_PASSWORD", "kept")
    code = "import os; print(sorted(k + '=' + v for k, v in os.environ.items() if 'DBT' in k))"
    dbt = DbtCommand((_python(), "-c", code), environment={"DBT_ONE_MORE": "1"})

    told = run_dbt(dbt, ("parse",), tmp_path, 30).error

    assert "DBT_WARN_ERROR" not in told
    assert "DBT_STORE_FAILURES=false" in told
    assert "DBT_ENV_SECRET_PASSWORD=kept" in told
    assert "DBT_ONE_MORE=1" in told


def _python() -> str:
    import sys

    return sys.executable


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ get_where_subquery(ref('orders')) }}", "orders"),
        ("ref('package', 'orders')", "orders"),
        ('{{ get_where_subquery(source("shop", "orders")) }}', "shop.orders"),
        ("ref()", None),
        ("orders", None),
    ],
)
def test_relation_of_a_test_is_read_from_its_arguments(text: str, named: str | None) -> None:
    assert relation_named(text) == named
