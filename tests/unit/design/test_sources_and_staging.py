from __future__ import annotations

from typing import Any

import pytest

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Query
from dbt_cartridge.documents.host import HostSource
from dbt_cartridge.documents.scan import JsonPath
from dbt_cartridge.documents.schema import Evidence, Versions
from dbt_cartridge.render import render
from dbt_cartridge.render.portable import first_read
from tests.unit.design.made import (
    Made,
    claims,
    column,
    columns,
    designed,
    expression,
    host,
    names,
    own_model,
    table,
)

KEY = column("id", role="key")


def staged(*its_columns, **other):
    result = designed(table("things", KEY, *its_columns, **other))
    return result.by_name["stg_raw__things"]


def test_a_key_called_id_says_whose_it_is() -> None:
    assert columns(staged()) == ["thing_id"]
    assert expression(staged(), "thing_id") == '"source"."id"'


def test_id_stays_id_beside_a_column_that_has_its_name_already() -> None:
    assert columns(staged(column("thing_id", role="foreign_key"))) == ["id", "thing_id"]


def test_names_that_differ_only_in_case_are_both_kept() -> None:
    model = staged(column("Total"), column("TOTAL"), column("total"))
    assert len(columns(model)) == len(set(columns(model))) == 4


def test_names_of_one_load_tool_and_of_the_application_are_told_apart() -> None:
    model = staged(column("estimate"), column("_estimate"))
    assert {"estimate", "_estimate"} <= set(columns(model))


def test_a_name_never_outgrows_postgres() -> None:
    long = "a" * 80
    model = staged(column(long), column(long + "b"))
    assert all(len(name) <= 63 for name in columns(model))
    assert len(set(columns(model))) == 3


def test_a_quote_in_a_name_cannot_end_the_name() -> None:
    model = staged(column('a" from x --'))
    assert any('"a"" from x --"' in p.expression for p in model.body.ctes[-1].projections)


def test_text_that_holds_only_numbers_becomes_a_number() -> None:
    model = staged(
        column("quantity", "text", "measure", patterns={"integer": 100, "decimal": 100},
               max_length=3),
        column("price", "text", "measure", patterns={"decimal": 100, "four_places": 100},
               max_length=6, min="1.25",
               max="9.50"),
    )  # fmt: skip
    assert expression(model, "quantity") == 'try_cast("source"."quantity" as bigint)'
    assert expression(model, "price") == 'try_cast("source"."price" as decimal(18, 4))'


def test_one_value_that_is_no_number_keeps_the_text() -> None:
    model = staged(column("quantity", "text", "measure", patterns={"integer": 99}, max_length=3))
    assert expression(model, "quantity") == '"source"."quantity"'


def test_amounts_with_their_currency_become_numbers() -> None:
    model = staged(
        column("price", "text", "measure", patterns={"money": 100}, min="$1,234.50", max="$9.00"),
        column("note", "text", patterns={"money": 100}, min="$1", max="$9"),
        column("fee", "text", "measure", patterns={"money": 99}, min="$1", max="free"),
    )
    price = expression(model, "price")
    assert price.startswith('case when regexp_matches("source"."price", ')
    assert "regexp_replace(\"source\".\"price\", '[^0-9.-]', '', 'g')" in price
    assert expression(model, "note") == '"source"."note"'
    assert expression(model, "fee") == '"source"."fee"'


def test_amounts_as_accounts_are_kept_become_less_than_nothing() -> None:
    seen = {"money": 100, "accounting": 20}
    model = staged(column("amount", "text", "measure", patterns=seen, min="$1.00", max="($9.00)"))
    amount = expression(model, "amount")
    assert "regexp_replace(\"source\".\"amount\", '[^0-9.]', '', 'g')" in amount
    assert "regexp_matches(\"source\".\"amount\", '[()-]') then '-' else '' end ||" in amount


def test_dollars_beside_euros_stay_text_and_one_sign_is_the_only_one_that_is_read() -> None:
    mixed, one = {"money": 100}, {"money": 100}
    model = staged(
        column("price", "text", "measure", patterns=mixed, min="$9.00", max="€8.00"),
        column("cost", "text", "measure", patterns=one, min="$1.00", max="$9.00"),
    )
    assert expression(model, "price") == '"source"."price"'
    assert "(-?[$] ?|[$] ?-|-)?" in expression(model, "cost")


