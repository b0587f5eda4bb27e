from __future__ import annotations

import pytest

from dbt_cartridge.documents.design import Join, Model, Query
from dbt_cartridge.documents.schema import Identity, Key, Versions
from tests.unit.design.made import (
    TOTAL,
    claims,
    column,
    columns,
    customers,
    designed,
    expression,
    host,
    names,
    order_lines,
    orders,
    own_model,
    parents,
    table,
)

KEY = column("id", role="key", distinct=100)


def test_a_line_takes_over_the_keys_and_dates_of_its_header() -> None:
    result = designed(customers(), orders(), order_lines())
    lines = result.by_name["fct_order_lines"]
    assert {"order_line_id", "order_id", "customer_id", "ordered_date"} <= set(columns(lines))
    assert parents(lines) == {"int_order_lines_enriched"}


def test_a_line_is_worth_price_times_quantity_and_adds_up_to_its_header() -> None:
    result = designed(customers(), orders(), order_lines(), identities=(TOTAL,))
    made = expression(result.by_name["int_order_lines_enriched"], "line_amount")
    assert made == '"order_lines"."unit_price" * "order_lines"."quantity"'
    (test,) = claims(result.by_name["fct_order_lines"], "reconciles")
    assert (test.to, test.field, test.expression) == ("fct_orders", "total", '"line_amount"')


def test_a_total_that_nearly_adds_up_is_a_warning_with_its_evidence() -> None:
    nearly = TOTAL.model_copy(update={"considered": 1000, "hits": 999})
    result = designed(customers(), orders(), order_lines(), identities=(nearly,))
    (test,) = claims(result.by_name["fct_order_lines"], "reconciles")
    assert test.severity == "warn"
    assert "999 of 1000" in test.evidence


def test_a_fact_has_as_many_rows_as_its_table() -> None:
    result = designed(customers(), orders(), order_lines())
    for fact in ("orders", "order_lines"):
        (test,) = claims(result.by_name[f"fct_{fact}"], "same_row_count")
        assert test.as_model == f"stg_raw__{fact}"


def test_a_header_counts_and_sums_each_kind_of_line_apart() -> None:
    refunds = table(
        "refunds", KEY, column("order_id", role="foreign_key"),
        column("amount", "decimal", "measure", meaning={"additivity": "additive"}),
        role="fact", links={"order_id": "orders.id"},
    )  # fmt: skip
    result = designed(customers(), orders(), order_lines(), refunds)
    model = result.by_name["fct_orders"]
    assert isinstance(model.body, Query)
    summed = [cte for cte in model.body.ctes if cte.group_by]
    assert len(summed) == 2
    assert all(not cte.joins for cte in summed)
    assert {"order_line_count", "refund_count", "total_refund_amount"} <= set(columns(model))


def test_every_header_that_had_lines_must_go_on_having_them() -> None:
    result = designed(customers(), orders(), order_lines())
    found = [t.to for t in claims(result.by_name["fct_orders"], "relationships")]
    assert "fct_order_lines" in found


def test_facts_are_summed_up_per_dimension() -> None:
    result = designed(customers(), orders())
    assert names(result, "intermediate") == ["int_dates"]
    dimension = result.by_name["dim_customers"]
    assert {"order_count", "total_order_amount", "first_ordered_date"} <= set(columns(dimension))
    assert expression(dimension, "order_count").startswith("coalesce(")


def test_removed_rows_count_for_nothing() -> None:
    gone = column("is_deleted", "boolean", "deleted_flag", values={"false": 90, "true": 10})
    result = designed(customers(), orders(gone))
    model = result.by_name["dim_customers"]
    assert isinstance(model.body, Query)
    (rows,) = [cte for cte in model.body.ctes if cte.name in ("orders_in_turn", "orders_summed")][
        :1
    ]
    assert 'not coalesce("orders"."is_deleted", false)' in rows.where
    assert "is_deleted" in columns(result.by_name["fct_orders"])


