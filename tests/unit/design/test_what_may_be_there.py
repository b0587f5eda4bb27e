"""What a row has at most one of, what it may lack, and what lies beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from dbt_cartridge.documents.design import Model
from tests.unit.design.built import Built
from tests.unit.design.made import Made, column, columns, designed, table

MONEY = {"additivity": "additive", "money": True}
FILL = [column(name) for name in "abcde"]  # wide enough to stand alone as a dimension
NOUGHT = "a int, b int, c int, d int, e int"
START = datetime(2024, 1, 1)


@cache
def desk() -> Built:
    """Tickets of people, below each other and related to each other, each refunded at most once."""
    people = table(
        "people", column("id", role="key", distinct=2),
        column("email", "text", meaning={"pii": "email"}), entity="person", plural="people",
    )  # fmt: skip
    states = table(
        "statuses", column("id", role="key"), column("name", "text", "name", rows=2,
                                                     values={"new": 1, "done": 1}), *FILL,
        entity="status", plural="statuses",
    )  # fmt: skip
    tickets = table(
        "tickets", column("id", role="key", distinct=3),
        column("assignee_id", role="foreign_key", nulls=1, rows=3, distinct=2),
        column("parent_id", role="foreign_key", nulls=2, rows=3),
        column("status_id", role="foreign_key"),
        column("status_changed_at", "timestamp", "event_time"),
        column("created_at", "timestamp", "created_time"),
        role="fact", shape="transaction",
        links={"assignee_id": "people.id", "parent_id": "tickets.id", "status_id": "statuses.id"},
    )  # fmt: skip
    refunds = table(
        "ticket_refunds", column("ticket_id", role="foreign_key"),
        column("refunded_at", "timestamp", "event_time"),
        column("amount", "decimal", "measure", meaning=MONEY),
        column("state", "text", "status", rows=40, values={"sent": 20, "lost": 20}),
        role="fact", shape="transaction", key="ticket_id", entity="ticket_refund",
        links={"ticket_id": "tickets.id"},
    )  # fmt: skip
    related = table(
        "ticket_links", column("ticket_id", role="foreign_key"),
        column("related_ticket_id", role="foreign_key"), role="bridge",
        key=("ticket_id", "related_ticket_id"), entity="ticket_link",
        links={"ticket_id": "tickets.id", "related_ticket_id": "tickets.id"},
    )  # fmt: skip
    moved = START + timedelta(days=9)
    return Built(
        designed(people, states, tickets, refunds, related),
        {
            "people": ("id int, email text", [(1, "a"), (2, "b")]),
            "statuses": (f"id int, name text, {NOUGHT}",
                         [(1, "new", *[0] * 5), (2, "done", *[0] * 5)]),
            "tickets": (
                "id int, assignee_id int, parent_id int, status_id int, "
                "status_changed_at timestamp, created_at timestamp",
                [(1, 1, None, 1, moved, START), (2, None, 1, 2, moved, START),
                 (3, 1, None, 2, moved, START + timedelta(days=1))],
            ),
            "ticket_refunds": (
                "ticket_id int, refunded_at timestamp, amount decimal(10, 2), state text",
                [(2, START + timedelta(days=3), Decimal("4.50"), "sent")],
            ),
            "ticket_links": ("ticket_id int, related_ticket_id int", [(1, 2), (1, 3)]),
        },
    )  # fmt: skip


def of(name: str) -> Model:
    return next(model for model in desk().design.models if model.name == name)


def test_what_there_is_at_most_one_of_is_told_and_not_counted() -> None:
    query = "select has_refund, refunded_at, refund_state, refund_amount from fct_tickets"
    assert desk().rows(f"{query} order by ticket_id") == [
        (False, None, None, None),
        (True, START + timedelta(days=3), "sent", Decimal("4.50")),
        (False, None, None, None),
    ]
    assert not [n for n in columns(of("fct_tickets")) if "refund" in n and "count" in n]


def test_a_reference_that_may_be_empty_says_whether_it_leads_anywhere() -> None:
    query = "select has_assignee, is_child_ticket from fct_tickets order by ticket_id"
    assert desk().rows(query) == [(True, False), (False, True), (True, False)]


def test_a_status_is_read_by_its_name_however_much_its_table_says() -> None:
    query = "select status_name from fct_tickets order by ticket_id"
    assert desk().rows(query) == [("new",), ("done",), ("done",)]
    query = "select new_ticket_count, done_ticket_count from dim_people where person_id = 1"
    assert desk().rows(query) == [(1, 1)]


def test_what_changes_again_and_again_does_not_date_a_row() -> None:
    query = "select first_ticket_created_at from dim_people where person_id = 1"
    assert desk().rows(query) == [(START,)]


def test_a_bridge_between_things_of_one_kind_is_read_from_the_end_that_has_a_name() -> None:
    query = "select related_ticket_count from fct_tickets order by ticket_id"
    assert desk().rows(query) == [(2,), (0,), (0,)]
    assert "ticket_count" not in columns(of("fct_tickets"))


def test_a_customer_is_not_late_by_whatever_else_is_known_of_them() -> None:
    customers = table(
        "customers", column("id", role="key"), column("email", "text", meaning={"pii": "email"}),
        column("created_at", "timestamp", "created_time"),
        column("expected_order_date", "date", "event_time"),
        column("seen_at", "timestamp", "event_time", nulls=50), *FILL,
    )  # fmt: skip
    made = designed(customers).models[-1]
    assert not {"is_late", "days_late"} & set(columns(made))


def test_a_version_of_software_is_no_change_of_its_project() -> None:
    projects = table("projects", column("id", role="key"), column("name", "text", "name"), *FILL)
    versions = table(
        "versions", column("id", role="key"), column("project_id", role="foreign_key"),
        column("name", "text", "name"), column("start_date", "date", "event_time"), *FILL,
        links={"project_id": "projects.id"},
    )  # fmt: skip
    made = next(m for m in designed(projects, versions).models if m.name == "dim_versions")
    assert not {"valid_to", "is_current", "change_number"} & set(columns(made))


def test_few_domains_of_mails_are_no_kinds() -> None:
    people = table("people", column("id", role="key", distinct=2), column("name", "text", "name"),
                   entity="person", plural="people")  # fmt: skip
    values = {"gmail.com": 20, "mail.com": 20}
    visits = table(
        "visits", column("id", role="key"), column("person_id", role="foreign_key", distinct=2),
        column("mail_domain", "text", "category", rows=40, values=values),
        column("visit_type", "text", "category", rows=40, values={"short": 20, "long": 20}),
        role="fact", shape="transaction", links={"person_id": "people.id"},
    )  # fmt: skip
    made = next(m for m in designed(people, visits).models if m.name == "dim_people")
    assert "short_visit_count" in columns(made)
    assert not [name for name in columns(made) if "mail" in name]


def test_a_name_that_nobody_reads_is_not_given() -> None:
    shops = table("shops", column("id", role="key"), column("name", "text", "name"), *FILL)
    several = "a_very_long_thing_that_takes_place_now_and_then"
    things = table(
        several, column("id", role="key"), column("shop_id", role="foreign_key"),
        column("settlement_type", "text", "category", rows=40, values={"early": 20, "late": 20}),
        role="fact", shape="transaction", links={"shop_id": "shops.id"},
    )  # fmt: skip
    made = next(m for m in designed(shops, things).models if m.name == "dim_shops")
    assert max(map(len, columns(made))) <= 56


def subtypes() -> Built:
    """Salespeople are employees, employees are people: one key for all three."""
    people = table("people", column("id", role="key"), column("name", "text", "name"), *FILL,
                   entity="person", plural="people")  # fmt: skip
    employees = table(
        "employees", column("id", role="foreign_key"), column("title", "text"), *FILL,
        links={"id": "people.id"}, rows=10, kind="extension", one_to_one=True,
    )  # fmt: skip
    sellers = table(
        "sellers", column("id", role="foreign_key"),
        column("bonus", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", links={"id": "employees.id"}, rows=3,
        kind="extension", one_to_one=True,
    )  # fmt: skip
    quotas = table(
        "quotas", column("id", role="key"), column("seller_id", role="foreign_key"),
        column("set_on", "date", "event_time"), role="fact", shape="event",
        links={"seller_id": "sellers.id"},
    )  # fmt: skip
    return Built(
        designed(people, employees, sellers, quotas),
        {
            "people": (f"id int, name text, {NOUGHT}", [(n, f"p{n}", *[0] * 5) for n in (1, 2)]),
            "employees": (f"id int, title text, {NOUGHT}", [(1, "t", *[0] * 5)]),
            "sellers": ("id int, bonus decimal(10, 2)", [(1, Decimal(3))]),
            "quotas": ("id int, seller_id int, set_on date",
                       [(1, 1, date(2024, 1, 1)), (2, 1, date(2024, 2, 1))]),
        },
    )  # fmt: skip


def test_what_belongs_to_some_of_a_kind_is_counted_for_the_kind() -> None:
    built = subtypes()
    assert built.rows("select quota_count from dim_people order by 1") == [(0,), (2,)]
    quotas = next(model for model in built.design.models if model.name == "fct_quotas")
    assert [name for name in columns(quotas) if name.endswith("_id")] == ["quota_id", "seller_id"]


def test_some_of_a_kind_are_no_event_however_much_is_counted_of_them() -> None:
    assert "dim_sellers" in {model.name for model in subtypes().design.models}


def rates(*more: Made) -> list[str]:
    """What a currency shows of the rates from it and to it."""
    currencies = table("currencies", column("id", role="key"), column("name", "text", "name"),
                       *FILL, entity="currency", plural="currencies")  # fmt: skip
    made = table(
        "currency_rates", column("id", role="key"), column("from_currency_id", role="foreign_key"),
        column("to_currency_id", role="foreign_key"), column("set_on", "date", "event_time"),
        role="fact", shape="event",
        links={"from_currency_id": "currencies.id", "to_currency_id": "currencies.id"},
    )  # fmt: skip
    design = designed(currencies, made, *more)
    return columns(next(m for m in design.models if m.name == "dim_currencies"))


def test_no_word_stands_twice_between_a_role_and_what_it_is_of() -> None:
    shown = set(rates())
    assert {"from_currency_rate_count", "to_currency_rate_count"} <= shown
    assert {"has_from_currency_rates", "has_to_currency_rates"} <= shown


def test_a_bridge_that_says_what_a_key_says_is_not_counted_again() -> None:
    banks = table("banks", column("id", role="key"), column("name", "text", "name"), *FILL)
    moves = table(
        "moves", column("id", role="key"), column("bank_id", role="foreign_key"),
        column("moved_on", "date", "event_time"), column("total", "decimal", "measure",
                                                         meaning=MONEY),
        column("amount", "decimal", "measure", meaning=MONEY),
        role="fact", shape="transaction", links={"bank_id": "banks.id"},
    )  # fmt: skip
    pairs = table(
        "bank_moves", column("bank_id", role="foreign_key"),
        column("move_id", role="foreign_key"), role="bridge", key=("bank_id", "move_id"),
        links={"bank_id": "banks.id", "move_id": "moves.id"},
    )  # fmt: skip
    design = designed(banks, moves, pairs)
    shown = columns(next(m for m in design.models if m.name == "dim_banks"))
    assert [name for name in shown if name.endswith("move_count")] == ["move_count"]
    assert "total_total" not in shown


def test_what_has_an_end_is_ended() -> None:
    meetings = table(
        "meetings", column("id", role="key"), column("start_at", "timestamp", "event_time"),
        column("end_at", "timestamp", "event_time", nulls=9, column={"nullable": True}),
        role="fact", shape="event",
    )  # fmt: skip
    made = next(m for m in designed(meetings).models if m.name == "fct_meetings")
    assert {"is_ended", "is_open"} <= set(columns(made))


def test_what_a_bridge_brings_together_is_counted_by_the_bridge_alone() -> None:
    jobs = table("jobs", column("id", role="key"), column("name", "text", "name"), *FILL)
    stages = table(
        "steps", column("id", role="key"), column("job_id", role="foreign_key"),
        column("name", "text", "name"), *FILL, links={"job_id": "jobs.id"},
    )  # fmt: skip
    bids = table(
        "bids", column("id", role="key"), column("step_id", role="foreign_key"),
        column("made_on", "date", "event_time"), role="fact", shape="event",
        links={"step_id": "steps.id"},
    )  # fmt: skip
    pairs = table(
        "job_bids", column("job_id", role="foreign_key"), column("bid_id", role="foreign_key"),
        role="bridge", key=("job_id", "bid_id"), links={"job_id": "jobs.id", "bid_id": "bids.id"},
    )  # fmt: skip
    made = {m.name: columns(m) for m in designed(jobs, stages, bids, pairs).models}
    assert "job_id" in made["fct_bids"]
    assert [name for name in made["dim_jobs"] if name.endswith("bid_count")] == ["bid_count"]
