"""What dbt's results are taken for. A stand-in answers instead of dbt."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design, NotNullTest, UniqueTest
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.host import Host, HostModel
from dbt_cartridge.documents.verdicts import Verdicts
from dbt_cartridge.engine.base import DbtCommand
from dbt_cartridge.errors import HostError, VerifyError
from dbt_cartridge.progress import Silent
from dbt_cartridge.verify import prove, verify
from tests.unit.verify import shop
from tests.unit.verify.fake_dbt import event, fake_dbt

ORDERS = shop.staging(
    "orders",
    {"order_id": '"source"."id"'},
    shop.column("order_id", UniqueTest(column="order_id")),
)
DESIGN = shop.design((ORDERS,), sources=(shop.source(),), snapshots=())
FILES = Files(
    files=(
        File(path="models/_shop.yml", text="version: 2\n", kind="yaml"),
        File(path="models/stg_shop__orders.sql", text="select 1 as order_id", kind="sql"),
    )
)
READS = "test.shop.cartridge_reads__stg_shop__orders"
UNIQUE = "test.shop.unique_stg_shop__orders_order_id.1"
EXPRESSION = "test.shop.shop_orders_id_is_positive.2"


def generic(name: str, model: str, title: str, **arguments: Any) -> dict[str, Any]:
    kwargs = {"model": f"{{{{ get_where_subquery({model}) }}}}", **arguments}
    metadata = {"name": name, "kwargs": kwargs}
    return {"resource_type": "test", "name": title, "test_metadata": metadata}


NODES: dict[str, dict[str, Any]] = {
    READS: {"resource_type": "test", "name": "cartridge_reads__stg_shop__orders"},
    UNIQUE: generic("unique", "ref('stg_shop__orders')", "unique_x", column_name="order_id"),
    EXPRESSION: generic(
        "expression_holds", "source('shop', 'orders')", "shop_orders_id_is_positive", expression="x"
    ),
}
BY_DBT = Settings(verify="dbt")  # a stand-in answers for it
GOOD = {READS: ("warn", 1001, ""), UNIQUE: ("pass", 0, ""), EXPRESSION: ("pass", 0, "")}


@dataclass(frozen=True)
class Engine:
    command: DbtCommand

    def released(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "dbt_project.yml").write_text("name: shop\n")
    return folder


def verified(
    project: Path,
    design: Design = DESIGN,
    files: Files = FILES,
    host: Host | None = None,
    rows: int = 3,
    **answer: Any,
) -> Verdicts:
    engine: Any = Engine(fake_dbt(project.parent, **{"tests": NODES, **answer}))
    return verify(
        files, design, shop.scan(orders=rows), host or shop.host(), engine, BY_DBT, project,
        Silent(),
    )  # fmt: skip


def statuses(verdicts: Verdicts) -> dict[str, str]:
    found = {verdict.model: verdict.status for verdict in verdicts.models}
    return found | {f"{v.owner} {v.test.kind}": v.status for v in verdicts.tests}


def test_results_become_verdicts_with_the_rows_they_were_found_in(project: Path) -> None:
    verdicts = verified(project, results={**GOOD, UNIQUE: ("fail", 4, "Got 4")}, exit_code=1)

    assert statuses(verdicts) == {
        "stg_shop__orders": "pass",
        "stg_shop__orders unique": "fail",
        "shop.orders expression": "pass",
    }
    on_orders = {verdict.owner: verdict for verdict in verdicts.tests}
    assert (on_orders["stg_shop__orders"].failures, on_orders["stg_shop__orders"].rows) == (4, 1000)
    assert on_orders["shop.orders"].rows == 3  # as the scan says


@pytest.mark.parametrize("status", ["warn", "fail"])
def test_failures_count_and_not_what_dbt_makes_of_them(project: Path, status: str) -> None:
    """The host may have lowered every test, or raised every warning."""
    results = {**GOOD, UNIQUE: (status, 4, ""), READS: (status, 10, "")}

    assert statuses(verified(project, results=results))["stg_shop__orders unique"] == "fail"


def test_model_without_a_result_has_not_passed(project: Path) -> None:
    results = {key: value for key, value in GOOD.items() if key != READS}

    verdicts = verified(project, results=results)

    assert verdicts.models[0].status == "error"
    assert "no result" in verdicts.models[0].message
    assert statuses(verdicts)["stg_shop__orders unique"] == "skipped"


def test_test_without_a_result_has_not_passed(project: Path) -> None:
    results = {key: value for key, value in GOOD.items() if key != UNIQUE}

    assert statuses(verified(project, results=results))["stg_shop__orders unique"] == "skipped"


def test_status_that_nobody_knows_is_an_error(project: Path) -> None:
    results = {**GOOD, UNIQUE: ("no-op", 0, "?"), READS: ("runtime error", 0, "")}

    assert statuses(verified(project, results=results))["stg_shop__orders"] == "error"


def test_error_is_told_in_one_line_without_the_name_of_our_own_test(project: Path) -> None:
    message = (
        "Runtime Error in test cartridge_reads__x (cartridge_reads/cartridge_reads__x.sql)\n"
        '  Binder Error: Referenced column "no" not found!\n'
        '  Candidate bindings: "id"\n  \n  LINE 16: select no from x\n                  ^'
    )

    verdicts = verified(project, results={**GOOD, READS: ("error", 0, message)})

    assert verdicts.models[0].message == 'Binder Error: Referenced column "no" not found!'


def test_skipped_model_is_an_error_where_nothing_else_failed(project: Path) -> None:
    results = {**GOOD, READS: ("skipped", 0, "Skipped due to upstream failure")}

    assert statuses(verified(project, results=results))["stg_shop__orders"] == "error"


def test_skipped_model_is_run_again_where_something_else_failed(project: Path) -> None:
    """dbt v2 skips what stands on a test with an error."""
    results = {**GOOD, READS: ("skipped", 0, ""), EXPRESSION: ("error", 0, "no such function")}

    verdicts = verified(project, results=results)

    assert verdicts.models[0].status == "skipped"
    assert not verdicts.clean


def test_failing_test_that_the_design_does_not_hold_is_an_error_of_its_model(
    project: Path,
) -> None:
    more = generic("unique", "ref('stg_shop__orders')", "unique_y", column_name="other")

    verdicts = verified(
        project, tests={**NODES, "test.shop.more": more},
        results={**GOOD, "test.shop.more": ("fail", 1, "")},
    )  # fmt: skip

    assert verdicts.models[0].message == (
        "its test unique_y fails, and the design does not hold that test"
    )


def test_failing_test_of_a_source_that_the_design_does_not_hold_stops_the_run(
    project: Path,
) -> None:
    more = generic("unique", "source('shop', 'orders')", "unique_y", column_name="other")

    with pytest.raises(VerifyError, match=r"unique_y on shop\.orders fails"):
        verified(
            project, tests={**NODES, "test.shop.more": more},
            results={**GOOD, "test.shop.more": ("fail", 1, "")},
        )  # fmt: skip


def test_warning_passes_while_it_nearly_holds(project: Path) -> None:
    test = NotNullTest(column="order_id", severity="warn")
    model = ORDERS.model_copy(update={"columns": (shop.column("order_id", test),)})
    design = shop.design((model,), sources=(shop.source(),), snapshots=())
    node = generic("not_null", "ref('stg_shop__orders')", "n", column_name="order_id")
    nodes = {**NODES, UNIQUE: node}

    few = verified(project, design, tests=nodes, results={**GOOD, UNIQUE: ("warn", 9, "")})
    many = verified(project, design, tests=nodes, results={**GOOD, UNIQUE: ("warn", 90, "")})

    assert statuses(few)["stg_shop__orders not_null"] == "pass"
    assert statuses(many)["stg_shop__orders not_null"] == "fail"


def test_model_whose_name_the_host_has_taken_is_refused_without_running_dbt(
    project: Path,
) -> None:
    theirs = HostModel(name="stg_shop__orders", path="models/old.sql", package="shop")
    host = shop.host().model_copy(update={"models": (theirs,)})

    verdicts = verified(project, host=host, exit_code=3)

    assert verdicts.models[0].message == "the project has a model of this name: models/old.sql"


def test_error_in_yaml_is_that_of_the_model_it_names(project: Path) -> None:
    yaml = FILES.files[0].model_copy(update={"describes": ("stg_shop__orders", "other")})
    error = event("X", "error", exc="Invalid test in models/_shop.yml: stg_shop__orders is odd")

    verdicts = verified(
        project, files=Files(files=(yaml, FILES.files[1])), lines=[error], exit_code=2
    )

    assert "is odd" in verdicts.models[0].message
    assert verdicts.level == "none"


def test_jinja_in_a_comment_is_an_error_of_the_model_and_never_reaches_dbt(
    project: Path,
) -> None:
    hostile = "-- {{ run_query('create table raw.stolen as select 1') }}\nselect 1 as order_id"
    model = FILES.files[1].model_copy(update={"text": hostile})

    verdicts = verified(project, files=Files(files=(FILES.files[0], model)))

    assert "may not use `run_query`" in verdicts.models[0].message
    assert not (project.parent / "called.json").exists()


def test_jinja_in_yaml_that_is_nobodys_stops_the_run(project: Path) -> None:
    yaml = FILES.files[0].model_copy(update={"text": "description: {{ env_var('KEY') }}"})

    with pytest.raises(VerifyError, match=r"_shop\.yml holds Jinja.*env_var"):
        verified(project, files=Files(files=(yaml,)))


def test_host_that_does_not_parse_alone_is_told_from_files_that_do_not(project: Path) -> None:
    error = event("X", "error", exc="Parsing Error in macros/own.sql")

    with pytest.raises(HostError, match=r"Parsing Error in macros/own\.sql"):
        verified(project, lines=[error], exit_code=2)


def test_later_round_that_changed_nothing_only_parses(project: Path) -> None:
    engine: Any = Engine(
        fake_dbt(project.parent, tests=NODES, results={**GOOD, UNIQUE: ("fail", 900, "")})
    )

    first = FILES.files[0].model_copy(update={"text": f"{FILES.files[0].text}\n"})
    with_a_blank_line = Files(files=(first, *FILES.files[1:]))

    settled, _, verdicts = prove(
        DESIGN, FILES, shop.scan(), shop.host(), engine, BY_DBT, project, Silent(),
        lambda design, host, settings: with_a_blank_line,
    )  # fmt: skip

    assert settled.models[0].all_tests == ()
    assert verdicts.clean
    assert (project.parent / "called.json").read_text().startswith('["parse"')


def test_nothing_is_left_behind(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = project.parent / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))

    verified(project, results=GOOD)

    assert list(scratch.iterdir()) == []
    assert [path.name for path in project.iterdir()] == ["dbt_project.yml"]