def test_a_hierarchy_is_flattened_and_small_tables_fold_away() -> None:
    artists = table("artists", KEY, column("name", "text", "name"))
    albums = table(
        "albums", KEY, column("title", "text", "name"),
        column("artist_id", role="foreign_key", distinct=100), links={"artist_id": "artists.id"},
    )  # fmt: skip
    tracks = table(
        "tracks", KEY, column("name", "text", "name"),
        column("album_id", role="foreign_key", distinct=100), links={"album_id": "albums.id"},
    )  # fmt: skip
    result = designed(artists, albums, tracks)
    assert names(result, "marts") == ["dim_tracks"]
    assert {"album_title", "artist_name", "artist_id"} <= set(columns(result.by_name["dim_tracks"]))


def test_an_entity_with_rows_that_nobody_refers_to_has_a_mart_of_its_own() -> None:
    contacts = table("contacts", KEY, column("name", "text", "name"))
    accounts = table(
        "accounts", KEY, column("name", "text", "name"),
        column("contact_id", role="foreign_key", distinct=60), links={"contact_id": "contacts.id"},
    )  # fmt: skip
    assert "dim_contacts" in names(designed(contacts, accounts), "marts")


def test_a_lookup_used_by_many_is_a_dimension_of_its_own() -> None:
    countries = table("countrys", KEY, column("name", "text", "name"), role="reference")
    users = [
        table(name, KEY, column("country_id"), links={"country_id": "countrys.id"})
        for name in ("shops", "suppliers", "clients")
    ]
    result = designed(countries, *users)
    assert "dim_countrys" in names(result, "marts")
    assert "country_name" in columns(result.by_name["dim_shops"])


def test_a_lookup_of_a_fact_is_a_dimension_and_the_fact_keeps_its_key() -> None:
    result = designed(customers(), orders())
    (test,) = [
        t for t in claims(result.by_name["fct_orders"], "relationships") if t.to == "dim_customers"
    ]
    assert (test.column, test.field) == ("customer_id", "customer_id")


def test_roles_are_kept_where_two_columns_lead_to_one_parent() -> None:
    addresses = table(
        "addresses", KEY, column("city", "text", "name"), entity="address", plural="addresses"
    )
    buyers = table(
        "buyers", KEY, column("billing_address_id"), column("shipping_address_id"),
        links={"billing_address_id": "addresses.id", "shipping_address_id": "addresses.id"},
    )  # fmt: skip
    shown = columns(designed(addresses, buyers).by_name["dim_buyers"])
    assert {"billing_address_city", "shipping_address_city"} <= set(shown)


def test_a_self_reference_gives_the_name_one_level_up() -> None:
    staff = table(
        "employees", KEY, column("last_name", "text", "name"), column("reports_to", nulls=1),
        links={"reports_to": "employees.id"}, complete=False,
    )  # fmt: skip
    model = designed(staff).by_name["dim_employees"]
    assert {"manager_id", "manager_last_name"} <= set(columns(model))
    assert parents(model) == {"stg_raw__employees"}


def test_an_extension_is_merged_into_its_parent() -> None:
    details = table(
        "customer_details", column("customer_id", role="key"), column("shoe_size"),
        key="customer_id", links={"customer_id": "customers.id"}, one_to_one=True,
        entity="customer_detail",
    )  # fmt: skip
    result = designed(customers(), details)
    assert names(result, "marts") == ["dim_customers"]
    mart = result.by_name["dim_customers"]
    assert "shoe_size" in columns(mart)
    assert mart.based_on == ("raw.customers", "raw.customer_details")


def test_a_small_subset_of_its_parent_is_a_dimension_of_its_own() -> None:
    sellers = table(
        "sellers", column("employee_id", role="key"), column("quota"), key="employee_id", rows=10,
        links={"employee_id": "employees.id"}, one_to_one=True,
    )  # fmt: skip
    staff = table("employees", KEY, column("last_name", "text", "name"), column("grade"))
    assert "dim_sellers" in names(designed(staff, sellers), "marts")


