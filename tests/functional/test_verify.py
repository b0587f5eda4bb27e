"""Verification with real dbt: what holds stays, what does not goes, and nothing is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design, Model, NotNullTest
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.engine.base import DbtCommand, Reply, Request, Target, first_words
from dbt_cartridge.engine.build import run_dbt
from dbt_cartridge.errors import EngineError, HostError, VerifyError
from dbt_cartridge.progress import Silent
from dbt_cartridge.render import render
from dbt_cartridge.verify import Ahead, prove, verify
from dbt_cartridge.verify.host_copy import make_copy
from tests.support.beside import SharedBeside
from tests.support.host import HostProject
from tests.support.warehouses import Warehouse
from tests.unit.verify import shop


@dataclass(frozen=True)
class Dbt:
    """As much of an engine as verification uses. `asked`: the statements, as they are put."""

    command: DbtCommand
    warehouse: Warehouse
    asked: list[str] = field(default_factory=list[str])

    @property
    def target(self) -> Target:
        kind = str(self.warehouse.output("x")["type"])
        return Target(kind, None, "analytics", 1, "1.11.16")

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply]]:
        for place, request in enumerate(requests):
            self.asked.append(request.body["sql"])
            try:
                reply = Reply(tuple(self.warehouse.query(self.asked[-1])))
            except Exception as error:
                reply = Reply(error=first_words(str(error)))
            yield place, reply

    def released(self) -> AbstractContextManager[None]:
        return nullcontext()


def dbt(host: HostProject) -> Any:
    program = (sys.executable, "-m", "dbt.cli.main")
    options = ("--profiles-dir", str(host.root))
    command = DbtCommand(program, options, kept=SharedBeside(sys.executable))
    return Dbt(command, host.warehouse)


def adapter(host: HostProject) -> str:
    return str(host.warehouse.output("x")["type"])


def design_for(host: HostProject, *models: Model, **parts: Any) -> Design:
    return shop.design(models or shop.design().models, adapter(host), **parts)


def files_for(host: HostProject, design: Design) -> Files:
    return render(design, shop.host(adapter(host)), Settings())


def proved(
    host: HostProject, design: Design, files: Files | None = None, orders: int = 3, **options: Any
) -> tuple[Design, Files, Verdicts]:
    """`prove` in `host`, after which the host and the warehouse are as they were."""
    before = host.files()
    relations = warehouse_holds(host)
    kind = adapter(host)
    result = prove(
        design, files or files_for(host, design), shop.scan(kind, orders), shop.host(kind),
        dbt(host), Settings(**options), host.root, Silent(), render,
    )  # fmt: skip
    assert host.files() == before
    assert warehouse_holds(host) == relations
    return result


def warehouse_holds(host: HostProject) -> list[Any]:
    return sorted(
        host.warehouse.query(
            "select table_schema, table_name from information_schema.tables "
            "union all select schema_name, '' from information_schema.schemata"
        )
    )


def left_out(design: Design) -> dict[str, str]:
    return {each.what: each.why for each in design.left_out}


def test_design_that_holds_comes_back_as_it_was_with_a_pass_for_everything(
    host: HostProject,
) -> None:
    host.warehouse.execute(*shop.TABLES)
    design = design_for(host)

    settled, files, verdicts = proved(host, design)

    assert settled == design
    assert files == files_for(host, design)
    assert {verdict.model: verdict.status for verdict in verdicts.models} == dict.fromkeys(
        ["stg_shop__customers", "stg_shop__orders", "fct_orders", "dim_dates"], "pass"
    )
    assert len(verdicts.tests) == 11
    assert {verdict.status for verdict in verdicts.tests} == {"pass"}
    assert verdicts.clean


def test_everything_that_fails_goes_and_the_rest_stays_proved(host: HostProject) -> None:
    host.warehouse.execute(
        *shop.TABLES,
        "insert into raw.orders values (3, 9, date '2024-03-02', '-1')",  # again, orphan, negative
        "insert into raw.customers values (4, 'Barbara')",
    )

    settled, files, verdicts = proved(host, design_for(host))

    assert left_out(settled) == {
        "unique(id) on shop.orders": "1 failures in 3 rows",
        "accepted_values(name, Ada, Grace, Edsger) on stg_shop__customers": (
            "1 failures in 4 rows"
        ),
        "unique(order_id) on stg_shop__orders": "1 failures in 4 rows",
        "relationships(customer_id, stg_shop__customers, customer_id) on stg_shop__orders": (
            "1 failures in 4 rows"
        ),
        "range(total, 0.0) on stg_shop__orders": "1 failures in 4 rows",
    }
    assert verdicts.clean
    assert {verdict.status for verdict in verdicts.tests} == {"pass"}
    assert settled.by_name["stg_shop__orders"].primary_key == ()
    assert "value_within_range" not in files.by_path["models/staging/shop/_shop__models.yml"].text


def test_cast_that_fails_in_one_row_goes_though_no_test_reads_the_column(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(
        *shop.TABLES, "insert into raw.orders values (4, 1, date '2024-03-02', 'n/a')"
    )
    columns = tuple(each.model_copy(update={"tests": ()}) for each in shop.ORDERS.columns)
    orders = shop.ORDERS.model_copy(update={"columns": columns})

    settled, files, verdicts = proved(
        duckdb_host, design_for(duckdb_host, shop.CUSTOMERS, orders, shop.FACT)
    )

    assert len(settled.models) == 3
    assert "n/a" in left_out(settled)["cast of total in stg_shop__orders"]
    assert "cast(" not in files.by_path["models/staging/shop/stg_shop__orders.sql"].text
    assert verdicts.clean
    assert {verdict.status for verdict in verdicts.models} == {"pass"}


def test_model_that_fails_in_one_row_is_left_out_with_all_that_reads_it(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(*shop.TABLES)
    failing = shop.staging("orders", {"order_id": """error('row 1')"""}, shop.column("order_id"))

    settled, files, verdicts = proved(
        duckdb_host, design_for(duckdb_host, shop.CUSTOMERS, failing, shop.FACT)
    )

    assert [model.name for model in settled.models] == ["stg_shop__customers"]
    assert "row 1" in left_out(settled)["stg_shop__orders"]
    assert left_out(settled)["fct_orders"] == "it reads stg_shop__orders, which was left out"
    assert not any("orders" in Path(file.path).stem for file in files.files)
    assert verdicts.clean


def test_model_that_multiplies_rows_is_left_out(duckdb_host: HostProject) -> None:
    duckdb_host.warehouse.execute(*shop.TABLES, "insert into raw.customers values (1, 'Ada')")
    customers = shop.CUSTOMERS.model_copy(update={"primary_key": ()})

    settled, _, _ = proved(duckdb_host, design_for(duckdb_host, customers, shop.ORDERS, shop.FACT))

    assert "fct_orders" not in settled.by_name
    assert left_out(settled)["fct_orders"] == ("it does not have as many rows as stg_shop__orders")


def test_test_that_nearly_holds_becomes_a_warning_with_its_evidence(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(
        *shop.TABLES,
        "insert into raw.orders select n, 1, date '2024-01-01', '5' "
        "from range(4, 1001) as numbers(n)",
        "insert into raw.orders values (1001, null, date '2024-01-01', '5')",
    )
    columns = (*shop.ORDERS.columns[:1], shop.column("customer_id", NOT_NULL))
    orders = shop.ORDERS.model_copy(update={"columns": (*columns, *shop.ORDERS.columns[2:])})

    settled, files, verdicts = proved(duckdb_host, design_for(duckdb_host, shop.CUSTOMERS, orders))

    lowered = settled.by_name["stg_shop__orders"].columns[1].tests[0]
    assert (lowered.severity, lowered.evidence) == ("warn", "1 failures in 1,001 rows")
    assert "1 failures in 1,001 rows" in str([file.text for file in files.files])
    assert verdicts.clean
    assert settled.left_out == ()


NOT_NULL = NotNullTest(column="customer_id")


def test_what_a_loss_changes_is_run_again_and_the_rest_is_not(duckdb_host: HostProject) -> None:
    """The date dimension loses a bound, so that its SQL changes; what it stands on does not."""
    duckdb_host.warehouse.execute(
        *shop.TABLES, "insert into raw.orders values (4, 1, date '2031-03-02', '1')"
    )
    broken = shop.staging("customers", {"customer_id": '"source"."id"', "born": '"source"."no"'})
    body = shop.DATES.body.model_copy(
        update={"bounds": (("stg_shop__customers", "born"), ("stg_shop__orders", "order_date"))}
    )
    dates = shop.DATES.model_copy(update={"body": body})
    orders = shop.ORDERS.model_copy(
        update={"columns": tuple(c.model_copy(update={"tests": ()}) for c in shop.ORDERS.columns)}
    )

    settled, _, verdicts = proved(
        duckdb_host, design_for(duckdb_host, broken, orders, dates, snapshots=())
    )

    assert [model.name for model in settled.models] == ["stg_shop__orders", "dim_dates"]
    assert {verdict.model: verdict.status for verdict in verdicts.models} == {
        "stg_shop__orders": "pass", "dim_dates": "pass"
    }  # fmt: skip
    (on_days,) = [verdict for verdict in verdicts.tests if verdict.owner == "dim_dates"]
    assert (on_days.status, on_days.rows) == ("pass", 8 * 365 + 2)


def test_column_that_the_model_does_not_have_is_an_error_of_the_model(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(*shop.TABLES)
    orders = shop.ORDERS.model_copy(
        update={"columns": (*shop.ORDERS.columns, shop.column("no_such_column"))}
    )

    settled, _, _ = proved(duckdb_host, design_for(duckdb_host, shop.CUSTOMERS, orders))

    assert "no_such_column" in left_out(settled)["stg_shop__orders"]


def test_level_sql_finds_errors_without_reading_a_row(duckdb_host: HostProject) -> None:
    duckdb_host.warehouse.execute(
        *shop.TABLES, "insert into raw.orders values (1, 1, date '2024-01-01', 'n/a')"
    )
    broken = shop.staging("customers", {"customer_id": '"source"."missing"'})
    design = design_for(duckdb_host, broken, shop.ORDERS, snapshots=())

    settled, _, verdicts = proved(duckdb_host, design, verify="sql")

    assert "missing" in left_out(settled)["stg_shop__customers"]
    assert "stg_shop__orders" in settled.by_name  # its cast fails in a row, which nobody read
    assert verdicts.level == "sql"
    assert {verdict.status for verdict in verdicts.tests} == {"skipped"}


def test_tables_above_the_limit_are_run_without_rows_and_the_report_says_so(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(
        *shop.TABLES, "insert into raw.orders values (1, 1, date '2024-01-01', 'n/a')"
    )

    settled, _, verdicts = proved(
        duckdb_host, design_for(duckdb_host), orders=11, verify_max_rows=10
    )

    assert settled.left_out == ()
    statuses = {verdict.owner: verdict.status for verdict in verdicts.tests}
    assert statuses["stg_shop__customers"] == "pass"
    assert statuses["stg_shop__orders"] == statuses["shop.orders"] == "skipped"
    assert [problem.where for problem in verdicts.problems] == [
        "dim_dates", "fct_orders", "shop.orders", "stg_shop__orders",
    ]  # fmt: skip
    assert "raw.orders has more rows than verify_max_rows (10)" in verdicts.problems[0].what


def test_level_none_runs_nothing(duckdb_host: HostProject) -> None:
    design = design_for(duckdb_host)

    assert proved(duckdb_host, design, verify="none")[2] == Verdicts(level="none")


def test_what_dbt_read_ahead_it_does_not_read_again_and_the_proof_says_the_same(
    host: HostProject,
) -> None:
    host.warehouse.execute(*shop.TABLES)
    design = design_for(host)
    files, kind, engine = files_for(host, design), adapter(host), dbt(host)
    engine.command.kept.start()

    with Ahead(host.root) as ahead:
        ahead.begin(shop.host(kind), engine)
        folder = ahead.folder()
        make_copy(host.root, shop.host(kind), design, files, folder)
        run_dbt(engine.command, ("parse",), folder, 600)
        told = json.loads((folder / "target" / "perf_info.json").read_text())
    with Ahead(host.root) as ahead:
        ahead.begin(shop.host(kind), engine)
        proof = prove(
            design, files, shop.scan(kind, 3), shop.host(kind), engine, Settings(), host.root,
            Silent(), render, ahead=ahead,
        )  # fmt: skip

    read = {project["project_name"]: project["parsed_path_count"] for project in told["projects"]}
    assert read.pop("shop") >= len(design.models)
    assert set(read.values()) == {0}  # dbt's own macros, and the adapter's
    usual = proved(host, design)
    assert proof[:2] == usual[:2]
    assert (proof[2].models, proof[2].tests) == (usual[2].models, usual[2].tests)


# ---------------------------------------------------------------- what dbt cannot parse


def test_file_that_does_not_parse_takes_its_model_with_it_and_no_other(
    duckdb_host: HostProject,
) -> None:
    duckdb_host.warehouse.execute(*shop.TABLES)
    design = design_for(duckdb_host)
    files = with_text(files_for(duckdb_host, design), "fct_orders.sql", "select {{ ref('no') }}")

    settled, _, verdicts = proved(duckdb_host, design, files)

    assert "depends on a node named 'no'" in left_out(settled)["fct_orders"]
    assert len(settled.models) == 3
    assert verdicts.clean


def with_text(files: Files, name: str, text: str) -> Files:
    def changed(file: File) -> File:
        return file.model_copy(update={"text": text}) if file.path.endswith(name) else file

    return Files(files=tuple(changed(file) for file in files.files))


def test_broken_host_is_named_as_such(duckdb_host: HostProject) -> None:
    duckdb_host.write("macros/broken.sql", "{% macro broken( %}{% endmacro %}")

    with pytest.raises(HostError, match=r"with or without the generated files.*expected token"):
        proved(duckdb_host, design_for(duckdb_host))


def test_generated_yaml_that_nobody_can_be_blamed_for_is_our_own_fault(
    duckdb_host: HostProject,
) -> None:
    design = design_for(duckdb_host)
    files = files_for(duckdb_host, design)
    broken = File(path="models/x.yml", text="version: 2\nmodels: 7\n", kind="yaml")

    with pytest.raises(VerifyError, match="fault of cartridge"):
        proved(duckdb_host, design, Files(files=(*files.files, broken)))


def test_dbt_that_is_not_there_is_an_error_that_says_what_to_do(duckdb_host: HostProject) -> None:
    engine: Any = Dbt(DbtCommand(("/no/such/dbt",)), duckdb_host.warehouse)
    design = design_for(duckdb_host)

    with pytest.raises(EngineError, match="cannot be started"):
        verify(
            files_for(duckdb_host, design), design, shop.scan(), shop.host(), engine, Settings(),
            duckdb_host.root, Silent(),
        )  # fmt: skip
