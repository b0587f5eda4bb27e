"""Which tests are written: those that hold, and can fail for a reason."""

from __future__ import annotations

import pytest

from dbt_cartridge.design.checks import identity_tests
from dbt_cartridge.documents.design import ExpressionTest
from dbt_cartridge.documents.schema import Identity, Key
from tests.unit.design.made import (
    claims,
    column,
    customers,
    designed,
    order_lines,
    orders,
    table,
)

KEY = column("id", role="key")


def dimension(*its_columns, **other):
    identities = other.pop("identities", ())
    return designed(table("things", KEY, *its_columns, **other), identities=identities).by_name[
        "dim_things"
    ]


def test_a_key_is_proved_in_staging_and_in_its_mart_and_not_again_on_the_way() -> None:
    result = designed(customers(), orders(), order_lines())
    between = [m for m in result.models if m.layer == "intermediate" and m.name != "int_dates"]
    assert between
    for model in result.models:
        keyed = [] if model.layer == "intermediate" else list(model.primary_key[:1])
        assert [t.column for t in claims(model, "unique")][:1] == keyed
        assert [t.column for t in claims(model, "not_null") if t.severity == "error"] == keyed


def test_a_key_that_a_line_took_over_leads_where_it_leads_at_its_header() -> None:
    result = designed(customers(), orders(), order_lines())
    lines, header = result.by_name["fct_order_lines"], result.by_name["fct_orders"]
    assert "customer_id" in [c.name for c in lines.columns]
    assert [t.to for t in claims(header, "relationships") if t.column == "customer_id"]
    assert [t.column for t in claims(lines, "relationships")] == ["order_id", "customer_id"]


def test_a_domain_that_was_only_seen_warns_and_a_declared_one_stops_the_build() -> None:
    status = column("status", "text", "status", values={"open": 70, "shut": 30})
    (test,) = claims(dimension(status), "accepted_values")
    assert (test.values, test.severity) == (("open", "shut"), "warn")
    checked = table("things", KEY, status, checks=("status in ('open', 'shut', 'lost')",))
    (test,) = claims(designed(checked).by_name["dim_things"], "accepted_values")
    assert (test.values, test.severity) == (("open", "shut", "lost"), "error")


def test_what_a_category_holds_is_business() -> None:
    carrier = column("carrier", "text", "category", values={"a": 50, "b": 50})
    one_value = column("status", "text", "status", values={"open": 100})
    assert claims(dimension(carrier, one_value), "accepted_values") == []


def test_a_column_without_null_so_far_is_watched_and_a_declared_one_is_tested() -> None:
    seen = column("placed_at", "timestamp", "event_time")
    (test,) = [t for t in claims(dimension(seen), "not_null") if t.column == "placed_at"]
    assert test.severity == "warn"
    told = dimension(column("placed_at", "timestamp", "event_time", column={"nullable": False}))
    (test,) = [t for t in claims(told, "not_null") if t.column == "placed_at"]
    assert test.severity == "error"


def test_values_beyond_the_dozen_that_was_seen_close_no_domain() -> None:
    model = dimension(column("status", "text", "status", values={"open": 50, "shut": 30}))
    assert claims(model, "accepted_values") == []


def test_names_and_rare_values_close_no_domain() -> None:
    model = dimension(
        column("name", "text", "name", values={"a": 50, "b": 50}),
        column("colour", "text", "category", values={str(n): 5 for n in range(20)}),
    )
    assert claims(model, "accepted_values") == []


def test_only_what_nature_counts_from_zero_must_not_be_negative() -> None:
    model = dimension(
        column("price", "decimal", "measure", min="0.50", max="9"),
        column("amount", "decimal", "measure", min="0.50", max="9"),
        column("quantity", "decimal", "measure", min="-3", max="9", negatives=4),
        column("rank", "integer"),
    )
    assert [(t.column, t.min_value) for t in claims(model, "range")] == [("price", 0.0)]


def test_a_negative_number_in_text_is_seen() -> None:
    model = dimension(
        column("gain", "text", "measure", patterns={"decimal": 100}, max_length=5, min="-1.50",
               max="9.25")
    )  # fmt: skip
    assert claims(model, "range") == []


def test_few_rows_prove_no_value_test() -> None:
    model = dimension(
        column("price", "decimal", "measure", rows=3, min="1", max="2"),
        column("status", "text", "status", rows=3, values={"open": 2, "shut": 1}),
    )
    assert claims(model, "range") == claims(model, "accepted_values") == []