def test_a_bridge_is_resolved_on_both_sides_and_kept_as_a_fact() -> None:
    playlists = table("playlists", KEY, column("name", "text", "name"))
    tracks = table(
        "tracks", KEY, column("name", "text", "name"),
        column("seconds", "integer", "measure", meaning={"additivity": "additive"}),
    )  # fmt: skip
    bridge = table(
        "playlist_tracks", column("playlist_id", role="foreign_key"),
        column("track_id", role="foreign_key"), key=("playlist_id", "track_id"), role="bridge",
        links={"playlist_id": "playlists.id", "track_id": "tracks.id"}, entity="playlist_track",
    )  # fmt: skip
    result = designed(playlists, tracks, bridge)
    assert {"track_count", "total_track_seconds"} <= set(columns(result.by_name["dim_playlists"]))
    assert "playlist_count" in columns(result.by_name["dim_tracks"])
    assert len(claims(result.by_name["fct_playlist_tracks"], "composite_unique")) == 1


@pytest.mark.parametrize("flag", ["is_current", None])
def test_of_a_slowly_changing_table_the_current_rows_are_the_dimension(flag: str | None) -> None:
    versions = Versions(
        kind="slowly_changing", entity_key=("product_id",), order_by=("valid_from",),
        valid_from="valid_from", valid_to="valid_to", is_current=flag,
    )  # fmt: skip
    products = table(
        "products", column("row_id", role="key"), column("product_id", role="natural_key"),
        column("valid_from", "timestamp", "valid_from"),
        column("valid_to", "timestamp", "valid_to", nulls=50),
        column("is_current", "boolean", "is_current"), key="row_id", versions=versions,
    )  # fmt: skip
    result = designed(products)
    current, history = result.by_name["dim_products"], result.by_name["dim_products_history"]
    assert current.primary_key == ("product_id",)
    assert history.primary_key == ("row_id",)
    assert parents(current) == {"dim_products_history"}
    assert isinstance(current.body, Query)
    filtered = any(cte.where or cte.latest for cte in current.body.ctes)
    assert filtered


def test_past_rows_whose_present_ones_stand_in_their_own_table_are_a_history_alone() -> None:
    versions = Versions(
        kind="slowly_changing", entity_key=("id",), order_by=("sys_start",), valid_from="sys_start"
    )
    row = (column("id", role="key", distinct=60), column("salary", "decimal"))
    began = column("sys_start", "timestamp", "valid_from")
    result = designed(
        table("employees", *row, began),
        table(
            "employee_history", *row, began, key=("id", "sys_start"), versions=versions,
            entity="employee_history", plural="employee_histories", links={"id": "employees.id"},
        ),
    )  # fmt: skip
    made = [name for name in names(result, "marts") if "employee" in name]
    assert sorted(made) == ["dim_employee_history", "dim_employees"]
    assert "is_current" not in columns(result.by_name["dim_employee_history"])
    assert len(result.by_name["dim_employee_history"].primary_key) == 2


def test_a_parent_without_a_proved_key_is_never_joined() -> None:
    doubtful = table("groups", KEY, column("name", "text", "name"), key=None)
    users = table("users", KEY, column("group_id"), links={"group_id": "groups.id"})
    result = designed(doubtful, users)
    assert parents(result.by_name["dim_users"]) == {"stg_raw__users"}


def joins(model: Model) -> list[Join]:
    return [j for cte in model.body.ctes for j in cte.joins] if model.body.kind == "query" else []


@pytest.mark.parametrize("orphans", [0, 1])
def test_no_join_loses_a_row_whatever_the_rows_at_hand_allow(orphans: int) -> None:
    result = designed(customers(), orders(), order_lines(orphans=orphans))
    assert joins(result.by_name["int_order_lines_enriched"])
    assert {join.kind for model in result.models for join in joins(model)} == {"left"}