def test_a_comma_is_a_fraction_or_thousands_only_where_no_value_contradicts() -> None:
    both = {"money": 100, "comma": 100, "commas": 100}

    def of(*more: Any) -> str:
        weight = column("weight", "text", "measure", patterns=both)
        return expression(staged(weight, *more), "weight")

    fraction = column("price", "text", "measure", patterns={"comma": 100, "money": 99})
    assert of() == '"source"."weight"'  # 1,250 in every row: nobody knows
    assert "replace(regexp_replace(" in of(fraction)  # the table writes fractions with commas
    bare = staged(
        column("weight", "text", "measure", patterns={**both, "commas": 40, "grouped": 100})
    )
    assert "'[^0-9.-]'" in expression(bare, "weight")  # 950 beside 1,250


def test_codes_that_are_digits_stay_text() -> None:
    digits = {"integer": 100, "decimal": 100, "four_places": 100}
    model = staged(
        column("level", "text", patterns=digits, distinct=3, max_length=1),
        column("client", "text", patterns=digits, distinct=1, max_length=3),
        column("account", "text", patterns=digits, distinct=90, max_length=6),
    )
    for name in ("level", "client", "account"):
        assert expression(model, name) == f'"source"."{name}"'


def test_postgres_money_becomes_a_number_that_can_be_compared() -> None:
    model = staged(column("fee", "decimal", "measure", column={"native_type": "money"}))
    assert expression(model, "fee") == 'cast("source"."fee" as decimal(18, 4))'


def test_codes_telephone_numbers_and_leading_zeros_stay_text() -> None:
    digits = {"integer": 100, "decimal": 100}
    model = staged(
        column("postal_code", "text", patterns=digits, max_length=5, distinct=90),
        column("phone", "text", patterns=digits, max_length=9, distinct=90),
        column("batch", "text", patterns={**digits, "leading_zero": 1}, max_length=5, distinct=90),
    )
    for name in ("postal_code", "phone", "batch"):
        assert expression(model, name) == f'"source"."{name}"'


def test_a_sample_proves_no_cast() -> None:
    model = staged(
        column("quantity", "text", "measure", patterns={"integer": 100}, max_length=3, sampled=True)
    )
    assert expression(model, "quantity") == '"source"."quantity"'


def test_dates_and_times_in_text_are_cast() -> None:
    model = staged(
        column("born", "text", patterns={"date": 100}),
        column("created_at", "text", "created_time", patterns={"timestamp": 100}),
    )
    assert expression(model, "born_date") == 'try_cast("source"."born" as date)'
    assert expression(model, "created_at") == 'try_cast("source"."created_at" as timestamp)'


def test_a_time_of_day_that_was_always_midnight_is_kept_for_tomorrows() -> None:
    model = staged(column("ordered_at", "timestamp", "event_time", midnights=100))
    assert expression(model, "ordered_at") == '"source"."ordered_at"'


def test_times_with_an_offset_are_told_in_utc_whether_all_have_one_or_some() -> None:
    some, every = {"timestamp": 100, "zoned": 40}, {"timestamp": 100, "zoned": 100}
    model = staged(
        column("created_at", "text", "created_time", patterns=every),
        column("updated_at", "text", "updated_time", patterns=some),
    )
    zoned = 'try_cast("source"."{}" as timestamptz) at time zone \'UTC\''
    assert expression(model, "created_at") == zoned.format("created_at")
    assert expression(model, "updated_at") == (
        f'coalesce({zoned.format("updated_at")}, try_cast("source"."updated_at" as timestamp))'
    )


def test_days_and_epochs_in_whole_numbers_become_times_where_inference_says_so() -> None:
    days = {"days": 100, "min": "20240101", "max": "20241230", "distinct": 90}
    model = staged(
        column("post_date", "integer", "event_time", **days),
        column("lot", "integer", **days),
        column("seen_at", "integer", "event_time", min="1704067200000", max="1704967200000"),
        column("size", "integer", min="1704067200000", max="1704967200000"),
    )
    assert expression(model, "post_date") == (
        'try_cast(strptime(cast("source"."post_date" as varchar), \'%Y%m%d\') as date)'
    )
    assert expression(model, "lot") == '"source"."lot"'
    assert expression(model, "seen_at") == (
        'case when cast("source"."seen_at" as bigint) between 631152000000 and 4102444800000'
        ' then make_timestamp(cast("source"."seen_at" as bigint) * 1000) end'
    )
    assert expression(model, "size") == '"source"."size"'