def test_an_ordering_that_holds_is_tested_and_one_that_does_not_is_not() -> None:
    held = Identity(
        kind="ordering", table="raw.things", operands=("starts_on", "ends_on"), considered=90,
        hits=90,
    )  # fmt: skip
    days = (column("starts_on", "date"), column("ends_on", "date"))
    (test,) = claims(dimension(*days, identities=(held,)), "expression")
    assert test.expression == '"ends_date" >= "starts_date"'
    broken = held.model_copy(update={"hits": 50})
    assert claims(dimension(*days, identities=(broken,)), "expression") == []


def test_a_product_that_holds_is_tested() -> None:
    held = Identity(
        kind="product", table="raw.things", result="amount", operands=("price", "quantity"),
        considered=90, hits=90,
    )  # fmt: skip
    model = dimension(column("price"), column("quantity"), column("amount"), identities=(held,))
    (test,) = claims(model, "expression")
    assert test.expression == 'abs("amount" - ("price" * "quantity")) <= 0.01'


def test_a_test_stands_once() -> None:
    result = designed(
        customers(), orders(column("quantity", "integer", "measure", min="1", max="9"))
    )
    staging = result.by_name["stg_raw__orders"]
    assert claims(staging, "relationships") == claims(staging, "range") == []
    assert len(claims(result.by_name["fct_orders"], "range")) == 1


def test_a_second_key_is_tested_where_enough_rows_prove_it() -> None:
    made = table("things", KEY, column("sku", "text", "natural_key"))
    made.table = made.table.model_copy(update={"other_keys": (Key(columns=("sku",), proved=True),)})
    found = claims(designed(made).by_name["dim_things"], "unique")
    assert [(t.column, t.severity) for t in found] == [("thing_id", "error"), ("sku", "warn")]


def test_a_polymorphic_reference_is_tested_for_its_own_kind_only() -> None:
    notes = table(
        "notes", KEY, column("about_type", "text", "type_discriminator"),
        column("about_id", role="foreign_key"), role="fact",
        links={"about_id": "customers.id"}, where_column="about_type", where_value="customer",
    )  # fmt: skip
    found = claims(designed(customers(), notes).by_name["fct_notes"], "relationships")
    assert [t.where for t in found if t.to == "dim_customers"] == ["\"about_type\" = 'customer'"]


def test_that_a_column_is_the_sum_of_others_is_an_error_only_where_many_rows_show_it() -> None:
    """In few rows it may be chance, and the next load says otherwise."""
    figures = [column(each, "decimal", "measure") for each in ("one", "two", "both")]
    for rows, severity in ((84, "warn"), (400, "error")):
        held = Identity(
            kind="product", table="raw.things", result="both", operands=("one", "two"),
            form="sum", considered=rows, hits=rows,
        )  # fmt: skip
        (told,) = claims(dimension(*figures, identities=(held,)), "expression")
        assert told.severity == severity


def test_a_key_that_nothing_but_its_rows_calls_so_stops_no_build() -> None:
    made = table("things", column("day", role="key"), column("place", role="key"))
    found = Key(columns=("day", "place"), kind="composite", proved=True)
    made.table = made.table.model_copy(update={"primary_key": found})
    result = designed(made)
    (source,) = (t for s in result.sources for t in s.tables)
    tests = [*source.tests, *(t for m in result.models for t in m.tests)]
    unique = [t for t in tests if t.kind == "composite_unique"]
    assert len(unique) > 1
    assert {t.severity for t in unique} == {"warn"}


@pytest.mark.parametrize(
    ("types", "claim", "severity"),
    [
        (("timestamp", "timestamp"), '"check_in" >= "booked_at"', "error"),
        (("timestamp", "date"), 'cast("check_in" as date) >= cast("booked_at" as date)', "warn"),
    ],
)
def test_a_day_is_not_before_the_day_of_a_moment(
    types: tuple[str, str], claim: str, severity: str
) -> None:
    """Who writes down the day and who stamps the moment are two: that is a watch, no law."""
    names = ("booked_at", "check_in")
    held = Identity(kind="ordering", table="raw.stays", operands=names, considered=5000, hits=5000)
    (test,) = identity_tests(
        [held], dict(zip(names, names, strict=True)), dict(zip(names, types, strict=True))
    )
    assert isinstance(test, ExpressionTest)
    assert (test.expression, test.severity) == (claim, severity)
