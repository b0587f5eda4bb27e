"""Names as words, whatever the name."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_cartridge.words import (
    Lexicon,
    column_prefix,
    plural,
    pluralised,
    raw_split,
    safe_name,
    singular,
    snake,
    speaks_english,
    split,
    verb_of,
)

IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CustomerID", "customer id"),
        ("customerId", "customer id"),
        ("CUSTOMER_ID", "customer id"),
        ("customer-id", "customer id"),
        ("Customer Id", "customer id"),
        ("SalesOrderIDs", "sales order ids"),
        ("HTTPServerLog", "http server log"),
        ("PONumber", "po number"),
        ("eMail", "email"),
        ("kWh", "kwh"),
        ("xId", "x id"),
        ("AddressLine1", "address line 1"),
        ("utm_q1", "utm q1"),
        ("30d_count", "30d count"),
        ("customer's name", "customers name"),
        ("SalesUoM", "sales uom"),
    ],
)
def test_words_are_found_in_every_case_style(name: str, words: str) -> None:
    assert raw_split(name) == tuple(words.split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cust_no", "customer number"),
        ("OrderQty", "order quantity"),
        ("order_dt", "order date"),
        ("tot_amt", "total amount"),
        ("addr", "address"),
        ("item_nbr", "item number"),
        ("prod_desc", "product description"),
        ("dob", "birth date"),
    ],
)
def test_short_forms_are_spelt_out(name: str, words: str) -> None:
    assert split(name) == tuple(words.split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sched_dep_time", "scheduled dep time"),
        ("job_sched", "job schedule"),
        ("sched_id", "schedule id"),
    ],
)
def test_a_short_form_of_a_participle_is_a_thing_where_it_ends_a_name(
    name: str, words: str
) -> None:
    assert " ".join(split(name)) == words


@pytest.mark.parametrize("name", ["no", "temp", "rec", "cat", "position"])
def test_a_short_form_that_is_a_word_stays_when_it_stands_alone(name: str) -> None:
    assert split(name) == (name,)


def test_no_before_other_words_is_not_a_number() -> None:
    assert split("no_of_items") == ("no", "of", "items")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("customerid", "customer id"),
        ("orderdate", "order date"),
        ("custkey", "customer key"),
        ("partsupp", "part supplier"),
        ("lineitem", "line item"),
        ("acctbal", "account balance"),
        ("starttime", "start time"),
        ("ORDERDATE", "order date"),
    ],
)
def test_glued_names_are_cut(name: str, words: str) -> None:
    assert split(name) == tuple(words.split())


@pytest.mark.parametrize(
    "word",
    [
        "person",
        "season",
        "partner",
        "discount",
        "paid",
        "valid",
        "grid",
        "update",
        "notation",
        "username",
        "network",
    ],
)
def test_whole_words_are_not_cut(word: str) -> None:
    assert split(word) == (word,)


def test_a_table_gives_its_initial_letters_a_meaning() -> None:
    lexicon = Lexicon.of({"facilities": ("facid", "name"), "members": ("memid", "zipcode")})
    assert lexicon.split("facid") == ("facility", "id")
    assert lexicon.split("mem_status") == ("member", "status")
    assert split("facid") == ("facid",)


def test_initial_letters_of_two_tables_are_left_alone() -> None:
    lexicon = Lexicon.of({"products": ("id",), "prospects": ("id",), "b": ("pros_x",)})
    assert lexicon.split("pro_x") == ("pro", "x")


def test_a_word_that_the_schema_writes_apart_is_not_cut() -> None:
    lexicon = Lexicon.of({"t1": ("lineitem_flag", "scandate_x"), "lineitem": ("id",)})
    assert lexicon.entity("lineitem") == ("line", "item")
    lexicon = Lexicon.of({"gadgetdays": ("gadgetday_id",), "gadgetday": ("id",)})
    assert lexicon.split("gadgetday_id")[-1] == "id"


@pytest.mark.parametrize(
    ("table", "entity", "entities"),
    [
        ("tbl_Order Details", "order_detail", "order_details"),
        ("raw_customers", "customer", "customers"),
        ("stg_stripe_data", "stripe", "stripes"),
        ("DimProductCategory", "product_category", "product_categories"),
        ("people", "person", "people"),
        ("Addresses", "address", "addresses"),
        ("InternetSales", "internet_sale", "internet_sales"),
        ("order_status", "order_status", "order_statuses"),
        ("time_series", "time_series", "time_series"),
        ("movies", "movie", "movies"),
        ("orders_2021", "orders_2021", "orders_2021"),
        ("raw", "raw", "raws"),
    ],
)
def test_a_table_is_named_for_one_row_of_it(table: str, entity: str, entities: str) -> None:
    words = Lexicon.of({table: ("id",)}).entity(table)
    assert snake(words) == entity
    assert snake(pluralised(words)) == entities


def test_a_prefix_that_most_tables_share_is_left_out() -> None:
    names = ("acme_orders", "acme_customers", "acme_items", "legacy")
    assert Lexicon.of(dict.fromkeys(names, ("id",))).entity("acme_orders") == ("order",)


def test_a_shared_first_word_that_is_an_entity_is_kept() -> None:
    names = ("order", "order_line", "order_tag", "order_note")
    assert Lexicon.of(dict.fromkeys(names, ("id",))).entity("order_line") == ("order", "line")


def test_a_prefix_of_all_columns_is_left_out() -> None:
    assert column_prefix(("l_orderkey", "l_tax", "l_discount")) == "l_"
    assert column_prefix(("is_open", "is_new", "is_old")) == ""
    assert column_prefix(("customer_id", "customer_name", "customer_tax")) == ""
    lexicon = Lexicon.of({"lineitem": ("l_orderkey", "l_tax", "l_discount")})
    assert lexicon.columns(("l_orderkey", "l_tax", "l_discount"))[0] == ("order", "key")


@pytest.mark.parametrize("word", ["status", "address", "business", "series", "analysis", "gas"])
def test_singular_words_that_end_in_s_stay(word: str) -> None:
    assert singular(word) == word


@pytest.mark.parametrize(
    ("name", "words"),
    [("IPouts", "ipouts"), ("KNA1", "kna1"), ("teamIDlahman45", "team id lahman45"),
     ("EC2InstanceID", "ec2 instance id"), ("md5sum", "md5 sum"), ("isbn13", "isbn13"),
     ("HTTPStatus", "http status"), ("address2", "address 2"), ("addr2", "addr 2")],
)  # fmt: skip
def test_acronyms_and_their_digits_stay_whole(name: str, words: str) -> None:
    assert " ".join(raw_split(name)) == words


@pytest.mark.parametrize("name", ["inc_tax", "tran_code", "site_com", "acc_balance", "prov_id",
                                  "ts_code", "est_date", "auth_code"])  # fmt: skip
def test_a_short_form_of_many_meanings_stays_where_the_schema_knows_none(name: str) -> None:
    assert "_".join(split(name)) == name


def test_a_short_form_is_spelt_where_the_schema_knows_the_long_one() -> None:
    assert (
        Lexicon.of({"providers": ("prov_id",), "provinces": ()}).split("prov_id")[0] != "provider"
    )
    assert Lexicon.of({"accounts": ("acc_id",)}).split("acc_id") == ("account", "id")


@pytest.mark.parametrize(
    ("one", "many"),
    [("completed", "completed"), ("paid", "paid"), ("customers acme", "customers acme"),
     ("closed won", "closed won"), ("order line", "order lines"), ("test run", "test runs"),
     ("fx", "fx"), ("sms", "sms"), ("pdf", "pdfs")],
)  # fmt: skip
def test_a_participle_has_no_plural_and_a_plural_no_second_one(one: str, many: str) -> None:
    assert " ".join(pluralised(one.split())) == many


def test_a_word_that_stands_twice_is_said_once() -> None:
    assert snake(("total", "order", "order", "amount")) == "total_order_amount"
    assert snake(("property", "properties")) == "properties"
    assert snake(("line", "1", "1")) == "line_1_1"


@pytest.mark.parametrize(
    ("english", "names"),
    [
        (True, "customers customer_id customer_name orders order_date total_amount region status"),
        (False, "kunden kundennr vorname nachname strasse bestellungen bestelldatum betrag menge"),
        (
            False,
            "clientes id_cliente nombre apellido direccion pedidos fecha_pedido importe estado",
        ),
        (True, "wrestlers"),  # one word tells no language
    ],
)
def test_the_language_of_a_schema_is_told_by_its_words(english: bool, names: str) -> None:
    assert speaks_english(names.split()) is english


@given(st.text())
@settings(deadline=None)
def test_any_text_gives_a_valid_identifier(text: str) -> None:
    name = safe_name(text)
    assert IDENTIFIER.fullmatch(name)
    assert not name[0].isdigit()
    assert len(name) <= 63
    assert IDENTIFIER.fullmatch(safe_name(name))


@given(st.text())
def test_any_text_is_split_and_always_the_same_way(text: str) -> None:
    one, two = Lexicon.of({text: (text,)}), Lexicon.of({text: (text,)})
    assert one.split(text) == two.split(text)
    assert one.entity(text) == two.entity(text)
    assert one.entity(text)
    assert all(word == word.lower() and word for word in raw_split(text))


@pytest.mark.parametrize("word", ["orders", "people", "addresses", "statuses", "categories"])
def test_a_plural_is_made_once(word: str) -> None:
    assert plural(word) == word
    assert plural(singular(word)) == word


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_any_word_has_a_singular_and_a_plural(word: str) -> None:
    assert singular(word)
    assert plural(word)


def test_different_scripts_give_different_names() -> None:
    assert safe_name("数据") != safe_name("客户")
    assert safe_name("Größe Übersee") == "grosse_ubersee"
    assert safe_name("1st place") == "n_1st_place"
    assert safe_name("") == "unnamed"


def test_importing_the_words_does_not_import_the_inflection_library() -> None:
    code = "import dbt_cartridge.words, sys; sys.exit('inflect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_thousand_tables_are_named_in_about_a_second() -> None:
    tables = {
        f"erp_{kind}_{n}": tuple(f"{kind}{part}{n % 7}" for part in ("id", "date", "amount", "x"))
        for n in range(250)
        for kind in ("customer", "shipment", "widget", "zorp")
    }
    start = time.process_time()
    lexicon = Lexicon.of(tables)
    for table, columns in tables.items():
        lexicon.entity(table)
        lexicon.columns(columns)
    assert time.process_time() - start < 3


def test_a_short_form_stands_for_a_table_only_where_a_key_says_so() -> None:
    lexicon = Lexicon.of({"income_bands": ("band_no",), "sales": ("net_paid_inc_tax",)})
    assert lexicon.split("net_paid_inc_tax") == ("net", "paid", "inc", "tax")


def test_a_participle_has_no_plural_and_a_noun_that_looks_like_one_has() -> None:
    assert pluralised(("order", "completed")) == ("orders", "completed")
    assert pluralised(("email", "event", "sent")) == ("email", "events", "sent")
    assert pluralised(("news", "feed")) == ("news", "feeds")
    assert pluralised(("test", "run")) == ("test", "runs")


def test_names_in_other_scripts_are_written_as_they_sound() -> None:
    assert safe_name("КодКлиента") == "kod_klienta"
    assert safe_name("注文番号") == "zhu_wen_fan_hao"
    assert safe_name("Straße") == "strasse"


@pytest.mark.parametrize(
    ("word", "verb"),
    [("shipped", "ship"), ("resolved", "resolve"), ("restored", "restore"), ("scored", "score"),
     ("monitored", "monitor"), ("authored", "author"), ("unsubscribed", "unsubscribe"),
     ("absorbed", "absorb"), ("sent", "send")],
)  # fmt: skip
def test_the_verb_of_a_participle_has_its_e(word: str, verb: str) -> None:
    assert verb_of(word) == verb


@pytest.mark.parametrize(
    ("name", "words"),
    [("SOID", "so id"), ("CurrCd", "currency code"), ("CurrAddrID", "current address id"),
     ("OrdDt", "order date"), ("StdCost", "standard cost"), ("LnNo", "line number"),
     ("VOID", "void"), ("APPL_ID", "application id"), ("APPL_FEE", "application fee"),
     ("BASE_SAL", "base salary"), ("CANDY_ID", "candy id")],
)  # fmt: skip
def test_short_forms_are_settled_by_their_neighbours_and_by_the_table(
    name: str, words: str
) -> None:
    tables = {
        "tblSO": ["SOID", "VOID"], "tblVO": ["VOID"], "tblCust": ["CustID"],
        "tblApplications": ["APPL_ID", "APPL_FEE"], "tblCandies": ["CANDY_ID"],
    }  # fmt: skip
    assert " ".join(Lexicon.of(tables).split(name)) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [("sid", "student id"), ("sname", "student name"), ("bid", "bid"), ("tid", "tid"),
     ("dname", "dname"), ("olid", "order line id")],
)  # fmt: skip
def test_initials_of_a_table_name_its_key_and_its_name(name: str, words: str) -> None:
    tables = {
        "student": ["sid", "sname"], "bids": ["bid", "sid"], "teacher": ["tid"],
        "tutor": ["tid", "dname"], "dept": ["dname"], "order_lines": ["olid"],
    }  # fmt: skip
    assert " ".join(Lexicon.of(tables).split(name)) == words


@pytest.mark.parametrize(
    ("one", "many"),
    [("check_in", "check_ins"), ("premise", "premises"), ("sign_up", "sign_ups"),
     ("energy_daily", "energy_daily"),
     ("sale_daily", "sales_daily")],
)  # fmt: skip
def test_nouns_of_verbs_with_a_particle_and_names_that_say_how_often(one: str, many: str) -> None:
    assert snake(pluralised(one.split("_"))) == many
    assert Lexicon.of({many: ["id"]}).entity(many)[-1] == one.rpartition("_")[2]


def test_a_mark_that_a_column_is_one_says_nothing() -> None:
    columns = ["id", "property_city", "property_createdate", "property_numberofemployees"]
    own = Lexicon.of({"company": columns, "contact_property_history": ["contact_id"]})
    assert own.columns(columns) == (
        ("id",), ("city",), ("create", "date"), ("number", "of", "employees"),
    )  # fmt: skip


def test_properties_are_things_where_they_are_listed() -> None:
    columns = ["property_id", "property_city", "property_type", "property_price"]
    for tables in ({"house": columns}, {"properties": columns[1:], "agents": ["id"]}):
        own = Lexicon.of(tables)
        assert ("property", "city") in own.columns(next(iter(tables.values())))
