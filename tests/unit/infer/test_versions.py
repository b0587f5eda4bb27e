"""Tables with several rows of one entity, proved by one question each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dbt_cartridge.documents.probe import Answer, Unique
from dbt_cartridge.documents.scan import Relation
from dbt_cartridge.documents.schema import Versions
from dbt_cartridge.infer.versions import find_versions, plan
from tests.unit.infer.build import SILENT, Answers, column, drafts, integer, moment, relation
from tests.unit.infer.rows import Rows, World, table

FEED = relation(
    "payments_cdc", integer("payment_id", distinct=400), integer("amount"),
    column("_op", values=["D", "I", "U"]), moment("_loaded_at", distinct=900),
)  # fmt: skip
SCD = relation(
    "dim_customer", integer("customer_sk"), column("customer_id", distinct=600),
    column("city"), moment("valid_from", "date", distinct=300),
    moment("valid_to", "date", nulls=600),
    column("is_current", "boolean", values=["true", "false"]),
)  # fmt: skip
HISTORY = relation(
    "account_history", integer("id", distinct=10), moment("updated_at"), column("name"),
)  # fmt: skip


def versions(one: Relation, key: str = "", share: float = 1.0) -> Versions | None:
    known = drafts([one], {one.name: key} if key else {}, early=True)
    return find_versions(known, Answers(share=share)).versions.get(one.id)


def test_a_change_feed_keeps_the_latest_row_of_each_key() -> None:
    found = versions(FEED)
    assert found
    assert found.kind == "loads"
    assert found.entity_key == ("payment_id",)
    assert found.order_by == ("_loaded_at",)
    assert found.deleted == "_op"
    assert found.evidence


def test_a_slowly_changing_dimension_tells_its_span_and_its_current_row() -> None:
    found = versions(SCD, "customer_sk")
    assert found
    assert (found.kind, found.entity_key) == ("slowly_changing", ("customer_id",))
    assert (found.valid_from, found.valid_to) == ("valid_from", "valid_to")
    assert found.is_current == "is_current"
    assert found.deleted is None


def test_a_flag_that_is_true_in_more_rows_than_there_are_entities_is_not_the_current_row() -> None:
    flag = column("is_current", "boolean", values=["true"])
    one = relation("dim_customer", *(flag if c.name == "is_current" else c for c in SCD.columns))
    found = versions(one, "customer_sk")
    assert found
    assert found.is_current is None


@pytest.mark.parametrize(
    ("start", "end"),
    [("eff_start_dt", "eff_end_dt"), ("effective_from", "effective_to"), ("StartDate", "EndDate"),
     ("row_effective_date", "row_expiration_date"), ("begin_date", "end_date")],
)  # fmt: skip
def test_validity_is_understood_in_many_spellings(start: str, end: str) -> None:
    one = relation("product", integer("product_key"), column("product_code", distinct=500),
                   moment(start, "date", distinct=90), moment(end, "date", nulls=500))  # fmt: skip
    found = versions(one, "product_key")
    assert found
    assert (found.entity_key, found.valid_from) == (("product_code",), start)


def test_a_history_of_an_id_and_an_update_time_is_believed_by_its_key() -> None:
    known = drafts([HISTORY], {"account_history": "id updated_at"}, early=True)
    found = find_versions(known, SILENT).versions["raw.account_history"]
    assert (found.kind, found.order_by) == ("slowly_changing", ("updated_at",))
    assert found.valid_from is None


def test_rows_that_key_and_moment_do_not_tell_apart_are_no_versions() -> None:
    assert versions(FEED, share=0.6) is None


def test_nothing_is_concluded_where_the_warehouse_did_not_answer() -> None:
    assert find_versions(drafts([FEED], {}), SILENT).versions == {}


def test_an_empty_table_has_no_versions() -> None:
    known = drafts([FEED], {})
    question = Unique(relation="raw.payments_cdc", columns=("payment_id", "_loaded_at"))
    assert find_versions(known, Answers({question: Answer()})).versions == {}


@pytest.mark.parametrize(
    ("one", "key"),
    [
        (relation("orders", integer("order_id"), moment("_loaded_at")), "order_id"),
        (relation("orders", integer("id"), integer("customer_id", distinct=9),
                  moment("updated_at"), moment("_fivetran_synced", distinct=1)), "id"),
        (relation("order_lines", integer("order_id", distinct=300), integer("line_no", 1, 9),
                  moment("_loaded_at", distinct=1)), "order_id line_no"),
        (relation("salary", integer("emp_no", distinct=300), moment("from_date", "date"),
                  moment("to_date", "date")), "emp_no from_date"),
    ],
)  # fmt: skip
def test_tables_with_one_row_per_entity_are_not_asked_about(one: Relation, key: str) -> None:
    assert plan(drafts([one], {one.name: key})[0]) == ()


def test_a_price_history_is_known_by_its_marks() -> None:
    columns = (
        integer("price_id"), integer("prod_id", distinct=400),
        moment("valid_from", "date", distinct=90), moment("valid_to", nulls=400),
    )  # fmt: skip
    loose = column("is_current", "boolean", values=["true"])
    assert versions(relation("price_history", *columns, loose), "price_id") is None
    marked = column("is_current", "boolean", rows=800, values=["true", "false"])
    found = versions(relation("price_history", *columns, marked), "price_id")
    assert found
    assert found.entity_key == ("prod_id",)


def test_at_most_four_plans_are_asked_about_and_no_question_twice() -> None:
    probe = Answers()
    find_versions(drafts([FEED, SCD, HISTORY], {"dim_customer": "customer_sk"}), probe)
    plans = [q for q in probe.asked if isinstance(q, Unique) and len(q.columns) > 1]
    assert len(plans) <= 12
    assert len(set(probe.asked)) == len(probe.asked)


def test_debezium_orders_the_versions_of_a_row_by_the_time_that_the_source_counts() -> None:
    one = relation(
        "users", integer("id", distinct=400), column("name"),
        column("__op", values=["c", "d", "u"]),
        integer("__source_ts_ms", 1704067200000, 1706067200000, distinct=900),
        column("__deleted", values=["false", "true"]),
    )  # fmt: skip
    found = versions(one)
    assert found
    assert (found.kind, found.entity_key) == ("loads", ("id",))
    assert found.order_by == ("__source_ts_ms",)
    assert found.evidence_class == "structural"


def test_a_feed_without_a_mark_in_front_tells_the_time_of_its_operation() -> None:
    one = relation(
        "crm_accounts", integer("account_no", distinct=400), column("owner"),
        column("op_type", values=["D", "I", "U"]), moment("op_ts", distinct=900),
    )  # fmt: skip
    found = versions(one)
    assert found
    assert (found.entity_key, found.order_by) == (("account_no",), ("op_ts",))
    assert found.deleted == "op_type"


def test_what_starts_and_ends_and_is_changed_is_no_version_of_anything() -> None:
    spans = (column("status"), moment("start", distinct=400), moment("end", distinct=400))
    meeting = relation("scheduled_meetings", integer("id"), integer("meeting_id", distinct=20),
                       *spans, moment("created_at"), moment("updated_at"))  # fmt: skip
    price = relation("product_prices", integer("id"), integer("product_price_id", distinct=20),
                     *spans)  # fmt: skip
    found = [versions(each, "id") for each in (meeting, price)]
    assert found[0] is None
    assert found[1] is not None
    assert (found[1].valid_from, found[1].valid_to) == ("start", "end")


def test_the_first_period_of_one_year_is_no_version_of_that_of_another() -> None:
    starts = [date(2022 + number // 12, 1 + number % 12, 1) for number in range(36)]
    periods: Rows = {
        "period_id": list(range(1, 37)),
        "fiscal_year": [start.year for start in starts],
        "period_no": [start.month for start in starts],
        "start_date": starts,
        "end_date": [start + timedelta(days=27) for start in starts],
        "status": ["closed"] * 30 + ["open"] * 6,
    }
    found = table(World({"fiscal_periods": periods}).infer(), "fiscal_periods")
    assert (found.versions, found.primary_key and found.primary_key.columns) == (
        None, ("period_id",)
    )  # fmt: skip
