"""What follows from verdicts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dbt_cartridge.documents.design import (
    AcceptedValuesTest,
    Design,
    LeftOut,
    NotNullTest,
    RangeTest,
    SameRowCountTest,
    Test,
    UniqueTest,
)
from dbt_cartridge.documents.verdicts import ModelVerdict, Verdicts
from dbt_cartridge.documents.verdicts import TestVerdict as Judged
from dbt_cartridge.verify import settle
from tests.unit.verify import shop

UNIQUE_ORDER = UniqueTest(column="order_id")


def failing(owner: str, test: Test, failures: int, rows: int | None = None) -> Judged:
    return Judged(owner=owner, test=test, status="fail", failures=failures, rows=rows)


def verdicts(
    tests: Sequence[Judged] = (), errors: Sequence[str] = (), skipped: Sequence[str] = ()
) -> Verdicts:
    models = [ModelVerdict(model=name, status="error", message="no") for name in errors]
    models += [ModelVerdict(model=name, status="skipped") for name in skipped]
    return Verdicts(level="data", models=tuple(models), tests=tuple(tests))


def names(design: Design) -> list[str]:
    return [model.name for model in design.models]


def test_clean_verdicts_give_back_the_same_design() -> None:
    design = shop.design()

    assert settle(design, verdicts()) is design


def test_model_with_an_error_goes_with_all_that_needs_it() -> None:
    settled = settle(
        shop.design(), verdicts(errors=["stg_shop__customers"], skipped=["fct_orders"])
    )

    assert names(settled) == ["stg_shop__orders", "dim_dates"]
    assert settled.snapshots == ()
    assert settled.by_name["stg_shop__orders"].columns[1].tests == ()  # its relationship
    assert settled.left_out == (
        LeftOut(what="stg_shop__customers", why="no"),
        LeftOut(what="fct_orders", why="it reads stg_shop__customers, which was left out"),
        LeftOut(what="customers_snapshot", why="it reads stg_shop__customers, which was left out"),
    )


def test_names_are_looked_up_in_the_new_design_and_not_in_the_old() -> None:
    design = shop.design()
    assert "fct_orders" in design.by_name  # and remembered there

    assert "fct_orders" not in settle(design, verdicts(errors=["fct_orders"])).by_name


def test_what_a_design_reads_of_other_runs_and_of_the_project_stays() -> None:
    body = shop.DATES.body.model_copy(
        update={"bounds": (("stg_crm__calls", "called_at"), ("stg_shop__orders", "order_date"))}
    )
    dates = shop.DATES.model_copy(update={"body": body})
    design = shop.design((shop.CUSTOMERS, shop.ORDERS, dates), snapshots=())

    settled = settle(design, verdicts(errors=["stg_shop__customers"]))

    assert settled.by_name["dim_dates"].body.bounds == body.bounds  # type: ignore[union-attr]


def test_date_spine_stays_while_one_of_its_models_is_left() -> None:
    body = shop.DATES.body.model_copy(
        update={"bounds": (("stg_shop__customers", "born"), ("stg_shop__orders", "order_date"))}
    )
    dates = shop.DATES.model_copy(update={"body": body})
    design = shop.design((shop.CUSTOMERS, shop.ORDERS, dates), snapshots=())

    settled = settle(design, verdicts(errors=["stg_shop__customers"]))

    assert settled.by_name["dim_dates"].body.bounds == (("stg_shop__orders", "order_date"),)  # type: ignore[union-attr]
    both = verdicts(errors=["stg_shop__customers", "stg_shop__orders"])
    assert names(settle(design, both.model_copy(update={"level": "sql"}))) == []


def test_staging_model_loses_its_cast_before_it_goes() -> None:
    design = shop.design()
    error = verdicts(errors=["stg_shop__orders"], skipped=["fct_orders"])

    settled = settle(design, error)

    assert names(settled) == names(design)
    assert settled.left_out == (LeftOut(what="cast of total in stg_shop__orders", why="no"),)
    assert "stg_shop__orders" not in names(settle(settled, error))


def test_failing_test_goes_and_the_report_says_how_many_rows_fail() -> None:
    test = AcceptedValuesTest(column="name", values=("Ada", "Grace", "Edsger"))

    settled = settle(shop.design(), verdicts([failing("stg_shop__customers", test, 2, 900)]))

    assert settled.by_name["stg_shop__customers"].columns[1].tests == ()
    (left,) = settled.left_out
    assert left.what == "accepted_values(name, Ada, Grace, Edsger) on stg_shop__customers"
    assert left.why == "2 failures in 900 rows"


def test_failing_test_of_a_source_goes_as_well() -> None:
    design = shop.design()

    settled = settle(design, verdicts([failing("shop.orders", UniqueTest(column="id"), 3, 3)]))

    assert settled.sources[0].tables[1].columns[0].tests == ()
    assert settled.sources[0].tables[1].tests == design.sources[0].tables[1].tests


@pytest.mark.parametrize(
    ("failures", "rows", "severity"),
    [(10, 1000, "warn"), (11, 1000, None), (1, 3, None), (1, None, None)],
)
def test_test_that_holds_in_99_percent_of_the_rows_stays_as_a_warning(
    failures: int, rows: int | None, severity: str | None
) -> None:
    test = RangeTest(column="total", min_value=0)

    settled = settle(shop.design(), verdicts([failing("stg_shop__orders", test, failures, rows)]))

    left = settled.by_name["stg_shop__orders"].columns[3].tests
    assert [each.severity for each in left] == ([severity] if severity else [])
    if severity:
        assert left[0].evidence == "10 failures in 1,000 rows"


def test_failing_values_are_not_taken_for_failing_rows() -> None:
    """dbt counts the values that were not expected, however many rows hold them."""
    test = AcceptedValuesTest(column="name", values=("Ada", "Grace", "Edsger"))

    settled = settle(shop.design(), verdicts([failing("stg_shop__customers", test, 1, 10_000)]))

    assert settled.by_name["stg_shop__customers"].columns[1].tests == ()


def test_test_that_dbt_cannot_run_goes_with_dbts_words() -> None:
    error = Judged(
        owner="stg_shop__orders", test=UNIQUE_ORDER, status="error", message="no such function"
    )

    settled = settle(shop.design(), verdicts([error]))

    assert settled.left_out[0].why == "dbt could not run it: no such function"


def test_model_with_other_rows_than_it_claims_goes() -> None:
    test = SameRowCountTest(as_model="stg_shop__orders")

    settled = settle(shop.design(), verdicts([failing("fct_orders", test, 1, 12)]))

    assert "fct_orders" not in names(settled)
    assert settled.left_out == (
        LeftOut(what="fct_orders", why="it does not have as many rows as stg_shop__orders"),
    )


def test_key_that_repeats_is_no_longer_loaded_by_or_snapshot_by() -> None:
    fact = shop.FACT.model_copy(update={"tests": (UNIQUE_ORDER,)})
    snapshot = shop.SNAPSHOT.model_copy(
        update={"name": "orders_snapshot", "model": "fct_orders", "unique_key": ("order_id",)}
    )
    design = shop.design((shop.CUSTOMERS, shop.ORDERS, fact), snapshots=(snapshot,))

    settled = settle(design, verdicts([failing("fct_orders", UNIQUE_ORDER, 1, 1000)]))

    kept = settled.by_name["fct_orders"]
    assert (kept.materialized, kept.incremental, kept.primary_key) == ("table", None, ())
    assert kept.tests[0].severity == "warn"
    assert settled.left_out == (
        LeftOut(what="orders_snapshot", why="its key (order_id) repeats in fct_orders"),
    )


def test_what_the_design_had_left_out_before_stays_in_the_report() -> None:
    before = LeftOut(what="raw.logs", why="no columns")
    design = shop.design().model_copy(update={"left_out": (before,)})

    test = NotNullTest(column="order_id")
    settled = settle(design, verdicts([failing("stg_shop__orders", test, 3, 3)]))

    assert settled.left_out[0] == before
    assert len(settled.left_out) == 2