def test_a_group_of_nobody_is_made_of_no_key_though_none_was_null_so_far() -> None:
    result = designed(customers(), orders(), order_lines())
    grouped = [
        cte for model in result.models if model.body.kind == "query"
        for cte in model.body.ctes if cte.group_by
    ]  # fmt: skip
    assert grouped
    for model in result.models:
        ctes = {cte.name: cte for cte in model.body.ctes} if model.body.kind == "query" else {}
        for cte in (each for each in ctes.values() if each.group_by):
            kept = {*cte.where, *(ctes[cte.from_alias].where if cte.from_alias in ctes else ())}
            names_ = [key.rpartition(".")[2] for key in cte.group_by]
            assert all(any(f"{name} is not null" in each for each in kept) for name in names_)


def test_a_header_that_has_nothing_the_line_has_not_is_not_joined() -> None:
    headers = table("games", KEY, column("round_name", "text"), role="fact", shape="transaction",
                    entity="game")  # fmt: skip
    lines = table(
        "game_hits", column("id", role="key", distinct=100),
        column("game_id", role="foreign_key", distinct=100),
        column("hits", "integer", "measure", meaning={"additivity": "additive"}),
        role="fact", shape="transaction", links={"game_id": "games.id"}, entity="game_hit",
    )  # fmt: skip
    result = designed(headers, lines)
    assert not joins(result.by_name["fct_game_hits"])
    assert parents(result.by_name["fct_game_hits"]) == {"stg_raw__game_hits"}


def test_a_mart_with_joins_has_as_many_rows_as_staging_and_one_without_needs_no_test() -> None:
    result = designed(customers(), orders(), order_lines())
    for model in result.models:
        told = {t.as_model for t in model.tests if t.kind == "same_row_count"}
        staging = f"stg_raw__{model.name.removeprefix('dim_').removeprefix('fct_')}"
        if model.layer == "marts" and model.name != "dim_dates":
            assert told == (set() if parents(model) == {staging} and not joins(model)
                            else {staging})  # fmt: skip


def test_a_foreign_key_that_nearly_holds_is_a_warning_with_its_evidence() -> None:
    result = designed(customers(), orders(rows=1000, orphans=2))
    (test,) = [t for t in claims(result.by_name["fct_orders"], "relationships")
               if t.to == "dim_customers"]  # fmt: skip
    assert test.severity == "warn"
    assert "998 of 1000" in test.evidence


def test_a_foreign_key_that_does_not_hold_is_reported_not_tested() -> None:
    result = designed(customers(), orders(orphans=60))
    assert "dim_customers" not in [
        t.to for t in claims(result.by_name["fct_orders"], "relationships")
    ]
    assert any("customer_id" in left.what for left in result.left_out)


def test_a_calendar_of_the_warehouse_is_used_instead() -> None:
    calendar = table("calendar", column("id", "date", "key"), shape="date", entity="date")
    result = designed(calendar, customers(), orders())
    assert result.by_name["dim_dates"].based_on == ("raw.calendar",)


def test_a_large_fact_with_a_trusted_stamp_becomes_incremental() -> None:
    stamp = column("updated_at", "timestamp", "updated_time")
    result = designed(customers(), orders(stamp, rows=2_000_000))
    model = result.by_name["fct_orders"]
    assert model.materialized == "incremental"
    assert model.incremental is not None
    assert model.incremental.unique_key == ("order_id",)
    assert designed(customers(), orders(stamp)).by_name["fct_orders"].materialized == "table"


def test_changing_entities_with_an_update_time_get_a_snapshot() -> None:
    stamp = column("updated_at", "timestamp", "updated_time", distinct=40)
    (snapshot,) = designed(table("things", KEY, stamp)).snapshots
    assert (snapshot.strategy, snapshot.updated_at) == ("timestamp", "updated_at")
    assert (snapshot.source, snapshot.unique_key) == (("raw", "things"), ("id",))
    assert designed(table("things", KEY)).snapshots == ()