def test_a_day_of_zeros_is_no_day_and_no_value_that_was_lost() -> None:
    made = table(
        "things", KEY,
        column("best_before", "text", "event_time", min="00000000", max="20241230", distinct=90,
               min_length=8, max_length=8,
               patterns={"integer": 100, "zero_date": 10, "leading_zero": 10}, days=90),
        column("shipped", "integer", "event_time", min="0", max="20241230", distinct=90,
               zeros=10, days=90),
    )  # fmt: skip
    result = designed(made)
    model = result.by_name["stg_raw__things"]
    text = 'try_cast(strptime("source"."best_before", \'%Y%m%d\') as date)'
    assert expression(model, "best_before_date") == text
    assert "try_cast(strptime(cast(" in expression(model, "shipped_date")
    (source,) = result.sources
    claimed = {t.expression for t in source.tables[0].tests if t.kind == "expression"}
    assert any("\"best_before\" = '00000000' or" in each for each in claimed)
    assert any('"shipped" = 0 or' in each for each in claimed)


def test_epochs_in_text_and_with_a_fraction_become_times() -> None:
    epoch = {"min": "1704067200", "max": "1704967200", "min_length": 10, "max_length": 10}
    model = staged(
        column("created_ts", "text", "created_time", patterns={"integer": 100}, **epoch),
        column("seen_at", "float", "event_time", min="1704067200.5", max="1704967200.25"),
        column("phone", "text", patterns={"integer": 100}, **epoch),
    )
    made = 'make_timestamp(try_cast("source"."created_ts" as bigint) * 1000000)'
    assert made in expression(model, "created_at")
    rounded = 'make_timestamp(cast(round("source"."seen_at" * 1000000) as bigint))'
    assert rounded in expression(model, "seen_at")
    assert expression(model, "phone") == '"source"."phone"'


def test_an_epoch_of_another_unit_is_null_tomorrow_and_counted() -> None:
    seen = column("seen_at", "integer", "event_time", min="1704067200", max="1704967200")
    result = designed(table("things", KEY, seen))
    bounds = "between 631152000 and 4102444800"
    assert bounds in expression(result.by_name["stg_raw__things"], "seen_at")
    (source,) = result.sources
    (claim,) = [t for t in source.tables[0].tests if t.kind == "expression"]
    assert bounds in claim.expression
    assert claim.severity == "warn"


def test_an_epoch_of_nothing_is_no_time_and_no_value_that_was_lost() -> None:
    seen = {"min": "0", "max": "1704967200000", "zeros": 40, "distinct": 60}
    made = table(
        "things", KEY,
        column("paid_at", "integer", "event_time", epochs=60, **seen),
        column("sent_at", "integer", "event_time", epochs=59, **seen),  # one is something else
        column("read_at", "integer", "event_time", min="1704067200123456789",
               max="1704967200123456789"),
    )  # fmt: skip
    result = designed(made)
    model = result.by_name["stg_raw__things"]
    assert "make_timestamp" in expression(model, "paid_at")
    assert expression(model, "sent_at") == '"source"."sent_at"'
    nanoseconds = 'cast(floor(cast("source"."read_at" as bigint) / 1000) as bigint)'
    assert f"make_timestamp({nanoseconds})" in expression(model, "read_at")
    (source,) = result.sources
    claimed = [t.expression for t in source.tables[0].tests if t.kind == "expression"]
    assert any('"paid_at" = 0 or' in each for each in claimed)


def test_a_time_that_is_counted_no_more_does_not_say_in_what() -> None:
    seen = column("ended_ms", "integer", "event_time", min="1704067200000", max="1704967200000")
    flag = column("hvr_is_deleted", "boolean", "deleted_flag")
    assert {"ended_at", "hvr_is_deleted"} <= {c.name for c in staged(seen, flag).columns}


