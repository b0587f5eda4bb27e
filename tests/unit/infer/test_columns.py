"""What each column is for, by its name, its type and its profile."""

from __future__ import annotations

import time

import pytest

from dbt_cartridge.documents.scan import Column
from dbt_cartridge.documents.schema import ColumnMeaning, Key
from dbt_cartridge.infer.columns import meanings, refined
from dbt_cartridge.infer.per_unit import of_anything
from tests.unit.infer.build import (
    column,
    drafts,
    integer,
    leads,
    lexicon,
    moment,
    number,
    relation,
)
from tests.unit.infer.rows import World, table


def meaning(one: Column, table: str = "orders", *others: Column) -> ColumnMeaning:
    made = relation(table, one, *others)
    return meanings(made, lexicon(made))[0]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ordered_at", "event_time"),
        ("OrderDate", "event_time"),
        ("created_at", "created_time"),
        ("creation_dt", "created_time"),
        ("ModifiedDate", "updated_time"),
        ("last_update", "updated_time"),
        ("updated_ts", "updated_time"),
        ("deleted_at", "deleted_time"),
        ("_loaded_at", "load_time"),
        ("_fivetran_synced", "load_time"),
        ("_airbyte_extracted_at", "load_time"),
        ("_sdc_batched_at", "load_time"),
        ("etl_load_date", "load_time"),
        ("valid_from", "valid_from"),
        ("eff_start_dt", "valid_from"),
        ("effective_date", "valid_from"),
        ("valid_to", "valid_to"),
        ("effective_end_date", "valid_to"),
        ("dbt_valid_to", "valid_to"),
        ("from_date", "valid_from"),
        ("to_date", "valid_to"),
        ("BirthDate", "attribute"),
    ],
)
def test_times_are_told_apart_by_what_happened_then(name: str, role: str) -> None:
    assert meaning(moment(name)).role == role


@pytest.mark.parametrize(
    ("one", "unit"),
    [
        (integer("created_ts", 1_600_000_000, 1_700_000_000), "seconds since 1970"),
        (integer("created_ts", 1_600_000_000_000, 1_700_000_000_000), "milliseconds since 1970"),
        (integer("order_date", 20200101, 20231231, days=1000), "like 20200101: days"),
        (integer("col_7", 20200101, 20231231, days=1000), "like 20200101: days"),
        (integer("last_seen_ms", 1_600_000_000_000, 1_700_000_000_000), "milliseconds since 1970"),
        (integer("order_date", 0, 20231231, days=960, zeros=40), "days"),
        (
            column(
                "created_ts",
                patterns={"integer": 1000},
                min="1600000000",
                max="1700000000",
                min_length=10,
                max_length=10,
            ),
            "seconds since 1970",
        ),
        (column("seen_at", "float", min="1600000000.5", max="1700000000.25"), "seconds since 1970"),
    ],
)
def test_whole_numbers_can_be_times(one: Column, unit: str) -> None:
    found = meaning(one)
    assert found.role in ("created_time", "event_time")
    assert unit in found.evidence[0].text


@pytest.mark.parametrize(
    "one",
    [
        integer("order_date", 20200101, 20231299, days=998),
        integer("bytes_received", 1_600_000_000, 1_700_000_000),
        integer("from_account", 1_600_000_000, 1_700_000_000),
        integer("part_no", 20200101, 20231231, days=1000),
        column(
            "phone",
            patterns={"integer": 1000},
            min="1600000000",
            max="1700000000",
            min_length=10,
            max_length=10,
        ),
        integer("started_at", 1, 1_700_000_000),
    ],
)
def test_whole_numbers_in_the_range_of_times_are_none_by_that_alone(one: Column) -> None:
    assert not meaning(one).role.endswith("_time")


def test_text_that_holds_dates_is_a_time() -> None:
    found = meaning(column("order_date", patterns={"date": 1000}))
    assert found.role == "event_time"
    assert found.evidence