def test_the_check_strategy_is_for_those_who_ask() -> None:
    made = table("things", KEY, column("Size"), column("attrs", "json", "json"))
    (snapshot,) = designed(made, snapshots="check").snapshots
    assert snapshot.strategy == "check"
    assert (snapshot.source, snapshot.check_columns) == (("raw", "things"), ("Size",))


def test_a_snapshot_stands_on_staging_where_staging_chooses_the_rows() -> None:
    stamp = column("updated_at", "timestamp", "updated_time")
    gone = column("_deleted", "boolean", "deleted_flag", values={"true": 3, "false": 97},
                  meaning={"is_load_tool": True})  # fmt: skip
    (snapshot,) = designed(table("things", KEY, stamp, gone)).snapshots
    assert (snapshot.source, snapshot.unique_key) == (None, ("thing_id",))


def test_no_history_of_secrets_is_kept() -> None:
    stamp = column("updated_at", "timestamp", "updated_time")
    secret = column("password", "text", meaning={"pii": "credential"})
    result = designed(table("things", KEY, stamp, secret))
    assert result.snapshots == ()
    assert [left.why for left in result.left_out if "snapshot of" in left.what] == [
        "It would keep every password that ever was."
    ]


def test_a_model_name_of_the_hosts_own_is_left_to_it() -> None:
    result = designed(customers(), to=host(models=(own_model("dim_customers"),)))
    assert names(result, "marts") == ["dim_raw_customers"]


def test_the_hosts_prefixes_are_used() -> None:
    theirs = host(staging_prefix="base_", dimension_prefix="d_", fact_prefix="f_")
    result = designed(customers(), orders(), to=theirs)
    assert {"base_raw__orders", "d_customers", "f_orders"} <= set(result.by_name)


def test_what_the_load_tool_wrote_stays_in_staging() -> None:
    synced = column("_synced", "timestamp", "load_time", meaning={"is_load_tool": True})
    result = designed(table("things", KEY, synced))
    assert "_synced" in columns(result.by_name["stg_raw__things"])
    assert "_synced" not in columns(result.by_name["dim_things"])


def test_two_schemas_with_one_table_name_do_not_collide() -> None:
    result = designed(table("things", KEY), table("things", KEY, schema="old"))
    assert names(result, "staging") == ["stg_raw__things", "stg_old__things"]
    assert names(result, "marts") == ["dim_raw_things", "dim_old_things"]
    assert result.by_name["dim_old_things"].folder == "old"


def test_an_extended_price_is_not_multiplied_again() -> None:
    lines = table(
        "order_lines", KEY, column("order_id", role="foreign_key"),
        column("quantity", "integer", "measure"), column("extended_price", "decimal", "measure"),
        role="fact", links={"order_id": "orders.id"}, entity="order_line",
    )  # fmt: skip
    assert "line_amount" not in columns(
        designed(customers(), orders(), lines).by_name["fct_order_lines"]
    )


def test_passwords_stay_in_staging() -> None:
    secret = column("password", "text", meaning={"pii": "credential"})
    result = designed(table("users", KEY, secret))
    assert "password" in columns(result.by_name["stg_raw__users"])
    assert "password" not in columns(result.by_name["dim_users"])


def test_what_is_summed_by_itself_is_not_summed_again_by_way_of_another() -> None:
    payments = table(
        "payments", KEY, column("order_id", role="foreign_key"), column("customer_id"),
        column("amount", "decimal", "measure", meaning={"additivity": "additive"}),
        role="fact", links={"order_id": "orders.id", "customer_id": "customers.id"},
    )  # fmt: skip
    shown = columns(designed(customers(), orders(), payments).by_name["dim_customers"])
    assert [name for name in shown if "payment_amount" in name] == [
        "total_payment_amount",
        "average_payment_amount",
    ]


def test_a_dimension_counts_every_fact_however_many_there_are() -> None:
    facts = [
        table(f"{n}_visits", KEY, column("customer_id"), role="fact",
              links={"customer_id": "customers.id"})
        for n in "abcdefg"
    ]  # fmt: skip
    result = designed(customers(), *facts)
    assert {f"{n}_visit_count" for n in "abcdefg"} <= set(columns(result.by_name["dim_customers"]))