def test_when_a_lorry_was_loaded_is_in_the_mart_and_when_a_batch_was_is_not() -> None:
    own = column("loaded_at", "timestamp", "load_time", distinct=100)
    of_batches = column("loaded_at", "timestamp", "load_time", distinct=4)
    for stamp, shown in ((own, True), (of_batches, False)):
        result = designed(table("lorries", KEY, column("name", "text", "name"), stamp))
        assert "loaded_at" in columns(result.by_name["stg_raw__lorries"])
        assert ("loaded_at" in columns(result.by_name["dim_lorries"])) is shown


def test_what_a_cast_cannot_read_is_counted_on_the_source_as_a_warning() -> None:
    digits = {"integer": 100, "decimal": 100}
    (source,) = designed(
        table("things", KEY, column("quantity", "text", "measure", patterns=digits, blanks=0))
    ).sources
    (test,) = [test for test in source.tables[0].tests if test.kind == "expression"]
    assert test.severity == "warn"
    assert test.expression == '"quantity" is null or try_cast("quantity" as bigint) is not null'


def test_one_time_of_day_keeps_the_timestamp_and_says_at() -> None:
    model = staged(column("created_date", "timestamp", "created_time", midnights=99))
    assert expression(model, "created_at") == '"source"."created_date"'


def test_yes_and_no_become_a_flag() -> None:
    model = staged(
        column("active_flag", "text", "flag", patterns={"boolean": 100}, values={"Y": 60, "N": 40})
    )
    lowered = 'lower(trim("source"."active_flag"))'
    assert expression(model, "is_active") == (
        f"case when {lowered} in ('true', 't', 'yes', 'y', '1') then true "
        f"when {lowered} in ('false', 'f', 'no', 'n', '0') then false end"
    )


def test_zero_and_one_become_a_flag_where_the_name_says_so_too() -> None:
    model = staged(
        column("is_new", "integer", "flag", min="0", max="1"),
        column("returned", "integer", "flag", min="0", max="1"),
    )
    assert expression(model, "is_new") == (
        'case when "source"."is_new" = 1 then true when "source"."is_new" = 0 then false end'
    )
    assert expression(model, "returned") == '"source"."returned"'


def test_blanks_become_null() -> None:
    model = staged(column("city", "text", blanks=3))
    assert expression(model, "city") == 'nullif(trim("source"."city"), \'\')'


def test_an_empty_key_stays_a_key() -> None:
    model = designed(
        table("cultures", column("code", "text", "key", blanks=1), key="code")
    ).by_name["stg_raw__cultures"]
    assert expression(model, "culture_code") == '"source"."code"'


def test_a_column_called_cents_holds_cents() -> None:
    model = staged(column("amount_cents", "integer", "measure", meaning={"unit": "cents"}))
    assert expression(model, "amount_cents") == '"source"."amount_cents"'


def test_stable_scalars_are_lifted_out_of_json_and_the_document_is_kept() -> None:
    paths = (
        JsonPath(path="city", type="string", count=100),
        JsonPath(path="age", type="integer", count=96),
        JsonPath(path="rare", type="string", count=10),
        JsonPath(path="tags", type="array", count=100),
    )
    model = staged(column("details", "json", "json", json_paths=paths))
    assert columns(model)[-1] == "details"
    assert expression(model, "details_city") == (
        'json_extract_string("source"."details", \'$.city\')'
    )
    assert expression(model, "details_age").startswith("try_cast(json_extract_string(")
    assert {"details_rare", "details_tags"}.isdisjoint(columns(model))


def test_rows_that_the_load_tool_marks_as_removed_are_left_out() -> None:
    model = staged(
        column("_fivetran_deleted", "boolean", "deleted_flag", meaning={"is_load_tool": True})
    )
    assert model.body.ctes[-1].where == ('not coalesce("source"."_fivetran_deleted", false)',)
    assert "Removed things are left out." in model.description


def test_an_applications_soft_deletes_are_kept_and_marked() -> None:
    model = staged(column("deleted_at", "timestamp", "deleted_time", nulls=90))
    assert model.body.ctes[-1].where == ()
    assert expression(model, "is_deleted") == '"source"."deleted_at" is not null'