@pytest.mark.parametrize(
    ("one", "role"),
    [
        (column("is_open", "boolean"), "flag"),
        (column("active_flg", values=["N", "Y"]), "flag"),
        (column("discontinued", values=["no", "yes"]), "flag"),
        (integer("active", 0, 1, values=["0", "1"]), "flag"),
        (column("verified", values=["t"]), "flag"),
        (column("is_deleted", "boolean"), "deleted_flag"),
        (column("_fivetran_deleted", "boolean"), "deleted_flag"),
        (column("__deleted", values=["false", "true"]), "deleted_flag"),
        (column("current_flag", values=["N", "Y"]), "is_current"),
        (column("_fivetran_active", "boolean"), "is_current"),
    ],
)
def test_flags_are_found_in_any_spelling(one: Column, role: str) -> None:
    assert meaning(one).role == role


def test_a_count_that_is_0_or_1_is_no_flag() -> None:
    assert meaning(integer("quantity", 0, 1, values=["0", "1"])).role == "measure"
    assert meaning(integer("amount_refunded", 0, 1, values=["0"])).role == "measure"


@pytest.mark.parametrize(
    ("one", "additivity"),
    [
        (number("total_amt", 0, 900, 100), "additive"),
        (integer("qty"), "additive"),
        (integer("number_of_children", 0, 5), "additive"),
        (number("extended_price", 1, 90, 10), "additive"),
        (number("unit_price", 1, 90, 10), "non_additive"),
        (number("standard_cost", 1, 90, 10), "non_additive"),
        (integer("days_to_manufacture"), "non_additive"),
        (number("tax_rate", 0, 1, 0.1), "non_additive"),
        (number("discount", 0, 0.5, 0.1), "non_additive"),
        (number("discount_amount", 0, 50, 5), "additive"),
        (number("average_score", 1, 5, 3), "non_additive"),
        (integer("units_in_stock"), "semi_additive"),
        (integer("on_order_qty"), "semi_additive"),
        (number("acct_bal", -90, 9000, 100), "semi_additive"),
        (number("zorp", 0, 1000, 3), "non_additive"),
    ],
)
def test_measures_say_whether_they_can_be_summed(one: Column, additivity: str) -> None:
    found = meaning(one)
    assert found.role == "measure"
    assert found.additivity == additivity


@pytest.mark.parametrize(
    "name",
    ["customer_id", "order_no", "zip_code", "year", "latitude", "line_number", "priority",
     "status", "phone", "version", "zorp"],
)  # fmt: skip
def test_whole_numbers_that_name_or_order_things_are_no_measures(name: str) -> None:
    assert meaning(integer(name)).role != "measure"


def test_codes_with_leading_zeros_are_no_numbers() -> None:
    coded = column("amount", patterns={"integer": 1000, "decimal": 1000, "leading_zero": 300})
    assert meaning(coded).role != "measure"


@pytest.mark.parametrize(
    ("one", "unit"),
    [
        (integer("duration_ms"), "milliseconds"),
        (integer("playtime_minutes"), "minutes"),
        (integer("bytes"), "bytes"),
        (number("price_usd", 1, 9, 3), "USD"),
        (number("commission_pct", 0, 0.4, 0.2), "ratio"),
        (number("commission_pct", 0, 40, 20), "percent"),
    ],
)
def test_units_come_from_name_and_range(one: Column, unit: str) -> None:
    assert meaning(one).unit == unit


def test_the_only_currency_of_a_table_is_the_unit_of_its_money() -> None:
    total, currency = number("total", 1, 9, 3), column("currency", values=["eur"])
    assert meaning(total, "orders", currency).unit == "EUR"
    mixed = column("currency", values=["eur", "usd"])
    assert meaning(total, "orders", mixed).unit is None