def test_intermediate_models_are_made_without_marts_where_asked_for() -> None:
    result = designed(customers(), orders(), order_lines(), layers="intermediate")
    assert names(result, "marts") == []
    assert "int_order_lines_enriched" in names(result, "intermediate")
    assert len(claims(result.by_name["stg_raw__order_lines"], "relationships")) == 1


def test_a_line_that_holds_its_amount_gets_no_second_one() -> None:
    lines = table(
        "order_lines",
        column("id", role="key", rows=300),
        column("order_id", role="foreign_key", rows=300, distinct=100),
        column("quantity", "integer", "measure", rows=300, meaning={"additivity": "additive"}),
        column("unit_price", "decimal", "measure", rows=300),
        column("amount", "decimal", "measure", rows=300, meaning={"additivity": "additive"}),
        role="fact", rows=300, links={"order_id": "orders.id"}, entity="order_line",
    )  # fmt: skip
    product = Identity(
        kind="product", table="raw.order_lines", result="amount",
        operands=("unit_price", "quantity"), considered=300, hits=300,
    )  # fmt: skip
    result = designed(customers(), orders(), lines, identities=(TOTAL, product))
    model = result.by_name["fct_order_lines"]
    assert "line_amount" not in columns(model)
    (test,) = claims(model, "reconciles")
    assert (test.expression, test.field) == ('"amount"', "total")


def test_a_moment_that_not_every_row_has_had_dates_no_fact() -> None:
    invoices = table(
        "invoices", KEY, column("customer_id"),
        column("paid_at", "timestamp", "event_time", nulls=60),
        column("created_at", "timestamp", "created_time"),
        role="fact", links={"customer_id": "customers.id"},
    )  # fmt: skip
    result = designed(customers(), invoices)
    assert "created_date" in columns(result.by_name["fct_invoices"])
    assert "first_invoice_created_at" in columns(result.by_name["dim_customers"])


def test_when_a_header_was_recorded_keeps_the_headers_name_beside_its_lines() -> None:
    stamp = column("created_at", "timestamp", "created_time")
    model = designed(customers(), orders(stamp), order_lines()).by_name["fct_order_lines"]
    assert "order_created_at" in columns(model)
    assert "created_at" not in columns(model)


def test_what_has_versions_and_a_key_of_its_own_is_a_dimension_though_it_brings_two_together() -> (
    None
):
    plans = table("plans", KEY, column("name", "text", "name"))
    versions = Versions(
        kind="slowly_changing", entity_key=("id",), order_by=("since",), valid_from="since"
    )
    subscriptions = table(
        "subscriptions", KEY, column("since", "timestamp", "valid_from"), column("customer_id"),
        column("plan_id"), role="bridge", key=("id", "since"), versions=versions,
        links={"customer_id": "customers.id", "plan_id": "plans.id"},
    )  # fmt: skip
    marts = names(designed(customers(), plans, subscriptions), "marts")
    assert {"dim_subscriptions", "dim_subscriptions_history"} <= set(marts)


def test_a_bridge_whose_rows_happen_to_be_unique_on_one_side_claims_nothing() -> None:
    made = table(
        "memberships", column("customer_id"), column("club_id"), role="bridge",
        key=("customer_id", "club_id"), links={"customer_id": "customers.id"},
    )  # fmt: skip
    made.table = made.table.model_copy(
        update={"other_keys": (Key(columns=("club_id",), proved=True),)}
    )
    assert claims(designed(customers(), made).by_name["fct_memberships"], "unique") == []