def test_of_rows_alike_in_all_columns_one_each_is_kept_and_rows_that_differ_stay() -> None:
    said = Evidence(text="rows too many", value=10)
    model = staged(
        column("name", "text"),
        column("weight", "float"),
        column("_loaded_at", "timestamp", "load_time", meaning={"is_load_tool": True}),
        key=("id",),
        versions=Versions(kind="duplicates", entity_key=("id",), order_by=(), evidence=(said,)),
    )
    assert isinstance(model.body, Query)
    once = model.body.ctes[0].latest
    assert once is not None
    assert once.keys == (
        '"source"."id"', '"source"."name"', 'cast("source"."weight" as text)',
    )  # fmt: skip
    assert once.order_by == ('"source"."_loaded_at"',)
    assert "10 too many" in model.description
    assert model.primary_key == ("thing_id",)


def test_of_a_change_feed_the_latest_row_per_key_is_kept() -> None:
    versions = Versions(
        kind="loads", entity_key=("id",), order_by=("_loaded_at",), deleted="_operation"
    )
    model = staged(
        column("_loaded_at", "timestamp", "load_time"),
        column("_operation", "text"),
        key=("id", "_loaded_at"),
        versions=versions,
    )
    assert isinstance(model.body, Query)
    latest, renamed = model.body.ctes
    assert latest.latest is not None
    assert latest.latest.keys == ('"source"."id"',)
    assert renamed.from_alias == "latest"
    assert renamed.where[0].startswith('not (lower(trim(coalesce("latest"."_operation"')
    assert model.primary_key == ("thing_id",)


def test_keys_of_different_types_are_brought_together() -> None:
    digits = {"integer": 100, "decimal": 100}
    result = designed(
        table("customers", column("id", role="key")),
        table(
            "orders", column("id", role="key"),
            column("customer_id", "text", "foreign_key", patterns=digits, max_length=4),
            role="fact", links={"customer_id": "customers.id"},
        ),
    )  # fmt: skip
    assert "as bigint)" in expression(result.by_name["stg_raw__orders"], "customer_id")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cat_nm", "`cat_nm` in the source."),
        ("Название", "`Название` in the source."),
        ("CategoryName", ""),
        ("category name", ""),
    ],
)
def test_the_source_s_own_name_is_told_where_a_new_one_hides_it(name: str, told: str) -> None:
    made = table("things", column("id", role="key"), column(name, "text"))
    described = designed(made).by_name["stg_raw__things"].columns[-1].description
    assert described.endswith("in the source.") == bool(told)
    assert told in described


def test_a_comment_of_the_database_is_the_description() -> None:
    model = staged(column("grade", column={"comment": "how good it is"}), comment="all our things")
    assert model.description.startswith("All our things.")
    assert model.columns[-1].description == "How good it is."


def test_values_of_personal_columns_are_in_no_description() -> None:
    values = {"a@x.org": 60, "b@x.org": 40}
    model = staged(column("email", "text", "category", values=values, meaning={"pii": "email"}))
    assert all("x.org" not in c.description for c in model.columns)
    assert claims(model, "accepted_values") == []


def test_freshness_warns_by_the_gaps_that_were_seen_and_only_where_things_happen() -> None:
    synced = {"min": "2024-01-01 00:00:00", "max": "2024-01-31 00:00:00", "distinct": 11}
    loaded = column("_synced", "timestamp", "load_time", **synced)
    dead = {**synced, "min": "2019-01-01 00:00:00", "max": "2019-01-31 00:00:00"}
    once = {**synced, "distinct": 1}
    source = designed(
        table("events", KEY, loaded, role="fact", shape="event"),
        table("things", KEY, loaded),
        table("left_behind", KEY, column("_synced", "timestamp", "load_time", **dead), role="fact"),
        table("dumps", KEY, column("_synced", "timestamp", "load_time", **once), role="fact"),
    ).sources[0]
    found = {t.name: t.freshness for t in source.tables}
    assert found["events"] is not None
    assert found["events"].warn_after_hours == 5 * 3 * 24
    assert found["events"].error_after_hours is None
    assert found["things"] is found["left_behind"] is found["dumps"] is None


def test_a_source_that_the_host_declares_is_used_not_written_again() -> None:
    declared = HostSource(name="app", schema_name="raw", path="m.yml", tables=("things",))
    result = designed(table("things", KEY), to=host(sources=(declared,)))
    assert not result.sources[0].written
    assert names(result, "staging") == ["stg_app__things"]