@pytest.mark.parametrize(
    ("one", "role"),
    [
        (column("order_status", values=["new", "paid", "sent"]), "status"),
        (column("state", values=["open", "closed"]), "status"),
        (column("state", values=["CA", "NY"]), "attribute"),
        (column("zorp", values=["a", "b", "c"]), "category"),
        (column("customer_type"), "category"),
        (column("product_name"), "name"),
        (column("title"), "name"),
        (column("remarks"), "description"),
        (column("zorp", mean_length=200.0, patterns={"spaced": 990}), "description"),
        (column("sku"), "natural_key"),
        (column("sku", distinct=3), "attribute"),
        (column("attrs", "json"), "json"),
        (column("attrs", patterns={"json_like": 1000}), "json"),
        (column("tags", "array"), "array"),
        (column("rowguid", "uuid"), "technical"),
        (column("__op", values=["c", "d", "u"]), "technical"),
        (column("_dlt_id"), "technical"),
    ],
)
def test_texts_are_told_apart(one: Column, role: str) -> None:
    assert meaning(one).role == role


def test_a_column_named_as_its_table_is_its_name() -> None:
    made = relation("city", column("city", rows=500, distinct=500))
    assert meanings(made, lexicon(made))[0].role == "name"


@pytest.mark.parametrize(
    "name", ["_fivetran_synced", "_airbyte_raw_id", "_dlt_load_id", "_sdc_sequence", "_loaded_at",
             "__op", "__source_ts_ms", "etl_batch_id", "fivetran_id"],
)  # fmt: skip
def test_columns_of_load_tools_are_marked(name: str) -> None:
    assert meaning(column(name)).is_load_tool


@pytest.mark.parametrize(
    "name",
    [
        "customer_id",
        "batch",
        "batch_id",
        "batch_date",
        "singer_id",
        "stitch_count",
        "estuary_name",
        "airflow_cfm",
        "operation",
        "load",
        "_id",
        "order_op",
    ],
)
def test_columns_of_the_business_are_not_marked_as_a_load_tools(name: str) -> None:
    assert not meaning(column(name)).is_load_tool


def test_everything_has_words_and_a_role_without_a_profile() -> None:
    made = relation("t", column("Größe €", rows=None), column("?!", "integer", rows=None))
    found = meanings(made, lexicon(made))
    assert [m.name for m in found] == ["Größe €", "?!"]
    assert all(m.words and m.role == "attribute" for m in found)


def test_values_of_the_data_are_not_told_in_the_evidence() -> None:
    found = meaning(column("diagnosis_type", values=["secret-a", "secret-b"]))
    assert not any("secret" in e.text for e in found.evidence)


def test_keys_and_foreign_keys_replace_the_first_guess() -> None:
    made = relation(
        "lines", integer("order_id"), integer("line_no"), integer("qty"), column("sku"),
        column("owner_type", values=["a", "b"]), integer("owner_id"),
        column("current_flag", "boolean"),
    )  # fmt: skip
    first = meanings(made, lexicon(made))
    found = refined(
        first,
        Key(columns=("order_id", "line_no")),
        (Key(columns=("sku",), kind="natural"),),
        (
            leads("lines", "order_id", "orders", "id"),
            leads("lines", "owner_id", "a", "id", where_column="owner_type", where_value="a"),
        ),
    )
    assert [m.role for m in found] == [
        "foreign_key", "key", "measure", "natural_key", "type_discriminator", "foreign_key", "flag",
    ]  # fmt: skip
    assert "raw.orders" in found[0].evidence[0].text


def test_fifteen_thousand_columns_are_read_in_about_a_second() -> None:
    made = [
        relation(f"table_{n}", *(integer(f"{word}_{n % 9}_id") for word in ("a", "b", "c", "d")),
                 *(moment(f"{word}_at") for word in ("sent", "created", "closed")),
                 *(column(f"zorp_{n % 50}_{word}") for word in ("name", "code", "note", "x")),
                 *(number(f"{word}_amount", 1, 9, 3) for word in ("tax", "net", "gross", "fee")))
        for n in range(1000)
    ]  # fmt: skip
    words = lexicon(*made)
    start = time.process_time()
    for one in made:
        meanings(one, words)
    assert time.process_time() - start < 4