def test_an_entity_shows_what_holds_last_of_the_tables_that_keep_it_by_time() -> None:
    salaries = table(
        "salaries", column("customer_id", rows=400, distinct=90),
        column("since", "date", "valid_from", rows=400),
        column("until", "date", "valid_to", rows=400),
        column("amount", "decimal", "measure", rows=400), role="fact", rows=400, entity="salary",
        plural="salaries", key=("customer_id", "since"), links={"customer_id": "customers.id"},
    )  # fmt: skip
    result = designed(customers(), salaries)
    model = result.by_name["dim_customers"]
    assert expression(model, "latest_salary_amount") == '"latest_salaries"."amount"'
    assert isinstance(model.body, Query)
    (latest,) = [cte.latest for cte in model.body.ctes if cte.latest]
    assert (latest.keys, latest.order_by) == (
        ('"salaries"."customer_id"',), ('"salaries"."salary_since"',),
    )  # fmt: skip
    assert [j.kind for j in model.body.ctes[-1].joins if j.to == "latest_salaries"] == ["left"]


def test_a_dimension_whose_versions_are_referred_to_shows_every_version() -> None:
    versions = Versions(
        kind="slowly_changing", entity_key=("item_id",), order_by=("began",), valid_from="began",
    )  # fmt: skip
    items = table(
        "items", column("row_id", role="key"), column("item_id", role="natural_key"),
        column("began", "date", "valid_from"), key="row_id", versions=versions,
    )  # fmt: skip
    sales = table(
        "sales", column("id", role="key"), column("row_id", role="foreign_key"), role="fact",
        links={"row_id": "items.row_id"},
    )  # fmt: skip
    result = designed(items, sales)
    model = result.by_name["dim_items"]
    assert "dim_items_history" not in result.by_name
    assert model.primary_key == ("row_id",)
    assert "row_number() over (partition by" in expression(model, "is_current")


def test_what_an_extension_is_sorted_by_stands_beside_it() -> None:
    """The phone's type beside the phone, beside the person."""
    kinds = table(
        "phone_types", KEY, column("name", "text", "name"), role="reference", rows=3,
    )  # fmt: skip
    phones = table(
        "customer_phones", column("customer_id", role="key"),
        column("phone_type_id", role="foreign_key"), column("extension"), key="customer_id",
        links={"customer_id": "customers.id", "phone_type_id": "phone_types.id"},
        one_to_one=True, entity="customer_phone",
    )  # fmt: skip
    result = designed(customers(), phones, kinds)
    mart = result.by_name["dim_customers"]
    assert {"extension", "phone_type_name"} <= set(columns(mart))
    assert set(mart.based_on) == {"raw.customers", "raw.customer_phones", "raw.phone_types"}


def test_what_is_in_no_mart_is_told_with_the_reason() -> None:
    secrets = table(
        "passwords", column("customer_id", role="key"),
        column("password_hash", "text", meaning={"pii": "credential"}), key="customer_id",
        links={"customer_id": "customers.id"}, one_to_one=True, entity="password",
    )  # fmt: skip
    result = designed(customers(), secrets)
    assert names(result, "marts") == ["dim_customers"]
    why = {left.what: left.why for left in result.left_out}["raw.passwords"]
    assert why == "It is in staging alone: what it holds are credentials."


def test_two_tables_of_one_key_that_lead_to_each_other_have_a_mart() -> None:
    """A chart of accounts and its hierarchy: one is the other's extension, and its only user."""
    kinds = table("gl_codes", KEY, column("label", "text", "name"), column("a"), column("b"),
                  column("c"), column("d"), rows=400)  # fmt: skip
    coa = column("coa_id", role="key", distinct=56, rows=56)
    tree = table("coa_trees", coa, column("parent_id", rows=56), key="coa_id", entity="coa_tree",
                 rows=56)  # fmt: skip
    chart = table(
        "coas", coa, column("coa_name", "text", "name", rows=56),
        column("gl_code_id", role="foreign_key", rows=56), key="coa_id",
        links={"coa_id": "coa_trees.coa_id", "gl_code_id": "gl_codes.id"}, one_to_one=True,
        entity="coa", rows=56,
    )  # fmt: skip
    result = designed(kinds, tree, chart)
    shown = {id for model in result.models if model.layer == "marts" for id in model.based_on}
    assert {"raw.coas", "raw.coa_trees"} <= shown