def test_a_table_that_the_host_stages_itself_is_left_to_it() -> None:
    result = designed(
        table("things", KEY), table("others", KEY),
        to=host(models=(own_model("stg_raw__things"),)),
    )  # fmt: skip
    assert names(result, "staging") == ["stg_raw__others"]
    assert any("stg_raw__things" in left.why for left in result.left_out)


def test_a_backup_is_left_out_with_the_reason() -> None:
    result = designed(table("things", KEY), table("things_old", KEY, role="other", shape="backup"))
    assert [t.name for t in result.sources[0].tables] == ["things"]
    assert any(left.what == "raw.things_old" for left in result.left_out)


def test_odd_table_names_get_a_plain_name_and_keep_their_identifier() -> None:
    source = designed(table("Order Details!", KEY, entity="order_detail")).sources[0]
    assert source.tables[0].identifier == "Order Details!"
    assert source.tables[0].name == "order_details"


def test_only_what_the_layers_ask_for_is_made() -> None:
    assert designed(table("things", KEY), layers="sources").models == ()
    result = designed(table("things", KEY), layers="staging")
    assert names(result, "marts") == []
    assert len(claims(result.by_name["stg_raw__things"], "unique")) == 1


def test_a_load_tools_mark_in_text_is_read_as_the_flag_that_it_is() -> None:
    model = staged(
        column("_removed", "text", "deleted_flag", patterns={"boolean": 100},
               values={"Y": 10, "N": 90}, meaning={"is_load_tool": True})
    )  # fmt: skip
    (condition,) = model.body.ctes[-1].where
    assert condition.startswith("not coalesce(case when lower(trim(")
    model = staged(
        column("_removed", "integer", "deleted_flag", min="0", max="1",
               values={"0": 90, "1": 10}, meaning={"is_load_tool": True})
    )  # fmt: skip
    assert model.body.ctes[-1].where == (
        'not coalesce(case when "source"."_removed" = 1 then true '
        'when "source"."_removed" = 0 then false end, false)',
    )


@pytest.mark.parametrize(
    ("native", "bound"),
    [
        ("DATE", "{}"), ("DATETIME", "cast({} as datetime)"),
        ("TIMESTAMP", "cast({} as timestamp)"), ("INT64", "-9223372036854775808"),
    ],
)  # fmt: skip
def test_a_bound_that_the_table_demands_is_a_number_of_days(native: str, bound: str) -> None:
    made = table("visits", KEY, column("seen_on", "date", column={"native_type": native}))
    made.relation = made.relation.model_copy(update={"partition_filter": "seen_on"})
    result = designed(made)
    (read,) = result.by_name["stg_raw__visits"].body.inputs
    assert read.demanded is not None
    days = "date_sub(current_date(), interval {{ var('partition_days', 1095) }} day)"
    assert first_read(read.demanded.type) == bound.format(days)
    told = [left.why for left in result.left_out if left.what == "stg_raw__visits: old rows"]
    assert len(told) == (native != "INT64")


def test_a_mark_of_removal_is_read_by_what_the_column_holds() -> None:
    tool = {"meaning": {"is_load_tool": True}}
    times = {"timestamp": 10}
    model = staged(column("_deleted_at", "text", "deleted_time", nulls=90, patterns=times, **tool))
    assert model.body.ctes[-1].where == (
        'not (try_cast("source"."_deleted_at" as timestamp) is not null)',
    )
    model = staged(
        column("deleted_on", "timestamp", "deleted_time", min="0001-01-01 00:00:00",
               max="2024-02-01 10:00:00", values={"0001-01-01 00:00:00": 80})
    )  # fmt: skip
    assert ">= cast('1971-01-01' as timestamp)" in expression(model, "is_deleted")
    model = staged(column("deleted_at", "integer", "deleted_time", min="0", zeros=80))
    assert expression(model, "is_deleted") == 'coalesce("source"."deleted_at", 0) <> 0'


def test_a_reading_by_which_nearly_every_row_is_gone_is_refused_and_said() -> None:
    model = staged(
        column("_deleted_at", "timestamp", "deleted_time", meaning={"is_load_tool": True})
    )
    assert model.body.ctes[-1].where == ()
    assert "nearly every row" in model.description