def test_zeros_and_ones_are_yes_and_no_only_where_the_name_says_so() -> None:
    def zero_or_one(name: str) -> Column:
        return integer(name, 0, 1, values=["0", "1"])

    assert meaning(zero_or_one("triple_plays")).role == "measure"
    assert meaning(zero_or_one("col_3")).role == "attribute"
    assert meaning(zero_or_one("is_new")).role == "flag"


def test_a_value_of_any_field_is_no_measure() -> None:
    field, value = integer("field_id"), number("value", 0, 900, 9)
    for group, role in (((field, value), "attribute"), ((value,), "measure")):
        draft = drafts([relation("t", *group)], {}, [])[0]
        assert {m.name: m.role for m in of_anything(draft)}["value"] == role


def test_cents_are_of_the_currency_that_a_column_beside_them_tells() -> None:
    world = World(
        {
            "invoices": {
                "id": list(range(1, 41)),
                "currency": [("usd", "eur")[number % 2] for number in range(40)],
                "total_cents": [100 * number for number in range(1, 41)],
            }
        }
    )
    total = table(world.infer(), "invoices").by_name["total_cents"]
    assert (total.unit, total.unit_column, total.money) == ("cents", "currency", True)


def _of_deposits(**columns: list[object]) -> dict[str, ColumnMeaning]:
    rows = {"deposit_id": list(range(60)), "amount": [1.5 + n % 9 for n in range(60)]}
    return table(World({"deposits": {**rows, **columns}}).infer(), "deposits").by_name


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("asset", ("USD", "EUR", "BTC"), "asset"),
        ("valuta", ("USD", "EUR", "CHF"), "valuta"),
        ("asset", ("crane", "truck", "drill"), None),
        ("region", ("USD", "north", "west"), None),
    ],
)
def test_in_what_an_amount_is_may_be_told_by_the_values_beside_it(
    name: str, values: tuple[str, ...], told: str | None
) -> None:
    found = _of_deposits(**{name: [values[n % 3] for n in range(60)]})
    assert found["amount"].unit_column == told


def test_a_height_in_centimetres_does_not_add_up_and_a_total_weight_does() -> None:
    rows = {"id": list(range(40)), "height_cm": [150 + n for n in range(40)],
            "weight_kg": [50.5 + n for n in range(40)],
            "total_weight_kg": [500.5 + n for n in range(40)]}  # fmt: skip
    found = table(World({"parcels": rows}).infer(), "parcels").by_name
    assert [found[name].additivity for name in rows if name != "id"] == [
        "non_additive", "non_additive", "additive",
    ]  # fmt: skip


def test_stars_have_an_average_and_no_sum() -> None:
    rows = {"id": list(range(40)), "stars": [1 + n % 5 for n in range(40)]}
    found = table(World({"reviews": rows}).infer(), "reviews").by_name["stars"]
    assert (found.role, found.additivity) == ("measure", "non_additive")


@pytest.mark.parametrize(("first", "last"), [("first", "last"), ("FName", "LName")])
def test_first_and_last_are_the_names_of_a_person_where_both_stand(first: str, last: str) -> None:
    people = [f"p{n}" for n in range(30)]
    rows = {"id": list(range(30)), first: people, last: people[::-1]}
    found = table(World({"members": rows}).infer(), "members").by_name
    assert [found[name].words for name in (first, last)] == [("first", "name"), ("last", "name")]
    assert found[first].pii == "person_name"
    alone = table(World({"members": {"id": list(range(30)), "last": people}}).infer(), "members")
    assert alone.by_name["last"].words == ("last",)