@pytest.mark.parametrize(
    "native",
    # The last two: docs.snowflake.com/en/sql-reference/data-types-datetime
    ["timestamp with time zone", "timestamptz", "TIMESTAMP_TZ", "TIMESTAMP_LTZ"],
)
def test_times_with_a_zone_are_staged_in_utc(native: str) -> None:
    zoned = {"native_type": native}
    model = staged(
        column("updated_at", "timestamp", "updated_time", column=zoned),
        column("created_at", "timestamp", "created_time"),
    )
    assert expression(model, "updated_at") == '"source"."updated_at" at time zone \'UTC\''
    assert expression(model, "created_at") == '"source"."created_at"'


def test_days_written_another_way_are_read_where_the_way_is_proved() -> None:
    model = staged(
        column("shipped_date", "text", patterns={"month_first": 100, "day_first": 40}),
        column(
            "paid_date", "text", patterns={"day_first": 100, "dotted_day": 100}, min="01.02.2021"
        ),
        column("due_date", "text", patterns={"month_first": 100, "day_first": 100}),
    )
    assert expression(model, "shipped_date") == (
        'try_cast(strptime("source"."shipped_date", \'%m/%d/%Y\') as date)'
    )
    assert expression(model, "paid_date") == (
        'try_cast(strptime("source"."paid_date", \'%d.%m.%Y\') as date)'
    )
    assert expression(model, "due_date") == '"source"."due_date"'


def test_a_table_called_by_underscores_alone_keeps_a_name() -> None:
    (source,) = designed(table("___", KEY)).sources
    assert source.tables[0].name == "___"


def test_a_value_that_says_none_is_null_and_told_in_the_docs() -> None:
    model = designed(
        table("posts", column("id", role="key")),
        table(
            "notes", column("id", role="key"),
            column("post_id", role="foreign_key", values={"0": 40}),
            links={"post_id": "posts.id"}, none_value="0",
        ),
    ).by_name["stg_raw__notes"]  # fmt: skip
    assert expression(model, "post_id") == 'nullif("source"."post_id", 0)'
    (told,) = [c for c in model.columns if c.name == "post_id"]
    assert "`0` in the source says that there is none" in told.description
    assert not [t for t in claims(model, "not_null") if t.column == "post_id"]


def test_tables_that_the_host_does_not_declare_go_into_its_own_source() -> None:
    told = {"description": "Loaded each night.", "meta": {"owner": "ana"}, "freshness": {}}
    declared = (
        HostSource(
            name="web", schema_name="RAW", path="a.yml", tables=("THINGS",), properties=told
        ),
        HostSource(
            name="web", schema_name="RAW", path="b.yml", tables=("parts",),
            identifiers={"parts": "others"},
        ),
    )  # fmt: skip
    result = designed(
        table("things", KEY), table("others", KEY), table("more", KEY), to=host(sources=declared)
    )
    (source,) = result.sources
    assert source.name == "web"
    assert [(t.name, t.existing) for t in source.tables] == [
        ("THINGS", True), ("parts", True), ("more", False),
    ]  # fmt: skip
    assert source.properties == {"description": "Loaded each night.", "meta": {"owner": "ana"}}


def test_a_schema_that_the_host_reads_through_two_sources_gets_no_third() -> None:
    declared = (
        HostSource(name="web", schema_name="raw", path="a.yml", tables=("things", "parts")),
        HostSource(name="till", schema_name="raw", path="b.yml", tables=("others",)),
    )
    result = designed(
        table("things", KEY), table("others", KEY), table("more", KEY), to=host(sources=declared)
    )
    found = {source.name: [t.name for t in source.tables] for source in result.sources}
    assert found == {"web": ["things", "more"], "till": ["others"]}


@pytest.mark.parametrize(
    ("kind", "adapter", "reads"),
    [
        ("foreign", "duckdb", "source as materialized ("),
        ("table", "duckdb", "source as ("),
        ("foreign", "postgres", "source as ("),
    ],
)
def test_what_another_server_holds_is_fetched_before_anything_is_counted_over_it(
    kind: str, adapter: str, reads: str
) -> None:
    made = table("things", KEY)
    relation = made.relation.model_copy(update={"kind": kind})
    result = designed(Made(relation, made.table, [])).model_copy(update={"adapter": adapter})
    files = render(result, host(), Settings()).files
    [text] = [file.text for file in files if file.path.endswith("stg_raw__things.sql")]
    assert reads in text
